//! A call through Twilio (`Calls.json`), with what is said inline.

use postern_core::notify::OutboundMessage;
use postern_core::notify::voice::twiml;
use postern_core::time::Timestamp;

use crate::outcome::Outcome;
use crate::sender;
use crate::settings::SenderNumber;
use crate::twilio::TwilioAccount;

/// Twilio's limits, in characters.
const LONGEST_TWIML: usize = 4_000;
const LONGEST_DIGITS: usize = 32;

pub(crate) async fn call(
    account: &TwilioAccount,
    numbers: &[SenderNumber],
    message: &OutboundMessage,
    now: Timestamp,
) -> Outcome {
    let Some(from) = sender::choose(numbers, message) else {
        return Outcome::next("no number can call this country");
    };
    let spoken = twiml(&message.text, message.voice.as_deref(), &message.locale);
    if spoken.chars().count() > LONGEST_TWIML {
        return Outcome::reject("the spoken text is too long");
    }
    let mut form = vec![("To", message.to.as_str()), ("From", from), ("Twiml", spoken.as_str())];
    if let Some(digits) = message.extension.as_deref().filter(|digits| !digits.is_empty()) {
        if !can_be_dialled(digits) {
            return Outcome::reject("the extension cannot be dialled");
        }
        form.push(("SendDigits", digits));
    }
    account.create(&["Calls.json"], &form, now).await
}

/// Digits, `#`, `*`, and `w` or `W` for a wait.
fn can_be_dialled(digits: &str) -> bool {
    let dialled = |c: char| c.is_ascii_digit() || matches!(c, '#' | '*' | 'w' | 'W');
    digits.len() <= LONGEST_DIGITS && digits.chars().all(dialled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_a_telephone_are_dialled() {
        for digits in ["313#", "ww1W2*", "0"] {
            assert!(can_be_dialled(digits), "{digits}");
        }
        for digits in ["12a", "1 2", "1,2", "é", &"1".repeat(33)] {
            assert!(!can_be_dialled(digits), "{digits}");
        }
    }
}
