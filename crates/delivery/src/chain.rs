//! Trying providers in order until one has the message.
//!
//! One round asks each provider once. Accepted, rejected and gone end the round; for
//! every other answer the next provider is asked, since the person is waiting.
//! A provider whose breaker is open is passed over. Leaves backing off between
//! rounds, and keeping the history, to the worker.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use postern_core::notify::OutboundMessage;
use postern_core::time::{Span, Timestamp};

use crate::breaker::{Admission, Breaker};
use crate::outcome::Outcome;
use crate::provider::{Attempt, LONGEST_ATTEMPT, Provider};

/// A provider in a chain with its breaker.
#[derive(Clone)]
pub struct Link {
    /// Who is asked.
    pub provider: Arc<dyn Provider>,
    /// Whether it may be asked now.
    pub breaker: Arc<Breaker>,
}

/// The circumstances of one round.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// Which round of the message this is, from 1.
    pub number: u32,
    /// No attempt begins at or after this moment. An attempt takes at most
    /// [`LONGEST_ATTEMPT`], so the worker's lease less that is a good choice.
    pub begin_before: Timestamp,
    /// When the message was enqueued.
    pub enqueued_at: Timestamp,
}

/// What came of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What is to be done.
    pub verdict: Verdict,
    /// Every attempt made, in order.
    pub tries: Vec<Try>,
    /// Providers passed over because their breaker was open.
    pub skipped: Vec<String>,
}

/// What is to be done with the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing: the last attempt handed it over.
    Accepted,
    /// Nothing: the last attempt showed that nobody will take it.
    Rejected,
    /// Another round, not before the span asked for (if any).
    Later {
        /// The shortest wait any of the providers asked for.
        after: Option<Span>,
    },
    /// Nothing: every provider refused, and none asked for another try.
    Exhausted,
    /// Nothing: its time ran out before anybody took it.
    Expired,
    /// Nothing: no provider carries this kind of message.
    Unserved,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    /// The provider's name.
    pub provider: String,
    /// What it answered.
    pub outcome: Outcome,
    /// When the attempt began.
    pub started_at: Timestamp,
    /// How long it took, by the caller's clock.
    pub duration: Span,
}

/// Makes one round over `links`. `clock` gives the time before and after each
/// attempt.
pub async fn deliver(
    links: &[Link],
    message: &OutboundMessage,
    round: Round,
    clock: &(dyn Fn() -> Timestamp + Send + Sync),
) -> Report {
    let mut report = Report { verdict: Verdict::Unserved, tries: Vec::new(), skipped: Vec::new() };
    for link in links.iter().filter(|link| link.provider.serves(message.channel)) {
        let now = clock();
        if message.expires_at <= now {
            report.verdict = Verdict::Expired;
            return report;
        }
        if round.begin_before <= now {
            report.verdict = later(report.verdict, None);
            return report;
        }
        if let Admission::Wait(span) = link.breaker.admit(now) {
            report.skipped.push(link.provider.name().to_owned());
            report.verdict = later(report.verdict, Some(span));
            continue;
        }
        let outcome = attempt(link, message, round, now).await;
        let ended = clock();
        link.breaker.report(&outcome, ended);
        report.verdict = after_one(report.verdict, &outcome);
        report.tries.push(Try {
            provider: link.provider.name().to_owned(),
            outcome,
            started_at: now,
            duration: ended.since(now),
        });
        if matches!(report.verdict, Verdict::Accepted | Verdict::Rejected) {
            return report;
        }
    }
    report
}

/// One attempt, bounded in time; a panic inside it is a failed attempt.
async fn attempt(link: &Link, message: &OutboundMessage, round: Round, now: Timestamp) -> Outcome {
    let attempt =
        Attempt { number: round.number, idempotency_key: message.id, enqueued_at: round.enqueued_at, now };
    let delivery = AssertUnwindSafe(async { link.provider.deliver(message, &attempt).await }).catch_unwind();
    match tokio::time::timeout(LONGEST_ATTEMPT, delivery).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Outcome::retry("the provider's code failed"),
        Err(_) => Outcome::retry("timed out"),
    }
}

fn after_one(verdict: Verdict, outcome: &Outcome) -> Verdict {
    match outcome {
        Outcome::Accepted { .. } => Verdict::Accepted,
        Outcome::Reject { .. } | Outcome::Gone { .. } => Verdict::Rejected,
        Outcome::Retry { after, .. } => later(verdict, *after),
        Outcome::Next { .. } | Outcome::Misconfigured { .. } => match verdict {
            Verdict::Unserved => Verdict::Exhausted,
            kept => kept,
        },
    }
}

/// Another round is wanted; of the waits asked for, the shortest counts, and
/// one who named none does not shorten it.
fn later(verdict: Verdict, asked: Option<Span>) -> Verdict {
    let before = match verdict {
        Verdict::Later { after } => after,
        _ => None,
    };
    Verdict::Later { after: before.into_iter().chain(asked).min() }
}
