//! The prefixes by which an imported value says how it is encoded.

/// How an imported password value is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of PingOne's prefixes; see Encoding::prefix")]
pub enum Encoding {
    Bcrypt,
    Ssha,
    Ssha256,
    Ssha384,
    Ssha512,
    Pbkdf2,
    MskccPbkdf2,
    Scrypt,
    ScryptRfc7914,
    Argon2,
}

impl Encoding {
    const ALL: [Self; 10] = [
        Self::Bcrypt,
        Self::Ssha,
        Self::Ssha256,
        Self::Ssha384,
        Self::Ssha512,
        Self::Pbkdf2,
        Self::MskccPbkdf2,
        Self::Scrypt,
        Self::ScryptRfc7914,
        Self::Argon2,
    ];

    /// The prefix of a value, such as `{BCRYPT}`.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Bcrypt => "{BCRYPT}",
            Self::Ssha => "{SSHA}",
            Self::Ssha256 => "{SSHA256}",
            Self::Ssha384 => "{SSHA384}",
            Self::Ssha512 => "{SSHA512}",
            Self::Pbkdf2 => "{PBKDF2}",
            Self::MskccPbkdf2 => "{MSKCC_PBKDF2}",
            Self::Scrypt => "{SCRYPT}",
            Self::ScryptRfc7914 => "{SCRYPT_RFC7914}",
            Self::Argon2 => "{ARGON2}",
        }
    }
}

/// The encoding a value names; nothing for clear text, even when it begins with a brace.
#[must_use]
pub fn encoding_of(value: &str) -> Option<Encoding> {
    split(value).map(|(encoding, _)| encoding)
}

/// The encoding a value names and what follows the prefix. As in LDAP, case does not count.
pub(super) fn split(value: &str) -> Option<(Encoding, &str)> {
    Encoding::ALL.into_iter().find_map(|encoding| {
        let (prefix, rest) = value.split_at_checked(encoding.prefix().len())?;
        prefix.eq_ignore_ascii_case(encoding.prefix()).then_some((encoding, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_recognised_in_either_case() {
        for encoding in Encoding::ALL {
            assert_eq!(encoding_of(&format!("{}x", encoding.prefix())), Some(encoding));
            assert_eq!(encoding_of(&encoding.prefix().to_lowercase()), Some(encoding));
        }
    }

    #[test]
    fn clear_text_is_clear_text() {
        for value in
            ["", "{", "{}", "{x}secret", "SSHA", "{SSHA", "{SHA}abc", "é{SSHA}", "x{BCRYPT}", "{SSHé}"]
        {
            assert_eq!(encoding_of(value), None, "{value}");
        }
    }
}
