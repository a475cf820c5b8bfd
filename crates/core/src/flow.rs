//! A sign-on flow: what one authorization request still needs from a person before it is answered.
//!
//! A flow is a document with a state, a list of steps fixed at its start, and an
//! idle expiry. [`transition`] moves it; [`status::ALLOWED`] says who may ask for what.
//!
//! ```text
//!                    start ── LOGIN ──► USERNAME_PASSWORD_REQUIRED ◄── session.reset ── (every state before MFA)
//!                      │                PASSWORD_REQUIRED (user known)
//!                      │                  │ usernamePassword.check        │ password.forgot
//!                      │                  ├──► MUST_CHANGE_PASSWORD       ▼
//!                      │                  ├──► PASSWORD_EXPIRED       RECOVERY_CODE_REQUIRED
//!                      │                  │       │ password.reset        │ password.recover
//!                      │                  ▼       ▼                       ▼
//!                      │              ┌─────────────── next step ◄────────┴───────────┐
//!                      │              │                                               │
//!                      └── MFA ──► user known? ── no ──► SIGN_ON_REQUIRED             │
//!                                     │ yes ◄──────────── user.lookup                 │
//!                      no device ◄────┼────► DEVICE_SELECTION_REQUIRED ◄── cancel      │
//!                      │   │          ▼              │ device.select                  │
//!                      │   │     OTP_REQUIRED, ASSERTION_REQUIRED,                    │
//!                      │   │     PUSH_CONFIRMATION_REQUIRED ── late ──► …_TIMED_OUT   │
//!                BLOCK │   └ BYPASS ──┼───────────────────────────────────────────────┤
//!                      ▼              └─ otp.check, assertion.check, approved ────────┘
//!                    FAILED ◄─ denied            no step left ──► COMPLETED
//! ```
//!
//! Three rules hold whatever the order of actions:
//! a step is passed only by doing it, by a condition that is surely false, or by
//! what the client's signed hint or a live session proves already; who was merely
//! named is never signed on; and a flow whose request names its user admits no other.

pub mod condition;
mod dispatch;
pub mod status;
pub mod step;
pub mod transition;

use serde::{Deserialize, Serialize};

use crate::entity::Entity;
use crate::ids::{ApplicationId, DeviceId, FlowId, SessionId, SignOnPolicyId, UserId};
use crate::mfa::Asked;
use crate::oauth::request::AuthorizeRequest;
use crate::time::{Span, Timestamp};

pub use self::condition::{Facts, SignOns};
pub use self::status::{Action, Status};
pub use self::step::{Demand, Mfa, NoDevicesMode, Step};
pub use self::transition::{Next, PasswordState, Refused, Start};

/// How long a flow waits for the next action.
pub const IDLE: Span = Span::minutes(15);

/// Times that one flow may ask devices, so that nobody floods a telephone with one.
pub const MOST_CODES: u32 = 10;

/// The application that asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowClient {
    /// Its id.
    pub id: ApplicationId,
    /// Its name, shown to the person.
    pub name: String,
}

/// The sign-on policy that rules the flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowPolicy {
    /// Its id.
    pub id: SignOnPolicyId,
    /// Its name: the `acr` of tokens.
    pub name: String,
}

/// The user as the flow shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowUser {
    /// The id.
    pub id: UserId,
    /// The user name.
    pub username: String,
    /// The given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// The family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
}

/// The user of a live session of the browser, and what they proved in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The user.
    pub user: FlowUser,
    /// What they proved, and when.
    pub past: SignOns,
}

/// Why a flow failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// In the words of PingOne's error codes.
    pub code: String,
    /// For people.
    pub message: String,
}

/// A flow as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Flow {
    /// What it waits for.
    pub status: Status,
    /// When it is forgotten unless something happens.
    pub expires_at: Timestamp,
    /// Who asked.
    pub client: FlowClient,
    /// By which policy.
    pub policy: FlowPolicy,
    /// What was asked. The answer belongs to exactly this request.
    pub request: AuthorizeRequest,
    /// What the policy demands, in order.
    steps: Vec<Step>,
    /// The policies to fall back on, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    alternatives: Vec<(FlowPolicy, Vec<Step>)>,
    /// The step under way: all before it were passed.
    position: usize,
    /// The user that the client named in a signed token.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<FlowUser>,
    /// The user of the browser's session, as long as nobody else has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate: Option<Candidate>,
    /// Who the flow is about, once known; not yet proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<FlowUser>,
    /// Whether a live session vouches for the user.
    #[serde(default)]
    by_session: bool,
    /// What the user proved, here or in the session.
    #[serde(default)]
    past: SignOns,
    /// What the user did in this flow, in the words of RFC 8176.
    #[serde(default)]
    methods: Vec<String>,
    /// The device that was asked last.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<DeviceId>,
    /// How it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<Asked>,
    /// How often devices were asked.
    #[serde(default)]
    codes: u32,
    /// The session that was made or renewed at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// When the user signed on: at the end, or earlier in the session that vouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<Timestamp>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
}

impl Entity for Flow {
    type Id = FlowId;
    const KIND: &'static str = "FLOW";
}

impl Flow {
    /// Who the flow is about, proven or not.
    #[must_use]
    pub fn user(&self) -> Option<&FlowUser> {
        self.user.as_ref()
    }

    /// The user, once something vouches for them: what may be shown to whoever holds the flow's id.
    #[must_use]
    pub fn proven_user(&self) -> Option<&FlowUser> {
        let shown = self.by_session || !self.methods.is_empty() || self.status == Status::Completed;
        self.user.as_ref().filter(|_| shown)
    }

    /// Whether the client's signed token named the user.
    #[must_use]
    pub fn is_hinted(&self) -> bool {
        self.hint.is_some()
    }

    /// The device that was asked last.
    #[must_use]
    pub fn device(&self) -> Option<DeviceId> {
        self.device
    }

    /// How the device was asked last.
    #[must_use]
    pub fn asked(&self) -> Option<&Asked> {
        self.asked.as_ref()
    }

    /// Whether it may ask a device once more.
    #[must_use]
    pub fn may_send(&self) -> bool {
        self.codes < MOST_CODES
    }

    /// Why it failed.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// What the user proved, and when.
    #[must_use]
    pub fn past(&self) -> SignOns {
        self.past
    }

    /// What the MFA step under way demands.
    #[must_use]
    pub fn mfa(&self) -> Option<&Mfa> {
        match &self.steps.get(self.position)?.demand {
            Demand::MultiFactorAuthentication(mfa) => Some(mfa),
            _ => None,
        }
    }

    /// Whether its steps demand nothing but devices, so that nobody signs on with a password.
    #[must_use]
    pub fn asks_devices_alone(&self) -> bool {
        self.steps.iter().all(Step::asks_devices)
    }

    /// The actions that are open now, in the order of their links.
    #[must_use]
    pub fn actions(&self) -> Vec<Action> {
        let recovery = matches!(
            self.steps.get(self.position),
            Some(Step { demand: Demand::Login { recovery: true }, .. })
        );
        let open = |action: &Action| *action != Action::PasswordForgot || recovery;
        self.status.actions().iter().copied().filter(open).collect()
    }

    /// The method references for the ID token: what was done here, and the password of the session that stood in for it.
    #[must_use]
    pub fn amr(&self) -> Vec<String> {
        let mut amr = self.methods.clone();
        if self.by_session && self.past.password.is_some() && !amr.iter().any(|name| name == "pwd") {
            amr.insert(0, "pwd".to_owned());
        }
        amr
    }

    /// Whether the user did this in the flow, in the words of RFC 8176.
    #[must_use]
    pub fn did(&self, method: &str) -> bool {
        self.methods.iter().any(|name| name == method)
    }

    /// Whether a live session of the browser vouches for the user.
    #[must_use]
    pub fn is_by_session(&self) -> bool {
        self.by_session
    }

    /// Whether any step has a condition, so that facts about the user are worth collecting.
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        let fallen_back_on = self.alternatives.iter().flat_map(|(_, steps)| steps);
        self.steps.iter().chain(fallen_back_on).any(|step| step.condition.is_some())
    }

    /// Whether the waiting is over.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }

    /// Begins the waiting again.
    pub fn touch(&mut self, now: Timestamp) {
        self.expires_at = now.plus(IDLE);
    }
}

#[cfg(test)]
mod tests;
