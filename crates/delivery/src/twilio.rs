//! A Twilio account, shared by text messages and calls.
//!
//! Owns the wire: addresses, credentials, and what an answer means. Twilio
//! documents no idempotency key for creating messages or calls, so none is
//! sent. A text message is looked for before it is tried again; a call whose
//! answer is lost may reach the person twice, with the same code.

mod answer;
pub mod codes;
mod numbers;
mod sent;

pub use numbers::FetchError;

use futures_util::future::BoxFuture;
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::secret::Secret;
use postern_core::time::Timestamp;
use url::Url;

use crate::http::{Answer, Call, Outbound, OutboundError};
use crate::outcome::Outcome;
use crate::provider::{Attempt, Provider};
use crate::settings::{TwilioSender, TwilioSettings};

const API: &str = "https://api.twilio.com/";
const VERSION: &str = "2010-04-01";

/// An account with its credentials.
#[derive(Debug, Clone)]
pub struct TwilioAccount {
    outbound: Outbound,
    base: Option<Url>,
    sid: String,
    token: Secret,
}

impl TwilioAccount {
    /// An account. `base` is another address of the API than Twilio's own.
    #[must_use]
    pub fn new(outbound: Outbound, sid: &str, token: Secret, base: Option<Url>) -> Self {
        Self { outbound, base, sid: sid.to_owned(), token }
    }

    /// Creates a resource and says what that means for the message.
    pub(crate) async fn create(&self, path: &[&str], form: &[(&str, &str)], now: Timestamp) -> Outcome {
        let call = match self.address(path) {
            Ok(url) => Call::post(url).form(form),
            Err(error) => return error.outcome(),
        };
        match self.send(call, now).await {
            Ok(answer) => answer::outcome(&answer),
            Err(error) => error.outcome(),
        }
    }

    async fn send(&self, call: Call, now: Timestamp) -> Result<Answer, OutboundError> {
        self.outbound.send(call.basic(&self.sid, &self.token), now).await
    }

    /// The address of something that belongs to the account.
    fn address(&self, path: &[&str]) -> Result<Url, OutboundError> {
        let mut url = match &self.base {
            Some(base) => base.clone(),
            None => Url::parse(API).map_err(|_| OutboundError::Malformed)?,
        };
        url.path_segments_mut()
            .map_err(|()| OutboundError::Malformed)?
            .pop_if_empty()
            .extend([VERSION, "Accounts", &self.sid])
            .extend(path);
        Ok(url)
    }
}

/// A Twilio account that sends messages and calls.
#[derive(Debug)]
pub struct TwilioProvider {
    account: TwilioAccount,
    sender: TwilioSender,
}

impl TwilioProvider {
    /// A provider from its settings; nothing is checked yet.
    #[must_use]
    pub fn new(settings: TwilioSettings, outbound: Outbound) -> Self {
        let TwilioSettings { account_sid, auth_token, sender, base_url } = settings;
        Self { account: TwilioAccount::new(outbound, &account_sid, auth_token, base_url), sender }
    }
}

impl Provider for TwilioProvider {
    fn name(&self) -> &str {
        "TWILIO"
    }

    fn serves(&self, channel: Channel) -> bool {
        match self.sender {
            TwilioSender::Numbers(_) => matches!(channel, Channel::Sms | Channel::Voice),
            TwilioSender::MessagingService(_) => channel == Channel::Sms,
        }
    }

    fn deliver<'a>(&'a self, message: &'a OutboundMessage, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            match (message.channel, &self.sender) {
                (Channel::Sms, sender) => {
                    crate::sms::twilio::send(&self.account, sender, message, attempt).await
                }
                (Channel::Voice, TwilioSender::Numbers(numbers)) => {
                    crate::voice::twilio::call(&self.account, numbers, message, attempt.now).await
                }
                _ => Outcome::next("Twilio does not carry this kind of message"),
            }
        })
    }
}
