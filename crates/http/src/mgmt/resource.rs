//! What a plain resource declares about itself.
//!
//! A resource is one file under `resources/` that implements [`Resource`];
//! [`super::crud`] serves it. When something is odd, write an ordinary handler
//! next to it: two hooks needed by one resource only are two hooks too many.

use futures_util::future::BoxFuture;
use postern_core::entity::{Entity, Stored};
use postern_core::filter::FilterAttribute;
use postern_core::ids::Id;
use postern_core::permission::Permission;
use postern_core::schema::{Declared, Secrets};
use postern_engine::{Ctx, Error, Result};
use postern_store::documents::{self, Document};
use postern_store::sql::Tx;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::web::hal::Links;

/// A verb that the generic handlers can serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Verb {
    List,
    Create,
    Read,
    Replace,
    Patch,
    Delete,
}

/// List, create, read, replace, delete: what most resources offer.
pub const PLAIN: &[Verb] = &[Verb::List, Verb::Create, Verb::Read, Verb::Replace, Verb::Delete];

/// A record that the path names and that owns the resource.
#[derive(Clone, Copy)]
pub struct Parent {
    /// The parameter of the path, such as `resourceID`.
    pub param: &'static str,
    /// The member of the body that refers to it, such as `resource`.
    pub member: &'static str,
    /// The index column that holds its id.
    pub column: &'static str,
    /// Whether it exists; inside a write it stays until the transaction ends.
    pub exists: for<'t> fn(&'t mut Tx, &'t Ctx, Uuid) -> BoxFuture<'t, Result<bool>>,
}

/// The existence check for a parent that is a document.
pub fn exists<'t, T: Document>(tx: &'t mut Tx, ctx: &'t Ctx, id: Uuid) -> BoxFuture<'t, Result<bool>> {
    Box::pin(async move {
        Ok(documents::find_shared::<T>(tx, ctx.environment, T::Id::from_uuid(id)).await?.is_some())
    })
}

/// The same for items with a rule about their siblings, of which only one may then be written at a time.
pub fn exists_alone<'t, T: Document>(tx: &'t mut Tx, ctx: &'t Ctx, id: Uuid) -> BoxFuture<'t, Result<bool>> {
    Box::pin(async move {
        Ok(documents::find_locked::<T>(tx, ctx.environment, T::Id::from_uuid(id)).await?.is_some())
    })
}

/// How a collection is paged.
#[derive(Debug, Clone, Copy)]
pub struct Paging {
    /// Items of a page when the request does not say.
    pub default: i64,
    /// Most items of a page.
    pub max: i64,
}

/// A change on its way to the database.
pub struct Change<T: Entity> {
    /// What will be kept; hooks may adjust it.
    pub new: Stored<T>,
    /// What was there; `None` on create.
    pub old: Option<Stored<T>>,
    /// The secrets of the body, in clear; they are no part of the record until a hook seals them.
    pub secrets: Secrets,
    /// The body as it was sent.
    pub sent: Value,
    /// The body of a PATCH as it was sent, for members that an update leaves alone otherwise; `None` on create and replace.
    pub patch: Option<Value>,
}

/// A future that a hook returns.
pub type Hook<'t> = BoxFuture<'t, Result<()>>;

/// Further members of the records that an answer shows.
pub type Counted<'t> = BoxFuture<'t, Result<Vec<Map<String, Value>>>>;

/// A hook that has nothing to do.
#[must_use]
pub fn nothing<'t>() -> Hook<'t> {
    Box::pin(std::future::ready(Ok(())))
}

/// A plain resource.
pub trait Resource: Send + Sync + 'static {
    /// What is kept.
    type Doc: Document + Declared + Clone;
    /// Path of the collection.
    const PATH: &'static str;
    /// Path of one item.
    const ITEM: &'static str;
    /// The parameter of [`Self::ITEM`] that names the item.
    const ID: &'static str;
    /// Member of `_embedded` that holds the items.
    const EMBEDDED: &'static str;
    /// What one item is called, such as `sign-on policy`.
    const TITLE: &'static str;
    /// Chapter of the documentation.
    const GROUP: &'static str;
    /// Verbs that are served.
    const VERBS: &'static [Verb] = PLAIN;
    /// Needed to list and read.
    const READ: Permission;
    /// Needed to create, change and delete.
    const WRITE: Permission;
    /// Attributes that a filter may name.
    const FILTERS: &'static [FilterAttribute] = &[];
    /// Paging; without it all items come at once.
    const PAGING: Option<Paging> = None;
    /// Whether tokens, clients and sign-on depend on it, so that their caches must see a change at once.
    const DECIDES_ACCESS: bool = false;
    /// Records of the path that own the item, outermost first.
    const PARENTS: &'static [Parent] = &[];

    /// A body that creates one, for the documentation and the table-driven tests. `n` makes it unique.
    fn example(n: usize) -> Value;

    /// References, limits and cross-record rules, before it is written and in the same transaction.
    fn before_write<'t>(_tx: &'t mut Tx, _ctx: &'t Ctx, _change: &'t mut Change<Self::Doc>) -> Hook<'t> {
        nothing()
    }

    /// Side effects in the same transaction.
    fn after_write<'t>(_tx: &'t mut Tx, _ctx: &'t Ctx, _change: &'t Change<Self::Doc>) -> Hook<'t> {
        nothing()
    }

    /// Whether this change must be seen by the caches of tokens and clients at once; always asked after the hooks.
    fn decides_access(change: &Change<Self::Doc>) -> bool {
        let _ = change;
        Self::DECIDES_ACCESS
    }

    /// What forbids a deletion, and what goes with it.
    fn before_delete<'t>(_tx: &'t mut Tx, _ctx: &'t Ctx, _old: &'t Stored<Self::Doc>) -> Hook<'t> {
        nothing()
    }

    /// Links beyond `self` and `environment`. `own` is the item's address.
    fn links(_ctx: &Ctx, _stored: &Stored<Self::Doc>, _own: &str, links: Links) -> Links {
        links
    }

    /// Members of the answers that other records decide, such as how many there are of them: one map for each record
    /// that is shown, in the same order, or none at all.
    fn counted<'t>(_tx: &'t mut Tx, _ctx: &'t Ctx, _shown: &'t [Stored<Self::Doc>]) -> Counted<'t> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// The members of the answer; by default id, environment, the kept members and the dates.
    fn view(ctx: &Ctx, stored: &Stored<Self::Doc>) -> Map<String, Value> {
        let _ = ctx;
        super::view::members(stored, Self::Doc::schema())
    }
}

/// The parents' ids from the path, each known to exist.
///
/// # Errors
/// [`Error::NotFound`] for the first that does not.
pub async fn parents(
    tx: &mut Tx,
    ctx: &Ctx,
    declared: &'static [Parent],
    params: &[(String, String)],
) -> Result<Vec<(Parent, Uuid)>> {
    let mut found = Vec::with_capacity(declared.len());
    for parent in declared {
        let text = params.iter().find(|(name, _)| name == parent.param).map(|(_, value)| value.as_str());
        let id = text
            .and_then(|text| postern_core::ids::parse_uuid(text).ok())
            .ok_or(Error::NotFound(parent.member))?;
        if !(parent.exists)(tx, ctx, id).await? {
            return Err(Error::NotFound(parent.member));
        }
        found.push((*parent, id));
    }
    Ok(found)
}
