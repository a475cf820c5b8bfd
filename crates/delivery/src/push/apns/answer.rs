//! What Apple's answer means for the message.
//!
//! Only status 410 says that the application is gone. A token that is bad, or not for the topic, may as well come from
//! the other of Apple's two networks or from wrong credentials, so it unpairs nobody.

use postern_core::ids::MessageId;
use serde::Deserialize;

use crate::http::{Answer, by_status};
use crate::outcome::{Outcome, Reason};

#[derive(Deserialize)]
struct Refused {
    reason: String,
}

/// `id` is the one we gave, which Apple keeps.
pub(super) fn outcome(answer: &Answer, id: MessageId) -> Outcome {
    if answer.is_success() {
        return Outcome::accepted(Some(&id.to_string()), "sent");
    }
    let refused: Option<Refused> = answer.json();
    let reason = refused.as_ref().map_or("", |refused| refused.reason.as_str());
    match (answer.status, reason) {
        (410, "ExpiredToken") => Outcome::gone("APNs ExpiredToken: the device's token has expired"),
        (410, "Unregistered") => Outcome::gone("APNs Unregistered: the application was removed"),
        (400, "BadDeviceToken") => Outcome::reject("APNs BadDeviceToken: no token of this network"),
        (400, "DeviceTokenNotForTopic") => {
            Outcome::reject("APNs DeviceTokenNotForTopic: the token belongs to another application")
        }
        (400, "MissingTopic" | "BadTopic" | "TopicDisallowed") => {
            Outcome::misconfigured("APNs: the bundle id is not one of the team's")
        }
        (400, _) => Outcome::reject("APNs: the notification is not valid"),
        (403, "ExpiredProviderToken") => Outcome::misconfigured(
            "APNs ExpiredProviderToken: the key's token is too old; is the clock right?",
        ),
        (403, "InvalidProviderToken") => {
            Outcome::misconfigured("APNs InvalidProviderToken: key, key id or team id are wrong")
        }
        (413, _) => Outcome::reject("APNs PayloadTooLarge: the notification is too large"),
        (429, "TooManyProviderTokenUpdates") => Outcome::Retry {
            reason: Reason::new("APNs TooManyProviderTokenUpdates: the key's token changes too often"),
            after: answer.retry_after,
        },
        // Too many to this one device.
        (429, _) => Outcome::Retry {
            reason: Reason::new("APNs TooManyRequests: too many to the device").about_message(),
            after: answer.retry_after,
        },
        _ => by_status(answer),
    }
}

/// Whether a new provider token may help.
pub(super) fn refuses_token(answer: &Answer) -> bool {
    let refused: Option<Refused> = answer.json();
    answer.status == 403 && refused.is_some_and(|refused| refused.reason == "ExpiredProviderToken")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_of_apple_has_its_outcome() {
        for (status, reason, expected) in [
            (200, "", "accepted"),
            (400, "BadDeviceToken", "reject"),
            (400, "DeviceTokenNotForTopic", "reject"),
            (400, "BadTopic", "misconfigured"),
            (400, "MissingTopic", "misconfigured"),
            (400, "TopicDisallowed", "misconfigured"),
            (400, "BadMessageId", "reject"),
            (400, "PayloadEmpty", "reject"),
            (403, "ExpiredProviderToken", "misconfigured"),
            (403, "InvalidProviderToken", "misconfigured"),
            (403, "MissingProviderToken", "misconfigured"),
            (403, "Forbidden", "misconfigured"),
            (404, "BadPath", "misconfigured"),
            (405, "MethodNotAllowed", "next"),
            (410, "Unregistered", "gone"),
            (410, "ExpiredToken", "gone"),
            (413, "PayloadTooLarge", "reject"),
            (429, "TooManyRequests", "retry"),
            (429, "TooManyProviderTokenUpdates", "retry"),
            (500, "InternalServerError", "retry"),
            (503, "ServiceUnavailable", "retry"),
            (503, "Shutdown", "retry"),
        ] {
            let body = format!(r#"{{"reason":"{reason}"}}"#).into_bytes();
            let answer = Answer { status, retry_after: None, body };
            assert_eq!(outcome(&answer, MessageId::NIL).label(), expected, "{status} {reason}");
        }
    }

    #[test]
    fn too_many_to_one_device_say_nothing_of_apples_health() {
        let body = br#"{"reason":"TooManyRequests"}"#.to_vec();
        let answer = Answer { status: 429, retry_after: None, body };
        assert!(!outcome(&answer, MessageId::NIL).is_provider_failure());
    }
}
