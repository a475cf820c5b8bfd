//! Which makes of authenticators a policy admits.

use super::Entry;
use crate::policy::fido2_policy::{MdsOption, MdsRequirements};

/// Why an authenticator may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Nothing is known of its make.
    #[error("the authenticator is not listed")]
    Unlisted,
    /// Nothing proves its make.
    #[error("the authenticator does not prove of what make it is")]
    Unattested,
    /// Its make is reported as broken or withdrawn.
    #[error("the make of the authenticator is compromised")]
    Compromised,
    /// Its make is not certified.
    #[error("the authenticator is not FIDO certified")]
    Uncertified,
    /// Its make is not among those that the policy names.
    #[error("the authenticator is not one that the policy allows")]
    NotAllowed,
}

/// Whether the policy admits an authenticator. `entry` is what is known of the make that it says it is, `attested`
/// whether a certificate of the maker proves that.
///
/// # Errors
/// [`Unfit`]
pub fn admit(requirements: &MdsRequirements, entry: Option<&Entry>, attested: bool) -> Result<(), Unfit> {
    if matches!(requirements.option, MdsOption::None | MdsOption::AuditOnly) {
        return Ok(());
    }
    let entry = entry.ok_or(Unfit::Unlisted)?;
    if !attested {
        return Err(Unfit::Unattested);
    }
    if entry.is_compromised() {
        return Err(Unfit::Compromised);
    }
    match requirements.option {
        MdsOption::Certified if !entry.is_certified() => Err(Unfit::Uncertified),
        MdsOption::Specific if !requirements.names(&entry.identifier) => Err(Unfit::NotAllowed),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;
    use uuid::Uuid;

    use super::*;
    use crate::policy::fido2_policy::AllowedAuthenticator;

    fn entry(status: &str) -> Entry {
        Entry::new(Some(Uuid::from_bytes([7; 16])), Vec::new(), vec![status.to_owned()], Map::new()).unwrap()
    }

    fn requirements(option: MdsOption, allowed: Option<&str>) -> MdsRequirements {
        MdsRequirements {
            enforce_during_authentication: false,
            option,
            allowed_authenticators: allowed.map(|id| vec![AllowedAuthenticator { id: id.to_owned() }]),
        }
    }

    #[test]
    fn without_requirements_every_authenticator_is_admitted() {
        for option in [MdsOption::None, MdsOption::AuditOnly] {
            assert_eq!(admit(&requirements(option, None), None, false), Ok(()));
            assert_eq!(admit(&requirements(option, None), Some(&entry("REVOKED")), false), Ok(()));
        }
    }

    #[test]
    fn listed_authenticators_prove_their_make_and_are_not_broken() {
        let global = requirements(MdsOption::Global, None);
        assert_eq!(admit(&global, Some(&entry("NOT_FIDO_CERTIFIED")), true), Ok(()));
        assert_eq!(admit(&global, None, true), Err(Unfit::Unlisted));
        assert_eq!(admit(&global, Some(&entry("FIDO_CERTIFIED")), false), Err(Unfit::Unattested));
        assert_eq!(admit(&global, Some(&entry("REVOKED")), true), Err(Unfit::Compromised));
    }

    #[test]
    fn certified_and_specific_authenticators_are_what_they_say() {
        let certified = requirements(MdsOption::Certified, None);
        assert_eq!(admit(&certified, Some(&entry("FIDO_CERTIFIED_L1")), true), Ok(()));
        assert_eq!(admit(&certified, Some(&entry("NOT_FIDO_CERTIFIED")), true), Err(Unfit::Uncertified));
        let known = entry("NOT_FIDO_CERTIFIED");
        let specific = requirements(MdsOption::Specific, Some(&known.identifier));
        assert_eq!(admit(&specific, Some(&known), true), Ok(()));
        assert_eq!(admit(&specific, Some(&known), false), Err(Unfit::Unattested));
        let other = requirements(MdsOption::Specific, Some("another"));
        assert_eq!(admit(&other, Some(&known), true), Err(Unfit::NotAllowed));
    }
}
