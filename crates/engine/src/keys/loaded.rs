//! The keys of one environment, parsed once.

use std::sync::{Arc, OnceLock};

use postern_core::ids::{KeyId, KeyRotationPolicyId};
use postern_core::jose::claims::Claims;
use postern_core::jose::jwk::{Jwk, JwkSet};
use postern_core::jose::jws::Unverified;
use postern_core::jose::key::VerifyingKey;
use postern_core::jose::signing::{SigningAlgorithm, SigningKey};
use postern_core::time::{Span, Timestamp};
use postern_store::tables::signing_key::SigningKeyRow;

use super::RETENTION;
use super::rotation::{algorithm_named, open};
use crate::{Ctx, Error, Result};

pub(super) struct Loaded {
    read_at: Timestamp,
    keys: Vec<Key>,
}

/// The parsed halves are shared by all readings of the same key.
struct Key {
    row: SigningKeyRow,
    kid: String,
    algorithm: SigningAlgorithm,
    public: Jwk,
    verifying: Arc<VerifyingKey>,
    signing: Arc<OnceLock<Arc<SigningKey>>>,
}

/// The certificate of a key, in DER.
fn certificate(row: &SigningKeyRow) -> Option<Vec<u8>> {
    data_encoding::BASE64.decode(row.certificate.as_ref()?.as_bytes()).ok()
}

impl Loaded {
    /// Keys that cannot be read are left out; the log says which.
    pub(super) fn new(rows: Vec<SigningKeyRow>, known: Option<&Self>, now: Timestamp) -> Self {
        let keys = rows
            .into_iter()
            .filter_map(|row| {
                let id = row.id;
                let known = known.and_then(|known| known.keys.iter().find(|key| key.row.id == id));
                let key = Key::new(row, known);
                if key.is_none() {
                    tracing::error!(key.id = %id, "a signing key cannot be read");
                }
                key
            })
            .collect();
        Self { read_at: now, keys }
    }

    /// Sandbox clocks may stand or go back, so the age counts in both directions.
    pub(super) fn is_fresh(&self, now: Timestamp, age: Span) -> bool {
        let passed = now.since(self.read_at);
        passed < age && passed > Span::micros(-age.as_micros())
    }

    pub(super) fn knows(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid == kid)
    }

    /// Of a policy without keys of its own, as the default policy is, the keys of the environment itself sign.
    pub(super) fn signer(
        &self,
        ctx: &Ctx,
        algorithm: Option<SigningAlgorithm>,
        policy: Option<KeyRotationPolicyId>,
    ) -> Result<Arc<SigningKey>> {
        let policy = policy.filter(|policy| self.keys.iter().any(|key| key.row.policy == Some(*policy)));
        // The list begins with the key that becomes active last. The clock of a sandbox may show a time
        // before its first key; that key signs then.
        let mut fitting = self
            .keys
            .iter()
            .filter(|key| key.row.policy == policy && algorithm.is_none_or(|wanted| wanted == key.algorithm));
        let key = fitting.clone().find(|key| key.signs(ctx.now)).or_else(|| fitting.next_back());
        let key = key.ok_or_else(|| Error::internal("there is no signing key"))?;
        if let Some(open) = key.signing.get() {
            return Ok(Arc::clone(open));
        }
        let opened = Arc::new(open(&ctx.keys, &key.row, key.algorithm)?);
        Ok(Arc::clone(key.signing.get_or_init(|| opened)))
    }

    /// The certificate of a key, in DER.
    pub(super) fn certificate(&self, kid: &str) -> Option<Vec<u8>> {
        certificate(&self.keys.iter().find(|key| key.kid == kid)?.row)
    }

    pub(super) fn jwks(&self, now: Timestamp) -> JwkSet {
        let shown = |key: &Key| match certificate(&key.row) {
            Some(certificate) => key.public.clone().with_certificate(&certificate),
            None => key.public.clone(),
        };
        JwkSet { keys: self.published(now).map(shown).collect() }
    }

    pub(super) fn algorithms(&self, now: Timestamp) -> Vec<SigningAlgorithm> {
        [SigningAlgorithm::RS256, SigningAlgorithm::ES256]
            .into_iter()
            .filter(|algorithm| self.published(now).any(|key| key.algorithm == *algorithm))
            .collect()
    }

    pub(super) fn verify(&self, kid: &str, token: &Unverified<'_>, now: Timestamp) -> Option<Claims> {
        let key = self.published(now).find(|key| key.kid == kid)?;
        token.verify(&key.verifying, &[key.algorithm.algorithm()]).ok()
    }

    fn published(&self, now: Timestamp) -> impl Iterator<Item = &Key> {
        self.keys
            .iter()
            .filter(move |key| key.row.retired_at.is_none_or(|retired| now < retired.plus(RETENTION)))
    }
}

impl Key {
    fn signs(&self, now: Timestamp) -> bool {
        self.row.active_from <= now && self.row.retired_at.is_none_or(|retired| now < retired)
    }

    fn new(row: SigningKeyRow, known: Option<&Self>) -> Option<Self> {
        let algorithm = algorithm_named(&row.algorithm)?;
        let public: Jwk = serde_json::from_str(&row.public).ok()?;
        let verifying = match known {
            Some(known) => Arc::clone(&known.verifying),
            None => Arc::new(VerifyingKey::from_jwk(&public).ok()?),
        };
        let signing = known.map_or_else(Arc::default, |known| Arc::clone(&known.signing));
        Some(Self { kid: kid(row.id), row, algorithm, public, verifying, signing })
    }
}

pub(super) fn kid(id: KeyId) -> String {
    id.to_string()
}
