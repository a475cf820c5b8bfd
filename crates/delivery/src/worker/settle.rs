//! Writes down what came of a round: the attempts, and whether the message is done, tried again or given up.

use postern_core::random::Random;
use postern_core::time::{Span, Timestamp};
use postern_store::sql::StoreError;
use postern_store::tables::outbox::{self, Attempt, Leased, Settled, Settlement};

use super::Worker;
use crate::chain::{Report, Try, Verdict};
use crate::outcome::Outcome;

/// The first pause; each later one is twice as long, up to the longest.
const FIRST_PAUSE: Span = Span::seconds(1);
const LONGEST_PAUSE: Span = Span::minutes(2);

/// Settles a message after a round.
pub(super) async fn settle(worker: &Worker, leased: &Leased, report: Report) -> Result<(), StoreError> {
    let now = (worker.clock)();
    let attempts = leased.attempts.saturating_add(i64::try_from(report.tries.len()).unwrap_or(0));
    let settlement = settlement(&report, leased, attempts, now, &worker.random);
    if let Settlement::Failed { reason } = &settlement {
        tracing::warn!(message.id = %leased.id, environment.id = %leased.environment, reason, "a message was given up");
    }
    let rows: Vec<Attempt> = (leased.attempts.saturating_add(1)..).zip(&report.tries).map(|(number, one)| row(number, one)).collect();
    write(worker, leased, attempts, settlement, rows, now).await
}

/// Gives a message up without an attempt.
pub(super) async fn give_up(worker: &Worker, leased: &Leased, reason: &str) -> Result<(), StoreError> {
    let settlement = Settlement::Failed { reason: reason.to_owned() };
    write(worker, leased, leased.attempts, settlement, Vec::new(), (worker.clock)()).await
}

async fn write(
    worker: &Worker,
    leased: &Leased,
    attempts: i64,
    settlement: Settlement,
    history: Vec<Attempt>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (environment, id, lease_until) = (leased.environment, leased.id, leased.lease_until);
    let settled = Settled { environment, id, lease_until, attempts, settlement, history };
    worker.db.write((settled, now), |tx, (settled, now)| Box::pin(outbox::settle(tx, std::slice::from_ref(settled), *now))).await.map(drop)
}

fn settlement(report: &Report, leased: &Leased, attempts: i64, now: Timestamp, random: &Random) -> Settlement {
    let failed = |reason: &str| Settlement::Failed { reason: reason.to_owned() };
    let last = report.tries.last().and_then(|one| one.outcome.reason()).map(|reason| reason.as_str().to_owned());
    match report.verdict {
        Verdict::Accepted => Settlement::Sent,
        Verdict::Expired => failed("it came too late to be of use"),
        Verdict::Unserved => failed("no provider is configured for it"),
        Verdict::Rejected | Verdict::Exhausted => failed(last.as_deref().unwrap_or("every provider refused it")),
        Verdict::Later { after } => {
            let pause = pause(attempts, random).max(after.unwrap_or_default());
            let due_at = now.plus(pause);
            if due_at >= leased.expires_at {
                return failed(last.as_deref().unwrap_or("no provider could be asked in time"));
            }
            Settlement::Again { due_at, reason: last.unwrap_or_else(|| "no provider could be asked".to_owned()) }
        }
    }
}

/// Half of the pause is fixed, half is random, so that messages that failed together do not return together.
fn pause(attempts: i64, random: &Random) -> Span {
    let doublings = u32::try_from(attempts.clamp(1, 16)).unwrap_or(16) - 1;
    let whole = FIRST_PAUSE.as_micros().saturating_mul(1 << doublings).min(LONGEST_PAUSE.as_micros());
    let half = whole / 2;
    Span::micros(half + i64::from(random.below(u32::try_from(half).unwrap_or(u32::MAX))))
}

fn row(number: i64, one: &Try) -> Attempt {
    let (outcome, reference) = match &one.outcome {
        Outcome::Accepted { reference, .. } => ("ACCEPTED", reference.clone()),
        Outcome::Retry { .. } => ("RETRY", None),
        Outcome::Next { .. } => ("NEXT", None),
        Outcome::Reject { .. } => ("REJECTED", None),
        Outcome::Misconfigured { .. } => ("MISCONFIGURED", None),
    };
    Attempt {
        number,
        at: one.started_at,
        provider: one.provider.clone(),
        outcome: outcome.to_owned(),
        reference,
        reason: one.outcome.reason().map(|reason| reason.as_str().to_owned()),
        duration_ms: one.duration.as_micros() / 1_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit_and_are_spread() {
        let random = Random::seeded(1);
        for (attempts, whole) in [(1, 1_000_000), (2, 2_000_000), (5, 16_000_000), (40, 120_000_000)] {
            let taken = pause(attempts, &random).as_micros();
            assert!((whole / 2..whole).contains(&taken), "{attempts}: {taken}");
        }
        assert_ne!(pause(8, &random), pause(8, &random));
    }
}
