//! Which providers carry the messages of an environment, in which order.
//!
//! Read from the settings and kept for a few seconds; the providers themselves
//! are kept by the registry for as long as their settings stay the same.

use std::sync::Arc;

use postern_core::crypto::keyring::KeyRing;
use postern_core::entity::{Entity as _, Stored};
use postern_core::ids::{EnvironmentId, Id as _, SettingsId};
use postern_core::notify::content::Mailbox;
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::policy::email_delivery::EmailDelivery;
use postern_core::policy::notification_settings::{NotificationSettings, OPERATOR_EMAIL, OPERATOR_PHONE};
use postern_core::policy::phone_delivery::PhoneDelivery;
use postern_core::policy::whatsapp_delivery::WhatsAppDelivery;
use postern_core::recent::Recent;
use postern_core::time::{Span, Timestamp};
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::{Db, Result};

use super::broken::Broken;
use super::pushers::Pushers;
use crate::chain::Link;
use crate::configured;
use crate::registry::Registry;
use crate::settings::Addresses;

/// How long changed settings may go unseen.
pub(super) const FRESH: Span = Span::seconds(5);
/// Environments whose providers are remembered.
pub(super) const CAPACITY: usize = 10_000;
/// More phone delivery settings than an environment can have.
const MOST: i64 = 100;

/// The providers of all environments.
pub(super) struct Providers {
    pub(super) db: Db,
    pub(super) keys: Arc<KeyRing>,
    pub(super) registry: Registry,
    pub(super) addresses: Addresses,
    /// The operator's own.
    pub(super) operator: Option<Link>,
    known: Recent<EnvironmentId, (Timestamp, Arc<Configured>)>,
    push: Pushers,
}

/// The providers of one environment.
#[derive(Default)]
pub(super) struct Configured {
    phone: Vec<Link>,
    /// Whether an administrator gave the order, so that nobody else is asked.
    phone_in_order: bool,
    email: Vec<Link>,
    whatsapp: Vec<Link>,
    operator: Option<Link>,
    /// For mail that leaves by the operator's server.
    from: Option<Mailbox>,
    reply_to: Option<Mailbox>,
}

impl Providers {
    pub(super) fn new(
        db: Db,
        keys: Arc<KeyRing>,
        registry: Registry,
        addresses: Addresses,
        operator: Option<Link>,
    ) -> Self {
        let (known, push) = (Recent::new(CAPACITY), Pushers::default());
        Self { db, keys, registry, addresses, operator, known, push }
    }

    /// Those to be asked for a message, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn of_message(
        &self,
        message: &mut OutboundMessage,
        now: Timestamp,
    ) -> Result<Vec<Link>> {
        let own = match &message.push {
            Some(push) => self.push.of(self, message.environment, push, now).await?,
            None => None,
        };
        match own {
            Some(link) => Ok(vec![link]),
            None => Ok(self.of(message.environment, now).await?.for_message(message)),
        }
    }

    /// The providers of an environment.
    ///
    /// # Errors
    /// Those of the database.
    async fn of(&self, environment: EnvironmentId, now: Timestamp) -> Result<Arc<Configured>> {
        if let Some((read_at, known)) = self.known.get(&environment)
            && now.since(read_at) < FRESH
        {
            return Ok(known);
        }
        let read = Arc::new(self.read(environment).await?);
        self.known.insert(environment, (now, Arc::clone(&read)));
        Ok(read)
    }

    async fn read(&self, environment: EnvironmentId) -> Result<Configured> {
        let single = SettingsId::from_uuid(environment.uuid());
        let mut tx = self.db.read().await?;
        let settings = documents::find::<NotificationSettings>(&mut tx, environment, single).await?;
        let email = documents::find::<EmailDelivery>(&mut tx, environment, single).await?;
        let whatsapp = documents::find::<WhatsAppDelivery>(&mut tx, environment, single).await?;
        let phones = documents::list::<PhoneDelivery>(
            &mut tx,
            environment,
            &Select::first(Condition::Everything, MOST),
        )
        .await?;
        drop(tx);
        let settings = settings.map(|stored| stored.body).unwrap_or_default();
        let order = settings.sms_providers_fallback_chain.as_deref().filter(|order| !order.is_empty());
        let by_operator =
            settings.email_provider_fallback_chain.iter().flatten().any(|name| name == OPERATOR_EMAIL);
        Ok(Configured {
            phone: match order {
                Some(order) => order.iter().filter_map(|name| self.named(name, &phones)).collect(),
                None => self.ready(phones),
            },
            phone_in_order: order.is_some(),
            email: email.filter(|_| !by_operator).map(|record| self.email(&record)).into_iter().collect(),
            whatsapp: whatsapp.map(|record| self.whatsapp(&record)).into_iter().collect(),
            operator: self.operator.clone(),
            from: settings.from.as_ref().map(configured::mailbox),
            reply_to: settings.reply_to.as_ref().map(configured::mailbox),
        })
    }

    fn named(&self, name: &str, phones: &[Stored<PhoneDelivery>]) -> Option<Link> {
        if name == OPERATOR_PHONE {
            return self.operator.clone();
        }
        phones
            .iter()
            .find(|record| record.id.to_string().eq_ignore_ascii_case(name))
            .map(|record| self.phone(record))
    }

    /// Those that can send, the default one first, then in the order of their creation.
    fn ready(&self, mut phones: Vec<Stored<PhoneDelivery>>) -> Vec<Link> {
        phones.retain(|record| configured::is_ready(record));
        phones.sort_by_key(|record| record.default != Some(true));
        phones.iter().map(|record| self.phone(record)).collect()
    }

    fn phone(&self, record: &Stored<PhoneDelivery>) -> Link {
        let settings = || configured::phone(&self.keys, record, self.addresses.twilio.as_ref());
        let link = self.registry.link(
            record.environment,
            (PhoneDelivery::KIND, record.id.uuid()),
            record.rev,
            settings,
        );
        link.unwrap_or_else(|why| {
            Broken::link(record.provider.as_str(), &[Channel::Sms, Channel::Voice], why)
        })
    }

    fn whatsapp(&self, record: &Stored<WhatsAppDelivery>) -> Link {
        let settings = || configured::whatsapp(&self.keys, record, self.addresses.whatsapp.as_ref());
        let link = self.registry.link(
            record.environment,
            (WhatsAppDelivery::KIND, record.id.uuid()),
            record.rev,
            settings,
        );
        link.unwrap_or_else(|why| Broken::link(record.provider.as_str(), &[Channel::WhatsApp], why))
    }

    fn email(&self, record: &Stored<EmailDelivery>) -> Link {
        let settings = || configured::email(&self.keys, record);
        let link = self.registry.link(
            record.environment,
            (EmailDelivery::KIND, record.id.uuid()),
            record.rev,
            settings,
        );
        link.unwrap_or_else(|why| Broken::link(record.protocol.as_str(), &[Channel::Email], why))
    }
}

impl Configured {
    /// Those to be asked for a message, in order. Mail that the operator carries gets the environment's sender where
    /// the text named none.
    fn for_message(&self, message: &mut OutboundMessage) -> Vec<Link> {
        let own = match message.channel {
            Channel::Sms | Channel::Voice => &self.phone,
            Channel::Email => &self.email,
            Channel::WhatsApp => &self.whatsapp,
            // Belongs to an application and not to the environment.
            Channel::Push => &Vec::new(),
        };
        let serving = |link: &&Link| link.provider.serves(message.channel);
        let chosen: Vec<Link> = own.iter().filter(serving).cloned().collect();
        let phone = matches!(message.channel, Channel::Sms | Channel::Voice);
        if !chosen.is_empty() || (phone && self.phone_in_order) {
            return chosen;
        }
        let operator: Vec<Link> = self.operator.iter().filter(serving).cloned().collect();
        if message.channel == Channel::Email {
            message.from = message.from.take().or_else(|| self.from.clone());
            message.reply_to = message.reply_to.take().or_else(|| self.reply_to.clone());
        }
        operator
    }
}
