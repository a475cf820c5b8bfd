//! Whether the process lives, and whether it should be sent requests.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use postern_store::sql::Db;
use serde_json::json;

use crate::shutdown::Stop;

/// A database that takes longer to answer is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone)]
struct Checks {
    db: Db,
    most_waiting: usize,
    stop: Stop,
}

/// `GET /health/live` and `GET /health/ready`. Ready ends when `queue` writes, or nearly, wait.
pub(crate) fn router(db: Db, queue: usize, stop: Stop) -> Router {
    let checks = Checks { db, most_waiting: queue - queue / 10, stop };
    Router::new()
        .route("/health/live", get(async || Json(json!({ "status": "UP" }))))
        .route("/health/ready", get(ready))
        .with_state(checks)
}

async fn ready(State(checks): State<Checks>) -> impl IntoResponse {
    let database = matches!(tokio::time::timeout(PATIENCE, checks.db.ping()).await, Ok(Ok(())));
    let waiting = checks.db.writer_queue_depth();
    let writer = waiting < checks.most_waiting;
    let stopping = checks.stop.is_pulled();
    let word = |good: bool| if good { "UP" } else { "DOWN" };
    let up = database && writer && !stopping;
    let status = if up { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "status": word(up),
        "database": word(database),
        "writer": { "status": word(writer), "waiting": waiting },
        "stopping": stopping,
    });
    (status, Json(body))
}
