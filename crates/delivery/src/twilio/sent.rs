//! Whether Twilio has a message already.
//!
//! Twilio knows no idempotency key. So before a text message is tried again,
//! the account is asked for what it sent to the number since the message was
//! enqueued: the same words are the same message. Calls do not tell what they
//! said, so there is nothing to be found of them.

use postern_core::notify::OutboundMessage;
use postern_core::time::Timestamp;
use serde::Deserialize;

use super::TwilioAccount;
use super::answer::{is_failed, known};
use crate::http::Call;
use crate::outcome::Outcome;
use crate::provider::Attempt;

/// The newest messages to the number that are looked at; small enough that the answer stays below its limit.
const NEWEST: &str = "20";

#[derive(Deserialize)]
struct Page {
    messages: Vec<Sent>,
}

#[derive(Deserialize)]
struct Sent {
    sid: Option<String>,
    status: Option<String>,
    body: Option<String>,
    date_created: Option<String>,
}

impl TwilioAccount {
    /// What became of the message at an earlier attempt; none when it is not there, or Twilio does not say.
    pub(crate) async fn find_sent(&self, message: &OutboundMessage, attempt: &Attempt) -> Option<Outcome> {
        let mut url = self.address(&["Messages.json"]).ok()?;
        url.query_pairs_mut().append_pair("To", &message.to).append_pair("PageSize", NEWEST);
        let answer = self.send(Call::get(url), attempt.now).await.ok()?;
        let page: Page = answer.json().filter(|_| answer.is_success())?;
        let ours = |sent: &Sent| {
            sent.body.as_deref() == Some(&message.text)
                && sent
                    .date_created
                    .as_deref()
                    .and_then(moment)
                    .is_some_and(|at| at >= attempt.enqueued_at.seconds())
                && !sent.status.as_deref().is_some_and(is_failed)
        };
        let found = page.messages.into_iter().find(ours)?;
        Some(known(found.sid.as_deref(), found.status.as_deref()))
    }
}

/// Twilio's dates have no parts of a second.
fn moment(date: &str) -> Option<i64> {
    let date = jiff::fmt::rfc2822::parse(date).ok()?;
    Some(Timestamp::from_seconds(date.timestamp().as_second()).seconds())
}
