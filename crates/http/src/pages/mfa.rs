//! What the page shows while a factor is being proven: a code, a passkey, a phone.

use postern_core::devices::{Device, DeviceType};
use postern_core::email::EmailAddress;
use postern_core::entity::Stored;
use postern_core::flow::Action;
use postern_core::mfa::Asked;
use postern_core::phone::Phone;

use super::form;
use super::markup::{Escaped, Field, Form, fields, hidden};
use super::state::View;

/// The script that speaks to the authenticator. It is the only one, and only this page has it.
pub(super) const PASSKEY_SCRIPT: &str = "<script src=\"passkey.js\" defer></script>\n";
/// The page looks again by itself, since the answer comes from the phone.
pub(super) const POLL: &str = "<meta http-equiv=\"refresh\" content=\"2\">\n";

pub(super) fn passcode(view: &View<'_>, form: &Form<'_>) -> String {
    let otp = Field {
        name: "otp",
        label: "Passcode",
        kind: "text",
        autocomplete: "one-time-code",
        value: "",
        more: " inputmode=\"numeric\" maxlength=\"32\"",
    };
    let check = form.render(Action::OtpCheck.name(), "", &fields(&[otp], view.faulty()), "Check");
    let mut html = match asked(view) {
        Some(device) if device.kind.receives_codes() => {
            format!("<p>A passcode was sent to you: {}.</p>\n{check}", Escaped(&described(device)))
        }
        Some(device) => {
            format!("<p>Enter the passcode that is shown by {}.</p>\n{check}", Escaped(&described(device)))
        }
        None => check,
    };
    if let Some(device) = asked(view).filter(|device| device.kind.receives_codes()) {
        html.push_str(&again(form, device, "Send another passcode"));
    }
    html + &others(view, form)
}

/// The button starts the script; without it the page says what is missing.
pub(super) fn passkey(view: &View<'_>, form: &Form<'_>) -> String {
    let options = match view.snapshot.flow.asked() {
        Some(Asked::Assertion(asked)) => asked.options.as_str(),
        _ => "",
    };
    let inputs = hidden(form::ORIGIN, "") + &hidden(form::ASSERTION, "");
    let check = form.render(Action::AssertionCheck.name(), "passkey", &inputs, "Use passkey");
    format!(
        "<p>Your browser will ask you for your passkey or security key.</p>\n\
         <noscript><p class=\"problem\">Passkeys need JavaScript. Turn it on, or choose another way.</p></noscript>\n\
         <p id=\"passkey-problem\" class=\"problem\" role=\"alert\" hidden></p>\n\
         <div id=\"passkey-options\" data-options=\"{}\"></div>\n{check}{}",
        Escaped(options),
        others(view, form)
    )
}

pub(super) fn push(view: &View<'_>, form: &Form<'_>) -> String {
    let number = match view.snapshot.flow.asked() {
        Some(Asked::Push(asked)) => asked.number.as_deref(),
        _ => None,
    };
    let what = match number {
        Some(number) => format!(
            "<p>Open the application on your phone and confirm this number:</p>\n<p class=\"number\">{}</p>\n",
            Escaped(number)
        ),
        None => "<p>Open the application on your phone and confirm that it is you.</p>\n".to_owned(),
    };
    let reason = hidden(form::REASON, "CHANGE_DEVICE");
    let cancel = form.render(Action::CancelPush.name(), "quiet", &reason, "Choose another way");
    format!("{what}<p role=\"status\">Waiting for your phone\u{2026}</p>\n{cancel}")
}

pub(super) fn devices(view: &View<'_>, form: &Form<'_>) -> String {
    usable(view).map(|device| choice(form, device)).collect()
}

fn asked<'v>(view: &'v View<'_>) -> Option<&'v Stored<Device>> {
    let asked = view.snapshot.flow.device();
    view.snapshot.devices.iter().find(|device| Some(device.id) == asked)
}

fn again(form: &Form<'_>, device: &Stored<Device>, button: &str) -> String {
    let chosen = hidden(form::DEVICE, &device.id.to_string());
    form.render(Action::DeviceSelect.name(), "quiet", &chosen, button)
}

/// The other ways, folded away.
fn others(view: &View<'_>, form: &Form<'_>) -> String {
    let asked = view.snapshot.flow.device();
    let others: String =
        usable(view).filter(|device| Some(device.id) != asked).map(|device| choice(form, device)).collect();
    if others.is_empty() {
        return others;
    }
    format!("<details>\n<summary>Prove it in another way</summary>\n{others}</details>\n")
}

fn usable<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Stored<Device>> {
    view.snapshot.devices.iter().filter(|device| device.usable(view.now))
}

fn choice(form: &Form<'_>, device: &Stored<Device>) -> String {
    let chosen = hidden(form::DEVICE, &device.id.to_string());
    form.render(Action::DeviceSelect.name(), "choice", &chosen, &described(device))
}

/// The device in words, with as little of its address as its owner needs to know it. Not escaped.
fn described(device: &Device) -> String {
    let phone =
        || device.phone.as_deref().and_then(|phone| Phone::parse(phone).ok()).map(|phone| phone.masked());
    let email = || {
        device.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()).map(|email| email.masked())
    };
    let (way, address) = match device.kind {
        DeviceType::Sms => ("text message to", phone()),
        DeviceType::Voice => ("call to", phone()),
        DeviceType::WhatsApp => ("WhatsApp message to", phone()),
        DeviceType::Email => ("mail to", email()),
        DeviceType::Totp => ("your authenticator app", None),
        DeviceType::OathToken => ("your hardware token", None),
        DeviceType::Fido2 => ("your passkey", None),
        DeviceType::Mobile => ("the app on your phone", None),
        _ => ("your device", None),
    };
    let place = address.map_or_else(|| way.to_owned(), |address| format!("{way} {address}"));
    match &device.nickname {
        Some(nickname) => format!("{place} ({nickname})"),
        None => place,
    }
}
