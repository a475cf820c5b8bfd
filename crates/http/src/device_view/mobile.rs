//! What a MOBILE device shows (MFA contract 1.7).

use postern_core::devices::Device;
use postern_core::devices::mobile::{Facts, MobileApp};
use postern_core::entity::Stored;
use postern_engine::Ctx;
use serde_json::{Map, Value, json};

/// Its members.
pub(crate) fn add(_ctx: &Ctx, device: &Stored<Device>, put: &mut dyn FnMut(&str, Value)) {
    let Some(app) = device.mobile.as_deref() else { return };
    add_facts(&app.facts, put);
    put("application", application(app));
    put("pushEnabled", json!(app.push_enabled));
    put("pushStatus", json!({ "status": switch(app.push_enabled) }));
    put("otpEnabled", json!(true));
    put("otpStatus", json!({ "status": switch(true) }));
    if let Some(address) = &app.push {
        put("notificationProvider", json!(address.provider));
    }
    if !app.push_fails.is_empty() {
        let fails: Vec<i64> = app.push_fails.iter().map(|fail| fail.millis()).collect();
        put("pushFails", json!(fails));
    }
}

const fn switch(on: bool) -> &'static str {
    if on { "ENABLED" } else { "DISABLED" }
}

fn add_facts(facts: &Facts, put: &mut dyn FnMut(&str, Value)) {
    if let Some(os) = &facts.os {
        put("os", json!(os));
    }
    if let Some(model) = &facts.model {
        put("model", json!(model));
    }
    let texts = [
        ("manufacturer", &facts.manufacturer),
        ("locale", &facts.locale),
        ("apiVersion", &facts.api_version),
        ("sdkVersion", &facts.sdk_version),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            put(name, json!(text));
        }
    }
    for (name, flag) in [("rooted", facts.rooted), ("lockEnabled", facts.lock_enabled)] {
        if let Some(flag) = flag {
            put(name, json!(flag));
        }
    }
}

fn application(app: &MobileApp) -> Value {
    let mut members = Map::from_iter([("id".to_owned(), json!(app.application))]);
    for (name, text) in [("nativeName", &app.facts.native_name), ("version", &app.facts.version)] {
        if let Some(text) = text {
            members.insert(name.to_owned(), json!(text));
        }
    }
    members.insert("pushSandbox".to_owned(), json!(app.push.as_ref().is_some_and(|push| push.sandbox)));
    let refresh = json!({ "duration": app.otp.period, "timeUnit": "SECONDS" });
    members.insert("passcodeRefreshDuration".to_owned(), refresh);
    Value::Object(members)
}
