//! A push request: what an application is to show, and what became of it.
//!
//! ```text
//!             approve, right number
//!  PENDING ──────────────────────────► APPROVED
//!     ├── deny, or a wrong number ───► DENIED
//!     ├── report fraud ──────────────► FRAUD_REPORTED
//!     ├── its time ends ─────────────► TIMED_OUT
//!     └── taken back by who asked ───► CANCELLED
//! ```
//!
//! Only PENDING moves, so a request is answered once: whoever saves the record
//! first, by compare-and-swap, has answered it. A late answer finds the time
//! over even before anybody has noted it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{PushAsked, PushState};
use crate::crypto::constant_time_eq;
use crate::devices::proof;
use crate::directory::application::NumberMatchingType;
use crate::entity::Entity;
use crate::ids::{ApplicationId, DeviceId, DevicePolicyId, Id, PushRequestId, UserId};
use crate::notify::content::PushCategory;
use crate::random::Random;
use crate::schema::words;
use crate::time::{Span, Timestamp};

/// How long a request is kept after its end.
pub const KEPT: Span = Span::days(1);
/// Requests of one device that may be pending at a time.
pub const MOST_PENDING: usize = 3;

words! {
    /// What became of a request.
    pub enum PushStatus {
        Pending = "PENDING",
        Approved = "APPROVED",
        Denied = "DENIED",
        FraudReported = "FRAUD_REPORTED",
        TimedOut = "TIMED_OUT",
        Cancelled = "CANCELLED",
    }
}

words! {
    /// What an application may answer.
    pub enum Decision {
        Approve = "APPROVE",
        Deny = "DENY",
        ReportFraud = "REPORT_FRAUD",
    }
}

words! {
    /// What the silence of an application means that proved itself before.
    pub enum Silence {
        Passes = "PASSES",
        Fails = "FAILS",
    }
}

impl PushStatus {
    /// The table: where each state leads.
    pub const MOVES: [(Self, &'static [Self]); 6] = [
        (
            Self::Pending,
            &[Self::Approved, Self::Denied, Self::FraudReported, Self::TimedOut, Self::Cancelled],
        ),
        (Self::Approved, &[]),
        (Self::Denied, &[]),
        (Self::FraudReported, &[]),
        (Self::TimedOut, &[]),
        (Self::Cancelled, &[]),
    ];

    /// Whether this state leads to that one.
    #[must_use]
    pub fn leads_to(self, next: Self) -> bool {
        Self::MOVES.iter().any(|(from, to)| *from == self && to.contains(&next))
    }
}

/// The numbers of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Matching {
    /// Whether the person picks or types it.
    #[serde(rename = "type")]
    pub kind: NumberMatchingType,
    /// The right one; the application never learns it.
    pub number: i64,
    /// What the person picks from; empty where it is typed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<i64>,
}

impl Matching {
    /// Two digits, and two others to pick from where it is not typed.
    #[must_use]
    pub fn new(random: &Random, kind: NumberMatchingType) -> Self {
        let draw = || i64::from(10 + random.below(90));
        let number = draw();
        let mut choices = vec![number];
        if kind == NumberMatchingType::SelectNumber {
            while choices.len() < 3 {
                let other = draw();
                if !choices.contains(&other) {
                    choices.push(other);
                }
            }
            // In the order of their size, which says nothing of the right one.
            choices.sort_unstable();
        } else {
            choices.clear();
        }
        Self { kind, number, choices }
    }
}

/// The answer of an application.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What the person decided.
    pub decision: Decision,
    /// The challenge of the request as the application got it.
    pub challenge: String,
    /// SHA-256 of the details that the application showed, in base64url.
    pub details_digest: String,
    /// What the person picked or typed.
    pub number: Option<i64>,
    /// The signed request that brought the answer.
    pub evidence: Evidence,
}

/// What proves later who answered what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// The proof, which covers the body.
    pub proof: String,
    /// The body.
    pub body: String,
    /// When it came.
    pub at: Timestamp,
}

/// What a request begins with.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Who is to approve.
    pub user: UserId,
    /// On which device.
    pub device: DeviceId,
    /// In which application.
    pub application: ApplicationId,
    /// By which policy.
    pub policy: DevicePolicyId,
    /// The sign-on flow or device authentication that asks.
    pub asker: Uuid,
    /// What the application shows and signs, as JSON.
    pub details: Value,
    /// The numbers, where they are matched.
    pub matching: Option<Matching>,
    /// Set when the application answers without asking the person: what it means when it does not.
    pub silence: Option<Silence>,
    /// How the notification may be answered.
    pub category: PushCategory,
    /// From then on no answer counts.
    pub expires_at: Timestamp,
}

/// A push request as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushRequest {
    status: PushStatus,
    /// Who is to approve.
    pub user: UserId,
    /// On which device.
    pub device: DeviceId,
    /// In which application.
    pub application: ApplicationId,
    /// By which policy.
    pub policy: DevicePolicyId,
    /// The sign-on flow or device authentication that asks.
    pub asker: Uuid,
    /// Random text that every answer repeats.
    pub challenge: String,
    /// What the application shows: a text of JSON, whose exact bytes an answer covers.
    pub details: String,
    /// The numbers, where they are matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matching: Option<Matching>,
    /// Set when the application answers without asking the person: what it means when it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silence>,
    /// How the notification may be answered.
    pub category: PushCategory,
    /// From then on no answer counts.
    pub expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Evidence>,
}

impl Entity for PushRequest {
    type Id = PushRequestId;
    const KIND: &'static str = "PUSH_REQUEST";
}

/// An answer that changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It was answered, taken back, or its time is over.
    #[error("the request is not waiting for an answer")]
    NotWaiting,
    /// The answer is to another request.
    #[error("the challenge is another one")]
    OtherChallenge,
    /// The application showed something else.
    #[error("the details are other ones")]
    OtherDetails,
    /// An approval without the number.
    #[error("a number is needed")]
    NumberNeeded,
}

impl PushRequest {
    /// A request that waits.
    #[must_use]
    pub fn new(random: &Random, ask: Ask) -> Self {
        Self {
            status: PushStatus::Pending,
            user: ask.user,
            device: ask.device,
            application: ask.application,
            policy: ask.policy,
            asker: ask.asker,
            challenge: data_encoding::BASE64URL_NOPAD.encode(&random.bytes::<32>()),
            details: ask.details.to_string(),
            matching: ask.matching,
            silence: ask.silence,
            category: ask.category,
            expires_at: ask.expires_at,
            answer: None,
        }
    }

    /// What became of it, as far as it was noted.
    #[must_use]
    pub const fn status(&self) -> PushStatus {
        self.status
    }

    /// The answer, for who must prove it.
    #[must_use]
    pub const fn evidence(&self) -> Option<&Evidence> {
        self.answer.as_ref()
    }

    /// Whether an answer would count now.
    #[must_use]
    pub fn waits(&self, now: Timestamp) -> bool {
        self.status == PushStatus::Pending && self.expires_at > now
    }

    /// Whether its time ended without anybody having noted it.
    #[must_use]
    pub fn overdue(&self, now: Timestamp) -> bool {
        self.status == PushStatus::Pending && self.expires_at <= now
    }

    /// What who asked needs to know.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> PushState {
        match self.status {
            PushStatus::Pending if self.expires_at > now => PushState::Waiting,
            PushStatus::Pending | PushStatus::TimedOut => match self.silence {
                Some(Silence::Passes) => PushState::Approved,
                _ => PushState::TimedOut,
            },
            PushStatus::Approved => PushState::Approved,
            PushStatus::Denied => PushState::Denied,
            PushStatus::FraudReported => PushState::Fraud,
            PushStatus::Cancelled => PushState::Cancelled,
        }
    }

    /// What who asked keeps.
    #[must_use]
    pub fn asked(&self, id: PushRequestId) -> PushAsked {
        PushAsked {
            request: id.uuid(),
            expires_at: self.expires_at,
            number: self.matching.as_ref().map(|matching| matching.number.to_string()),
        }
    }

    /// Takes an answer. Gives the new state, which is DENIED for an approval with a wrong number.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then.
    pub fn answer(&mut self, answer: Answer, now: Timestamp) -> Result<PushStatus, Refused> {
        if !self.waits(now) {
            return Err(Refused::NotWaiting);
        }
        if !constant_time_eq(answer.challenge.as_bytes(), self.challenge.as_bytes()) {
            return Err(Refused::OtherChallenge);
        }
        if answer.details_digest != proof::digest(self.details.as_bytes()) {
            return Err(Refused::OtherDetails);
        }
        let next = match (answer.decision, &self.matching, answer.number) {
            (Decision::Deny, _, _) => PushStatus::Denied,
            (Decision::ReportFraud, _, _) => PushStatus::FraudReported,
            (Decision::Approve, None, _) => PushStatus::Approved,
            (Decision::Approve, Some(_), None) => return Err(Refused::NumberNeeded),
            (Decision::Approve, Some(matching), Some(number)) if number == matching.number => {
                PushStatus::Approved
            }
            (Decision::Approve, Some(_), Some(_)) => PushStatus::Denied,
        };
        self.go(next)?;
        self.answer = Some(answer.evidence);
        Ok(next)
    }

    /// Who asked takes it back. False when there is nothing to take back.
    pub fn cancel(&mut self) -> bool {
        self.go(PushStatus::Cancelled).is_ok()
    }

    /// Notes that its time is over. False when it is not, or something else became of it.
    pub fn time_out(&mut self, now: Timestamp) -> bool {
        self.overdue(now) && self.go(PushStatus::TimedOut).is_ok()
    }

    fn go(&mut self, next: PushStatus) -> Result<(), Refused> {
        if !self.status.leads_to(next) {
            return Err(Refused::NotWaiting);
        }
        self.status = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
