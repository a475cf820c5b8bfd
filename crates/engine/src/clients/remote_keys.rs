//! The keys that clients publish behind their `jwksUrl`, kept for a minute.
//!
//! When an address does not answer, the keys that it gave last count for an
//! hour; it is asked again after ten seconds, so that a client that is down costs
//! few calls.

use std::sync::Arc;

use postern_core::jose::jwk::JwkSet;
use postern_core::oauth::key_source::KeySource;
use postern_core::time::{Span, Timestamp};

use postern_core::recent::Recent;

/// How long keys are taken as they came.
const FRESH_FOR: Span = Span::minutes(1);
/// How long they count while their address does not answer.
const STALE_FOR: Span = Span::hours(1);
/// How long an address that did not answer is left alone.
const PAUSE: Span = Span::seconds(10);
/// Addresses that are kept.
const CAPACITY: usize = 1_000;

/// The keys behind addresses. Clones share them.
#[derive(Clone)]
pub(super) struct RemoteKeys {
    source: Option<Arc<dyn KeySource>>,
    known: Recent<String, Known>,
}

#[derive(Clone)]
struct Known {
    keys: Arc<JwkSet>,
    fetched_at: Timestamp,
    asked_at: Timestamp,
}

impl RemoteKeys {
    /// Keys from this source; without one there are none.
    pub(super) fn new(source: Option<Arc<dyn KeySource>>) -> Self {
        Self { source, known: Recent::new(CAPACITY) }
    }

    /// The keys behind the address now; none when it never answered, or not for an hour.
    pub(super) async fn get(&self, url: &str, now: Timestamp) -> Arc<JwkSet> {
        let known = self.known.get(&url.to_owned());
        if let Some(known) = known.as_ref().filter(|known| known.rests(now)) {
            return known.keys(now);
        }
        let Some(source) = &self.source else { return Arc::default() };
        let next = match (source.fetch(url, now).await, known) {
            (Some(keys), _) => Known { keys: Arc::new(keys), fetched_at: now, asked_at: now },
            (None, Some(known)) => Known { asked_at: now, ..known },
            (None, None) => Known { keys: Arc::default(), fetched_at: now, asked_at: now },
        };
        self.known.insert(url.to_owned(), next.clone());
        next.keys(now)
    }
}

impl Known {
    /// Whether its address is not asked now.
    fn rests(&self, now: Timestamp) -> bool {
        let answered = self.asked_at == self.fetched_at && !self.keys.is_empty();
        now.since(self.asked_at) < if answered { FRESH_FOR } else { PAUSE }
    }

    fn keys(&self, now: Timestamp) -> Arc<JwkSet> {
        if now.since(self.fetched_at) < STALE_FOR { Arc::clone(&self.keys) } else { Arc::default() }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use postern_core::oauth::key_source::Fetched;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const URL: &str = "https://client.example/keys";

    /// Gives what it is told to, and counts.
    #[derive(Default)]
    struct Scripted {
        answers: bool,
        calls: u32,
    }

    struct Source(Mutex<Scripted>);

    impl KeySource for Source {
        fn fetch<'a>(&'a self, _url: &'a str, _now: Timestamp) -> Fetched<'a> {
            let mut script = self.0.lock().unwrap();
            script.calls += 1;
            let keys = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
            let found = script.answers.then(|| JwkSet::parse(keys).unwrap());
            Box::pin(std::future::ready(found))
        }
    }

    fn calls(source: &Source) -> u32 {
        source.0.lock().unwrap().calls
    }

    #[tokio::test]
    async fn keys_are_kept_for_a_minute_and_survive_an_outage_of_an_hour() {
        let source = Arc::new(Source(Mutex::new(Scripted { answers: true, calls: 0 })));
        let remote = RemoteKeys::new(Some(Arc::clone(&source) as Arc<dyn KeySource>));
        for second in [0, 30, 59] {
            assert!(!remote.get(URL, NOW.plus(Span::seconds(second))).await.is_empty());
        }
        assert_eq!(calls(&source), 1);
        source.0.lock().unwrap().answers = false;
        assert!(!remote.get(URL, NOW.plus(Span::minutes(2))).await.is_empty());
        assert!(!remote.get(URL, NOW.plus(Span::minutes(2)).plus(Span::seconds(5))).await.is_empty());
        assert_eq!(calls(&source), 2, "an address that is down rests");
        assert!(remote.get(URL, NOW.plus(Span::minutes(61))).await.is_empty());
    }

    #[tokio::test]
    async fn without_a_source_there_are_no_keys() {
        assert!(RemoteKeys::new(None).get(URL, NOW).await.is_empty());
    }
}
