//! A hardware token (MFA contract 5.3): what it is, how far it was used, whom it belongs to.
//!
//! ```text
//!  code near by ──────────────► counts
//!  code far away ── first ────► waits for the next code ── next code ──► counts, and the token is in step again
//!  anything else ─────────────► wrong
//! ```

mod body;

use serde::{Deserialize, Serialize};

use super::drift;
use super::hotp::{CodeMaker, Digits, HashAlgorithm};
use super::totp::TimeUse;
use super::window::Window;
use crate::entity::Entity;
use crate::ids::{DeviceId, OathTokenId, UserId};
use crate::schema::words;
use crate::secret::Sealed;
use crate::time::{Span, Timestamp};

/// Most tokens of an environment.
pub const MOST: i64 = 100_000;
/// Longest serial number, in characters.
pub const MAX_SERIAL: usize = 50;
/// Wrong codes in a row with which somebody may try to pair a token; then an administrator must bring it in step.
pub const MOST_WRONG: i64 = 100;
/// Counters that an HOTP token may be ahead: its button was pressed without use.
const HOTP_NEAR: u64 = 10;
/// Counters that it may be ahead when two codes in a row show it.
const HOTP_FAR: u64 = 1_000;
/// Time steps that a TOTP token may be off from where its clock was last seen.
const TOTP_NEAR: i64 = 5;
/// Time steps that it may be off from our clock when two codes in a row show it: half a day at 30 seconds.
const TOTP_FAR: i64 = 1_440;
/// How long the second code may be waited for.
const WAIT: Span = Span::minutes(10);

words! {
    /// What moves a token on: its button or its clock.
    pub enum TokenType {
        Hotp = "HOTP",
        Totp = "TOTP",
    }
}

/// A hardware token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OathToken {
    /// What is printed on it; unique in the environment, whatever the case.
    pub serial_number: String,
    /// What moves it on.
    #[serde(rename = "type")]
    pub kind: TokenType,
    /// Digits of its codes: 6 or 8.
    pub otp_length: i64,
    /// The hash function below its codes.
    pub hash_algorithm: HashAlgorithm,
    /// How far its button was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hotp: Option<ButtonUse>,
    /// How far its clock was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totp: Option<ClockUse>,
    /// Its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
    /// The device that it is paired as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<TokenDevice>,
    /// A code that was far away, while its successor is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Wrong codes since the last right one with which somebody tried to pair it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wrong: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// How far an HOTP token was used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonUse {
    /// The first counter that may still count.
    #[serde(default)]
    pub counter: u64,
}

/// How far a TOTP token was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClockUse {
    /// Seconds of a step: 30 or 60.
    pub time_step: i64,
    /// The last step that counted and the error of the clock.
    #[serde(flatten)]
    pub used: TimeUse,
}

/// The device that a token is paired as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenDevice {
    /// The device.
    pub id: DeviceId,
    /// Its owner.
    pub user: UserId,
}

/// A code that was far away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// Where it stands; more than one place by chance.
    pub positions: Vec<u64>,
    /// Until when its successor is waited for.
    pub expires_at: Timestamp,
}

/// What a code, or two in a row, came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It counts and will not count again.
    Accepted,
    /// It may be right, but is far away: the next code decides.
    NextNeeded,
    /// It is wrong.
    Wrong,
}

impl Entity for OathToken {
    type Id = OathTokenId;
    const KIND: &'static str = "OATH_TOKEN";
}

impl OathToken {
    /// Checks a code with which somebody signs on.
    pub fn accept(&mut self, secret: &[u8], code: &str, now: Timestamp) -> bool {
        let maker = self.maker(secret);
        let accepted = match (self.kind, &mut self.hotp, &mut self.totp) {
            (TokenType::Hotp, Some(button), _) => button.accept(&maker, code),
            (TokenType::Totp, _, Some(clock)) => clock.accept(&maker, code, now),
            _ => false,
        };
        if accepted {
            self.waiting = None;
        }
        accepted
    }

    /// Checks a code that proves the possession of the token: one that is far away asks for the next.
    pub fn prove(&mut self, secret: &[u8], code: &str, now: Timestamp) -> Outcome {
        if self.accept(secret, code, now) { Outcome::Accepted } else { self.wait(secret, code, now) }
    }

    /// Checks the code after one that was far away.
    pub fn follow(&mut self, secret: &[u8], code: &str, now: Timestamp) -> Outcome {
        let Some(waiting) = self.waiting.take().filter(|waiting| waiting.expires_at > now) else {
            return self.prove(secret, code, now);
        };
        let maker = self.maker(secret);
        let mut next = waiting.positions.iter().map(|position| position.saturating_add(1));
        self.settle(next.rfind(|position| maker.is_at(code, *position)), now)
    }

    /// Brings the token in step by two codes in a row, however far away they are, within reason.
    pub fn resync(&mut self, secret: &[u8], first: &str, second: &str, now: Timestamp) -> Outcome {
        self.waiting = None;
        let maker = self.maker(secret);
        let places = self.places(&maker, first, now);
        let mut next = places.into_iter().map(|position| position.saturating_add(1));
        self.settle(next.rfind(|position| maker.is_at(second, *position)), now)
    }

    /// Brings the token in step by one code of two; the other comes with another call.
    pub fn resync_by_steps(&mut self, secret: &[u8], code: &str, now: Timestamp) -> Outcome {
        match &self.waiting {
            Some(waiting) if waiting.expires_at > now => self.follow(secret, code, now),
            _ => self.wait(secret, code, now),
        }
    }

    fn wait(&mut self, secret: &[u8], code: &str, now: Timestamp) -> Outcome {
        let positions = self.places(&self.maker(secret), code, now);
        if positions.is_empty() {
            return Outcome::Wrong;
        }
        self.waiting = Some(Waiting { positions, expires_at: now.plus(WAIT) });
        Outcome::NextNeeded
    }

    /// Everywhere in the wide window that the code stands and may still count.
    fn places(&self, maker: &CodeMaker, code: &str, now: Timestamp) -> Vec<u64> {
        let (window, least) = self.wide(now);
        window.positions().filter(|position| maker.is_at(code, *position) & (*position >= least)).collect()
    }

    fn wide(&self, now: Timestamp) -> (Window, u64) {
        match (self.kind, self.hotp, self.totp) {
            (TokenType::Hotp, Some(button), _) => (Window::ahead(button.counter, HOTP_FAR), button.counter),
            (TokenType::Totp, _, Some(clock)) => {
                let step = drift::step_at(now, clock.time_step);
                (drift::around(step, 0, TOTP_FAR), clock.used.next)
            }
            _ => (Window::ahead(0, 0), 0),
        }
    }

    fn settle(&mut self, position: Option<u64>, now: Timestamp) -> Outcome {
        let Some(position) = position else { return Outcome::Wrong };
        if let Some(button) = &mut self.hotp {
            button.counter = position.saturating_add(1);
        }
        if let Some(clock) = &mut self.totp {
            clock.used.used(position, drift::step_at(now, clock.time_step));
        }
        Outcome::Accepted
    }

    fn maker(&self, secret: &[u8]) -> CodeMaker {
        let digits = Digits::from_length(self.otp_length).unwrap_or(Digits::Six);
        CodeMaker::new(secret, self.hash_algorithm, digits)
    }
}

impl ButtonUse {
    /// A code that stands at several counters by chance is taken for the first: the others are still to come.
    fn accept(&mut self, maker: &CodeMaker, code: &str) -> bool {
        let found = maker.find(code, Window::ahead(self.counter, HOTP_NEAR), self.counter);
        let repeated = self.counter.checked_sub(1).is_some_and(|last| maker.is_at(code, last));
        match found.filter(|_| !repeated) {
            Some(found) => {
                self.counter = found.first.saturating_add(1);
                true
            }
            None => false,
        }
    }
}

impl ClockUse {
    fn accept(&mut self, maker: &CodeMaker, code: &str, now: Timestamp) -> bool {
        let step = drift::step_at(now, self.time_step);
        self.used.accept(maker, code, drift::around(step, self.used.drift, TOTP_NEAR), step)
    }
}

#[cfg(test)]
mod tests;
