//! The collection: create, list, order.

use postern_core::devices::input::{self, NewDevice};
use postern_core::filter::{AttributeKind, FilterAttribute, Operator};
use postern_core::ids::{DeviceId, Id, UserId};
use postern_core::schema;
use postern_engine::devices::{self, Created, Listing};
use postern_engine::{Ctx, Error};
use serde::Deserialize;
use serde_json::json;

use crate::device_view::{self as view, Managed};
use crate::mgmt::condition;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, browser_cookie, paging};

/// What a filter may name.
const FILTERS: &[FilterAttribute] = &[
    FilterAttribute {
        name: "status",
        kind: AttributeKind::Text,
        operators: &[Operator::Eq],
        column: "status",
    },
    FilterAttribute { name: "type", kind: AttributeKind::Text, operators: &[Operator::Eq], column: "type" },
    FilterAttribute { name: "id", kind: AttributeKind::Uuid, operators: &[Operator::Eq], column: "id" },
];

/// Pairs a device.
pub(super) async fn create(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let wanted = NewDevice::read(&call.object()?).map_err(Error::Invalid)?;
    let work = (user, wanted);
    let Created { device, cookie } = call
        .app
        .write(&call.ctx, work, |tx, ctx, (user, wanted)| Box::pin(devices::create(tx, ctx, *user, wanted)))
        .await?;
    let shown = Managed::of(&call.ctx, &device);
    let reply = Reply::created_at(shown.address(), &shown);
    Ok(match (&device.browser, cookie) {
        (Some(browser), Some(cookie)) => browser_cookie::give(&call, reply, user, browser, &cookie),
        _ => reply,
    })
}

/// Most devices of a page; more than a user can have.
const MOST: i64 = 1_000;

/// Lists a user's devices. `expand=typeDisplayNames` adds nothing: types have no names beside their words.
pub(super) async fn list(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let query = call.query();
    let condition = condition::parse(query.get("filter"), FILTERS)?;
    let window = paging::window(&query, MOST, MOST)?;
    let with_order = query.lists("expand", "order");
    let mut tx = call.app.read().await?;
    let mut listing = devices::list(&mut tx, &call.ctx, user, condition).await?;
    drop(tx);
    let count = listing.devices.len();
    let own = collection_address(&call.ctx, user);
    if let Some((_, last)) = window.after {
        let begin = listing.devices.iter().position(|device| device.id.uuid() == last);
        listing.devices.drain(..begin.map_or(count, |before| before + 1));
    }
    let links = paging::cut(&mut listing.devices, window.limit, &own, &query);
    Ok(Reply::ok(&render(&call.ctx, user, &listing, links, count, with_order)))
}

/// Sets the order.
pub(super) async fn reorder(call: Call) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Body {
        order: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        id: DeviceId,
    }
    let user: UserId = call.id("userID")?;
    let body: Body = input::order_schema()
        .check(&call.object()?, None)
        .and_then(schema::decode)
        .map_err(Error::Invalid)?;
    let order: Vec<DeviceId> = body.order.into_iter().map(|entry| entry.id).collect();
    let listing = call
        .app
        .write(&call.ctx, (user, order), |tx, ctx, (user, order)| {
            Box::pin(async move {
                devices::reorder(tx, ctx, *user, order).await?;
                devices::list(tx, ctx, *user, postern_store::documents::Condition::Everything).await
            })
        })
        .await?;
    Ok(Reply::ok(&render_all(&call.ctx, user, &listing)))
}

/// Removes the order and shows the devices.
pub(super) async fn remove_order(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    let listing = call
        .app
        .write(&call.ctx, user, |tx, ctx, user| {
            Box::pin(async move {
                devices::remove_order(tx, ctx, *user).await?;
                devices::list(tx, ctx, *user, postern_store::documents::Condition::Everything).await
            })
        })
        .await?;
    Ok(Reply::ok(&render_all(&call.ctx, user, &listing)))
}

/// Removes the order.
pub(super) async fn delete_order(call: Call) -> Result<Reply, Failure> {
    let user: UserId = call.id("userID")?;
    call.app.write(&call.ctx, user, |tx, ctx, user| Box::pin(devices::remove_order(tx, ctx, *user))).await?;
    Ok(Reply::no_content())
}

fn collection_address(ctx: &Ctx, user: UserId) -> String {
    format!("{}/devices", view::user_address(ctx, user))
}

/// All devices of the user, with their order.
fn render_all(ctx: &Ctx, user: UserId, listing: &Listing) -> serde_json::Value {
    let links = Links::to(&collection_address(ctx, user));
    render(ctx, user, listing, links, listing.devices.len(), true)
}

/// A page of devices; `count` is how many there are on all pages.
fn render(
    ctx: &Ctx,
    user: UserId,
    listing: &Listing,
    links: Links,
    count: usize,
    with_order: bool,
) -> serde_json::Value {
    let own = collection_address(ctx, user);
    let mut links = links.link("devices.reorder", &own);
    if !listing.order.is_empty() {
        links = links.link("devices.order.remove", &own);
    }
    let shown = |device| serde_json::to_value(Managed::of(ctx, device)).unwrap_or_default();
    let items: Vec<_> = listing.devices.iter().map(shown).collect();
    let mut all = hal::collection(links, "devices", items, i64::try_from(count).ok());
    if let (true, Some(embedded)) = (with_order, all.get_mut("_embedded")) {
        let order: Vec<_> = listing.order.iter().map(|id| json!({ "id": id })).collect();
        if let Some(members) = embedded.as_object_mut() {
            members.insert("order".to_owned(), json!(order));
        }
    }
    all
}
