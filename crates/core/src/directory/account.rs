//! Whether a user may sign on: the account with its lock.

use serde::{Deserialize, Serialize};

use crate::time::{Span, Timestamp};

/// The stored part of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// When it was locked; absent when it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked_at: Option<Timestamp>,
    /// When the lock ends by itself; absent for a lock that an administrator must take off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlock_at: Option<Timestamp>,
}

/// The account as answers show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Neither locked nor disabled.
    pub can_authenticate: bool,
    /// `OK` or `LOCKED`.
    pub status: &'static str,
    /// When it was locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked_at: Option<Timestamp>,
    /// When the lock ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlock_at: Option<Timestamp>,
    /// How long the lock still lasts, in whole seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds_until_unlock: Option<i64>,
}

impl Account {
    /// Locks until `until`, or until an administrator unlocks.
    pub fn lock(&mut self, now: Timestamp, until: Option<Timestamp>) {
        *self = Self { locked_at: Some(now), unlock_at: until };
    }

    /// Takes the lock off.
    pub fn unlock(&mut self) {
        *self = Self::default();
    }

    /// Whether the lock holds at this moment.
    #[must_use]
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_at.is_some() && self.unlock_at.is_none_or(|end| now < end)
    }

    /// What answers show.
    #[must_use]
    pub fn view(&self, enabled: bool, now: Timestamp) -> AccountView {
        if !self.is_locked(now) {
            return AccountView {
                can_authenticate: enabled,
                status: "OK",
                locked_at: None,
                unlock_at: None,
                seconds_until_unlock: None,
            };
        }
        AccountView {
            can_authenticate: false,
            status: "LOCKED",
            locked_at: self.locked_at,
            unlock_at: self.unlock_at,
            seconds_until_unlock: self.unlock_at.map(|end| whole_seconds_up(end.since(now))),
        }
    }
}

fn whole_seconds_up(span: Span) -> i64 {
    Span::micros(span.as_micros().saturating_add(999_999)).as_seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_ends_by_itself_at_its_time() {
        let now = Timestamp::from_seconds(100);
        let mut account = Account::default();
        account.lock(now, Some(now.plus(Span::seconds(60))));
        let view = account.view(true, now.plus(Span::millis(500)));
        assert_eq!(
            (view.can_authenticate, view.status, view.seconds_until_unlock),
            (false, "LOCKED", Some(60))
        );
        assert!(!account.is_locked(now.plus(Span::seconds(60))));
        assert_eq!(account.view(true, now.plus(Span::seconds(61))).status, "OK");
    }

    #[test]
    fn a_lock_without_an_end_holds_until_taken_off() {
        let mut account = Account::default();
        account.lock(Timestamp::default(), None);
        assert!(account.is_locked(Timestamp::from_seconds(i64::from(u32::MAX))));
        account.unlock();
        assert!(account.view(true, Timestamp::default()).can_authenticate);
        assert!(!account.view(false, Timestamp::default()).can_authenticate);
    }
}
