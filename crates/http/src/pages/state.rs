//! What the page shows in each state of a flow.
//!
//! Whoever knows the flow's id sees the page, so it shows no more than the flow
//! endpoints do: devices masked, the user only once something vouches for them.

use postern_core::flow::{Action, Flow, Status};
use postern_core::time::Timestamp;
use postern_engine::flows::Snapshot;

use super::super::web::Reply;
use super::markup::{Escaped, Field, Form, Page, fields};
use super::mfa;
use super::wording::Refusal;

/// What there is to show.
pub(super) struct View<'v> {
    pub(super) snapshot: &'v Snapshot,
    pub(super) refusal: Option<Refusal>,
    /// The user name that was typed.
    pub(super) username: &'v str,
    /// Of this browser's forms.
    pub(super) token: String,
    /// Whether this browser completed the flow, when it is completed.
    pub(super) is_ours: bool,
    pub(super) now: Timestamp,
}

/// The page.
pub(super) fn page(status: u16, view: &View<'_>) -> Reply {
    let flow = &view.snapshot.flow;
    let id = flow.id.to_string();
    let form = Form { flow: &id, token: &view.token };
    let mut head = String::new();
    let (heading, body) = match flow.status {
        Status::UsernamePasswordRequired | Status::PasswordRequired => ("Sign on", credentials(view, &form)),
        Status::SignOnRequired => ("Sign on", name(view, &form)),
        Status::MustChangePassword => {
            ("Choose a new password", change(view, &form, "An administrator asks you for a new password."))
        }
        Status::PasswordExpired => {
            ("Choose a new password", change(view, &form, "Your password is too old."))
        }
        Status::RecoveryCodeRequired => ("Set a new password", recovery(view, &form)),
        Status::DeviceSelectionRequired => ("Choose how to prove it is you", mfa::devices(view, &form)),
        Status::OtpRequired => ("Enter the passcode", mfa::passcode(view, &form)),
        Status::AssertionRequired => {
            head = mfa::PASSKEY_SCRIPT.to_owned();
            ("Use your passkey", mfa::passkey(view, &form))
        }
        Status::PushConfirmationRequired => {
            head = mfa::POLL.to_owned();
            ("Confirm on your phone", mfa::push(view, &form))
        }
        Status::PushConfirmationTimedOut => ("Nobody confirmed in time", mfa::devices(view, &form)),
        Status::Completed if !view.is_ours => ("Signed on elsewhere", ELSEWHERE.to_owned()),
        Status::Completed => {
            if !flow.request.is_flow() {
                // Not by a redirect of the form, which may not lead elsewhere.
                head = format!("<meta http-equiv=\"refresh\" content=\"0; url={}\">\n", resume(&id));
            }
            ("You are signed on", onward(flow, &id))
        }
        Status::Failed => {
            let why = flow.failure().map_or("The sign-on failed.", |failure| failure.message.as_str());
            let why =
                format!("<p role=\"alert\" class=\"problem\">{}</p>\n{}", Escaped(why), onward(flow, &id));
            ("You cannot sign on", why)
        }
    };
    let application = Escaped(&flow.client.name);
    let problem = view.refusal.as_ref().map_or_else(String::new, |refusal| {
        format!("<p role=\"alert\" class=\"problem\" id=\"problem\">{}</p>\n", Escaped(&refusal.text))
    });
    let content =
        format!("<p class=\"application\">to go on to <strong>{application}</strong></p>\n{problem}{body}");
    Page { status, heading, is_error: view.refusal.is_some(), head: &head, content: &content }.reply()
}

const ELSEWHERE: &str = "<p>This sign-on was completed in another browser. Go back to the application and begin again to sign on here.</p>\n";

const USERNAME: Field<'_> = Field {
    name: "username",
    label: "User name",
    kind: "text",
    autocomplete: "username",
    value: "",
    more: " maxlength=\"256\"",
};
const PASSWORD: Field<'_> = Field {
    name: "password",
    label: "Password",
    kind: "password",
    autocomplete: "current-password",
    value: "",
    more: " maxlength=\"1024\"",
};
const NEW_PASSWORD: Field<'_> =
    Field { name: "newPassword", label: "New password", autocomplete: "new-password", ..PASSWORD };

impl View<'_> {
    pub(super) fn faulty(&self) -> Option<&str> {
        self.refusal.as_ref().and_then(|refusal| refusal.field.as_deref())
    }

    fn offers(&self, action: Action) -> bool {
        self.snapshot.flow.allows(action)
    }
}

fn credentials(view: &View<'_>, form: &Form<'_>) -> String {
    let known = view.snapshot.flow.status == Status::PasswordRequired;
    let inputs = match known {
        true => fields(&[PASSWORD], view.faulty()),
        false => fields(&[Field { value: view.username, ..USERNAME }, PASSWORD], view.faulty()),
    };
    let mut html = form.render(Action::UsernamePasswordCheck.name(), "", &inputs, "Sign on");
    if view.offers(Action::PasswordForgot) {
        // Two fields of one name on a page: the second one lives in its own form and has its own id.
        let name = "<label for=\"forgotten\">User name</label>\n<input id=\"forgotten\" name=\"username\" type=\"text\" \
                    autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" required maxlength=\"256\">\n";
        let forgot = form.render(Action::PasswordForgot.name(), "", name, "Mail me a recovery code");
        html.push_str(&format!("<details>\n<summary>Forgot your password?</summary>\n{forgot}</details>\n"));
    }
    if known { html + &begin_again(form) } else { html }
}

fn name(view: &View<'_>, form: &Form<'_>) -> String {
    let input = fields(&[Field { value: view.username, ..USERNAME }], view.faulty());
    form.render(Action::UserLookup.name(), "", &input, "Go on")
}

fn change(view: &View<'_>, form: &Form<'_>, why: &str) -> String {
    let current = Field { name: "currentPassword", label: "Current password", ..PASSWORD };
    let inputs = fields(&[current, NEW_PASSWORD], view.faulty());
    let set = form.render(Action::PasswordReset.name(), "", &inputs, "Set the password");
    format!("<p>{why}{}</p>\n{set}{}", rules(view), begin_again(form))
}

fn recovery(view: &View<'_>, form: &Form<'_>) -> String {
    let code = Field {
        name: "recoveryCode",
        label: "Recovery code",
        kind: "text",
        autocomplete: "one-time-code",
        value: "",
        more: " maxlength=\"64\"",
    };
    let inputs = fields(&[code, NEW_PASSWORD], view.faulty());
    let set = form.render(Action::PasswordRecover.name(), "", &inputs, "Set the password");
    let again = form.render(Action::PasswordSendRecoveryCode.name(), "quiet", "", "Mail me another code");
    format!("<p>A recovery code was mailed to you.{}</p>\n{set}{again}{}", rules(view), begin_again(form))
}

fn rules(view: &View<'_>) -> String {
    let least = view.snapshot.password_policy.as_ref().map(|policy| policy.length.min);
    least
        .filter(|least| *least > 1)
        .map_or_else(String::new, |least| format!(" The new password must have at least {least} characters."))
}

fn begin_again(form: &Form<'_>) -> String {
    form.render(Action::SessionReset.name(), "quiet", "", "Use another account")
}

/// The way back to the application, where the browser can take it.
fn onward(flow: &Flow, id: &str) -> String {
    match flow.request.is_flow() {
        true => "<p>You can go back to the application.</p>\n".to_owned(),
        false => format!("<p><a href=\"{}\">Go on to the application</a></p>\n", resume(id)),
    }
}

/// On the same host as the page, because that is where the session's cookie is.
fn resume(id: &str) -> String {
    format!("../as/resume?flowId={id}")
}
