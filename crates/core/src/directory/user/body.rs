//! The bodies of users: create, import, replace.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::name::{has_a_digit, is_country_code, is_person_name, is_time_zone, is_username};
use super::{IdentityProviderType, LifecycleStatus, User, VerifyStatus};
use crate::directory::reference::Reference;
use crate::ids::PopulationId;
use crate::problem::Problem;
use crate::schema::{
    Declared, Field, Object, boolean, date, email, json, nested, object, one_of, reference, text, texts, uuid,
};

/// Members that only an import may set.
const IMPORT_ONLY: &[&str] = &["enabled", "emailVerified", "account", "password"];
/// Members that an update leaves alone.
const NOT_REPLACED: &[&str] = &["population", "identityProvider", "mfaEnabled", "lifecycle"];

impl Declared for User {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| import_schema().with_read_only(IMPORT_ONLY));
        &SCHEMA
    }

    fn replace_schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| User::schema().with_read_only(NOT_REPLACED));
        &SCHEMA
    }

    fn problems(&self) -> Vec<Problem> {
        let end_without_start = self.account.locked_at.is_none() && self.account.unlock_at.is_some();
        end_without_start.then(|| Problem::required("account.lockedAt")).into_iter().collect()
    }
}

/// The body of an import: a create that may also carry a password, the state of the account and `enabled`.
/// The password is not part of [`User`]; it comes back among the secrets as `password.value`.
#[must_use]
pub fn import_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        let mut fields = vec![
            nested("account", object(vec![date("lockedAt"), date("unlockAt")])),
            text("accountId").max(1024),
            nested("address", address()),
            date("bypassMFAEnabledUntil").read_only(),
            email("email").required(),
            boolean("emailVerified"),
            boolean("enabled").default(true),
            text("externalId").min(1),
            nested("identityProvider", identity_provider()).default(json!({})),
            nested("lastSignOn", object(vec![date("at").required(), text("remoteIp")])).read_only(),
            nested("lifecycle", lifecycle()).default(json!({})),
            text("locale").min(1).max(256),
            boolean("mfaEnabled").doc("The MFA settings of the environment decide when not sent."),
            phone("mobilePhone"),
            nested("name", person_name()),
            text("nickname").min(1).max(256),
            nested(
                "photo",
                object(vec![text("href").required().max(2048).pattern("a URI", texts::is_absolute_uri)]),
            ),
            reference("population").doc("The default population when not sent."),
            text("preferredLanguage").min(1).max(256).pattern("language ranges", texts::is_language_ranges),
            phone("primaryPhone").min(1),
            text("timezone").pattern(r"^\w+/\w+$", is_time_zone),
            text("title").min(1).max(256),
            text("type").min(1).max(256),
            text("username")
                .required()
                .max(128)
                .pattern("printable characters; an address if it contains @", is_username),
            one_of("verifyStatus", VerifyStatus::WORDS).read_only(),
        ];
        fields.push(nested("password", password()));
        object(fields)
    });
    &SCHEMA
}

/// Sets what the server decides when a create does not say it; call before decoding.
pub fn fill_owned(checked: &mut Map<String, Value>, mfa_enabled: bool, population: PopulationId) {
    checked.entry("mfaEnabled").or_insert(Value::Bool(mfa_enabled));
    checked.entry("population").or_insert_with(|| Reference::wire(population));
}

fn phone(name: &'static str) -> Field {
    text(name).max(32).pattern("at least one digit", has_a_digit)
}

fn person_name() -> Object {
    let form = "letters, marks, digits, spaces and ' . -";
    object(vec![
        text("formatted").min(1).max(256).pattern(form, is_person_name),
        text("given").min(1).max(256),
        text("middle").min(1).max(256),
        text("family").min(1).max(256).pattern(form, is_person_name),
        text("honorificPrefix").max(256),
        text("honorificSuffix").max(256),
    ])
}

fn address() -> Object {
    object(vec![
        text("streetAddress").min(1).max(256).multiline(),
        text("locality").min(1).max(256),
        text("region").min(1).max(256),
        text("postalCode").min(1).max(40),
        text("countryCode").pattern("^[A-Z]{2}$", is_country_code),
    ])
}

fn identity_provider() -> Object {
    object(vec![uuid("id"), one_of("type", IdentityProviderType::WORDS).default("PING_ONE")])
}

fn lifecycle() -> Object {
    object(vec![
        one_of("status", LifecycleStatus::WORDS).default("ACCOUNT_OK"),
        boolean("suppressVerificationCode").write_only(),
    ])
}

fn password() -> Object {
    object(vec![text("value").required().secret(), boolean("forceChange"), json("external")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;

    const POPULATION: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

    fn alice() -> Value {
        json!({"email": "alice@example.com", "name": {"given": "Alice", "family": "Ng"},
               "population": {"id": POPULATION}, "username": "alice_1767607200"})
    }

    #[test]
    fn the_user_of_the_workflows_is_accepted_and_completed() {
        let (user, _) = User::read(&alice(), None, &[]).unwrap();
        assert_eq!(
            serde_json::to_value(user).unwrap(),
            json!({"account": {}, "email": "alice@example.com", "enabled": true, "identityProvider": {"type": "PING_ONE"},
                   "lifecycle": {"status": "ACCOUNT_OK"}, "mfaEnabled": false, "name": {"given": "Alice", "family": "Ng"},
                   "population": {"id": POPULATION}, "username": "alice_1767607200", "verifyStatus": "NOT_INITIATED"})
        );
    }

    #[test]
    fn each_fault_is_named() {
        let table = [
            ("username", json!(null), Code::RequiredValue, "username"),
            ("username", json!("x".repeat(129)), Code::SizeLimitExceeded, "username"),
            ("username", json!("a@b"), Code::InvalidValue, "username"),
            ("email", json!("nobody"), Code::InvalidValue, "email"),
            ("name", json!({"family": "a<b"}), Code::InvalidValue, "name.family"),
            ("name", json!({"given": ""}), Code::EmptyValue, "name.given"),
            ("address", json!({"countryCode": "ch"}), Code::InvalidValue, "address.countryCode"),
            ("address", json!({"postalCode": "9".repeat(41)}), Code::SizeLimitExceeded, "address.postalCode"),
            ("photo", json!({}), Code::RequiredValue, "photo.href"),
            ("mobilePhone", json!("none"), Code::InvalidValue, "mobilePhone"),
            ("primaryPhone", json!(""), Code::EmptyValue, "primaryPhone"),
            ("timezone", json!("UTC"), Code::InvalidValue, "timezone"),
            ("preferredLanguage", json!("?"), Code::InvalidValue, "preferredLanguage"),
            ("identityProvider", json!({"type": "X"}), Code::InvalidValue, "identityProvider.type"),
            ("lifecycle", json!({"status": "X"}), Code::InvalidValue, "lifecycle.status"),
            ("population", json!({}), Code::RequiredValue, "population.id"),
            ("mfaEnabled", json!(1), Code::InvalidValue, "mfaEnabled"),
        ];
        for (member, value, code, target) in table {
            let mut body = alice();
            body[member] = value;
            let problems = User::read(&body, None, &[]).unwrap_err();
            assert_eq!((problems[0].code, problems[0].target.as_deref()), (code, Some(target)), "{body}");
            assert_eq!(problems.len(), 1, "{body}");
        }
    }

    #[test]
    fn a_replacement_clears_the_rest_and_leaves_population_and_switches_alone() {
        let mut old = alice();
        old["mfaEnabled"] = json!(true);
        old["nickname"] = json!("Al");
        old["bypassMFAEnabledUntil"] = json!("2026-01-01T00:00:00.000Z");
        let (old, _) =
            User::read(&old, None, &[("bypassMFAEnabledUntil", json!("2026-01-01T00:00:00.000Z"))]).unwrap();
        let stored = serde_json::to_value(&old).unwrap();
        let put = json!({"email": "a@example.com", "username": "a", "mfaEnabled": false, "enabled": false,
                         "population": {"id": "00000000-6a3c-4c1e-9d0a-6b2a7c2f1a01"}, "lifecycle": {"status": "VERIFICATION_REQUIRED"}});
        let (new, _) = User::read(&put, stored.as_object(), &[]).unwrap();
        assert!(new.mfa_enabled && new.enabled && new.nickname.is_none() && new.name.is_none());
        assert_eq!((new.population, new.lifecycle), (old.population, old.lifecycle));
        assert!(new.bypass_mfa_enabled_until.is_some());
    }

    #[test]
    fn a_patch_with_null_clears_and_keeps_the_rest() {
        let stored = serde_json::to_value(User::read(&alice(), None, &[]).unwrap().0).unwrap();
        let patch = json!({"name": {"family": null}, "title": "Dr", "username": "alice_1767607200", "email": "alice@example.com"});
        let merged = Object::merge_patch(stored.as_object().unwrap(), &patch);
        let (new, _) = User::read(&merged, stored.as_object(), &[]).unwrap();
        assert_eq!(new.title.as_deref(), Some("Dr"));
        let name = new.name.unwrap();
        assert_eq!((name.given.as_deref(), name.family), (Some("Alice"), None));
    }

    #[test]
    fn only_an_import_takes_a_password_and_it_leaves_apart() {
        let mut body = alice();
        body["password"] = json!({"value": "s3cret", "forceChange": true});
        body["enabled"] = json!(false);
        let (user, secrets) = User::read(&body, None, &[]).unwrap();
        assert!(secrets.is_empty() && user.enabled);
        let mut checked = import_schema().check(&body, None).unwrap();
        let secrets = import_schema().split_secrets(&mut checked);
        assert_eq!(secrets.text(&["password", "value"]), Some("s3cret"));
        assert_eq!(
            (checked["enabled"].clone(), checked["password"].clone()),
            (json!(false), json!({"forceChange": true}))
        );
    }

    #[test]
    fn the_server_fills_in_what_a_create_leaves_open() {
        let mut checked = Map::new();
        let population = POPULATION.parse().unwrap();
        fill_owned(&mut checked, true, population);
        assert_eq!(Value::Object(checked), json!({"mfaEnabled": true, "population": {"id": POPULATION}}));
    }
}
