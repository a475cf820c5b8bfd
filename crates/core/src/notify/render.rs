//! Variables into texts: `${name}`, and no logic.
//!
//! Names are compared without regard to case and may hold dots and dashes.
//! Values are put in once and never looked at again, encoded for the place
//! they are put into. Leaves the choice of the text to [`super::select`].

use std::collections::BTreeMap;

use super::channel::Channel;
use super::content::TemplateContent;

/// Values by name.
pub type Values = BTreeMap<String, String>;

/// What a value must be made harmless for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Put in as it is: short messages, plain mail.
    Plain,
    /// Text or quoted attribute of an HTML page.
    Html,
    /// A component of a query string or of a form body.
    Url,
    /// The inside of a JSON string.
    Json,
    /// One line: control characters become spaces. For subjects and titles.
    Line,
    /// Spoken text: no angle brackets, so that a value cannot bring markup.
    Spoken,
}

/// A text could not be completed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// Variables of the text that have no value, each once, in the text's spelling and order.
    #[error("no value for {}", .0.join(", "))]
    Missing(Vec<String>),
}

/// Puts the values into the text.
///
/// Text that only looks like a variable (`$5`, `${}`, `${a b}`) stays.
///
/// # Errors
/// [`RenderError::Missing`] names every variable without a value.
pub fn render(text: &str, values: &Values, encoding: Encoding) -> Result<String, RenderError> {
    let mut rendered = String::with_capacity(text.len());
    let mut missing: Vec<String> = Vec::new();
    for part in Parts(text) {
        match part {
            Part::Text(text) => rendered.push_str(text),
            Part::Variable(name) => match value_of(values, name) {
                Some(value) => encode(&mut rendered, value, encoding),
                None if missing.iter().any(|known| known.eq_ignore_ascii_case(name)) => {}
                None => missing.push(name.to_owned()),
            },
        }
    }
    if missing.is_empty() { Ok(rendered) } else { Err(RenderError::Missing(missing)) }
}

/// The names of the variables in a text, in lower case, each once, in order.
#[must_use]
pub fn variables_of(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in Parts(text) {
        if let Part::Variable(name) = part {
            let name = name.to_ascii_lowercase();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// The values of a message: those of the request, overruled by those of the
/// server, so that nobody passes off an own `OTP` for the passcode.
#[must_use]
pub fn combine(of_request: &Values, of_server: &Values) -> Values {
    let folded = |values: &Values| -> Values {
        values.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect()
    };
    let mut combined = folded(of_request);
    combined.extend(folded(of_server));
    combined
}

/// A content with its variables filled.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Subject of a mail or title of a push notification.
    pub subject: Option<String>,
    /// The text. Of a call it still holds the markup of [`super::voice`].
    pub text: String,
    /// Whether the text is HTML.
    pub html: bool,
}

/// Fills a content, each part with the encoding of its channel.
///
/// # Errors
/// [`RenderError::Missing`] with the variables of all parts together.
pub fn fill(content: &TemplateContent, values: &Values) -> Result<Rendered, RenderError> {
    let html = content.is_html();
    let encoding = match content.delivery_method {
        Channel::Voice => Encoding::Spoken,
        _ if html => Encoding::Html,
        _ => Encoding::Plain,
    };
    let text = render(content.text(), values, encoding);
    let subject = content.heading().map(|heading| render(heading, values, Encoding::Line)).transpose();
    match (subject, text) {
        (Ok(subject), Ok(text)) => Ok(Rendered { subject, text, html }),
        (Err(RenderError::Missing(mut missing)), Err(RenderError::Missing(more))) => {
            missing.extend(more.into_iter().filter(|name| !missing.contains(name)).collect::<Vec<_>>());
            Err(RenderError::Missing(missing))
        }
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
    }
}

fn value_of<'a>(values: &'a Values, name: &str) -> Option<&'a str> {
    let exact = values.get(name.to_ascii_lowercase().as_str());
    let loose = || values.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    exact.or_else(loose).map(String::as_str)
}

/// A piece of a text.
enum Part<'a> {
    Text(&'a str),
    /// The name between `${` and `}`.
    Variable(&'a str),
}

/// The pieces of a text, in order.
struct Parts<'a>(&'a str);

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        if self.0.is_empty() {
            return None;
        }
        if let Some((name, rest)) = leading_variable(self.0) {
            self.0 = rest;
            return Some(Part::Variable(name));
        }
        // A dollar sign that begins no variable belongs to the text around it.
        let after_first = self.0.chars().next().map_or(0, char::len_utf8);
        let end = self
            .0
            .match_indices("${")
            .map(|(at, _)| at)
            .find(|at| *at >= after_first && self.0.get(*at..).and_then(leading_variable).is_some())
            .unwrap_or(self.0.len());
        let (text, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        Some(Part::Text(text))
    }
}

fn leading_variable(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("${")?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')))?;
    let (name, rest) = rest.split_at_checked(end)?;
    (!name.is_empty()).then_some((name, rest.strip_prefix('}')?))
}

fn encode(out: &mut String, value: &str, encoding: Encoding) {
    match encoding {
        Encoding::Plain => out.push_str(value),
        Encoding::Html => value.chars().for_each(|c| match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }),
        Encoding::Url => url::form_urlencoded::byte_serialize(value.as_bytes()).for_each(|part| {
            // A plus is a space in forms only; %20 is one everywhere.
            if part == "+" { out.push_str("%20") } else { out.push_str(part) }
        }),
        Encoding::Json => {
            let quoted = serde_json::Value::from(value).to_string();
            out.push_str(
                quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default(),
            );
        }
        Encoding::Line => out.extend(value.chars().map(|c| if c.is_control() { ' ' } else { c })),
        Encoding::Spoken => {
            out.extend(value.chars().map(|c| if c.is_control() || matches!(c, '<' | '>') { ' ' } else { c }));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn names_are_found_in_any_case_with_dots_and_dashes() {
        let values =
            values(&[("otp", "123456"), ("user.name.given", "Pat"), ("current-year", "2026"), ("Sum", "9")]);
        let text = "${OTP} ${Otp} ${user.name.Given} ${current-year} ${sum}";
        assert_eq!(render(text, &values, Encoding::Plain).unwrap(), "123456 123456 Pat 2026 9");
    }

    #[test]
    fn what_only_looks_like_a_variable_stays() {
        let values = values(&[("a", "1")]);
        for text in ["$5", "${}", "${a b}", "${a", "$${", "$", "{a}", "${ä}", "é$é"] {
            assert_eq!(render(text, &values, Encoding::Plain).unwrap(), text);
        }
        assert_eq!(render("$${a}$${${a}}", &values, Encoding::Plain).unwrap(), "$1$${1}");
    }

    #[test]
    fn every_missing_variable_is_named_once() {
        let error = render("${b} ${a} ${B} ${c}", &values(&[("a", "")]), Encoding::Plain);
        assert_eq!(error, Err(RenderError::Missing(vec!["b".to_owned(), "c".to_owned()])));
    }

    #[test]
    fn a_value_is_never_scanned_again() {
        let values = values(&[("a", "${b}"), ("b", "secret")]);
        assert_eq!(render("${a}", &values, Encoding::Plain).unwrap(), "${b}");
    }

    #[test]
    fn each_encoding_makes_values_harmless_and_leaves_the_text_alone() {
        let values = values(&[("v", "<a href=\"x\">'&' ü+\n\0</a>")]);
        let table = [
            (Encoding::Plain, "<b><a href=\"x\">'&' ü+\n\0</a>"),
            (Encoding::Html, "<b>&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39; ü+\n\0&lt;/a&gt;"),
            (Encoding::Url, "<b>%3Ca%20href%3D%22x%22%3E%27%26%27%20%C3%BC%2B%0A%00%3C%2Fa%3E"),
            (Encoding::Json, "<b><a href=\\\"x\\\">'&' ü+\\n\\u0000</a>"),
            (Encoding::Line, "<b><a href=\"x\">'&' ü+  </a>"),
            (Encoding::Spoken, "<b> a href=\"x\" '&' ü+   /a "),
        ];
        for (encoding, expected) in table {
            assert_eq!(render("<b>${v}", &values, encoding).unwrap(), expected, "{encoding:?}");
        }
    }

    #[test]
    fn the_server_overrules_the_request() {
        let combined = combine(&values(&[("OTP", "000000"), ("Sum", "5")]), &values(&[("otp", "123456")]));
        assert_eq!(combined, values(&[("otp", "123456"), ("sum", "5")]));
    }

    proptest! {
        #[test]
        fn known_variables_vanish_and_values_appear_as_they_are(
            parts in proptest::collection::vec(prop_oneof![Just("${known}"), Just("${KNOWN}"), Just("$"), Just("{"), Just("}"), Just("é")], 0..20),
            value in "[${}knowé]{0,12}",
        ) {
            let text = parts.concat();
            let count = variables_of(&text).len();
            let rendered = render(&text, &values(&[("known", "\u{1}")]), Encoding::Plain).unwrap();
            prop_assert!(variables_of(&rendered).is_empty());
            prop_assert_eq!(count > 0, rendered.contains('\u{1}'));
            let with_value = render(&text, &values(&[("known", &value)]), Encoding::Plain).unwrap();
            prop_assert_eq!(with_value, rendered.replace('\u{1}', &value));
        }

        #[test]
        fn any_text_is_rendered_or_refused(text in any::<String>(), value in any::<String>()) {
            for encoding in [Encoding::Plain, Encoding::Html, Encoding::Url, Encoding::Json, Encoding::Line, Encoding::Spoken] {
                let _ = render(&text, &values(&[("a", &value)]), encoding);
            }
        }

        #[test]
        fn an_encoded_value_decodes_to_itself(value in any::<String>()) {
            let values = values(&[("v", &value)]);
            let json = render("\"${v}\"", &values, Encoding::Json).unwrap();
            prop_assert_eq!(&serde_json::from_str::<String>(&json).unwrap(), &value);
            let query = render("v=${v}", &values, Encoding::Url).unwrap();
            let decoded: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            prop_assert_eq!(&decoded, &[("v".to_owned(), value)]);
        }
    }
}
