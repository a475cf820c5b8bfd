//! Tests of the key ring.

use proptest::prelude::*;

use super::*;

fn environment(seed: u64) -> EnvironmentId {
    EnvironmentId::new(&Random::seeded(seed))
}

fn context<'a>(record: &'a str, field: &'a str) -> SealContext<'a> {
    SealContext { environment: environment(1), record, field }
}

#[test]
fn a_sealed_secret_opens_in_its_own_place_only() {
    let random = Random::seeded(1);
    let ring = KeyRing::generate(&random);
    let place = context("device/1", "seed");
    let sealed = ring.seal(&random, &place, b"secret");
    assert_eq!(ring.open(&place, &sealed).unwrap().expose(), b"secret");
    for elsewhere in [
        context("device/2", "seed"),
        context("device/1", "pin"),
        context("device/1s", "eed"),
        SealContext { environment: environment(2), ..place },
    ] {
        assert_eq!(ring.open(&elsewhere, &sealed).unwrap_err(), OpenError::Refused, "{elsewhere:?}");
    }
}

#[test]
fn a_sealed_text_opens_as_text() {
    let random = Random::seeded(1);
    let ring = KeyRing::generate(&random);
    let place = context("device/1", "seed");
    let text = ring.open_text(&place, &ring.seal(&random, &place, "söcret".as_bytes())).unwrap();
    assert_eq!(text.expose(), "söcret");
    let bytes = ring.seal(&random, &place, &[0xff]);
    assert_eq!(ring.open_text(&place, &bytes).unwrap_err(), OpenError::Malformed);
}

#[test]
fn sealing_twice_gives_two_texts() {
    let random = Random::seeded(1);
    let ring = KeyRing::generate(&random);
    let place = context("r", "f");
    assert_ne!(ring.seal(&random, &place, b"x"), ring.seal(&random, &place, b"x"));
}

#[test]
fn an_older_key_still_opens_and_asks_for_resealing() {
    let random = Random::seeded(2);
    let old = KeyRing::generate(&random);
    let place = context("r", "f");
    let sealed = old.seal(&random, &place, b"kept");
    let new = old.rotated(&random);
    assert!(!old.needs_resealing(&sealed));
    assert!(new.needs_resealing(&sealed));
    assert_eq!(new.open(&place, &sealed).unwrap().expose(), b"kept");
    let resealed = new.seal(&random, &place, b"kept");
    assert!(!new.needs_resealing(&resealed));
    assert_eq!(old.open(&place, &resealed).unwrap_err(), OpenError::UnknownKey);
}

#[test]
fn a_ring_reads_back_the_text_it_writes() {
    let random = Random::seeded(3);
    let ring = KeyRing::generate(&random).rotated(&random);
    let text = ring.to_text();
    let commented = format!("# keys of the test\n\n{}", text.expose());
    let again = KeyRing::from_text(&Secret::from(commented.as_str())).unwrap();
    assert_eq!(again.key_ids(), ring.key_ids());
    assert_eq!(again.to_text().expose(), text.expose());
    assert_eq!(text.expose().lines().count(), 2);
    let place = context("r", "f");
    assert!(again.open(&place, &ring.seal(&random, &place, b"x")).is_ok());
}

#[test]
fn a_key_id_is_the_start_of_the_digest_of_the_key() {
    let ring = KeyRing::from_text(&Secret::from("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")).unwrap();
    assert_eq!(ring.key_ids(), ["66687aad"]);
}

#[test]
fn bad_key_files_are_refused_with_the_line() {
    let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for (text, error) in [
        (String::new(), KeyRingError::Empty),
        ("# only this\n".to_owned(), KeyRingError::Empty),
        (format!("{key}\nAAAA\n"), KeyRingError::InvalidLine(2)),
        ("not base64!".to_owned(), KeyRingError::InvalidLine(1)),
        (format!("{key}\n\n{key}"), KeyRingError::Repeated(3)),
    ] {
        assert_eq!(KeyRing::from_text(&Secret::new(text.clone())).unwrap_err(), error, "{text}");
    }
}

#[test]
fn nothing_of_the_keys_is_printed() {
    let ring = KeyRing::generate(&Random::seeded(4));
    assert_eq!(format!("{ring:?}"), "KeyRing(1 keys)");
}

#[test]
fn a_mac_tells_purposes_parts_and_keys_apart() {
    let random = Random::seeded(5);
    let ring = KeyRing::generate(&random);
    let tag = ring.mac("otp", &[b"ab", b"c"]);
    assert_eq!(tag, ring.mac("otp", &[b"ab", b"c"]));
    assert_ne!(tag, ring.mac("otp", &[b"a", b"bc"]));
    assert_ne!(tag, ring.mac("otp", &[b"abc"]));
    assert_ne!(tag, ring.mac("other", &[b"ab", b"c"]));
    assert_ne!(tag, KeyRing::generate(&random).mac("otp", &[b"ab", b"c"]));
}

#[test]
fn a_mac_of_an_older_key_still_matches() {
    let random = Random::seeded(6);
    let old = KeyRing::generate(&random);
    let tag = old.mac("otp", &[b"x"]);
    let new = old.rotated(&random);
    assert_ne!(new.mac("otp", &[b"x"]), tag);
    assert!(new.mac_matches("otp", &[b"x"], &tag));
    assert!(!new.mac_matches("otp", &[b"y"], &tag));
    assert!(!new.mac_matches("otp", &[b"x"], &tag[..31]));
}

proptest! {
    #[test]
    fn every_secret_round_trips(clear in proptest::collection::vec(any::<u8>(), 0..200)) {
        let random = Random::seeded(7);
        let ring = KeyRing::generate(&random);
        let place = context("r", "f");
        let sealed = ring.seal(&random, &place, &clear);
        let opened = ring.open(&place, &sealed).unwrap();
        prop_assert_eq!(opened.expose(), &clear);
    }

    #[test]
    fn a_changed_byte_never_opens(position in 0_usize..39, flip in 1_u8..) {
        let random = Random::seeded(8);
        let ring = KeyRing::generate(&random);
        let place = context("r", "f");
        let mut blob = BASE64URL_NOPAD.decode(ring.seal(&random, &place, b"secret").0.as_bytes()).unwrap();
        prop_assert_eq!(blob.len(), 39);
        blob[position] ^= flip;
        prop_assert!(ring.open(&place, &Sealed(BASE64URL_NOPAD.encode(&blob))).is_err());
    }

    #[test]
    fn opening_any_text_never_panics(text in ".{0,120}") {
        let ring = KeyRing::generate(&Random::seeded(9));
        prop_assert!(ring.open(&context("r", "f"), &Sealed(text)).is_err());
    }
}
