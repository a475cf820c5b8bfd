//! Where robots are kept: each one a sealed record, changed in one transaction.

use postern_core::crypto::keyring::SealContext;
use postern_core::ids::{Id as _, RobotId};
use postern_core::problem::{Code, Problem};
use postern_core::secret::{Sealed, Secret};
use postern_core::time::Timestamp;
use postern_engine::{Ctx, Error, Result};
use postern_http::web::Call;
use postern_store::sql::Tx;
use postern_store::tables::sandbox_robot::{self as table, Kept};

use super::robot::Robot;

/// Robots of one environment.
const MOST_ROBOTS: i64 = 10_000;

/// A robot with its name tag.
#[derive(Debug)]
pub(super) struct Tagged {
    pub(super) id: RobotId,
    pub(super) created_at: Timestamp,
    pub(super) robot: Robot,
}

/// Keeps a new robot.
///
/// # Errors
/// [`Error::Refused`] when the environment has too many.
pub(super) async fn add(call: &Call, robot: Robot) -> Result<Tagged> {
    let id = RobotId::new(&call.ctx.random);
    let (id, robot) = call
        .app
        .write(&call.ctx, (id, robot), |tx, ctx, (id, robot)| {
            Box::pin(async move {
                if table::count(tx, ctx.environment, MOST_ROBOTS).await? >= MOST_ROBOTS {
                    let message = format!("An environment has at most {MOST_ROBOTS} robots");
                    return Err(Error::refused(Problem::new(Code::LimitExceeded, message)));
                }
                let body = seal(ctx, *id, robot)?;
                let kept = Kept { environment: ctx.environment, id: *id, created_at: ctx.now, body };
                table::insert(tx, &kept).await?;
                Ok((*id, robot.clone()))
            })
        })
        .await?;
    Ok(Tagged { id, created_at: call.ctx.now, robot })
}

/// The robot of the path.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn find(call: &Call) -> Result<Tagged> {
    let id: RobotId = call.id("robotID")?;
    let found = table::find(&mut call.app.read().await?, call.ctx.environment, id).await?;
    found.ok_or(Error::NotFound("robotID")).and_then(|kept| open(&call.ctx, &kept))
}

/// Robots after this place, oldest first.
///
/// # Errors
/// Those of the database.
pub(super) async fn list(call: &Call, after: (Timestamp, RobotId), limit: i64) -> Result<Vec<Tagged>> {
    let found = table::list(&mut call.app.read().await?, call.ctx.environment, after, limit).await?;
    found.iter().map(|kept| open(&call.ctx, kept)).collect()
}

/// Removes the robot of the path.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn remove(call: &Call) -> Result<()> {
    let id: RobotId = call.id("robotID")?;
    let gone = call
        .app
        .write(&call.ctx, id, |tx, ctx, id| {
            Box::pin(async move { Ok(table::delete(tx, ctx.environment, *id).await?) })
        })
        .await?;
    if gone { Ok(()) } else { Err(Error::NotFound("robotID")) }
}

/// Lets the robot of the path act and keeps what became of it. Nobody else moves it meanwhile.
///
/// # Errors
/// [`Error::NotFound`], and those of the act, which then has no effect.
pub(super) async fn change<T, F>(call: &Call, act: F) -> Result<T>
where
    T: Send + 'static,
    F: Fn(&Ctx, &mut Robot) -> Result<T> + Send + Sync + 'static,
{
    let id: RobotId = call.id("robotID")?;
    call.app.write(&call.ctx, (id, act), |tx, ctx, (id, act)| Box::pin(change_one(tx, ctx, *id, act))).await
}

async fn change_one<T, F>(tx: &mut Tx, ctx: &Ctx, id: RobotId, act: &F) -> Result<T>
where
    F: Fn(&Ctx, &mut Robot) -> Result<T>,
{
    let kept = table::find_locked(tx, ctx.environment, id).await?.ok_or(Error::NotFound("robotID"))?;
    let mut robot = open(ctx, &kept)?.robot;
    let done = act(ctx, &mut robot)?;
    table::replace(tx, ctx.environment, id, &seal(ctx, id, &robot)?).await?;
    Ok(done)
}

fn seal(ctx: &Ctx, id: RobotId, robot: &Robot) -> Result<String> {
    let clear = Secret::new(serde_json::to_vec(robot).map_err(Error::internal)?);
    let record = record(id);
    let context = SealContext { environment: ctx.environment, record: &record, field: "body" };
    Ok(ctx.keys.seal(&ctx.random, &context, clear.expose()).0)
}

fn open(ctx: &Ctx, kept: &Kept) -> Result<Tagged> {
    let record = record(kept.id);
    let context = SealContext { environment: kept.environment, record: &record, field: "body" };
    let clear = ctx.keys.open(&context, &Sealed(kept.body.clone())).map_err(Error::internal)?;
    let robot = serde_json::from_slice(clear.expose()).map_err(Error::internal)?;
    Ok(Tagged { id: kept.id, created_at: kept.created_at, robot })
}

fn record(id: RobotId) -> String {
    format!("robot/{}", id.uuid())
}
