//! Notifications to applications on telephones, one file per network.
//!
//! A network is asked with the account that the application's push credentials are. Leaves reading credentials to the
//! worker, and the words and what is to be approved to whoever made the request.

mod apns;
mod fcm;
mod hms;

use std::sync::Arc;

use postern_core::directory::push_credentials::PushAccount;
use postern_core::notify::{OutboundMessage, PushMessage};
use postern_core::time::Timestamp;
use serde_json::{Map, Value};

use crate::http::Outbound;
use crate::provider::Provider;
use crate::settings::{Addresses, PushSettings};

pub use apns::ApnsProvider;
pub use fcm::FcmProvider;
pub use hms::HmsProvider;

/// The provider of an account.
pub(crate) fn provider(settings: PushSettings, outbound: Outbound) -> Arc<dyn Provider> {
    let PushSettings { account, addresses } = settings;
    let Addresses { fcm, apns, hms, hms_tokens, .. } = addresses;
    match account {
        PushAccount::Fcm(account) => Arc::new(FcmProvider::new(account, outbound, fcm)),
        PushAccount::Apns { team_id, key } => Arc::new(ApnsProvider::new(team_id, *key, outbound, apns)),
        PushAccount::Hms { client_id, client_secret } => {
            Arc::new(HmsProvider::new(client_id, client_secret, outbound, hms, hms_tokens))
        }
    }
}

/// Title and data members for networks whose applications draw the notification themselves, so that they can show the
/// buttons of its category.
fn data(message: &OutboundMessage, push: &PushMessage) -> Map<String, Value> {
    let words = [("title", message.subject.clone().unwrap_or_default()), ("body", message.text.clone())];
    words
        .into_iter()
        .chain(push.data(message.environment))
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect()
}

/// How long the network may keep trying, in seconds: as long as the request can be answered.
fn life(message: &OutboundMessage, now: Timestamp) -> i64 {
    message.expires_at.since(now).as_seconds().max(1)
}
