//! What the machine could do at best: the figures that the server's are held against.

mod bare_route;
mod bare_store;
mod signing;

pub(crate) use bare_route::{measure as bare_route, serve as serve_bare_route};
pub(crate) use bare_store::{bare_store, bare_transaction};
pub(crate) use signing::signatures;

/// Runs work on a runtime of its own with as many threads as the server has, away from the load generator's.
///
/// # Errors
/// Those of the work, or when no thread can be made.
pub(crate) async fn apart<T, W, R>(work: W) -> anyhow::Result<T>
where
    T: Send + 'static,
    W: FnOnce() -> R + Send + 'static,
    R: Future<Output = anyhow::Result<T>>,
{
    let thread = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(work())
    });
    thread.await?
}
