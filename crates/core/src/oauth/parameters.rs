//! The parameters of a request, each once, before they mean anything.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde_json::Value;

use super::error::{ErrorCode, OAuthError};
use crate::jose::claims::Claims;

/// Longest value of a parameter that is not a JWT, in bytes.
pub const MAX_VALUE: usize = 4096;

/// Claims of a request object that describe the object itself.
const ABOUT_THE_OBJECT: [&str; 7] = ["iss", "aud", "sub", "iat", "exp", "nbf", "jti"];

/// Names and values; empty values count as absent. Values may be signed tokens that name a user, so they are not printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters(BTreeMap<String, String>);

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

/// The space-separated words of a value, such as a scope, each once and in their order.
#[must_use]
pub fn words(value: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let words = value.split(' ').filter(|word| !word.is_empty());
    words.filter(|word| seen.insert(*word)).map(str::to_owned).collect()
}

impl Parameters {
    /// Takes the pairs of a query string or a form.
    ///
    /// # Errors
    /// `invalid_request` when a name comes twice, which RFC 6749 3.1 forbids.
    pub fn from_pairs<'p>(pairs: impl Iterator<Item = (&'p str, &'p str)>) -> Result<Self, OAuthError> {
        let mut all = BTreeMap::new();
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            if all.insert(name.to_owned(), value.to_owned()).is_some() {
                return Err(OAuthError::invalid(known(name), "A parameter is sent more than once."));
            }
        }
        Ok(Self(all))
    }

    /// A value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A value, within the length that is accepted.
    ///
    /// # Errors
    /// `invalid_request` when it is too long or holds control characters.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<String>, OAuthError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        if value.len() > MAX_VALUE {
            return Err(OAuthError::invalid(name, "The value is too long."));
        }
        if value.chars().any(char::is_control) {
            return Err(OAuthError::invalid(name, "The value holds control characters."));
        }
        Ok(Some(value.to_owned()))
    }

    /// The space-separated words of a value.
    pub(super) fn words(&self, name: &'static str) -> Result<Vec<String>, OAuthError> {
        Ok(words(&self.text(name)?.unwrap_or_default()))
    }

    /// Lets the claims of a request object speak: each overrides the parameter of its name.
    ///
    /// # Errors
    /// `invalid_request_object` when a claim has a type a parameter cannot have, names another
    /// client, or holds another request object.
    pub fn overlay(&mut self, claims: &Claims) -> Result<(), OAuthError> {
        let refuse = |name: &str, why: &str| {
            OAuthError::new(ErrorCode::InvalidRequestObject, "request", why).in_claim(known(name))
        };
        for (name, value) in claims.members() {
            if ABOUT_THE_OBJECT.contains(&name.as_str()) || name.starts_with("pi.") {
                continue;
            }
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Null => continue,
                _ => {
                    // What is not a parameter of ours may have any type.
                    if known(name) == "request" {
                        continue;
                    }
                    return Err(refuse(name, "A claim of the request object has the wrong type."));
                }
            };
            match name.as_str() {
                "request" | "request_uri" => {
                    return Err(refuse(name, "A request object cannot hold another."));
                }
                "client_id" if self.get("client_id") != Some(text.as_str()) => {
                    return Err(refuse(name, "The request object is for another client."));
                }
                _ => {
                    self.0.insert(name.clone(), text);
                }
            }
        }
        Ok(())
    }
}

/// The static name of a known parameter; `request` for every other.
fn known(name: &str) -> &'static str {
    const NAMES: [&str; 16] = [
        "client_id",
        "response_type",
        "redirect_uri",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "acr_values",
        "prompt",
        "max_age",
        "login_hint",
        "login_hint_token",
        "request",
        "request_uri",
    ];
    NAMES.into_iter().find(|known| *known == name).unwrap_or("request")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: &Value) -> Claims {
        Claims::parse(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_repeated_parameter_is_refused_and_an_empty_one_is_absent() {
        assert_eq!(
            Parameters::from_pairs([("state", "a"), ("state", "b")].into_iter()).unwrap_err().target,
            "state"
        );
        assert_eq!(Parameters::from_pairs([("state", "")].into_iter()).unwrap().get("state"), None);
    }

    #[test]
    fn claims_of_a_request_object_override_parameters() {
        let mut parameters =
            Parameters::from_pairs([("client_id", "app"), ("scope", "openid"), ("state", "s")].into_iter())
                .unwrap();
        parameters
            .overlay(&claims(
                &json!({"iss": "app", "scope": "openid profile", "max_age": 60, "pi.template": {}}),
            ))
            .unwrap();
        assert_eq!(parameters.get("scope"), Some("openid profile"));
        assert_eq!(parameters.get("max_age"), Some("60"));
        assert_eq!(parameters.get("state"), Some("s"));
        assert_eq!(parameters.get("iss"), None);
    }

    #[test]
    fn a_request_object_for_another_client_or_with_another_inside_is_refused() {
        for bad in [
            json!({"client_id": "other"}),
            json!({"request": "x"}),
            json!({"request_uri": "x"}),
            json!({"scope": ["a"]}),
        ] {
            let mut parameters = Parameters::from_pairs([("client_id", "app")].into_iter()).unwrap();
            assert_eq!(
                parameters.overlay(&claims(&bad)).unwrap_err().code,
                ErrorCode::InvalidRequestObject,
                "{bad}"
            );
        }
    }

    #[test]
    fn words_are_split_once_each() {
        let parameters = Parameters::from_pairs([("scope", " openid  profile openid")].into_iter()).unwrap();
        assert_eq!(parameters.words("scope").unwrap(), ["openid", "profile"]);
    }

    #[test]
    fn parameters_print_their_names_only() {
        let parameters = Parameters::from_pairs([("login_hint_token", "ey.secret.x")].into_iter()).unwrap();
        assert_eq!(format!("{parameters:?}"), "[\"login_hint_token\"]");
    }
}
