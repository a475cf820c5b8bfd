//! The schema of users: what every environment has, what this one added, and the values that users have for it.
//!
//! Users keep values by the id of their attribute, and what is shown depends on the attributes that there are. So a
//! value is gone with its attribute, without anybody touching the users.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use postern_core::crypto::sha256;
use postern_core::directory::schema_attribute::{BUILT_IN_ATTRIBUTES, SchemaAttribute};
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::filter::fold;
use postern_core::ids::{EnvironmentId, SchemaAttributeId, UserId};
use postern_core::problem::Problem;
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::Tx;
use postern_store::tables::unique_attribute;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::references::{constraint, has_room};
use crate::{Ctx, Error, Result};

/// Attributes that one environment may add.
const MOST: i64 = 100;
/// Members of users that no attribute may be called.
const TAKEN: &[&str] = &["environment", "password", "bypassMFAEnabledUntil"];

/// The id of the schema of users, which has no record.
#[must_use]
pub fn schema_id(environment: EnvironmentId) -> Uuid {
    fixed_id(environment, "schema of users")
}

/// The id of a built-in attribute, which has no record.
#[must_use]
pub fn built_in_id(environment: EnvironmentId, name: &str) -> Uuid {
    fixed_id(environment, &format!("attribute {name} of users"))
}

/// An id that is always the same in one environment and another one in the next.
fn fixed_id(environment: EnvironmentId, what: &str) -> Uuid {
    let digest = sha256(format!("{what} in {environment}").as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// The attributes that the environment added, oldest first.
///
/// # Errors
/// Those of the database.
pub async fn added(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Stored<SchemaAttribute>>> {
    let select = Select::first(Condition::Everything, MOST);
    Ok(documents::list::<SchemaAttribute>(tx, ctx.environment, &select).await?)
}

/// Refuses what an attribute may not be, or may no longer be.
///
/// # Errors
/// [`Error::Invalid`] naming the member.
pub async fn before_write(
    tx: &mut Tx,
    ctx: &Ctx,
    new: &Stored<SchemaAttribute>,
    old: Option<&Stored<SchemaAttribute>>,
) -> Result<()> {
    let Some(old) = old else {
        let name = fold(&new.name);
        if !has_room::<SchemaAttribute>(tx, ctx, MOST).await? {
            return Err(constraint("An environment can add 100 attributes at most"));
        }
        let mut names = BUILT_IN_ATTRIBUTES.iter().map(|built_in| built_in.name).chain(TAKEN.iter().copied());
        return match names.any(|taken| fold(taken) == name) {
            true => Err(Error::invalid(Problem::not_unique("name"))),
            false => Ok(()),
        };
    };
    let mut problems = Vec::new();
    if old.enabled && !new.enabled {
        problems
            .push(Problem::invalid("enabled", "an attribute in use cannot be disabled; delete it instead"));
    }
    if old.multi_valued && !new.multi_valued {
        problems.push(Problem::invalid("multiValued", "cannot be changed back to false"));
    }
    if !old.unique && new.unique {
        problems.push(Problem::invalid("unique", "values that users have already may not be unique"));
    }
    Error::unless_empty(problems)?;
    if old.unique && !new.unique {
        unique_attribute::delete_of_attribute(tx, ctx.environment, new.id).await?;
    }
    Ok(())
}

/// Removes what belongs to an attribute that is about to go.
///
/// # Errors
/// Those of the database.
pub async fn before_delete(tx: &mut Tx, ctx: &Ctx, attribute: &Stored<SchemaAttribute>) -> Result<()> {
    Ok(unique_attribute::delete_of_attribute(tx, ctx.environment, attribute.id).await?)
}

/// The error for whoever wants to change what came with the product.
#[must_use]
pub fn built_in_is_fixed() -> Error {
    constraint("Attributes that every environment has cannot be changed")
}

/// What a body says about the values of the environment's attributes, laid over what the user had when it is a patch.
/// Values that must be unique are taken.
///
/// # Errors
/// [`Error::Invalid`] with every fault.
pub async fn take_values(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    sent: &Value,
    old: Option<&User>,
    patching: bool,
) -> Result<BTreeMap<SchemaAttributeId, Value>> {
    let attributes = added(tx, ctx).await?;
    let mut values = BTreeMap::new();
    let mut problems = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.enabled) {
        let had = old.and_then(|old| old.custom_attributes.get(&attribute.id));
        let value = match sent.get(&attribute.name) {
            None if patching => had,
            Some(Value::Null) | None => None,
            Some(value) => {
                problems.extend(attribute.check(value, had).err());
                Some(value)
            }
        };
        match value {
            Some(value) => drop(values.insert(attribute.id, value.clone())),
            None if attribute.required => problems.push(Problem::required(&attribute.name)),
            None => {}
        }
    }
    Error::unless_empty(problems)?;
    keep_unique(tx, ctx, user, &attributes, &values).await?;
    Ok(values)
}

async fn keep_unique(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    attributes: &[Stored<SchemaAttribute>],
    values: &BTreeMap<SchemaAttributeId, Value>,
) -> Result<()> {
    if !attributes.iter().any(|attribute| attribute.unique) {
        return Ok(());
    }
    unique_attribute::delete_of_user(tx, ctx.environment, user).await?;
    for attribute in attributes {
        let Some(value) = values.get(&attribute.id) else { continue };
        for text in attribute.unique_texts(value) {
            if !unique_attribute::take(tx, ctx.environment, attribute.id, &digest(text), user).await? {
                return Err(Error::invalid(Problem::not_unique(&attribute.name)));
            }
        }
    }
    Ok(())
}

/// What stands for a value that no two users may share: indexes take no long texts.
fn digest(text: &str) -> String {
    HEXLOWER.encode(&sha256(fold(text).as_bytes()))
}

/// The values of a user as answers show them.
#[must_use]
pub fn shown(attributes: &[Stored<SchemaAttribute>], user: &User) -> Map<String, Value> {
    let value = |attribute: &Stored<SchemaAttribute>| {
        let kept = user.custom_attributes.get(&attribute.id)?;
        Some((attribute.name.clone(), attribute.shown(kept)))
    };
    attributes.iter().filter(|attribute| attribute.enabled).filter_map(value).collect()
}
