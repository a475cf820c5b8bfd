//! What came of one attempt to hand a message to a provider.
//!
//! Owns the six answers and the short reason each carries. A reason is made
//! of our own words and of numbers, never of what the provider wrote: a
//! provider's text may hold the recipient, the code or a credential.

use std::borrow::Cow;

use postern_core::time::Span;

/// The provider's answer, as far as the next step is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider has the message.
    Accepted {
        /// The provider's id of the message, at most 128 visible ASCII characters.
        reference: Option<String>,
        /// The provider's own word for the state, or the protocol's status.
        status: String,
    },
    /// It may work later: network, overload, throttling.
    Retry {
        /// Why.
        reason: Reason,
        /// How long the provider asks to wait, at most an hour.
        after: Option<Span>,
    },
    /// This provider cannot serve this message; another may.
    Next {
        /// Why.
        reason: Reason,
    },
    /// The recipient or the message is at fault: no provider will do better.
    Reject {
        /// Why.
        reason: Reason,
    },
    /// The address of a device has ceased to be: its application was removed. Nobody will serve it, and the device
    /// is to be unpaired.
    Gone {
        /// Why.
        reason: Reason,
    },
    /// The settings are at fault: tell an administrator, then try another.
    Misconfigured {
        /// Why.
        reason: Reason,
    },
}

/// A few words for the history and for the administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    words: Cow<'static, str>,
    /// Whether it concerns this one message or recipient and says nothing of
    /// the provider's health.
    about_message: bool,
}

impl Reason {
    /// Words fixed in the source.
    #[must_use]
    pub const fn new(words: &'static str) -> Self {
        Self { words: Cow::Borrowed(words), about_message: false }
    }

    /// An HTTP status nobody gave a better word for.
    #[must_use]
    pub fn http_status(status: u16) -> Self {
        Self::owned(format!("HTTP status {status}"))
    }

    /// The number a provider gave, with our words for it.
    #[must_use]
    pub fn numbered(what: &'static str, number: u32, words: &'static str) -> Self {
        Self::owned(format!("{what} {number}: {words}"))
    }

    fn owned(words: String) -> Self {
        Self { words: Cow::Owned(words), about_message: false }
    }

    /// The same, said of this message alone: the provider is in good health.
    #[must_use]
    pub fn about_message(mut self) -> Self {
        self.about_message = true;
        self
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.words
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words)
    }
}

impl Outcome {
    /// Accepted, with whatever the provider told about it made fit to keep.
    #[must_use]
    pub fn accepted(reference: Option<&str>, status: &str) -> Self {
        let reference = reference.map(visible).filter(|text| !text.is_empty());
        Self::Accepted { reference, status: visible(status) }
    }

    /// Try again, no time asked for.
    #[must_use]
    pub fn retry(words: &'static str) -> Self {
        Self::Retry { reason: Reason::new(words), after: None }
    }

    /// Another provider may serve it.
    #[must_use]
    pub fn next(words: &'static str) -> Self {
        Self::Next { reason: Reason::new(words) }
    }

    /// Nobody will serve it.
    #[must_use]
    pub fn reject(words: &'static str) -> Self {
        Self::Reject { reason: Reason::new(words) }
    }

    /// The device's address has ceased to be.
    #[must_use]
    pub fn gone(words: &'static str) -> Self {
        Self::Gone { reason: Reason::new(words) }
    }

    /// The settings are wrong.
    #[must_use]
    pub fn misconfigured(words: &'static str) -> Self {
        Self::Misconfigured { reason: Reason::new(words) }
    }

    /// The reason, where there is one.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Accepted { .. } => None,
            Self::Retry { reason, .. }
            | Self::Next { reason }
            | Self::Reject { reason }
            | Self::Gone { reason }
            | Self::Misconfigured { reason } => Some(reason),
        }
    }

    /// Whether it speaks against the provider's health: what is likely to
    /// befall the next message too.
    #[must_use]
    pub fn is_provider_failure(&self) -> bool {
        match self {
            Self::Accepted { .. } | Self::Next { .. } | Self::Reject { .. } | Self::Gone { .. } => false,
            Self::Retry { reason, .. } | Self::Misconfigured { reason } => !reason.about_message,
        }
    }

    /// One lower-case word for logs and counters.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Retry { .. } => "retry",
            Self::Next { .. } => "next",
            Self::Reject { .. } => "reject",
            Self::Gone { .. } => "gone",
            Self::Misconfigured { .. } => "misconfigured",
        }
    }
}

fn visible(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(128).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_keeps_visible_ascii_and_a_bounded_length() {
        let long = format!("SM\u{7}é {}", "a".repeat(500));
        let Outcome::Accepted { reference: Some(reference), status } =
            Outcome::accepted(Some(&long), "queued")
        else {
            panic!("accepted with a reference");
        };
        assert_eq!(reference.len(), 128);
        assert!(reference.starts_with("SMaaa"));
        assert_eq!(status, "queued");
        assert_eq!(
            Outcome::accepted(Some("\n"), "200"),
            Outcome::Accepted { reference: None, status: "200".into() }
        );
    }
}
