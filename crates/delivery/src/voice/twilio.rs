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
/// How long the extension may ring before the first words, so that they are not lost.
const RINGING: &str = "<pause1sec><pause1sec>";

pub(crate) async fn call(
    account: &TwilioAccount,
    numbers: &[SenderNumber],
    message: &OutboundMessage,
    now: Timestamp,
) -> Outcome {
    let Some(from) = sender::choose(numbers, message) else {
        return Outcome::next("no number can call this country");
    };
    let extension = message.extension.as_deref().filter(|digits| !digits.is_empty());
    let text = match extension {
        Some(_) => format!("{RINGING}{}", message.text),
        None => message.text.clone(),
    };
    let spoken = twiml(&text, message.voice.as_deref(), &message.locale);
    if spoken.chars().count() > LONGEST_TWIML {
        return Outcome::reject("the spoken text is too long");
    }
    let mut form = vec![("To", message.to.as_str()), ("From", from), ("Twiml", spoken.as_str())];
    let digits = extension.map(dialled);
    if let Some(digits) = &digits {
        if !can_be_dialled(digits) {
            return Outcome::reject("the extension cannot be dialled");
        }
        form.push(("SendDigits", digits));
    }
    account.create(&["Calls.json"], &form, now).await
}

/// The extension as Twilio dials it: after a second, since who has just answered hears nothing yet, and with two
/// seconds in the place of a comma.
fn dialled(extension: &str) -> String {
    format!("W{}", extension.replace(',', "WW"))
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
    fn a_comma_is_a_wait_and_dialling_begins_after_one() {
        for (extension, digits) in [("313#", "W313#"), ("3,13#", "W3WW13#"), ("1,2,3", "W1WW2WW3")] {
            assert_eq!(dialled(extension), digits);
            assert!(can_be_dialled(&dialled(extension)));
        }
    }

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
