//! The body of an application that speaks OpenID Connect, and the choice between it and the bodies of other protocols.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::{
    Application, ApplicationType, CorsBehavior, GrantType, PkceEnforcement, Protocol, RefreshTokenType,
    Requirement, ResponseType, TokenAuthMethod, connections, mobile, rules,
};
use crate::problem::Problem;
use crate::schema::{
    Declared, Field, Object, Secrets, boolean, integer, list, map, nested, object, one_of, reference, sealed,
    text, texts, url, uuid,
};

/// Longest life that the wire format can name, in seconds.
const SECONDS_MAX: i64 = 2_147_483_647;

impl Declared for Application {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(declaration);
        &SCHEMA
    }

    fn replace_schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> =
            LazyLock::new(|| Application::schema().with_read_only(&["assignActorRoles"]));
        &SCHEMA
    }

    fn schema_for(input: &Value, old: Option<&Map<String, Value>>) -> &'static Object {
        let sent = input.get("protocol").and_then(Value::as_str);
        let kept = old.and_then(|members| members.get("protocol")).and_then(Value::as_str);
        match kept.or(sent).and_then(Protocol::from_word) {
            Some(protocol) if protocol != Protocol::OpenIdConnect => connections::schema_of(protocol),
            _ if old.is_some() => Self::replace_schema(),
            _ => Self::schema(),
        }
    }

    /// Grants and actor roles depend on the type.
    fn fill(checked: &mut Map<String, Value>) {
        if checked.get("protocol") != Some(&json!(Protocol::OpenIdConnect)) {
            return;
        }
        let kind = checked.get("type").and_then(Value::as_str).and_then(ApplicationType::from_word);
        let (grant, response) = match kind {
            Some(ApplicationType::Worker | ApplicationType::Service) => ("CLIENT_CREDENTIALS", None),
            _ => ("AUTHORIZATION_CODE", Some("CODE")),
        };
        if !checked.contains_key("grantTypes") {
            checked.insert("grantTypes".to_owned(), json!([grant]));
            if let Some(response) = response {
                checked.entry("responseTypes").or_insert_with(|| json!([response]));
            }
        }
        checked.entry("assignActorRoles").or_insert(Value::Bool(kind == Some(ApplicationType::Worker)));
    }

    fn problems(&self) -> Vec<Problem> {
        rules::problems(self)
    }

    fn secret_problems(&self, secrets: &Secrets) -> Vec<Problem> {
        rules::secret_problems(self, secrets)
    }
}

/// The kinds of OpenID Connect clients.
const CLIENT_TYPES: &[&str] =
    &["WEB_APP", "NATIVE_APP", "SINGLE_PAGE_APP", "WORKER", "SERVICE", "CUSTOM_APP"];

/// What applications of every protocol have.
pub(super) fn common(kinds: &'static [&'static str], protocols: &'static [&'static str]) -> Vec<Field> {
    vec![
        text("name").required().max(256).doc("Unique in the environment."),
        text("description").max(1024),
        boolean("enabled").required(),
        one_of("type", kinds).required().immutable(),
        one_of("protocol", protocols).required().immutable(),
        url("loginPageUrl"),
        nested("accessControl", access_control()).doc(
            "Sign-ons are not held against roles and groups yet, so nobody can sign on to an application with either.",
        ),
        boolean("hiddenFromAppPortal").default(false),
        nested("icon", object(vec![uuid("id").required(), url("href").required()])),
    ]
}

fn declaration() -> Object {
    let mut fields = common(CLIENT_TYPES, Protocol::WORDS);
    fields.extend([
        boolean("assignActorRoles")
            .doc("On create only; a worker inherits its creator's roles unless false."),
        list("grantTypes", one_of("grant", GrantType::WORDS), 7).min(1).doc("By type when not sent."),
        list("responseTypes", one_of("response", ResponseType::WORDS), 3),
        one_of("tokenEndpointAuthMethod", TokenAuthMethod::WORDS).required(),
        list("redirectUris", text("uri").min(1).max(2048), 200),
        list("postLogoutRedirectUris", text("uri").min(1).max(2048), 200),
        boolean("allowWildcardInRedirectUris"),
        one_of("pkceEnforcement", PkceEnforcement::WORDS).default("OPTIONAL"),
        one_of("parRequirement", Requirement::WORDS).default("OPTIONAL"),
        integer("parTimeout", 1, 600).default(60),
        integer("refreshTokenDuration", 60, SECONDS_MAX),
        integer("refreshTokenRollingDuration", 60, SECONDS_MAX),
        integer("refreshTokenRollingGracePeriodDuration", 0, 86_400),
        one_of("refreshTokenType", RefreshTokenType::WORDS),
        boolean("additionalRefreshTokenReplayProtectionEnabled").default(true),
        boolean("supportUnsignedRequestObject"),
        boolean("requireSignedRequestObject"),
        text("jwks").max(64 * 1024).multiline().pattern("a JSON Web Key Set", is_key_set),
        text("jwksUrl").max(2048).pattern("an https URL", texts::is_https_url),
        integer("deviceTimeout", 1, 3600).default(600),
        integer("devicePollingInterval", 1, 60).default(5),
        text("devicePathId").min(1).max(50).pattern("^[a-zA-Z0-9_-]{1,50}$", is_path_id),
        url("deviceCustomVerificationUri"),
        nested("signing", object(vec![reference("keyRotationPolicy").required()])),
        boolean("includeX5t"),
        boolean("idpSignoff").default(false),
        url("initiateLoginUri"),
        url("targetLinkUri"),
        url("homePageUrl"),
        boolean("opSessionCheckEnabled"),
        boolean("requestScopesForMultipleResourcesEnabled").default(false),
        nested("corsSettings", cors()),
        list("tags", one_of("tag", &["PING_FED_CONNECTION_INTEGRATION"]), 10),
        nested("kerberos", object(vec![reference("key").required()])),
        nested("template", template()),
        nested("mobile", mobile::schema()),
        sealed(),
    ]);
    object(fields)
}

/// The catalogue entry that an application was made from.
pub(super) fn template() -> Object {
    object(vec![
        map("configuration", text("value").max(4096), 100).required(),
        reference("integration").required(),
        reference("version").required(),
    ])
}

fn access_control() -> Object {
    let group = object(vec![
        one_of("type", &["ANY_GROUP", "ALL_GROUPS"]).required(),
        list("groups", reference("group"), 200).required().min(1),
    ]);
    object(vec![
        nested("role", object(vec![one_of("type", &["ADMIN_USERS_ONLY"]).required()])),
        nested("group", group),
    ])
}

pub(super) fn cors() -> Object {
    object(vec![
        one_of("behavior", CorsBehavior::WORDS).required(),
        list(
            "origins",
            text("origin").max(256).pattern("an http or https origin without path", texts::is_origin),
            20,
        ),
    ])
}

fn is_path_id(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

fn is_key_set(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|set| set.get("keys").is_some_and(Value::is_array))
}
