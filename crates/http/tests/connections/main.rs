//! What an environment is connected with: applications of other protocols, keys and certificates, identity providers,
//! gateways.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

mod applications;
mod certificates;
mod gateways;
mod providers;
mod rotation;
mod unpopulated;

use http::Method;
use postern_testkit::{Answer, Client};
use serde_json::{Value, json};

/// The id of a record.
fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

/// The items of a collection.
fn items<'b>(body: &'b Value, name: &str) -> &'b [Value] {
    body["_embedded"][name].as_array().unwrap()
}

/// An id of nothing.
const NOTHING: &str = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01";

/// The body of a new key.
fn key(name: &str) -> Value {
    json!({"name": name, "algorithm": "EC", "keyLength": 256, "signatureAlgorithm": "SHA256withECDSA",
        "subjectDN": format!("CN={name}, O=Example, C=US"), "usageType": "SIGNING", "validityPeriod": 365})
}

/// Uploads a file as clients do.
async fn upload(client: &Client, path: &str, usage: Option<&str>, file: &str) -> Answer {
    let usage = usage.map(|usage| {
        format!("--b0undary\r\nContent-Disposition: form-data; name=\"usageType\"\r\n\r\n{usage}\r\n")
    });
    let file = format!(
        "--b0undary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pem\"\r\n\
         Content-Type: application/x-x509-ca-cert\r\n\r\n{file}\r\n--b0undary--\r\n"
    );
    let body = usage.unwrap_or_default() + &file;
    let request = client.request(Method::POST, path);
    request.bytes("multipart/form-data; boundary=b0undary", body.into_bytes()).send().await
}

/// Asks for a record in another form.
async fn export(client: &Client, path: &str, accept: &str) -> Answer {
    client.request(Method::GET, path).header("accept", accept).send().await
}
