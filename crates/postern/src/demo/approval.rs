//! Steps 16 to 19: the approval itself.

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use url::Url;

use super::application::Application;
use super::person::Person;
use super::walk::{Walk, detail};
use super::{answer::Answer, token};
use crate::clock;
use crate::terminal::{Style, say, styled};

/// Asks for the approval, gives it with the code of the message, and takes the tokens.
pub(crate) async fn approve(
    walk: &mut Walk,
    application: &Application,
    person: &Person,
) -> anyhow::Result<()> {
    let issuer = format!("{}/as", walk.auth);
    let request = token::request(&issuer, application, &person.id, clock::now())?;
    let mut url = Url::parse(&format!("{issuer}/authorize"))?;
    url.query_pairs_mut()
        .append_pair("client_id", &application.id)
        .append_pair("response_type", "code")
        .append_pair("response_mode", "pi.flow")
        .append_pair("request", &request)
        .append_pair("scope", "profile openid")
        .append_pair("login_hint_token", &request);
    let answer = walk.visit(16, "Send an authorize request for the approval", url.as_str()).await?;
    answer.expect("/status", "OTP_REQUIRED")?;
    answer.expect("/selectedDevice/id", person.device.as_str())?;
    detail("flow", answer.text("/status")?);
    let flow = format!("{}/flows/{}", walk.auth, answer.id()?);

    let code = message(walk, person).await?;
    let media = "application/vnd.pingidentity.otp.check+json";
    let answer = walk.act(17, "Check the code", &flow, media, &json!({ "otp": code })).await?;
    answer.expect("/status", "COMPLETED")?;
    detail("flow", answer.text("/status")?);
    let resume = answer.text("/resumeUrl")?.to_owned();

    let answer = walk.visit(18, "Call the resume endpoint", &resume).await?;
    let code = answer.text("/authorizeResponse/code")?.to_owned();
    detail("code", &code);

    let form =
        [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", "https://www.example.com")];
    let client = (&*application.id, &*application.secret);
    let answer = walk.redeem(19, "Get the access token", client, &form).await?;
    tokens(walk, &issuer, application, person, &answer).await
}

/// The text message, as it arrived, and the code in it.
async fn message(walk: &Walk, person: &Person) -> anyhow::Result<String> {
    let mut url = Url::parse(&format!("{}/messages", walk.sandbox))?;
    url.query_pairs_mut().append_pair("to", person.phone).append_pair("wait", "10s");
    let answer = walk.look(url.as_str()).await?;
    let text = answer.text("/messages/0/text").context("no text message came within ten seconds")?;
    say(format_args!("    {} {text}", styled(Style::Accent, format_args!("{:<12}", "message"))));
    let wanted = "Approve this transfer of 1,000,000 USD to Charlie Parker, by entering this OTP: ";
    match text.strip_prefix(wanted) {
        Some(code) if code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()) => {
            Ok(code.to_owned())
        }
        _ => bail!("the message reads differently than the template says"),
    }
}

async fn tokens(
    walk: &Walk,
    issuer: &str,
    application: &Application,
    person: &Person,
    answer: &Answer,
) -> anyhow::Result<()> {
    answer.expect("/token_type", "Bearer")?;
    let scope = answer.text("/scope")?;
    for wanted in ["openid", "profile"] {
        if !scope.split(' ').any(|one| one == wanted) {
            bail!("step 19: the scope {scope:?} lacks {wanted}");
        }
    }
    detail("scope", scope);
    let keys = walk.look(&format!("{issuer}/jwks")).await?;
    let claims = token::verified(answer.text("/id_token")?, &keys.body().to_string(), clock::now())
        .context("the id token cannot be trusted")?;
    for (name, expected) in
        [("iss", issuer), ("sub", &*person.id), ("aud", &*application.id), ("acr", &*application.policy)]
    {
        let good = match claims.get(name) {
            Some(Value::String(found)) => found == expected,
            Some(Value::Array(found)) => found.iter().any(|one| one.as_str() == Some(expected)),
            _ => false,
        };
        if !good {
            bail!("step 19: expected {expected} as {name} in the id token, got {:?}", claims.get(name));
        }
    }
    say(format_args!(
        "    {}",
        styled(Style::Faint, "id token, its signature checked with the published keys:")
    ));
    for line in serde_json::to_string_pretty(claims.members())?.lines() {
        say(format_args!("    {line}"));
    }
    Ok(())
}
