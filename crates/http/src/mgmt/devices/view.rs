//! How a device is shown: in full and with links to those who manage it (MFA contract 1.3), masked to those who
//! authenticate with it (6.3). What only one kind shows is in the file of that kind.

pub(crate) mod browser;
mod mobile;
mod oath;
mod passkey;
mod totp;

use postern_core::devices::{Device, DeviceStatus};
use postern_core::email::EmailAddress;
use postern_core::entity::Stored;
use postern_core::ids::UserId;
use postern_core::phone::Phone;
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
    add_kind(ctx, device, &mut put);
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

/// What only its kind has.
fn add_kind(ctx: &Ctx, device: &Stored<Device>, put: &mut dyn FnMut(&str, Value)) {
    totp::add(ctx, device, put);
    oath::add(ctx, device, put);
    passkey::add(ctx, device, put);
    mobile::add(ctx, device, put);
    browser::add(device, put);
}

/// The device among those that can authenticate: without links, addresses masked.
pub(crate) fn masked(ctx: &Ctx, device: &Stored<Device>, usable: bool) -> Value {
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| {
        all.insert(name.to_owned(), value);
    };
    put("id", json!(device.id));
    put("type", json!(device.kind));
    put("status", json!(device.status));
    put("usableStatus", json!({ "status": if usable { "ENABLED" } else { "DISABLED" } }));
    if let Some(nickname) = &device.nickname {
        put("nickname", json!(nickname));
    }
    if let Some(lock) = device.locked(ctx.now) {
        put("lock", json!({ "status": "LOCKED", "expiresAt": lock.expires_at, "reason": lock.reason }));
    }
    if let Some(address) = device.address() {
        mask_address(address, &mut put);
    }
    add_kind(ctx, device, &mut put);
    Value::Object(all)
}

/// A number with its last two digits, or a mail address with its first two characters.
pub(crate) fn mask_address(address: &str, put: &mut dyn FnMut(&str, Value)) {
    if let Ok(phone) = Phone::parse(address) {
        put("phone", json!(phone.masked()));
    } else if let Ok(email) = EmailAddress::parse(address) {
        put("email", json!(email.masked()));
    }
}
