//! A registration of one fixed credential, for targets that put something else in its place.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use postern_core::webauthn::{
    Registered, RegistrationExpected, RegistrationResponse, WebauthnError, register,
};

const CHALLENGE: &[u8] = b"a challenge of thirty-two bytes.";
const ID: &[u8] = b"a credential id!";
/// SHA-256 of `example.com`.
const RP_ID_HASH: &str = "a379a6f6eeafb9a55e378c118034e2751e682fab9f2d30ab13d2125586ce1947";
/// The base point of P-256 as an ES256 key.
const KEY: &str = "a50102032620012158206b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                   2258204fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

/// Authenticator data with the credential in them: present, verified.
pub fn authenticator_data() -> Vec<u8> {
    let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).expect("written here");
    let length = [0, ID.len() as u8];
    [hex(RP_ID_HASH), vec![0x45, 0, 0, 0, 0], vec![0; 16], length.to_vec(), ID.to_vec(), hex(KEY)].concat()
}

/// Registers with this attestation object.
pub fn registers(attestation_object: &[u8]) -> Result<Registered, WebauthnError> {
    let challenge = BASE64URL_NOPAD.encode(CHALLENGE);
    let client_data =
        format!(r#"{{"type":"webauthn.create","challenge":"{challenge}","origin":"https://example.com"}}"#);
    let json = format!(
        r#"{{"type":"public-key","rawId":"{}","response":{{"clientDataJSON":"{}","attestationObject":"{}"}}}}"#,
        BASE64.encode(ID),
        BASE64.encode(client_data.as_bytes()),
        BASE64.encode(attestation_object),
    );
    let expected = RegistrationExpected {
        challenge: CHALLENGE,
        rp_id: "example.com",
        origin: "https://example.com",
        require_user_verification: true,
        algorithms: &[-7, -35, -36, -8, -257, -37],
        allow_backup_eligible: true,
    };
    register(&RegistrationResponse::parse(&json)?, &expected)
}
