//! One request of a demo, whichever door it goes to.

use reqwest::Method;
use serde_json::Value;

use super::answer::Answer;
use super::walk::Walk;

/// Where a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The management API, with the worker's token.
    Management,
    /// The authorization service, with the worker's token.
    Authorization,
    /// The sandbox of the environment, without any.
    Sandbox,
}

/// A request, and the status that it must have.
#[derive(Debug)]
pub(crate) struct Step<'s> {
    pub(super) title: &'s str,
    pub(super) method: Method,
    pub(super) door: Door,
    /// Below the environment.
    pub(super) path: String,
    pub(super) media: String,
    pub(super) body: Option<&'s Value>,
    pub(super) status: u16,
}

impl<'s> Step<'s> {
    /// Reads something: 200.
    pub(crate) fn get(door: Door, title: &'s str, path: impl Into<String>) -> Self {
        let (path, media) = (path.into(), String::new());
        Self { title, method: Method::GET, door, path, media, body: None, status: 200 }
    }

    /// Makes something: 201.
    pub(crate) fn make(door: Door, title: &'s str, path: impl Into<String>, body: &'s Value) -> Self {
        Self::tell(door, title, path, body).status(201)
    }

    /// Sends JSON: 200.
    pub(crate) fn tell(door: Door, title: &'s str, path: impl Into<String>, body: &'s Value) -> Self {
        let media = "application/json".to_owned();
        Self { method: Method::POST, media, body: Some(body), ..Self::get(door, title, path) }
    }

    /// An action that the media type chooses: 200.
    pub(crate) fn act(
        door: Door,
        title: &'s str,
        path: impl Into<String>,
        action: &str,
        body: &'s Value,
    ) -> Self {
        Self {
            media: format!("application/vnd.pingidentity.{action}+json"),
            ..Self::tell(door, title, path, body)
        }
    }

    /// With another method.
    pub(crate) fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// With another status.
    pub(crate) fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

impl Walk {
    /// Takes the next step.
    pub(crate) async fn go(&mut self, step: Step<'_>) -> anyhow::Result<Answer> {
        let number = self.next_number();
        self.take(number, step).await
    }
}
