//! Whether the policy admits an authenticator: what its make is, and what is known of it.

use postern_core::devices::passkey::Credential;
use postern_core::fido::Entry;
use postern_core::fido::entry::key_identifier;
use postern_core::fido::requirement::{self, Unfit};
use postern_core::policy::Fido2Policy;
use postern_core::policy::fido2_policy::MdsOption;
use postern_core::webauthn::{AttestationKind, Registered};
use postern_store::sql::Tx;

use crate::{Ctx, Result, authenticators};

/// What was found about the make of an authenticator.
pub(super) struct Make {
    /// Its entry, by what the authenticator says it is.
    pub(super) entry: Option<Entry>,
    /// Whether a certificate of the maker proves that.
    pub(super) attested: bool,
}

/// Looks for the make of a new credential.
///
/// # Errors
/// Those of the database.
pub(super) async fn make_of(tx: &mut Tx, ctx: &Ctx, registered: &Registered) -> Result<Make> {
    let attestation = &registered.attestation;
    let key = attestation.trust_path.first().and_then(|leaf| key_identifier(leaf));
    let entry = authenticators::of_authenticator(tx, ctx, registered.aaguid, key.as_deref()).await?;
    let by_maker = !matches!(attestation.kind, AttestationKind::None | AttestationKind::SelfSigned);
    let attested =
        by_maker && entry.as_ref().is_some_and(|entry| attestation.chains_to(&entry.roots, ctx.now).is_ok());
    Ok(Make { entry, attested })
}

/// Whether the credential may be made.
pub(super) fn admit_new(policy: &Fido2Policy, make: &Make) -> std::result::Result<(), Unfit> {
    requirement::admit(&policy.mds_authenticators_requirements, make.entry.as_ref(), make.attested)
}

/// Whether the credential may be used.
///
/// # Errors
/// Those of the database.
pub(super) async fn admit_use(
    tx: &mut Tx,
    ctx: &Ctx,
    policy: &Fido2Policy,
    credential: &Credential,
) -> Result<std::result::Result<(), Unfit>> {
    let requirements = &policy.mds_authenticators_requirements;
    let lenient = matches!(requirements.option, MdsOption::None | MdsOption::AuditOnly);
    if lenient || !requirements.enforce_during_authentication {
        return Ok(Ok(()));
    }
    let entry = match &credential.mds_identifier {
        Some(identifier) => authenticators::entry(tx, ctx, identifier).await?,
        None => None,
    };
    Ok(requirement::admit(requirements, entry.as_ref(), credential.attested))
}
