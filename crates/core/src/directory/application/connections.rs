//! Applications of protocols that are not served: what their bodies hold. They are kept and shown, and nobody signs
//! on through them.

use std::sync::LazyLock;

use super::body::{common, cors, template};
use super::{Application, PkceEnforcement, Protocol, Requirement, TokenAuthMethod};
use crate::problem::Problem;
use crate::schema::{
    Declared, Field, Object, boolean, integer, list, nested, object, one_of, reference, sealed, text, url,
    uuid,
};

/// How keys of certificates sign.
pub(super) const SIGNATURE_ALGORITHMS: &[&str] = &[
    "SHA256withRSA",
    "SHA384withRSA",
    "SHA512withRSA",
    "SHA256withECDSA",
    "SHA384withECDSA",
    "SHA512withECDSA",
];

/// Longest validity that the wire format can name, in seconds.
const SECONDS_MAX: i64 = 2_147_483_647;

pub(super) fn schema_of(protocol: Protocol) -> &'static Object {
    static SAML: LazyLock<Object> = LazyLock::new(saml);
    static WS_FED: LazyLock<Object> = LazyLock::new(ws_fed);
    static EXTERNAL_LINK: LazyLock<Object> = LazyLock::new(external_link);
    match protocol {
        Protocol::OpenIdConnect => Application::schema(),
        Protocol::Saml => &SAML,
        Protocol::WsFed => &WS_FED,
        Protocol::ExternalLink => &EXTERNAL_LINK,
    }
}

fn saml() -> Object {
    let encryption = object(vec![
        one_of("algorithm", &["AES_128", "AES_256", "TRIPLEDES"]).required(),
        reference("certificate").required(),
    ]);
    let verification = object(vec![
        boolean("authnRequestSigned"),
        list("certificates", reference("certificate"), 50).required(),
    ]);
    let server = nested("server", object(vec![text("vsId").required().max(1024), boolean("default")]));
    let virtual_servers = object(vec![boolean("enabled"), list("virtualServerIds", server, 100)]);
    with(
        common(&["WEB_APP", "CUSTOM_APP", "TEMPLATE_APP"], &["SAML"]),
        vec![
            url("homePageUrl"),
            list("acsUrls", url("url"), 200).required().min(1),
            integer("assertionDuration", 1, SECONDS_MAX).required(),
            boolean("assertionSigned").default(true),
            nested("corsSettings", cors()),
            text("defaultTargetUrl").max(2048),
            boolean("enableRequestedAuthnContext"),
            boolean("enableAlwaysAcceptAcsUrlInSignedAuthnRequest"),
            nested("idpSigning", idp_signing(false)),
            text("nameIdFormat").max(1024),
            boolean("responseSigned").default(false),
            integer("sessionNotOnOrAfterDuration", 60, SECONDS_MAX),
            one_of("sloBinding", &["HTTP_REDIRECT", "HTTP_POST"]).default("HTTP_POST"),
            url("sloEndpoint"),
            url("sloResponseEndpoint"),
            integer("sloWindow", 0, 24),
            nested("spEncryption", encryption),
            text("spEntityId").required().max(1024).doc("Unique in the environment."),
            nested("spVerification", verification),
            nested("template", template()),
            nested("virtualServerIdSettings", virtual_servers),
        ],
    )
}

fn ws_fed() -> Object {
    let gateway = nested(
        "gateway",
        object(vec![
            uuid("id").required(),
            one_of("type", &["LDAP"]).required(),
            reference("userType").required(),
        ]),
    );
    with(
        common(&["WEB_APP", "CUSTOM_APP", "TEMPLATE_APP"], &["WS_FED"]),
        vec![
            integer("assertionDuration", 300, 3_932_100).default(300),
            text("audienceRestriction").max(1024).default("urn:federation:MicrosoftOnline"),
            nested("corsSettings", cors()),
            text("domainName").required().max(256),
            nested("idpSigning", idp_signing(true)).required(),
            nested("kerberos", object(vec![list("gateways", gateway, 20)])),
            url("replyUrl").required(),
            url("sloEndpoint"),
            one_of(
                "subjectNameIdentifierFormat",
                &[
                    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
                    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
                ],
            ),
            one_of("wsTrustVersion", &["1.2", "1.3"]),
        ],
    )
}

fn external_link() -> Object {
    with(
        common(&["PORTAL_LINK_APP"], &["EXTERNAL_LINK"]),
        vec![url("homePageUrl").required(), text("externalId").max(256)],
    )
}

fn with(mut fields: Vec<Field>, own: Vec<Field>) -> Object {
    fields.extend(own);
    fields.push(sealed());
    object(fields)
}

fn idp_signing(names_algorithm: bool) -> Object {
    let mut algorithm = one_of("algorithm", SIGNATURE_ALGORITHMS);
    algorithm.required = names_algorithm;
    object(vec![reference("key").required(), algorithm])
}

pub(super) fn problems(application: &Application) -> Vec<Problem> {
    let settings = application.connection.get("virtualServerIdSettings");
    let enabled = settings.and_then(|settings| settings.get("enabled")).and_then(serde_json::Value::as_bool);
    let servers = settings.and_then(|settings| settings.get("virtualServerIds")?.as_array());
    if enabled == Some(true) && servers.is_none_or(Vec::is_empty) {
        return vec![Problem::required("virtualServerIdSettings.virtualServerIds")];
    }
    Vec::new()
}

// What an application says as a client when it is none: nothing that lets it in.

pub(super) fn auth_method() -> TokenAuthMethod {
    TokenAuthMethod::ClientSecretBasic
}

pub(super) fn pkce() -> PkceEnforcement {
    PkceEnforcement::Required
}

pub(super) fn par() -> Requirement {
    Requirement::Required
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn saml_body() -> Value {
        json!({"name": "Payroll", "enabled": true, "type": "WEB_APP", "protocol": "SAML",
            "spEntityId": "urn:payroll", "acsUrls": ["https://payroll.example/acs"], "assertionDuration": 3600})
    }

    #[test]
    fn a_saml_application_keeps_its_own_members_and_is_no_client() {
        let (application, _) = Application::read(&saml_body(), None, &[]).unwrap();
        assert!(!application.is_client());
        assert!(application.grant_types.is_empty());
        assert_eq!(application.sp_entity_id(), Some("urn:payroll"));
        let kept = serde_json::to_value(&application).unwrap();
        let (again, _) = Application::read(&saml_body(), kept.as_object(), &[]).unwrap();
        assert_eq!(again, application);
    }

    #[test]
    fn each_protocol_asks_for_its_own_members() {
        let missing = |body: Value| -> Vec<String> {
            let problems = Application::read(&body, None, &[]).unwrap_err();
            problems.into_iter().filter_map(|problem| problem.target).collect()
        };
        let link =
            json!({"name": "a", "enabled": true, "type": "PORTAL_LINK_APP", "protocol": "EXTERNAL_LINK"});
        assert_eq!(missing(link), ["homePageUrl"]);
        let saml = json!({"name": "a", "enabled": true, "type": "CUSTOM_APP", "protocol": "SAML"});
        assert_eq!(missing(saml), ["acsUrls", "assertionDuration", "spEntityId"]);
        let wrong = json!({"name": "a", "enabled": true, "type": "PORTAL_LINK_APP", "protocol": "OPENID_CONNECT",
            "tokenEndpointAuthMethod": "NONE", "grantTypes": ["AUTHORIZATION_CODE"]});
        assert_eq!(missing(wrong)[0], "type");
    }

    #[test]
    fn enabled_virtual_servers_are_named() {
        let mut body = saml_body();
        body["virtualServerIdSettings"] = json!({"enabled": true});
        let problems = Application::read(&body, None, &[]).unwrap_err();
        assert_eq!(problems[0].target.as_deref(), Some("virtualServerIdSettings.virtualServerIds"));
    }
}
