//! The messages that wait to be sent, opened: what a provider would get.

use postern_core::ids::EnvironmentId;
use postern_core::notify::{OutboundMessage, payload};
use postern_core::time::Span;
use postern_store::tables::outbox as table;

use crate::TestApp;

/// A message as it would arrive.
#[derive(Debug, Clone)]
pub struct Mail {
    /// `SMS`, `VOICE`, `EMAIL`.
    pub channel: &'static str,
    /// Number or address.
    pub to: String,
    /// The text.
    pub text: String,
    /// The template it was made from.
    pub template: String,
    /// The code it carries.
    pub code: Option<String>,
}

impl TestApp {
    /// Takes every message that waits, oldest first, and settles it as sent.
    pub async fn take_mail(&self) -> Vec<Mail> {
        let now = self.now();
        let until = now.plus(Span::seconds(60));
        let leased = self
            .db()
            .write((now, until), |tx, (now, until)| {
                Box::pin(async move {
                    let mut leased = table::lease(tx, *now, *until, 1_000, &[]).await?;
                    leased.sort_by_key(|message| message.id);
                    let sent: Vec<table::Settled> = leased.iter().map(sent).collect();
                    table::settle(tx, &sent, *now).await?;
                    Ok::<_, postern_store::StoreError>(leased)
                })
            })
            .await
            .unwrap();
        let open = |environment: EnvironmentId, message: &table::Leased| -> OutboundMessage {
            payload::open(&self.app().parts.keys, environment, message.id, &message.payload).unwrap()
        };
        leased.iter().map(|message| mail(&open(message.environment, message))).collect()
    }

    /// The one message that waits.
    #[track_caller]
    pub fn only(mail: Vec<Mail>) -> Mail {
        let [one] = <[Mail; 1]>::try_from(mail).expect("exactly one message waits");
        one
    }
}

fn sent(message: &table::Leased) -> table::Settled {
    table::Settled {
        environment: message.environment,
        id: message.id,
        lease_until: message.lease_until,
        attempts: message.attempts + 1,
        settlement: table::Settlement::Sent,
        history: Vec::new(),
    }
}

fn mail(message: &OutboundMessage) -> Mail {
    Mail {
        channel: message.channel.request_name(),
        to: message.to.clone(),
        text: message.text.clone(),
        template: message.template.clone(),
        code: message.otp.as_ref().map(|code| code.expose().to_owned()),
    }
}
