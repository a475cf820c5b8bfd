//! Many contents at once, chosen by a filter: rename their variant, or delete them.
//!
//! Contents that come with the product are passed over: no filter changes them.

use std::sync::LazyLock;

use postern_core::entity::Stored;
use postern_core::notify::{TemplateContent, check};
use postern_core::problem::{Code, Problem};
use postern_core::schema::{Object, object, text};
use postern_engine::audit::{self, Event, Subject};
use postern_engine::{Ctx, Error, Result};
use postern_store::documents::{self, Condition, Select};
use postern_store::sql::{StoreError, Tx};

use super::choice::Choice;
use super::{EMBEDDED, collection_address, render, template};
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply};

/// Most contents that one request changes: it does so in one transaction.
const MOST: usize = 1_000;

/// The body of a rename.
pub(super) fn rename_schema() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| object(vec![text("variant").required().max(100)]));
    &BODY
}

/// Gives the chosen contents another variant.
pub(super) async fn rename(call: Call) -> Result<Reply, Failure> {
    let template = template(&call)?;
    let condition = chosen(&call)?.stored(template);
    let body = rename_schema().check(&call.object()?, None).map_err(Error::Invalid)?;
    let variant = body.get("variant").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    Error::unless_empty(check::variant(&variant, template).into_iter().collect())?;
    let work = (condition, variant);
    let renamed = call
        .app
        .write(&call.ctx, work, |tx, ctx, (condition, variant)| {
            Box::pin(set_variant(tx, ctx, condition, variant))
        })
        .await?;
    let items: Vec<_> = renamed.iter().map(|content| render(&call.ctx, content)).collect();
    let count = i64::try_from(items.len()).ok();
    let links = Links::to(&collection_address(&call.ctx, template));
    Ok(Reply::ok(&hal::collection(links, EMBEDDED, items, count)))
}

async fn set_variant(
    tx: &mut Tx,
    ctx: &Ctx,
    condition: &Condition,
    variant: &str,
) -> Result<Vec<Stored<TemplateContent>>> {
    let mut contents = select(tx, ctx, condition).await?;
    for content in &mut contents {
        content.body.variant = Some(variant.to_owned());
        documents::update(tx, content, ctx.now).await.map_err(|error| match error {
            StoreError::Conflict { .. } => Error::invalid(Problem::not_unique("variant")),
            other => other.into(),
        })?;
    }
    record(tx, ctx, "CONTENTS.UPDATED", &contents).await?;
    Ok(contents)
}

/// Deletes the chosen contents.
pub(super) async fn delete(call: Call) -> Result<Reply, Failure> {
    let condition = chosen(&call)?.stored(template(&call)?);
    call.app.write(&call.ctx, condition, |tx, ctx, condition| Box::pin(remove(tx, ctx, condition))).await?;
    Ok(Reply::no_content())
}

async fn remove(tx: &mut Tx, ctx: &Ctx, condition: &Condition) -> Result<()> {
    let contents = select(tx, ctx, condition).await?;
    for content in &contents {
        documents::delete::<TemplateContent>(tx, ctx.environment, content.id).await?;
    }
    record(tx, ctx, "CONTENTS.DELETED", &contents).await
}

/// The filter of the request. Without one every content would be meant, which nobody should do by forgetting it.
fn chosen(call: &Call) -> Result<Choice> {
    let query = call.query();
    let Some(filter) = query.get("filter") else {
        return Err(Error::Malformed(vec![
            Problem::new(Code::InvalidParameter, "must be present").at("filter"),
        ]));
    };
    Choice::parse(Some(filter))
}

async fn select(tx: &mut Tx, ctx: &Ctx, condition: &Condition) -> Result<Vec<Stored<TemplateContent>>> {
    let limit = i64::try_from(MOST).unwrap_or(i64::MAX);
    let found =
        documents::list::<TemplateContent>(tx, ctx.environment, &Select::first(condition.clone(), limit + 1))
            .await?;
    if found.len() > MOST {
        let message = format!("The filter chooses more than {MOST} contents.");
        return Err(Error::refused(
            Problem::new(Code::LimitExceeded, message).at("filter").with("maximumValue", limit),
        ));
    }
    Ok(found)
}

/// One event about all of them; none when the filter chose nothing.
async fn record(tx: &mut Tx, ctx: &Ctx, action: &str, contents: &[Stored<TemplateContent>]) -> Result<()> {
    let mut subjects = contents.iter().map(Subject::of);
    let Some(first) = subjects.next() else { return Ok(()) };
    audit::record(tx, ctx, subjects.fold(Event::new(action, first), Event::and)).await
}
