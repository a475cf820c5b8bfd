//! Turns declared routes into an axum router.
//!
//! For each request, in this order and always: choose the route by method and
//! media type, resolve the environment, authenticate, check the permission,
//! read the body within its limit, call the handler, add the common headers.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, RawPathParams, Request};
use axum::response::Response;
use futures_util::FutureExt;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ORIGIN, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, Method};
use postern_core::ids::{EnvironmentId, OrganizationId, UserId};
use postern_core::time::Timestamp;
use postern_engine::caller::Access as Granted;
use postern_engine::environments::{EnvironmentFacts, PLATFORM};
use postern_engine::{Ctx, Error};

use super::route::{Access, Cors};
use super::stamp::Stamp;
use super::{App, Call, Failure, Media, Reply, Route, cors, origin};

/// Largest request body, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// The router of these routes.
pub fn router(app: &App, routes: Vec<Route>) -> axum::Router {
    let mut paths: BTreeMap<&'static str, Vec<Route>> = BTreeMap::new();
    for route in routes {
        paths.entry(route.path).or_default().push(route);
    }
    let mut router = axum::Router::new();
    for (path, routes) in paths {
        let routes = Arc::<[Route]>::from(routes);
        if let Some(short) = app.parts.domains.path_without_environment(path) {
            let (app, routes) = (app.clone(), Arc::clone(&routes));
            let serve = move |params: RawPathParams, request: Request| {
                let (app, routes) = (app.clone(), Arc::clone(&routes));
                let params = named(&params);
                async move { serve_domain(app, path, &routes, params, request).await }
            };
            router = router.route(short, axum::routing::any(serve));
        }
        let app = app.clone();
        let serve = move |params: RawPathParams, request: Request| {
            let (app, routes) = (app.clone(), Arc::clone(&routes));
            let params = named(&params);
            async move { serve(app, path, &routes, params, request).await }
        };
        router = router.route(path, axum::routing::any(serve));
    }
    let fallback = app.clone();
    router.fallback(move |headers: http::HeaderMap| {
        let stamp = Stamp::of(request_id(&fallback), &headers);
        async move { refuse(stamp, Failure::from(Error::NotFound("path")), true) }
    })
}

fn named(params: &RawPathParams) -> Vec<(String, String)> {
    params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Serves a path that does not name its environment, when the host does.
async fn serve_domain(
    app: App,
    path: &'static str,
    routes: &[Route],
    mut params: Vec<(String, String)>,
    request: Request,
) -> Response<Body> {
    let headers = request.headers();
    let host = origin::host(headers, peer(request.extensions()), &app.parts.proxies);
    let Some(environment) = app.parts.domains.environment(host) else {
        let stamp = Stamp::of(request_id(&app), headers);
        return refuse(stamp, Failure::from(Error::NotFound("path")), true);
    };
    params.push(("envID".to_owned(), environment.to_string()));
    serve(app, path, routes, params, request).await
}

/// Who is at the other end of the connection.
fn peer(extensions: &http::Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

fn request_id(app: &App) -> uuid::Uuid {
    app.parts.random.uuid()
}

async fn serve(
    app: App,
    path: &'static str,
    routes: &[Route],
    params: Vec<(String, String)>,
    request: Request,
) -> Response<Body> {
    let began = app.now();
    let id = request_id(&app);
    let stamp = Stamp::of(id, request.headers());
    let method = effective_method(&request);
    let origin = request.headers().get(ORIGIN).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let work = async {
        match method {
            // Boxed, since it would make every request move the size of its state.
            Method::OPTIONS => Ok(Box::pin(preflight(&app, id, routes, params, request, began)).await),
            _ => handle(&app, id, routes, &method, params, request, began).await,
        }
    };
    let answered = AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(Failure::from(Error::internal("a handler panicked"))));
    let any_origin = origin.is_some() && !routes.iter().any(|route| route.cors == Cors::Application);
    let response = match answered {
        Ok(reply) => dress(reply, stamp, any_origin),
        Err(failure) => refuse(stamp, failure, any_origin),
    };
    if let Some(observe) = &app.parts.observer {
        observe(path, &method, response.status().as_u16(), app.now().since(began));
    }
    response
}

/// `X-HTTP-Method-Override` lets a POST stand for PUT, PATCH and DELETE; HEAD is answered like GET.
fn effective_method(request: &Request) -> Method {
    match *request.method() {
        Method::HEAD => Method::GET,
        Method::POST => {
            let wanted = request.headers().get("x-http-method-override").map(http::HeaderValue::as_bytes);
            let stands_for = [Method::PUT, Method::PATCH, Method::DELETE].into_iter().find(|method| {
                wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case(method.as_str().as_bytes()))
            });
            stands_for.unwrap_or(Method::POST)
        }
        ref method => method.clone(),
    }
}

/// Which methods the path offers, and to which origins. Where that is for the application of the request to say, an
/// application that is not known allows none.
async fn preflight(
    app: &App,
    id: uuid::Uuid,
    routes: &[Route],
    params: Vec<(String, String)>,
    request: Request,
    now: Timestamp,
) -> Reply {
    let reply = match routes.iter().find(|route| route.cors == Cors::Application) {
        // `dress` lets every origin read it, as it does with every other answer of the path.
        None => Reply::no_content(),
        Some(route) => {
            sharing(app, id, route, params, request, now).await.unwrap_or_else(|_| Reply::no_content())
        }
    };
    cors::preflight(reply, &methods(routes))
}

/// The methods of a path, as `Allow` lists them.
fn methods(routes: &[Route]) -> String {
    let mut methods: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
    methods.sort_unstable();
    methods.dedup();
    methods.join(", ")
}

async fn sharing(
    app: &App,
    id: uuid::Uuid,
    route: &Route,
    params: Vec<(String, String)>,
    request: Request,
    now: Timestamp,
) -> Result<Reply, Failure> {
    let Some(handler) = &route.preflight else { return Ok(Reply::no_content()) };
    let (head, _) = request.into_parts();
    let mut ctx = context(app, id, now, &head.headers, peer(&head.extensions));
    app.meter.address(ctx.origin.remote_ip, now)?;
    let environment = environment(app, &mut ctx, route, &params).await?;
    let query = head.uri.query().unwrap_or("").to_owned();
    let body = bytes::Bytes::new();
    handler(Call { app: app.clone(), ctx, environment, params, query, headers: head.headers, body }).await
}

/// Resolves the environment of the path, for the context too.
async fn environment(
    app: &App,
    ctx: &mut Ctx,
    route: &Route,
    params: &[(String, String)],
) -> Result<Option<Arc<EnvironmentFacts>>, Failure> {
    let Some((_, text)) = params.iter().find(|(name, _)| name == "envID") else { return Ok(None) };
    let id: EnvironmentId = text.parse().map_err(|_| Error::NotFound("environment"))?;
    // A domain that stands for one environment shows nobody the pages of another one under its name.
    if route.access == Access::Public && ctx.urls.stands_for.is_some_and(|own| own != id) {
        return Err(Error::NotFound("environment").into());
    }
    let facts = app.environments.find(app.db(), id, ctx.now).await?;
    let facts = facts.filter(|facts| facts.active || route.even_inactive);
    let facts = facts.ok_or(Error::NotFound("environment"))?;
    ctx.environment = id;
    ctx.organization = facts.organization;
    ctx.region = Some(Arc::clone(&facts.region));
    Ok(Some(facts))
}

fn choose<'r>(
    routes: &'r [Route],
    method: &Method,
    content_type: Option<&str>,
) -> Result<&'r Route, Failure> {
    let mut offered = routes.iter().filter(|route| route.method == *method).peekable();
    if offered.peek().is_none() {
        return Err(Failure::MethodNotAllowed(methods(routes)));
    }
    // An action is more specific than a route that reads no body.
    let mut found = None;
    for route in offered {
        if route.media.accepts(content_type) && (found.is_none() || matches!(route.media, Media::Action(_))) {
            found = Some(route);
        }
    }
    found.ok_or(Failure::UnsupportedMediaType)
}

async fn handle(
    app: &App,
    id: uuid::Uuid,
    routes: &[Route],
    method: &Method,
    params: Vec<(String, String)>,
    request: Request,
    now: Timestamp,
) -> Result<Reply, Failure> {
    let (head, body) = request.into_parts();
    let content_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let route = choose(routes, method, content_type)?;

    let mut ctx = context(app, id, now, &head.headers, peer(&head.extensions));
    app.meter.address(ctx.origin.remote_ip, now)?;
    let token = bearer(&head.headers);
    if route.access != Access::Public {
        let token = token.ok_or(Error::Unauthenticated)?;
        ctx.caller = app.access.caller(app.db(), &ctx, token).await?;
    }
    let environment = environment(app, &mut ctx, route, &params).await?;
    if let Access::Permission(permission) = route.access {
        let subject = params
            .iter()
            .find(|(name, _)| name == "userID")
            .and_then(|(_, text)| text.parse::<UserId>().ok());
        match ctx.caller.access(permission, route.verb, ctx.environment, ctx.organization, subject) {
            Granted::Granted => {}
            Granted::Denied => return Err(Error::Denied.into()),
            Granted::Hidden => return Err(Error::NotFound("environment").into()),
        }
    }
    if let Some(tenant) = environment.as_ref().map(|facts| facts.id).or_else(|| ctx.caller.home()) {
        app.meter.tenant(tenant, route.access == Access::Public, now)?;
    }
    let bytes = match route.media {
        Media::None => bytes::Bytes::new(),
        _ => Box::pin(read_body(body, &head.headers)).await?,
    };
    let query = head.uri.query().unwrap_or("").to_owned();
    (route.handler)(Call {
        app: app.clone(),
        ctx,
        environment,
        params,
        query,
        headers: head.headers,
        body: bytes,
    })
    .await
}

fn context(
    app: &App,
    id: uuid::Uuid,
    now: Timestamp,
    headers: &http::HeaderMap,
    peer: Option<IpAddr>,
) -> Ctx {
    let parts = &app.parts;
    let urls = match (parts.domains.urls(parts, headers, peer), &app.addresses) {
        (Some(own), _) => Arc::new(own),
        (None, Some(urls)) => Arc::clone(urls),
        (None, None) => Arc::new(origin::urls(headers, peer, &parts.proxies, parts.secure_cookies)),
    };
    Ctx {
        environment: PLATFORM,
        organization: OrganizationId::NIL,
        region: None,
        caller: Arc::clone(&app.anonymous),
        now,
        random: parts.random.clone(),
        correlation: id,
        keys: Arc::clone(&parts.keys),
        urls,
        authenticators: Arc::clone(&parts.authenticators),
        origin: Arc::new(origin::origin(headers, peer, &parts.proxies)),
        posted: Arc::default(),
        access_changed: Arc::default(),
    }
}

fn bearer(headers: &http::HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn read_body(body: Body, headers: &http::HeaderMap) -> Result<bytes::Bytes, Failure> {
    let declared = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    if declared.is_some_and(|length| length > MAX_BODY) {
        return Err(Failure::TooLarge(MAX_BODY));
    }
    axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| Failure::TooLarge(MAX_BODY))
}

fn refuse(stamp: Stamp, failure: Failure, any_origin: bool) -> Response<Body> {
    dress(failure.into_reply(stamp.id), stamp, any_origin)
}

fn dress(reply: Reply, stamp: Stamp, any_origin: bool) -> Response<Body> {
    let reply = if any_origin { cors::any(reply) } else { reply };
    let mut response = reply.into_response();
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 4] = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (http::header::X_FRAME_OPTIONS, "DENY"),
        (http::header::REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(http::HeaderValue::from_static(value));
    }
    stamp.put(headers);
    response
}
