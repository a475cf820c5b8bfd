//! Phone delivery settings: the gateways for text messages and calls (notifications contract 1.3).
//!
//! Creation asks the provider first: whether the credentials are right, and
//! which numbers the account has. That waits for the network, so it is an
//! ordinary handler that does it before its transaction.

use http::Method;
use postern_core::entity::Stored;
use postern_core::permission::{Area, Permission};
use postern_core::policy::phone_delivery::PhoneDelivery;
use postern_core::schema::Declared;
use postern_engine::{Ctx, Error, delivery_settings};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use crate::mgmt::crud;
use crate::mgmt::resource::{Change, Hook, Resource, Verb};
use crate::mgmt::view;
use crate::web::{Call, Failure, Reply, Route};

/// See the module.
pub struct PhoneDeliverySettings;

impl Resource for PhoneDeliverySettings {
    type Doc = PhoneDelivery;
    const PATH: &'static str = "/v1/environments/{envID}/notificationsSettings/phoneDeliverySettings";
    const ITEM: &'static str =
        "/v1/environments/{envID}/notificationsSettings/phoneDeliverySettings/{phoneDeliverySettingsID}";
    const ID: &'static str = "phoneDeliverySettingsID";
    const EMBEDDED: &'static str = "phoneDeliverySettings";
    const TITLE: &'static str = "phone delivery setting";
    const GROUP: &'static str = "Phone delivery settings";
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Read, Verb::Replace, Verb::Delete];
    const READ: Permission = Permission::Read(Area::NotificationSettings);
    const WRITE: Permission = Permission::Write(Area::NotificationSettings);

    fn example(n: usize) -> Value {
        json!({
            "provider": "CUSTOM_PROVIDER", "name": format!("Gateway {n}"),
            "authentication": { "method": "BEARER", "authToken": "a-token" },
            "requests": [{
                "deliveryMethod": "SMS", "method": "POST", "url": "https://gateway.example.com/sms",
                "headers": { "content-type": "application/json" },
                "body": "{\"to\":\"${to}\",\"text\":\"${message}\"}", "phoneNumberFormat": "FULL",
            }],
        })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<PhoneDelivery>) -> Hook<'t> {
        Box::pin(async move {
            if change.old.is_none() {
                delivery_settings::check_room(tx, ctx).await?;
            }
            delivery_settings::seal_phone(ctx, &mut change.new, &change.secrets, change.old.as_ref())
        })
    }

    fn before_delete<'t>(tx: &'t mut Tx, ctx: &'t Ctx, old: &'t Stored<PhoneDelivery>) -> Hook<'t> {
        Box::pin(delivery_settings::refuse_while_in_chain(tx, ctx, old.id))
    }

    fn view(_ctx: &Ctx, stored: &Stored<PhoneDelivery>) -> Map<String, Value> {
        view::members(stored, PhoneDelivery::schema())
    }
}

/// The routes: the plain ones, and the creation.
#[must_use]
pub fn routes() -> Vec<Route> {
    type R = PhoneDeliverySettings;
    let create = Route::new(Method::POST, R::PATH, "Create phone delivery setting", create)
        .needs(R::WRITE)
        .body(PhoneDelivery::schema())
        .group(R::GROUP);
    let mut routes = crud::routes::<R>();
    routes.insert(1, create);
    routes
}

async fn create(call: Call) -> Result<Reply, Failure> {
    type R = PhoneDeliverySettings;
    let mut sent = call.object()?;
    let (settings, secrets) = PhoneDelivery::read(&sent, None, &[]).map_err(Error::Invalid)?;
    if let Some(gateway) = call.app.parts.gateway.clone() {
        let found = delivery_settings::discover(&call.ctx, gateway.as_ref(), &settings, &secrets).await?;
        if let (Some(numbers), Some(members)) = (found, sent.as_object_mut()) {
            members.insert("numbers".to_owned(), json!(numbers));
        }
    }
    let work = (call.params.clone(), sent);
    let insert = call
        .app
        .write(&call.ctx, work, |tx, ctx, (params, sent)| Box::pin(crud::insert::<R>(tx, ctx, params, sent)));
    let stored = insert.await?;
    Ok(Reply::created(&crud::render::<R>(&call.ctx, &call.params, &stored)))
}
