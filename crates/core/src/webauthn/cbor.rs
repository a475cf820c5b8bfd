//! CBOR as authenticators write it: CTAP2's canonical form, read strictly.
//!
//! Lengths are definite and shortest, maps have no key twice, tags do not
//! occur, and depth and the number of items are limited. The order of keys is
//! not enforced: it carries no meaning, and shipped clients differ in it.

use super::WebauthnError;

/// Deeper than CTAP2 lets messages nest.
const MAX_DEPTH: usize = 8;
/// More items than any attestation object has.
const MAX_ITEMS: usize = 512;

/// One data item; bytes and texts point into the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Unsigned(u64),
    /// The number -1 - n.
    Negative(u64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Vec<Value<'a>>),
    Map(Map<'a>),
    /// A truth value, null or a floating-point number: nothing here looks into them.
    Simple(u8, &'a [u8]),
}

/// The members of a map in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Map<'a>(Vec<(Value<'a>, Value<'a>)>);

/// Reads the one item that the input is.
///
/// # Errors
/// [`WebauthnError::MalformedCbor`] when it is none, or more than one.
pub(super) fn read(input: &[u8]) -> Result<Value<'_>, WebauthnError> {
    match read_first(input)? {
        (value, []) => Ok(value),
        _ => Err(WebauthnError::MalformedCbor),
    }
}

/// Reads the item that the input begins with, and gives what follows it.
///
/// # Errors
/// [`WebauthnError::MalformedCbor`] when it begins with none.
pub(super) fn read_first(input: &[u8]) -> Result<(Value<'_>, &[u8]), WebauthnError> {
    let mut reader = Reader { rest: input, items: 0 };
    let value = reader.value(0).ok_or(WebauthnError::MalformedCbor)?;
    Ok((value, reader.rest))
}

impl<'a> Value<'a> {
    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Unsigned(n) => i64::try_from(*n).ok(),
            Self::Negative(n) => i64::try_from(*n).ok().map(|n| -1 - n),
            _ => None,
        }
    }

    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn array(&self) -> Option<&[Value<'a>]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    pub(super) fn map(&self) -> Option<&Map<'a>> {
        if let Self::Map(map) = self { Some(map) } else { None }
    }
}

impl<'a> Map<'a> {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes a member out.
    pub(super) fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let place = self.0.iter().position(|(key, _)| key.text() == Some(name))?;
        Some(self.0.swap_remove(place).1)
    }

    pub(super) fn named(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value)
    }

    pub(super) fn labelled(&self, label: i64) -> Option<&Value<'a>> {
        self.0.iter().find(|(key, _)| key.integer() == Some(label)).map(|(_, value)| value)
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    items: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(length).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    /// A head: major type, additional information and its argument.
    fn head(&mut self) -> Option<(u8, u8, u64)> {
        let (&[first], rest) = self.rest.split_first_chunk::<1>()?;
        self.rest = rest;
        let (major, information) = (first >> 5, first & 0x1f);
        let size = match information {
            0..24 => return Some((major, information, u64::from(information))),
            24..28 => 1_u64 << (information - 24),
            _ => return None, // reserved, or of indefinite length
        };
        let argument = self.take(size)?.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        Some((major, information, argument))
    }

    fn value(&mut self, depth: usize) -> Option<Value<'a>> {
        self.items += 1;
        if depth > MAX_DEPTH || self.items > MAX_ITEMS {
            return None;
        }
        let start = self.rest;
        let (major, information, argument) = self.head()?;
        if major == 7 {
            let length = start.len() - self.rest.len();
            return match information {
                20..=23 | 25..=27 => Some(Value::Simple(information, start.get(1..length)?)),
                _ => None,
            };
        }
        if !is_shortest(information, argument) {
            return None;
        }
        match major {
            0 => Some(Value::Unsigned(argument)),
            1 => Some(Value::Negative(argument)),
            2 => self.take(argument).map(Value::Bytes),
            3 => self.take(argument).and_then(|bytes| std::str::from_utf8(bytes).ok()).map(Value::Text),
            4 => (0..argument).map(|_| self.value(depth + 1)).collect::<Option<_>>().map(Value::Array),
            5 => self.entries(argument, depth).map(Value::Map),
            _ => None,
        }
    }

    fn entries(&mut self, count: u64, depth: usize) -> Option<Map<'a>> {
        let mut entries: Vec<(Value<'a>, Value<'a>)> = Vec::new();
        for _ in 0..count {
            let key = self.value(depth + 1)?;
            if entries.iter().any(|(known, _)| *known == key) {
                return None;
            }
            entries.push((key, self.value(depth + 1)?));
        }
        Some(Map(entries))
    }
}

/// Whether the argument could not have been written in fewer bytes.
const fn is_shortest(information: u8, argument: u64) -> bool {
    match information {
        24 => argument >= 24,
        25 => argument > 0xff,
        26 => argument > 0xffff,
        27 => argument > 0xffff_ffff,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_examples_of_rfc_8949_are_read() {
        for (text, expected) in [
            ("00", Value::Unsigned(0)),
            ("17", Value::Unsigned(23)),
            ("1818", Value::Unsigned(24)),
            ("1903e8", Value::Unsigned(1000)),
            ("1bffffffffffffffff", Value::Unsigned(u64::MAX)),
            ("20", Value::Negative(0)),
            ("3903e7", Value::Negative(999)),
            ("4401020304", Value::Bytes(&[1, 2, 3, 4])),
            ("62c3bc", Value::Text("ü")),
            ("80", Value::Array(Vec::new())),
            ("820102", Value::Array(vec![Value::Unsigned(1), Value::Unsigned(2)])),
            ("a10102", Value::Map(Map(vec![(Value::Unsigned(1), Value::Unsigned(2))]))),
            ("f5", Value::Simple(21, &[])),
            ("f93c00", Value::Simple(25, &[0x3c, 0])),
        ] {
            assert_eq!(read(&hex(text)), Ok(expected), "{text}");
        }
        assert_eq!(read(&hex("390100")).unwrap().integer(), Some(-257));
        assert_eq!(read(&hex("3bffffffffffffffff")).unwrap().integer(), None);
    }

    #[test]
    fn what_is_not_canonical_is_refused() {
        for (text, why) in [
            ("", "nothing"),
            ("1817", "a longer head than needed"),
            ("1900ff", "a longer head than needed"),
            ("1a0000ffff", "a longer head than needed"),
            ("1b00000000ffffffff", "a longer head than needed"),
            ("580100", "a longer head than needed"),
            ("5f4101ff", "indefinite bytes"),
            ("9f01ff", "an indefinite array"),
            ("bf0102ff", "an indefinite map"),
            ("a201020103", "a key twice"),
            ("c100", "a tag"),
            ("f8ff", "a simple value in two bytes"),
            ("e0", "an unassigned simple value"),
            ("61ff", "a text that is not UTF-8"),
            ("4401", "bytes cut short"),
            ("9bffffffffffffffff", "an endless array"),
            ("0000", "two items"),
            ("1c", "a reserved head"),
        ] {
            assert_eq!(read(&hex(text)), Err(WebauthnError::MalformedCbor), "{why}: {text}");
        }
    }

    #[test]
    fn depth_and_number_of_items_are_limited() {
        let nested = |depth: usize| [vec![0x81; depth], vec![0]].concat();
        assert!(read(&nested(MAX_DEPTH)).is_ok());
        assert!(read(&nested(MAX_DEPTH + 1)).is_err());
        assert!(read(&nested(100_000)).is_err());
        let long = |items: u16| [vec![0x99], items.to_be_bytes().to_vec(), vec![0; items.into()]].concat();
        assert!(read(&long(511)).is_ok());
        assert!(read(&long(512)).is_err());
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok((_, rest)) = read_first(&bytes) {
                prop_assert!(rest.len() < bytes.len());
            }
        }
    }
}
