//! Push credentials in the form that signs: keys read, members checked.

use serde::Deserialize;

use super::{PushCredentials, PushCredentialsType};
use crate::crypto::pem;
use crate::jose::signing::{SigningAlgorithm, SigningKey};
use crate::problem::Problem;
use crate::schema::{Secrets, texts};
use crate::secret::Secret;

/// Where Google's tokens come from when the account does not say.
const GOOGLE_TOKENS: &str = "https://oauth2.googleapis.com/token";

/// An account at a push network, ready for use.
#[derive(Debug)]
pub enum PushAccount {
    /// Apple Push Notification service, with a token signing key.
    Apns {
        /// Apple's team.
        team_id: String,
        /// ES256; its key id is Apple's.
        key: Box<SigningKey>,
    },
    /// Firebase Cloud Messaging, HTTP v1.
    Fcm(ServiceAccount),
    /// Huawei Mobile Services.
    Hms {
        /// Huawei's client.
        client_id: String,
        /// Its secret.
        client_secret: Secret,
    },
}

/// A Google service account.
#[derive(Debug)]
pub struct ServiceAccount {
    /// The project whose messages it sends.
    pub project_id: String,
    /// The account's name, issuer of its assertions.
    pub client_email: String,
    /// Where assertions become access tokens.
    pub token_uri: String,
    /// RS256; its key id is Google's.
    pub key: Box<SigningKey>,
}

impl PushCredentials {
    /// The account that these credentials and their opened secrets are.
    ///
    /// # Errors
    /// What is missing or cannot be used, named by its member.
    pub fn account(&self, secrets: &Secrets) -> Result<PushAccount, Vec<Problem>> {
        match self.kind {
            PushCredentialsType::Apns => apns(self, secrets),
            PushCredentialsType::FcmHttpV1 => {
                let text =
                    needed(secrets, "googleServiceAccountCredentials").map_err(|problem| vec![problem])?;
                service_account(text)
                    .map(PushAccount::Fcm)
                    .map_err(|why| vec![Problem::invalid("googleServiceAccountCredentials", why)])
            }
            PushCredentialsType::Hms => {
                let secret = needed(secrets, "clientSecret").map_err(|problem| vec![problem])?;
                Ok(PushAccount::Hms {
                    client_id: self.client_id.clone().unwrap_or_default(),
                    client_secret: Secret::from(secret),
                })
            }
        }
    }
}

fn needed<'s>(secrets: &'s Secrets, name: &str) -> Result<&'s str, Problem> {
    secrets.text(&[name]).filter(|text| !text.is_empty()).ok_or_else(|| Problem::required(name))
}

fn apns(credentials: &PushCredentials, secrets: &Secrets) -> Result<PushAccount, Vec<Problem>> {
    let (id, token) = match (needed(secrets, "key"), needed(secrets, "token")) {
        (Ok(id), Ok(token)) => (id, token),
        (id, token) => return Err([id.err(), token.err()].into_iter().flatten().collect()),
    };
    let key = pem::private_key(token)
        .and_then(|der| SigningKey::from_pkcs8(SigningAlgorithm::ES256, id, &der).ok())
        .ok_or_else(|| {
            vec![Problem::invalid("token", "must be the content of a p8 file: a P-256 private key in PEM")]
        })?;
    Ok(PushAccount::Apns { team_id: credentials.team_id.clone().unwrap_or_default(), key: Box::new(key) })
}

#[derive(Deserialize)]
struct Account {
    #[serde(rename = "type")]
    kind: String,
    project_id: String,
    #[serde(default)]
    private_key_id: String,
    private_key: Secretive,
    client_email: String,
    token_uri: Option<String>,
}

/// Wiped when the reading ends.
struct Secretive(Secret);

impl<'de> Deserialize<'de> for Secretive {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

fn service_account(text: &str) -> Result<ServiceAccount, &'static str> {
    let account: Account =
        serde_json::from_str(text).map_err(|_| "must be the JSON file of a Google service account")?;
    if account.kind != "service_account" {
        return Err("must be a Google account of type service_account");
    }
    if account.project_id.is_empty() || account.client_email.is_empty() {
        return Err("must name project_id and client_email");
    }
    if !account.project_id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.')) {
        return Err("has a project_id that is none");
    }
    let token_uri = account.token_uri.unwrap_or_else(|| GOOGLE_TOKENS.to_owned());
    if !texts::is_web_url(&token_uri) {
        return Err("has a token_uri that is not a URL");
    }
    let key = pem::private_key(account.private_key.0.expose())
        .and_then(|der| SigningKey::from_pkcs8(SigningAlgorithm::RS256, account.private_key_id, &der).ok())
        .ok_or("has a private_key that is not an RSA key in PEM")?;
    Ok(ServiceAccount {
        project_id: account.project_id,
        client_email: account.client_email,
        token_uri,
        key: Box::new(key),
    })
}
