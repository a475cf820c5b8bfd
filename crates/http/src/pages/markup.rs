//! Pieces of the page's markup. Everything that comes from outside passes [`Escaped`].

use std::fmt::{self, Write as _};

use http::header::CONTENT_SECURITY_POLICY;

use super::super::web::Reply;
use super::form;

/// Our own style and the script for passkeys, and nothing else: no frame, no form to elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Text that is safe in markup and in quoted attributes.
pub(super) struct Escaped<'t>(pub(super) &'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A whole page.
pub(super) struct Page<'t> {
    /// Status of the answer.
    pub(super) status: u16,
    /// The heading, which is also the title of the document.
    pub(super) heading: &'t str,
    /// Whether the title begins with the word that people hear first when something was refused.
    pub(super) is_error: bool,
    /// Further elements of the head, as markup.
    pub(super) head: &'t str,
    /// The content, as markup.
    pub(super) content: &'t str,
}

impl Page<'_> {
    /// The answer.
    pub(super) fn reply(&self) -> Reply {
        let Self { status, heading, is_error, head, content } = self;
        let prefix = if *is_error { "Error: " } else { "" };
        let heading = Escaped(heading);
        let html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n<title>{prefix}{heading}</title>\n{head}\
             <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"signon.css\">\n</head>\n\
             <body>\n<main>\n<h1>{heading}</h1>\n{content}</main>\n</body>\n</html>\n"
        );
        Reply::html(*status, html).header(CONTENT_SECURITY_POLICY, POLICY)
    }
}

/// A page that only says something.
pub(super) fn notice(status: u16, heading: &str, text: &str) -> Reply {
    let content = format!("<p>{}</p>\n", Escaped(text));
    Page { status, heading, is_error: status >= 400, head: "", content: &content }.reply()
}

/// A field to type into.
pub(super) struct Field<'t> {
    /// Name, which is also the id.
    pub(super) name: &'static str,
    /// What people read.
    pub(super) label: &'static str,
    /// `text` or `password`.
    pub(super) kind: &'static str,
    /// For password managers and keyboards of telephones.
    pub(super) autocomplete: &'static str,
    /// What it holds already.
    pub(super) value: &'t str,
    /// Further attributes, fixed.
    pub(super) more: &'static str,
}

/// The form of an action: hidden fields that prove it, and what is inside.
pub(super) struct Form<'t> {
    pub(super) flow: &'t str,
    pub(super) token: &'t str,
}

impl Form<'_> {
    /// A form with this content and one button.
    pub(super) fn render(&self, action: &str, class: &str, content: &str, button: &str) -> String {
        format!(
            "<form method=\"post\" action=\"./\" class=\"{class}\">\n\
             <input type=\"hidden\" name=\"{}\" value=\"{}\">\n<input type=\"hidden\" name=\"{}\" value=\"{}\">\n\
             <input type=\"hidden\" name=\"{}\" value=\"{action}\">\n{content}<button>{}</button>\n</form>\n",
            form::FLOW,
            Escaped(self.flow),
            form::TOKEN,
            Escaped(self.token),
            form::ACTION,
            Escaped(button),
        )
    }
}

/// A hidden field.
pub(super) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", Escaped(value))
}

/// Fields with their labels; the first one, or the faulty one, has the focus.
pub(super) fn fields(fields: &[Field<'_>], faulty: Option<&str>) -> String {
    let mut html = String::new();
    let focus =
        fields.iter().find(|field| Some(field.name) == faulty).or(fields.first()).map(|field| field.name);
    for Field { name, label, kind, autocomplete, value, more } in fields {
        let fault =
            if faulty == Some(*name) { " aria-invalid=\"true\" aria-describedby=\"problem\"" } else { "" };
        let focus = if focus == Some(*name) { " autofocus" } else { "" };
        let _ = write!(
            html,
            "<label for=\"{name}\">{label}</label>\n\
             <input id=\"{name}\" name=\"{name}\" type=\"{kind}\" autocomplete=\"{autocomplete}\" value=\"{}\" \
             autocapitalize=\"none\" spellcheck=\"false\" required{more}{fault}{focus}>\n",
            Escaped(value)
        );
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_cannot_become_markup() {
        let field = Field {
            name: "username",
            label: "User name",
            kind: "text",
            autocomplete: "username",
            value: "\"><script>'&",
            more: "",
        };
        let html = fields(&[field], Some("username"));
        assert!(html.contains("value=\"&quot;&gt;&lt;script&gt;&#39;&amp;\""), "{html}");
        assert!(html.contains("aria-invalid=\"true\"") && html.contains("<label for=\"username\">"));
    }
}
