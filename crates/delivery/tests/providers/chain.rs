//! The order in which providers are tried.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use postern_core::notify::{Channel, OutboundMessage};
use postern_core::time::{Span, Timestamp};
use postern_delivery::breaker::{FAILURES_TO_OPEN, OPEN_FOR};
use postern_delivery::chain::{Link, Report, Round, Verdict, deliver};
use postern_delivery::outcome::{Outcome, Reason};
use postern_delivery::provider::{Attempt, Provider};
use postern_delivery::registry::Registry;
use postern_delivery::settings::{ProviderSettings, TwilioSender, TwilioSettings};

use crate::fixture::{NOW, message};
use crate::peer::outbound;

type Answer = fn() -> Outcome;

/// Gives the same answer to every message and counts them.
struct Scripted {
    name: &'static str,
    answer: Box<dyn Fn() -> Outcome + Send + Sync>,
    asked: AtomicUsize,
    last: Mutex<Option<Attempt>>,
}

impl Provider for Scripted {
    fn name(&self) -> &str {
        self.name
    }

    fn serves(&self, channel: Channel) -> bool {
        channel == Channel::Sms
    }

    fn deliver<'a>(&'a self, _: &'a OutboundMessage, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        Box::pin(async {
            self.asked.fetch_add(1, Ordering::Relaxed);
            *self.last.lock().unwrap() = Some(*attempt);
            (self.answer)()
        })
    }
}

fn link(name: &'static str, answer: impl Fn() -> Outcome + Send + Sync + 'static) -> (Arc<Scripted>, Link) {
    let (asked, last) = (AtomicUsize::new(0), Mutex::new(None));
    let provider = Arc::new(Scripted { name, answer: Box::new(answer), asked, last });
    (provider.clone(), Link { provider, breaker: Arc::default() })
}

fn accepted() -> Outcome {
    Outcome::accepted(Some("ref1"), "queued")
}

fn waits(seconds: i64) -> Outcome {
    Outcome::Retry { reason: Reason::new("busy"), after: Some(Span::seconds(seconds)) }
}

async fn round_at(links: &[Link], now: Timestamp) -> Report {
    // A clock that goes on by a second each time it is read.
    let ticks = AtomicI64::new(now.seconds());
    let clock = move || Timestamp::from_seconds(ticks.fetch_add(1, Ordering::Relaxed));
    let round = Round { number: 3, begin_before: now.plus(Span::seconds(60)), enqueued_at: NOW };
    deliver(links, &message(Channel::Sms), round, &clock).await
}

#[tokio::test]
async fn each_first_answer_leads_to_its_verdict() {
    let retry = || Outcome::retry("busy");
    let cases: [(&str, Answer, Answer, Verdict, usize); 9] = [
        ("accepted ends it", accepted, accepted, Verdict::Accepted, 1),
        ("rejected ends it", || Outcome::reject("x"), accepted, Verdict::Rejected, 1),
        ("retry goes on", retry, accepted, Verdict::Accepted, 2),
        ("next goes on", || Outcome::next("x"), accepted, Verdict::Accepted, 2),
        ("misconfigured goes on", || Outcome::misconfigured("x"), accepted, Verdict::Accepted, 2),
        ("one retry is worth another round", retry, || Outcome::next("x"), Verdict::Later { after: None }, 2),
        ("in either order", || Outcome::misconfigured("x"), retry, Verdict::Later { after: None }, 2),
        (
            "the shorter wait counts",
            || waits(9),
            || waits(4),
            Verdict::Later { after: Some(Span::seconds(4)) },
            2,
        ),
        ("nobody wants it", || Outcome::next("x"), || Outcome::misconfigured("x"), Verdict::Exhausted, 2),
    ];
    for (name, first, second, verdict, tries) in cases {
        let ((_, one), (_, two)) = (link("one", first), link("two", second));
        let report = round_at(&[one, two], NOW).await;
        assert_eq!((report.verdict, report.tries.len()), (verdict, tries), "{name}");
    }
}

#[tokio::test]
async fn an_attempt_is_recorded_with_its_time_and_told_its_circumstances() {
    let (provider, one) = link("one", accepted);
    let report = round_at(&[one], NOW).await;
    let only = &report.tries[0];
    assert_eq!((only.provider.as_str(), only.started_at, only.duration), ("one", NOW, Span::seconds(1)));
    assert_eq!(only.outcome, accepted());
    let attempt = provider.last.lock().unwrap().unwrap();
    assert_eq!((attempt.number, attempt.idempotency_key, attempt.now), (3, message(Channel::Sms).id, NOW));
}

#[tokio::test]
async fn nobody_for_the_channel_is_told_from_refusals() {
    let (provider, one) = link("one", accepted);
    let clock = || NOW;
    let round = Round { number: 1, begin_before: NOW.plus(Span::seconds(1)), enqueued_at: NOW };
    let report = deliver(&[one], &message(Channel::Email), round, &clock).await;
    assert_eq!((report.verdict, provider.asked.load(Ordering::Relaxed)), (Verdict::Unserved, 0));
}

#[tokio::test]
async fn an_expired_code_is_not_sent() {
    let (provider, one) = link("one", accepted);
    let report = round_at(&[one], message(Channel::Sms).expires_at).await;
    assert_eq!((report.verdict, provider.asked.load(Ordering::Relaxed)), (Verdict::Expired, 0));
}

#[tokio::test]
async fn no_attempt_begins_after_the_lease() {
    let ((_, one), (second, two)) = (link("one", || Outcome::next("x")), link("two", accepted));
    let ticks = AtomicI64::new(NOW.seconds());
    let clock = move || Timestamp::from_seconds(ticks.fetch_add(10, Ordering::Relaxed));
    let round = Round { number: 1, begin_before: NOW.plus(Span::seconds(15)), enqueued_at: NOW };
    let report = deliver(&[one, two], &message(Channel::Sms), round, &clock).await;
    assert_eq!((report.verdict, report.tries.len()), (Verdict::Later { after: None }, 1));
    assert_eq!(second.asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_provider_that_panics_is_a_failed_attempt() {
    let ((_, one), (_, two)) = (link("one", || panic!("a bug")), link("two", accepted));
    let report = round_at(&[one, two], NOW).await;
    assert_eq!((report.verdict, report.tries[0].outcome.label()), (Verdict::Accepted, "retry"));
}

#[tokio::test]
async fn a_failing_provider_is_left_alone_and_holds_nobody_back() {
    let ((bad, one), (good, two)) = (link("bad", || Outcome::retry("down")), link("good", accepted));
    let links = [one, two];
    let rounds = FAILURES_TO_OPEN as usize + 3;
    for _ in 0..rounds {
        assert_eq!(round_at(&links, NOW).await.verdict, Verdict::Accepted);
    }
    assert_eq!(bad.asked.load(Ordering::Relaxed), FAILURES_TO_OPEN as usize);
    assert_eq!(good.asked.load(Ordering::Relaxed), rounds);
    assert_eq!(round_at(&links, NOW).await.skipped, ["bad"]);

    round_at(&links, NOW.plus(OPEN_FOR).plus(Span::seconds(5))).await;
    assert_eq!(bad.asked.load(Ordering::Relaxed), FAILURES_TO_OPEN as usize + 1);
}

#[tokio::test]
async fn a_lone_provider_with_an_open_breaker_asks_for_the_rest_of_its_span() {
    let (_, one) = link("bad", || Outcome::retry("down"));
    let links = [one];
    for _ in 0..FAILURES_TO_OPEN {
        round_at(&links, NOW).await;
    }
    let report = round_at(&links, NOW.plus(Span::seconds(10))).await;
    let Verdict::Later { after: Some(after) } = report.verdict else { panic!("{report:?}") };
    assert!(report.tries.is_empty() && after > Span::ZERO && after < OPEN_FOR, "{report:?}");
}

#[tokio::test]
async fn a_provider_is_built_once_for_each_revision() {
    let registry = Registry::new(outbound());
    let message = message(Channel::Sms);
    let id = ("PHONE", uuid::Uuid::from_u128(7));
    let built = AtomicUsize::new(0);
    let link = |rev| {
        registry.link(message.environment, id, rev, || {
            built.fetch_add(1, Ordering::Relaxed);
            Ok::<_, ()>(ProviderSettings::Twilio(TwilioSettings {
                account_sid: "AC1".to_owned(),
                auth_token: "t".into(),
                sender: TwilioSender::Numbers(vec![]),
                base_url: None,
            }))
        })
    };
    let (first, again, changed) = (link(1).unwrap(), link(1).unwrap(), link(2).unwrap());
    assert_eq!(built.load(Ordering::Relaxed), 2);
    assert!(Arc::ptr_eq(&first.breaker, &again.breaker));
    assert!(!Arc::ptr_eq(&first.breaker, &changed.breaker));
    let failed = registry.link(message.environment, id, 3, || Err("sealed with another key"));
    assert_eq!(failed.err(), Some("sealed with another key"));
}
