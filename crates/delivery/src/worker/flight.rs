//! One round of one message: opened, handed to its providers, and what became of it.

use std::sync::Arc;

use postern_core::crypto::keyring::OpenError;
use postern_core::notify::payload::{self, PayloadError};
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::random::Random;
use postern_core::time::{Span, Timestamp};
use postern_store::tables::outbox::{Attempt, Leased, Settled, Settlement};

use super::backoff;
use super::event::{DeliveryEvent, GoneDevice, Standing};
use super::providers::Providers;
use crate::chain::{self, Link, Report, Round, Try, Verdict};
use crate::outcome::Outcome;
use crate::provider::LONGEST_ATTEMPT;

const EXPIRED: &str = "expired";
const UNSERVED: &str = "no provider is configured";

/// What every flight needs.
pub(super) struct Base {
    pub(super) providers: Providers,
    pub(super) random: Random,
    pub(super) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// What came of a round, to be settled and then told.
pub(super) struct Landed {
    pub(super) settled: Settled,
    pub(super) event: DeliveryEvent,
}

/// What came of a round, before it is put in the words of the outbox.
struct Done {
    settlement: Settlement,
    tries: Vec<Try>,
    gone: Option<GoneDevice>,
}

impl Done {
    fn untried(settlement: Settlement) -> Self {
        Self { settlement, tries: Vec::new(), gone: None }
    }

    fn failed(reason: &str) -> Self {
        Self::untried(Settlement::Failed { reason: reason.to_owned() })
    }
}

impl Base {
    /// Makes one round with a leased message.
    pub(super) async fn fly(&self, leased: &Leased) -> Landed {
        let done = self.round(leased).await;
        let now = (self.clock)();
        let before = leased.attempts;
        let history: Vec<Attempt> =
            (before + 1..).zip(&done.tries).map(|(number, made)| attempt(number, made)).collect();
        let standing = match &done.settlement {
            Settlement::Sent => Standing::Sent,
            Settlement::Failed { reason } => Standing::Failed { reason: reason.clone() },
            Settlement::Again { due_at, .. } => Standing::Again { due_at: *due_at },
        };
        Landed {
            event: DeliveryEvent {
                environment: leased.environment,
                message: leased.id,
                channel: Channel::from_request_name(&leased.channel),
                tries: done.tries,
                standing,
                gone: done.gone,
                age: now.since(leased.created_at),
            },
            settled: Settled {
                environment: leased.environment,
                id: leased.id,
                lease_until: leased.lease_until,
                attempts: before + i64::try_from(history.len()).unwrap_or_default(),
                settlement: done.settlement,
                history,
            },
        }
    }

    async fn round(&self, leased: &Leased) -> Done {
        let now = (self.clock)();
        if leased.expires_at <= now {
            return Done::failed(EXPIRED);
        }
        let mut message = match payload::open(
            &self.providers.keys,
            leased.environment,
            leased.id,
            &leased.payload,
        ) {
            Ok(message) => message,
            // Another node may have the key already.
            Err(error @ PayloadError::Sealed(OpenError::UnknownKey)) => {
                return self.later(leased, now, &error);
            }
            Err(error) => {
                tracing::error!(%error, environment.id = %leased.environment, message.id = %leased.id, "a message cannot be opened");
                return Done::failed("the content cannot be opened");
            }
        };
        let links = match self.providers.of_message(&mut message, now).await {
            Ok(links) => links,
            Err(error) => return self.later(leased, now, &error),
        };
        self.ask(leased, &message, &links).await
    }

    /// A fault of ours: nobody was asked, so it counts as no attempt.
    fn later(&self, leased: &Leased, now: Timestamp, error: &dyn std::error::Error) -> Done {
        tracing::warn!(%error, environment.id = %leased.environment, "a message has to wait for its settings or its key");
        let reason = "the settings or the key could not be read";
        match backoff::next(&self.random, 3, None, now, leased.expires_at) {
            Some(due_at) => Done::untried(Settlement::Again { due_at, reason: reason.to_owned() }),
            None => Done::failed(reason),
        }
    }

    async fn ask(&self, leased: &Leased, message: &OutboundMessage, links: &[Link]) -> Done {
        let number = round_number(leased.attempts, links.len());
        let longest = Span::micros(i64::try_from(LONGEST_ATTEMPT.as_micros()).unwrap_or_default());
        let round = Round {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            begin_before: leased.lease_until.minus(longest),
            enqueued_at: leased.created_at,
        };
        let report = chain::deliver(links, message, round, self.clock.as_ref()).await;
        warn_of_faults(leased, &report);
        let settlement = self.settlement(leased, &report, number);
        let gone = GoneDevice::of(message, &report.tries);
        Done { settlement, tries: report.tries, gone }
    }

    fn settlement(&self, leased: &Leased, report: &Report, round: usize) -> Settlement {
        let last = report
            .tries
            .iter()
            .rev()
            .find_map(|made| made.outcome.reason())
            .map_or("not tried", |reason| reason.as_str());
        let failed = |reason: &str| Settlement::Failed { reason: reason.to_owned() };
        match report.verdict {
            Verdict::Accepted => Settlement::Sent,
            Verdict::Rejected | Verdict::Exhausted => failed(last),
            Verdict::Expired => failed(EXPIRED),
            Verdict::Unserved => failed(UNSERVED),
            Verdict::Later { after } => {
                match backoff::next(&self.random, round, after, (self.clock)(), leased.expires_at) {
                    Some(due_at) => Settlement::Again { due_at, reason: last.to_owned() },
                    None => failed(last),
                }
            }
        }
    }
}

/// Which round this is, from 1. Only attempts are counted, and a round makes one with each provider.
fn round_number(attempts: i64, providers: usize) -> usize {
    usize::try_from(attempts).unwrap_or_default().div_ceil(providers.max(1)).saturating_add(1)
}

fn warn_of_faults(leased: &Leased, report: &Report) {
    for made in &report.tries {
        if let Outcome::Misconfigured { reason } = &made.outcome {
            let (provider, environment) = (made.provider.as_str(), leased.environment);
            tracing::warn!(provider, environment.id = %environment, %reason, "a provider is set up wrongly");
        }
    }
}

fn attempt(number: i64, made: &Try) -> Attempt {
    let (outcome, reference) = match &made.outcome {
        Outcome::Accepted { reference, .. } => ("ACCEPTED", reference.clone()),
        Outcome::Retry { .. } => ("RETRY", None),
        Outcome::Next { .. } => ("NEXT", None),
        Outcome::Reject { .. } => ("REJECTED", None),
        Outcome::Gone { .. } => ("GONE", None),
        Outcome::Misconfigured { .. } => ("MISCONFIGURED", None),
    };
    Attempt {
        number,
        at: made.started_at,
        provider: made.provider.clone(),
        outcome: outcome.to_owned(),
        reference,
        reason: made.outcome.reason().map(ToString::to_string),
        duration_ms: made.duration.as_micros() / 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::round_number;

    #[test]
    fn a_round_is_one_attempt_with_each_provider() {
        for (attempts, providers, round) in [(0, 1, 1), (1, 1, 2), (2, 2, 2), (1, 2, 2), (4, 2, 3), (3, 0, 4)]
        {
            assert_eq!(round_number(attempts, providers), round, "{attempts} {providers}");
        }
    }
}
