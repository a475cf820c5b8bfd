//! Gateways: references, secrets, and the tokens that they would connect with.

use postern_core::directory::gateway::{Gateway, GatewayCredential};
use postern_core::directory::population::Population;
use postern_core::directory::role_assignment::RoleAssignment;
use postern_core::entity::Stored;
use postern_core::ids::{GatewayId, Id};
use postern_core::jose::signing::SigningKey;
use postern_core::schema::Secrets;
use postern_core::secret::Secret;
use postern_store::sql::Tx;
use serde_json::{Value, json};

use crate::delivery_settings::seal;
use crate::identity_providers::must_be_there;
use crate::references::remove_owned;
use crate::{Ctx, Error, Result};

/// Where the secrets of RADIUS clients are among those of the gateway.
const CLIENTS: &str = "radiusClients";

/// Checks the references of a gateway and seals its secrets. Those not sent stay as they were.
///
/// # Errors
/// [`Error::Invalid`] naming what does not exist or is missing.
pub async fn prepare(
    tx: &mut Tx,
    ctx: &Ctx,
    new: &mut Stored<Gateway>,
    old: Option<&Stored<Gateway>>,
    sent: &Secrets,
) -> Result<()> {
    for (target, id) in new.populations() {
        must_be_there::<Population>(tx, ctx, id, &target).await?;
    }
    new.body.fill_ids(|| ctx.random.uuid().to_string());
    let clients = Value::Object(new.body.take_client_secrets());
    let clients = Secrets::from_json(&Secret::new(json!({ CLIENTS: clients }).to_string()));
    let kept = old.and_then(|old| old.sealed.as_ref());
    new.body.sealed = seal(ctx, new, &sent.over(&clients), kept)?;
    Ok(())
}

/// Removes what a gateway owns.
///
/// # Errors
/// Those of the database.
pub async fn end(tx: &mut Tx, ctx: &Ctx, id: GatewayId) -> Result<()> {
    remove_owned::<GatewayCredential>(tx, ctx, "gateway_id", id).await?;
    remove_owned::<RoleAssignment>(tx, ctx, "actor_id", id.uuid()).await
}

/// The token of a credential. It names no client, so no door of this server takes it.
///
/// # Errors
/// [`Error::Internal`] when the library cannot sign.
pub fn token(
    ctx: &Ctx,
    key: &SigningKey,
    gateway: &Stored<Gateway>,
    credential: &Stored<GatewayCredential>,
) -> Result<String> {
    let claims = json!({
        "aud": [ctx.urls.api],
        "iss": ctx.urls.issuer(ctx.environment),
        "jti": credential.id,
        "iat": ctx.now.seconds(),
        "authUrl": ctx.urls.auth,
        "environmentId": ctx.environment,
        "organizationId": ctx.organization,
        "gatewayId": gateway.id,
        "gatewayName": gateway.name,
        "gatewayType": gateway.kind.as_str(),
    });
    key.sign(None, &claims).map_err(Error::internal)
}
