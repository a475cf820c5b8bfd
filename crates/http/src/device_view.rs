//! How a device is shown: in full and with links to those who manage it ([`Managed`]), masked to those who authenticate
//! with it (MFA contract 6.3). What only one kind shows is in the file of that kind.

pub(crate) mod browser;
mod managed;
mod mobile;
mod oath;
mod passkey;
mod totp;

use postern_core::devices::Device;
use postern_core::email::EmailAddress;
use postern_core::entity::Stored;
use postern_core::ids::UserId;
use postern_core::phone::Phone;
use postern_engine::Ctx;
use serde_json::{Map, Value, json};

pub(crate) use self::managed::Managed;

/// The address of a user.
pub(crate) fn user_address(ctx: &Ctx, user: UserId) -> String {
    format!("{}/environments/{}/users/{user}", ctx.urls.api, ctx.environment)
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
    if let Some(phone) = Phone::kept(address.to_owned()) {
        put("phone", json!(phone.masked()));
    } else if let Ok(email) = EmailAddress::parse(address) {
        put("email", json!(email.masked()));
    }
}
