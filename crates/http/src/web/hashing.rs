//! Runs password hashing and the making of keys beside the request threads, and only so much of it at once.
//!
//! Who finds too long a line is sent away at once: it would wait longer than its
//! caller, and the line would hold the memory of every request in it.

use std::sync::Arc;

use postern_core::time::Span;
use postern_engine::{Error, Result};
use tokio::sync::Semaphore;

use super::App;

/// How much runs at once.
const AT_ONCE: usize = 2;
/// How much waits at most.
const WAITING: usize = 64;
/// When to come again to a full line.
const AGAIN: Span = Span::seconds(1);

/// The line before the costly work.
#[derive(Debug, Clone)]
pub struct Line {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Default for Line {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE + WAITING)), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Line {
    /// Runs the work on a blocking thread, when it is its turn.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when too many wait; [`Error::Internal`] when the work panicked.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return Err(Error::Unavailable { retry_after: AGAIN });
        };
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(Error::internal)?;
        let work = move || {
            // Held until the work is done, even when the caller has gone away.
            let _held = (place, turn);
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)
    }
}

/// Runs costly work in the application's line.
///
/// # Errors
/// As [`Line::run`].
pub async fn run<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    app.hashing.run(work).await
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::FutureExt;
    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn who_finds_a_full_line_is_sent_away_and_the_others_have_their_turn() {
        let line = Line::default();
        let (open, gate) = mpsc::channel::<()>();
        let gate = Arc::new(std::sync::Mutex::new(gate));
        let wait = |gate: &Arc<std::sync::Mutex<mpsc::Receiver<()>>>| {
            let gate = Arc::clone(gate);
            Box::pin(line.run(move || gate.lock().unwrap().recv().is_err()))
        };
        let mut waiting: Vec<_> = (0..AT_ONCE + WAITING).map(|_| wait(&gate)).collect();
        for one in &mut waiting {
            assert!(one.now_or_never().is_none());
        }
        let refused = line.run(|| ()).await;
        assert!(matches!(refused, Err(Error::Unavailable { retry_after }) if retry_after == AGAIN));
        drop(open);
        assert!(join_all(waiting).await.into_iter().all(|done| done.unwrap()));
        line.run(|| ()).await.unwrap();
    }
}
