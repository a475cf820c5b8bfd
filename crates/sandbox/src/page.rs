//! The inbox as a page: readable without a script, live with one.
//!
//! The script asks the JSON for news and then takes the list from this page
//! again, so that a message is rendered in one place only.

mod html;

use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, X_FRAME_OPTIONS};
use postern_core::directory::environment::{Environment, EnvironmentType};
use postern_engine::Error;
use postern_engine::environments::PLATFORM;
use postern_http::web::{Call, Failure, Reply};
use postern_store::documents::{self, Condition, Select};

use crate::Inbox;
use crate::inbox::Wanted;

const SCRIPT: &str = include_str!("page/inbox.js");
const STYLE: &str = include_str!("page/inbox.css");

/// Nothing but our own files; no script or style in the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      frame-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A mail is markup from elsewhere: it may look as it likes, but neither run, call nor load anything.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; \
                           base-uri 'none'; frame-ancestors 'self'; sandbox";

/// How many messages the page shows.
const SHOWN: i64 = 100;
/// How many environments the overview shows.
const MOST_ENVIRONMENTS: i64 = 500;

/// `GET /sandbox`: the inbox of the only environment, or the choice of one.
pub(crate) async fn environments(inbox: Inbox, call: Call) -> Result<Reply, Failure> {
    let query = Select { condition: Condition::Everything, after: None, limit: MOST_ENVIRONMENTS };
    let mut tx = inbox.db().read().await?;
    let mut found = documents::list::<Environment>(&mut tx, PLATFORM, &query).await?;
    found.retain(|environment| environment.kind == EnvironmentType::Sandbox);
    match found.as_slice() {
        [only] if call.query().get("all").is_none() => {
            Ok(Reply::found(&format!("/sandbox/environments/{}", only.id)))
        }
        _ => Ok(page(html::choice(&found))),
    }
}

/// `GET /sandbox/environments/{envID}`: the newest messages.
pub(crate) async fn inbox(inbox: Inbox, call: Call) -> Result<Reply, Failure> {
    let query = call.query();
    let to = query.get("to");
    let wanted = Wanted { to: to.map(str::to_owned), since: None, limit: SHOWN };
    let messages = inbox.read(call.ctx.environment, &wanted, Duration::ZERO).await?;
    let name = call.environment.as_ref().map_or("", |environment| environment.name.as_str());
    Ok(page(html::inbox(call.ctx.environment, name, to, &messages)))
}

/// `GET …/messages/{messageID}/mail`: a mail in HTML, to be shown in a frame of the page.
pub(crate) async fn mail(inbox: Inbox, call: Call) -> Result<Reply, Failure> {
    let found = inbox.find(call.ctx.environment, call.id("messageID")?).await?;
    let mail = found.filter(|received| received.message.html).ok_or(Error::NotFound("mail"))?;
    let reply = Reply::html(200, mail.message.text);
    Ok(reply.header(CONTENT_SECURITY_POLICY, MAIL_POLICY).header(X_FRAME_OPTIONS, "SAMEORIGIN"))
}

/// `POST /sandbox/environments/{envID}/clear`: the button of the page.
pub(crate) async fn clear(inbox: Inbox, call: Call) -> Result<Reply, Failure> {
    inbox.clear(call.ctx.environment).await?;
    Ok(Reply::empty(303).header(LOCATION, &format!("/sandbox/environments/{}", call.ctx.environment)))
}

/// `GET /sandbox/inbox.js`.
pub(crate) async fn script(_inbox: Inbox, _call: Call) -> Result<Reply, Failure> {
    Ok(asset("text/javascript; charset=utf-8", SCRIPT))
}

/// `GET /sandbox/inbox.css`.
pub(crate) async fn style(_inbox: Inbox, _call: Call) -> Result<Reply, Failure> {
    Ok(asset("text/css; charset=utf-8", STYLE))
}

fn page(html: String) -> Reply {
    Reply::html(200, html).header(CONTENT_SECURITY_POLICY, POLICY)
}

fn asset(content_type: &'static str, text: &str) -> Reply {
    Reply::bytes(200, content_type, text.as_bytes().to_vec()).header(CACHE_CONTROL, "no-cache")
}
