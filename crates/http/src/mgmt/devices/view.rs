//! How a device is shown to those who manage it: in full, with links (MFA contract 1.3).

use postern_core::devices::{Device, DeviceStatus};
use postern_core::entity::Stored;
use postern_core::ids::UserId;
use postern_engine::{Ctx, devices};
use serde_json::{Map, Value, json};

use crate::web::hal::{self, Links};

/// The address of a user.
pub(crate) fn user_address(ctx: &Ctx, user: UserId) -> String {
    format!("{}/environments/{}/users/{user}", ctx.urls.api, ctx.environment)
}

/// One device.
pub(crate) fn render(ctx: &Ctx, device: &Stored<Device>) -> Value {
    let user = user_address(ctx, device.user);
    let own = format!("{user}/devices/{}", device.id);
    let mut links = Links::to(&own)
        .link("environment", &format!("{}/environments/{}", ctx.urls.api, ctx.environment))
        .link("user", &user);
    if device.status == DeviceStatus::ActivationRequired {
        links = links.link("activate", &own).link("device.activate", &own);
    }
    hal::resource(links, members(ctx, device))
}

fn members(ctx: &Ctx, device: &Stored<Device>) -> Map<String, Value> {
    let mut all = Map::with_capacity(14);
    let mut put = |name: &str, value: Value| {
        all.insert(name.to_owned(), value);
    };
    put("id", json!(device.id));
    put("environment", json!({ "id": device.environment }));
    put("user", json!({ "id": device.user }));
    put("type", json!(device.kind));
    if let Some(nickname) = &device.nickname {
        put("nickname", json!(nickname));
    }
    put("lock", lock(ctx, device));
    put("block", block(device));
    put("status", json!(device.status));
    put("createdAt", json!(device.created_at));
    put("updatedAt", json!(device.updated_at));
    for (name, value) in
        [("phone", &device.phone), ("extension", &device.extension), ("email", &device.email)]
    {
        if let Some(value) = value {
            put(name, json!(value));
        }
    }
    if device.test_mode {
        put("testMode", json!(true));
        if let Some(code) = devices::test_code(ctx, device) {
            put("test", json!({ "otp": code }));
        }
    }
    all
}

fn lock(ctx: &Ctx, device: &Device) -> Value {
    match device.locked(ctx.now) {
        Some(lock) => json!({ "status": "LOCKED", "expiresAt": lock.expires_at, "reason": lock.reason }),
        None => json!({ "status": "UNLOCKED" }),
    }
}

fn block(device: &Device) -> Value {
    match device.blocked_at {
        Some(at) => json!({ "status": "BLOCKED", "blockedAt": at }),
        None => json!({ "status": "UNBLOCKED" }),
    }
}
