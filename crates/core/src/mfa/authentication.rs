//! A device authentication: one attempt of a user to prove a factor, outside of a sign-on flow (MFA contract 6).
//!
//! Pure: whoever calls has checked the code, the signature, the account. Every
//! transition refuses when the table of [`super::status`] does not offer its
//! action, so that a caller that forgets to ask cannot skip a step.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Action, Asked, PushState, Status};
use crate::devices::kind::DeviceType;
use crate::entity::Entity;
use crate::ids::{
    ApplicationId, DeviceAuthenticationId, DeviceId, DevicePolicyId, NotificationPolicyId, UserId,
};
use crate::secret::Sealed;
use crate::time::{Span, Timestamp};

/// How long it lives.
pub const LIFE_TIME: Span = Span::minutes(30);

/// Times that one authentication may ask devices, so that nobody floods a telephone with one.
pub const MOST_QUESTIONS: u32 = 10;

/// An address that gets a code without being paired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OneTime {
    /// EMAIL, SMS, VOICE or WHATSAPP.
    #[serde(rename = "type")]
    pub kind: DeviceType,
    /// Number or mail address.
    pub address: String,
    /// The code is returned instead of sent.
    #[serde(default)]
    pub test_mode: bool,
}

/// What is being asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Selected {
    /// A paired device.
    Device(DeviceId),
    /// An address for this once.
    OneTime(OneTime),
}

/// How its messages are worded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Wording {
    /// Template; `strong_authentication` when none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Variant of its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// A locale or an `Accept-Language` list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Values of its variables.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// Shown by the application on the phone, as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_context: Option<Value>,
    /// The notification policy that bounds them, where it is not that of the device policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notifications_policy: Option<NotificationPolicyId>,
}

/// Why it failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// In the words of PingOne's error codes.
    pub code: String,
    /// For people.
    pub message: String,
    /// Devices that could not be asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unavailable_devices: Vec<DeviceId>,
}

/// What it starts with.
#[derive(Debug, Clone)]
pub struct Start {
    /// Who is to prove something; unknown where a passkey names its user.
    pub user: Option<UserId>,
    /// By which policy.
    pub policy: DevicePolicyId,
    /// How messages are worded.
    pub wording: Wording,
    /// The relying party, where the caller names one.
    pub rp_id: Option<String>,
    /// The challenge for passkeys in base64url, where the caller links it to a transaction.
    pub challenge: Option<String>,
    /// The native application, where it takes part itself.
    pub application: Option<ApplicationId>,
}

/// A device authentication as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceAuthentication {
    /// What it waits for.
    status: Status,
    /// When it is forgotten.
    pub expires_at: Timestamp,
    /// Who proves something, once known.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    /// By which policy.
    pub policy: DevicePolicyId,
    /// What was asked last.
    #[serde(skip_serializing_if = "Option::is_none")]
    selected: Option<Selected>,
    /// How it was asked; kept at the end for the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<Asked>,
    /// How often devices were asked.
    #[serde(default)]
    questions: u32,
    /// How messages are worded.
    #[serde(default)]
    pub wording: Wording,
    /// The relying party, where the caller named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rp_id: Option<String>,
    /// The challenge for passkeys that the caller gave, in base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// The native application, where it takes part itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationId>,
    /// The session that a remembered browser was to belong to, where the caller named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_session: Option<String>,
    /// The code of a test device or address, for the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_otp: Option<Sealed>,
    /// How the factor was proven, once completed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    authenticators: Vec<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
}

impl Entity for DeviceAuthentication {
    type Id = DeviceAuthenticationId;
    const KIND: &'static str = "DEVICE_AUTHENTICATION";
}

/// A transition was refused and changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The state does not offer the action.
    #[error("the action is not possible in this state")]
    NotNow,
    /// It has asked as often as one authentication may.
    #[error("the device authentication has asked too often")]
    TooOften,
}

impl DeviceAuthentication {
    /// A new one that waits for the choice of a device.
    #[must_use]
    pub fn start(start: Start, now: Timestamp) -> Self {
        Self {
            status: Status::DeviceSelectionRequired,
            expires_at: now.plus(LIFE_TIME),
            user: start.user,
            policy: start.policy,
            selected: None,
            asked: None,
            questions: 0,
            wording: start.wording,
            rp_id: start.rp_id,
            challenge: start.challenge,
            application: start.application,
            device_session: None,
            test_otp: None,
            authenticators: Vec::new(),
            failure: None,
        }
    }

    /// What it waits for.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// Who proves something, once known.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        self.user
    }

    /// What was asked last.
    #[must_use]
    pub const fn selected(&self) -> Option<&Selected> {
        self.selected.as_ref()
    }

    /// The paired device that was asked last.
    #[must_use]
    pub const fn device(&self) -> Option<DeviceId> {
        match &self.selected {
            Some(Selected::Device(id)) => Some(*id),
            _ => None,
        }
    }

    /// How it was asked.
    #[must_use]
    pub const fn asked(&self) -> Option<&Asked> {
        self.asked.as_ref()
    }

    /// How the factor was proven; empty until completed.
    #[must_use]
    pub fn authenticators(&self) -> &[String] {
        &self.authenticators
    }

    /// Whether a remembered browser stood in for the factor.
    #[must_use]
    pub fn is_by_browser(&self) -> bool {
        self.authenticators.iter().any(|way| way == DeviceType::Browser.amr())
    }

    /// Why it failed.
    #[must_use]
    pub const fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// Whether it is over.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }

    /// Whether the action is open now. A code instead of the push counts only for a paired device.
    #[must_use]
    pub fn allows(&self, action: Action) -> bool {
        self.status.actions().contains(&action)
    }

    /// Whether a device may be asked once more.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn may_ask(&self) -> Result<(), Refused> {
        self.open(Action::DeviceSelect)?;
        if self.questions < MOST_QUESTIONS { Ok(()) } else { Err(Refused::TooOften) }
    }

    /// A device or address was asked.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn ask(&mut self, selected: Selected, asked: Asked) -> Result<(), Refused> {
        self.may_ask()?;
        self.questions += 1;
        self.status = asked.status();
        self.selected = Some(selected);
        self.asked = Some(asked);
        Ok(())
    }

    /// A passkey was asked without anybody knowing whose it will be.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn ask_any_passkey(&mut self, asked: Asked) -> Result<(), Refused> {
        self.may_ask()?;
        self.questions += 1;
        self.status = asked.status();
        self.selected = None;
        self.asked = Some(asked);
        Ok(())
    }

    /// The code was right.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn code_accepted(&mut self, kind: DeviceType) -> Result<(), Refused> {
        self.open(Action::OtpCheck)?;
        self.complete(kind);
        Ok(())
    }

    /// The signature was right; it tells the user and the device.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn assertion_accepted(
        &mut self,
        user: UserId,
        device: DeviceId,
        kind: DeviceType,
    ) -> Result<(), Refused> {
        self.open(Action::AssertionCheck)?;
        self.user = Some(user);
        self.selected = Some(Selected::Device(device));
        self.complete(kind);
        Ok(())
    }

    /// Something became of the push. True when the state changed.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn push_moved(&mut self, state: PushState) -> Result<bool, Refused> {
        if self.status != Status::PushConfirmationRequired {
            return Err(Refused::NotNow);
        }
        match state {
            PushState::Waiting => return Ok(false),
            PushState::Approved => self.complete(DeviceType::Mobile),
            PushState::Denied | PushState::Fraud => self.status = Status::PushConfirmationRejected,
            PushState::TimedOut => self.status = Status::PushConfirmationTimedOut,
            PushState::Cancelled => self.status = Status::DeviceSelectionRequired,
        }
        Ok(true)
    }

    /// The push was taken back; the device stays named.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn cancelled(&mut self) -> Result<(), Refused> {
        self.open(Action::CancelPush)?;
        self.status = Status::DeviceSelectionRequired;
        self.asked = None;
        Ok(())
    }

    /// A remembered browser stands in for a factor; only at the start.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn remembered(&mut self, browser: DeviceId) -> Result<(), Refused> {
        self.open(Action::DeviceSelect)?;
        self.selected = Some(Selected::Device(browser));
        self.status = Status::Completed;
        self.authenticators = ["swk", "mfa", "rm"].map(str::to_owned).to_vec();
        Ok(())
    }

    /// A paired application that showed itself stands in for a factor; only at the start.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn shown(&mut self, device: DeviceId) -> Result<(), Refused> {
        self.open(Action::DeviceSelect)?;
        self.selected = Some(Selected::Device(device));
        self.status = Status::Completed;
        self.authenticators = [DeviceType::Mobile.amr(), "mfa"].map(str::to_owned).to_vec();
        Ok(())
    }

    /// It cannot be completed.
    pub fn fail(&mut self, failure: Failure) {
        if !self.status.is_final() {
            self.status = Status::Failed;
            self.failure = Some(failure);
        }
    }

    fn complete(&mut self, kind: DeviceType) {
        self.status = Status::Completed;
        self.authenticators = [kind.amr(), "mfa", "user"].map(str::to_owned).to_vec();
    }

    fn open(&self, action: Action) -> Result<(), Refused> {
        if self.allows(action) { Ok(()) } else { Err(Refused::NotNow) }
    }
}

#[cfg(test)]
mod tests;
