//! What the tests of the push networks share: keys, messages, and reading of signed tokens by another library.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use postern_core::ids::{ApplicationId, DeviceId};
use postern_core::jose::signing::{SigningAlgorithm, SigningKey};
use postern_core::notify::content::PushCategory;
use postern_core::notify::message::SealedOnly;
use postern_core::notify::{Channel, OutboundMessage, PushMessage, PushProvider};
use postern_core::random::Random;
use serde_json::Value;

use crate::fixture::message;

/// The device's token in every test.
pub(crate) const TOKEN: &str = "d3v1ce-t0ken-7c1e";

/// A notification of a request on this network.
pub(crate) fn notification(provider: PushProvider) -> OutboundMessage {
    let random = Random::seeded(12);
    let push = PushMessage {
        application: ApplicationId::new(&random),
        device: DeviceId::new(&random),
        provider,
        token: SealedOnly::new(TOKEN),
        topic: "com.example.acme".to_owned(),
        sandbox: false,
        request: random.uuid(),
        category: PushCategory::BannerButtons,
        silent: false,
    };
    OutboundMessage {
        subject: Some("Is it you?".to_owned()),
        text: "Open the app.".to_owned(),
        to: String::new(),
        otp: None,
        country: None,
        push: Some(Box::new(push)),
        ..message(Channel::Push)
    }
}

pub(crate) fn key(algorithm: SigningAlgorithm, kid: &str) -> SigningKey {
    SigningKey::generate(algorithm, kid).unwrap()
}

/// Header and claims of a token that this key has signed, as an independent library reads it. Times are the test's
/// business.
pub(crate) fn verified(token: &str, key: &SigningKey) -> (jsonwebtoken::Header, Value) {
    let jwk = key.public_jwk();
    let (algorithm, decoding) = match key.algorithm() {
        SigningAlgorithm::RS256 => {
            let (n, e) = (jwk.n.unwrap(), jwk.e.unwrap());
            (Algorithm::RS256, DecodingKey::from_rsa_components(&n, &e).unwrap())
        }
        SigningAlgorithm::ES256 => {
            let (x, y) = (jwk.x.unwrap(), jwk.y.unwrap());
            (Algorithm::ES256, DecodingKey::from_ec_components(&x, &y).unwrap())
        }
    };
    let mut rules = Validation::new(algorithm);
    (rules.validate_exp, rules.validate_aud) = (false, false);
    rules.required_spec_claims.clear();
    let read = jsonwebtoken::decode::<Value>(token, &decoding, &rules).unwrap();
    (read.header, read.claims)
}
