//! Media types of requests: PingOne lets the `Content-Type` of a POST or PUT choose the action.
//!
//! Compared without case, parameters and the `+json` suffix (platform contract 1.9).

/// What a route accepts as its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Media {
    /// No body is read (GET, DELETE).
    None,
    /// `application/json`, `application/hal+json`, or no content type at all.
    Json,
    /// `application/vnd.pingidentity.<action>+json`.
    Action(&'static str),
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `image/…`, as pictures are uploaded.
    Image,
    /// `multipart/form-data`, as files are uploaded.
    Multipart,
}

impl Media {
    /// The media type as it is documented; empty when there is no body.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Json => "application/json".to_owned(),
            Self::Action(action) => format!("application/vnd.pingidentity.{action}+json"),
            Self::Form => "application/x-www-form-urlencoded".to_owned(),
            Self::Image => "image/*".to_owned(),
            Self::Multipart => "multipart/form-data".to_owned(),
        }
    }

    /// Whether a request with this `Content-Type` is meant for the route.
    #[must_use]
    pub fn accepts(self, content_type: Option<&str>) -> bool {
        let essence = content_type.map(|text| text.split(';').next().unwrap_or("").trim());
        match (self, essence) {
            (Self::None, _) | (Self::Json, None | Some("")) => true,
            (Self::Json, Some(given)) => {
                given.eq_ignore_ascii_case("application/json")
                    || given.eq_ignore_ascii_case("application/hal+json")
            }
            (Self::Form, Some(given)) => given.eq_ignore_ascii_case("application/x-www-form-urlencoded"),
            (Self::Image, Some(given)) => {
                given.split('/').next().is_some_and(|kind| kind.eq_ignore_ascii_case("image"))
            }
            (Self::Multipart, Some(given)) => given.eq_ignore_ascii_case("multipart/form-data"),
            (Self::Action(action), Some(given)) => {
                action_of(given).is_some_and(|name| name.eq_ignore_ascii_case(action))
            }
            _ => false,
        }
    }
}

fn action_of(essence: &str) -> Option<&str> {
    const PREFIX: &str = "application/vnd.pingidentity.";
    let head = essence.get(..PREFIX.len())?;
    let rest = essence.get(PREFIX.len()..)?;
    let bare = match rest.len().checked_sub(5).and_then(|at| Some((rest.get(..at)?, rest.get(at..)?))) {
        Some((name, suffix)) if suffix.eq_ignore_ascii_case("+json") => name,
        _ => rest,
    };
    head.eq_ignore_ascii_case(PREFIX).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_recognised_with_and_without_suffix_case_and_parameters() {
        let route = Media::Action("otp.check");
        for text in [
            "application/vnd.pingidentity.otp.check+json",
            "Application/Vnd.PingIdentity.OTP.Check+JSON; charset=UTF-8",
            "application/vnd.pingidentity.otp.check",
        ] {
            assert!(route.accepts(Some(text)), "{text}");
        }
        assert!(!route.accepts(Some("application/vnd.pingidentity.otp.checks+json")));
        assert!(!route.accepts(Some("application/json")));
        assert!(!route.accepts(None));
    }

    #[test]
    fn json_is_the_default_and_a_form_is_not_json() {
        assert!(Media::Json.accepts(None));
        assert!(Media::Json.accepts(Some("application/json; charset=utf-8")));
        assert!(!Media::Json.accepts(Some("application/x-www-form-urlencoded")));
        assert!(!Media::Json.accepts(Some("text/plain")));
    }
}
