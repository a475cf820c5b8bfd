//! The markup of the inbox. Everything that comes from outside is escaped here.

use std::fmt::Write as _;

use postern_core::directory::environment::Environment;
use postern_core::entity::Stored;
use postern_core::ids::EnvironmentId;

use crate::inbox::Received;

/// The choice between environments.
pub(crate) fn choice(environments: &[Stored<Environment>]) -> String {
    let mut body = "<h1>Inbox</h1>".to_owned();
    if environments.is_empty() {
        body.push_str("<p class=\"empty\">There is no SANDBOX environment yet. Create one, and its messages show up here.</p>");
    } else {
        body.push_str("<p>Messages are kept for each SANDBOX environment:</p><ul class=\"choice\">");
        for environment in environments {
            let (id, name) = (environment.id, Escaped(&environment.name));
            let _ =
                write!(body, "<li><a href=\"/sandbox/environments/{id}\">{name}</a> <code>{id}</code></li>");
        }
        body.push_str("</ul>");
    }
    frame("Inbox", "", &body)
}

/// The messages of one environment, newest on top.
pub(crate) fn inbox(
    environment: EnvironmentId,
    name: &str,
    to: Option<&str>,
    messages: &[Received],
) -> String {
    let shown = Escaped(name);
    let filter = Escaped(to.unwrap_or_default());
    let mut body = format!(
        "<p class=\"back\"><a href=\"/sandbox?all=yes\">All environments</a></p><h1>Inbox of {shown}</h1>\
         <p>Text messages, calls, mails and notifications of this environment land here instead of being sent, until a provider is \
         configured.</p>\
         <div class=\"tools\"><form method=\"get\" role=\"search\"><label for=\"to\">Recipient</label>\
         <input id=\"to\" name=\"to\" value=\"{filter}\" autocomplete=\"off\" placeholder=\"+15125550134\">\
         <button>Show</button></form>\
         <form method=\"post\" action=\"/sandbox/environments/{environment}/clear\" \
         enctype=\"application/x-www-form-urlencoded\"><button class=\"quiet\">Delete all messages</button></form></div>\
         <p id=\"status\" role=\"status\"></p><div id=\"messages\">"
    );
    if messages.is_empty() {
        body.push_str(&empty(environment, to));
    } else {
        body.push_str("<ol reversed>");
        messages.iter().rev().for_each(|received| message(&mut body, received));
        body.push_str("</ol>");
    }
    body.push_str("</div>");
    let newest = messages.last().map(|received| received.message.id.to_string()).unwrap_or_default();
    let feed =
        format!(" data-feed=\"/sandbox/environments/{environment}/messages\" data-newest=\"{newest}\"");
    frame(&format!("Inbox of {shown}"), &feed, &body)
}

fn empty(environment: EnvironmentId, to: Option<&str>) -> String {
    if let Some(to) = to {
        let to = Escaped(to);
        return format!(
            "<div class=\"empty\"><p>No message to <strong>{to}</strong>.</p>\
             <p><a href=\"/sandbox/environments/{environment}\">Show all recipients</a></p></div>"
        );
    }
    let path = format!("/v1/environments/{environment}/users/USER_ID/devices");
    format!(
        "<div class=\"empty\"><p><strong>No messages yet.</strong> To see one, pair a telephone with a code:</p>\
         <pre>POST {path}\nAuthorization: Bearer …\nContent-Type: application/json\n\n\
         {{\"type\": \"SMS\", \"phone\": \"+1.5125550134\", \"status\": \"ACTIVATION_REQUIRED\"}}</pre>\
         <p>The message appears here at once. Scripts read it as JSON from \
         <a href=\"/sandbox/environments/{environment}/messages\"><code>/sandbox/environments/{environment}/messages?wait=10s</code></a>.</p></div>"
    )
}

fn message(body: &mut String, Received { at, message }: &Received) {
    let readable = message.readable();
    let (to, text) = (Escaped(&message.to), Escaped(&readable));
    let (template, locale, channel) =
        (Escaped(&message.template), Escaped(&message.locale), message.channel.request_name());
    let _ = write!(
        body,
        "<li><article><header><span class=\"channel\">{channel}</span> to <strong>{to}</strong> \
         <time datetime=\"{at}\">{at}</time></header>"
    );
    if let Some(subject) = &message.subject {
        let _ = write!(body, "<h2>{}</h2>", Escaped(subject));
    }
    if message.html {
        let frame = format!("/sandbox/environments/{}/messages/{}/mail", message.environment, message.id);
        let _ = write!(
            body,
            "<iframe sandbox src=\"{frame}\" title=\"Mail to {to}\" loading=\"lazy\"></iframe>\
             <details><summary>Source</summary><pre>{text}</pre></details>"
        );
    } else {
        let _ = write!(body, "<p class=\"text\">{text}</p>");
    }
    if let Some(otp) = &message.otp {
        let _ = write!(body, "<p class=\"code\">Passcode <code>{}</code></p>", Escaped(otp.expose()));
    }
    let _ = write!(body, "<footer>{template}, {locale}</footer></article></li>");
}

fn frame(title: &str, attributes: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title} · Postern</title>\
         <link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/sandbox/inbox.css\">\
         <script src=\"/sandbox/inbox.js\" defer></script></head><body><main{attributes}>{body}</main></body></html>"
    )
}

/// Text that is safe in markup and in quoted attributes.
struct Escaped<'t>(&'t str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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

#[cfg(test)]
mod tests {
    use super::*;
    use postern_core::random::Random;

    #[test]
    fn names_and_recipients_cannot_become_markup() {
        let environment = EnvironmentId::new(&Random::seeded(1));
        let page = inbox(environment, "<script>alert(1)</script>", Some("\"><img src=x>"), &[]);
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
        assert!(page.contains("&lt;script&gt;") && page.contains("&quot;&gt;&lt;img"));
    }

    #[test]
    fn an_empty_inbox_says_what_to_do() {
        let environment = EnvironmentId::new(&Random::seeded(1));
        assert!(inbox(environment, "lab", None, &[]).contains("No messages yet."));
        assert!(choice(&[]).contains("There is no SANDBOX environment yet"));
    }
}
