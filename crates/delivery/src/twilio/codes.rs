//! Twilio's error numbers and what each means for a message, as data.
//!
//! From Twilio's error dictionary. Numbers from 30001 to 30999 come with a
//! later report of delivery more often than with the first answer.

use Meaning::{Misconfigured, Next, Reject, Retry};

/// What an error number asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The same again, later.
    Retry,
    /// Another provider.
    Next,
    /// Nothing: the recipient or the message is at fault.
    Reject,
    /// An administrator: account, credentials or sender are at fault.
    Misconfigured,
}

/// Numbers that speak of the recipient alone, although the answer to them is
/// to try again or to call an administrator.
const ABOUT_RECIPIENT: [u32; 4] = [21219, 21608, 30003, 30008];

/// Whether a number says nothing of the account's health.
pub(super) fn is_about_recipient(code: u32) -> bool {
    ABOUT_RECIPIENT.contains(&code)
}

/// Number, meaning, our words for it. Sorted by number.
pub const CODES: &[(u32, Meaning, &str)] = &[
    (10001, Misconfigured, "the account is not active"),
    (10004, Retry, "too many calls at once"),
    (10005, Misconfigured, "calls are disabled for the account"),
    (20003, Misconfigured, "the credentials are wrong"),
    (20005, Misconfigured, "the account is not active"),
    (20006, Misconfigured, "access is denied"),
    (20404, Misconfigured, "the account was not found"),
    (20429, Retry, "too many requests"),
    (20500, Retry, "internal error"),
    (20503, Retry, "service unavailable"),
    (21201, Reject, "there is no recipient"),
    (21205, Misconfigured, "an address is not valid"),
    (21210, Misconfigured, "the caller's number is not verified"),
    (21211, Reject, "the recipient's number is not valid"),
    (21212, Misconfigured, "the sender's number is not valid"),
    (21213, Misconfigured, "there is no sender's number"),
    (21214, Next, "the number cannot be reached"),
    (21215, Next, "calls to this region are not enabled"),
    (21216, Next, "calls to this number are not permitted"),
    (21217, Reject, "the recipient's number is not valid"),
    (21219, Misconfigured, "a trial account reaches verified numbers only"),
    (21408, Next, "messages to this region are not enabled"),
    (21601, Misconfigured, "the sender's number cannot send messages"),
    (21602, Reject, "there is no text"),
    (21603, Misconfigured, "there is no sender's number"),
    (21604, Reject, "there is no recipient"),
    (21605, Reject, "the text is too long"),
    (21606, Next, "the sender's number cannot send to this recipient"),
    (21608, Misconfigured, "a trial account reaches verified numbers only"),
    (21609, Misconfigured, "the address for reports is not valid"),
    (21610, Reject, "the recipient has opted out"),
    (21611, Retry, "the sender's queue is full"),
    (21612, Next, "there is no route to the recipient"),
    (21614, Next, "the recipient's number cannot receive messages"),
    (21616, Misconfigured, "the sender's number is ambiguous"),
    (21617, Reject, "the text is too long"),
    (21635, Reject, "the recipient's number is a landline"),
    (21659, Misconfigured, "the sender's number is not one of the account"),
    (21660, Misconfigured, "the sender's number belongs to another account"),
    (30001, Retry, "the queue is full"),
    (30002, Misconfigured, "the account is suspended"),
    (30003, Retry, "the handset is unreachable"),
    (30004, Next, "the message was blocked"),
    (30005, Reject, "the number is unknown"),
    (30006, Reject, "the number is a landline or its carrier is unreachable"),
    (30007, Next, "the carrier filtered the message"),
    (30008, Retry, "unknown error"),
    (30010, Next, "the price is above the limit"),
    (30034, Misconfigured, "the sender's number is not registered"),
    (63038, Next, "the account's daily limit is reached"),
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
        assert_eq!(meaning(1), None);
    }
}
