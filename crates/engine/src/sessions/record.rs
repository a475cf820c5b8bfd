//! What a session remembers of its user's sign-ons, and how answers show it.

use postern_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{IDLE_TIMEOUT, Session};
use crate::Ctx;

/// How many places a session remembers.
const MOST_LOCATIONS: usize = 5;

/// What the user just proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Proof {
    /// A password.
    pub password: bool,
    /// A second factor.
    pub mfa: bool,
}

/// What is stored of a session besides its dates. Members are named as answers show them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The last proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_sign_on: Option<LastSignOn>,
    /// Where it was used from, the latest place last.
    #[serde(default)]
    pub locations: Vec<Location>,
    /// The browser it was last used with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

/// The last proof of who the user is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastSignOn {
    /// When.
    pub at: Timestamp,
    /// From where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<String>,
    /// When with what.
    #[serde(default)]
    pub with_authenticator: Authenticators,
}

/// When each kind of proof was last given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Authenticators {
    /// A password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pwd: Option<At>,
    /// A second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mfa: Option<At>,
}

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// The moment.
    pub at: Timestamp,
}

/// A place that a session was used from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// When it was first seen there.
    pub at: Timestamp,
    /// The address.
    pub remote_ip: String,
}

impl Record {
    /// Notes a proof.
    pub(super) fn sign_on(&mut self, ctx: &Ctx, proof: Proof) {
        let mut with = self.last_sign_on.take().map(|last| last.with_authenticator).unwrap_or_default();
        let now = Some(At { at: ctx.now });
        if proof.password {
            with.pwd = now;
        }
        if proof.mfa {
            with.mfa = now;
        }
        let remote_ip = ctx.origin.remote_ip.map(|ip| ip.to_string());
        self.last_sign_on = Some(LastSignOn { at: ctx.now, remote_ip, with_authenticator: with });
        self.seen(ctx);
    }

    /// Notes where the session is used from.
    pub(super) fn seen(&mut self, ctx: &Ctx) {
        if let Some(agent) = &ctx.origin.user_agent {
            self.user_agent = Some(agent.clone());
        }
        let Some(remote_ip) = ctx.origin.remote_ip.map(|ip| ip.to_string()) else { return };
        if self.locations.last().is_none_or(|last| last.remote_ip != remote_ip) {
            self.locations.push(Location { at: ctx.now, remote_ip });
            let surplus = self.locations.len().saturating_sub(MOST_LOCATIONS);
            self.locations.drain(..surplus);
        }
    }

    /// When the user last proved anything.
    #[must_use]
    pub fn signed_on_at(&self) -> Option<Timestamp> {
        self.last_sign_on.as_ref().map(|last| last.at)
    }

    /// When the user last gave its password.
    #[must_use]
    pub fn password_at(&self) -> Option<Timestamp> {
        self.last_sign_on.as_ref()?.with_authenticator.pwd.map(|pwd| pwd.at)
    }

    /// When the user last passed MFA.
    #[must_use]
    pub fn mfa_at(&self) -> Option<Timestamp> {
        self.last_sign_on.as_ref()?.with_authenticator.mfa.map(|mfa| mfa.at)
    }
}

impl Session {
    /// The members of the session as answers show them, without links.
    #[must_use]
    pub fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("id".to_owned(), json!(self.id));
        members.insert("environment".to_owned(), json!({ "id": self.environment }));
        members.insert("user".to_owned(), json!({ "id": self.user }));
        members.insert("createdAt".to_owned(), json!(self.created_at));
        members.insert("activeAt".to_owned(), json!(self.active_at));
        members.insert("expiresAt".to_owned(), json!(self.expires_at));
        members.insert("idleTimeout".to_owned(), json!(IDLE_TIMEOUT.as_seconds() / 60));
        if let Ok(Value::Object(record)) = serde_json::to_value(&self.record) {
            members.extend(record);
        }
        members
    }
}
