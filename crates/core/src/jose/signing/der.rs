//! The two numbers of an RSA public key (RFC 8017, A.1.1) out of its DER.

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;

/// Modulus and exponent, big-endian without leading zeros.
pub(super) fn rsa_public_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (body, []) = element(der, SEQUENCE)? else { return None };
    let (modulus, rest) = element(body, INTEGER)?;
    let (exponent, []) = element(rest, INTEGER)? else { return None };
    Some((unsigned(modulus), unsigned(exponent)))
}

/// The content of the element that the input begins with, and what follows it.
fn element(input: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let [first, length, rest @ ..] = input else { return None };
    if *first != tag {
        return None;
    }
    match *length {
        short @ 0..=0x7f => rest.split_at_checked(usize::from(short)),
        // Only lengths of one and two bytes occur: the largest key has 8192 bits.
        0x81 => {
            let (length, rest) = rest.split_first()?;
            rest.split_at_checked(usize::from(*length))
        }
        0x82 => {
            let (length, rest) = rest.split_first_chunk()?;
            rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
        }
        _ => None,
    }
}

fn unsigned(integer: &[u8]) -> &[u8] {
    match integer {
        [0, rest @ ..] if !rest.is_empty() => rest,
        _ => integer,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_numbers_are_found_without_their_sign_byte() {
        let der = [0x30, 0x09, 0x02, 0x02, 0x00, 0xc1, 0x02, 0x03, 0x01, 0x00, 0x01];
        assert_eq!(rsa_public_key(&der), Some(([0xc1].as_slice(), [1, 0, 1].as_slice())));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
            let _ = rsa_public_key(&bytes);
        }
    }
}
