//! The body of an application.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::{
    Application, ApplicationType, CorsBehavior, GrantType, PkceEnforcement, RefreshTokenType, Requirement,
    ResponseType, TokenAuthMethod, mobile, rules,
};
use crate::problem::Problem;
use crate::schema::{
    Declared, Object, Secrets, boolean, integer, list, nested, object, one_of, reference, sealed, text,
    texts, url, uuid,
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

    /// Grants and actor roles depend on the type.
    fn fill(checked: &mut Map<String, Value>) {
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

fn declaration() -> Object {
    object(vec![
        text("name").required().max(256).doc("Unique in the environment."),
        text("description").max(1024),
        boolean("enabled").required(),
        one_of("type", ApplicationType::WORDS).required().immutable(),
        one_of("protocol", &["OPENID_CONNECT"]).required().immutable(),
        url("loginPageUrl"),
        nested("accessControl", access_control()).doc(
            "Users have neither administrator roles nor groups here, so nobody can sign on to an application with either.",
        ),
        boolean("hiddenFromAppPortal").default(false),
        nested("icon", object(vec![uuid("id").required(), url("href").required()])),
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
        nested("signing", object(vec![reference("keyRotationPolicy")])),
        boolean("includeX5t"),
        boolean("idpSignoff").default(false),
        url("initiateLoginUri"),
        url("targetLinkUri"),
        url("homePageUrl"),
        boolean("opSessionCheckEnabled"),
        boolean("requestScopesForMultipleResourcesEnabled").default(false),
        nested("corsSettings", cors()),
        list("tags", one_of("tag", &["PING_FED_CONNECTION_INTEGRATION"]), 10),
        nested("mobile", mobile::schema()),
        sealed(),
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

fn cors() -> Object {
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
