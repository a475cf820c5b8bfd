//! The authorization endpoint (RFC 6749, 3.1; OpenID Connect Core, 3; platform contract 4.3).

use std::sync::Arc;

use http::Method;
use postern_core::flow::Status;
use postern_core::ids::ApplicationId;
use postern_core::oauth::request::ResponseMode;
use postern_core::oauth::{Delivery, ErrorCode, OAuthError, Parameters};
use postern_engine::authorize::{self, Understood};
use postern_engine::clients::Client;
use postern_engine::flows::{Browser, Snapshot};
use postern_engine::{Error, Result};

use super::super::web::call::Pairs;
use super::super::web::{Call, Failure, Media, Reply, Route};
use super::cookies::{self, Exposure};
use super::flows::view;
use super::{answer, resume};

const PATH: &str = "/{envID}/as/authorize";

/// GET with a query, POST with a form.
pub(super) fn routes() -> Vec<Route> {
    let route = |method| {
        Route::new(method, PATH, "Authorize", authorize)
            .status(200)
            .with_cookies()
            .preflight(preflight)
            .group("OAuth 2 and OpenID Connect")
    };
    vec![route(Method::GET), route(Method::POST).media(Media::Form)]
}

async fn authorize(call: Call) -> Result<Reply, Failure> {
    let pairs = if call.body.is_empty() { call.query() } else { call.form() };
    let client = client(&call, &pairs).await?;
    let reply = respond(&call, &pairs, client.as_deref())
        .await
        .unwrap_or_else(|failure| failure.into_reply(call.ctx.correlation));
    let application = client.as_ref().map(|client| &client.application.body);
    Ok(cookies::share(&call, reply, application, Exposure::Sensitive))
}

/// The pages that may call: known where the client stands in the address.
async fn preflight(call: Call) -> Result<Reply, Failure> {
    let client = client(&call, &call.query()).await?;
    let application = client.as_ref().map(|client| &client.application.body);
    Ok(cookies::share(&call, Reply::no_content(), application, Exposure::Sensitive))
}

/// The application of the request, if it is there and enabled.
async fn client(call: &Call, pairs: &Pairs) -> Result<Option<Arc<Client>>> {
    let Some(id) = pairs.get("client_id").and_then(|id| id.parse::<ApplicationId>().ok()) else {
        return Ok(None);
    };
    let client = call.app.clients.find(call.app.db(), &call.ctx, id).await?;
    Ok(client.filter(|client| client.application.enabled))
}

async fn respond(call: &Call, pairs: &Pairs, client: Option<&Client>) -> Result<Reply, Failure> {
    let blind = if pairs.get("response_mode") == Some("pi.flow") { Delivery::Flow } else { Delivery::Page };
    let parameters = match Parameters::from_pairs(pairs.iter()) {
        Ok(parameters) => parameters,
        Err(error) => return answer::refused(call, &error, blind),
    };
    let Some(client) = client else {
        let error = OAuthError::new(
            ErrorCode::UnauthorizedClient,
            "client_id",
            "The application is unknown or disabled.",
        );
        return answer::refused(call, &error, blind);
    };
    let understood = match authorize::understand(&call.ctx, client, parameters) {
        Ok(understood) => understood,
        Err(rejection) => return answer::refused(call, &rejection.error, rejection.delivery),
    };
    let delivery = Delivery::of(&understood.request);
    match begin(call, client, understood).await {
        Ok(Ok(snapshot)) => begun(call, client, snapshot).await,
        Ok(Err(error)) => answer::refused(call, &error, delivery),
        // A message that cannot be worded: the application hears it like any other fault of its request.
        Err(Error::Invalid(problems)) if matches!(delivery, Delivery::Redirect { .. }) => {
            let why = problems
                .first()
                .map_or("The message of the request cannot be worded.", |problem| problem.message.as_str());
            answer::refused(call, &OAuthError::new(ErrorCode::InvalidRequestObject, "request", why), delivery)
        }
        // The first code cannot be sent: the user comes back without a sign-on.
        Err(Error::Refused(problem)) if matches!(delivery, Delivery::Redirect { .. }) => {
            let error = OAuthError::new(ErrorCode::AccessDenied, "request", problem.message);
            answer::refused(call, &error, delivery)
        }
        Err(error) => Err(error.into()),
    }
}

async fn begin(
    call: &Call,
    client: &Client,
    understood: Understood,
) -> Result<std::result::Result<Snapshot, OAuthError>> {
    let browser = Browser { began: true, ..cookies::browser(call) };
    let rules = call.app.sign_on.find(call.app.db(), &call.ctx, client.id()).await?;
    let mut tx = call.app.db().read_several().await?;
    let prepared = authorize::prepare(&mut tx, &call.ctx, client, &rules, understood, &browser).await?;
    drop(tx);
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return Ok(Err(error)),
    };
    let work = (prepared, browser);
    let snapshot = call
        .app
        .write(&call.ctx, work, |tx, ctx, (prepared, browser)| {
            Box::pin(authorize::start(tx, ctx, prepared, browser))
        })
        .await?;
    Ok(Ok(snapshot))
}

/// A new flow: shown, answered at once, or handed to the sign-on page.
async fn begun(call: &Call, client: &Client, snapshot: Snapshot) -> Result<Reply, Failure> {
    let request = &snapshot.flow.request;
    let reply = match (request.response_mode, snapshot.flow.status) {
        (ResponseMode::Flow, _) => {
            Reply::ok(&view::render(call, client, &snapshot, view::Disclosure::Own).await?)
        }
        (_, Status::Completed) => answer::completed(call, client, &snapshot.flow).await?,
        (_, Status::Failed) => answer::redirect(request, &answer::failure(&snapshot.flow))?,
        _ => cookies::hold(
            call,
            Reply::found(&resume::sign_on_page(call, client, &snapshot.flow)),
            snapshot.flow.id,
        ),
    };
    Ok(cookies::give(call, reply, snapshot.new_session.as_ref()))
}
