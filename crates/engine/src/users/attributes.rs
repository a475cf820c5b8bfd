//! What a filter of users may name, and what those names mean at a moment.
//!
//! Most attributes are columns. Whether an account is locked depends on the time, and who is in a group on other
//! records; both stand in a parsed filter as columns that no table has, until [`resolved`] puts conditions there that
//! the database can answer.

use std::collections::HashMap;

use postern_core::filter::{AttributeKind, FilterAttribute, Operator};
use postern_core::ids::{GroupId, Id};
use postern_core::time::Timestamp;
use postern_store::documents::{Condition, Op};
use postern_store::sql::{Tx, Value};
use uuid::Uuid;

use crate::{Ctx, Result, groups};

const TEXT: &[Operator] = &[Operator::Eq, Operator::StartsWith];
const TEXT_AND_END: &[Operator] =
    &[Operator::Eq, Operator::StartsWith, Operator::EndsWith, Operator::Contains];
const EQ: &[Operator] = &[Operator::Eq];
const TIME: &[Operator] = &[Operator::Eq, Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le];

/// Stands for the groups of a user.
pub const GROUP: &str = "member_of_group";
/// Stands for `account.canAuthenticate`.
const CAN_AUTHENTICATE: &str = "can_authenticate";
/// Stands for `account.status`.
const ACCOUNT_STATUS: &str = "account_status";
const LOCKED_AT: &str = "locked_at";
const UNLOCK_AT: &str = "unlock_at";

const fn text(name: &'static str, column: &'static str) -> FilterAttribute {
    FilterAttribute { name, kind: AttributeKind::TextFolded, operators: TEXT, column }
}

const fn searched(name: &'static str, column: &'static str) -> FilterAttribute {
    FilterAttribute { name, kind: AttributeKind::TextFolded, operators: TEXT_AND_END, column }
}

const fn other(
    name: &'static str,
    kind: AttributeKind,
    operators: &'static [Operator],
    column: &'static str,
) -> FilterAttribute {
    FilterAttribute { name, kind, operators, column }
}

/// What a filter of users may name.
pub const ATTRIBUTES: &[FilterAttribute] = &[
    other("id", AttributeKind::Uuid, EQ, "id"),
    searched("username", "username_key"),
    searched("email", "email_key"),
    text("externalId", "external_id_key"),
    text("accountId", "account_id_key"),
    other("enabled", AttributeKind::Boolean, EQ, "enabled"),
    other("mfaEnabled", AttributeKind::Boolean, EQ, "mfa_enabled"),
    other("emailVerified", AttributeKind::Boolean, EQ, "email_verified"),
    other("account.canAuthenticate", AttributeKind::Boolean, EQ, CAN_AUTHENTICATE),
    other("account.status", AttributeKind::Text, EQ, ACCOUNT_STATUS),
    other("account.lockedAt", AttributeKind::Timestamp, TIME, LOCKED_AT),
    other("account.unlockAt", AttributeKind::Timestamp, TIME, UNLOCK_AT),
    other("identityProvider.id", AttributeKind::Uuid, EQ, "identity_provider_id"),
    other("identityProvider.type", AttributeKind::Text, EQ, "identity_provider_type"),
    other("lifecycle.status", AttributeKind::Text, EQ, "lifecycle_status"),
    other("verifyStatus", AttributeKind::Text, EQ, "verify_status"),
    other("population.id", AttributeKind::Uuid, EQ, "population_id"),
    other("memberOfGroups.id", AttributeKind::Uuid, EQ, GROUP),
    searched("name.given", "given_name_key"),
    text("name.middle", "middle_name_key"),
    searched("name.family", "family_name_key"),
    text("name.formatted", "formatted_name_key"),
    text("name.honorificPrefix", "honorific_prefix_key"),
    text("name.honorificSuffix", "honorific_suffix_key"),
    text("nickname", "nickname_key"),
    text("photo.href", "photo_key"),
    text("title", "title_key"),
    text("type", "type_key"),
    text("locale", "locale_key"),
    text("preferredLanguage", "preferred_language_key"),
    text("timezone", "timezone_key"),
    text("primaryPhone", "primary_phone_key"),
    text("mobilePhone", "mobile_phone_key"),
    text("address.streetAddress", "street_address_key"),
    text("address.locality", "locality_key"),
    text("address.region", "region_key"),
    text("address.postalCode", "postal_code_key"),
    text("address.countryCode", "country_code_key"),
    other("createdAt", AttributeKind::Timestamp, TIME, "created_at"),
    other("updatedAt", AttributeKind::Timestamp, TIME, "updated_at"),
];

/// A parsed filter of users as the database can answer it now.
///
/// # Errors
/// Those of the database.
pub async fn resolved(tx: &mut Tx, ctx: &Ctx, filter: Condition) -> Result<Condition> {
    let named: Vec<Uuid> = filter
        .compared_with(GROUP)
        .into_iter()
        .filter_map(|value| match value {
            Value::Uuid(id) => Some(*id),
            _ => None,
        })
        .collect();
    let mut members = HashMap::with_capacity(named.len());
    for group in named {
        members.insert(group, groups::members(tx, ctx, GroupId::from_uuid(group)).await?);
    }
    Ok(filter.rewritten(&|column, op, value| match (column, &value) {
        (GROUP, Value::Uuid(id)) => members.get(id).cloned().unwrap_or(NOBODY),
        (GROUP, _) => NOBODY,
        _ => at_moment(column, op, value, ctx.now),
    }))
}

/// No record.
pub(crate) const NOBODY: Condition = Condition::Any(Vec::new());

/// A filter that names no group, as the database can answer it at this moment.
#[must_use]
pub fn at(filter: Condition, now: Timestamp) -> Condition {
    filter.rewritten(&|column, op, value| at_moment(column, op, value, now))
}

fn at_moment(column: &'static str, op: Op, value: Value, now: Timestamp) -> Condition {
    match column {
        GROUP => NOBODY,
        CAN_AUTHENTICATE => {
            let can = Condition::equals("enabled", 1).and(Condition::Not(Box::new(locked(now))));
            if value == Value::Int(1) { can } else { Condition::Not(Box::new(can)) }
        }
        ACCOUNT_STATUS => match &value {
            Value::Text(word) if word == "LOCKED" => locked(now),
            Value::Text(word) if word == "OK" => Condition::Not(Box::new(locked(now))),
            _ => NOBODY,
        },
        // A lock that has ended by itself is not shown, so it is not found either.
        LOCKED_AT | UNLOCK_AT => Condition::Compare { column, op, value }.and(locked(now)),
        _ => Condition::Compare { column, op, value },
    }
}

fn locked(now: Timestamp) -> Condition {
    let lasts = Condition::Any(vec![
        Condition::equals(UNLOCK_AT, Value::Null),
        Condition::compare(UNLOCK_AT, Op::Gt, now),
    ]);
    Condition::compare(LOCKED_AT, Op::Present, Value::Null).and(lasts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_has_ended_is_no_lock() {
        let now = Timestamp::from_seconds(100);
        let met = |locked_at: Option<i64>, unlock_at: Option<i64>, filter: &str| {
            let parsed = crate::filters::parse(Some(filter), ATTRIBUTES).unwrap();
            at(parsed, now).met_by(&|column| match column {
                "enabled" => 1.into(),
                LOCKED_AT => locked_at.map(Timestamp::from_seconds).into(),
                UNLOCK_AT => unlock_at.map(Timestamp::from_seconds).into(),
                _ => Value::Null,
            })
        };
        for (locked_at, unlock_at, locked) in [
            (None, None, false),
            (Some(50), None, true),
            (Some(50), Some(101), true),
            (Some(50), Some(100), false),
        ] {
            assert_eq!(met(locked_at, unlock_at, r#"account.status eq "LOCKED""#), locked);
            assert_eq!(met(locked_at, unlock_at, r#"account.status eq "OK""#), !locked);
            assert_eq!(met(locked_at, unlock_at, "account.canAuthenticate eq true"), !locked);
            assert_eq!(met(locked_at, unlock_at, "account.canAuthenticate eq false"), locked);
            assert_eq!(met(locked_at, unlock_at, r#"account.lockedAt lt "1970-01-01T00:01:00Z""#), locked);
        }
    }
}
