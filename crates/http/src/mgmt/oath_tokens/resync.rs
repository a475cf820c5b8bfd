//! Brings a token in step: two codes in a row, in one call or in two.

use std::sync::LazyLock;

use http::Method;
use postern_core::ids::{OathTokenId, UserId};
use postern_core::permission::{Area, Permission, Verb};
use postern_core::schema::{self, Object, list, object, text};
use postern_engine::Error;
use postern_engine::oath::resync;
use serde::Deserialize;

use crate::mgmt::crud;
use crate::mgmt::resource::Resource;
use crate::mgmt::resources::oath_token::OathTokens;
use crate::web::{Call, Failure, Media, Reply, Route};

const OF_USER: &str = "/v1/environments/{envID}/users/{userID}/oathTokens/{oathTokenID}";
const ACTION: Media = Media::Action("device.resync");

fn body() -> &'static Object {
    static BODY: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            list("otps", text("otp").max(32), 2)
                .required()
                .min(1)
                .doc("Two codes in a row; or one, and the next with another call."),
        ])
    });
    &BODY
}

/// The routes. A user may bring the own token in step, as it is the own device.
pub(super) fn routes() -> Vec<Route> {
    let route = |path, title| {
        Route::new(Method::POST, path, title, resync).media(ACTION).body(body()).group(OathTokens::GROUP)
    };
    vec![
        route(OathTokens::ITEM, "Resync OATH token").needs(OathTokens::WRITE),
        route(OF_USER, "Resync OATH token paired with user")
            .needs(Permission::Write(Area::Devices))
            .verb(Verb::Update),
    ]
}

async fn resync(call: Call) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Body {
        otps: Vec<String>,
    }
    let id: OathTokenId = call.id("oathTokenID")?;
    let owner: Option<UserId> = call.param("userID").map(|_| call.id("userID")).transpose()?;
    let sent: Body = body().check(&call.object()?, None).and_then(schema::decode).map_err(Error::Invalid)?;
    let work = (owner, id, sent.otps);
    let verdict = call
        .app
        .write(&call.ctx, work, |tx, ctx, (owner, id, codes)| {
            Box::pin(resync::resync(tx, ctx, *owner, *id, codes))
        })
        .await?;
    let token = verdict.into_result()?;
    Ok(Reply::ok(&crud::render::<OathTokens>(&call.ctx, &call.params, &token)))
}
