//! The few DER structures inside extensions that no X.509 library reads.

use x509_parser::asn1_rs::{Any, Class, FromDer as _};

/// A universal or context-specific tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::webauthn) enum Tag {
    /// One of ASN.1 itself.
    Universal(u32),
    /// One that the enclosing structure gives meaning to.
    Context(u32),
}

pub(in crate::webauthn) const INTEGER: Tag = Tag::Universal(2);
pub(in crate::webauthn) const OCTET_STRING: Tag = Tag::Universal(4);
pub(in crate::webauthn) const SEQUENCE: Tag = Tag::Universal(16);
pub(in crate::webauthn) const SET: Tag = Tag::Universal(17);

/// An element: its tag and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::webauthn) struct Element<'a> {
    pub(in crate::webauthn) tag: Tag,
    pub(in crate::webauthn) content: &'a [u8],
}

/// The most elements of one structure: Android's authorization lists have about fifty.
const MAX_ELEMENTS: usize = 128;

/// The elements that the bytes consist of, one after the other; nothing when they are not DER.
pub(in crate::webauthn) fn elements(mut bytes: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (rest, any) = Any::from_der(bytes).ok()?;
        let tag = match any.class() {
            Class::Universal => Tag::Universal(any.tag().0),
            Class::ContextSpecific => Tag::Context(any.tag().0),
            _ => return None,
        };
        found.push(Element { tag, content: any.data });
        if found.len() > MAX_ELEMENTS {
            return None;
        }
        bytes = rest;
    }
    Some(found)
}

/// The content of the one element that the bytes consist of, if it has this tag.
pub(in crate::webauthn) fn sole(bytes: &[u8], tag: Tag) -> Option<&[u8]> {
    match elements(bytes)?.as_slice() {
        [Element { tag: found, content }] if *found == tag => Some(content),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elements_are_found_with_long_tags_too() {
        // INTEGER 5, then [702] EXPLICIT INTEGER 0
        let bytes = [2, 1, 5, 0xbf, 0x85, 0x3e, 3, 2, 1, 0];
        let found = elements(&bytes).unwrap();
        assert_eq!(found[0], Element { tag: Tag::Universal(2), content: &[5] });
        assert_eq!(found[1], Element { tag: Tag::Context(702), content: &[2, 1, 0] });
        assert_eq!(elements(&[]), Some(Vec::new()));
        assert_eq!(elements(&bytes[..9]), None);
        assert_eq!(elements(&[2, 1]), None);
        assert_eq!(elements(&[0x30, 0x80, 0, 0]), None);
        assert_eq!(elements(&[5, 0].repeat(200)), None);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = elements(&bytes);
        }
    }
}
