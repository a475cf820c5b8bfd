//! What a FIDO2 device shows (MFA contract 1.6): the options while it waits for its credential, then the credential.

use postern_core::devices::Device;
use postern_core::devices::passkey::Credential;
use postern_core::entity::Stored;
use postern_engine::Ctx;
use serde_json::{Value, json};

/// Its members.
pub(crate) fn add(_ctx: &Ctx, device: &Stored<Device>, put: &mut dyn FnMut(&str, Value)) {
    let Some(passkey) = &device.passkey else { return };
    if let Some(offer) = &passkey.offer {
        put("publicKeyCredentialCreationOptions", json!(offer.options));
    }
    if let Some(credential) = &passkey.credential {
        put("attributes", attributes(credential));
    }
    put("rp", json!({ "id": passkey.rp_id, "name": passkey.rp_name }));
    if let Some(credential) = &passkey.credential {
        put("credentialId", json!(credential.id));
        put("fidoRegistrationArtifacts", json!({ "attestationType": credential.attestation }));
        let backup =
            json!({ "backupEligibility": credential.backup_eligible, "backupState": credential.backed_up });
        put("backup", backup);
        if let Some(identifier) = &credential.mds_identifier {
            put("fidoDeviceMetadata", json!({ "mdsIdentifier": identifier }));
        }
    }
    put("displayName", json!(passkey.display_name));
}

fn attributes(credential: &Credential) -> Value {
    json!({
        "transports": credential.transports, "isCrossPlatform": credential.cross_platform,
        "isResidentKey": credential.resident,
    })
}
