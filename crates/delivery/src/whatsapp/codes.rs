//! Meta's error numbers for the Cloud API and what each means for a message, as data.
//!
//! WhatsApp has one account for each environment, so there is no other provider to ask: what Twilio would call `next` is
//! the end here.

use Meaning::{Misconfigured, Reject, Retry};

/// What an error number asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The same again, later.
    Retry,
    /// Nothing: the recipient or the message is at fault.
    Reject,
    /// An administrator: account, credentials, number or template are at fault.
    Misconfigured,
}

/// Numbers that speak of the recipient alone, although the answer to them is to try again or to call an administrator.
const ABOUT_RECIPIENT: [u32; 4] = [100, 130_497, 131_030, 131_056];

/// Whether a number says nothing of the account's health.
pub(super) fn is_about_recipient(code: u32) -> bool {
    ABOUT_RECIPIENT.contains(&code)
}

/// Number, meaning, our words for it. Sorted by number.
pub const CODES: &[(u32, Meaning, &str)] = &[
    (0, Misconfigured, "the token is not valid"),
    (1, Retry, "unknown error"),
    (2, Retry, "service unavailable"),
    (3, Misconfigured, "the app lacks a capability"),
    (4, Retry, "too many calls of the app"),
    (10, Misconfigured, "the token lacks a permission"),
    (33, Misconfigured, "the sender's number is not there"),
    (100, Misconfigured, "the request is not valid for this number or template"),
    (190, Misconfigured, "the token has expired or was withdrawn"),
    (200, Misconfigured, "the token lacks a permission"),
    (368, Misconfigured, "the account is blocked for a violation of policy"),
    (80_007, Retry, "too many messages of the account"),
    (130_429, Retry, "too many messages"),
    (130_472, Reject, "the recipient takes part in an experiment"),
    (130_497, Misconfigured, "the account may not write to this country"),
    (131_000, Retry, "something went wrong"),
    (131_005, Misconfigured, "access is denied"),
    (131_008, Misconfigured, "the template needs another value"),
    (131_009, Reject, "a value is not valid"),
    (131_016, Retry, "service unavailable"),
    (131_021, Reject, "the recipient is the sender"),
    (131_026, Reject, "the recipient cannot be reached by WhatsApp"),
    (131_030, Misconfigured, "a test number reaches listed recipients only"),
    (131_031, Misconfigured, "the account is locked"),
    (131_037, Misconfigured, "the name of the number is not approved"),
    (131_042, Misconfigured, "the account has an unpaid bill"),
    (131_045, Misconfigured, "the number is not registered"),
    (131_047, Reject, "more than a day since the recipient wrote"),
    (131_048, Misconfigured, "the number is restricted since recipients reported it"),
    (131_049, Reject, "WhatsApp does not deliver it to this recipient now"),
    (131_051, Reject, "the kind of message is not supported"),
    (131_056, Retry, "too many messages to this recipient"),
    (131_057, Retry, "the account is under maintenance"),
    (132_000, Misconfigured, "the template has another number of values"),
    (132_001, Misconfigured, "there is no such template in this language"),
    (132_005, Misconfigured, "the text of the template is too long"),
    (132_007, Misconfigured, "the template violates a policy"),
    (132_012, Misconfigured, "the template has values of another kind"),
    (132_015, Misconfigured, "the template is paused for its low quality"),
    (132_016, Misconfigured, "the template is disabled for its low quality"),
    (133_004, Retry, "service unavailable"),
    (133_010, Misconfigured, "the number is not registered"),
    (135_000, Reject, "the message could not be sent"),
];

/// What a number means, with our words for it; none for a number not listed.
#[must_use]
pub fn meaning(code: u32) -> Option<(Meaning, &'static str)> {
    let index = CODES.binary_search_by_key(&code, |(listed, _, _)| *listed).ok()?;
    CODES.get(index).map(|(_, meaning, words)| (*meaning, *words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_every_number_is_found() {
        assert!(CODES.is_sorted_by(|one, two| one.0 < two.0));
        for (code, expected, words) in CODES {
            assert_eq!(meaning(*code), Some((*expected, *words)));
        }
        assert_eq!(meaning(7), None);
    }
}
