//! The inbox as JSON, for tests and scripts.

use std::borrow::Cow;

use postern_core::notify::message::SealedOnly;
use postern_core::time::Timestamp;
use postern_engine::Error;
use postern_http::web::{Call, Failure, Reply};
use serde::Serialize;
use serde_json::{Value, json};

use crate::Inbox;
use crate::inbox::Received;
use crate::query;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'m> {
    id: String,
    environment: Value,
    channel: &'static str,
    to: &'m str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'m str>,
    text: Cow<'m, str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    html: bool,
    locale: &'m str,
    template: &'m str,
    #[serde(skip_serializing_if = "Option::is_none")]
    otp: Option<&'m str>,
    created_at: Timestamp,
}

impl<'m> From<&'m Received> for View<'m> {
    fn from(Received { at, message }: &'m Received) -> Self {
        Self {
            id: message.id.to_string(),
            environment: json!({ "id": message.environment }),
            channel: message.channel.request_name(),
            to: &message.to,
            subject: message.subject.as_deref(),
            text: message.readable(),
            html: message.html,
            locale: &message.locale,
            template: &message.template,
            otp: message.otp.as_ref().map(SealedOnly::expose),
            created_at: *at,
        }
    }
}

/// `GET …/messages`: those that are there, or the first to come within `wait`.
pub(crate) async fn list(inbox: Inbox, call: Call) -> Result<Reply, Failure> {
    let (wanted, wait) = query::read(&call.query()).map_err(Error::Malformed)?;
    let found = inbox.read(call.ctx.environment, &wanted, wait).await?;
    let views: Vec<View<'_>> = found.iter().map(View::from).collect();
    Ok(Reply::json(200, &json!({ "messages": views })))
}

/// `DELETE …/messages`: removes them all.
pub(crate) async fn clear(inbox: Inbox, call: Call) -> Result<Reply, Failure> {
    inbox.clear(call.ctx.environment).await?;
    Ok(Reply::no_content())
}
