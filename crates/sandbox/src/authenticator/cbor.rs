//! CBOR (RFC 8949) as an authenticator writes it: shortest heads, definite lengths.

pub(super) fn integer(number: i64) -> Vec<u8> {
    if number < 0 { head(1, (-1 - number).unsigned_abs()) } else { head(0, number.unsigned_abs()) }
}

pub(super) fn bytes(bytes: &[u8]) -> Vec<u8> {
    [head(2, bytes.len() as u64).as_slice(), bytes].concat()
}

pub(super) fn text(text: &str) -> Vec<u8> {
    [head(3, text.len() as u64).as_slice(), text.as_bytes()].concat()
}

/// A map of items that are encoded already, in canonical order.
pub(super) fn map(members: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<u8> {
    let mut encoded = head(5, members.len() as u64);
    for (key, value) in members {
        encoded.extend(key);
        encoded.extend(value);
    }
    encoded
}

fn head(major: u8, argument: u64) -> Vec<u8> {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    let [.., fourth, third, second, first] = bytes;
    match argument {
        0..24 => vec![major | first],
        24..0x100 => vec![major | 24, first],
        0x100..0x1_0000 => vec![major | 25, second, first],
        0x1_0000..0x1_0000_0000 => vec![major | 26, fourth, third, second, first],
        _ => [[major | 27].as_slice(), &bytes].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_the_shortest() {
        assert_eq!(integer(23), [0x17]);
        assert_eq!(integer(24), [0x18, 24]);
        assert_eq!(integer(1000), [0x19, 3, 0xe8]);
        assert_eq!(integer(-7), [0x26]);
        assert_eq!(integer(-257), [0x39, 1, 0]);
        assert_eq!(integer(1_000_000), [0x1a, 0, 0x0f, 0x42, 0x40]);
        assert_eq!(integer(1 << 32), [0x1b, 0, 0, 0, 1, 0, 0, 0, 0]);
        assert_eq!(text("a"), [0x61, b'a']);
        assert_eq!(bytes(&[1, 2]), [0x42, 1, 2]);
        assert_eq!(map(vec![(integer(1), text(""))]), [0xa1, 1, 0x60]);
    }
}
