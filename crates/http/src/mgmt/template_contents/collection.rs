//! All contents of a template: those that come with the product among the stored ones, by age.

use postern_core::entity::Stored;
use postern_core::ids::Id;
use postern_core::notify::TemplateContent;
use postern_core::time::Timestamp;
use postern_store::documents::{self, Select};
use uuid::Uuid;

use super::choice::Choice;
use super::{EMBEDDED, built_in, collection_address, render, template};
use crate::web::{Call, Failure, Reply, hal, paging};

/// Items of a page when the request does not say, and at most.
const PAGE: (i64, i64) = (100, 1_000);
/// Beyond this many stored contents a collection does not say how many there are.
const COUNT_CAP: i64 = 10_000;

/// Lists, with filter and paging.
pub(super) async fn list(call: Call) -> Result<Reply, Failure> {
    let (template, query) = (template(&call)?, call.query());
    let choice = Choice::parse(query.get("filter"))?;
    let window = paging::window(&query, PAGE.0, PAGE.1)?;
    let condition = choice.stored(template);
    let mut tx = call.app.read().await?;
    let mut found = built_in::all(&mut tx, &call.ctx, template).await?;
    found.retain(|content| choice.meets(content));
    let environment = call.ctx.environment;
    let stored = documents::count::<TemplateContent>(&mut tx, environment, &condition, COUNT_CAP + 1).await?;
    let count =
        i64::try_from(found.len()).ok().map(|built_in| built_in + stored).filter(|_| stored <= COUNT_CAP);
    found.retain(|content| window.after.is_none_or(|after| place(content) > after));
    let select = Select { condition, after: window.after, limit: window.limit + 1 };
    found.extend(documents::list::<TemplateContent>(&mut tx, environment, &select).await?);
    drop(tx);
    found.sort_by_key(place);

    let own = collection_address(&call.ctx, template);
    let links = paging::cut(&mut found, window.limit, &own, &query);
    let items = found.iter().map(|content| render(&call.ctx, content)).collect();
    Ok(Reply::ok(&hal::collection(links, EMBEDDED, items, count)))
}

/// Where a content stands: the order of the database.
fn place(content: &Stored<TemplateContent>) -> (Timestamp, Uuid) {
    (content.created_at, content.id.uuid())
}
