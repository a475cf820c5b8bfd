//! Settings of which an environment has exactly one: read, replace, reset.
//!
//! What was never set is shown with its defaults. The record's id is the
//! environment's.

use http::Method;
use postern_core::entity::{Entity, Stored};
use postern_core::ids::Id;
use postern_core::permission::Permission;
use postern_core::schema::{Declared, Secrets};
use postern_engine::audit::{self, Event, Subject};
use postern_engine::references::one_at_a_time;
use postern_engine::{Ctx, Error, Result};
use postern_store::documents::{self, Document};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use super::resource::{Hook, nothing};
use super::{crud, view};
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

/// Settings of an environment.
pub trait Singleton: Send + Sync + 'static {
    /// What is kept.
    type Doc: Document + Declared + Clone;
    /// Its path.
    const PATH: &'static str;
    /// What it is called, such as `MFA settings`.
    const TITLE: &'static str;
    /// Chapter of the documentation.
    const GROUP: &'static str;
    /// Needed to read.
    const READ: Permission;
    /// Needed to change.
    const WRITE: Permission;

    /// What holds when nothing was set; `None`: then there is nothing to read.
    fn initial() -> Option<Self::Doc>;

    /// Seals secrets and checks references, in the same transaction.
    fn before_write<'t>(
        _tx: &'t mut Tx,
        _ctx: &'t Ctx,
        _new: &'t mut Stored<Self::Doc>,
        _secrets: &'t Secrets,
    ) -> Hook<'t> {
        nothing()
    }
}

/// The routes of the settings.
#[must_use]
pub fn routes<S: Singleton>() -> Vec<Route> {
    let title = |verb: &str| -> &'static str { format!("{verb} {}", S::TITLE).leak() };
    let routes = [
        Route::new(Method::GET, S::PATH, title("Read"), read::<S>).needs(S::READ),
        Route::new(Method::PUT, S::PATH, title("Update"), replace::<S>)
            .needs(S::WRITE)
            .body(S::Doc::schema()),
        Route::new(Method::DELETE, S::PATH, title("Reset"), reset::<S>).needs(S::WRITE),
    ];
    routes.into_iter().map(|route| route.group(S::GROUP)).collect()
}

pub(super) fn id<S: Singleton>(ctx: &Ctx) -> <S::Doc as Entity>::Id {
    Id::from_uuid(ctx.environment.uuid())
}

async fn read<S: Singleton>(call: Call) -> Result<Reply, Failure> {
    let mut tx = call.app.read().await?;
    let found = documents::find::<S::Doc>(&mut tx, call.ctx.environment, id::<S>(&call.ctx)).await?;
    drop(tx);
    match found {
        Some(stored) => Ok(Reply::ok(&render::<S>(&call, &stored.body, Some(&stored)))),
        None => {
            let body = S::initial().ok_or(Error::NotFound(S::TITLE))?;
            Ok(Reply::ok(&render::<S>(&call, &body, None)))
        }
    }
}

async fn replace<S: Singleton>(call: Call) -> Result<Reply, Failure> {
    let sent = call.object()?;
    let stored = call.app.write(&call.ctx, sent, |tx, ctx, sent| Box::pin(put::<S>(tx, ctx, sent))).await?;
    Ok(Reply::ok(&render::<S>(&call, &stored.body, Some(&stored))))
}

pub(super) async fn put<S: Singleton>(tx: &mut Tx, ctx: &Ctx, sent: &Value) -> Result<Stored<S::Doc>> {
    let mut old = documents::find::<S::Doc>(tx, ctx.environment, id::<S>(ctx)).await?;
    if old.is_none() {
        // Somebody else may set them for the first time too.
        one_at_a_time(tx, ctx).await?;
        old = documents::find::<S::Doc>(tx, ctx.environment, id::<S>(ctx)).await?;
    }
    let kept = old.as_ref().map(|old| view::body(&old.body));
    let sealed: Vec<(&str, Value)> =
        kept.iter().filter_map(|kept| kept.get("sealed")).map(|sealed| ("sealed", sealed.clone())).collect();
    let (body, secrets) = S::Doc::read(sent, kept.as_ref(), &sealed).map_err(Error::Invalid)?;
    let existed = old.is_some();
    let mut new = match old {
        Some(old) => Stored { body, ..old },
        None => Stored::new(ctx.environment, id::<S>(ctx), ctx.now, body),
    };
    S::before_write(tx, ctx, &mut new, &secrets).await?;
    if existed {
        documents::update(tx, &mut new, ctx.now).await?;
    } else {
        documents::insert(tx, &new).await?;
    }
    audit::record(tx, ctx, Event::new(format!("{}.UPDATED", S::Doc::KIND), Subject::of(&new))).await?;
    Ok(new)
}

async fn reset<S: Singleton>(call: Call) -> Result<Reply, Failure> {
    call.app
        .write(&call.ctx, (), |tx, ctx, ()| {
            Box::pin(async move {
                documents::delete::<S::Doc>(tx, ctx.environment, id::<S>(ctx)).await?;
                audit::record(
                    tx,
                    ctx,
                    Event::new(format!("{}.UPDATED", S::Doc::KIND), Subject::new::<S::Doc>(id::<S>(ctx))),
                )
                .await
            })
        })
        .await?;
    Ok(Reply::no_content())
}

pub(super) fn render<S: Singleton>(call: &Call, body: &S::Doc, stored: Option<&Stored<S::Doc>>) -> Value {
    let own = crud::address(&call.ctx, S::PATH, &call.params);
    let links =
        Links::to(&own).link("environment", &crud::environment_address(&call.ctx, call.ctx.environment));
    let mut members = Map::new();
    members.insert("environment".to_owned(), json!({ "id": call.ctx.environment }));
    let mut shown = view::body(body);
    S::Doc::schema_for(&Value::Object(shown.clone()), Some(&shown.clone())).hide_write_only(&mut shown);
    shown.shift_remove("sealed");
    members.extend(shown);
    if let Some(stored) = stored {
        members.insert("updatedAt".to_owned(), json!(stored.updated_at));
    }
    hal::resource(links, members)
}
