//! One content: create, read, replace, delete.

use postern_core::entity::Stored;
use postern_core::ids::TemplateContentId;
use postern_core::notify::template::Template;
use postern_core::notify::{TemplateContent, locale};
use postern_core::schema::Declared;
use postern_engine::audit::{self, Event, Subject};
use postern_engine::{Ctx, Error, Result, languages};
use postern_store::documents;
use postern_store::sql::Tx;
use serde_json::{Value, json};

use super::{built_in, render, template};
use crate::mgmt::{crud, view};
use crate::web::{Call, Failure, Reply};

/// Creates one.
pub(super) async fn create(call: Call) -> Result<Reply, Failure> {
    let work = (template(&call)?, call.object()?);
    let stored = call
        .app
        .write(&call.ctx, work, |tx, ctx, (template, sent)| Box::pin(insert(tx, ctx, template, sent)))
        .await?;
    Ok(Reply::created(&render(&call.ctx, &stored)))
}

async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    template: &Template,
    sent: &Value,
) -> Result<Stored<TemplateContent>> {
    let (body, _) = TemplateContent::read(sent, None, &[owner(template)]).map_err(Error::Invalid)?;
    languages::demand_known(tx, ctx, &body.locale).await?;
    let id = TemplateContentId::new(&ctx.random);
    let stored = Stored::new(ctx.environment, id, ctx.now, body);
    documents::insert(tx, &stored).await?;
    audit::record(tx, ctx, Event::new("CONTENT.CREATED", Subject::of(&stored))).await?;
    Ok(stored)
}

/// The member that the path decides.
fn owner(template: &Template) -> (&'static str, Value) {
    ("template", json!({ "id": template.name }))
}

/// Reads one.
pub(super) async fn read(call: Call) -> Result<Reply, Failure> {
    let (template, id) = (template(&call)?, call.id("contentID")?);
    let mut tx = call.app.read().await?;
    let built_in =
        built_in::all(&mut tx, &call.ctx, template).await?.into_iter().find(|content| content.id == id);
    let content = match built_in {
        Some(content) => content,
        None => find(&mut tx, &call.ctx, template, id).await?,
    };
    drop(tx);
    Ok(Reply::ok(&render(&call.ctx, &content)))
}

/// Replaces one.
pub(super) async fn replace(call: Call) -> Result<Reply, Failure> {
    let work = (template(&call)?, call.id("contentID")?, call.object()?);
    let stored = call
        .app
        .write(&call.ctx, work, |tx, ctx, (template, id, sent)| {
            Box::pin(update(tx, ctx, template, *id, sent))
        })
        .await?;
    Ok(Reply::ok(&render(&call.ctx, &stored)))
}

async fn update(
    tx: &mut Tx,
    ctx: &Ctx,
    template: &Template,
    id: TemplateContentId,
    sent: &Value,
) -> Result<Stored<TemplateContent>> {
    built_in::refuse(ctx, template, id)?;
    let mut stored = find(tx, ctx, template, id).await?;
    let old = view::body(&stored.body);
    let sent = in_old_spelling(sent, &stored);
    let (body, _) = TemplateContent::read(&sent, Some(&old), &[owner(template)]).map_err(Error::Invalid)?;
    stored.body = body;
    documents::update(tx, &mut stored, ctx.now).await?;
    let changed = crud::changed(&old, &view::body(&stored.body));
    audit::record(tx, ctx, Event::new("CONTENT.UPDATED", Subject::of(&stored)).changed(json!(changed)))
        .await?;
    Ok(stored)
}

/// The body with the kept locale where it sends the same one spelled otherwise: `en_us` is no change of `en-US`.
fn in_old_spelling(sent: &Value, old: &TemplateContent) -> Value {
    let mut sent = sent.clone();
    let same = |sent: &Value| sent.as_str().is_some_and(|sent| locale::key(sent) == old.locale_key());
    if let Some(spelling) = sent.get_mut("locale").filter(|sent| same(sent)) {
        *spelling = json!(old.locale);
    }
    sent
}

/// Deletes one.
pub(super) async fn delete(call: Call) -> Result<Reply, Failure> {
    let work = (template(&call)?, call.id("contentID")?);
    call.app
        .write(&call.ctx, work, |tx, ctx, (template, id)| Box::pin(remove(tx, ctx, template, *id)))
        .await?;
    Ok(Reply::no_content())
}

async fn remove(tx: &mut Tx, ctx: &Ctx, template: &Template, id: TemplateContentId) -> Result<()> {
    built_in::refuse(ctx, template, id)?;
    let old = find(tx, ctx, template, id).await?;
    if !documents::delete::<TemplateContent>(tx, ctx.environment, id).await? {
        return Err(Error::NotFound("content"));
    }
    audit::record(tx, ctx, Event::new("CONTENT.DELETED", Subject::of(&old))).await
}

/// A stored content of the template.
async fn find(
    tx: &mut Tx,
    ctx: &Ctx,
    template: &Template,
    id: TemplateContentId,
) -> Result<Stored<TemplateContent>> {
    let found = documents::find::<TemplateContent>(tx, ctx.environment, id).await?;
    found.filter(|content| content.template.id == template.name).ok_or(Error::NotFound("content"))
}
