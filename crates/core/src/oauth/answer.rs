//! Where the answer to an authorization request goes, and in what form.

use std::fmt;

use url::form_urlencoded::Serializer;

use super::request::{AuthorizeRequest, ResponseMode};

/// Who gets an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The person, on a page of ours: nothing trusted says where else.
    Page,
    /// The caller, as JSON.
    Flow,
    /// The application, through the browser.
    Redirect {
        /// A registered redirect URI.
        uri: String,
        /// How it travels; never [`ResponseMode::Flow`].
        mode: ResponseMode,
        /// `state` to give back.
        state: Option<String>,
    },
}

/// An answer that goes through the browser. It may carry a code or tokens, so it is not printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Outbound {
    /// 302 to this address.
    Location(String),
    /// A page whose form posts itself.
    Form {
        /// Where to.
        action: String,
        /// Its fields.
        fields: Vec<(String, String)>,
    },
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Location(_) => "Location",
            Self::Form { .. } => "Form",
        };
        f.debug_struct(name).finish_non_exhaustive()
    }
}

impl Delivery {
    /// Where the answer to an accepted request goes.
    #[must_use]
    pub fn of(request: &AuthorizeRequest) -> Self {
        match &request.redirect_uri {
            Some(uri) if !request.is_flow() => {
                Self::Redirect { uri: uri.clone(), mode: request.response_mode, state: request.state.clone() }
            }
            Some(_) => Self::Flow,
            None => Self::Flow,
        }
    }
}

/// Puts the parameters of an answer where the mode wants them. `state` is added when there is one.
#[must_use]
pub fn outbound(uri: &str, mode: ResponseMode, state: Option<&str>, fields: &[(&str, &str)]) -> Outbound {
    let fields = fields.iter().copied().chain(state.map(|state| ("state", state)));
    if mode == ResponseMode::FormPost {
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        return Outbound::Form { action: uri.to_owned(), fields };
    }
    let encoded = Serializer::new(String::new()).extend_pairs(fields).finish();
    let separator = match mode {
        ResponseMode::Fragment => '#',
        _ if uri.contains('?') => '&',
        _ => '?',
    };
    Outbound::Location(format!("{uri}{separator}{encoded}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_keeps_the_query_of_the_redirect_uri_and_returns_the_state() {
        let to = |uri, mode| outbound(uri, mode, Some("a b&c"), &[("code", "x")]);
        assert_eq!(
            to("https://a.example/cb", ResponseMode::Query),
            Outbound::Location("https://a.example/cb?code=x&state=a+b%26c".to_owned())
        );
        assert_eq!(
            to("https://a.example/cb?t=1", ResponseMode::Query),
            Outbound::Location("https://a.example/cb?t=1&code=x&state=a+b%26c".to_owned())
        );
        assert_eq!(
            to("https://a.example/cb", ResponseMode::Fragment),
            Outbound::Location("https://a.example/cb#code=x&state=a+b%26c".to_owned())
        );
        assert!(
            matches!(to("https://a.example/cb", ResponseMode::FormPost), Outbound::Form { fields, .. } if fields.len() == 2)
        );
    }

    #[test]
    fn an_answer_is_not_printed() {
        for mode in [ResponseMode::Query, ResponseMode::FormPost] {
            let printed = format!("{:?}", outbound("https://a.example", mode, None, &[("code", "0b7d2a52")]));
            assert!(!printed.contains("0b7d2a52"), "{printed}");
        }
    }
}
