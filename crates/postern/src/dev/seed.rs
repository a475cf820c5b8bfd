//! Where the randomness of a development server comes from.

use std::path::Path;

use anyhow::Context as _;
use postern_core::crypto::sha256;
use postern_core::random::Random;

/// The operating system's, or a stream fixed by the seed.
///
/// A stream must not begin anew on data that it made before: it would give the
/// same ids again. The folder counts the starts, and each has its own stream.
pub(crate) fn random(seed: Option<u64>, folder: &Path) -> anyhow::Result<Random> {
    let Some(seed) = seed else { return Ok(Random::system()) };
    let file = folder.join("seeded-starts");
    let starts: u64 =
        std::fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    std::fs::write(&file, format!("{}\n", starts.saturating_add(1)))
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(Random::seeded(stream(seed, starts)))
}

fn stream(seed: u64, start: u64) -> u64 {
    let digest = sha256(&[seed.to_be_bytes(), start.to_be_bytes()].concat());
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_folders_give_the_same_stream_and_a_second_start_another() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = random(Some(7), one.path()).unwrap().uuid();
        assert_eq!(random(Some(7), two.path()).unwrap().uuid(), first);
        let again = random(Some(7), one.path()).unwrap().uuid();
        assert_ne!(again, first);
        assert_eq!(random(Some(7), two.path()).unwrap().uuid(), again);
    }
}
