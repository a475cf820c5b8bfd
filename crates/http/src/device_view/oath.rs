//! What an OATH_TOKEN device shows: which token it stands for.

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_engine::Ctx;
use serde_json::{Value, json};

/// Its members.
pub(crate) fn add(_ctx: &Ctx, device: &Stored<Device>, put: &mut dyn FnMut(&str, Value)) {
    if let Some(link) = &device.oath {
        put("tokenType", json!(link.token_type));
        put("serialNumber", json!(link.serial_number));
    }
}
