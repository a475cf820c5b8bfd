//! A client of the management API, for preparations: JSON in, JSON out, one call at a time.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use data_encoding::BASE64;
use serde_json::Value;
use uuid::Uuid;

use crate::load::{Connection, Request};

/// A client with a token.
pub(crate) struct Admin {
    connection: Connection,
    /// Where the server is.
    pub(crate) address: SocketAddr,
    request: Request,
    /// The access token.
    pub(crate) token: String,
}

impl Admin {
    /// Connects and gets a token with the client's credentials.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) async fn sign_in(
        address: SocketAddr,
        environment: &str,
        client: &str,
        secret: &str,
    ) -> anyhow::Result<Self> {
        let connection = Connection::open(address).await.context("cannot connect to the server")?;
        let mut admin = Self { connection, address, request: Request::default(), token: String::new() };
        let path = format!("/{environment}/as/token");
        let bytes = admin
            .request
            .begin("POST", path, address)
            .header("authorization", basic(client, secret))
            .body("application/x-www-form-urlencoded", b"grant_type=client_credentials");
        let answer = admin.connection.exchange(bytes).await?;
        let body: Value =
            serde_json::from_slice(answer.body).context("the token endpoint did not answer JSON")?;
        let token = body.get("access_token").and_then(Value::as_str);
        admin.token = token.with_context(|| format!("no token: {body}"))?.to_owned();
        Ok(admin)
    }

    /// Makes a call with a JSON body; `Null` sends none. Paths begin below `/v1`.
    ///
    /// # Errors
    /// When the answer is not 2xx.
    pub(crate) async fn call(&mut self, method: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.request.begin(method, format_args!("/v1{path}"), self.address);
        request.header("authorization", format_args!("Bearer {}", self.token));
        let bytes = match body {
            Value::Null => request.end(),
            body => request.body("application/json", &serde_json::to_vec(body)?),
        };
        let answer = self.connection.exchange(bytes).await.with_context(|| format!("{method} {path}"))?;
        if !(200..300).contains(&answer.status) {
            bail!("{method} {path} answered {}: {}", answer.status, String::from_utf8_lossy(answer.body));
        }
        if answer.body.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(answer.body)?) }
    }

    /// Bytes of the body that a GET answers with.
    ///
    /// # Errors
    /// When the answer is not 200.
    pub(crate) async fn length(&mut self, path: &str) -> anyhow::Result<usize> {
        let request = self.request.begin("GET", format_args!("/v1{path}"), self.address);
        let bytes = request.header("authorization", format_args!("Bearer {}", self.token)).end();
        let answer = self.connection.exchange(bytes).await?;
        if answer.status == 200 {
            Ok(answer.body.len())
        } else {
            bail!("GET {path} answered {}", answer.status)
        }
    }

    /// Creates something and gives its id.
    ///
    /// # Errors
    /// When the answer is not 2xx, or has no id.
    pub(crate) async fn create(&mut self, path: &str, body: &Value) -> anyhow::Result<Uuid> {
        let made = self.call("POST", path, body).await?;
        id_of(&made).with_context(|| format!("POST {path} answered no id: {made}"))
    }

    /// The id of the item of a collection that has this name.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn find(&mut self, path: &str, kind: &str, name: &str) -> anyhow::Result<Uuid> {
        let list = self.call("GET", path, &Value::Null).await?;
        let items = list.pointer(&format!("/_embedded/{kind}")).and_then(Value::as_array);
        let named = |item: &&Value| item.get("name").and_then(Value::as_str) == Some(name);
        items
            .into_iter()
            .flatten()
            .find(named)
            .and_then(id_of)
            .with_context(|| format!("{path} has no {name}"))
    }
}

fn id_of(body: &Value) -> Option<Uuid> {
    body.get("id")?.as_str()?.parse().ok()
}

/// The value of an `authorization` header.
pub(crate) fn basic(client: &str, secret: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{client}:{secret}").as_bytes()))
}
