//! The application on a MOBILE device (MFA contract 1.7): its key, its facts, its push address, its passcodes.
//!
//! The device protocol (docs/reference/device-protocol.md) pairs it and keeps
//! it up to date; nothing else may change it.

mod input;
mod payload;

use serde::{Deserialize, Serialize};

use crate::ids::ApplicationId;
use crate::jose::jwk::Jwk;
use crate::notify::PushProvider;
use crate::oath::totp::TimeUse;
use crate::policy::DevicePolicy;
use crate::schema::words;
use crate::secret::Sealed;
use crate::time::{Span, Timestamp};

pub use input::{
    AppFacts, Claim, KeyChange, MAX_LOG, Update, claim_schema, key_schema, log_schema, update_schema,
};

pub use payload::MobilePayload;

/// How long an application may take to send its logs.
pub const LOGS_TIME: Span = Span::hours(24);
/// Most failed pushes that are remembered: the highest limit that a policy can set.
const MOST_FAILS: usize = 50;

/// A paired native application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MobileApp {
    /// The native application.
    pub application: ApplicationId,
    /// What verifies its requests: a P-256 key.
    pub key: Jwk,
    /// What it says about itself.
    pub facts: Facts,
    /// Where pushes reach it; without one it looks for requests itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<PushAddress>,
    /// Whether its user takes pushes on it.
    pub push_enabled: bool,
    /// When pushes were denied or not answered, oldest first; only what the policy's period reaches back to counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub push_fails: Vec<Timestamp>,
    /// Pushes of before then do not count: the device was locked for them, or unlocked by an administrator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push_counts_from: Option<Timestamp>,
    /// Its passcodes.
    pub otp: MobileOtp,
    /// A wish for its logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs: Option<LogWish>,
}

/// What an application says about itself and the phone. Nobody vouches for it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// The system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<Os>,
    /// The phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// Who made the phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
    /// The user's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Level of the system's programming interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// Version of the library that speaks the protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sdk_version: Option<String>,
    /// Whether the system was broken open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rooted: Option<bool>,
    /// Whether the phone has a screen lock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock_enabled: Option<bool>,
    /// Name of the application at its store: bundle id or package name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native_name: Option<String>,
    /// Version of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

words! {
    /// A system of phones.
    pub enum OsType {
        Android = "ANDROID",
        Ios = "IOS",
        Other = "OTHER",
    }
}

/// A system and its version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Os {
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Which one.
    #[serde(rename = "type")]
    pub kind: OsType,
}

/// A phone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// As its maker calls it in lists, such as `SM-G991B`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As it is sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketing_name: Option<String>,
}

/// Where pushes reach an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushAddress {
    /// Whose network.
    pub provider: PushProvider,
    /// The device's address there.
    pub token: String,
    /// Apple's development network.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sandbox: bool,
}

/// How an application makes passcodes: TOTP (RFC 6238) with HMAC-SHA-1 and six digits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MobileOtp {
    /// The shared secret.
    pub seed: Sealed,
    /// How long each passcode stands, in seconds, 30 to 60.
    pub period: i64,
    /// How far they were used.
    #[serde(default)]
    pub used: TimeUse,
}

words! {
    /// Whether logs that were wished for have come.
    pub enum LogStatus {
        Pending = "PENDING",
        Received = "RECEIVED",
    }
}

/// A wish for the logs of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogWish {
    /// Whether they have come.
    pub status: LogStatus,
    /// When the wish ends.
    pub expires_at: Timestamp,
}

impl LogWish {
    /// A wish that begins now.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { status: LogStatus::Pending, expires_at: now.plus(LOGS_TIME) }
    }

    /// Whether logs would still be taken.
    #[must_use]
    pub fn open(&self, now: Timestamp) -> bool {
        self.status == LogStatus::Pending && self.expires_at > now
    }
}

/// How a device can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ways {
    /// By a push request.
    pub push: bool,
    /// For a passcode.
    pub otp: bool,
}

impl Ways {
    /// Whether there is any.
    #[must_use]
    pub const fn any(self) -> bool {
        self.push || self.otp
    }
}

impl MobileApp {
    /// How it can be asked under a policy.
    #[must_use]
    pub fn ways(&self, policy: &DevicePolicy) -> Ways {
        match policy.mobile_rules(self.application) {
            Some(rules) => Ways { push: rules.push && self.push_enabled, otp: rules.otp },
            None => Ways { push: false, otp: false },
        }
    }

    /// Since when pushes count that failed, where the policy looks back so far.
    #[must_use]
    pub fn counts_from(&self, period: Span, now: Timestamp) -> Timestamp {
        let reach = now.minus(period);
        self.push_counts_from.map_or(reach, |from| from.max(reach))
    }

    /// Notes that a push failed. Gives how many did, as far back as counts.
    pub fn note_push_fail(&mut self, period: Span, now: Timestamp) -> usize {
        let since = self.counts_from(period, now);
        self.push_fails.retain(|fail| *fail > since);
        self.push_fails.push(now);
        let surplus = self.push_fails.len().saturating_sub(MOST_FAILS);
        self.push_fails.drain(..surplus);
        self.push_fails.len()
    }

    /// Counts anew from then on.
    pub fn forgive_pushes(&mut self, from: Timestamp) {
        self.push_fails.clear();
        self.push_counts_from = Some(from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> MobileApp {
        MobileApp {
            application: ApplicationId::NIL,
            key: Jwk::default(),
            facts: Facts::default(),
            push: None,
            push_enabled: true,
            push_fails: Vec::new(),
            push_counts_from: None,
            otp: MobileOtp { seed: Sealed(String::new()), period: 30, used: TimeUse::default() },
            logs: None,
        }
    }

    #[test]
    fn only_fails_within_the_period_count() {
        let (at, period) = (Timestamp::from_seconds, Span::seconds(600));
        let mut app = app();
        assert_eq!(app.note_push_fail(period, at(100)), 1);
        assert_eq!(app.note_push_fail(period, at(200)), 2);
        assert_eq!(app.note_push_fail(period, at(700)), 2, "the first is as old as the period");
        app.forgive_pushes(at(750));
        assert_eq!(app.note_push_fail(period, at(800)), 1);
    }

    #[test]
    fn a_wish_for_logs_ends_after_a_day_or_with_the_logs() {
        let wish = LogWish::new(Timestamp::from_seconds(0));
        assert!(wish.open(Timestamp::from_seconds(86_399)) && !wish.open(Timestamp::from_seconds(86_400)));
        assert!(!LogWish { status: LogStatus::Received, ..wish }.open(Timestamp::from_seconds(1)));
    }
}
