//! Figures for Prometheus: requests, deliveries, what waits.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use postern_core::time::Span;
use postern_delivery::worker as delivery;
use postern_http::web::app::Observer;
use postern_store::sql::Db;
use postern_store::tables::outbox;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of the duration classes, in seconds.
const DURATIONS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// The figures. Cheap to clone; clones share them.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Served, Histogram, fn() -> Histogram>,
    deliveries: Family<Attempted, Counter>,
    pending: Gauge,
    waiting_writes: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    path: &'static str,
    status: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Served {
    method: &'static str,
    path: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Attempted {
    provider: String,
    outcome: &'static str,
}

impl Metrics {
    /// Nothing counted yet.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("postern");
        let requests = Family::<Answered, Counter>::default();
        let histogram: fn() -> Histogram = || Histogram::new(DURATIONS);
        let durations = Family::<Served, Histogram, _>::new_with_constructor(histogram);
        let deliveries = Family::<Attempted, Counter>::default();
        let (pending, waiting_writes) = (Gauge::default(), Gauge::default());
        registry.register("http_requests", "Answered requests", requests.clone());
        registry.register("http_request_duration_seconds", "Time to the answer", durations.clone());
        registry.register("delivery_attempts", "Messages handed to a provider", deliveries.clone());
        registry.register("outbox_pending", "Messages that wait for their delivery", pending.clone());
        registry.register("writes_waiting", "Writes that wait for the database", waiting_writes.clone());
        Self(Arc::new(Inner { registry, requests, durations, deliveries, pending, waiting_writes }))
    }

    /// Counts answers.
    pub(crate) fn observer(&self) -> Observer {
        let inner = Arc::clone(&self.0);
        Arc::new(move |path, method, status, took: Span| {
            let method = word(method);
            inner.requests.get_or_create(&Answered { method, path, status: u32::from(status) }).inc();
            #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^52 microseconds")]
            let seconds = took.as_micros() as f64 / 1e6;
            inner.durations.get_or_create(&Served { method, path }).observe(seconds);
        })
    }

    /// Counts attempts to deliver messages.
    pub(crate) fn delivery_observer(&self) -> delivery::Observer {
        let inner = Arc::clone(&self.0);
        Arc::new(move |event| {
            event.tries.iter().for_each(|one| inner.attempted(&one.provider, one.outcome.label()));
        })
    }

    /// `GET /metrics`.
    pub(crate) fn router(&self, db: Db) -> Router {
        Router::new().route("/metrics", get(scrape)).with_state((self.clone(), db))
    }
}

impl Inner {
    fn attempted(&self, provider: &str, outcome: &'static str) {
        self.deliveries.get_or_create(&Attempted { provider: provider.to_owned(), outcome }).inc();
    }
}

async fn scrape(State((metrics, db)): State<(Metrics, Db)>) -> Response {
    let inner = &metrics.0;
    let waiting = i64::try_from(db.writer_queue_depth()).unwrap_or(i64::MAX);
    inner.waiting_writes.set(waiting);
    // When the database does not answer, the other figures are all the more wanted.
    match pending(&db).await {
        Ok(count) => drop(inner.pending.set(count)),
        Err(error) => tracing::warn!(%error, "the waiting messages could not be counted"),
    }
    let mut text = String::new();
    if encode(&mut text, &inner.registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, content_type)], text).into_response()
}

async fn pending(db: &Db) -> postern_store::sql::Result<i64> {
    outbox::pending(&mut db.read().await?).await
}

/// Methods come from clients: an unknown one must not make a new series.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_path_method_and_status() {
        let metrics = Metrics::new();
        let observe = metrics.observer();
        observe("/v1/environments/{envID}", &Method::GET, 200, Span::millis(3));
        observe("/v1/environments/{envID}", &Method::GET, 404, Span::millis(1));
        metrics.0.attempted("INBOX", "accepted");
        let mut text = String::new();
        encode(&mut text, &metrics.0.registry).unwrap();
        for line in [
            "postern_http_requests_total{method=\"GET\",path=\"/v1/environments/{envID}\",status=\"404\"} 1",
            "postern_http_request_duration_seconds_count{method=\"GET\",path=\"/v1/environments/{envID}\"} 2",
            "postern_delivery_attempts_total{provider=\"INBOX\",outcome=\"accepted\"} 1",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
