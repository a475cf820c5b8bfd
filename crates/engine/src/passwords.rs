//! Passwords of users: state, check, change, lock, recovery (platform contract 2.6).
//!
//! Hashing costs far more than a transaction may wait. So every operation that
//! compares or makes a hash has three parts: load (reader), work ([`Check`],
//! [`Change`]: pure, on a blocking thread of the door), record (transaction).
//! Recording compares the hash it was done for with the one there is, so that a
//! change in between is seen; and no verdict leaves before it is counted, so that
//! concurrent guesses learn no more than the lockout allows.

mod change;
mod check;
mod recovery;
mod state;

use postern_core::directory::population::Population;
use postern_core::directory::user::{IdentityProviderType, User};
use postern_core::entity::Stored;
use postern_core::filter::fold;
use postern_core::ids::UserId;
use postern_core::password::{PasswordHash, PasswordPolicy};
use postern_core::problem::{Code, Problem};
use postern_store::documents;
use postern_store::sql::{Tx, Value};
use postern_store::tables::password::{self, PasswordRow};

use crate::{Ctx, Error, Result};

pub use self::change::{Change, Changed, Origin, prepare_change, put, record_change};
pub use self::check::{Check, Checked, prepare_check, prepare_check_by_name, record_check};
pub use self::recovery::{Recovery, check_recovery_code, send_recovery_code};
pub use self::state::{State, StateView, force_change, no_password, state, unlock};

/// What rules a user's password, and the password itself.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The user.
    pub user: Stored<User>,
    /// The policy of the user's population, or the environment's default.
    pub policy: Stored<PasswordPolicy>,
    /// The password, if there is one.
    pub row: Option<PasswordRow>,
}

/// The user by name, whatever the case.
///
/// # Errors
/// Those of the database.
pub async fn find_user(tx: &mut Tx, ctx: &Ctx, username: &str) -> Result<Option<Stored<User>>> {
    Ok(documents::find_by::<User>(tx, ctx.environment, "username_key", fold(username).into()).await?)
}

/// The user with policy and password.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn holder(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<Holder> {
    let user = documents::find::<User>(tx, ctx.environment, user).await?.ok_or(Error::NotFound("user"))?;
    with_password(tx, ctx, user).await
}

async fn with_password(tx: &mut Tx, ctx: &Ctx, user: Stored<User>) -> Result<Holder> {
    let policy = policy_of(tx, ctx, &user).await?;
    let row = password::find(tx, ctx.environment, user.id).await?;
    Ok(Holder { user, policy, row })
}

async fn policy_of(tx: &mut Tx, ctx: &Ctx, user: &Stored<User>) -> Result<Stored<PasswordPolicy>> {
    let population = documents::find::<Population>(tx, ctx.environment, user.population.id).await?;
    if let Some(policy) = population.and_then(|population| population.body.password_policy)
        && let Some(policy) = documents::find::<PasswordPolicy>(tx, ctx.environment, policy.id).await?
    {
        return Ok(policy);
    }
    documents::find_by::<PasswordPolicy>(tx, ctx.environment, "is_default", Value::Int(1))
        .await?
        .ok_or_else(|| Error::internal("the environment has no default password policy"))
}

/// Refuses users whom another identity provider vouches for.
fn own_password_only(user: &User) -> Result<()> {
    if user.identity_provider.kind == IdentityProviderType::PingOne {
        return Ok(());
    }
    Err(Error::refused(Problem::new(
        Code::ConstraintViolation,
        "The user signs on with an external identity provider.",
    )))
}

/// A stored hash; one that no password has when it cannot be read.
fn read_hash(text: &str) -> PasswordHash {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
        .unwrap_or_else(|_| PasswordHash::dummy())
}
