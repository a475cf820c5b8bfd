//! People who act on their own: tokens of a user, with self-service scopes.

use http::Method;
use serde_json::{Value, json};

use crate::{Client, TestApp, TransactionSetup};

impl TestApp {
    /// The setup's user with a token that has these scopes of the PingOne API. Grants them to the application first;
    /// to be called once for a setup.
    pub async fn signed_on(&self, setup: &TransactionSetup, scopes: &[&str]) -> Client {
        self.grant_own_scopes(setup, scopes).await;
        self.token(&self.user_token(setup, scopes).await)
    }

    /// An access token of the setup's user, by the workflow's text message.
    pub async fn user_token(&self, setup: &TransactionSetup, scopes: &[&str]) -> String {
        self.take_mail().await;
        let hint = self.request_token(setup, &json!({}));
        let scope = format!("scope=openid%20{}&", scopes.join("%20"));
        let path = self.authorize_path(setup, &hint).replace("scope=profile%20openid&", &scope);
        let flow = self.anonymous().get(&path).await.expect(200);
        let otp = Self::only(self.take_mail().await).code.unwrap();
        let flow = self.auth_path(&format!("/flows/{}", flow["id"].as_str().unwrap()));
        let done = self.anonymous().act(&flow, "otp.check", json!({ "otp": otp })).await.expect(200);
        let code = done["authorizeResponse"]["code"].as_str().unwrap();
        let request = self.anonymous().request(Method::POST, &self.auth_path("/as/token"));
        let request = request.basic(&setup.application, &setup.secret);
        let tokens = request.form(&[("grant_type", "authorization_code"), ("code", code)]).send().await;
        tokens.expect(200)["access_token"].as_str().unwrap().to_owned()
    }

    async fn grant_own_scopes(&self, setup: &TransactionSetup, names: &[&str]) {
        let admin = self.admin().await;
        let resources = admin.get(&self.path("/resources")).await.expect(200);
        let api = items(&resources, "resources").iter().find(|api| api["type"] == "PINGONE_API").unwrap();
        let api = api["id"].as_str().unwrap();
        let scopes = admin.get(&self.path(&format!("/resources/{api}/scopes"))).await.expect(200);
        let granted =
            items(&scopes, "scopes").iter().filter(|scope| names.iter().any(|name| scope["name"] == *name));
        let granted: Vec<Value> = granted.map(|scope| json!({ "id": scope["id"] })).collect();
        let grant = json!({ "resource": { "id": api }, "scopes": granted });
        let path = self.path(&format!("/applications/{}/grants", setup.application));
        admin.post(&path, grant).await.expect(201);
    }
}

fn items<'a>(list: &'a Value, key: &str) -> &'a [Value] {
    list["_embedded"][key].as_array().unwrap()
}
