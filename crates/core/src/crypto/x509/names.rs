//! Distinguished names as text: `CN=Example, O=Example Ltd, C=US`.

use rcgen::{DistinguishedName, DnType};

/// Object identifiers of types that have no word in `rcgen`.
const OTHERS: &[(&str, &[u64])] = &[
    ("STREET", &[2, 5, 4, 9]),
    ("SERIALNUMBER", &[2, 5, 4, 5]),
    ("UID", &[0, 9, 2342, 19_200_300, 100, 1, 1]),
    ("DC", &[0, 9, 2342, 19_200_300, 100, 1, 25]),
    ("E", &[1, 2, 840, 113_549, 1, 9, 1]),
    ("EMAILADDRESS", &[1, 2, 840, 113_549, 1, 9, 1]),
];

/// Whether a text is a distinguished name that a certificate can carry.
#[must_use]
pub fn is_distinguished_name(text: &str) -> bool {
    parse(text).is_some()
}

/// Parts with nothing after the `=` are left out, as clients send them; at least one must hold something. A type may
/// stand once.
pub(super) fn parse(text: &str) -> Option<DistinguishedName> {
    let mut name = DistinguishedName::new();
    let mut any = false;
    for part in parts(text) {
        let (kind, value) = part.split_once('=')?;
        let kind = kind_named(kind.trim())?;
        let value = unescaped(value.trim());
        if value.is_empty() {
            continue;
        }
        if name.get(&kind).is_some() {
            return None;
        }
        name.push(kind, value);
        any = true;
    }
    any.then_some(name)
}

/// The parts between commas that no backslash precedes.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for c in text.chars() {
        if c == ',' && !escaped {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    parts
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut escaped = false;
    for c in text.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            plain.push(c);
            escaped = false;
        }
    }
    plain
}

fn kind_named(word: &str) -> Option<DnType> {
    let word = word.to_ascii_uppercase();
    Some(match word.as_str() {
        "CN" => DnType::CommonName,
        "O" => DnType::OrganizationName,
        "OU" => DnType::OrganizationalUnitName,
        "L" => DnType::LocalityName,
        "ST" | "S" => DnType::StateOrProvinceName,
        "C" => DnType::CountryName,
        other => {
            let (_, identifier) = OTHERS.iter().find(|(name, _)| *name == other)?;
            DnType::CustomDnType(identifier.to_vec())
        }
    })
}
