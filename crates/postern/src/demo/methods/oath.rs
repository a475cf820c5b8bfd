//! A hardware token with a button, which was pressed in vain before it was paired.

use serde_json::json;

use super::scene::{Scene, code, complete, refuse, refused, robot};
use crate::demo::step::{Door, Step};
use crate::demo::walk::{Walk, detail};

/// The key, as the maker of the token delivers it: that of the examples in RFC 4226.
const KEY: &str = "3132333435363738393031323334353637383930";
const SERIAL: &str = "DEMO0001";

pub(super) async fn show(walk: &mut Walk) -> anyhow::Result<()> {
    let failure = json!({ "failure": { "count": 3, "coolDown": { "duration": 2, "timeUnit": "MINUTES" } } });
    let scene = Scene::set(walk, &[("oathToken", json!({ "enabled": true, "otp": failure }))]).await?;
    let token = json!({ "serialNumber": SERIAL, "secret": KEY, "type": "HOTP", "otpLength": 6 });
    let answer =
        walk.go(Step::make(Door::Management, "Import a hardware token", "oathTokens", &token)).await?;
    detail("token", answer.text("/serialNumber")?);
    let wish = json!({ "type": "HOTP", "secret": KEY });
    let robot = robot(walk, "Take the token in hand", &wish).await?;
    let device = scene.offer(walk, json!({ "type": "OATH_TOKEN", "serialNumber": SERIAL })).await?;
    let device = device.id()?;

    let far = code(walk, "Press its button for the 51st time", &robot, &json!({ "skip": 50 })).await?;
    let proof = json!({ "otp": far });
    let title = "Activate the device with a code that is far ahead";
    refused(&walk.go(scene.activation(title, &device, &proof).status(400)).await?, "EXTRA_OTP_REQUIRED")?;
    let next = code(walk, "Press the button again", &robot, &json!({})).await?;
    scene.activate(walk, &device, &json!({ "otp": next, "oathResync": true })).await?;

    let authentication = scene.start(walk, "OTP_REQUIRED").await?;
    let used = json!({ "otp": next });
    let title = "Check the code that was used already";
    refuse(walk, title, &authentication, "otp.check", &used, "INVALID_OTP").await?;
    let otp = code(walk, "Press the button once more", &robot, &json!({})).await?;
    complete(walk, "Check the new code", &authentication, "otp.check", &json!({ "otp": otp })).await
}
