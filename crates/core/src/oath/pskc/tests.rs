use proptest::prelude::*;

use super::*;
use crate::oath::{HashAlgorithm, TokenType};

const NS: &str =
    "xmlns:pskc=\"urn:ietf:params:xml:ns:keyprov:pskc\" xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"";

fn container(inside: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<pskc:KeyContainer Version=\"1.0\" {NS}>{inside}</pskc:KeyContainer>")
}

/// A key package in clear: the key of RFC 4226.
fn package(serial: &str, algorithm: &str, parameters: &str, data: &str) -> String {
    format!(
        "<pskc:KeyPackage><pskc:DeviceInfo><pskc:SerialNo>{serial}</pskc:SerialNo></pskc:DeviceInfo>\
         <pskc:Key Id=\"k\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:{algorithm}\">\
         <pskc:AlgorithmParameters>{parameters}</pskc:AlgorithmParameters>\
         <pskc:Data><pskc:Secret><pskc:PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</pskc:PlainValue></pskc:Secret>{data}</pskc:Data>\
         </pskc:Key></pskc:KeyPackage>"
    )
}

fn encrypted(key: &str, mac: &str, secret: &str, tag: &str) -> String {
    let method = "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes128-cbc\"/>";
    let cipher = |value: &str| {
        format!("<xenc:CipherData><xenc:CipherValue>\n{value}\n</xenc:CipherValue></xenc:CipherData>")
    };
    container(&format!(
        "<pskc:EncryptionKey>{key}</pskc:EncryptionKey>\
         <pskc:MACMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\"><pskc:MACKey>{method}{}</pskc:MACKey></pskc:MACMethod>\
         <pskc:KeyPackage><pskc:DeviceInfo><pskc:SerialNo>987654321</pskc:SerialNo></pskc:DeviceInfo>\
         <pskc:Key Id=\"12345678\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:hotp\">\
         <pskc:AlgorithmParameters><pskc:ResponseFormat Length=\"8\" Encoding=\"DECIMAL\"/></pskc:AlgorithmParameters>\
         <pskc:Data><pskc:Secret><pskc:EncryptedValue>{method}{}</pskc:EncryptedValue><pskc:ValueMAC>{tag}</pskc:ValueMAC></pskc:Secret>\
         <pskc:Counter><pskc:PlainValue>0</pskc:PlainValue></pskc:Counter></pskc:Data></pskc:Key></pskc:KeyPackage>",
        cipher(mac),
        cipher(secret)
    ))
}

/// The values of RFC 6030, figure 6.
fn with_pre_shared_key() -> String {
    encrypted(
        "<ds:KeyName xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">Pre-shared-key</ds:KeyName>",
        "ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX",
        "AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv",
        "Su+NvtQfmvfJzF6bmQiJqoLRExc=",
    )
}

/// The values of RFC 6030, figure 7.
fn with_password() -> String {
    encrypted(
        "<x:DerivedKey xmlns:x=\"http://www.w3.org/2009/xmlenc11#\"><x:KeyDerivationMethod Algorithm=\"http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2\">\
         <p:PBKDF2-params xmlns:p=\"http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#\"><Salt><Specified>Ej7/PEpyEpw=</Specified></Salt>\
         <IterationCount>1000</IterationCount><KeyLength>16</KeyLength><PRF/></p:PBKDF2-params></x:KeyDerivationMethod></x:DerivedKey>",
        "2GTTnLwM3I4e5IO5FkufoOEiOhNj91fhKRQBtBJYluUDsPOLTfUvoU2dStyOwYZx",
        "oTvo+S22nsmS2Z/RtcoF8Hfh+jzMe0RkiafpoDpnoZTjPYZu6V+A4aEn032yCr4f",
        "LP6xMvjtypbfT9PdkJhBZ+D6O4w=",
    )
}

fn pre_shared() -> Keys {
    let key = data_encoding::HEXLOWER.decode(b"12345678901234567890123456789012").unwrap();
    Keys { pre_shared: Some(Secret::new(key)), password: None }
}

fn password(text: &str) -> Keys {
    Keys { pre_shared: None, password: Some(Secret::from(text)) }
}

#[test]
fn keys_in_clear_are_read() {
    let text = container(&format!(
        "<!-- two --><pskc:KeyPackage/>{}{}",
        package(
            "A1",
            "hotp",
            "<pskc:ResponseFormat Length=\"8\" Encoding=\"DECIMAL\"/>",
            "<pskc:Counter><pskc:PlainValue>42</pskc:PlainValue></pskc:Counter>"
        ),
        package(
            "A&#50;",
            "totp",
            "<pskc:Suite>HMAC-SHA256</pskc:Suite><pskc:ResponseFormat Length=\"6\" Encoding=\"DECIMAL\"/>",
            "<pskc:Time><pskc:PlainValue>0</pskc:PlainValue></pskc:Time><pskc:TimeInterval><pskc:PlainValue>60</pskc:PlainValue></pskc:TimeInterval>\
             <pskc:TimeDrift><pskc:PlainValue>-4</pskc:PlainValue></pskc:TimeDrift>",
        ),
    ));
    let file = read(&text, &Keys::default()).unwrap();
    assert_eq!(file.faults.len(), 1, "{:?}", file.faults);
    let [(2, first), (3, second)] = file.tokens.as_slice() else { panic!("{file:?}") };
    assert_eq!((first.token.serial_number.as_str(), first.token.otp_length), ("A1", 8));
    assert_eq!(first.token.hotp.unwrap().counter, 42);
    assert_eq!(first.secret.expose(), b"12345678901234567890");
    assert_eq!((second.token.serial_number.as_str(), second.token.kind), ("A2", TokenType::Totp));
    assert_eq!(second.token.hash_algorithm, HashAlgorithm::HmacSha256);
    let clock = second.token.totp.unwrap();
    assert_eq!((clock.time_step, clock.used.drift), (60, -4));
}

#[test]
fn the_encrypted_keys_of_rfc_6030_open() {
    for (text, keys) in [(with_pre_shared_key(), pre_shared()), (with_password(), password("qwerty"))] {
        let file = read(&text, &keys).unwrap();
        assert_eq!(file.faults, []);
        assert_eq!(file.tokens[0].1.secret.expose(), b"12345678901234567890");
        assert_eq!(file.tokens[0].1.token.serial_number, "987654321");
    }
}

#[test]
fn encrypted_keys_need_the_right_key() {
    assert_eq!(read(&with_pre_shared_key(), &Keys::default()).unwrap_err(), PskcError::KeyNeeded);
    assert_eq!(read(&with_pre_shared_key(), &password("qwerty")).unwrap_err(), PskcError::KeyNeeded);
    assert_eq!(read(&with_password(), &pre_shared()).unwrap_err(), PskcError::PasswordNeeded);
    match read(&with_password(), &password("qwertz")) {
        Err(PskcError::WrongKey) => {}
        Ok(file) => assert!(file.tokens.is_empty() && file.faults.len() == 1, "the MAC cannot be right"),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_changed_value_is_refused() {
    let changed = with_pre_shared_key().replace("UqGv", "UqGw");
    let file = read(&changed, &pre_shared()).unwrap();
    assert!(file.tokens.is_empty());
    assert!(file.faults[0].problems[0].message.contains("MAC"), "{:?}", file.faults);
    let bare = with_pre_shared_key().replace("Su+NvtQfmvfJzF6bmQiJqoLRExc=", "");
    assert!(read(&bare, &pre_shared()).unwrap().tokens.is_empty(), "a value without a MAC does not count");
}

#[test]
fn what_is_not_a_key_container_is_refused() {
    let outside = "<KeyContainer Version=\"1.0\" xmlns=\"urn:other\"/>";
    for text in ["", "<a/>", "<a></a>", outside, &container("").replace("1.0\" xmlns", "2.0\" xmlns")] {
        assert_eq!(read(text, &Keys::default()).unwrap_err(), PskcError::OtherFormat, "{text}");
    }
    for text in ["serial,secret", &container("").replace("</pskc:KeyContainer>", ""), "<a><b></a></b>"] {
        assert!(read(text, &Keys::default()).is_err(), "{text}");
    }
}

#[test]
fn entities_and_document_types_are_refused() {
    let bomb =
        format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{}", container("").replace("<?xml version=\"1.0\"?>\n", ""));
    assert!(matches!(read(&bomb, &Keys::default()).unwrap_err(), PskcError::Xml(XmlError::Entity(_))));
    let text = container(&package("&a;", "hotp", "", ""));
    assert!(matches!(read(&text, &Keys::default()).unwrap_err(), PskcError::Xml(XmlError::Entity(_))));
    let deep = container(&format!("{}{}", "<a>".repeat(40), "</a>".repeat(40)));
    assert!(matches!(read(&deep, &Keys::default()).unwrap_err(), PskcError::Xml(XmlError::Limit(_))));
    let wide = container(&format!("<a>{}</a>", "<b/>".repeat(1_001)));
    assert!(matches!(read(&wide, &Keys::default()).unwrap_err(), PskcError::Xml(XmlError::Limit(_))));
}

#[test]
fn what_a_token_cannot_be_is_a_fault_of_its_entry_alone() {
    let text = container(&format!(
        "{}{}{}{}",
        package("1", "ocra", "", ""),
        package("2", "hotp", "<pskc:ResponseFormat Length=\"6\" Encoding=\"ALPHANUMERIC\"/>", ""),
        package("3", "totp", "", "<pskc:Time><pskc:PlainValue>5</pskc:PlainValue></pskc:Time>"),
        package("4", "hotp", "", ""),
    ));
    let file = read(&text, &Keys::default()).unwrap();
    assert_eq!((file.tokens.len(), file.tokens[0].0), (1, 4));
    let serials: Vec<_> = file.faults.iter().map(|fault| fault.serial_number.as_deref()).collect();
    assert_eq!(serials, [Some("1"), Some("2"), Some("3")]);
}

proptest! {
    #[test]
    fn no_file_panics(text in "(?s).{0,300}", at in 0_usize..2_000, other in any::<char>()) {
        let _ = read(&text, &pre_shared());
        let _ = read(&container(&text), &pre_shared());
        // One character of a good file is another one.
        let good = with_pre_shared_key();
        let changed: String = good.chars().enumerate().map(|(place, c)| if place == at { other } else { c }).collect();
        let _ = read(&changed, &pre_shared());
    }
}
