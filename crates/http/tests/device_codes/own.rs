//! What people may do themselves: pair, prove, bring their own token in step; never manage tokens.

use postern_core::permission::OWN_SCOPES;
use postern_testkit::TestApp;
use serde_json::json;

use super::support::{KEY, Story, code_at, id, key, press};

#[tokio::test]
async fn people_pair_and_resync_their_own_and_manage_no_tokens() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        let scopes: Vec<&str> = OWN_SCOPES.iter().map(|scope| scope.name).collect();
        let myself = app.signed_on(&setup, &scopes).await;
        let admin = app.admin().await;
        let story = Story { app, admin, user: setup.user.clone() };

        let device = myself.post(&story.devices(), json!({"type": "TOTP"})).await.expect(201);
        let code = code_at(&key(&device), story.app.now().seconds() / 30);
        myself.act(&story.device(&device), "device.activate", json!({ "otp": code })).await.expect(200);

        let token = story.hotp("AB1", 0).await;
        let own = json!({"type": "OATH_TOKEN", "serialNumber": "AB1"});
        let active = json!({"type": "OATH_TOKEN", "serialNumber": "AB1", "status": "ACTIVE"});
        assert_eq!(myself.post(&story.devices(), active).await.targets(), ["status"]);
        let waiting = myself.post(&story.devices(), own).await.expect(201);
        assert_eq!(waiting["status"], "ACTIVATION_REQUIRED", "people prove what they have");
        let proof = json!({"otp": press(0)});
        myself.act(&story.device(&waiting), "device.activate", proof).await.expect(200);
        let codes = json!({"otps": [press(40), press(41)]});
        let resync = story.app.path(&format!("/users/{}/oathTokens/{}", setup.user, id(&token)));
        myself.act(&resync, "device.resync", codes.clone()).await.expect(200);

        for refused in [
            myself.act(&story.token(&token), "device.resync", codes).await,
            myself.get(&story.tokens()).await,
            myself.delete(&story.token(&token)).await,
            myself
                .post(
                    &story.tokens(),
                    json!({"serialNumber": "1", "secret": KEY, "type": "HOTP", "otpLength": 6}),
                )
                .await,
            myself
                .act(&story.app.path("/oathJobs"), "job.oathtokens.revoke", json!({"tokenIds": [id(&token)]}))
                .await,
        ] {
            assert!(matches!(refused.status.as_u16(), 403 | 404), "{}", refused.text);
        }
        story.admin.get(&story.token(&token)).await.expect(200);
    })
    .await;
}
