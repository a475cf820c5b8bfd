//! What only remembered browsers show (MFA contract 1.12, 6.9).

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_engine::Ctx;
use serde_json::{Map, Value, json};

use super::Managed;

/// Adds the members of a BROWSER device.
pub(super) fn add(device: &Device, put: &mut dyn FnMut(&str, Value)) {
    let Some(browser) = &device.browser else { return };
    put("name", json!(browser.name));
    if !browser.version.is_empty() {
        put("version", json!(browser.version));
    }
    if !browser.system.is_empty() {
        let mut system = Map::from_iter([("name".to_owned(), json!(browser.system))]);
        if !browser.system_version.is_empty() {
            system.insert("version".to_owned(), json!(browser.system_version));
        }
        put("operatingSystem", Value::Object(system));
    }
    if let Some(session) = &browser.session {
        put("session", json!({ "id": session }));
    }
    put("lastRememberedAt", json!(browser.remembered_at.millis()));
    put("expiresAt", json!(browser.expires_at));
}

/// The browser that takes the place of a device in a device authentication.
pub(crate) fn accessing(ctx: &Ctx, device: &Stored<Device>) -> Value {
    let mut shown = serde_json::to_value(Managed::of(ctx, device)).unwrap_or_default();
    if let Some(all) = shown.as_object_mut() {
        for left_out in ["_links", "createdAt", "updatedAt"] {
            all.shift_remove(left_out);
        }
        all.insert("usableStatus".to_owned(), json!({ "status": "ENABLED" }));
    }
    shown
}
