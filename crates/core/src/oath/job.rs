//! Bulk work on tokens (MFA contract 5.3): what was asked, how far it is, what it came to.
//!
//! ```text
//!  PENDING ── first batch ──► IN_PROGRESS ── last batch ──► DONE
//!                                  └────── a limit ───────► FAILED
//! ```

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::import::{Duplicate, NewToken};
use super::token::OathToken;
use crate::entity::Entity;
use crate::ids::{OathJobId, OathTokenId};
use crate::problem::Problem;
use crate::schema::{Declared, Object, boolean, decode, list, nested, object, one_of, uuid, words};
use crate::time::{Span, Timestamp};

/// Most tokens of one job.
pub const MOST: usize = 20_000;
/// How long a job that has ended can be looked at.
pub const RETENTION: Span = Span::days(30);

words! {
    /// What a job does.
    pub enum JobType {
        Create = "CREATE_OATH_TOKENS",
        Revoke = "REVOKE_OATH_TOKENS",
    }
}

words! {
    /// How far a job is.
    pub enum JobStatus {
        Pending = "PENDING",
        InProgress = "IN_PROGRESS",
        Done = "DONE",
        Failed = "FAILED",
    }
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OathJob {
    /// What it does.
    #[serde(rename = "type")]
    pub kind: JobType,
    /// Whether it goes on after the answer to the request.
    #[serde(rename = "async")]
    pub deferred: bool,
    /// Whether tokens that are paired are revoked too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub force_unpair: bool,
    /// How far it is.
    pub status: JobStatus,
    /// What it came to so far.
    pub result: JobResult,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// What a job came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobResult {
    /// Tokens that were created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<u64>,
    /// Serial numbers that were there already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<Duplicate>,
    /// Tokens that were revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<u64>,
    /// Tokens that were left alone because they are paired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paired: Vec<OathTokenId>,
}

impl Entity for OathJob {
    type Id = OathJobId;
    const KIND: &'static str = "OATH_JOB";
}

impl OathJob {
    fn new(kind: JobType, deferred: bool, force_unpair: bool) -> Self {
        let result = match kind {
            JobType::Create => JobResult { created: Some(0), ..JobResult::default() },
            JobType::Revoke => JobResult { revoked: Some(0), ..JobResult::default() },
        };
        Self {
            kind,
            deferred,
            force_unpair,
            status: JobStatus::Pending,
            result,
            reason: None,
            ended_at: None,
        }
    }

    /// Whether there is nothing left to do.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.ended_at.is_some()
    }

    /// It is over, for that reason if it failed.
    pub fn end(&mut self, reason: Option<String>, now: Timestamp) {
        self.status = if reason.is_some() { JobStatus::Failed } else { JobStatus::Done };
        self.reason = reason;
        self.ended_at = Some(now);
    }
}

/// A job as it was asked for.
#[derive(Debug)]
pub struct Order<T> {
    /// The record of it.
    pub job: OathJob,
    /// What is to be worked off.
    pub items: Vec<T>,
}

/// The body of a job that creates tokens.
pub fn create_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            one_of("type", &["CREATE_OATH_TOKENS"]).default(JobType::Create.as_str()),
            boolean("async").default(false).doc("Whether the job goes on after the answer."),
            list("tokens", nested("token", OathToken::schema().clone()), MOST).required().min(1),
        ])
    });
    &SCHEMA
}

/// The body of a job that revokes tokens.
pub fn revoke_schema() -> &'static Object {
    static SCHEMA: LazyLock<Object> = LazyLock::new(|| {
        object(vec![
            one_of("type", &["REVOKE_OATH_TOKENS"]).default(JobType::Revoke.as_str()),
            boolean("async").default(false).doc("Whether the job goes on after the answer."),
            boolean("forceUnpair").default(false).doc("Whether tokens that are paired are revoked too."),
            list("tokenIds", uuid("id"), MOST).required().min(1),
        ])
    });
    &SCHEMA
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    #[serde(rename = "async")]
    deferred: bool,
    #[serde(default)]
    force_unpair: bool,
    #[serde(default)]
    token_ids: Vec<OathTokenId>,
}

/// Reads a job that creates tokens.
///
/// # Errors
/// Every fault of every token; a fault names the row of the file where the token says it.
pub fn read_create(body: &Value) -> Result<Order<NewToken>, Vec<Problem>> {
    let (checked, mut problems) = create_schema().examine(body, None);
    let sent = body.get("tokens").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut items = Vec::with_capacity(sent.len().min(MOST));
    // The declaration told of the faults within its own words; the rest is told by each token.
    if problems.is_empty() {
        for (place, token) in sent.iter().enumerate() {
            match NewToken::read(token) {
                Ok(token) => items.push(token),
                Err(faults) => {
                    problems.extend(faults.into_iter().map(|fault| fault.under(&format!("tokens[{place}]"))));
                }
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems.into_iter().map(|problem| with_row(problem, sent)).collect());
    }
    let settings: Settings = decode(checked)?;
    Ok(Order { job: OathJob::new(JobType::Create, settings.deferred, false), items })
}

/// Reads a job that revokes tokens.
///
/// # Errors
/// Every fault.
pub fn read_revoke(body: &Value) -> Result<Order<OathTokenId>, Vec<Problem>> {
    let settings: Settings = revoke_schema().check(body, None).and_then(decode)?;
    let job = OathJob::new(JobType::Revoke, settings.deferred, settings.force_unpair);
    Ok(Order { job, items: settings.token_ids })
}

/// Names the row of the file that the token of the fault came from.
fn with_row(mut problem: Problem, tokens: &[Value]) -> Problem {
    let place = problem.target.as_deref().and_then(|target| target.strip_prefix("tokens[")?.split_once(']'));
    let token = place.and_then(|(place, _)| tokens.get(place.parse::<usize>().ok()?));
    if let Some(row) = token.and_then(|token| token.get("rowNumber")).and_then(Value::as_u64) {
        problem.message = format!("row {row}: {}", problem.message);
    }
    problem
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn token(serial: &str) -> Value {
        json!({"serialNumber": serial, "secret": "00112233445566778899", "type": "HOTP", "otpLength": 6})
    }

    #[test]
    fn faults_name_the_token_and_its_row() {
        let mut bad = token("2");
        bad["rowNumber"] = json!(17);
        bad["otpLength"] = json!(7);
        let problems = read_create(&json!({"tokens": [token("1"), bad]})).unwrap_err();
        assert_eq!(problems[0].target.as_deref(), Some("tokens[1].otpLength"));
        assert!(problems[0].message.starts_with("row 17: "), "{}", problems[0].message);
        let problems = read_create(&json!({"tokens": [{"rowNumber": 3, "serialNumber": "?"}]})).unwrap_err();
        assert!(problems.iter().all(|problem| problem.message.starts_with("row 3: ")), "{problems:?}");
    }

    #[test]
    fn a_job_needs_something_to_do() {
        assert_eq!(read_create(&json!({})).unwrap_err()[0].target.as_deref(), Some("tokens"));
        assert!(read_create(&json!({"tokens": []})).is_err());
        assert!(read_revoke(&json!({"tokenIds": []})).is_err());
        let order =
            read_revoke(&json!({"async": "true", "tokenIds": ["0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"]}))
                .unwrap();
        assert!(order.job.deferred && !order.job.force_unpair && order.items.len() == 1);
    }

    #[test]
    fn the_words_of_the_type_are_those_of_the_media_type() {
        let wrong = json!({"type": "REVOKE_OATH_TOKENS", "tokens": [token("1")]});
        assert_eq!(read_create(&wrong).unwrap_err()[0].target.as_deref(), Some("type"));
        let order = read_create(&json!({"tokens": [token("1")]})).unwrap();
        assert_eq!(
            serde_json::to_value(&order.job).unwrap(),
            json!({"type": "CREATE_OATH_TOKENS", "async": false,
            "status": "PENDING", "result": {"created": 0}})
        );
        assert_eq!(order.items[0].masked, "00******");
    }
}
