//! The file of the master keys: read, made on the first start of `dev`, rotated.

use std::path::Path;

use anyhow::{Context as _, bail};
use postern_core::crypto::keyring::KeyRing;
use postern_core::random::Random;
use postern_core::secret::Secret;

use crate::private_file;

/// The ring in the file.
pub(crate) fn read(path: &Path) -> anyhow::Result<KeyRing> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the master keys in {}", path.display()))?;
    KeyRing::from_text(&Secret::new(text)).with_context(|| path.display().to_string())
}

/// The ring in the file, which is made with a fresh key when it is absent.
pub(crate) fn read_or_make(path: &Path, random: &Random) -> anyhow::Result<KeyRing> {
    if path.exists() {
        return read(path);
    }
    make(path, random)?;
    read(path)
}

/// Makes the file with a fresh key. One that is there is never replaced.
pub(crate) fn make(path: &Path, random: &Random) -> anyhow::Result<()> {
    if path.exists() {
        bail!("{} is there already; use `postern keys rotate` to put a new key in front", path.display());
    }
    private_file::write(path, KeyRing::generate(random).to_text().expose())
}

/// Puts a fresh key in front; the others go on opening what they sealed.
pub(crate) fn rotate(path: &Path, random: &Random) -> anyhow::Result<KeyRing> {
    let rotated = read(path)?.rotated(random);
    private_file::write(path, rotated.to_text().expose())?;
    Ok(rotated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_kept_by_a_rotation() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let made = read_or_make(&path, &Random::seeded(1)).unwrap().key_ids();
        assert_eq!(read_or_make(&path, &Random::seeded(2)).unwrap().key_ids(), made);
        assert!(make(&path, &Random::seeded(2)).is_err());
        let rotated = rotate(&path, &Random::seeded(3)).unwrap().key_ids();
        assert_eq!(rotated.len(), 2);
        assert_eq!(rotated[1], made[0]);
    }
}
