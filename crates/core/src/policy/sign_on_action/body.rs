//! The bodies of actions: one declaration per type, and their union for the API description.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::{ActionStep, ActionType, SignOnAction};
use crate::policy::condition;
use crate::problem::{Code, Problem};
use crate::schema::{
    Declared, Field, Kinds, Object, boolean, integer, json as any_json, list, nested, object, one_of,
    reference, switch, text, url, uuid,
};

impl Declared for SignOnAction {
    fn schema() -> &'static Object {
        kinds().all()
    }

    fn schema_for(input: &Value, old: Option<&Map<String, Value>>) -> &'static Object {
        kinds().of(input, old)
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(condition) = &self.condition {
            problems.extend(condition::problems(condition, "condition"));
            if self.priority == 1 && condition::looks_at_user(condition) {
                let message =
                    "must not look at the user in the action of priority 1, before the user is known";
                problems.push(Problem::invalid("condition", message));
            }
        }
        if let ActionStep::MultiFactorAuthentication(step) = &self.step
            && step.flagged_methods().is_empty()
            && step.device_authentication_policy.is_none()
        {
            let message = "must be present unless a method is enabled or applications are named";
            problems.push(Problem::new(Code::RequiredValue, message).at("deviceAuthenticationPolicy"));
        }
        problems
    }
}

/// The declaration of each type.
fn kinds() -> &'static Kinds {
    static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
        let own = ActionType::ALL.iter().map(|kind| (kind.as_str(), own_fields(*kind)));
        Kinds::new("type", &every_action(), own)
    });
    &KINDS
}

fn every_action() -> Vec<Field> {
    vec![
        reference("signOnPolicy").read_only(),
        one_of("type", ActionType::WORDS).required().immutable(),
        integer("priority", 1, i64::from(i32::MAX))
            .whole()
            .required()
            .doc("Lower goes first; unique in the policy."),
        any_json("condition").doc("When the action runs."),
    ]
}

fn own_fields(kind: ActionType) -> Vec<Field> {
    match kind {
        ActionType::Login => login(),
        ActionType::IdentifierFirst => {
            [login(), vec![list("discoveryRules", discovery_rule(), 100)]].concat()
        }
        ActionType::MultiFactorAuthentication => multi_factor(),
        ActionType::IdentityProvider => vec![
            reference("identityProvider").required(),
            text("acrValues"),
            boolean("passUserContext"),
            registration(),
        ],
        ActionType::ProgressiveProfiling => profiling(),
        ActionType::Agreement => vec![reference("agreement").required(), boolean("disableDeclineOption")],
        ActionType::PingIdAuthentication | ActionType::PingIdWinLogin => Vec::new(),
    }
}

fn login() -> Vec<Field> {
    let gateway = object(vec![
        uuid("id").required(),
        one_of("type", &["LDAP"]).required(),
        nested("userType", object(vec![uuid("id").required()])).required(),
    ]);
    vec![
        switch("recovery"),
        registration(),
        list("socialProviders", reference("provider"), 50),
        boolean("enforceLockoutForIdentityProviders"),
        nested(
            "newUserProvisioning",
            object(vec![list("gateways", nested("gateway", gateway), 20).required()]),
        ),
    ]
}

fn registration() -> Field {
    nested(
        "registration",
        object(vec![
            boolean("enabled").required(),
            reference("population"),
            nested("external", object(vec![url("href").required()])),
            boolean("confirmIdentityProviderAttributes"),
        ]),
    )
}

fn discovery_rule() -> Field {
    let condition = object(vec![
        text("contains").required().max(256),
        text("value").required().pattern("${identifier}", |text| text == "${identifier}"),
    ]);
    nested(
        "rule",
        object(vec![nested("condition", condition).required(), reference("identityProvider").required()]),
    )
}

fn multi_factor() -> Vec<Field> {
    let off = || json!({"enabled": false});
    let authorization = object(vec![
        boolean("enabled").required(),
        one_of("extraVerification", &["disabled", "permissive", "restrictive"]),
    ]);
    let application = object(vec![
        uuid("id").required(),
        switch("autoEnrollment"),
        nested("deviceAuthorization", authorization),
    ]);
    vec![
        switch("sms").default(off()),
        switch("voice").default(off()),
        switch("email").default(off()),
        switch("authenticator").default(off()),
        switch("securityKey").default(off()),
        switch("boundBiometrics").default(off()),
        list("applications", nested("application", application), 50).default(json!([])),
        reference("deviceAuthenticationPolicy").doc("The environment's default when not sent."),
        one_of("noDevicesMode", &["BLOCK", "BYPASS"]).default("BLOCK"),
    ]
}

fn profiling() -> Vec<Field> {
    let attribute = object(vec![text("name").required().max(256), boolean("required").required()]);
    vec![
        list("attributes", nested("attribute", attribute), 50).required().min(1),
        boolean("preventMultiplePromptsPerFlow").required(),
        integer("promptIntervalSeconds", 1, i64::from(i32::MAX)).whole().required(),
        text("promptText").required().multiline(),
    ]
}
