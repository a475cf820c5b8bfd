//! What a policy says about one application, with what holds where it says nothing.

use super::super::DevicePolicy;
use super::MobileApplication;
use crate::ids::ApplicationId;
use crate::policy::duration::Duration;
use crate::time::Span;

/// The rules for one application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MobileRules {
    /// Whether pushes are sent.
    pub push: bool,
    /// Whether the person compares numbers.
    pub number_matching: bool,
    /// Whether passcodes count.
    pub otp: bool,
    /// How long a push waits for its answer.
    pub push_timeout: Span,
    /// Pushes that may be denied or go unanswered within [`Self::push_period`], 1 to 50.
    pub push_limit: usize,
    /// How far back denied and unanswered pushes count.
    pub push_period: Span,
    /// How long the device then rests.
    pub push_lock: Span,
    /// Whether new devices can be added.
    pub pairing: bool,
    /// How long a pairing key is good.
    pub pairing_key_life: Span,
    /// How a device that asks for its own user is checked; `None` when it is not taken at all.
    pub device_authorization: Option<ExtraVerification>,
    /// Whether a device whose soundness is not known is refused.
    pub needs_integrity: bool,
}

/// Whether a device that asks for its own user must answer a silent push first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtraVerification {
    /// It need not.
    None,
    /// Silence passes.
    Permissive,
    /// Silence fails.
    Restrictive,
}

impl Default for MobileRules {
    fn default() -> Self {
        Self {
            push: true,
            number_matching: false,
            otp: true,
            push_timeout: Span::seconds(40),
            push_limit: 5,
            push_period: Span::minutes(10),
            push_lock: Span::minutes(30),
            pairing: true,
            pairing_key_life: Span::minutes(10),
            device_authorization: None,
            needs_integrity: false,
        }
    }
}

impl MobileRules {
    fn of(set: &MobileApplication) -> Self {
        let standard = Self::default();
        let span = |set: Option<Duration>, otherwise: Span| set.map_or(otherwise, Duration::span);
        let limit = set.push_limit.as_ref();
        let authorization = set.device_authorization.as_ref().filter(|set| set.enabled);
        Self {
            push: set.push.as_ref().is_none_or(|push| push.enabled),
            number_matching: set
                .push
                .as_ref()
                .and_then(|push| push.number_matching)
                .is_some_and(|matching| matching.enabled),
            otp: set.otp.is_none_or(|otp| otp.enabled),
            push_timeout: span(set.push_timeout, standard.push_timeout),
            push_limit: limit
                .and_then(|limit| limit.count)
                .and_then(|count| usize::try_from(count).ok())
                .unwrap_or(standard.push_limit),
            push_period: span(limit.and_then(|limit| limit.time_period), standard.push_period),
            push_lock: span(limit.and_then(|limit| limit.lock_duration), standard.push_lock),
            pairing: set.pairing_disabled != Some(true),
            pairing_key_life: span(set.pairing_key_lifetime, standard.pairing_key_life),
            device_authorization: authorization.map(|set| match set.extra_verification.as_deref() {
                Some("restrictive") => ExtraVerification::Restrictive,
                Some(_) => ExtraVerification::Permissive,
                None => ExtraVerification::None,
            }),
            needs_integrity: set.integrity_detection.as_deref() == Some("restrictive"),
        }
    }
}

impl DevicePolicy {
    /// The rules for an application; `None` when its devices do not count. A policy without a list takes every
    /// application, as a new environment does; one with a list takes only those.
    #[must_use]
    pub fn mobile_rules(&self, application: ApplicationId) -> Option<MobileRules> {
        if !self.mobile.enabled {
            return None;
        }
        match &self.mobile.applications {
            None => Some(MobileRules::default()),
            Some(listed) => listed.iter().find(|set| set.id == application).map(MobileRules::of),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "the tests write it where it is used")]
    fn rules(set: Value) -> MobileRules {
        let mut whole = json!({ "id": ApplicationId::NIL });
        whole.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
        MobileRules::of(&serde_json::from_value(whole).unwrap())
    }

    #[test]
    fn what_the_policy_leaves_open_has_the_documented_value() {
        assert_eq!(rules(json!({})), MobileRules::default());
        let some = rules(json!({"pushLimit": {"count": 2}, "push": {"enabled": true}}));
        assert_eq!(some, MobileRules { push_limit: 2, ..MobileRules::default() });
    }

    #[test]
    fn what_the_policy_says_holds() {
        let all = rules(json!({
            "push": {"enabled": false, "numberMatching": {"enabled": true}}, "otp": {"enabled": false},
            "pushTimeout": {"duration": 150, "timeUnit": "SECONDS"}, "pairingDisabled": true,
            "pairingKeyLifetime": {"duration": 48, "timeUnit": "HOURS"}, "integrityDetection": "restrictive",
            "pushLimit": {"count": 1, "timePeriod": {"duration": 1, "timeUnit": "MINUTES"}, "lockDuration": {"duration": 60, "timeUnit": "SECONDS"}},
            "deviceAuthorization": {"enabled": true, "extraVerification": "restrictive"},
        }));
        let expected = MobileRules {
            push: false,
            number_matching: true,
            otp: false,
            push_timeout: Span::seconds(150),
            push_limit: 1,
            push_period: Span::minutes(1),
            push_lock: Span::minutes(1),
            pairing: false,
            pairing_key_life: Span::hours(48),
            device_authorization: Some(ExtraVerification::Restrictive),
            needs_integrity: true,
        };
        assert_eq!(all, expected);
        let off =
            rules(json!({"deviceAuthorization": {"enabled": false, "extraVerification": "restrictive"}}));
        assert_eq!(off.device_authorization, None);
    }
}
