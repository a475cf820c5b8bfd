//! A device as those see it who manage it (MFA contract 1.3). It is read more often than anything else, so it is written
//! into the answer without a tree of values in between.

use postern_core::devices::device::LockReason;
use postern_core::devices::{Device, DeviceStatus, DeviceType};
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, EnvironmentId, UserId};
use postern_core::time::Timestamp;
use postern_engine::{Ctx, devices};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{add_kind, user_address};

/// A device with its links.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Managed<'d> {
    #[serde(rename = "_links")]
    links: Links,
    id: DeviceId,
    environment: Reference<EnvironmentId>,
    user: Reference<UserId>,
    #[serde(rename = "type")]
    kind: DeviceType,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<&'d str>,
    lock: Lock,
    block: Block,
    status: DeviceStatus,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'d str>,
    #[serde(flatten)]
    of_kind: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_mode: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<TestCode>,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: Link,
    environment: Link,
    user: Link,
    #[serde(skip_serializing_if = "Option::is_none")]
    activate: Option<Link>,
    #[serde(rename = "device.activate", skip_serializing_if = "Option::is_none")]
    device_activate: Option<Link>,
}

#[derive(Serialize, Clone)]
struct Link {
    href: String,
}

#[derive(Serialize)]
struct Reference<I> {
    id: I,
}

#[derive(Serialize)]
#[serde(tag = "status", rename_all = "UPPERCASE", rename_all_fields = "camelCase")]
enum Lock {
    Locked { expires_at: Timestamp, reason: LockReason },
    Unlocked,
}

#[derive(Serialize)]
#[serde(tag = "status", rename_all = "UPPERCASE", rename_all_fields = "camelCase")]
enum Block {
    Blocked { blocked_at: Timestamp },
    Unblocked,
}

#[derive(Serialize)]
struct TestCode {
    otp: String,
}

impl<'d> Managed<'d> {
    /// For this caller, at this moment.
    pub(crate) fn of(ctx: &Ctx, device: &'d Stored<Device>) -> Self {
        let mut of_kind = Map::new();
        add_kind(ctx, device, &mut |name, value| {
            of_kind.insert(name.to_owned(), value);
        });
        // The code is to prove that the user has the address.
        let hidden = ctx.caller.is_self(device.user);
        let test = if device.test_mode && !hidden { devices::test_code(ctx, device) } else { None };
        Self {
            links: links(ctx, device),
            id: device.id,
            environment: Reference { id: device.environment },
            user: Reference { id: device.user },
            kind: device.kind,
            nickname: device.nickname.as_deref(),
            lock: match device.locked(ctx.now) {
                Some(lock) => Lock::Locked { expires_at: lock.expires_at, reason: lock.reason },
                None => Lock::Unlocked,
            },
            block: match device.blocked_at {
                Some(blocked_at) => Block::Blocked { blocked_at },
                None => Block::Unblocked,
            },
            status: device.status,
            created_at: device.created_at,
            updated_at: device.updated_at,
            phone: device.phone.as_deref(),
            extension: device.extension.as_deref(),
            email: device.email.as_deref(),
            of_kind,
            test_mode: device.test_mode.then_some(true),
            test: test.map(|otp| TestCode { otp }),
        }
    }

    /// Its own address.
    pub(crate) fn address(&self) -> &str {
        &self.links.own.href
    }
}

fn links(ctx: &Ctx, device: &Stored<Device>) -> Links {
    let user = user_address(ctx, device.user);
    let own = Link { href: format!("{user}/devices/{}", device.id) };
    let activate = (device.status == DeviceStatus::ActivationRequired).then(|| own.clone());
    Links {
        own,
        environment: Link { href: format!("{}/environments/{}", ctx.urls.api, ctx.environment) },
        user: Link { href: user },
        device_activate: activate.clone(),
        activate,
    }
}
