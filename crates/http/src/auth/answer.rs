//! The answer to an authorization request: in the flow object, or through the browser.

use data_encoding::BASE64;
use http::header::CONTENT_SECURITY_POLICY;
use postern_core::crypto::sha256;
use postern_core::entity::Stored;
use postern_core::flow::Flow;
use postern_core::oauth::answer::{Outbound, outbound};
use postern_core::oauth::request::AuthorizeRequest;
use postern_core::oauth::{Delivery, OAuthError};
use postern_engine::clients::Client;
use postern_engine::flows::{self, Authorized};
use postern_engine::tokens::{self, Implicit};
use postern_engine::{Error, Result};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::super::web::{Call, Failure, Reply};

/// The fields of the answer, by their OAuth names.
pub(super) type Fields = Vec<(&'static str, String)>;

/// What the application gets. Tokens are signed here, after the commit; each call gives others.
pub(super) async fn fields(
    call: &Call,
    client: &Client,
    request: &AuthorizeRequest,
    authorized: &Authorized,
) -> Result<Fields> {
    let mut fields = Fields::new();
    if let Some(code) = &authorized.code {
        fields.push(("code", code.expose().clone()));
    }
    if request.response_type.has_tokens() {
        let key = call.app.signing.signer_for(call.app.db(), &call.ctx, &client.application).await?;
        let implicit = Implicit {
            client,
            user: &authorized.user,
            sign_on: &authorized.sign_on,
            response_type: request.response_type,
            nonce: request.nonce.as_deref(),
            code: authorized.code.as_ref().map(|code| code.expose().as_str()),
        };
        match tokens::implicit(&call.ctx, &key, &implicit)? {
            Err(refusal) => {
                fields = vec![
                    ("error", refusal.code.as_str().to_owned()),
                    ("error_description", refusal.description.into_owned()),
                ];
            }
            Ok(tokens) => {
                if let Some(token) = tokens.access_token {
                    fields.push(("access_token", token.expose().clone()));
                    fields.push(("token_type", "Bearer".to_owned()));
                    fields.push(("expires_in", tokens.expires_in.to_string()));
                    fields.push(("scope", tokens.scope));
                }
                fields.extend(tokens.id_token.map(|token| ("id_token", token.expose().clone())));
            }
        }
    }
    Ok(fields)
}

/// Why a failed flow has no better answer.
pub(super) fn failure(flow: &Flow) -> Fields {
    let why = flow.failure().map_or("The sign-on failed.", |failure| failure.message.as_str());
    vec![("error", "access_denied".to_owned()), ("error_description", why.to_owned())]
}

/// The fields as `authorizeResponse` of a flow object.
pub(super) fn as_object(fields: &Fields, request: &AuthorizeRequest) -> Value {
    let mut object = Map::new();
    for (name, value) in fields {
        let value = match (*name, value.parse::<i64>()) {
            ("expires_in", Ok(seconds)) => Value::from(seconds),
            _ => Value::from(value.as_str()),
        };
        object.insert((*name).to_owned(), value);
    }
    if let Some(state) = &request.state {
        object.insert("state".to_owned(), Value::from(state.as_str()));
    }
    Value::Object(object)
}

/// Sends the fields through the browser.
pub(super) fn redirect(request: &AuthorizeRequest, fields: &Fields) -> Result<Reply> {
    match Delivery::of(request) {
        Delivery::Redirect { uri, mode, state } => {
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Ok(travel(outbound(&uri, mode, state.as_deref(), &fields)))
        }
        Delivery::Flow | Delivery::Page => Err(Error::internal("the request has no address for its answer")),
    }
}

/// The answer to a completed flow through the browser; its code is good from now on.
pub(super) async fn completed(call: &Call, client: &Client, flow: &Stored<Flow>) -> Result<Reply> {
    let authorized = call
        .app
        .write(&call.ctx, flow.clone(), |tx, ctx, flow| Box::pin(flows::issue_code_at_resume(tx, ctx, flow)))
        .await?;
    let fields = fields(call, client, &flow.request, &authorized).await?;
    redirect(&flow.request, &fields)
}

/// Says that a request was refused, to whom it concerns.
pub(super) fn refused(call: &Call, error: &OAuthError, delivery: Delivery) -> Result<Reply, Failure> {
    match delivery {
        Delivery::Flow => Err(Error::invalid(error.to_problem()).into()),
        Delivery::Page => Ok(page(call, error)),
        Delivery::Redirect { uri, mode, state } => {
            let fields = [("error", error.code.name()), ("error_description", error.description.as_str())];
            Ok(travel(outbound(&uri, mode, state.as_deref(), &fields)))
        }
    }
}

/// The sign-on page, told what is wrong.
fn page(call: &Call, error: &OAuthError) -> Reply {
    let body = serde_json::json!({
        "id": call.ctx.correlation,
        "code": "INVALID_DATA",
        "message": "The request could not be completed. One or more validation errors were in the request.",
        "details": [error.to_problem()],
    });
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair("error", &body.to_string()).finish();
    Reply::found(&format!("{}/signon/?{query}", call.ctx.urls.apps_of(call.ctx.environment)))
}

fn travel(outbound: Outbound) -> Reply {
    match outbound {
        Outbound::Location(location) => Reply::found(&location),
        Outbound::Form { action, fields } => form(&action, &fields),
    }
}

const SUBMIT: &str = "document.forms[0].submit()";

/// A page whose form posts itself; without scripts the person presses the button.
fn form(action: &str, fields: &[(String, String)]) -> Reply {
    let inputs: String = fields
        .iter()
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value))
        })
        .collect();
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Continue</title>\n</head>\n<body>\n\
         <form method=\"post\" action=\"{}\">\n{inputs}<noscript><button>Continue</button></noscript>\n</form>\n\
         <script>{SUBMIT}</script>\n</body>\n</html>\n",
        escape(action)
    );
    let hash = BASE64.encode(&sha256(SUBMIT.as_bytes()));
    let policy =
        format!("default-src 'none'; script-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'");
    Reply::html(200, page).header(CONTENT_SECURITY_POLICY, &policy)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_cannot_be_broken_out_of() {
        let fields = [("state".to_owned(), "\"><script>alert(1)</script>".to_owned())];
        let page = format!("{:?}", form("https://a.example/?x=\"&y", &fields));
        assert!(!page.contains("<script>alert"));
        assert_eq!(escape("\"<&>'"), "&quot;&lt;&amp;&gt;&#39;");
    }
}
