//! The dispatcher: which step of the policy is under way, what it needs, and what vouches for the user at the end.
//!
//! The actions that move a flow are in [`super::transition`].

use super::transition::Next;
use super::{Demand, Facts, Flow, SignOns, Status, condition};

impl Flow {
    /// Looks at the step under way and names what it needs, passing those that need nothing.
    pub(super) fn advance(&mut self, facts: &Facts<'_>) -> Next {
        while let Some(step) = self.steps.get(self.position).cloned() {
            let runs = condition::runs(step.condition.as_ref(), facts, &self.known_past());
            let open = match step.demand {
                Demand::Login { .. } => self.login(runs, step.condition.is_some()),
                Demand::MultiFactorAuthentication(_) => self.second_factor(runs),
                Demand::Unsupported { action } if runs => Some(self.give_up(
                    "UNSUPPORTED_ACTION",
                    &format!("The sign-on policy has a {action} action, which this server does not support."),
                    facts,
                )),
                Demand::Unsupported { .. } => None,
            };
            if let Some(next) = open {
                return next;
            }
            self.position += 1;
        }
        self.finish()
    }

    /// A signed hint stands in for the password; so does a session with a password, unless a condition decides.
    fn login(&mut self, runs: bool, conditional: bool) -> Option<Next> {
        if self.hint.is_some() && !self.request.forces_sign_on() {
            return None;
        }
        if !runs {
            self.adopt_session();
            return None;
        }
        if !conditional && self.known_past().password.is_some() {
            self.adopt_session();
            return None;
        }
        let status =
            if self.user.is_some() { Status::PasswordRequired } else { Status::UsernamePasswordRequired };
        Some(self.wait(status))
    }

    fn second_factor(&mut self, runs: bool) -> Option<Next> {
        self.adopt_session();
        if !runs {
            return None;
        }
        if self.user.is_none() {
            return Some(self.wait(Status::SignOnRequired));
        }
        self.device = None;
        self.asked = None;
        self.status = Status::DeviceSelectionRequired;
        Some(Next::Device)
    }

    /// Completed, if something vouches for the user. Being named is not enough.
    fn finish(&mut self) -> Next {
        self.adopt_session();
        let vouched = self.hint.is_some() || self.by_session || !self.methods.is_empty();
        if self.user.is_none() || !vouched {
            return self
                .fail("ACCESS_DENIED", "The sign-on policy asked for nothing that proves who the user is.");
        }
        self.status = Status::Completed;
        Next::Completed
    }

    /// The session's user becomes the flow's, and what the session proved counts.
    fn adopt_session(&mut self) {
        let Some(candidate) = self
            .candidate
            .take_if(|candidate| self.user.as_ref().is_none_or(|user| user.id == candidate.user.id))
        else {
            return;
        };
        self.past.password = self.past.password.max(candidate.past.password);
        self.past.mfa = self.past.mfa.max(candidate.past.mfa);
        self.user.get_or_insert(candidate.user);
        self.by_session = true;
    }

    /// What counts for conditions: the flow's own, and the session's unless it is another user's.
    fn known_past(&self) -> SignOns {
        let session = self
            .candidate
            .as_ref()
            .filter(|candidate| self.user.as_ref().is_none_or(|user| user.id == candidate.user.id))
            .map(|candidate| candidate.past)
            .unwrap_or_default();
        SignOns { password: self.past.password.max(session.password), mfa: self.past.mfa.max(session.mfa) }
    }

    pub(super) fn passed(&mut self, facts: &Facts<'_>) -> Next {
        self.position += 1;
        self.advance(facts)
    }

    pub(super) fn wait(&mut self, status: Status) -> Next {
        self.status = status;
        Next::Person
    }

    /// The policy cannot be fulfilled: the next one assigned to the application counts, or the flow fails. What was
    /// proven stays proven.
    pub(super) fn give_up(&mut self, code: &str, message: &str, facts: &Facts<'_>) -> Next {
        if self.alternatives.is_empty() {
            return self.fail(code, message);
        }
        let (policy, steps) = self.alternatives.remove(0);
        self.policy = policy;
        self.steps = steps;
        self.position = 0;
        self.advance(facts)
    }
}
