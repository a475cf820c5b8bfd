//! The proof of a request: taken from its header, checked over the request as it came.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use postern_core::devices::Device;
use postern_core::devices::proof::{Covered, HEADER};
use postern_core::entity::Stored;
use postern_core::ids::DeviceId;
use postern_core::permission::OwnRights;
use postern_engine::{Caller, Error, Result, phones};

use super::super::super::web::Call;

/// A request as a proof covers it, with the proof.
#[derive(Clone)]
pub(super) struct Signed {
    /// The proof.
    pub(super) token: String,
    method: Method,
    path: String,
    body: Bytes,
}

impl Signed {
    /// The request of this call. `template` is the path of its route.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] without a proof.
    pub(super) fn of(call: &Call, method: Method, template: &str) -> Result<Self> {
        let token = call.header(HEADER).ok_or(Error::Unauthenticated)?.to_owned();
        let mut path = template.to_owned();
        for (name, value) in &call.params {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        if !call.query.is_empty() {
            path = format!("{path}?{}", call.query);
        }
        Ok(Self { token, method, path, body: call.body.clone() })
    }

    /// What the proof covers.
    pub(super) fn covered(&self) -> Covered<'_> {
        Covered { method: self.method.as_str(), path: &self.path, body: &self.body }
    }

    /// The body as it came.
    pub(super) fn body(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Lets the device of the path in; from then on the call is its user's.
///
/// The proof is used up in a transaction of its own, so that it stays used whatever becomes of the request.
///
/// # Errors
/// [`Error::NotFound`] when there is no such device; [`Error::Unauthenticated`] when the proof does not hold.
pub(super) async fn admit(call: &mut Call, signed: &Signed) -> Result<Stored<Device>> {
    let id: DeviceId = call.id("deviceID")?;
    let device = call
        .app
        .write(&call.ctx, (id, signed.clone()), |tx, ctx, (id, signed)| {
            Box::pin(phones::admit(tx, ctx, *id, &signed.token, signed.covered()))
        })
        .await?;
    call.ctx.caller = Arc::new(caller(&device)?);
    Ok(device)
}

/// The user, who acts through the application.
fn caller(device: &Stored<Device>) -> Result<Caller> {
    let app = device.mobile.as_ref().ok_or(Error::NotFound("device"))?;
    Ok(Caller::User {
        user: device.user,
        home: device.environment,
        application: app.application,
        own: OwnRights::default(),
        authorities: Vec::new(),
    })
}
