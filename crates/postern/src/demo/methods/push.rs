//! A phone: paired with a key, asked by push, answered with the number that the screen shows.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::scene::{Scene, robot};
use crate::demo::answer::Answer;
use crate::demo::step::{Door, Step};
use crate::demo::walk::{Walk, detail};

pub(super) async fn show(walk: &mut Walk) -> anyhow::Result<()> {
    let application = application(walk).await?;
    let mobile = json!({
        "enabled": true,
        "otp": { "failure": { "count": 3, "coolDown": { "duration": 2, "timeUnit": "MINUTES" } } },
        "applications": [{
            "id": application,
            "push": { "enabled": true, "numberMatching": { "enabled": true } },
            "otp": { "enabled": true },
        }],
    });
    let scene = Scene::set(walk, &[("mobile", mobile)]).await?;
    let body = json!({ "applications": [{ "id": application }], "policy": { "id": scene.policy } });
    let path = format!("users/{}/pairingKeys", scene.user);
    let answer = walk.go(Step::make(Door::Management, "Make a pairing key", path, &body)).await?;
    answer.expect("/status", "UNCLAIMED")?;
    let key = answer.text("/code")?.to_owned();
    detail("pairing key", &key);
    let wish = json!({ "type": "PHONE", "pairingKey": key, "application": { "id": application } });
    let robot = robot(walk, "Type the key into the application on a phone", &wish).await?;
    let path = format!("users/{}/devices", scene.user);
    let answer = walk.go(Step::get(Door::Management, "Read the devices of the user", path)).await?;
    answer.expect("/_embedded/devices/0/type", "MOBILE")?;
    answer.expect("/_embedded/devices/0/status", "ACTIVE")?;
    detail("device", "MOBILE, ACTIVE");

    let asked = scene.start_transfer(walk, "PUSH_CONFIRMATION_REQUIRED").await?;
    let wish = json!({ "answer": "APPROVE", "wrongNumber": true });
    answered(walk, "Approve with a wrong number", &robot, &wish).await?;
    became(walk, "See that it was not approved", &asked, "PUSH_CONFIRMATION_REJECTED").await?;

    let asked = scene.start_transfer(walk, "PUSH_CONFIRMATION_REQUIRED").await?;
    let number: i64 = asked.text("/numberMatching/number")?.parse().context("the number is none")?;
    detail("number", number);
    seen(walk, &robot).await?;
    let wish = json!({ "answer": "APPROVE", "number": number });
    answered(walk, "Approve with the number on the screen", &robot, &wish).await?;
    became(walk, "See that it was approved", &asked, "COMPLETED").await
}

/// The native application that is on the phone.
async fn application(walk: &mut Walk) -> anyhow::Result<String> {
    let body = json!({
        "name": format!("Authenticator_{}", walk.unique), "enabled": true, "type": "NATIVE_APP",
        "protocol": "OPENID_CONNECT", "grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"],
        "redirectUris": ["com.example.app://callback"], "tokenEndpointAuthMethod": "NONE",
        "mobile": { "bundleId": "com.example.app", "push": { "numberMatching": { "type": "SELECT_NUMBER" } } },
    });
    let title = "Create a native application";
    let answer = walk.go(Step::make(Door::Management, title, "applications", &body)).await?;
    let id = answer.id()?;
    detail("application", &id);
    Ok(id)
}

/// What the phone shows.
async fn seen(walk: &mut Walk, robot: &str) -> anyhow::Result<()> {
    let wish = json!({ "wait": 5 });
    let title = "Look at the phone";
    let answer = walk.go(Step::tell(Door::Sandbox, title, format!("{robot}/look"), &wish)).await?;
    let details: Value = serde_json::from_str(answer.text("/requests/0/details")?)?;
    detail("shows", details);
    detail("to pick", answer.body().pointer("/requests/0/numberMatching/choices").unwrap_or(&Value::Null));
    Ok(())
}

/// Lets the phone answer, which the server must take.
async fn answered(walk: &mut Walk, title: &str, robot: &str, wish: &Value) -> anyhow::Result<()> {
    let answer = walk.go(Step::tell(Door::Sandbox, title, format!("{robot}/answer"), wish)).await?;
    answer.expect("/tries/0/status", 200)?;
    detail("server", answer.text("/tries/0/body/status")?);
    Ok(())
}

/// Reads what became of an authentication.
async fn became(walk: &mut Walk, title: &str, asked: &Answer, status: &str) -> anyhow::Result<()> {
    let path = format!("deviceAuthentications/{}", asked.id()?);
    let answer = walk.go(Step::get(Door::Authorization, title, path)).await?;
    answer.expect("/status", status)?;
    detail("status", status);
    Ok(())
}
