//! What is kept without being acted upon, and what is not planned, each with the reason.

/// Chapters whose records are kept and shown, and which change nothing else.
pub(super) const STORED: &[(&str, &str)] = &[
    ("Agreement languages", "No sign-on asks for consent."),
    ("Agreement revisions", "No sign-on asks for consent."),
    ("Agreements", "No sign-on asks for consent."),
    ("Alert channels", "No alerts are sent."),
    ("Application flow policy assignments", "Flows follow sign-on policies."),
    ("Application permissions", "Tokens do not carry them."),
    ("Application resources", "Tokens do not carry them."),
    ("Branding settings", "The hosted page has one look."),
    ("Certificates", "No application or identity provider is called with them."),
    ("Custom domains", "The configuration of the server says which names it answers to."),
    ("E-mail domains", "The mail server decides what it sends."),
    ("Flow policies", "Flows follow sign-on policies."),
    ("Forms", "The hosted page has its own."),
    ("Gateway credentials", "No gateway connects."),
    ("Gateway role assignments", "No gateway connects."),
    ("Gateways", "No gateway connects."),
    ("Identity provider attributes", "Nobody signs on by another provider."),
    ("Identity providers", "Nobody signs on by another provider."),
    ("Images", "The hosted page shows none."),
    ("Keys", "Tokens are signed with the keys of rotation policies."),
    ("Linked accounts", "Nobody signs on by another provider."),
    ("Rate limit configurations", "The configuration of the server says what is limited."),
    ("Subscriptions (webhooks)", "No events are delivered."),
    ("Themes", "The hosted page has one look."),
    ("Translations", "The hosted page is in English."),
    ("User application roles", "Tokens do not carry them."),
    ("reCAPTCHA configuration", "The hosted page asks for none."),
];

/// What is kept of records that are acted upon otherwise.
pub(super) const PARTS: &[(&str, &str)] = &[
    (
        "Applications",
        "Those that do not speak OpenID Connect, and `autoEnrollment` and `integrityDetection` of `mobile`.",
    ),
    ("Custom roles", "Permissions for what Postern does not have."),
    ("Environments", "The bill of materials."),
    (
        "Notifications policies",
        "`cooldownConfiguration` and `providerConfiguration`. A user without a quota has 50 messages of each kind a day.",
    ),
    ("Users", "`verifyStatus`."),
];

/// Parts of paths that are left to others.
pub(super) const NOT_PLANNED: &[(&str, &str)] = &[
    ("/propagation/", "Provisioning to other directories."),
    ("/integrations", "The catalogue of Ping's own products."),
    ("/verifyTransactions", "Checking identity documents."),
    ("/totalIdentities", "Figures for licences."),
    ("ctiveIdentityCounts", "Figures for licences."),
    ("/applicationSignons", "Figures for licences."),
    ("/userActivities", "Figures for licences."),
    ("/adminConfig", "Ping's own console."),
    ("/as/idpSignoff", "Signing on by another provider."),
];

/// Why the chapter changes nothing, if so.
pub(super) fn stored(group: &str) -> Option<&'static str> {
    STORED.iter().find(|(name, _)| *name == group).map(|(_, why)| *why)
}

/// What is only kept of the chapter's records, if anything.
pub(super) fn kept(group: &str) -> Option<&'static str> {
    PARTS.iter().find(|(name, _)| *name == group).map(|(_, what)| *what)
}

/// Why the operation is not planned, if so.
pub(super) fn not_planned(path: &str) -> Option<&'static str> {
    NOT_PLANNED.iter().find(|(part, _)| path.contains(part)).map(|(_, why)| *why)
}
