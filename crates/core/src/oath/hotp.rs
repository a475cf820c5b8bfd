//! Codes from a key and a position: RFC 4226, section 5.3.
//!
//! TOTP is the same with the number of the time step as the position, so this
//! is the only place that computes or compares codes.

use aws_lc_rs::hmac;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::window::Window;
use crate::schema::words;
use crate::secret::Secret;

words! {
    /// The hash function below the codes.
    pub enum HashAlgorithm {
        HmacSha1 = "HmacSHA1",
        HmacSha256 = "HmacSHA256",
        HmacSha512 = "HmacSHA512",
    }
}

/// How long codes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// Six digits.
    Six,
    /// Eight digits.
    Eight,
}

impl Digits {
    /// From a number of digits, which must be 6 or 8.
    #[must_use]
    pub const fn from_length(length: i64) -> Option<Self> {
        match length {
            6 => Some(Self::Six),
            8 => Some(Self::Eight),
            _ => None,
        }
    }

    /// The number of digits.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Six => 6,
            Self::Eight => 8,
        }
    }

    const fn modulus(self) -> u32 {
        match self {
            Self::Six => 1_000_000,
            Self::Eight => 100_000_000,
        }
    }
}

/// What somebody typed, as a number. What is no code equals none.
#[derive(Clone, Copy)]
struct Typed(u32);

/// No code is as large as this.
const NO_CODE: u32 = u32::MAX;

impl Typed {
    /// Applications show codes in groups and people type them so: spaces do not count.
    fn read(text: &str, digits: Digits) -> Self {
        let mut number: u32 = 0;
        let mut length = 0;
        for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
            if !byte.is_ascii_digit() || length == digits.length() {
                return Self(NO_CODE);
            }
            number = number * 10 + u32::from(byte - b'0');
            length += 1;
        }
        if length == digits.length() { Self(number) } else { Self(NO_CODE) }
    }
}

/// Where in a window a code was found. One code may stand at several places by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The first place.
    pub first: u64,
    /// The last place.
    pub last: u64,
}

/// Makes the codes of one key. It is not printed.
pub struct CodeMaker {
    key: hmac::Key,
    digits: Digits,
}

impl std::fmt::Debug for CodeMaker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeMaker").field("digits", &self.digits).finish_non_exhaustive()
    }
}

impl CodeMaker {
    /// For a key of any length.
    #[must_use]
    pub fn new(secret: &[u8], algorithm: HashAlgorithm, digits: Digits) -> Self {
        let algorithm = match algorithm {
            HashAlgorithm::HmacSha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            HashAlgorithm::HmacSha256 => hmac::HMAC_SHA256,
            HashAlgorithm::HmacSha512 => hmac::HMAC_SHA512,
        };
        Self { key: hmac::Key::new(algorithm, secret), digits }
    }

    /// The code at a position.
    #[must_use]
    pub fn code(&self, position: u64) -> Secret {
        Secret::new(format!("{:0width$}", self.number(position), width = self.digits.length()))
    }

    /// Whether this is the code at the position. The time does not depend on the code.
    #[must_use]
    pub fn is_at(&self, code: &str, position: u64) -> bool {
        self.number(position).ct_eq(&Typed::read(code, self.digits).0).into()
    }

    /// Looks for a code at all positions of the window from `least` on. The time depends on the window alone: every
    /// position is computed and compared, found or not.
    #[must_use]
    pub fn find(&self, code: &str, window: Window, least: u64) -> Option<Found> {
        let typed = Typed::read(code, self.digits);
        let (mut first, mut last, mut found) = (0, 0, Choice::from(0));
        for position in window.positions() {
            let unused = Choice::from(u8::from(position >= least));
            let here = self.number(position).ct_eq(&typed.0) & unused;
            first.conditional_assign(&position, here & !found);
            last.conditional_assign(&position, here);
            found |= here;
        }
        bool::from(found).then_some(Found { first, last })
    }

    fn number(&self, position: u64) -> u32 {
        let tag = hmac::sign(&self.key, &position.to_be_bytes());
        let bytes = tag.as_ref();
        let offset = usize::from(bytes.last().copied().unwrap_or_default() & 0x0f);
        let four = bytes.get(offset..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
        (u32::from_be_bytes(four) & 0x7fff_ffff) % self.digits.modulus()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn six() -> CodeMaker {
        CodeMaker::new(SECRET, HashAlgorithm::HmacSha1, Digits::Six)
    }

    #[test]
    fn the_values_of_rfc_4226_come_out() {
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (counter, code) in (0..).zip(expected) {
            assert_eq!(six().code(counter).expose(), code);
        }
    }

    #[test]
    fn the_values_of_rfc_6238_come_out() {
        let long = |length: usize| -> Vec<u8> { SECRET.iter().copied().cycle().take(length).collect() };
        let maker = |length: usize, algorithm| CodeMaker::new(&long(length), algorithm, Digits::Eight);
        let makers = [
            maker(20, HashAlgorithm::HmacSha1),
            maker(32, HashAlgorithm::HmacSha256),
            maker(64, HashAlgorithm::HmacSha512),
        ];
        let expected: [(u64, [&str; 3]); 6] = [
            (59, ["94287082", "46119246", "90693936"]),
            (1_111_111_109, ["07081804", "68084774", "25091201"]),
            (1_111_111_111, ["14050471", "67062674", "99943326"]),
            (1_234_567_890, ["89005924", "91819424", "93441116"]),
            (2_000_000_000, ["69279037", "90698825", "38618901"]),
            (20_000_000_000, ["65353130", "77737706", "47863826"]),
        ];
        for (seconds, codes) in expected {
            for (maker, code) in makers.iter().zip(codes) {
                assert_eq!(maker.code(seconds / 30).expose(), code, "at {seconds}");
            }
        }
    }

    #[test]
    fn a_code_is_found_where_it_stands_and_nowhere_before_the_least_position() {
        let window = Window::ahead(0, 10);
        assert_eq!(six().find("338314", window, 0), Some(Found { first: 4, last: 4 }));
        assert_eq!(six().find("338314", window, 5), None);
        assert_eq!(six().find("338314", Window::ahead(5, 10), 0), None);
        assert!(six().is_at("338314", 4) && !six().is_at("338314", 5));
    }

    #[test]
    fn spaces_do_not_count_and_other_input_is_no_code() {
        let window = Window::ahead(0, 10);
        for code in ["755224", "755 224", " 755224\n", "7 5 5 2 2 4"] {
            assert!(six().find(code, window, 0).is_some(), "{code:?}");
        }
        for code in ["", " ", "75522", "7552244", "75522a", "+755224", "-755224", "७५५२२४", "755224755224"]
        {
            assert!(six().find(code, window, 0).is_none(), "{code:?}");
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(code in ".{0,40}", first: u64, count in 0_u64..40, least: u64) {
            let _ = six().find(&code, Window::ahead(first, count), least);
        }

        #[test]
        fn every_code_of_a_window_is_found(first in 0..u64::MAX - 100, count in 1_u64..20, place in 0_u64..20) {
            let window = Window::ahead(first, count);
            let position = first + place % count;
            let found = six().find(six().code(position).expose(), window, first).unwrap();
            prop_assert!(found.first <= position && position <= found.last);
        }
    }
}
