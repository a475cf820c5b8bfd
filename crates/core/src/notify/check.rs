//! The rules of a content that an environment brings.
//!
//! Reports every fault at once. Leaves the types of members to the schema of
//! the body (`content::body`) and the uniqueness of contents to the store.

#[cfg(test)]
mod tests;

use super::channel::Channel;
use super::content::{HTML_TEXT, Mailbox, PLAIN_TEXT, TemplateContent};
use super::render::variables_of;
use super::template::Template;
use super::{locale, voice};
use crate::email::EmailAddress;
use crate::problem::{Code, Problem};

/// Limits in characters, those of mail bodies and calls in bytes.
pub(super) const MAX_VARIANT: usize = 100;
const MAX_SMS: usize = 660;
pub(super) const MAX_SENDER: usize = 11;
const MAX_CALL: usize = 1_024;
pub(super) const MAX_SUBJECT: usize = 256;
pub(super) const MAX_MAIL: usize = 100_000;
pub(super) const MAX_TITLE: usize = 200;
const MAX_PUSH: usize = 400;
pub(super) const MAX_NAME: usize = 256;

/// All faults of a content for a template; `languages` are those of the environment.
#[must_use]
pub fn check(content: &TemplateContent, template: &Template, languages: &[&str]) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_place(content, template, languages, &mut problems);
    match content.delivery_method {
        Channel::Sms => check_sms(content, &mut problems),
        Channel::Voice => check_call(content, &mut problems),
        Channel::Email => check_mail(content, &mut problems),
        Channel::Push => check_push(content, &mut problems),
        Channel::WhatsApp => {
            if content.whats_app_template.is_none() {
                problems.push(Problem::required("whatsAppTemplate"));
            }
        }
    }
    if content.delivery_method != Channel::WhatsApp {
        check_variables(content, template, &mut problems);
    }
    problems
}

fn check_place(
    content: &TemplateContent,
    template: &Template,
    languages: &[&str],
    problems: &mut Vec<Problem>,
) {
    if !template.offers(content.delivery_method) {
        let offered: Vec<&str> = template.channels.iter().map(|channel| channel.template_name()).collect();
        problems.push(Problem::not_allowed("deliveryMethod", &offered));
    }
    if !locale::is_locale(&content.locale) {
        problems.push(Problem::invalid("locale", "must be a locale such as en or en-US"));
    } else if !locale::is_among(&content.locale, languages) {
        problems.push(Problem::not_allowed("language", languages));
    }
    problems.extend(content.variant.as_deref().and_then(|name| variant(name, template)));
}

/// The fault of a variant's name for a template.
#[must_use]
pub fn variant(name: &str, template: &Template) -> Option<Problem> {
    if !template.variants {
        Some(Problem::invalid("variant", format!("{} has no variants", template.name)))
    } else if name.trim().is_empty() {
        Some(Problem::empty("variant"))
    } else {
        (name.chars().count() > MAX_VARIANT).then(|| Problem::too_long("variant", MAX_VARIANT))
    }
}

fn check_sms(content: &TemplateContent, problems: &mut Vec<Problem>) {
    text("content", content.content.as_deref(), problems, |text, problems| {
        limit("content", text, MAX_SMS, problems);
    });
    if let Some(sender) = content.sender.as_deref().filter(|sender| !sender.is_empty()) {
        limit("sender", sender, MAX_SENDER, problems);
        if !sender.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ') {
            problems.push(Problem::invalid("sender", "must hold only letters, digits and spaces"));
        }
    }
}

fn check_call(content: &TemplateContent, problems: &mut Vec<Problem>) {
    text("content", content.content.as_deref(), problems, |text, problems| {
        limit_bytes("content", text, MAX_CALL, problems);
        if let Some(fault) = voice::fault(text) {
            problems.push(Problem::invalid("content", fault.to_string()));
        }
    });
    if let Some(name) = &content.voice {
        limit("voice", name, MAX_NAME, problems);
    }
}

fn check_mail(content: &TemplateContent, problems: &mut Vec<Problem>) {
    text("body", content.body.as_deref(), problems, |text, problems| {
        limit_bytes("body", text, MAX_MAIL, problems);
    });
    if let Some(subject) = &content.subject {
        limit("subject", subject, MAX_SUBJECT, problems);
        one_line("subject", subject, problems);
    }
    mailbox("from", content.from.as_ref(), problems);
    mailbox("replyTo", content.reply_to.as_ref(), problems);
    one_of("charset", content.charset.as_deref(), &["UTF-8"], problems);
    one_of("emailContentType", content.email_content_type.as_deref(), &[HTML_TEXT, PLAIN_TEXT], problems);
}

fn check_push(content: &TemplateContent, problems: &mut Vec<Problem>) {
    text("title", content.title.as_deref(), problems, |text, problems| {
        limit("title", text, MAX_TITLE, problems);
    });
    text("body", content.body.as_deref(), problems, |text, problems| limit("body", text, MAX_PUSH, problems));
}

/// Required variables must be in the text; others must be ones that will have a value.
fn check_variables(content: &TemplateContent, template: &Template, problems: &mut Vec<Problem>) {
    let target = match content.delivery_method {
        Channel::Email | Channel::Push => "body",
        Channel::Sms | Channel::Voice | Channel::WhatsApp => "content",
    };
    let used = variables_of(content.text());
    if !content.text().is_empty() {
        for name in template.required_on(content.delivery_method) {
            if !used.iter().any(|used| used == name) {
                let message = format!("must contain the variable ${{{name}}}");
                problems.push(Problem::new(Code::RequiredValue, message).at(target));
            }
        }
    }
    if template.dynamic {
        return;
    }
    let heading = content.heading().map(variables_of).unwrap_or_default();
    let heading_target = if content.delivery_method == Channel::Push { "title" } else { "subject" };
    for (target, name) in
        used.iter().map(|name| (target, name)).chain(heading.iter().map(|name| (heading_target, name)))
    {
        if !template.knows(name) {
            let message = format!("{} has no variable ${{{name}}}", template.name);
            problems.push(Problem::invalid(target, message));
        }
    }
}

/// A text that must be there and not blank.
fn text(
    target: &str,
    text: Option<&str>,
    problems: &mut Vec<Problem>,
    rules: impl FnOnce(&str, &mut Vec<Problem>),
) {
    match text {
        None => problems.push(Problem::required(target)),
        Some(text) if text.trim().is_empty() => problems.push(Problem::empty(target)),
        Some(text) => rules(text, problems),
    }
}

fn limit(target: &str, text: &str, max: usize, problems: &mut Vec<Problem>) {
    if text.chars().count() > max {
        problems.push(Problem::too_long(target, max));
    }
}

fn limit_bytes(target: &str, text: &str, max: usize, problems: &mut Vec<Problem>) {
    if text.len() > max {
        problems.push(Problem::too_long(target, max));
    }
}

fn one_line(target: &str, text: &str, problems: &mut Vec<Problem>) {
    if text.chars().any(char::is_control) {
        problems.push(Problem::invalid(target, "must be a single line"));
    }
}

fn one_of(target: &str, value: Option<&str>, allowed: &[&str], problems: &mut Vec<Problem>) {
    if value.is_some_and(|value| !allowed.iter().any(|known| known.eq_ignore_ascii_case(value))) {
        problems.push(Problem::not_allowed(target, allowed));
    }
}

fn mailbox(target: &str, mailbox: Option<&Mailbox>, problems: &mut Vec<Problem>) {
    let Some(mailbox) = mailbox else { return };
    if let Err(error) = EmailAddress::parse(&mailbox.address) {
        problems.push(Problem::invalid(&format!("{target}.address"), error.to_string()));
    }
    if let Some(name) = &mailbox.name {
        let target = format!("{target}.name");
        limit(&target, name, MAX_NAME, problems);
        one_line(&target, name, problems);
    }
}
