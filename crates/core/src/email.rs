//! E-mail addresses of people and senders.
//!
//! Owns the form of an address (RFC 5322 and 6531 without comments, folding
//! and address literals), its key for comparison and what is shown of it to
//! strangers. Leaves whether a mailbox exists to a passcode.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::filter::fold;

/// The longest address and the longest part before the `@`, in bytes (RFC 5321).
const MAX_ADDRESS: usize = 254;
const MAX_LOCAL: usize = 64;
const MAX_LABEL: usize = 63;

/// An address such as `pat@example.com`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// A text is not an address that mail can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// No text.
    #[error("must not be empty")]
    Empty,
    /// Over 254 bytes, or over 64 before the `@`.
    #[error("must not be longer than 254 characters, 64 before the @")]
    TooLong,
    /// Not of the form `name@domain`.
    #[error("must be an e-mail address such as pat@example.com")]
    Malformed,
}

impl EmailAddress {
    /// Reads an address; nothing is trimmed or repaired.
    ///
    /// # Errors
    /// [`EmailError`] for every other text, a domain without a dot or in
    /// square brackets included.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError::Malformed)?;
        if text.len() > MAX_ADDRESS || local.len() > MAX_LOCAL {
            return Err(EmailError::TooLong);
        }
        if (is_dot_atom(local) || is_quoted(local)) && is_domain(domain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(EmailError::Malformed)
        }
    }

    /// The address as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folded form, by which addresses are compared.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&self.0)
    }

    /// What may be shown to somebody who is not known yet: two letters and the
    /// domain; one letter when there are no more than two.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let kept = if local.chars().count() > 2 { 2 } else { 1 };
        let shown: String = local.chars().take(kept).collect();
        format!("{shown}****@{domain}")
    }
}

fn is_dot_atom(local: &str) -> bool {
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_text))
}

fn is_atom_text(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || is_beyond_ascii(c)
}

/// A character of RFC 6531 that is not a space, a control or invisible.
fn is_beyond_ascii(c: char) -> bool {
    let invisible =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !c.is_ascii() && !c.is_control() && !c.is_whitespace() && !invisible
}

fn is_quoted(local: &str) -> bool {
    let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let mut escaped = false;
    for c in inner.chars() {
        if !(matches!(c, ' '..='~') || is_beyond_ascii(c)) || (c == '"' && !escaped) {
            return false;
        }
        escaped = c == '\\' && !escaped;
    }
    !escaped
}

fn is_domain(domain: &str) -> bool {
    let top = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.') && domain.split('.').all(is_label) && !top.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_label(label: &str) -> bool {
    let letters =
        |c: char| c.is_ascii_alphanumeric() || c == '-' || (c.is_alphanumeric() && is_beyond_ascii(c));
    (1..=MAX_LABEL).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(letters)
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = EmailError;
    fn from_str(text: &str) -> Result<Self, EmailError> {
        Self::parse(text)
    }
}

impl Serialize for EmailAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_that_people_have_are_accepted() {
        for text in [
            "pat@example.com",
            "pat.o'neil+mfa@mail.example.co.uk",
            "a@b-c.de",
            "\"pat smith\"@example.com",
            "\"a@b\\\"c\"@example.com",
            "müller@example.de",
            "用户@例子.中国",
            "x@xn--fsqu00a.xn--0zwm56d",
            "1@1.example",
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        for text in [
            "pat",
            "pat@",
            "@example.com",
            "pat@localhost",
            "pat@[127.0.0.1]",
            "pat@127.0.0.1",
            "pat@example..com",
            "pat@example.com.",
            "pat@-example.com",
            "pat@exa_mple.com",
            ".pat@example.com",
            "pat.@example.com",
            "p..at@example.com",
            "pat smith@example.com",
            " pat@example.com",
            "pat@example.com\r\nBcc: x@example.com",
            "pat\0@example.com",
            "pat\u{200b}@example.com",
            "pat@exam\u{200d}ple.com",
            "pat<x@example.com",
            "a@b@example.com",
            "\"a\"b\"@example.com",
            "\"a\\\"@example.com",
            "\"@example.com",
            "Pat <pat@example.com>",
        ] {
            assert_eq!(EmailAddress::parse(text), Err(EmailError::Malformed), "{text}");
        }
        assert_eq!(EmailAddress::parse(""), Err(EmailError::Empty));
        assert_eq!(EmailAddress::parse(&format!("{}@example.com", "a".repeat(65))), Err(EmailError::TooLong));
        assert!(EmailAddress::parse(&format!("{}@example.com", "a".repeat(64))).is_ok());
        assert_eq!(EmailAddress::parse(&format!("a@{}com", "abcdefg.".repeat(32))), Err(EmailError::TooLong));
    }

    #[test]
    fn a_masked_address_keeps_two_letters_and_the_domain() {
        for (text, masked) in [
            ("john@example.com", "jo****@example.com"),
            ("joe@example.com", "jo****@example.com"),
            ("jo@example.com", "j****@example.com"),
            ("j@example.com", "j****@example.com"),
            ("éloïse@example.com", "él****@example.com"),
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap().masked(), masked);
        }
    }

    #[test]
    fn addresses_compare_without_case() {
        assert_eq!(EmailAddress::parse("Pat@Example.COM").unwrap().key(), "pat@example.com");
    }

    proptest! {
        #[test]
        fn an_accepted_address_is_one_line_with_both_parts(text in ".{0,30}@.{0,30}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert!(!address.as_str().contains(char::is_control));
                prop_assert!(address.masked().contains("****@"));
            }
        }
    }
}
