//! A server that speaks HTTP/2 without TLS, as Apple's does with it, and nothing else.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    /// A header as text; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[derive(Default)]
struct State {
    asked: Vec<Asked>,
    answers: VecDeque<(u16, String)>,
}

/// The server; it ends with the test.
pub(crate) struct Apple {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
}

impl Apple {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                let service = service_fn(move |request| answer(Arc::clone(&state), request));
                let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        Self { address, state }
    }

    /// What to answer next, in order; afterwards everything is accepted.
    pub(crate) fn answers<const N: usize>(&self, answers: [(u16, &str); N]) {
        self.state.lock().unwrap().answers =
            answers.map(|(status, reason)| (status, reason.to_owned())).into();
    }

    /// Every request so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.lock().unwrap().asked.clone()
    }
}

async fn answer(
    state: Arc<Mutex<State>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    assert_eq!((request.version(), request.method()), (Version::HTTP_2, &Method::POST));
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let mut state = state.lock().unwrap();
    state.asked.push(Asked { path: parts.uri.path().to_owned(), headers: parts.headers, body });
    let (status, reason) = state.answers.pop_front().unwrap_or((200, String::new()));
    let body = if status == 200 { String::new() } else { format!(r#"{{"reason":"{reason}"}}"#) };
    Ok(Response::builder().status(status).body(Full::from(body)).unwrap())
}
