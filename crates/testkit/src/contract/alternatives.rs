//! Which alternative of a `oneOf` a value is, where a file leaves that open.

use serde_json::Value;

/// Name of the schema, and the member with those of its values that choose it. The SDKs choose by the same members.
const ALTERNATIVES: &[Row] = &[
    ("ApplicationOIDC", "protocol", &["OPENID_CONNECT"]),
    ("ApplicationSAML", "protocol", &["SAML"]),
    ("ApplicationWSFED", "protocol", &["WS_FED"]),
    ("ApplicationExternalLink", "protocol", &["EXTERNAL_LINK"]),
    ("ApplicationPingOnePortal", "type", &["PING_ONE_PORTAL"]),
    ("ApplicationPingOneSelfService", "type", &["PING_ONE_SELF_SERVICE"]),
    ("ApplicationPingOneAdminConsole", "type", &["PING_ONE_ADMIN_CONSOLE"]),
    ("SignOnPolicyActionLogin", "type", &["LOGIN"]),
    ("SignOnPolicyActionMFA", "type", &["MULTI_FACTOR_AUTHENTICATION"]),
    ("SignOnPolicyActionIDFirst", "type", &["IDENTIFIER_FIRST"]),
    ("SignOnPolicyActionIDP", "type", &["IDENTITY_PROVIDER"]),
    ("SignOnPolicyActionAgreement", "type", &["AGREEMENT"]),
    ("SignOnPolicyActionProgressiveProfiling", "type", &["PROGRESSIVE_PROFILING"]),
    ("SignOnPolicyActionPingID", "type", &["PINGID_AUTHENTICATION"]),
    (
        "SignOnPolicyActionPingIDWinLoginPasswordless",
        "type",
        &["PINGID_WINLOGIN_PASSWORDLESS_AUTHENTICATION"],
    ),
    ("IdentityProviderFacebook", "type", &["FACEBOOK"]),
    (
        "IdentityProviderClientIDClientSecret",
        "type",
        &["GOOGLE", "LINKEDIN", "LINKEDIN_OIDC", "TWITTER", "AMAZON", "YAHOO", "GITHUB"],
    ),
    ("IdentityProviderOIDC", "type", &["OPENID_CONNECT"]),
    ("IdentityProviderApple", "type", &["APPLE"]),
    ("IdentityProviderPaypal", "type", &["PAYPAL"]),
    ("IdentityProviderMicrosoft", "type", &["MICROSOFT"]),
    ("IdentityProviderSAML", "type", &["SAML"]),
    ("GatewayTypeLDAP", "type", &["LDAP"]),
    ("GatewayTypeRADIUS", "type", &["RADIUS"]),
    ("Gateway", "type", &["PING_FEDERATE", "PING_INTELLIGENCE", "API_GATEWAY_INTEGRATION"]),
    ("TemplateContentEmail", "deliveryMethod", &["Email"]),
    ("TemplateContentSMS", "deliveryMethod", &["SMS"]),
    ("TemplateContentPush", "deliveryMethod", &["Push"]),
    ("TemplateContentVoice", "deliveryMethod", &["Voice"]),
    ("NotificationsSettingsPhoneDeliverySettingsCustom", "provider", &["CUSTOM_PROVIDER"]),
    (
        "NotificationsSettingsPhoneDeliverySettingsTwilioSyniverse",
        "provider",
        &["CUSTOM_TWILIO", "CUSTOM_SYNIVERSE"],
    ),
    ("NotificationsSettingsEmailDeliverySettingsCustom", "protocol", &["HTTP"]),
    ("NotificationsSettingsEmailDeliverySettingsSMTP", "protocol", &["SMTP", "SMTPS"]),
];

/// Whether the value's members choose the schema of this name.
pub(crate) fn chosen(name: &str, value: &Value) -> bool {
    rows(name).any(|(_, member, values)| value[*member].as_str().is_some_and(|text| values.contains(&text)))
}

/// Whether members choose the schema of this name at all.
pub(crate) fn has_choosers(name: &str) -> bool {
    rows(name).next().is_some()
}

/// What the value has in the members that choose among the schemas of these names.
pub(crate) fn choosers<'a>(names: impl Iterator<Item = &'a str>, value: &Value) -> String {
    let mut members: Vec<&str> = names.flat_map(rows).map(|(_, member, _)| *member).collect();
    members.dedup();
    members.iter().map(|member| value[*member].to_string()).collect::<Vec<_>>().join(" ")
}

type Row = (&'static str, &'static str, &'static [&'static str]);

fn rows(name: &str) -> impl Iterator<Item = &'static Row> {
    ALTERNATIVES.iter().filter(move |(known, ..)| *known == name)
}
