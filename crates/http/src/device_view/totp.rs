//! What a TOTP device shows: its key, until it is proven or its time is over (MFA contract 1.5).

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_engine::{Ctx, totp};
use serde_json::{Value, json};

/// Its members.
pub(crate) fn add(ctx: &Ctx, device: &Stored<Device>, put: &mut dyn FnMut(&str, Value)) {
    if let Some(offer) = totp::offer(ctx, device) {
        put("secret", json!(offer.secret.expose()));
        put("keyUri", json!(offer.uri.expose()));
    }
}
