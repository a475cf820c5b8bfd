//! A device as it is kept, and what may be done with it when.
//!
//! ```text
//!  create ──► ACTIVATION_REQUIRED ── right code ──► ACTIVE ◄── create by an administrator
//!                 │ 24 h                             │  ▲
//!                 ▼                        too many  │  │ cool-down over, unlock
//!              removed                       tries   ▼  │
//!                                                  locked        blocked ◄─► unblocked, at any time
//! ```

use serde::{Deserialize, Serialize};

use super::browser::Browser;
use super::kind::DeviceType;
use super::mobile::MobileApp;
use super::oath::OathLink;
use super::passkey::Passkey;
use super::totp::TotpKey;
use crate::entity::Entity;
use crate::ids::{DeviceId, DevicePolicyId, UserId};
use crate::schema::words;
use crate::secret::Sealed;
use crate::time::{Span, Timestamp};

/// How long a device may wait for its activation.
pub const ACTIVATION_TIME: Span = Span::hours(24);
/// How many devices of one user may wait for activation.
pub const MAX_PENDING: i64 = 50;
/// Longest nickname, in characters.
pub const MAX_NICKNAME: usize = 100;

words! {
    /// Whether a device has been proven to belong to its user.
    pub enum DeviceStatus {
        Active = "ACTIVE",
        ActivationRequired = "ACTIVATION_REQUIRED",
    }
}

words! {
    /// What locked a device: wrong one-time passcodes, or push requests denied or ignored.
    pub enum LockReason {
        Otp = "OTP",
        Push = "PUSH",
    }
}

/// A lock that ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// When it ends.
    pub expires_at: Timestamp,
    /// Why it was set.
    pub reason: LockReason,
}

/// An MFA device of a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Its owner.
    pub user: UserId,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: DeviceType,
    /// Proven or not.
    pub status: DeviceStatus,
    /// The owner's name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// E.164 number of SMS, VOICE and WHATSAPP devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Digits to dial after the answer (VOICE).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// Address of EMAIL devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Orders the devices of a user: activation time in microseconds, or the place after a reorder.
    pub position: i64,
    /// When it became active, in microseconds like `position`, which goes back to it when an order is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activated_at: Option<i64>,
    /// When it is removed unless activated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activate_before: Option<Timestamp>,
    /// The policy named when it was paired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<DevicePolicyId>,
    /// Codes are returned instead of sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub test_mode: bool,
    /// The pairing code of a test device that waits for activation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_otp: Option<Sealed>,
    /// The latest lock; it may be over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
    /// Set while an administrator has blocked it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_at: Option<Timestamp>,
    /// The key of a TOTP device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp: Option<Box<TotpKey>>,
    /// The hardware token of an OATH_TOKEN device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oath: Option<Box<OathLink>>,
    /// The credential of a FIDO2 device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Box<Passkey>>,
    /// The application on a MOBILE device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<Box<MobileApp>>,
    /// The remembered browser of a BROWSER device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Box<Browser>>,
}

impl Entity for Device {
    type Id = DeviceId;
    const KIND: &'static str = "DEVICE";
}

impl Device {
    /// A device of this type and nothing else, in the given state.
    #[must_use]
    pub fn new(user: UserId, kind: DeviceType, status: DeviceStatus, now: Timestamp) -> Self {
        let active = status == DeviceStatus::Active;
        Self {
            user,
            kind,
            status,
            nickname: None,
            phone: None,
            extension: None,
            email: None,
            position: now.micros(),
            activated_at: active.then_some(now.micros()),
            activate_before: (!active).then(|| now.plus(ACTIVATION_TIME)),
            policy: None,
            test_mode: false,
            test_otp: None,
            lock: None,
            blocked_at: None,
            totp: None,
            oath: None,
            passkey: None,
            mobile: None,
            browser: None,
        }
    }

    /// The text that must be unique among a user's active devices of one type, and that codes are sent to.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.phone.as_deref().or(self.email.as_deref())
    }

    /// The lock, while it holds.
    #[must_use]
    pub fn locked(&self, now: Timestamp) -> Option<Lock> {
        self.lock.filter(|lock| lock.expires_at > now)
    }

    /// Whether it may answer a challenge now.
    #[must_use]
    pub fn usable(&self, now: Timestamp) -> bool {
        self.status == DeviceStatus::Active && self.blocked_at.is_none() && self.locked(now).is_none()
    }

    /// Whether it has a place in the order of its owner's devices, as remembered browsers have not.
    #[must_use]
    pub fn has_place(&self) -> bool {
        self.status == DeviceStatus::Active && self.kind.authenticates()
    }

    /// When it ends by itself: the time to activate it, or the time that a browser is remembered.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.activate_before.or(self.browser.as_ref().map(|browser| browser.expires_at))
    }

    /// Whether its time is over, so that it counts as removed.
    #[must_use]
    pub fn over(&self, now: Timestamp) -> bool {
        self.ends_at().is_some_and(|end| end <= now)
    }

    /// Gives it a nickname; an empty one takes it away.
    pub fn rename(&mut self, nickname: &str) {
        self.nickname = (!nickname.is_empty()).then(|| nickname.to_owned());
    }

    /// Proven: it takes its place behind the others.
    pub fn activate(&mut self, now: Timestamp) {
        self.status = DeviceStatus::Active;
        self.position = now.micros();
        self.activated_at = Some(now.micros());
        self.activate_before = None;
        self.test_otp = None;
    }
}
