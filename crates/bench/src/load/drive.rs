//! The loops: connections that call again and again, and the window in which calls count.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::task::JoinSet;

use super::{Answer, Connection, Histogram};
use crate::clock;

/// A connection that fails is opened again so often before the run ends.
const RECONNECTS: u32 = 3;

/// Makes one call after the other on a connection of its own.
pub(crate) trait Caller: Send + 'static {
    /// Makes one call, of one exchange or several.
    fn call(&mut self, connection: &mut Connection) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Why a call does not count.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The answer was not the expected one.
    Answer(String),
    /// The connection broke.
    Connection(std::io::Error),
    /// There is nothing left to call for; the measurement ends.
    Exhausted,
}

impl Fault {
    /// What was answered, shortened.
    pub(crate) fn of(answer: &Answer<'_>) -> Self {
        let body: String = String::from_utf8_lossy(answer.body).chars().take(400).collect();
        Self::Answer(format!("{} {body}", answer.status))
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Connection(error)
    }
}

/// When calls are made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// As soon as the connection is free.
    Closed,
    /// So many a second, at even distances.
    Open(f64),
}

/// How long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Calls that do not count.
    pub(crate) warm_up: Duration,
    /// Calls that count.
    pub(crate) measured: Duration,
}

/// What was measured.
#[derive(Clone, Default)]
pub(crate) struct Outcome {
    /// Calls that succeeded and counted.
    pub(crate) calls: u64,
    /// All calls that succeeded, those of the warm-up too.
    pub(crate) all_calls: u64,
    /// Calls that did not.
    pub(crate) errors: u64,
    /// The first error.
    pub(crate) error: Option<String>,
    /// For how long it was measured, in seconds.
    pub(crate) seconds: f64,
    /// Times of whole calls.
    pub(crate) times: Histogram,
    /// Times of single exchanges.
    pub(crate) exchanges: Histogram,
}

impl Outcome {
    /// Calls in a second.
    pub(crate) fn rate(&self) -> f64 {
        if self.seconds > 0.0 { self.calls as f64 / self.seconds } else { 0.0 }
    }
}

struct Window {
    from: Instant,
    until: Instant,
    ended: OnceLock<Instant>,
    pace: Pace,
    tickets: AtomicU64,
}

impl Window {
    fn is_over(&self, now: Instant) -> bool {
        now >= self.until || self.ended.get().is_some()
    }

    fn counts(&self, now: Instant) -> bool {
        now >= self.from && !self.is_over(now)
    }

    /// When the next call is due; nothing means now.
    fn due(&self, start: Instant) -> Option<Instant> {
        let Pace::Open(rate) = self.pace else { return None };
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        Some(start + Duration::from_secs_f64(ticket as f64 / rate))
    }
}

/// Lets the callers call, each on its own connection, and measures.
///
/// # Errors
/// When the server cannot be connected to.
pub(crate) async fn drive<C: Caller>(
    address: SocketAddr,
    callers: Vec<C>,
    pace: Pace,
    shape: Shape,
) -> anyhow::Result<Outcome> {
    let start = clock::now();
    let window = Arc::new(Window {
        from: start + shape.warm_up,
        until: start + shape.warm_up + shape.measured,
        ended: OnceLock::new(),
        pace,
        tickets: AtomicU64::new(0),
    });
    let mut running = JoinSet::new();
    for caller in callers {
        let connection =
            Connection::open(address).await.with_context(|| format!("cannot connect to {address}"))?;
        running.spawn(work(caller, connection, address, start, Arc::clone(&window)));
    }
    let mut all = Outcome::default();
    while let Some(one) = running.join_next().await {
        let one = one??;
        all.calls += one.calls;
        all.all_calls += one.all_calls;
        all.errors += one.errors;
        all.error = all.error.or(one.error);
        all.times.merge(&one.times);
        all.exchanges.merge(&one.exchanges);
    }
    let ended = window.ended.get().copied().unwrap_or(window.until);
    all.seconds = ended.saturating_duration_since(window.from).as_secs_f64();
    Ok(all)
}

async fn work<C: Caller>(
    mut caller: C,
    mut connection: Connection,
    address: SocketAddr,
    start: Instant,
    window: Arc<Window>,
) -> anyhow::Result<Outcome> {
    let mut seen = Outcome::default();
    let mut measuring = false;
    let mut reconnects = 0;
    loop {
        let began = await_turn(window.due(start)).await;
        if window.is_over(clock::now()) {
            break;
        }
        let result = caller.call(&mut connection).await;
        let ended = clock::now();
        if !measuring && window.counts(ended) {
            measuring = true;
            connection.times.clear();
        }
        match result {
            Ok(()) => {
                seen.all_calls += 1;
                if window.counts(ended) {
                    seen.calls += 1;
                    seen.times.record(ended.saturating_duration_since(began));
                }
            }
            Err(Fault::Exhausted) => {
                let _ = window.ended.set(ended);
                break;
            }
            Err(Fault::Answer(text)) => {
                seen.errors += 1;
                seen.error.get_or_insert(text);
            }
            Err(Fault::Connection(error)) => {
                seen.errors += 1;
                seen.error.get_or_insert_with(|| error.to_string());
                reconnects += 1;
                if reconnects > RECONNECTS {
                    return Err(error).context("the connection broke again and again");
                }
                let times = std::mem::take(&mut connection.times);
                connection = Connection::open(address).await.context("cannot connect again")?;
                connection.times = times;
            }
        }
    }
    seen.exchanges = connection.times;
    Ok(seen)
}

/// Waits until the call is due. Gives when its time begins: when it was due, if the connection came late,
/// or when the timer woke it up, for a late timer is no fault of the server's.
async fn await_turn(due: Option<Instant>) -> Instant {
    let now = clock::now();
    match due {
        None => now,
        Some(due) if due <= now => due,
        Some(due) => {
            tokio::time::sleep_until(due.into()).await;
            clock::now()
        }
    }
}

/// Lets the callers call until they are exhausted.
///
/// # Errors
/// When the server cannot be connected to, or any call failed.
pub(crate) async fn once_each<C: Caller>(address: SocketAddr, callers: Vec<C>) -> anyhow::Result<Outcome> {
    let shape = Shape { warm_up: Duration::ZERO, measured: Duration::from_secs(3600) };
    let done = drive(address, callers, Pace::Closed, shape).await?;
    match &done.error {
        Some(error) => anyhow::bail!("a call of the preparation failed: {error}"),
        None => Ok(done),
    }
}
