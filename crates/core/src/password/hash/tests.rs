//! Tests of hashing, verification and import.

use data_encoding::BASE64;
use proptest::prelude::*;

use super::*;

fn imported(value: &str) -> PasswordHash {
    PasswordHash::recognise(value).unwrap().unwrap()
}

fn ssha(encoding: Encoding, algorithm: &'static aws_lc_rs::digest::Algorithm, salt: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(algorithm, &[b"2Federate!", salt].concat());
    format!("{}{}", encoding.prefix(), BASE64.encode(&[digest.as_ref(), salt].concat()))
}

#[test]
fn a_new_hash_accepts_its_password_only() {
    let random = Random::seeded(1);
    let hash = PasswordHash::new("2Federate!", &random);
    assert!(hash.verify("2Federate!"));
    for other in ["2federate!", "2Federate! ", "", "2Federate!\0"] {
        assert!(!hash.verify(other));
    }
    assert!(!hash.needs_rehash());
    assert_ne!(hash, PasswordHash::new("2Federate!", &random));
    let (head, _) = hash.as_str().rsplit_once('$').unwrap();
    assert_eq!(head.len(), "$argon2id$v=19$m=19456,t=2,p=1$".len() + 22);
}

#[test]
fn a_hash_of_another_cost_verifies_and_asks_for_a_new_one() {
    // From the reference implementation: `echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32`.
    let stored: PasswordHash = serde_json::from_value(serde_json::json!(
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
    ))
    .unwrap();
    assert!(stored.verify("password"));
    assert!(!stored.verify("Password"));
    assert!(stored.needs_rehash());
}

#[test]
fn the_dummy_has_todays_cost_and_no_password() {
    let dummy = PasswordHash::dummy();
    assert!(argon2::PasswordHash::new(dummy.as_str()).is_ok());
    assert!(!dummy.needs_rehash());
    assert!(!dummy.verify(""));
    assert!(!dummy.verify("postern-no-user"));
}

#[test]
fn bcrypt_values_are_taken_over() {
    let parts = bcrypt::hash_with_salt("2Federate!", 4, [7; 16]).unwrap();
    for version in [bcrypt::Version::TwoA, bcrypt::Version::TwoB, bcrypt::Version::TwoY] {
        let hash = imported(&format!("{{BCRYPT}}{}", parts.format_for_version(version)));
        assert!(hash.verify("2Federate!"));
        assert!(!hash.verify("2Federate?"));
        assert!(hash.needs_rehash());
    }
}

#[test]
fn a_published_bcrypt_value_verifies() {
    let hash = imported("{BCRYPT}$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    assert!(hash.verify("U*U"));
    assert!(!hash.verify("U*U*"));
}

#[test]
fn unusable_bcrypt_values_are_refused() {
    let value = bcrypt::hash_with_salt("x", 4, [7; 16]).unwrap().format_for_version(bcrypt::Version::TwoX);
    let dear = value.replacen("$2x$04", "$2b$14", 1);
    for (value, error) in [
        (value.as_str(), ImportError::Malformed(Encoding::Bcrypt)),
        (dear.as_str(), ImportError::TooExpensive(Encoding::Bcrypt)),
        ("", ImportError::Malformed(Encoding::Bcrypt)),
        ("$2a$10$short", ImportError::Malformed(Encoding::Bcrypt)),
    ] {
        assert_eq!(PasswordHash::recognise(&format!("{{BCRYPT}}{value}")), Err(error));
    }
}

#[test]
fn salted_digests_are_taken_over() {
    for (encoding, algorithm) in [
        (Encoding::Ssha, &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY),
        (Encoding::Ssha256, &aws_lc_rs::digest::SHA256),
        (Encoding::Ssha384, &aws_lc_rs::digest::SHA384),
        (Encoding::Ssha512, &aws_lc_rs::digest::SHA512),
    ] {
        for salt in [b"s".as_slice(), b"saltsalt", &[0xff; 32]] {
            let hash = imported(&ssha(encoding, algorithm, salt));
            assert!(hash.verify("2Federate!"));
            assert!(!hash.verify("2federate!"));
            assert!(hash.needs_rehash());
        }
        for unsalted in [ssha(encoding, algorithm, b""), format!("{}AAAA", encoding.prefix())] {
            assert_eq!(PasswordHash::recognise(&unsalted), Err(ImportError::Malformed(encoding)));
        }
    }
}

#[test]
fn encodings_without_a_published_layout_are_refused_by_name() {
    for encoding in
        [Encoding::Pbkdf2, Encoding::MskccPbkdf2, Encoding::Scrypt, Encoding::ScryptRfc7914, Encoding::Argon2]
    {
        let error = PasswordHash::recognise(&format!("{}AAAA", encoding.prefix())).unwrap_err();
        assert_eq!(error, ImportError::Unsupported(encoding));
        assert!(error.to_string().contains(encoding.prefix()));
    }
}

#[test]
fn clear_text_is_not_taken_for_a_hash() {
    let phc = PasswordHash::dummy().as_str().to_owned();
    for value in ["2Federate!", "{curly}Brace1", "", &phc] {
        assert_eq!(PasswordHash::recognise(value), Ok(None));
    }
}

#[test]
fn a_stored_text_of_no_known_form_accepts_nothing() {
    for text in ["", "secret", "$argon2id$", "{SSHA}", "{SCRYPT}abc", "{BCRYPT}abc"] {
        let stored: PasswordHash = serde_json::from_value(text.into()).unwrap();
        assert!(!stored.verify(""));
        assert!(!stored.verify("secret"));
        assert!(stored.needs_rehash());
    }
}

#[test]
fn a_hash_is_not_printed() {
    assert_eq!(format!("{:?}", PasswordHash::dummy()), "PasswordHash(***)");
}

proptest! {
    #[test]
    fn no_imported_value_panics(
        prefix in prop::sample::select(vec!["", "{BCRYPT}", "{SSHA}", "{SSHA512}", "{SCRYPT}", "{"]),
        rest in ".*",
    ) {
        let _ = PasswordHash::recognise(&format!("{prefix}{rest}"));
    }
}
