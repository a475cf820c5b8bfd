//! What the scenarios play in: an environment with users and devices, made over the API.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::admin::Admin;
use crate::load;
use crate::scenarios::{CreateDevice, CreateUser, Made};
use crate::server::Credentials;
use crate::sink::Sink;

/// Devices that a user may have; the most that PingOne allows.
pub(crate) const DEVICES_PER_USER: u64 = 15;

/// The environment.
pub(crate) struct Scene {
    /// Where the server is.
    pub(crate) address: SocketAddr,
    /// The environment.
    pub(crate) environment: Uuid,
    /// The worker application, at home in an environment that may be another.
    pub(crate) worker: Credentials,
    /// The worker's access token.
    pub(crate) token: String,
    /// The application whose transactions are approved.
    pub(crate) application: Credentials,
    /// Its users; the number of the first device is [`number`] of the place.
    pub(crate) targets: Arc<[Target]>,
    /// Devices that were made so far; the next one goes to the user whose turn it is.
    pub(crate) next_device: Arc<AtomicU64>,
}

/// A user whom calls are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    /// The environment.
    pub(crate) environment: Uuid,
    /// The MFA policy that new devices name.
    pub(crate) policy: Uuid,
    /// The user.
    pub(crate) user: Uuid,
    /// The user's first device.
    pub(crate) device: Uuid,
}

/// The telephone number of the n-th device, without the plus sign.
pub(crate) fn number(n: u64) -> u64 {
    15_122_000_000 + n % 8_000_000
}

impl Scene {
    /// Makes policy, application, users and one device for each.
    ///
    /// # Errors
    /// When the server refuses anything.
    pub(crate) async fn build(
        admin: &mut Admin,
        environment: Uuid,
        worker: Credentials,
        sink: &Sink,
        users: usize,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let base = format!("/environments/{environment}");
        let policy = equip(admin, environment).await?;
        gateway(admin, &base, sink).await?;
        let application = application(admin, &base, environment, policy).await?;
        let population =
            admin.create(&format!("{base}/populations"), &json!({ "name": "Benchmark" })).await?;
        let scene = Self {
            address: admin.address,
            token: admin.token.clone(),
            environment,
            worker,
            application,
            targets: Arc::default(),
            next_device: Arc::default(),
        };
        scene.populate(policy, population, users, connections).await
    }

    async fn populate(
        mut self,
        policy: Uuid,
        population: Uuid,
        users: usize,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let made = Made::new(users);
        let callers = (0..connections).map(|_| CreateUser::new(&self, population, &made)).collect();
        load::once_each(self.address, callers).await?;
        let target = |user| Target { environment: self.environment, policy, user, device: Uuid::nil() };
        let targets: Vec<Target> = made.take()?.into_iter().map(target).collect();
        self.targets = targets.into();
        let made = Made::new(users);
        let callers = (0..connections).map(|_| CreateDevice::filling(&self, &made)).collect();
        load::once_each(self.address, callers).await?;
        let with_device = |(target, device): (&Target, Uuid)| Target { device, ..*target };
        let targets: Vec<Target> = self.targets.iter().zip(made.take()?).map(with_device).collect();
        self.aim_at(targets);
        Ok(self)
    }

    /// Plays with these users from now on, who have one device each.
    pub(crate) fn aim_at(&mut self, targets: Vec<Target>) {
        self.next_device.store(targets.len() as u64, Ordering::Relaxed);
        self.targets = targets.into();
    }
}

/// Lets users of an environment have many devices, and makes a policy that allows text messages.
///
/// # Errors
/// When the server refuses anything.
pub(crate) async fn equip(admin: &mut Admin, environment: Uuid) -> anyhow::Result<Uuid> {
    let base = format!("/environments/{environment}");
    let settings =
        json!({ "pairing": { "maxAllowedDevices": DEVICES_PER_USER, "pairingKeyFormat": "NUMERIC" } });
    admin.call("PUT", &format!("{base}/mfaSettings"), &settings).await?;
    admin.create(&format!("{base}/deviceAuthenticationPolicies"), &policy()).await
}

fn policy() -> Value {
    let otp = json!({
        "failure": { "count": 3, "coolDown": { "duration": 0, "timeUnit": "MINUTES" } },
        "lifeTime": { "duration": 30, "timeUnit": "MINUTES" },
    });
    let off = json!({ "enabled": false });
    json!({
        "name": "Benchmark", "sms": { "enabled": true, "otp": otp }, "email": off, "voice": off, "mobile": off, "totp": off,
        "default": false, "forSignOnPolicy": false,
    })
}

/// Text messages go to the sink.
async fn gateway(admin: &mut Admin, base: &str, sink: &Sink) -> anyhow::Result<()> {
    let provider = admin
        .create(&format!("{base}/notificationsSettings/phoneDeliverySettings"), &sink.settings())
        .await?;
    let chain = json!({ "deliveryMode": "ALL", "smsProvidersFallbackChain": [provider] });
    admin.call("PUT", &format!("{base}/notificationsSettings"), &chain).await?;
    Ok(())
}

/// Steps 1 to 9 of the workflow.
async fn application(
    admin: &mut Admin,
    base: &str,
    environment: Uuid,
    policy: Uuid,
) -> anyhow::Result<Credentials> {
    let body = json!({
        "enabled": true, "name": "Benchmark", "type": "WEB_APP", "protocol": "OPENID_CONNECT", "grantTypes": ["AUTHORIZATION_CODE"],
        "responseTypes": ["CODE"], "redirectUris": ["https://www.example.com"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        "pkceEnforcement": "OPTIONAL",
    });
    let client = admin.create(&format!("{base}/applications"), &body).await?;
    let secret = admin.call("GET", &format!("{base}/applications/{client}/secret"), &Value::Null).await?;
    let secret = secret.get("secret").and_then(Value::as_str).unwrap_or_default().to_owned();
    let resource = admin.find(&format!("{base}/resources"), "resources", "openid").await?;
    let scope = admin.find(&format!("{base}/resources/{resource}/scopes"), "scopes", "profile").await?;
    let grant = json!({ "resource": { "id": resource }, "scopes": [{ "id": scope }] });
    admin.create(&format!("{base}/applications/{client}/grants"), &grant).await?;
    let sign_on = admin
        .create(&format!("{base}/signOnPolicies"), &json!({ "name": "Benchmark", "default": "false" }))
        .await?;
    let action = json!({
        "priority": 5, "type": "MULTI_FACTOR_AUTHENTICATION", "sms": { "enabled": true }, "email": { "enabled": false },
        "deviceAuthenticationPolicy": { "id": policy },
    });
    admin.create(&format!("{base}/signOnPolicies/{sign_on}/actions"), &action).await?;
    let assignment = json!({ "priority": 1, "signOnPolicy": { "id": sign_on } });
    admin.create(&format!("{base}/applications/{client}/signOnPolicyAssignments"), &assignment).await?;
    let content = json!({
        "locale": "en", "deliveryMethod": "SMS",
        "content": "Approve this transfer of ${sum} ${currency} to ${recipient}, by entering this OTP: ${OTP}",
    });
    admin.create(&format!("{base}/templates/transaction/contents"), &content).await?;
    Ok(Credentials { environment: environment.to_string(), client: client.to_string(), secret })
}
