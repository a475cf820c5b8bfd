//! What users may do with their own records, by the `p1:` scopes of their token.
//!
//! Finer than roles: creating and deleting one's devices are two scopes. The
//! rights hold for records of the user that the token names and for no other.

use super::Area;

/// What is done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Look.
    Read,
    /// Make.
    Create,
    /// Change, including actions that people may take on their own records.
    Update,
    /// Remove.
    Delete,
    /// Compare without showing, as a password check does.
    Check,
    /// What only administrators may do, such as ending a lock. No self-service scope opens it.
    Administer,
}

/// A self-service scope of the PingOne API resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnScope {
    /// The scope of the token.
    pub name: &'static str,
    /// A sentence for people.
    pub description: &'static str,
    /// What it opens.
    pub area: Area,
    /// What may be done there.
    pub verb: Verb,
}

const fn scope(name: &'static str, area: Area, verb: Verb, description: &'static str) -> OwnScope {
    OwnScope { name, description, area, verb }
}

/// Every self-service scope; an environment's PingOne API resource has one scope record for each.
pub const OWN_SCOPES: &[OwnScope] = &[
    scope("p1:read:user", Area::Users, Verb::Read, "Read one's own user"),
    scope("p1:update:user", Area::Users, Verb::Update, "Change one's own user"),
    scope("p1:verify:user", Area::UserAccounts, Verb::Update, "Verify one's own account"),
    scope("p1:read:userPassword", Area::UserPasswords, Verb::Read, "Read the state of one's own password"),
    scope("p1:reset:userPassword", Area::UserPasswords, Verb::Update, "Change one's own password"),
    scope("p1:validate:userPassword", Area::UserPasswords, Verb::Check, "Check one's own password"),
    scope("p1:update:userMfaEnabled", Area::MfaEnabled, Verb::Update, "Switch MFA on or off for oneself"),
    scope("p1:read:device", Area::Devices, Verb::Read, "Read one's own MFA devices"),
    scope("p1:create:device", Area::Devices, Verb::Create, "Add MFA devices of one's own"),
    scope("p1:update:device", Area::Devices, Verb::Update, "Change one's own MFA devices"),
    scope("p1:delete:device", Area::Devices, Verb::Delete, "Remove one's own MFA devices"),
    scope("p1:create:pairingKey", Area::PairingKeys, Verb::Create, "Make pairing keys for oneself"),
    scope("p1:read:pairingKey", Area::PairingKeys, Verb::Read, "Read one's own pairing keys"),
    scope("p1:delete:pairingKey", Area::PairingKeys, Verb::Delete, "Remove one's own pairing keys"),
    scope("p1:read:sessions", Area::Sessions, Verb::Read, "Read one's own sessions"),
    scope("p1:delete:sessions", Area::Sessions, Verb::Delete, "End one's own sessions"),
];

/// The self-service scopes of one token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OwnRights(u32);

impl OwnRights {
    /// From the scopes of a token; others than self-service scopes give nothing.
    pub fn from_scopes<'a>(scopes: impl IntoIterator<Item = &'a str>) -> Self {
        let bits = scopes
            .into_iter()
            .filter_map(|name| OWN_SCOPES.iter().position(|scope| scope.name == name))
            .fold(0, |bits, place| bits | 1 << place);
        Self(bits)
    }

    /// Whether the user may do this to an own record of the area. `p1:read:user`
    /// also shows whether MFA is on, as that is part of the user.
    #[must_use]
    pub fn allow(self, area: Area, verb: Verb) -> bool {
        let area = if area == Area::MfaEnabled && verb == Verb::Read { Area::Users } else { area };
        OWN_SCOPES
            .iter()
            .enumerate()
            .any(|(place, scope)| self.0 & 1 << place != 0 && scope.area == area && scope.verb == verb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_opens_its_verb_and_no_other() {
        let rights = OwnRights::from_scopes(["openid", "p1:read:device", "p1:create:device"]);
        assert!(rights.allow(Area::Devices, Verb::Read) && rights.allow(Area::Devices, Verb::Create));
        assert!(!rights.allow(Area::Devices, Verb::Delete) && !rights.allow(Area::Users, Verb::Read));
    }

    #[test]
    fn no_scope_administers() {
        let all = OwnRights::from_scopes(OWN_SCOPES.iter().map(|scope| scope.name));
        assert!(Area::ALL.iter().all(|area| !all.allow(*area, Verb::Administer)));
    }

    #[test]
    fn every_scope_opens_what_it_says() {
        assert!(OWN_SCOPES.len() <= 32);
        for scope in OWN_SCOPES {
            assert!(OwnRights::from_scopes([scope.name]).allow(scope.area, scope.verb), "{}", scope.name);
        }
    }
}
