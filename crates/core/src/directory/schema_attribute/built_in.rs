//! The attributes that users have from the start.

/// An attribute that every environment has.
#[derive(Debug, Clone, Copy)]
pub struct BuiltInAttribute {
    /// The member of users.
    pub name: &'static str,
    /// For people.
    pub display_name: &'static str,
    /// Whether users could not be without it; the others are `STANDARD`.
    pub core: bool,
    /// `STRING`, `BOOLEAN` or `COMPLEX`.
    pub kind: &'static str,
    /// Whether no two users have the same value.
    pub unique: bool,
    /// Whether every user has a value.
    pub required: bool,
    /// The members of a complex one.
    pub parts: &'static [&'static str],
}

const fn of(
    core: bool,
    name: &'static str,
    display_name: &'static str,
    kind: &'static str,
    parts: &'static [&'static str],
) -> BuiltInAttribute {
    BuiltInAttribute { name, display_name, core, kind, unique: false, required: false, parts }
}

const fn core(name: &'static str, display_name: &'static str, kind: &'static str) -> BuiltInAttribute {
    of(true, name, display_name, kind, &[])
}

const fn standard(name: &'static str, display_name: &'static str) -> BuiltInAttribute {
    of(false, name, display_name, "STRING", &[])
}

/// Every built-in attribute.
pub const BUILT_IN_ATTRIBUTES: &[BuiltInAttribute] = &[
    BuiltInAttribute { unique: true, required: true, ..core("id", "ID", "STRING") },
    BuiltInAttribute { unique: true, required: true, ..core("username", "Username", "STRING") },
    of(true, "account", "Account", "COMPLEX", &["canAuthenticate", "lockedAt", "status", "unlockAt"]),
    core("createdAt", "Creation Date", "STRING"),
    core("emailVerified", "Email Verified", "BOOLEAN"),
    core("enabled", "Enabled", "BOOLEAN"),
    of(true, "identityProvider", "Identity Provider", "COMPLEX", &["id", "type"]),
    of(true, "lastSignOn", "Last Sign On", "COMPLEX", &["at", "remoteIp"]),
    of(true, "lifecycle", "Lifecycle", "COMPLEX", &["status"]),
    core("memberOfGroupIDs", "Group IDs", "STRING"),
    core("memberOfGroupNames", "Group Names", "STRING"),
    core("mfaEnabled", "MFA Enabled", "BOOLEAN"),
    of(true, "population", "Population", "COMPLEX", &["id"]),
    core("updatedAt", "Update Date", "STRING"),
    core("verifyStatus", "Verify Status", "STRING"),
    standard("accountId", "Account ID"),
    of(
        false,
        "address",
        "Address",
        "COMPLEX",
        &["countryCode", "locality", "postalCode", "region", "streetAddress"],
    ),
    BuiltInAttribute { required: true, ..standard("email", "Email Address") },
    standard("externalId", "External ID"),
    standard("locale", "Locale"),
    standard("mobilePhone", "Mobile Phone"),
    of(
        false,
        "name",
        "Name",
        "COMPLEX",
        &["family", "formatted", "given", "honorificPrefix", "honorificSuffix", "middle"],
    ),
    standard("nickname", "Nickname"),
    of(false, "photo", "Photo", "COMPLEX", &["href"]),
    standard("preferredLanguage", "Preferred Language"),
    standard("primaryPhone", "Primary Phone"),
    standard("timezone", "Timezone"),
    standard("title", "Title"),
    standard("type", "User Type"),
];
