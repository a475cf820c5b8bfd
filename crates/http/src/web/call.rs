//! A request that has passed routing, authentication and the permission check.

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use postern_core::problem::{Code, Problem};
use postern_engine::environments::EnvironmentFacts;
use postern_engine::{Ctx, Error, Result};
use serde_json::Value;

use super::App;

/// What a handler gets.
pub struct Call {
    /// The application.
    pub app: App,
    /// For the engine.
    pub ctx: Ctx,
    /// The environment of the path; `None` on routes above environments.
    pub environment: Option<Arc<EnvironmentFacts>>,
    /// Parameters of the path.
    pub params: Vec<(String, String)>,
    /// The query string, undecoded.
    pub query: String,
    /// Request headers.
    pub headers: HeaderMap,
    /// The body; empty when the route reads none.
    pub body: Bytes,
}

impl Call {
    /// A parameter of the path.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// An id of the path. What is not an id names nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn id<T: FromStr>(&self, name: &'static str) -> Result<T> {
        self.param(name).and_then(|text| text.parse().ok()).ok_or(Error::NotFound(name))
    }

    /// The body as JSON; an empty body and `null` are [`Value::Null`].
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not JSON, or nested deeper than 128 levels.
    pub fn json(&self) -> Result<Value> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            let place =
                format!("The body is not valid JSON (line {}, column {}).", error.line(), error.column());
            Error::Malformed(vec![Problem::new(Code::InvalidValue, place)])
        })
    }

    /// A JSON object; an absent body is an empty one.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not a JSON object.
    pub fn object(&self) -> Result<Value> {
        match self.json()? {
            Value::Null => Ok(Value::Object(serde_json::Map::new())),
            object @ Value::Object(_) => Ok(object),
            _ => Err(Error::Malformed(vec![Problem::new(
                Code::InvalidValue,
                "The body must be a JSON object.",
            )])),
        }
    }

    /// The query parameters, decoded.
    #[must_use]
    pub fn query(&self) -> Pairs {
        Pairs::parse(self.query.as_bytes())
    }

    /// The fields of a form body, decoded.
    #[must_use]
    pub fn form(&self) -> Pairs {
        Pairs::parse(&self.body)
    }

    /// The paths for which a browser keeps the cookies of the environment.
    #[must_use]
    pub fn cookie_path(&self) -> String {
        match self.ctx.urls.path_of(self.ctx.environment) {
            path if path.is_empty() => "/".to_owned(),
            path => path,
        }
    }

    /// A cookie's value.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(http::header::COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Most pairs that are read; those beyond count as absent.
const MAX_PAIRS: usize = 200;

/// Decoded `name=value` pairs of a query string or form. They may hold secrets, so they are not printed.
#[derive(Default, Clone)]
pub struct Pairs(Vec<(String, String)>);

impl std::fmt::Debug for Pairs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Pairs {
    fn parse(text: &[u8]) -> Self {
        Self(
            url::form_urlencoded::parse(text)
                .take(MAX_PAIRS)
                .map(|(key, value)| (key.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// The first value with this name; an empty one counts as absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Whether a parameter that lists words with commas between, such as `expand`, has this one.
    #[must_use]
    pub fn lists(&self, name: &str, word: &str) -> bool {
        self.get(name).is_some_and(|words| words.split(',').any(|listed| listed.trim() == word))
    }

    /// Whether a name comes more than once, which OAuth forbids.
    #[must_use]
    pub fn repeated(&self) -> Option<&str> {
        let mut seen = HashSet::new();
        self.0.iter().map(|(key, _)| key.as_str()).find(|key| !seen.insert(*key))
    }

    /// All pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}
