//! A text message through Twilio (`Messages.json`).

use postern_core::notify::OutboundMessage;
use postern_core::time::Timestamp;

use crate::outcome::Outcome;
use crate::provider::Attempt;
use crate::sender;
use crate::settings::TwilioSender;
use crate::twilio::TwilioAccount;

/// Twilio's own longest time in the queue, in seconds.
const LONGEST_VALIDITY: i64 = 36_000;

pub(crate) async fn send(
    account: &TwilioAccount,
    from: &TwilioSender,
    message: &OutboundMessage,
    attempt: &Attempt,
) -> Outcome {
    let (from_key, from_value) = match from {
        TwilioSender::MessagingService(sid) => ("MessagingServiceSid", sid.as_str()),
        TwilioSender::Numbers(numbers) => match sender::choose(numbers, message) {
            Some(number) => ("From", number),
            None => return Outcome::next("no number can send to this country"),
        },
    };
    if attempt.number > 1
        && let Some(outcome) = account.find_sent(message, attempt).await
    {
        return outcome;
    }
    let now = attempt.now;
    let validity = validity(message.expires_at, now).to_string();
    let form = [
        ("To", message.to.as_str()),
        (from_key, from_value),
        ("Body", message.text.as_str()),
        ("ValidityPeriod", validity.as_str()),
    ];
    account.create(&["Messages.json"], &form, now).await
}

/// How long Twilio may keep trying, in seconds: as long as the code lives.
fn validity(expires_at: Timestamp, now: Timestamp) -> i64 {
    expires_at.since(now).as_seconds().clamp(1, LONGEST_VALIDITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_validity_is_the_rest_of_the_life_and_never_nothing() {
        let now = Timestamp::from_seconds(1_000);
        for (expires, expected) in
            [(0, 1), (1_000, 1), (1_001, 1), (1_300, 300), (37_000, 36_000), (90_000, 36_000)]
        {
            assert_eq!(validity(Timestamp::from_seconds(expires), now), expected, "{expires}");
        }
    }
}
