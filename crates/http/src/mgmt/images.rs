//! Images: uploaded as they are, shown to everybody.
//!
//! What an image is, its bytes say, not the header that came with it. Only
//! pictures of pixels are taken, so that nothing that is served can run.

use http::Method;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use postern_core::entity::Stored;
use postern_core::experience::image::Image;
use postern_core::ids::ImageId;
use postern_core::permission::{Area, Permission};
use postern_core::problem::{Code, Problem};
use postern_engine::audit::{self, Event, Subject};
use postern_engine::{Ctx, Error, Result};
use postern_store::documents;
use postern_store::sql::Tx;
use postern_store::tables::image_bytes;
use serde_json::{Value, json};

use super::crud;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Media, Reply, Route};

const COLLECTION: &str = "/v1/environments/{envID}/images";
const ITEM: &str = "/v1/environments/{envID}/images/{imgID}";
/// Where everybody finds the bytes.
const BYTES: &str = "/{envID}/images/{imgID}";
const WRITE: Permission = Permission::Write(Area::Branding);
/// Most pixels of a side.
const MOST_PIXELS: u32 = 10_000;

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let routes = vec![
        Route::new(Method::POST, COLLECTION, "Create image", create).media(Media::Image).needs(WRITE),
        Route::new(Method::GET, ITEM, "Read image", read).needs(Permission::Read(Area::Branding)),
        Route::new(Method::DELETE, ITEM, "Delete image", delete).needs(WRITE),
        Route::new(Method::GET, BYTES, "Read the bytes of an image", bytes),
    ];
    routes.into_iter().map(|route| route.group("Images")).collect()
}

async fn create(call: Call) -> Result<Reply, Failure> {
    let image = Image::of(&call.body).ok_or_else(|| {
        let text = "The body must be a PNG, JPEG or GIF image.";
        Error::invalid(Problem::new(Code::InvalidValue, text))
    })?;
    if image.width > MOST_PIXELS || image.height > MOST_PIXELS {
        let text = format!("An image has at most {MOST_PIXELS} pixels on a side.");
        let problem = Problem::new(Code::SizeLimitExceeded, text).with("maximumValue", MOST_PIXELS);
        return Err(Error::invalid(problem).into());
    }
    let work = (image, call.body.clone());
    let stored = call
        .app
        .write(&call.ctx, work, |tx, ctx, (image, bytes)| Box::pin(insert(tx, ctx, *image, bytes)))
        .await?;
    Ok(Reply::created(&shown(&call.ctx, &stored)))
}

async fn insert(tx: &mut Tx, ctx: &Ctx, image: Image, bytes: &[u8]) -> Result<Stored<Image>> {
    let stored = Stored::new(ctx.environment, ImageId::new(&ctx.random), ctx.now, image);
    documents::insert(tx, &stored).await?;
    image_bytes::put(tx, ctx.environment, stored.id, bytes).await?;
    audit::record(tx, ctx, Event::new("IMAGE.CREATED", Subject::of(&stored))).await?;
    Ok(stored)
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let id: ImageId = call.id("imgID")?;
    let mut tx = call.app.read().await?;
    let found = documents::find::<Image>(&mut tx, call.ctx.environment, id).await?;
    drop(tx);
    Ok(Reply::ok(&shown(&call.ctx, &found.ok_or(Error::NotFound("image"))?)))
}

async fn delete(call: Call) -> Result<Reply, Failure> {
    let id: ImageId = call.id("imgID")?;
    call.app.write(&call.ctx, id, |tx, ctx, id| Box::pin(remove(tx, ctx, *id))).await?;
    Ok(Reply::no_content())
}

async fn remove(tx: &mut Tx, ctx: &Ctx, id: ImageId) -> Result<()> {
    if !documents::delete::<Image>(tx, ctx.environment, id).await? {
        return Err(Error::NotFound("image"));
    }
    image_bytes::remove(tx, ctx.environment, id).await?;
    audit::record(tx, ctx, Event::new("IMAGE.DELETED", Subject::new::<Image>(id))).await
}

/// The bytes of an image never change, so browsers may keep them.
async fn bytes(call: Call) -> Result<Reply, Failure> {
    let id: ImageId = call.id("imgID")?;
    let mut tx = call.app.read().await?;
    let found = documents::find::<Image>(&mut tx, call.ctx.environment, id).await?;
    let image = found.ok_or(Error::NotFound("image"))?;
    let bytes = image_bytes::get(&mut tx, call.ctx.environment, id).await?;
    drop(tx);
    let bytes = bytes.ok_or(Error::NotFound("image"))?;
    Ok(Reply::bytes(200, image.format.media_type(), bytes)
        .header(CACHE_CONTROL, "public, max-age=86400, immutable")
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
}

fn shown(ctx: &Ctx, image: &Stored<Image>) -> Value {
    let environment = crud::environment_address(ctx, image.environment);
    let own = format!("{environment}/images/{}", image.id);
    let href = format!("{}/{}/images/{}", ctx.urls.auth, image.environment, image.id);
    let original = json!({ "id": image.id, "href": href, "type": image.format, "width": image.width, "height": image.height });
    let members = json!({ "id": image.id, "environment": { "id": image.environment }, "createdAt": image.created_at,
        "targets": { "original": original } });
    let links = Links::to(&own).link("environment", &environment);
    hal::resource(links, members.as_object().cloned().unwrap_or_default())
}
