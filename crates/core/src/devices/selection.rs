//! Which device answers a challenge first.

use serde::{Deserialize, Serialize};

use super::Device;
use crate::entity::Stored;
use crate::ids::DeviceId;

/// How a policy lets the user choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeviceSelection {
    /// The first device in the user's order.
    #[default]
    DefaultToFirst,
    /// The user chooses when there is more than one.
    PromptToSelect,
    /// The user always chooses.
    AlwaysDisplayDevices,
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// Nothing can be used.
    NoUsableDevices,
    /// Challenge this one.
    Use(DeviceId),
    /// Ask the user.
    Ask,
}

/// Chooses among the usable devices, which come in the user's order. `ordered` is false when the user has no order.
#[must_use]
pub fn choose(usable: &[&Stored<Device>], selection: DeviceSelection, ordered: bool) -> Selection {
    match (usable, selection) {
        ([], _) => Selection::NoUsableDevices,
        (_, DeviceSelection::AlwaysDisplayDevices) => Selection::Ask,
        ([only], _) => Selection::Use(only.id),
        ([first, ..], DeviceSelection::DefaultToFirst) if ordered => Selection::Use(first.id),
        _ => Selection::Ask,
    }
}
