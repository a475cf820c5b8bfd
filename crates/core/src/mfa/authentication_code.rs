//! Authentication codes: shown as QR code or link, claimed by an application to sign its user on elsewhere (MFA
//! contract 5.5).
//!
//! ```text
//!  UNCLAIMED ── claimed, approval not required ──► COMPLETED
//!      │  └──── claimed, approval required ──► CLAIMED ── approve ──► COMPLETED
//!      │                                          ├────── deny ─────► DENIED
//!      └─ its time ends ──► EXPIRED ◄─ its time ends ┘
//! ```

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::crypto::keyring::KeyRing;
use crate::directory::reference::Reference;
use crate::entity::Entity;
use crate::ids::{ApplicationId, AuthenticationCodeId, DeviceId, EnvironmentId, Id, UserId};
use crate::policy::duration::Duration;
use crate::random::Random;
use crate::schema::{Object, duration, json as any, object, one_of, reference, words};
use crate::secret::{Sealed, Secret};
use crate::time::{Span, Timestamp};

/// How long a code can be looked at after its time.
pub const SHOWN: Span = Span::hours(1);
/// Characters of a code.
const LENGTH: usize = 8;
const PURPOSE: &str = "authentication code";
/// How links begin where the application does not say.
const STANDARD_PREFIX: &str = "pingonesdk";

words! {
    /// What became of a code.
    pub enum CodeStatus {
        Unclaimed = "UNCLAIMED",
        Claimed = "CLAIMED",
        Completed = "COMPLETED",
        Denied = "DENIED",
        Expired = "EXPIRED",
    }
}

words! {
    /// Whether the user must approve on the phone.
    pub enum UserApproval {
        Required = "REQUIRED",
        NotRequired = "NOT_REQUIRED",
    }
}

/// The body of `POST …/authenticationCodes`.
pub fn schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            reference("application").required(),
            any("clientContext").doc("Shown by the application as it stands."),
            duration("lifeTime", &[("SECONDS", 10, 1800), ("MINUTES", 1, 30)])
                .default(json!({"duration": 1, "timeUnit": "MINUTES"})),
            one_of("userApproval", UserApproval::WORDS).default("NOT_REQUIRED"),
        ])
    });
    &SCHEMA
}

/// A code that is wished for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCode {
    /// The application that may claim it.
    pub application: Reference<ApplicationId>,
    /// Shown by the application as it stands.
    pub client_context: Option<Value>,
    /// How long it can be claimed and approved.
    pub life_time: Duration,
    /// Whether the user must approve.
    pub user_approval: UserApproval,
}

/// An authentication code as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationCode {
    status: CodeStatus,
    /// The code, for those who show it.
    pub sealed: Sealed,
    /// Keyed hash of the code in base64url, by which it is found.
    pub digest: String,
    /// The application that may claim it.
    pub application: Reference<ApplicationId>,
    /// Shown by the application as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_context: Option<Value>,
    /// How long it can be claimed and approved.
    pub life_time: Duration,
    /// Whether the user must approve.
    pub user_approval: UserApproval,
    /// Who claimed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// With which device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// From then on it is of no use.
    pub expires_at: Timestamp,
}

impl Entity for AuthenticationCode {
    type Id = AuthenticationCodeId;
    const KIND: &'static str = "AUTHENTICATION_CODE";
}

/// What was tried is not possible now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the code is not in the state for this")]
pub struct NotNow;

impl AuthenticationCode {
    /// A code that nobody has claimed.
    #[must_use]
    pub fn new(wish: NewCode, sealed: Sealed, digest: String, now: Timestamp) -> Self {
        Self {
            status: CodeStatus::Unclaimed,
            sealed,
            digest,
            application: wish.application,
            client_context: wish.client_context,
            expires_at: now.plus(wish.life_time.span()),
            life_time: wish.life_time,
            user_approval: wish.user_approval,
            user: None,
            device: None,
        }
    }

    /// What became of it.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> CodeStatus {
        match self.status {
            CodeStatus::Unclaimed | CodeStatus::Claimed if self.expires_at <= now => CodeStatus::Expired,
            status => status,
        }
    }

    /// When it is forgotten.
    #[must_use]
    pub fn forget_at(&self) -> Timestamp {
        self.expires_at.plus(SHOWN)
    }

    /// An application claims it for its user. Gives the new state.
    ///
    /// # Errors
    /// [`NotNow`] when it was claimed before, or its time is over.
    pub fn claim(&mut self, user: UserId, device: DeviceId, now: Timestamp) -> Result<CodeStatus, NotNow> {
        self.expect(CodeStatus::Unclaimed, now)?;
        self.user = Some(user);
        self.device = Some(device);
        self.status = match self.user_approval {
            UserApproval::Required => CodeStatus::Claimed,
            UserApproval::NotRequired => CodeStatus::Completed,
        };
        Ok(self.status)
    }

    /// The user of the device that claimed it decides. Gives the new state.
    ///
    /// # Errors
    /// [`NotNow`] when another device claimed it, nothing is to be decided, or its time is over.
    pub fn decide(&mut self, device: DeviceId, approved: bool, now: Timestamp) -> Result<CodeStatus, NotNow> {
        self.expect(CodeStatus::Claimed, now)?;
        if self.device != Some(device) {
            return Err(NotNow);
        }
        self.status = if approved { CodeStatus::Completed } else { CodeStatus::Denied };
        Ok(self.status)
    }

    fn expect(&self, status: CodeStatus, now: Timestamp) -> Result<(), NotNow> {
        if self.status(now) == status { Ok(()) } else { Err(NotNow) }
    }
}

/// A fresh code.
#[must_use]
pub fn generate(random: &Random) -> Secret {
    Secret::new(random.text(LENGTH, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
}

/// What a code is found by: made with the newest master key first, then with older ones.
#[must_use]
pub fn digests(keys: &KeyRing, environment: EnvironmentId, code: &str) -> Vec<String> {
    let plain = code.trim().to_ascii_uppercase();
    keys.macs(PURPOSE, &[environment.uuid().as_bytes(), plain.as_bytes()])
        .map(|digest| data_encoding::BASE64URL_NOPAD.encode(&digest))
        .collect()
}

/// The link that opens the application with the code.
#[must_use]
pub fn uri(prefix: Option<&str>, code: &str) -> String {
    let prefix = prefix.filter(|prefix| !prefix.is_empty()).unwrap_or(STANDARD_PREFIX);
    let separator = if prefix.contains('?') { '&' } else { '?' };
    format!("{prefix}{separator}authentication_code={code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn code(user_approval: UserApproval) -> AuthenticationCode {
        let wish = NewCode {
            application: Reference::to(ApplicationId::NIL),
            client_context: None,
            life_time: Duration::minutes(1),
            user_approval,
        };
        AuthenticationCode::new(wish, Sealed(String::new()), String::new(), NOW)
    }

    #[test]
    fn without_approval_the_claim_completes_it() {
        let mut code = code(UserApproval::NotRequired);
        assert_eq!(code.claim(UserId::NIL, DeviceId::NIL, NOW), Ok(CodeStatus::Completed));
        assert_eq!(code.claim(UserId::NIL, DeviceId::NIL, NOW), Err(NotNow));
        assert_eq!(code.decide(DeviceId::NIL, false, NOW), Err(NotNow));
        assert_eq!(code.status(NOW.plus(Span::hours(1))), CodeStatus::Completed);
    }

    #[test]
    fn with_approval_only_the_claiming_device_decides_and_only_once() {
        let other = DeviceId::new(&Random::seeded(1));
        for (approved, status) in [(true, CodeStatus::Completed), (false, CodeStatus::Denied)] {
            let mut code = code(UserApproval::Required);
            assert_eq!(code.decide(DeviceId::NIL, true, NOW), Err(NotNow));
            assert_eq!(code.claim(UserId::NIL, DeviceId::NIL, NOW), Ok(CodeStatus::Claimed));
            assert_eq!(code.decide(other, approved, NOW), Err(NotNow));
            assert_eq!(code.decide(DeviceId::NIL, approved, NOW), Ok(status));
            assert_eq!(code.decide(DeviceId::NIL, true, NOW), Err(NotNow));
        }
    }

    #[test]
    fn its_time_ends_in_both_waiting_states() {
        let end = NOW.plus(Span::minutes(1));
        let mut code = code(UserApproval::Required);
        assert_eq!(code.status(end), CodeStatus::Expired);
        assert_eq!(code.claim(UserId::NIL, DeviceId::NIL, end), Err(NotNow));
        code.claim(UserId::NIL, DeviceId::NIL, NOW).unwrap();
        assert_eq!(code.decide(DeviceId::NIL, true, end), Err(NotNow));
    }

    #[test]
    fn the_link_begins_as_the_application_says() {
        assert_eq!(uri(None, "ABCD1234"), "pingonesdk?authentication_code=ABCD1234");
        assert_eq!(uri(Some("acme://sign-on"), "A"), "acme://sign-on?authentication_code=A");
        assert_eq!(
            uri(Some("https://acme.example/x?y=1"), "A"),
            "https://acme.example/x?y=1&authentication_code=A"
        );
    }
}
