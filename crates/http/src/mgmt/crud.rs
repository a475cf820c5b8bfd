//! The generic handlers: list, create, read, replace, patch and delete for every [`Resource`].
//!
//! One create, step by step. The router has authenticated the caller, resolved
//! the environment and checked [`Resource::WRITE`]. [`create`] then
//!
//! 1. reads the body as JSON;
//! 2. lets [`Declared::read`] check it against the declaration, decode it and
//!    ask its rules: all problems come back at once, each naming its field;
//! 3. opens one transaction in which it looks for the parents named in the path
//!    (404 if one is missing, and held from then on), asks [`Resource::before_write`] for rules over
//!    several records, inserts the document, lets [`Resource::after_write`] do
//!    its side effects and records `KIND.CREATED` in the audit trail;
//! 4. renders the record as HAL with 201 and a `Location`.
//!
//! A unique index that is taken becomes `UNIQUENESS_VIOLATION` naming the field
//! (`engine::unique`). A lost compare-and-swap runs the transaction again.

use http::Method;
use postern_core::entity::{Entity, Stored};
use postern_core::ids::{EnvironmentId, Id};
use postern_core::schema::{Declared, Object};
use postern_engine::audit::{self, Event, Subject};
use postern_engine::{Ctx, Error, Result};
use postern_store::documents::{self, Condition, Op, Select};
use postern_store::sql::Tx;
use serde_json::{Map, Value, json};

use super::resource::{Change, Parent, Resource, Verb, parents};
use super::{condition, view};
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route, paging};

/// Most items of a collection that is not paged.
const UNPAGED: i64 = 10_000;
/// Beyond this many matches a collection does not say how many there are.
const COUNT_CAP: i64 = 10_000;

/// The routes of a resource.
#[must_use]
pub fn routes<R: Resource>() -> Vec<Route> {
    R::VERBS.iter().map(|verb| route::<R>(*verb).group(R::GROUP)).collect()
}

fn route<R: Resource>(verb: Verb) -> Route {
    match verb {
        Verb::List => Route::new(Method::GET, R::PATH, title::<R>("Read all", "s"), list::<R>)
            .needs(R::READ)
            .query(if R::PAGING.is_some() { &["filter", "limit", "cursor"] } else { &["filter"] }),
        Verb::Create => Route::new(Method::POST, R::PATH, title::<R>("Create", ""), create::<R>)
            .needs(R::WRITE)
            .body(R::Doc::schema())
            .example(R::example),
        Verb::Read => Route::new(Method::GET, R::ITEM, title::<R>("Read one", ""), read::<R>).needs(R::READ),
        Verb::Replace => Route::new(Method::PUT, R::ITEM, title::<R>("Update", ""), replace::<R>)
            .needs(R::WRITE)
            .body(R::Doc::replace_schema())
            .example(R::example),
        Verb::Patch => Route::new(Method::PATCH, R::ITEM, title::<R>("Patch", ""), patch::<R>)
            .needs(R::WRITE)
            .body(R::Doc::replace_schema()),
        Verb::Delete => {
            Route::new(Method::DELETE, R::ITEM, title::<R>("Delete", ""), delete::<R>).needs(R::WRITE)
        }
    }
}

/// Route titles live as long as the program; each is made once, when the routes are.
fn title<R: Resource>(verb: &str, plural: &str) -> &'static str {
    format!("{verb} {}{plural}", R::TITLE).leak()
}

/// The address of a path template with its parameters filled in.
#[must_use]
pub fn address(ctx: &Ctx, template: &str, params: &[(String, String)]) -> String {
    let mut path = template.strip_prefix("/v1").unwrap_or(template).to_owned();
    for (name, value) in params {
        path = path.replace(&format!("{{{name}}}"), value);
    }
    format!("{}{path}", ctx.urls.api)
}

/// The address of an environment.
#[must_use]
pub fn environment_address(ctx: &Ctx, environment: EnvironmentId) -> String {
    format!("{}/environments/{environment}", ctx.urls.api)
}

/// One record as HAL.
pub fn render<R: Resource>(ctx: &Ctx, params: &[(String, String)], stored: &Stored<R::Doc>) -> Value {
    let mut params: Vec<_> = params.iter().filter(|(name, _)| name != R::ID).cloned().collect();
    params.push((R::ID.to_owned(), stored.id.to_string()));
    let own = address(ctx, R::ITEM, &params);
    let links = Links::to(&own).link("environment", &environment_address(ctx, stored.environment));
    hal::resource(R::links(ctx, stored, &own, links), R::view(ctx, stored))
}

/// One record as HAL, with what [`Resource::counted`] adds.
pub fn show<R: Resource>(call: &Call, stored: &Stored<R::Doc>, counted: Option<Map<String, Value>>) -> Value {
    let mut shown = render::<R>(&call.ctx, &call.params, stored);
    if let (Some(members), Some(counted)) = (shown.as_object_mut(), counted) {
        members.extend(counted);
    }
    shown
}

/// One record as HAL, with what [`Resource::counted`] adds.
pub async fn count_and_show<R: Resource>(tx: &mut Tx, call: &Call, stored: &Stored<R::Doc>) -> Result<Value> {
    let counted = R::counted(tx, &call.ctx, std::slice::from_ref(stored)).await?;
    Ok(show::<R>(call, stored, counted.into_iter().next()))
}

/// Lists, with filter and paging as the resource declares.
pub async fn list<R: Resource>(call: Call) -> Result<Reply, Failure> {
    let page = page::<R>(&call).await?;
    let mut counted = page.counted.into_iter();
    let items = page.found.iter().map(|stored| show::<R>(&call, stored, counted.next())).collect();
    Ok(Reply::ok(&hal::collection(page.links, R::EMBEDDED, items, page.count)))
}

/// A page of a collection.
pub struct Page<T: Entity> {
    /// Its records.
    pub found: Vec<Stored<T>>,
    /// What [`Resource::counted`] adds to them.
    pub counted: Vec<Map<String, Value>>,
    /// Its own address and that of the next page.
    pub links: Links,
    /// How many records match on all pages, if that is known.
    pub count: Option<i64>,
}

/// The page that a request asks for.
///
/// # Errors
/// A filter, limit or cursor that cannot be read; a parent that does not exist.
pub async fn page<R: Resource>(call: &Call) -> Result<Page<R::Doc>> {
    let filter = condition::parse(call.query().get("filter"), R::FILTERS)?;
    page_of::<R>(call, filter).await
}

/// The page that a request asks for among the records that meet a condition.
///
/// # Errors
/// A limit or cursor that cannot be read; a parent that does not exist.
pub async fn page_of<R: Resource>(call: &Call, filter: Condition) -> Result<Page<R::Doc>> {
    let query = call.query();
    let window = match R::PAGING {
        Some(page) => paging::window(&query, page.default, page.max)?,
        None => paging::Window { after: None, limit: UNPAGED },
    };
    let mut tx = call.app.read().await?;
    let mut all = vec![filter];
    for (parent, id) in parents(&mut tx, &call.ctx, R::PARENTS, &call.params).await? {
        all.push(Condition::Compare { column: parent.column, op: Op::Eq, value: id.into() });
    }
    let condition = Condition::All(all);
    let count = documents::count::<R::Doc>(&mut tx, call.ctx.environment, &condition, COUNT_CAP + 1).await?;
    let select = Select { condition, after: window.after, limit: window.limit + 1 };
    let mut found = documents::list::<R::Doc>(&mut tx, call.ctx.environment, &select).await?;
    let own = address(&call.ctx, R::PATH, &call.params);
    let links = paging::cut(&mut found, window.limit, &own, &query);
    let counted = R::counted(&mut tx, &call.ctx, &found).await?;
    Ok(Page { found, counted, links, count: (count <= COUNT_CAP).then_some(count) })
}

/// Creates one.
pub async fn create<R: Resource>(call: Call) -> Result<Reply, Failure> {
    let work = (call.params.clone(), call.object()?);
    let (stored, counted) = call
        .app
        .write(&call.ctx, work, |tx, ctx, (params, sent)| {
            Box::pin(async move {
                let stored = insert::<R>(tx, ctx, params, sent).await?;
                let counted = R::counted(tx, ctx, std::slice::from_ref(&stored)).await?;
                Ok::<_, Error>((stored, counted))
            })
        })
        .await?;
    noticed(&call, R::DECIDES_ACCESS);
    Ok(Reply::created(&show::<R>(&call, &stored, counted.into_iter().next())))
}

/// Inserts one from the body that was sent.
pub async fn insert<R: Resource>(
    tx: &mut Tx,
    ctx: &Ctx,
    params: &[(String, String)],
    sent: &Value,
) -> Result<Stored<R::Doc>> {
    let parents = parents(tx, ctx, R::PARENTS, params).await?;
    let (body, secrets) = R::Doc::read(sent, None, &owned(&parents)).map_err(Error::Invalid)?;
    let id = <R::Doc as Entity>::Id::from_uuid(ctx.random.uuid());
    let mut change = Change {
        new: Stored::new(ctx.environment, id, ctx.now, body),
        old: None,
        secrets,
        sent: sent.clone(),
        patch: None,
    };
    R::before_write(tx, ctx, &mut change).await?;
    documents::insert(tx, &change.new).await?;
    R::after_write(tx, ctx, &change).await?;
    audit::record(tx, ctx, Event::new(format!("{}.CREATED", R::Doc::KIND), Subject::of(&change.new))).await?;
    Ok(change.new)
}

/// The members that the path decides.
fn owned(parents: &[(Parent, uuid::Uuid)]) -> Vec<(&'static str, Value)> {
    parents.iter().map(|(parent, id)| (parent.member, json!({ "id": id }))).collect()
}

/// Reads one.
pub async fn read<R: Resource>(call: Call) -> Result<Reply, Failure> {
    let mut tx = call.app.read().await?;
    let stored = find::<R>(&mut tx, &call.ctx, &call.params).await?;
    let shown = count_and_show::<R>(&mut tx, &call, &stored).await?;
    drop(tx);
    Ok(Reply::ok(&shown))
}

/// Replaces one.
pub async fn replace<R: Resource>(call: Call) -> Result<Reply, Failure> {
    store::<R>(call, Verb::Replace).await
}

/// Changes some members of one.
pub async fn patch<R: Resource>(call: Call) -> Result<Reply, Failure> {
    store::<R>(call, Verb::Patch).await
}

async fn store<R: Resource>(call: Call, verb: Verb) -> Result<Reply, Failure> {
    let work = (call.params.clone(), call.object()?, verb);
    let (stored, counted, decides_access) = call
        .app
        .write(&call.ctx, work, |tx, ctx, (params, sent, verb)| {
            Box::pin(async move {
                let (stored, decides_access) = update::<R>(tx, ctx, params, sent, *verb).await?;
                let counted = R::counted(tx, ctx, std::slice::from_ref(&stored)).await?;
                Ok::<_, Error>((stored, counted, decides_access))
            })
        })
        .await?;
    noticed(&call, decides_access);
    Ok(Reply::ok(&show::<R>(&call, &stored, counted.into_iter().next())))
}

/// Lets the caches of tokens and clients see the change at once.
fn noticed(call: &Call, decides_access: bool) {
    if decides_access {
        call.app.forget_access(call.ctx.environment);
    }
}

/// Updates one from the body that was sent. Tells whether tokens and clients depend on what changed.
async fn update<R: Resource>(
    tx: &mut Tx,
    ctx: &Ctx,
    params: &[(String, String)],
    sent: &Value,
    verb: Verb,
) -> Result<(Stored<R::Doc>, bool)> {
    parents(tx, ctx, R::PARENTS, params).await?;
    let old = find::<R>(tx, ctx, params).await?;
    let kept = &view::body(&old.body);
    let patch = (verb == Verb::Patch).then_some(sent);
    let as_sent = sent.clone();
    let sent = &patch.map_or_else(|| sent.clone(), |patch| Object::merge_patch(kept, patch));
    // Members that no field declares (parents, states set by actions) stay as they were.
    let declared = R::Doc::schema_for(sent, Some(kept));
    let undeclared = kept.iter().filter(|(name, _)| declared.field(name).is_none());
    let owned: Vec<(&str, Value)> = undeclared.map(|(name, value)| (name.as_str(), value.clone())).collect();
    let (body, secrets) = R::Doc::read(sent, Some(kept), &owned).map_err(Error::Invalid)?;
    let mut new = old.clone();
    new.body = body;
    let patch = patch.cloned();
    let mut change = Change { new, old: Some(old), secrets, sent: as_sent, patch };
    R::before_write(tx, ctx, &mut change).await?;
    documents::update(tx, &mut change.new, ctx.now).await?;
    R::after_write(tx, ctx, &change).await?;
    let event = Event::new(format!("{}.UPDATED", R::Doc::KIND), Subject::of(&change.new));
    audit::record(tx, ctx, event.changed(json!(changed(kept, &view::body(&change.new.body))))).await?;
    let decides_access = R::decides_access(&change);
    Ok((change.new, decides_access))
}

/// The names of members that differ.
#[must_use]
pub fn changed(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<String> {
    let mut names: Vec<String> = old
        .iter()
        .filter(|(name, value)| new.get(*name) != Some(value))
        .map(|(name, _)| name.clone())
        .collect();
    names.extend(new.keys().filter(|name| !old.contains_key(*name)).cloned());
    names
}

/// Deletes one.
pub async fn delete<R: Resource>(call: Call) -> Result<Reply, Failure> {
    call.app
        .write(&call.ctx, call.params.clone(), |tx, ctx, params| Box::pin(remove::<R>(tx, ctx, params)))
        .await?;
    noticed(&call, R::DECIDES_ACCESS);
    Ok(Reply::no_content())
}

async fn remove<R: Resource>(tx: &mut Tx, ctx: &Ctx, params: &[(String, String)]) -> Result<()> {
    parents(tx, ctx, R::PARENTS, params).await?;
    let found = documents::find_locked::<R::Doc>(tx, ctx.environment, id::<R>(params)?).await?;
    let old = of_path::<R>(found, params)?;
    R::before_delete(tx, ctx, &old).await?;
    documents::remove(tx, &old).await?;
    audit::record(tx, ctx, Event::new(format!("{}.DELETED", R::Doc::KIND), Subject::of(&old))).await
}

/// The record of the path, if it belongs to the parents of the path.
pub async fn find<R: Resource>(
    tx: &mut Tx,
    ctx: &Ctx,
    params: &[(String, String)],
) -> Result<Stored<R::Doc>> {
    of_path::<R>(documents::find::<R::Doc>(tx, ctx.environment, id::<R>(params)?).await?, params)
}

/// The id that the path gives.
fn id<R: Resource>(params: &[(String, String)]) -> Result<<R::Doc as Entity>::Id> {
    let text =
        params.iter().find(|(name, _)| name == R::ID).map(|(_, value)| value.as_str()).unwrap_or_default();
    postern_core::ids::parse_uuid(text).map(Id::from_uuid).map_err(|_| Error::NotFound(R::TITLE))
}

/// What was found, if it belongs to the parents of the path.
fn of_path<R: Resource>(
    found: Option<Stored<R::Doc>>,
    params: &[(String, String)],
) -> Result<Stored<R::Doc>> {
    let found = found.ok_or(Error::NotFound(R::TITLE))?;
    let kept = if R::PARENTS.is_empty() { Map::new() } else { view::body(&found.body) };
    let belongs = R::PARENTS.iter().all(|parent| {
        let owner = kept.get(parent.member).and_then(|owner| owner.get("id").unwrap_or(owner).as_str());
        let named = params.iter().find(|(name, _)| name == parent.param).map(|(_, value)| value.as_str());
        owner.is_some() && owner == named
    });
    if belongs { Ok(found) } else { Err(Error::NotFound(R::TITLE)) }
}
