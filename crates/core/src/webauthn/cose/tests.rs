//! Keys that are right, and keys that are nearly right.

use super::*;
use crate::webauthn::tests::fixture::{ALGORITHMS, Cbor, Key, cbor::labels};

fn es256(change: impl FnOnce(&mut Vec<(i64, Cbor)>)) -> Result<i64, WebauthnError> {
    let (x, y) = Key::new(-7).point();
    let mut members = vec![
        (1, Cbor::integer(2)),
        (3, Cbor::integer(-7)),
        (-1, Cbor::integer(1)),
        (-2, Cbor::bytes(&x)),
        (-3, Cbor::bytes(&y)),
    ];
    change(&mut members);
    PublicKey::parse(&labels(members).encoded()).map(|key| key.algorithm())
}

fn rsa(n: &[u8], e: &[u8]) -> Result<i64, WebauthnError> {
    let members =
        [(1, Cbor::integer(3)), (3, Cbor::integer(-257)), (-1, Cbor::bytes(n)), (-2, Cbor::bytes(e))];
    PublicKey::parse(&labels(members).encoded()).map(|key| key.algorithm())
}

#[test]
fn keys_of_every_algorithm_are_read_and_verify() {
    for algorithm in ALGORITHMS {
        let key = Key::new(algorithm);
        let public = PublicKey::parse(&key.cose()).unwrap();
        assert_eq!(public.algorithm(), algorithm);
        assert_eq!(public.verify(b"message", &key.sign(b"message")), Ok(()));
        assert_eq!(public.verify(b"another", &key.sign(b"message")), Err(WebauthnError::InvalidSignature));
        assert_eq!(public.verify(b"message", &[]), Err(WebauthnError::InvalidSignature));
        let continued = [key.cose(), vec![0]].concat();
        assert!(matches!(PublicKey::parse(&continued), Err(WebauthnError::MalformedCbor)));
    }
}

#[test]
fn a_key_has_the_members_of_its_algorithm_and_no_others() {
    assert_eq!(es256(|_| ()), Ok(-7));
    let malformed = Err(WebauthnError::MalformedPublicKey);
    assert_eq!(es256(|key| key.push((2, Cbor::bytes(b"kid")))), malformed);
    assert_eq!(es256(|key| drop(key.remove(0))), malformed);
    assert_eq!(es256(|key| drop(key.remove(1))), malformed);
    assert_eq!(es256(|key| drop(key.remove(4))), malformed);
    assert_eq!(es256(|key| key[0].1 = Cbor::integer(1)), malformed);
    assert_eq!(es256(|key| key[2].1 = Cbor::integer(2)), malformed);
    assert_eq!(es256(|key| key[2].1 = Cbor::integer(8)), malformed);
    assert_eq!(es256(|key| key[1].1 = Cbor::integer(-35)), malformed);
    for unknown in [-65535, -38, -47, -9, 0, 7] {
        assert_eq!(es256(|key| key[1].1 = Cbor::integer(unknown)), Err(WebauthnError::AlgorithmNotAllowed));
    }
}

#[test]
fn a_point_lies_on_its_curve() {
    let malformed = Err(WebauthnError::MalformedPublicKey);
    assert_eq!(es256(|key| key[3].1 = Cbor::bytes(&[1; 32])), malformed);
    assert_eq!(es256(|key| key[3].1 = Cbor::bytes(&[0xff; 32])), malformed);
    assert_eq!(es256(|key| key[4].1 = Cbor::bytes(&[1; 31])), malformed);
    assert_eq!(es256(|key| key[4].1 = Cbor::bytes(&[1; 33])), malformed);
    assert_eq!(
        es256(|key| {
            key[3].1 = Cbor::bytes(&[0; 32]);
            key[4].1 = Cbor::bytes(&[0; 32]);
        }),
        malformed
    );
}

#[test]
fn rsa_keys_are_long_enough_and_written_shortly() {
    let (n, e) = Key::modulus_and_exponent();
    let malformed = Err(WebauthnError::MalformedPublicKey);
    assert_eq!(rsa(&n, &e), Ok(-257));
    assert_eq!(rsa(&n[128..], &e), malformed); // 1024 bits
    assert_eq!(rsa(&[vec![0x7f], n[1..].to_vec()].concat(), &e), malformed); // 2047 bits
    assert_eq!(rsa(&[n[..255].to_vec(), vec![2]].concat(), &e), malformed);
    assert_eq!(rsa(&[vec![0], n.clone()].concat(), &e), malformed);
    assert_eq!(rsa(&n, &[vec![0], e.clone()].concat()), malformed);
    assert_eq!(rsa(&[0x81; 1025], &e), malformed);
    assert_eq!(rsa(&n, &[]), malformed);
    assert_eq!(rsa(&n, &[1]), malformed);
    assert_eq!(rsa(&n, &[2]), malformed);
}
