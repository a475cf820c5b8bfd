//! Bulk jobs: create or revoke many tokens, at once or after the answer.

use http::Method;
use postern_core::entity::Stored;
use postern_core::ids::OathJobId;
use postern_core::oath::job::{self, OathJob};
use postern_engine::oath::jobs;
use postern_engine::{Ctx, Error};
use serde_json::{Value, json};

use crate::mgmt::crud::environment_address;
use crate::mgmt::resource::Resource;
use crate::mgmt::resources::oath_token::OathTokens;
use crate::mgmt::view;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Media, Reply, Route};

const COLLECTION: &str = "/v1/environments/{envID}/oathJobs";
const ITEM: &str = "/v1/environments/{envID}/oathJobs/{oathJobID}";
/// The self link of a job names this path.
const ALIAS: &str = "/v1/environments/{envID}/jobs/{oathJobID}";

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    let routes = vec![
        Route::new(Method::POST, COLLECTION, "Create multiple OATH tokens", create)
            .media(Media::Action("job.oathtokens.create"))
            .body(job::create_schema())
            .needs(OathTokens::WRITE)
            .status(201),
        Route::new(Method::POST, COLLECTION, "Revoke multiple OATH tokens", revoke)
            .media(Media::Action("job.oathtokens.revoke"))
            .body(job::revoke_schema())
            .needs(OathTokens::WRITE)
            .status(201),
        Route::new(Method::GET, ITEM, "Check status of OATH token job", read).needs(OathTokens::READ),
        Route::new(Method::GET, ALIAS, "Check status of job", read).needs(OathTokens::READ),
    ];
    routes.into_iter().map(|route| route.group(OathTokens::GROUP)).collect()
}

async fn create(call: Call) -> Result<Reply, Failure> {
    let order = job::read_create(&call.object()?).map_err(Error::Invalid)?;
    let job = call
        .app
        .write(&call.ctx, order, |tx, ctx, order| Box::pin(jobs::submit_create(tx, ctx, order)))
        .await?;
    answer(&call, job).await
}

async fn revoke(call: Call) -> Result<Reply, Failure> {
    let order = job::read_revoke(&call.object()?).map_err(Error::Invalid)?;
    let job = call
        .app
        .write(&call.ctx, order, |tx, ctx, order| Box::pin(jobs::submit_revoke(tx, ctx, order)))
        .await?;
    answer(&call, job).await
}

/// A job that is not `async` is worked off first, a transaction for each chunk.
async fn answer(call: &Call, mut job: Stored<OathJob>) -> Result<Reply, Failure> {
    if !job.deferred {
        while call.app.write(&call.ctx, job.id, |tx, ctx, id| Box::pin(jobs::work_off(tx, ctx, *id))).await? {
        }
        job = jobs::get(&mut call.app.read().await?, &call.ctx, job.id).await?;
    }
    Ok(Reply::created(&render(&call.ctx, &job)))
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let id: OathJobId = call.id("oathJobID")?;
    let job = jobs::get(&mut call.app.read().await?, &call.ctx, id).await?;
    Ok(Reply::ok(&render(&call.ctx, &job)))
}

fn render(ctx: &Ctx, job: &Stored<OathJob>) -> Value {
    let environment = environment_address(ctx, job.environment);
    let links = Links::to(&format!("{environment}/jobs/{}", job.id)).link("environment", &environment);
    let mut members = serde_json::Map::new();
    members.insert("id".to_owned(), json!(job.id));
    members.insert("environment".to_owned(), json!({ "id": job.environment }));
    let mut body = view::body(&job.body);
    body.shift_remove("endedAt");
    members.extend(body);
    members.insert("createdAt".to_owned(), json!(job.created_at));
    members.insert("updatedAt".to_owned(), json!(job.updated_at));
    hal::resource(links, members)
}
