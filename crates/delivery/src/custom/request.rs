//! From a description and a message to a request.
//!
//! Values are encoded for the place they are put into: a URL, a form or a
//! JSON string. Of a call, values lose their angle brackets, so that a
//! person's name brings no markup into what a gateway reads as a document.

use postern_core::notify::render::{Encoding, Values, render, variables_of};
use postern_core::notify::voice;
use postern_core::notify::{Channel, OutboundMessage};
use url::Url;

use crate::http::{Call, OutboundError};
use crate::outcome::Outcome;
use crate::provider::Attempt;
use crate::sender;
use crate::settings::{CustomMethod, CustomRequest, CustomSettings, PhoneFormat};

/// Headers that belong to the connection and not to an administrator.
const RESERVED: [&str; 9] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "idempotency-key",
];

/// The request, still without credentials.
pub(super) fn build(
    settings: &CustomSettings,
    request: &CustomRequest,
    message: &OutboundMessage,
    attempt: &Attempt,
) -> Result<Call, Outcome> {
    let body = request.body.as_deref().filter(|_| request.method == CustomMethod::Post).unwrap_or_default();
    let wanted: Vec<String> = variables_of(&request.url).into_iter().chain(variables_of(body)).collect();
    let values = values(settings, request, message, &wanted)?;
    let url = filled(&request.url, &values, Encoding::Url)?;
    let url = Url::parse(&url).map_err(|_| OutboundError::Malformed.outcome())?;
    let call = match request.method {
        CustomMethod::Get => Call::get(url),
        CustomMethod::Post => {
            let (content_type, encoding) = body_type(request, body)?;
            let call = Call::post(url).body(filled(body, &values, encoding)?);
            call.header("content-type", content_type).map_err(OutboundError::outcome)?
        }
    };
    with_headers(call, request, attempt).map_err(OutboundError::outcome)
}

fn with_headers(mut call: Call, request: &CustomRequest, attempt: &Attempt) -> Result<Call, OutboundError> {
    for (name, value) in &request.headers {
        let name = name.trim().to_ascii_lowercase();
        if RESERVED.contains(&name.as_str()) {
            return Err(OutboundError::Malformed);
        }
        // Already set from the same header, in its plain spelling.
        if name != "content-type" {
            call = call.header(&name, value)?;
        }
    }
    call.header("idempotency-key", &attempt.idempotency_key.to_string())
}

/// Form or JSON, by the header; without one, by the look of the body.
fn body_type(request: &CustomRequest, body: &str) -> Result<(&'static str, Encoding), Outcome> {
    const FORM: (&str, Encoding) = ("application/x-www-form-urlencoded", Encoding::Url);
    const JSON: (&str, Encoding) = ("application/json", Encoding::Json);
    let header = request.headers.iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("content-type"));
    let Some((_, value)) = header else {
        return Ok(if body.trim_start().starts_with(['{', '[']) { JSON } else { FORM });
    };
    let kind = value.split(';').next().unwrap_or_default().trim();
    let known = [FORM, JSON].into_iter().find(|(name, _)| name.eq_ignore_ascii_case(kind));
    known.ok_or(Outcome::misconfigured("the content type is neither a form nor JSON"))
}

fn filled(template: &str, values: &Values, encoding: Encoding) -> Result<String, Outcome> {
    render(template, values, encoding)
        .map_err(|_| Outcome::misconfigured("the request template cannot be filled"))
}

/// A value for every wanted name; what a message does not have is empty.
fn values(
    settings: &CustomSettings,
    request: &CustomRequest,
    message: &OutboundMessage,
    wanted: &[String],
) -> Result<Values, Outcome> {
    let from = from(settings, message, wanted.iter().any(|name| name == "from"))?;
    let otp = message.otp.as_ref().map(|otp| otp.expose().to_owned()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut values = message.variables.clone();
    values.extend([
        ("to".to_owned(), to(request, message)),
        ("from".to_owned(), from),
        ("voice".to_owned(), text(&message.voice)),
        ("locale".to_owned(), message.locale.clone()),
        ("subject".to_owned(), text(&message.subject)),
        ("otp".to_owned(), otp.clone()),
    ]);
    if message.channel == Channel::Voice {
        values.values_mut().for_each(|value| *value = value.replace(['<', '>'], " "));
        // Only now, since the gateway's own tags are to stay.
        values.extend(spoken(request, message, &otp));
    } else {
        values.insert("message".to_owned(), message.text.clone());
    }
    for name in wanted {
        values.entry(name.clone()).or_default();
    }
    Ok(values)
}

fn to(request: &CustomRequest, message: &OutboundMessage) -> String {
    let bare = matches!(message.channel, Channel::Sms | Channel::Voice)
        && request.phone_format == PhoneFormat::NumberOnly;
    let number = if bare { message.to.strip_prefix('+') } else { None };
    number.unwrap_or(&message.to).to_owned()
}

fn from(settings: &CustomSettings, message: &OutboundMessage, wanted: bool) -> Result<String, Outcome> {
    if message.channel == Channel::Email {
        let from = message.from.as_ref().or(settings.from.as_ref());
        return Ok(from.map(|from| from.address.clone()).unwrap_or_default());
    }
    match sender::choose(&settings.numbers, message) {
        Some(sender) => Ok(sender.to_owned()),
        None if wanted && !settings.numbers.is_empty() => {
            Err(Outcome::next("no number can send to this country"))
        }
        None => Ok(String::new()),
    }
}

/// What is said, with the gateway's tags round each digit of the code.
fn spoken(request: &CustomRequest, message: &OutboundMessage, otp: &str) -> Vec<(String, String)> {
    let (before, after) = (request.before_tag.as_deref(), request.after_tag.as_deref());
    if before.is_none() && after.is_none() {
        return vec![("message".to_owned(), voice::plain(&message.text))];
    }
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let spelled = format!("<sayCharValue>{otp}</sayCharValue>");
    let text = match otp {
        // The text may give the code without asking for it to be spelled.
        otp if !otp.is_empty() && !message.text.contains(&spelled) => message.text.replace(otp, &spelled),
        _ => message.text.clone(),
    };
    vec![
        ("message".to_owned(), voice::tagged(&text, before, after)),
        ("otp".to_owned(), voice::tagged(&spelled, before, after)),
    ]
}
