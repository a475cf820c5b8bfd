//! One-time passcodes that are sent to people: making, keeping and checking them.
//!
//! A passcode is stored only as a keyed hash bound to its challenge, so neither
//! a stolen database nor a swapped record helps. Attempts, lifetimes and locks
//! are the caller's rules; time-based codes are in [`crate::devices`].

use crate::crypto::keyring::KeyRing;
use crate::random::Random;
use crate::secret::Secret;

/// Fewest digits of a passcode.
pub const MIN_LENGTH: u8 = 6;
/// Most digits of a passcode.
pub const MAX_LENGTH: u8 = 10;

const PURPOSE: &str = "passcode";

/// A fresh passcode of uniformly random digits; leading zeros happen.
/// A length outside [`MIN_LENGTH`]`..=`[`MAX_LENGTH`] is taken to the nearer bound.
#[must_use]
pub fn generate(random: &Random, length: u8) -> Secret {
    Secret::new(random.text(usize::from(length.clamp(MIN_LENGTH, MAX_LENGTH)), b"0123456789"))
}

/// What to store of a passcode. `binding` names what it was made for: tenant, user, device, challenge.
#[must_use]
pub fn digest(keys: &KeyRing, binding: &[&[u8]], code: &str) -> [u8; 32] {
    keys.mac(PURPOSE, &bound(binding, code))
}

/// Whether `input`, as a person typed it, is the passcode behind the stored digest.
///
/// Spaces around it are dropped. Input that is no passcode at all costs the
/// same work as a wrong one.
#[must_use]
pub fn verify(keys: &KeyRing, binding: &[&[u8]], input: &str, stored: &[u8]) -> bool {
    let code = input.trim();
    let well_formed = (usize::from(MIN_LENGTH)..=usize::from(MAX_LENGTH)).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_digit());
    let candidate = if well_formed { code } else { "0000000000" };
    keys.mac_matches(PURPOSE, &bound(binding, candidate), stored) & well_formed
}

fn bound<'a>(binding: &[&'a [u8]], code: &'a str) -> Vec<&'a [u8]> {
    let mut parts = binding.to_vec();
    parts.push(code.as_bytes());
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys() -> KeyRing {
        KeyRing::generate(&Random::seeded(1))
    }

    #[test]
    fn passcodes_have_the_asked_length_and_only_digits() {
        let random = Random::seeded(2);
        for (asked, given) in [(0, 6), (6, 6), (8, 8), (10, 10), (200, 10)] {
            let code = generate(&random, asked);
            assert_eq!(code.expose().len(), given);
            assert!(code.expose().bytes().all(|byte| byte.is_ascii_digit()));
        }
    }

    #[test]
    fn all_digits_come_at_all_places() {
        let random = Random::seeded(3);
        let mut seen = [[0_u32; 10]; 6];
        for _ in 0..2000 {
            for (place, byte) in generate(&random, 6).expose().bytes().enumerate() {
                seen[place][usize::from(byte - b'0')] += 1;
            }
        }
        assert!(seen.iter().flatten().all(|count| (120..280).contains(count)), "{seen:?}");
    }

    #[test]
    fn a_passcode_is_accepted_with_spaces_around_it() {
        let keys = keys();
        let stored = digest(&keys, &[b"challenge"], "012345");
        for input in ["012345", " 012345", "012345\n", "\t012345  "] {
            assert!(verify(&keys, &[b"challenge"], input, &stored), "{input:?}");
        }
    }

    #[test]
    fn other_input_is_refused() {
        let keys = keys();
        let stored = digest(&keys, &[b"challenge"], "012345");
        let long = "0".repeat(100_000);
        for input in ["", " ", "012346", "12345", "0123450", "01234a", "०१२३४५", "+12345", "012 345", &long]
        {
            assert!(!verify(&keys, &[b"challenge"], input, &stored));
        }
        assert!(!verify(&keys, &[b"challenge"], "012345", &stored[..8]));
        assert!(!verify(&keys, &[b"challenge"], "012345", b""));
    }

    #[test]
    fn a_passcode_counts_for_its_own_challenge_only() {
        let keys = keys();
        let stored = digest(&keys, &[b"user", b"challenge"], "012345");
        assert!(!verify(&keys, &[b"user", b"another"], "012345", &stored));
        assert!(!verify(&keys, &[b"userchallenge"], "012345", &stored));
    }

    #[test]
    fn the_stand_in_for_malformed_input_is_no_way_in() {
        let keys = keys();
        let stored = digest(&keys, &[], "0000000000");
        assert!(!verify(&keys, &[], "x", &stored));
        assert!(verify(&keys, &[], "0000000000", &stored));
    }

    #[test]
    fn a_passcode_survives_a_key_rotation() {
        let keys = keys();
        let stored = digest(&keys, &[], "424242");
        assert!(verify(&keys.rotated(&Random::seeded(9)), &[], "424242", &stored));
    }

    proptest! {
        #[test]
        fn no_input_panics(input in ".*") {
            let keys = keys();
            prop_assert!(!verify(&keys, &[], &input, &[0; 32]));
        }
    }
}
