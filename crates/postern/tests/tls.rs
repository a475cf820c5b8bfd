//! `postern dev --tls`, as a client meets it: real handshakes, with the authority that the server made.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends at the first surprise")]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::{Certificate, Client, StatusCode, Version};
use serde_json::Value;

/// A running server, killed at the end.
struct Server {
    child: Child,
    exported: HashMap<String, String>,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_postern"))
            .args(["dev", "--tls", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut exported = HashMap::new();
        // Whatever ends the output early shows as a missing variable.
        for line in lines.by_ref().map_while(Result::ok) {
            if let Some((name, value)) = line.strip_prefix("export ").and_then(|line| line.split_once('=')) {
                exported.insert(name.to_owned(), value.trim_matches('\'').to_owned());
            }
            if line.contains("stops the server") {
                break;
            }
        }
        let host = &exported["PINGONE_API_SERVICE_HOSTNAME"];
        let port = host.rsplit(':').next().unwrap().parse().unwrap();
        Self { child, address: SocketAddr::from(([127, 0, 0, 1], port)), exported }
    }

    fn value(&self, name: &str) -> &str {
        &self.exported[name]
    }

    fn authority(&self) -> String {
        std::fs::read_to_string(self.value("SSL_CERT_FILE")).unwrap()
    }

    /// A client that trusts this authority alone, and finds the names of the server.
    fn client(&self, authority: &str) -> Client {
        let names = ["PINGONE_API_SERVICE_HOSTNAME", "PINGONE_AUTH_SERVICE_HOSTNAME"];
        let names = names.map(|name| self.value(name).rsplit_once(':').unwrap().0.to_owned());
        let trusted = Certificate::from_pem(authority.as_bytes()).unwrap();
        let builder = Client::builder().no_proxy().tls_certs_only([trusted]);
        let builder = names.iter().fold(builder, |builder, name| builder.resolve(name, self.address));
        builder.build().unwrap()
    }

    async fn token(&self, client: &Client) -> String {
        let (id, secret) = (self.value("PINGONE_CLIENT_ID"), self.value("PINGONE_CLIENT_SECRET"));
        let host = self.value("PINGONE_AUTH_SERVICE_HOSTNAME");
        let url = format!("https://{host}/{}/as/token", self.value("PINGONE_ENVIRONMENT_ID"));
        let request =
            client.post(url).basic_auth(id, Some(secret)).form(&[("grant_type", "client_credentials")]);
        let answer = request.send().await.unwrap();
        assert_eq!((answer.status(), answer.version()), (StatusCode::OK, Version::HTTP_2));
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    async fn json(&self, client: &Client, url: &str, token: &str) -> Value {
        let answer = client.get(url).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{url}");
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }
}

#[tokio::test]
async fn api_and_authorization_service_have_names_of_their_own_and_a_second_start_the_same_authority() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data, &[]);
    let (api, auth) =
        (server.value("PINGONE_API_SERVICE_HOSTNAME"), server.value("PINGONE_AUTH_SERVICE_HOSTNAME"));
    assert!(api.starts_with("api.postern.localhost:") && auth.starts_with("auth.postern.localhost:"));
    let authority = server.authority();
    let client = server.client(&authority);
    let token = server.token(&client).await;
    let environment = server.value("PINGONE_ENVIRONMENT_ID");
    let own = format!("https://{api}/v1/environments/{environment}");
    assert_eq!(server.json(&client, &own, &token).await["_links"]["self"]["href"], own.as_str());
    let found = format!("https://{auth}/{environment}/as/.well-known/openid-configuration");
    let issuer = server.json(&client, &found, &token).await["issuer"].clone();
    assert_eq!(issuer, format!("https://{auth}/{environment}/as").as_str());
    server.json(&client, server.value("INBOX_URL"), &token).await;

    let old = Client::builder().no_proxy().http1_only().resolve("api.postern.localhost", server.address);
    let old = old.tls_certs_only([Certificate::from_pem(authority.as_bytes()).unwrap()]).build().unwrap();
    let answer = old.get(&own).send().await.unwrap();
    assert_eq!((answer.status(), answer.version()), (StatusCode::UNAUTHORIZED, Version::HTTP_11));

    drop(server);
    let server = Server::start(&data, &[]);
    assert_eq!(server.authority(), authority);
    server.token(&server.client(&authority)).await;
}

#[tokio::test]
async fn one_name_may_serve_both_and_gets_a_certificate_of_the_same_authority() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("it's data");
    let first = Server::start(&data, &[]);
    let value = first.value("SSL_CERT_FILE").replace(r"'\''", "'");
    let authority = std::fs::read_to_string(value).unwrap();
    drop(first);
    let server = Server::start(&data, &["--api-host", "pingone.test", "--auth-host", "pingone.test"]);
    let client = server.client(&authority);
    let token = server.token(&client).await;
    let environment = server.value("PINGONE_ENVIRONMENT_ID");
    let host = server.value("PINGONE_API_SERVICE_HOSTNAME");
    assert_eq!(host, server.value("PINGONE_AUTH_SERVICE_HOSTNAME"));
    let own = format!("https://{host}/v1/environments/{environment}");
    assert_eq!(server.json(&client, &own, &token).await["_links"]["self"]["href"], own.as_str());

    let stranger = Client::builder().no_proxy().resolve("pingone.test", server.address).build().unwrap();
    assert!(stranger.get(&own).send().await.is_err(), "nobody trusts the authority unasked");
}
