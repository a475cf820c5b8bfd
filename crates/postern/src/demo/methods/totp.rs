//! An authenticator application: the key is scanned, and its codes change every thirty seconds.

use serde_json::json;

use super::scene::{Scene, code, complete, refuse, robot};
use crate::demo::walk::{Walk, detail};

pub(super) async fn show(walk: &mut Walk) -> anyhow::Result<()> {
    let failure = json!({ "failure": { "count": 3, "coolDown": { "duration": 2, "timeUnit": "MINUTES" } } });
    let scene = Scene::set(walk, &[("totp", json!({ "enabled": true, "otp": failure }))]).await?;
    let device = scene.offer(walk, json!({ "type": "TOTP" })).await?;
    let uri = device.text("/keyUri")?.to_owned();
    detail("key", &uri);
    let wish = json!({ "type": "TOTP", "keyUri": uri });
    let robot = robot(walk, "Scan the key with an authenticator application", &wish).await?;
    let otp = code(walk, "Read the code that it shows", &robot, &json!({})).await?;
    scene.activate(walk, &device.id()?, &json!({ "otp": otp })).await?;

    let authentication = scene.start(walk, "OTP_REQUIRED").await?;
    let used = json!({ "otp": otp });
    let title = "Check the code that was used already";
    refuse(walk, title, &authentication, "otp.check", &used, "INVALID_OTP").await?;
    let title = "Read the code of the next half minute";
    let next = json!({ "otp": code(walk, title, &robot, &json!({ "offset": 30 })).await? });
    complete(walk, "Check the new code", &authentication, "otp.check", &next).await
}
