//! The contents that come with the product, shown as records of the environment.

use postern_core::directory::environment::Environment;
use postern_core::entity::Stored;
use postern_core::ids::TemplateContentId;
use postern_core::notify::template::Template;
use postern_core::notify::{TemplateContent, built_in};
use postern_engine::environments::PLATFORM;
use postern_engine::references::constraint;
use postern_engine::{Ctx, Error, Result};
use postern_store::documents;
use postern_store::sql::Tx;

/// Those of a template, in no order. They are as old as the environment.
pub(super) async fn all(tx: &mut Tx, ctx: &Ctx, template: &Template) -> Result<Vec<Stored<TemplateContent>>> {
    let environment = documents::find::<Environment>(tx, PLATFORM, ctx.environment).await?;
    let since = environment.ok_or(Error::NotFound("environment"))?.created_at;
    let record =
        |content| Stored::new(ctx.environment, built_in::id(ctx.environment, &content), since, content);
    Ok(built_in::all(template.name).into_iter().map(record).collect())
}

/// Refuses to touch a built-in content.
pub(super) fn refuse(ctx: &Ctx, template: &Template, id: TemplateContentId) -> Result<()> {
    let known =
        built_in::all(template.name).iter().any(|content| built_in::id(ctx.environment, content) == id);
    if known { Err(constraint("Default contents cannot be changed or deleted")) } else { Ok(()) }
}
