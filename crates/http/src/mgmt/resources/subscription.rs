//! Webhooks. Nothing is sent yet: they are kept and shown.

use postern_core::directory::application::Application;
use postern_core::directory::population::Population;
use postern_core::experience::subscription::{MOST, Subscription};
use postern_core::ids::{Id, parse_uuid};
use postern_core::permission::{Area, Permission};
use postern_engine::references::{has_room, must_exist};
use postern_engine::{Ctx, Error, Result};
use postern_store::documents::Document;
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::mgmt::resource::{Change, Hook, Resource};

/// See the module.
pub struct Subscriptions;

impl Resource for Subscriptions {
    type Doc = Subscription;
    const PATH: &'static str = "/v1/environments/{envID}/subscriptions";
    const ITEM: &'static str = "/v1/environments/{envID}/subscriptions/{subscriptionID}";
    const ID: &'static str = "subscriptionID";
    const EMBEDDED: &'static str = "subscriptions";
    const TITLE: &'static str = "subscription";
    const GROUP: &'static str = "Subscriptions (webhooks)";
    const READ: Permission = Permission::Read(Area::Webhooks);
    const WRITE: Permission = Permission::Write(Area::Webhooks);

    fn example(n: usize) -> Value {
        json!({ "name": format!("SIEM {n}"), "enabled": true, "protocol": "HTTPS", "format": "ACTIVITY",
            "httpEndpoint": { "url": "https://siem.example/events", "headers": { "X-Source": "customers" } },
            "verifyTlsCertificates": true, "filterOptions": { "includedActionTypes": ["USER.CREATED", "USER.DELETED"] } })
    }

    fn before_write<'t>(tx: &'t mut Tx, ctx: &'t Ctx, change: &'t mut Change<Subscription>) -> Hook<'t> {
        Box::pin(async move {
            if change.old.is_none() && !has_room::<Subscription>(tx, ctx, MOST).await? {
                // PingOne answers the one too many with 403.
                return Err(Error::Denied);
            }
            let filter = &change.new.filter_options;
            all_exist::<Application>(tx, ctx, filter, "includedApplications").await?;
            all_exist::<Population>(tx, ctx, filter, "includedPopulations").await
        })
    }
}

async fn all_exist<T: Document>(tx: &mut Tx, ctx: &Ctx, filter: &Value, member: &str) -> Result<()> {
    let named = filter.get(member).and_then(Value::as_array).into_iter().flatten();
    for (at, item) in named.enumerate() {
        let id = item.get("id").and_then(Value::as_str).and_then(|text| parse_uuid(text).ok());
        if let Some(id) = id {
            let target = format!("filterOptions.{member}[{at}].id");
            must_exist::<T>(tx, ctx, T::Id::from_uuid(id), &target).await?;
        }
    }
    Ok(())
}
