//! Authentication codes: `/{envID}/authenticationCodes` (MFA contract 5.5).
//!
//! For the page that shows the code. The application's side is in the device protocol.

use http::Method;
use postern_core::entity::Stored;
use postern_core::ids::AuthenticationCodeId;
use postern_core::mfa::authentication_code::{AuthenticationCode, NewCode, schema};
use postern_core::permission::{Area, Permission};
use postern_engine::authentication_codes::{self as codes, Shown};
use postern_engine::{Ctx, Error};
use serde_json::{Map, Value, json};

use super::super::web::hal::{self, Links};
use super::super::web::{Call, Failure, Reply, Route};

const COLLECTION: &str = "/{envID}/authenticationCodes";
const ITEM: &str = "/{envID}/authenticationCodes/{authenticationCodeID}";

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let write = Permission::Write(Area::DeviceAuthentications);
    let routes = vec![
        Route::new(Method::POST, COLLECTION, "Create authentication code", create)
            .needs(write)
            .body(schema()),
        Route::new(Method::GET, ITEM, "Read authentication code", read)
            .needs(Permission::Read(Area::DeviceAuthentications)),
        Route::new(Method::DELETE, ITEM, "Cancel authentication code", delete).needs(write),
    ];
    routes.into_iter().map(|route| route.group("Authentication codes")).collect()
}

async fn create(call: Call) -> Result<Reply, Failure> {
    let wish: NewCode = schema().read(&call.object()?, None).map_err(Error::Invalid)?;
    let (code, shown) = call
        .app
        .write(&call.ctx, wish, |tx, ctx, wish| {
            Box::pin(async move {
                let code = codes::create(tx, ctx, wish.clone()).await?;
                let shown = codes::show(tx, ctx, &code).await?;
                Ok((code, shown))
            })
        })
        .await?;
    Ok(Reply::created(&render(&call.ctx, &code, &shown)))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let id: AuthenticationCodeId = call.id("authenticationCodeID")?;
    let mut tx = call.app.read().await?;
    let code = codes::get(&mut tx, &call.ctx, id).await?;
    let shown = codes::show(&mut tx, &call.ctx, &code).await?;
    drop(tx);
    Ok(Reply::ok(&render(&call.ctx, &code, &shown)))
}

async fn delete(call: Call) -> Result<Reply, Failure> {
    let id: AuthenticationCodeId = call.id("authenticationCodeID")?;
    call.app.write(&call.ctx, id, |tx, ctx, id| Box::pin(codes::delete(tx, ctx, *id))).await?;
    Ok(Reply::no_content())
}

fn render(ctx: &Ctx, code: &Stored<AuthenticationCode>, shown: &Shown) -> Value {
    let own = format!("{}/authenticationCodes/{}", ctx.urls.auth_of(ctx.environment), code.id);
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    put("id", json!(code.id));
    put("environment", json!({ "id": code.environment }));
    put("code", json!(shown.code.expose()));
    put("uri", json!(shown.uri));
    put("application", json!(code.application));
    if let Some(context) = &code.client_context {
        put("clientContext", context.clone());
    }
    put("lifeTime", json!(code.life_time));
    put("userApproval", json!(code.user_approval));
    put("status", json!(code.status(ctx.now)));
    if let Some(user) = code.user {
        put("user", json!({ "id": user }));
    }
    put("expiresAt", json!(code.expires_at));
    put("updatedAt", json!(code.updated_at));
    put("createdAt", json!(code.created_at));
    let mut rendered = hal::resource(Links::to(&own), members);
    if let Some(device) = &shown.device {
        hal::embed(&mut rendered, "device", claiming_device(device));
    }
    rendered
}

fn claiming_device(device: &Stored<postern_core::devices::Device>) -> Value {
    let mut shown = Map::from_iter([("id".to_owned(), json!(device.id))]);
    if let Some(app) = &device.mobile {
        shown.extend(app.facts.os.as_ref().map(|os| ("os".to_owned(), json!(os))));
        shown.extend(app.facts.model.as_ref().map(|model| ("model".to_owned(), json!(model))));
        shown.insert("application".to_owned(), json!({ "id": app.application }));
    }
    Value::Object(shown)
}
