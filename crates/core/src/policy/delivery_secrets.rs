//! The secrets of delivery settings: sealed when they are kept, opened when messages leave.
//!
//! They are bound to the record they belong to.

use crate::crypto::keyring::{KeyRing, OpenError, SealContext};
use crate::entity::{Entity, Stored};
use crate::random::Random;
use crate::schema::Secrets;
use crate::secret::Sealed;

/// Seals the secrets of a record; none when there are none.
#[must_use]
pub fn seal<T: Entity>(
    keys: &KeyRing,
    random: &Random,
    record: &Stored<T>,
    secrets: &Secrets,
) -> Option<Sealed> {
    if secrets.is_empty() {
        return None;
    }
    let name = name(record);
    Some(keys.seal(random, &context(record, &name), secrets.to_json().expose().as_bytes()))
}

/// Opens the secrets of a record.
///
/// # Errors
/// [`OpenError`] when the ring cannot open them.
pub fn open<T: Entity>(
    keys: &KeyRing,
    record: &Stored<T>,
    sealed: Option<&Sealed>,
) -> Result<Secrets, OpenError> {
    let Some(sealed) = sealed else { return Ok(Secrets::default()) };
    let name = name(record);
    Ok(Secrets::from_json(&keys.open_text(&context(record, &name), sealed)?))
}

fn name<T: Entity>(record: &Stored<T>) -> String {
    use crate::ids::Id;
    format!("{}/{}", T::KIND, record.id.uuid())
}

fn context<'a, T: Entity>(record: &Stored<T>, name: &'a str) -> SealContext<'a> {
    SealContext { environment: record.environment, record: name, field: "secrets" }
}
