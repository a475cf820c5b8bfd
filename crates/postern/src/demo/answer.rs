//! An answer, and what it must say.

use anyhow::{Context as _, anyhow, bail};
use serde_json::Value;

/// The JSON of an answer, with the step it came from.
pub(crate) struct Answer {
    step: String,
    body: Value,
}

impl Answer {
    /// Reads an answer that must have this status.
    pub(crate) async fn read(step: &str, response: reqwest::Response, status: u16) -> anyhow::Result<Self> {
        let got = response.status().as_u16();
        let text = response.text().await.with_context(|| format!("{step}: the answer broke off"))?;
        if got != status {
            bail!("{step}: expected status {status}, got {got}: {text}");
        }
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? };
        Ok(Self { step: step.to_owned(), body })
    }

    /// All of it.
    pub(crate) fn body(&self) -> &Value {
        &self.body
    }

    /// A text in it, by JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> anyhow::Result<&str> {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.ok_or_else(|| anyhow!("{}: there is no text at {pointer} in {}", self.step, self.body))
    }

    /// The id it gives to what was made.
    pub(crate) fn id(&self) -> anyhow::Result<String> {
        self.text("/id").map(str::to_owned)
    }

    /// The member of an embedded list that has this name.
    pub(crate) fn named(&self, list: &str, name: &str) -> anyhow::Result<&Value> {
        let members = self.body.pointer(&format!("/_embedded/{list}")).and_then(Value::as_array);
        let found = members
            .into_iter()
            .flatten()
            .find(|member| member.get("name").and_then(Value::as_str) == Some(name));
        found.ok_or_else(|| anyhow!("{}: there is no {name} in {list}: {}", self.step, self.body))
    }

    /// Refuses an answer that says something else at this place.
    pub(crate) fn expect(&self, pointer: &str, expected: impl Into<Value>) -> anyhow::Result<()> {
        let expected = expected.into();
        match self.body.pointer(pointer) {
            Some(found) if *found == expected => Ok(()),
            found => bail!(
                "{}: expected {expected} at {pointer}, got {}",
                self.step,
                found.unwrap_or(&Value::Null)
            ),
        }
    }
}
