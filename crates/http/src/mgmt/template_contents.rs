//! The texts of notification templates: `/v1/environments/{envID}/templates/{templateName}/contents`
//! (notifications contract 2).
//!
//! Not a plain resource: the parent is a name, contents that come with the
//! product stand beside the stored ones, and a filter may change or delete many.

mod built_in;
mod bulk;
mod choice;
mod collection;
mod item;

use http::Method;
use postern_core::entity::Stored;
use postern_core::notify::TemplateContent;
use postern_core::notify::template::Template;
use postern_core::permission::{Area, Permission};
use postern_core::schema::Declared;
use postern_engine::{Ctx, Error, Result};
use serde_json::Value;

use super::{crud, view};
use crate::web::hal::{self, Links};
use crate::web::{Call, Route};

const COLLECTION: &str = "/v1/environments/{envID}/templates/{templateName}/contents";
const ITEM: &str = "/v1/environments/{envID}/templates/{templateName}/contents/{contentID}";
const EMBEDDED: &str = "contents";
const READ: Permission = Permission::Read(Area::Templates);
const WRITE: Permission = Permission::Write(Area::Templates);

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let routes = vec![
        Route::new(Method::GET, COLLECTION, "Read all template contents", collection::list).needs(READ),
        Route::new(Method::POST, COLLECTION, "Create template content", item::create)
            .needs(WRITE)
            .body(TemplateContent::schema()),
        Route::new(Method::PATCH, COLLECTION, "Rename the variant of template contents", bulk::rename)
            .needs(WRITE)
            .body(bulk::rename_schema()),
        Route::new(Method::DELETE, COLLECTION, "Delete template contents", bulk::delete).needs(WRITE),
        Route::new(Method::GET, ITEM, "Read one template content", item::read).needs(READ),
        Route::new(Method::PUT, ITEM, "Update template content", item::replace)
            .needs(WRITE)
            .body(TemplateContent::replace_schema()),
        Route::new(Method::DELETE, ITEM, "Delete template content", item::delete).needs(WRITE),
    ];
    routes.into_iter().map(|route| route.group("Notifications templates")).collect()
}

/// The template of the path.
fn template(call: &Call) -> Result<&'static Template> {
    call.param("templateName").and_then(Template::find).ok_or(Error::NotFound("template"))
}

fn template_address(ctx: &Ctx, template: &str) -> String {
    format!("{}/templates/{template}", crud::environment_address(ctx, ctx.environment))
}

fn collection_address(ctx: &Ctx, template: &Template) -> String {
    format!("{}/contents", template_address(ctx, template.name))
}

fn render(ctx: &Ctx, content: &Stored<TemplateContent>) -> Value {
    let template = template_address(ctx, &content.template.id);
    let links = Links::to(&format!("{template}/contents/{}", content.id))
        .link("environment", &crud::environment_address(ctx, content.environment))
        .link("template", &template);
    hal::resource(links, view::members(content, TemplateContent::schema()))
}
