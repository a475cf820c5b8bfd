//! `notificationsSettings/instantMessagingDeliverySettings/whatsApp`: the WhatsApp account (notifications contract 1.6).
//!
//! A change asks WhatsApp first: whether the credentials are right, and which
//! numbers the account has. That waits for the network, so it is an ordinary
//! handler that does it before its transaction.

use http::Method;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_core::policy::whatsapp_delivery::{WhatsAppDelivery, WhatsAppNumber};
use postern_core::schema::{Declared, Secrets};
use postern_engine::{Ctx, Error, Result, delivery_settings};
use postern_store::documents;
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::Hook;
use crate::mgmt::singleton::{self, Singleton};
use crate::mgmt::view;
use crate::web::{Call, Failure, Reply, Route};

/// See the module.
struct WhatsApp;

impl Singleton for WhatsApp {
    type Doc = WhatsAppDelivery;
    const PATH: &'static str =
        "/v1/environments/{envID}/notificationsSettings/instantMessagingDeliverySettings/whatsApp";
    const TITLE: &'static str = "WhatsApp delivery settings";
    const GROUP: &'static str = "WhatsApp delivery settings";
    const READ: Permission = Permission::Read(Area::NotificationSettings);
    const WRITE: Permission = Permission::Write(Area::NotificationSettings);

    fn initial() -> Option<WhatsAppDelivery> {
        None
    }

    fn before_write<'t>(
        _tx: &'t mut Tx,
        ctx: &'t Ctx,
        new: &'t mut Stored<WhatsAppDelivery>,
        secrets: &'t Secrets,
    ) -> Hook<'t> {
        Box::pin(std::future::ready(delivery_settings::seal_whatsapp(ctx, new, secrets)))
    }
}

/// The routes: those of any settings, with a reading and a change of their own.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    type S = WhatsApp;
    let read = Route::new(Method::GET, S::PATH, "Read WhatsApp delivery settings", read).needs(S::READ);
    let replace = Route::new(Method::PUT, S::PATH, "Update WhatsApp delivery settings", replace)
        .needs(S::WRITE)
        .body(WhatsAppDelivery::schema());
    let plain = singleton::routes::<S>().into_iter().filter(|route| route.method == Method::DELETE);
    [read, replace].map(|route| route.group(S::GROUP)).into_iter().chain(plain).collect()
}

async fn kept(call: &Call) -> Result<Option<Stored<WhatsAppDelivery>>> {
    let mut tx = call.app.read().await?;
    Ok(documents::find(&mut tx, call.ctx.environment, singleton::id::<WhatsApp>(&call.ctx)).await?)
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let stored = kept(&call).await?.ok_or(Error::NotFound(WhatsApp::TITLE))?;
    let mut shown = singleton::render::<WhatsApp>(&call, &stored.body, Some(&stored));
    let expands = call.query().lists("expand", "whatsAppTemplates");
    if expands && let Some(gateway) = call.app.parts.gateway.clone() {
        let none = Secrets::default();
        let account = delivery_settings::whatsapp_account(&call.ctx, &stored.body, &none, Some(&stored))?;
        let found = delivery_settings::whatsapp_templates(&call.ctx, gateway.as_ref(), &account).await?;
        if let Some(members) = shown.as_object_mut() {
            members.insert("_embedded".to_owned(), json!({ "whatsAppTemplates": found }));
        }
    }
    Ok(Reply::ok(&shown))
}

async fn replace(call: Call) -> Result<Reply, Failure> {
    let mut sent = call.object()?;
    let old = kept(&call).await?;
    if let Some(gateway) = call.app.parts.gateway.clone() {
        let known = old.as_ref().map(|old| view::body(&old.body));
        let (mut settings, secrets) =
            WhatsAppDelivery::read(&sent, known.as_ref(), &[]).map_err(Error::Invalid)?;
        let account = delivery_settings::whatsapp_account(&call.ctx, &settings, &secrets, old.as_ref())?;
        let found = delivery_settings::whatsapp_numbers(&call.ctx, gateway.as_ref(), &account).await?;
        choose(&call.ctx, &mut settings, &found, old.as_ref())?;
        if let Value::Object(members) = &mut sent {
            members.insert("numbers".to_owned(), json!(settings.numbers));
        }
    }
    let put =
        call.app.write(&call.ctx, sent, |tx, ctx, sent| Box::pin(singleton::put::<WhatsApp>(tx, ctx, sent)));
    let stored = put.await?;
    Ok(Reply::ok(&singleton::render::<WhatsApp>(&call, &stored.body, Some(&stored))))
}

fn choose(
    ctx: &Ctx,
    settings: &mut WhatsAppDelivery,
    found: &[WhatsAppNumber],
    old: Option<&Stored<WhatsAppDelivery>>,
) -> Result<()> {
    settings.choose_among(found, old.map(|old| &old.body), ctx.now).map_err(Error::Invalid)
}
