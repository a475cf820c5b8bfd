//! The public workflow "Create an MFA transaction approval using SMS", as far as a test needs it prepared.

use postern_core::jose::{Algorithm, hmac};
use serde_json::{Value, json};

use crate::{Client, Request, TestApp};

/// What the workflow's first fifteen steps leave behind.
#[derive(Debug, Clone)]
pub struct TransactionSetup {
    /// The web application.
    pub application: String,
    /// Its secret.
    pub secret: String,
    /// The user.
    pub user: String,
    /// The user's name.
    pub username: String,
    /// The device policy.
    pub policy: String,
    /// The SMS device.
    pub device: String,
}

/// Adds HTTP basic authentication to a request.
#[must_use]
pub fn basic(request: Request, id: &str, secret: &str) -> Request {
    request.basic(id, secret)
}

fn id(body: &Value) -> String {
    body["id"].as_str().expect("a record has an id").to_owned()
}

impl TestApp {
    /// Steps 1 to 15 of the workflow.
    pub async fn transaction_setup(&self) -> TransactionSetup {
        let admin = self.admin().await;
        let application = self.web_application(&admin).await;
        let secret = admin.get(&self.path(&format!("/applications/{application}/secret"))).await.expect(200);
        let policy = json!({"name": "MFA_TransactionApproval_1", "default": "false", "description": "A new MFA sign-on policy."});
        let sign_on = id(&admin.post(&self.path("/signOnPolicies"), policy).await.expect(201));
        let action = json!({"priority": 5, "type": "MULTI_FACTOR_AUTHENTICATION", "sms": {"enabled": true}, "email": {"enabled": false}});
        admin.post(&self.path(&format!("/signOnPolicies/{sign_on}/actions")), action).await.expect(201);
        let assignment = json!({"priority": 1, "signOnPolicy": {"id": sign_on}});
        admin
            .post(&self.path(&format!("/applications/{application}/signOnPolicyAssignments")), assignment)
            .await
            .expect(201);
        let content = json!({"locale": "en", "deliveryMethod": "SMS",
            "content": "Approve this transfer of ${sum} ${currency} to ${recipient}, by entering this OTP: ${OTP}"});
        admin.post(&self.path("/templates/transaction/contents"), content).await.expect(201);
        let population = json!({"name": "MFA_Pop_1", "description": "MFA population"});
        let population = id(&admin.post(&self.path("/populations"), population).await.expect(201));
        let user = self.user(&admin, "MFAUser_1", Some(&population)).await;
        let policy = id(&admin
            .post(&self.path("/deviceAuthenticationPolicies"), step_14(&application))
            .await
            .expect(201));
        let device = json!({"type": "SMS", "phone": "+1.5125550134", "policy": {"id": policy}});
        let device = id(&admin.post(&self.path(&format!("/users/{user}/devices")), device).await.expect(201));
        TransactionSetup {
            application,
            secret: secret["secret"].as_str().expect("a secret").to_owned(),
            user,
            username: "MFAUser_1".to_owned(),
            policy,
            device,
        }
    }

    /// Steps 1, 3, 4 and 5.
    async fn web_application(&self, admin: &Client) -> String {
        let application = json!({
            "enabled": true, "name": "UseCaseMFAWebApp_1", "description": "OIDC application for the MFA use case",
            "type": "WEB_APP", "protocol": "OPENID_CONNECT", "grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"],
            "redirectUris": ["https://www.example.com"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
            "pkceEnforcement": "OPTIONAL",
        });
        let application = id(&admin.post(&self.path("/applications"), application).await.expect(201));
        let resources = admin.get(&self.path("/resources")).await.expect(200);
        let openid = named(&resources["_embedded"]["resources"], "openid");
        let scopes = admin.get(&self.path(&format!("/resources/{openid}/scopes"))).await.expect(200);
        let profile = named(&scopes["_embedded"]["scopes"], "profile");
        let grant = json!({"resource": {"id": openid}, "scopes": [{"id": profile}]});
        admin.post(&self.path(&format!("/applications/{application}/grants")), grant).await.expect(201);
        application
    }

    /// Creates a user with a password and MFA.
    pub async fn user(&self, admin: &Client, username: &str, population: Option<&str>) -> String {
        let mut body = json!({"email": format!("{username}@example.com"), "name": {"given": "Alice", "family": "Ng"}, "username": username});
        if let Some(population) = population {
            body["population"] = json!({"id": population});
        }
        let user = id(&admin.post(&self.path("/users"), body).await.expect(201));
        let password = json!({"value": PASSWORD, "forceChange": false});
        let path = self.path(&format!("/users/{user}/password"));
        admin.request(http::Method::PUT, &path).action("password.set", &password).send().await.expect(200);
        admin
            .put(&self.path(&format!("/users/{user}/mfaEnabled")), json!({"mfaEnabled": true}))
            .await
            .expect(200);
        user
    }

    /// The JWT of step 16: both `request` and `login_hint_token`.
    #[must_use]
    pub fn request_token(&self, setup: &TransactionSetup, changes: &Value) -> String {
        let now = self.now().seconds();
        let mut claims = json!({
            "iss": setup.application, "sub": setup.user, "aud": self.issuer(), "iat": now, "exp": now + 3600,
            "pi.template": {"name": "transaction", "variables": {"sum": "1,000,000", "currency": "USD", "recipient": "Charlie Parker"}},
        });
        if let (Some(claims), Some(changes)) = (claims.as_object_mut(), changes.as_object()) {
            claims.extend(changes.clone());
            claims.retain(|_, value| !value.is_null());
        }
        hmac::sign(Algorithm::HS256, setup.secret.as_bytes(), &claims).expect("claims can be signed")
    }

    /// The address of step 16.
    #[must_use]
    pub fn authorize_path(&self, setup: &TransactionSetup, token: &str) -> String {
        format!(
            "{}?client_id={}&response_type=code&response_mode=pi.flow&request={token}&scope=profile%20openid&login_hint_token={token}",
            self.auth_path("/as/authorize"),
            setup.application
        )
    }
}

/// The password of test users.
pub(crate) const PASSWORD: &str = "Tr0ub4dor&3x!";

fn named(items: &Value, name: &str) -> String {
    let items = items.as_array().expect("a list");
    id(items.iter().find(|item| item["name"] == name).expect("an item of that name"))
}

fn step_14(application: &str) -> Value {
    let offline = |enabled: bool| {
        json!({"enabled": enabled, "otp": {"failure": {"count": 3, "coolDown": {"duration": 0, "timeUnit": "MINUTES"}},
            "lifeTime": {"duration": 30, "timeUnit": "MINUTES"}}})
    };
    json!({
        "name": "useCaseDeviceAuthPolicy__1", "sms": offline(true), "email": offline(true), "voice": offline(false),
        "mobile": {
            "enabled": true,
            "otp": {"failure": {"count": 3, "coolDown": {"duration": 2, "timeUnit": "MINUTES"}},
                "window": {"stepSize": {"duration": 30, "timeUnit": "SECONDS"}}},
            "applications": [{"id": application, "push": {"enabled": false}, "otp": {"enabled": true},
                "deviceAuthorization": {"enabled": true, "extraVerification": "permissive"},
                "autoEnrollment": {"enabled": true}, "integrityDetection": "permissive"}],
        },
        "totp": {"enabled": true, "otp": {"failure": {"count": 3, "coolDown": {"duration": 2, "timeUnit": "MINUTES"}}}},
        "securityKey": {"enabled": true}, "platform": {"enabled": true}, "forSignOnPolicy": false, "default": false,
    })
}
