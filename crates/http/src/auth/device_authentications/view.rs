//! How a device authentication is shown (MFA contract 6.3). Addresses are masked.

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_core::mfa::authentication::{OneTime, Selected};
use postern_core::mfa::{Asked, Compatibility, DeviceAuthentication};
use postern_engine::Ctx;
use postern_engine::device_authentications::Snapshot;
use postern_engine::mfa::candidates::usable;
use serde_json::{Map, Value, json};

use crate::device_view as device;
use crate::web::hal::{self, Links};

/// The resource.
pub(crate) fn render(ctx: &Ctx, snapshot: &Snapshot) -> Value {
    let authentication = &snapshot.authentication;
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    put("_embedded", embedded(ctx, snapshot));
    put("id", json!(authentication.id));
    put("environment", json!({ "id": authentication.environment }));
    put("status", json!(authentication.status()));
    put("policy", json!({ "id": authentication.policy }));
    if let Some(session) = &authentication.device_session {
        put("deviceSession", json!({ "id": session }));
    }
    if let Some(selected) = authentication.selected() {
        put("selectedDevice", shown_selection(selected));
    }
    if let Some(user) = authentication.user() {
        put("user", json!({ "id": user }));
    }
    asked(authentication, &mut put);
    put("bypassAllowed", json!(snapshot.bypassed));
    if !authentication.authenticators().is_empty() {
        put("authenticators", json!(authentication.authenticators()));
    }
    if let Some(failure) = authentication.failure() {
        let devices: Vec<Value> = failure.unavailable_devices.iter().map(|id| json!({ "id": id })).collect();
        let error =
            json!({ "code": failure.code, "message": failure.message, "unavailableDevices": devices });
        put("error", error);
    }
    put("createdAt", json!(authentication.created_at));
    put("updatedAt", json!(authentication.updated_at));
    put("expiresAt", json!(authentication.expires_at));
    if let Some(aggregated) = snapshot.aggregates_passkeys {
        put("aggregateFido2Devices", json!(aggregated));
    }
    put("userBypassEnabled", json!(snapshot.bypassed));
    if let Some(code) = &snapshot.test_code {
        put("test", json!({ "otp": code.expose() }));
    }
    hal::resource(links(ctx, authentication), members)
}

fn links(ctx: &Ctx, authentication: &Stored<DeviceAuthentication>) -> Links {
    let own = format!(
        "{}/deviceAuthentications/{}",
        ctx.urls.auth_of(authentication.environment),
        authentication.id
    );
    let actions = authentication.status().actions();
    actions.iter().fold(Links::to(&own), |links, action| links.link(action.name(), &own))
}

/// What the caller needs to go on: the options for the passkey, the number to show beside the push.
fn asked(authentication: &DeviceAuthentication, put: &mut impl FnMut(&str, Value)) {
    match authentication.asked() {
        Some(Asked::Assertion(asked)) => {
            put("publicKeyCredentialRequestOptions", json!(asked.options));
        }
        Some(Asked::Push(asked)) if !authentication.status().is_final() => {
            if let Some(number) = &asked.number {
                put("numberMatching", json!({ "number": number }));
            }
        }
        _ => {}
    }
}

fn shown_selection(selected: &Selected) -> Value {
    match selected {
        Selected::Device(id) => json!({ "id": id }),
        Selected::OneTime(one_time) => json!({ "oneTime": shown_address(one_time) }),
    }
}

fn shown_address(one_time: &OneTime) -> Value {
    let mut shown = Map::new();
    shown.insert("type".to_owned(), json!(one_time.kind));
    device::mask_address(&one_time.address, &mut |name, value| {
        shown.insert(name.to_owned(), value);
    });
    Value::Object(shown)
}

fn embedded(ctx: &Ctx, snapshot: &Snapshot) -> Value {
    if let Some(Selected::OneTime(one_time)) = snapshot.authentication.selected() {
        return json!({ "devices": [shown_address(one_time)], "blockedDevices": [] });
    }
    let shown = |device: &Stored<Device>| {
        let open = usable(device, &snapshot.policy, Compatibility::Full, ctx.now);
        device::masked(ctx, device, open)
    };
    let candidates = &snapshot.candidates;
    let devices: Vec<Value> = candidates.devices.iter().map(shown).collect();
    let blocked: Vec<Value> = candidates.blocked.iter().map(shown).collect();
    match &snapshot.browser {
        Some(browser) => {
            let accessing = device::browser::accessing(ctx, browser);
            json!({ "devices": devices, "accessingDevices": [accessing], "blockedDevices": blocked })
        }
        None => json!({ "devices": devices, "blockedDevices": blocked }),
    }
}
