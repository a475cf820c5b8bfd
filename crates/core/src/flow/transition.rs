//! What moves a flow from state to state. Pure: whoever calls has checked the password, the code, the account.
//!
//! Every function refuses when the table does not offer its action, so that a
//! caller that forgets to ask cannot skip a step.

use super::{
    Action, Candidate, Facts, Failure, Flow, FlowClient, FlowPolicy, FlowUser, IDLE, NoDevicesMode, SignOns,
    Status, Step,
};
use crate::devices::kind::DeviceType;
use crate::ids::DeviceId;
use crate::mfa::{Asked, PushState};
use crate::oauth::request::AuthorizeRequest;

/// What a flow starts with.
#[derive(Debug, Clone)]
pub struct Start {
    /// Who asked.
    pub client: FlowClient,
    /// By which policy.
    pub policy: FlowPolicy,
    /// What was asked.
    pub request: AuthorizeRequest,
    /// What the policy demands, by priority.
    pub steps: Vec<Step>,
    /// The policies to fall back on when this one cannot be fulfilled, each with its steps, in order.
    pub alternatives: Vec<(FlowPolicy, Vec<Step>)>,
    /// The user that the client named in a signed token.
    pub hint: Option<FlowUser>,
    /// The user of the browser's session; it does not count when the request asks for a newer sign-on.
    pub candidate: Option<Candidate>,
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Next {
    /// A person must act.
    Person,
    /// A device must be chosen: the caller goes on with [`Flow::device_chosen`],
    /// [`Flow::selection_required`] or [`Flow::no_usable_device`].
    Device,
    /// The flow is completed: the caller makes the session and the answer.
    Completed,
    /// The flow has failed.
    Failed,
}

/// Whether a password that was right may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordState {
    /// It may.
    Valid,
    /// An administrator asked for a new one.
    MustChange,
    /// It is too old.
    Expired,
}

/// A transition was refused and changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The state does not offer the action.
    #[error("the action is not possible in this state of the flow")]
    NotNow,
    /// The request, or what happened before, is about another user.
    #[error("the flow is about another user")]
    AnotherUser,
    /// It has sent as many codes as one flow may.
    #[error("the flow has sent too many codes")]
    TooManyCodes,
}

impl Flow {
    /// A new flow, moved to its first open step.
    pub fn start(start: Start, facts: &Facts<'_>) -> (Self, Next) {
        let mut flow = Self {
            status: Status::Failed,
            expires_at: facts.now.plus(IDLE),
            client: start.client,
            policy: start.policy,
            request: start.request,
            steps: start.steps,
            alternatives: start.alternatives,
            position: 0,
            user: start.hint.clone(),
            hint: start.hint,
            candidate: None,
            by_session: false,
            past: SignOns::default(),
            methods: Vec::new(),
            device: None,
            asked: None,
            codes: 0,
            session: None,
            auth_time: None,
            failure: None,
        };
        flow.candidate = start.candidate.filter(|candidate| {
            flow.admits(&candidate.user) && flow.request.accepts_session(candidate.past.latest(), facts.now)
        });
        let next = flow.advance(facts);
        (flow, next)
    }

    /// Whether the action is open now.
    #[must_use]
    pub fn allows(&self, action: Action) -> bool {
        self.actions().contains(&action)
    }

    /// Whether this user may go on in this flow.
    #[must_use]
    pub fn admits(&self, user: &FlowUser) -> bool {
        let subject = self.request.subject.as_deref();
        let named = subject
            .is_none_or(|name| name == user.id.to_string() || name.eq_ignore_ascii_case(&user.username));
        named && self.hint.as_ref().is_none_or(|hint| hint.id == user.id)
    }

    /// The user was named (`user.lookup`).
    ///
    /// # Errors
    /// [`Refused`]
    pub fn named(&mut self, user: FlowUser, facts: &Facts<'_>) -> Result<Next, Refused> {
        self.open(Action::UserLookup)?;
        self.become_user(user)?;
        Ok(self.advance(facts))
    }

    /// The user's password was right (`usernamePassword.check`).
    ///
    /// # Errors
    /// [`Refused`]
    pub fn password_accepted(
        &mut self,
        user: FlowUser,
        state: PasswordState,
        facts: &Facts<'_>,
    ) -> Result<Next, Refused> {
        self.open(Action::UsernamePasswordCheck)?;
        self.become_user(user)?;
        match state {
            PasswordState::Valid => Ok(self.passed_with("pwd", facts)),
            PasswordState::MustChange => Ok(self.wait(Status::MustChangePassword)),
            PasswordState::Expired => Ok(self.wait(Status::PasswordExpired)),
        }
    }

    /// The current password was right and a new one is set (`password.reset`).
    ///
    /// # Errors
    /// [`Refused`]
    pub fn password_changed(&mut self, facts: &Facts<'_>) -> Result<Next, Refused> {
        self.open(Action::PasswordReset)?;
        Ok(self.passed_with("pwd", facts))
    }

    /// A recovery code is on its way (`password.forgot`).
    ///
    /// # Errors
    /// [`Refused`]
    pub fn recovery_started(&mut self, user: FlowUser) -> Result<Next, Refused> {
        self.open(Action::PasswordForgot)?;
        self.become_user(user)?;
        Ok(self.wait(Status::RecoveryCodeRequired))
    }

    /// The recovery code was right and a new password is set (`password.recover`).
    ///
    /// # Errors
    /// [`Refused`]
    pub fn password_recovered(&mut self, facts: &Facts<'_>) -> Result<Next, Refused> {
        self.open(Action::PasswordRecover)?;
        Ok(self.passed_with("pwd", facts))
    }

    /// A device was asked: chosen by policy or by `device.select`.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn device_chosen(&mut self, device: DeviceId, asked: Asked) -> Result<Next, Refused> {
        self.open(Action::DeviceSelect)?;
        if !self.may_send() {
            return Err(Refused::TooManyCodes);
        }
        self.codes += 1;
        self.device = Some(device);
        let status = Status::awaiting(&asked);
        self.asked = Some(asked);
        Ok(self.wait(status))
    }

    /// The person must choose among several devices.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn selection_required(&mut self) -> Result<Next, Refused> {
        self.open(Action::DeviceSelect)?;
        self.device = None;
        Ok(self.wait(Status::DeviceSelectionRequired))
    }

    /// The user has no device that may be asked: the step says whether that blocks.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn no_usable_device(&mut self, facts: &Facts<'_>) -> Result<Next, Refused> {
        self.open(Action::DeviceSelect)?;
        match self.mfa().map(|mfa| mfa.no_devices) {
            Some(NoDevicesMode::Bypass) => Ok(self.passed(facts)),
            _ => Ok(self.give_up("NO_USABLE_DEVICES", "The user has no device that can be used.", facts)),
        }
    }

    /// An administrator lets the user do without MFA for a while.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn mfa_waived(&mut self, facts: &Facts<'_>) -> Result<Next, Refused> {
        self.open(Action::DeviceSelect)?;
        Ok(self.passed(facts))
    }

    /// The code was right (`otp.check`).
    ///
    /// # Errors
    /// [`Refused`]
    pub fn otp_accepted(&mut self, kind: DeviceType, facts: &Facts<'_>) -> Result<Next, Refused> {
        self.open(Action::OtpCheck)?;
        Ok(self.factor_proven(kind, facts))
    }

    /// The signature was right (`assertion.check`).
    ///
    /// # Errors
    /// [`Refused`]
    pub fn assertion_accepted(&mut self, kind: DeviceType, facts: &Facts<'_>) -> Result<Next, Refused> {
        self.open(Action::AssertionCheck)?;
        Ok(self.factor_proven(kind, facts))
    }

    /// Something became of the push. Nothing is next while it waits.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn push_moved(&mut self, state: PushState, facts: &Facts<'_>) -> Result<Option<Next>, Refused> {
        if self.status != Status::PushConfirmationRequired {
            return Err(Refused::NotNow);
        }
        Ok(match state {
            PushState::Waiting => None,
            PushState::Approved => Some(self.factor_proven(DeviceType::Mobile, facts)),
            PushState::Denied | PushState::Fraud => {
                let why = "The sign-on was denied on the device.";
                Some(self.fail("PUSH_CONFIRMATION_REJECTED", why))
            }
            PushState::TimedOut => Some(self.wait(Status::PushConfirmationTimedOut)),
            PushState::Cancelled => Some(self.wait(Status::DeviceSelectionRequired)),
        })
    }

    /// The push was taken back (`cancel.push.authentication`); the device stays named.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn push_cancelled(&mut self) -> Result<Next, Refused> {
        self.open(Action::CancelPush)?;
        self.asked = None;
        Ok(self.wait(Status::DeviceSelectionRequired))
    }

    fn factor_proven(&mut self, kind: DeviceType, facts: &Facts<'_>) -> Next {
        self.past.mfa = Some(facts.now);
        self.asked = None;
        self.done(kind.amr());
        self.done("mfa");
        self.passed(facts)
    }

    /// Begins again as nobody; the user whom the client named stays.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn reset(&mut self, facts: &Facts<'_>) -> Result<Next, Refused> {
        self.open(Action::SessionReset)?;
        self.position = 0;
        self.user = self.hint.clone();
        self.candidate = None;
        self.by_session = false;
        self.past = SignOns::default();
        self.methods.clear();
        self.device = None;
        self.asked = None;
        self.session = None;
        Ok(self.advance(facts))
    }

    /// Ends the flow without an answer.
    pub fn fail(&mut self, code: &str, message: impl Into<String>) -> Next {
        self.status = Status::Failed;
        self.failure = Some(Failure { code: code.to_owned(), message: message.into() });
        Next::Failed
    }

    fn open(&self, action: Action) -> Result<(), Refused> {
        if self.allows(action) { Ok(()) } else { Err(Refused::NotNow) }
    }

    /// Takes the user on; what another user's session proved is forgotten.
    fn become_user(&mut self, user: FlowUser) -> Result<(), Refused> {
        if !self.admits(&user) || self.user.as_ref().is_some_and(|known| known.id != user.id) {
            return Err(Refused::AnotherUser);
        }
        if self.candidate.as_ref().is_some_and(|candidate| candidate.user.id != user.id) {
            self.candidate = None;
        }
        self.user = Some(user);
        Ok(())
    }

    fn passed_with(&mut self, method: &str, facts: &Facts<'_>) -> Next {
        self.past.password = Some(facts.now);
        self.done(method);
        self.passed(facts)
    }

    fn done(&mut self, method: &str) {
        if !self.methods.iter().any(|known| known == method) {
            self.methods.push(method.to_owned());
        }
    }
}
