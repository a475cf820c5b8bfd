//! What an application gives the server it signs its user on with, to show that it is a paired one (`mobilePayload`).
//!
//! A proof of the device protocol over no request at all: method `PAYLOAD`, the
//! path of the device, no body. So it is good once and for a minute, and no
//! request can be made of it.

use serde::{Deserialize, Serialize};

use crate::devices::proof::Covered;
use crate::ids::{DeviceId, EnvironmentId};

/// Stands where the method of a request stands.
const METHOD: &str = "PAYLOAD";

/// A payload as it is sent: JSON in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MobilePayload {
    /// The device of the application.
    pub device: DeviceId,
    /// Its proof.
    pub proof: String,
}

impl MobilePayload {
    /// Reads the text; nothing when it is not a payload.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The path that its proof covers.
    #[must_use]
    pub fn path(environment: EnvironmentId, device: &str) -> String {
        format!("/{environment}/devices/{device}")
    }

    /// What its proof covers. `path` is that of [`Self::path`].
    #[must_use]
    pub fn covered(path: &str) -> Covered<'_> {
        Covered { method: METHOD, path, body: b"" }
    }
}
