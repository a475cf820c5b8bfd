//! Runs password hashing beside the request threads, and only so much of it at once.

use postern_engine::{Error, Result};

use super::App;

/// Runs costly work on a blocking thread, when it is its turn.
///
/// # Errors
/// [`Error::Internal`] when the application is shutting down or the work panicked.
pub async fn run<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let permit = app.hashing.clone().acquire_owned().await.map_err(Error::internal)?;
    let work = move || {
        // Held until the work is done, even when the caller has gone away.
        let _permit = permit;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}
