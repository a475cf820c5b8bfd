//! Codes that are sent: by mail, call or WhatsApp. The inbox of the development server gets them.

use anyhow::Context as _;
use serde_json::{Value, json};
use url::Url;

use super::scene::{Scene, complete, other, refuse};
use crate::demo::walk::{Walk, detail};
use crate::terminal::{Style, say, styled};

/// A way to send codes.
pub(super) struct Way {
    /// The member of the policy.
    member: &'static str,
    /// The type of the device.
    kind: &'static str,
    /// The member with the address, and the address.
    address: (&'static str, &'static str),
    /// Whether its messages can tell of a transfer.
    tells: bool,
}

pub(super) const EMAIL: Way =
    Way { member: "email", kind: "EMAIL", address: ("email", "alice@example.com"), tells: true };
pub(super) const VOICE: Way =
    Way { member: "voice", kind: "VOICE", address: ("phone", "+1.5125550134"), tells: true };
pub(super) const WHATSAPP: Way =
    Way { member: "whatsApp", kind: "WHATSAPP", address: ("phone", "+1.5125550134"), tells: false };

pub(super) async fn show(walk: &mut Walk, way: &Way) -> anyhow::Result<()> {
    let otp = json!({
        "failure": { "count": 3, "coolDown": { "duration": 0, "timeUnit": "MINUTES" } },
        "lifeTime": { "duration": 30, "timeUnit": "MINUTES" },
    });
    let scene = Scene::set(walk, &[(way.member, json!({ "enabled": true, "otp": otp }))]).await?;
    let (member, address) = way.address;
    let device = scene.offer(walk, json!({ "type": way.kind, member: address })).await?;
    let pairing = message(walk, way, None).await?;
    scene.activate(walk, &device.id()?, &json!({ "otp": pairing.code })).await?;

    let authentication = if way.tells {
        scene.start_transfer(walk, "OTP_REQUIRED").await?
    } else {
        scene.start(walk, "OTP_REQUIRED").await?
    };
    let sent = message(walk, way, Some(&pairing.id)).await?;
    let wrong = json!({ "otp": other(&sent.code) });
    refuse(walk, "Check a wrong code", &authentication, "otp.check", &wrong, "INVALID_OTP").await?;
    let right = json!({ "otp": sent.code });
    complete(walk, "Check the right code", &authentication, "otp.check", &right).await
}

/// A message as it arrived.
struct Message {
    id: String,
    code: String,
}

/// The next message after this one, on the channel that it should have come by.
async fn message(walk: &Walk, way: &Way, after: Option<&str>) -> anyhow::Result<Message> {
    let mut url = Url::parse(&format!("{}/messages", walk.sandbox))?;
    url.query_pairs_mut().append_pair("to", way.address.1).append_pair("wait", "10s");
    if let Some(after) = after {
        url.query_pairs_mut().append_pair("since", after);
    }
    let answer = walk.look(url.as_str()).await?;
    let found = answer.text("/messages/0/text").context("no message came within ten seconds")?;
    answer.expect("/messages/0/channel", Value::from(way.kind))?;
    let text: String = found.split_whitespace().collect::<Vec<_>>().join(" ");
    say(format_args!("    {} {text}", styled(Style::Accent, format_args!("{:<12}", "message"))));
    let code = answer.text("/messages/0/otp")?.to_owned();
    detail("code", &code);
    Ok(Message { id: answer.text("/messages/0/id")?.to_owned(), code })
}
