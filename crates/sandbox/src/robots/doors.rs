//! Making, reading and removing robots.

use postern_core::ids::{Id as _, RobotId};
use postern_core::time::Timestamp;
use postern_engine::Error;
use postern_http::web::hal::{self, Links};
use postern_http::web::{Call, Failure, Reply, paging};
use serde_json::Value;

use super::phone_acts::{Claimed, claim};
use super::robot::{Robot, Wanted};
use super::{Robots, shelf, view};

/// How many robots are listed when nothing is said, and how many at most.
const LIMIT: i64 = 100;
const HIGHEST_LIMIT: i64 = 1_000;

/// `POST …/robots`. A phone is paired at once; when the server refuses that, its answer is the robot's.
pub(crate) async fn make(robots: Robots, call: Call) -> Result<Reply, Failure> {
    let robot = match Wanted::read(&call.object()?).map_err(Error::Invalid)? {
        Wanted::Ready(robot) => robot,
        Wanted::Phone(pairing) => match claim(&robots, &call, pairing).await? {
            Claimed::Paired(phone) => Robot::Phone(phone),
            Claimed::Refused(said) => return Ok(Reply::json(said.status, &said.body)),
        },
    };
    let made = shelf::add(&call, robot).await?;
    Ok(Reply::created(&view::render(&call.ctx, &made)))
}

/// `GET …/robots`
pub(crate) async fn list(_: Robots, call: Call) -> Result<Reply, Failure> {
    let query = call.query();
    let window = paging::window(&query, LIMIT, HIGHEST_LIMIT)?;
    let after = window.after.map_or((Timestamp::from_micros(0), RobotId::NIL), |(created_at, id)| {
        (created_at, RobotId::from_uuid(id))
    });
    let mut found = shelf::list(&call, after, window.limit.saturating_add(1)).await?;
    let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let own = view::collection(&call.ctx, call.ctx.environment);
    let mut links = Links::to(&own);
    if let Some(last) = found.last().filter(|_| more) {
        let cursor = paging::encode(last.created_at, last.id.uuid());
        links = links.link("next", &paging::next(&own, &query, &cursor));
    }
    let shown: Vec<Value> = found.iter().map(|robot| view::render(&call.ctx, robot)).collect();
    Ok(Reply::ok(&hal::collection(links, "robots", shown, None)))
}

/// `GET …/robots/{robotID}`
pub(crate) async fn read(_: Robots, call: Call) -> Result<Reply, Failure> {
    let found = shelf::find(&call).await?;
    Ok(Reply::ok(&view::render(&call.ctx, &found)))
}

/// `DELETE …/robots/{robotID}`. The device that it is stays, like that of a phone that was lost.
pub(crate) async fn remove(_: Robots, call: Call) -> Result<Reply, Failure> {
    shelf::remove(&call).await?;
    Ok(Reply::no_content())
}
