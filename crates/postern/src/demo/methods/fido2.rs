//! A passkey: registered, used, and copied.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::scene::{Scene, complete, refuse, robot};
use crate::demo::answer::Answer;
use crate::demo::step::{Door, Step};
use crate::demo::walk::{Walk, detail};

const ORIGIN: &str = "https://app.example.com";
const OPTIONS: &str = "publicKeyCredentialRequestOptions";

pub(super) async fn show(walk: &mut Walk) -> anyhow::Result<()> {
    let failure = json!({ "count": 3, "coolDown": { "duration": 2, "timeUnit": "MINUTES" } });
    let scene = Scene::set(walk, &[("fido2", json!({ "enabled": true, "failure": failure }))]).await?;
    let rp = json!({ "id": "example.com", "name": "Example" });
    let device = scene.offer(walk, json!({ "type": "FIDO2", "rp": rp })).await?;
    let wish = json!({ "type": "PASSKEY", "userVerification": true });
    let robot = robot(walk, "Take an authenticator in hand", &wish).await?;
    let wish = json!({
        "publicKeyCredentialCreationOptions": device.text("/publicKeyCredentialCreationOptions")?, "origin": ORIGIN,
    });
    let title = "Let it make a passkey";
    let made = walk.go(Step::tell(Door::Sandbox, title, format!("{robot}/register"), &wish)).await?;
    detail("attestation", format_args!("{} characters", made.text("/attestation")?.len()));
    scene.activate(walk, &device.id()?, made.body()).await?;

    let authentication = scene.start(walk, "ASSERTION_REQUIRED").await?;
    let signed = sign(walk, "Let a copy of it sign", &robot, &authentication, "CLONE").await?;
    let title = "Check the signature of the copy";
    refuse(walk, title, &authentication, "assertion.check", &signed, "INVALID_ASSERTION").await?;
    let authentication = scene.start(walk, "ASSERTION_REQUIRED").await?;
    let signed = sign(walk, "Let the authenticator sign", &robot, &authentication, "NEXT").await?;
    complete(walk, "Check its signature", &authentication, "assertion.check", &signed).await
}

async fn sign(
    walk: &mut Walk,
    title: &str,
    robot: &str,
    authentication: &Answer,
    counter: &str,
) -> anyhow::Result<Value> {
    let options = authentication.text(&format!("/{OPTIONS}"))?;
    let asked: Value = serde_json::from_str(options).context("the options are not JSON")?;
    detail("for", asked.get("rpId").and_then(Value::as_str).unwrap_or_default());
    let wish = json!({ OPTIONS: options, "origin": ORIGIN, "counter": counter });
    let signed = walk.go(Step::tell(Door::Sandbox, title, format!("{robot}/assert"), &wish)).await?;
    detail("assertion", format_args!("{} characters", signed.text("/assertion")?.len()));
    Ok(signed.body().clone())
}
