//! Keys with certificates, and certificates of others.
//!
//! The private half of a key is sealed and never shown. Certificates are kept in DER, as base64.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::crypto::x509::{CertificateSignature, KeyAlgorithm, can_make, is_distinguished_name};
use crate::entity::Entity;
use crate::ids::{CertificateId, KeyPairId};
use crate::problem::Problem;
use crate::schema::{Declared, Field, Object, boolean, date, integer, object, one_of, text, words};
use crate::secret::Sealed;
use crate::time::{Span, Timestamp};

words! {
    /// What a key or certificate is for.
    pub enum CertificateUsage {
        Encryption = "ENCRYPTION",
        Signing = "SIGNING",
        Tls = "SSL/TLS",
        Issuance = "ISSUANCE",
        OutboundMtls = "OUTBOUND_MTLS",
    }
}

words! {
    /// Whether a certificate is good now.
    pub enum CertificateStatus {
        Valid = "VALID",
        Expiring = "EXPIRING",
        Expired = "EXPIRED",
        NotYetValid = "NOT_YET_VALID",
        Revoked = "REVOKED",
    }
}

/// How long before its end a certificate is called expiring.
const EXPIRING: Span = Span::days(30);

/// What a certificate says, and what it is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateMembers {
    /// For people.
    pub name: String,
    /// The kind of its key.
    pub algorithm: KeyAlgorithm,
    /// The length of its key in bits.
    pub key_length: i64,
    /// How it is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature_algorithm: Option<CertificateSignature>,
    /// Whom it is about.
    #[serde(rename = "subjectDN")]
    pub subject_dn: String,
    /// Who issued it.
    #[serde(rename = "issuerDN")]
    pub issuer_dn: String,
    /// Its serial number, where 63 bits hold it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<i64>,
    /// From when on it is valid.
    pub starts_at: Timestamp,
    /// Until when it is valid.
    pub expires_at: Timestamp,
    /// How many days it is valid.
    pub validity_period: i64,
    /// What it is for.
    pub usage_type: CertificateUsage,
    /// Whether it is the default of the environment for this use.
    #[serde(default)]
    pub default: bool,
    /// Where revocations are listed.
    #[serde(rename = "customCRL", skip_serializing_if = "Option::is_none")]
    pub custom_crl: Option<String>,
    /// The certificate: DER in base64. Never shown as it is kept.
    pub certificate: String,
}

impl CertificateMembers {
    /// Whether it is good at a moment.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> CertificateStatus {
        if now < self.starts_at {
            CertificateStatus::NotYetValid
        } else if now >= self.expires_at {
            CertificateStatus::Expired
        } else if self.expires_at.since(now) < EXPIRING {
            CertificateStatus::Expiring
        } else {
            CertificateStatus::Valid
        }
    }
}

/// A key with its certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyPair {
    /// What its certificate says.
    #[serde(flatten)]
    pub members: CertificateMembers,
    /// PKCS#8 in DER, sealed. Never shown.
    pub private: Sealed,
}

/// A certificate of somebody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrustedCertificate {
    /// What it says.
    #[serde(flatten)]
    pub members: CertificateMembers,
}

impl Entity for KeyPair {
    type Id = KeyPairId;
    const KIND: &'static str = "KEY";
}

impl Entity for TrustedCertificate {
    type Id = CertificateId;
    const KIND: &'static str = "CERTIFICATE";
}

/// What only a new key may say.
const FIXED: &[&str] = &[
    "name",
    "algorithm",
    "keyLength",
    "signatureAlgorithm",
    "subjectDN",
    "issuerDN",
    "serialNumber",
    "validityPeriod",
    "customCRL",
];

/// Longest validity, in days.
const MOST_DAYS: i64 = 36_500;

fn fields() -> Vec<Field> {
    vec![
        text("name").required().max(256),
        one_of("algorithm", &["RSA", "EC"]).required(),
        integer("keyLength", 224, 7680)
            .required()
            .doc("RSA: 2048, 3072 or 4096. EC: 256, 384 or 521. The lengths 7680 and 224 are not made here."),
        one_of("signatureAlgorithm", CertificateSignature::WORDS).required(),
        text("subjectDN").required().pattern("a distinguished name", is_distinguished_name),
        text("issuerDN")
            .pattern("a distinguished name", is_distinguished_name)
            .doc("The subject unless sent; the certificate is signed by its own key either way."),
        integer("serialNumber", 1, i64::MAX).doc("By chance unless sent."),
        date("startsAt").read_only(),
        date("expiresAt").read_only(),
        integer("validityPeriod", 1, MOST_DAYS).required().doc("In days."),
        one_of("usageType", CertificateUsage::WORDS).required(),
        boolean("default").default(false),
        text("customCRL").max(2048).pattern("^http://[a-zA-Z0-9.-/]*$", is_crl_address),
        text("certificate").read_only().write_only(),
        text("private").read_only().write_only(),
    ]
}

fn is_crl_address(text: &str) -> bool {
    text.strip_prefix("http://").is_some_and(|rest| {
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '/'))
    })
}

impl Declared for KeyPair {
    fn schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| object(fields()));
        &SCHEMA
    }

    fn replace_schema() -> &'static Object {
        static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
            let mut schema = KeyPair::schema().with_read_only(FIXED);
            for field in schema.fields.iter_mut().filter(|field| field.name == "default") {
                field.required = true;
                field.default = None;
            }
            schema
        });
        &SCHEMA
    }

    fn problems(&self) -> Vec<Problem> {
        let members = &self.members;
        match members.signature_algorithm {
            Some(signature) if !can_make(members.algorithm, members.key_length, signature) => {
                vec![unsupported()]
            }
            _ => Vec::new(),
        }
    }
}

/// The problem of a key that cannot be made.
#[must_use]
pub fn unsupported() -> Problem {
    Problem::invalid(
        "keyLength",
        "cannot be made for this algorithm and signature: RSA has 2048, 3072 and 4096; EC has 256 with SHA256, 384 with \
         SHA384, and 521",
    )
}

impl Declared for TrustedCertificate {
    fn schema() -> &'static Object {
        KeyPair::schema()
    }
}
