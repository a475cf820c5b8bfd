//! Authenticators with passkeys.

use postern_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use super::support::Story;

const ORIGIN: &str = "https://app.example.com";

/// Begins the pairing of a passkey for example.com.
async fn offer(story: &Story) -> Value {
    story.offer(json!({"type": "FIDO2", "rp": {"id": "example.com", "name": "Example"}})).await
}

/// Lets the robot make a passkey for the device, and proves it.
async fn pair(story: &Story, robot: &Value, device: &Value) -> Answer {
    let wish = json!({"origin": ORIGIN,
        "publicKeyCredentialCreationOptions": device["publicKeyCredentialCreationOptions"]});
    let made = story.tell(robot, "register", wish).await.expect(200);
    story.activate(device, made).await
}

/// Starts an authentication and lets the robot sign for it in this manner.
async fn sign(story: &Story, robot: &Value, manner: Value) -> (Value, Answer) {
    let authentication = story.start(json!({})).await;
    assert_eq!(authentication["status"], "ASSERTION_REQUIRED", "{authentication}");
    let mut wish = json!({"origin": ORIGIN,
        "publicKeyCredentialRequestOptions": authentication["publicKeyCredentialRequestOptions"]});
    wish.as_object_mut().unwrap().extend(manner.as_object().unwrap().clone());
    let signed = story.tell(robot, "assert", wish).await.expect(200);
    let answer = story.act(&authentication, "assertion.check", signed).await;
    (authentication, answer)
}

#[tokio::test]
async fn a_passkey_is_registered_and_proves_its_user() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let robot = story.robot(json!({"type": "PASSKEY", "backedUp": false})).await;
        let device = offer(&story).await;
        let active = pair(&story, &robot, &device).await.expect(200);
        assert_eq!(active["status"], "ACTIVE");
        assert_eq!(active["backup"], json!({"backupEligibility": true, "backupState": false}));
        for _ in 0..2 {
            let (_, answer) = sign(&story, &robot, json!({})).await;
            assert_eq!(answer.expect(200)["status"], "COMPLETED");
        }
        let shown = story.app.anonymous().get(&story.robot_path(&robot)).await.expect(200);
        assert_eq!(shown["passkeys"][0]["counter"], 3, "{shown}");
        assert_eq!(shown["passkeys"][0]["credentialId"], active["credentialId"]);
    })
    .await;
}

#[tokio::test]
async fn a_copied_passkey_is_found_out_by_its_counter() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let robot = story.robot(json!({"type": "PASSKEY"})).await;
        pair(&story, &robot, &offer(&story).await).await.expect(200);
        let (_, answer) = sign(&story, &robot, json!({})).await;
        assert_eq!(answer.expect(200)["status"], "COMPLETED");
        let (authentication, answer) = sign(&story, &robot, json!({"counter": "CLONE"})).await;
        answer.refused(400, "INVALID_DATA", "INVALID_ASSERTION");
        assert_ne!(story.status(&authentication).await, "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_passkey_that_counts_nothing_is_no_copy() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let robot =
            story.robot(json!({"type": "PASSKEY", "signatureCounter": false, "attestation": "SELF"})).await;
        pair(&story, &robot, &offer(&story).await).await.expect(200);
        for _ in 0..2 {
            let (_, answer) = sign(&story, &robot, json!({})).await;
            assert_eq!(answer.expect(200)["status"], "COMPLETED");
        }
    })
    .await;
}

#[tokio::test]
async fn a_signature_from_another_page_does_not_count() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let robot = story.robot(json!({"type": "PASSKEY"})).await;
        pair(&story, &robot, &offer(&story).await).await.expect(200);
        let (_, answer) = sign(&story, &robot, json!({"origin": "https://example.com.evil.test"})).await;
        answer.refused(400, "INVALID_DATA", "INVALID_ASSERTION");
    })
    .await;
}

#[tokio::test]
async fn an_unverified_user_is_refused_where_the_policy_wants_verification() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let policies = story.app.path("/fido2Policies");
        let listed = story.admin.get(&policies).await.expect(200);
        let mut policy = listed["_embedded"]["fido2Policies"][0].clone();
        policy["userVerification"]["option"] = json!("REQUIRED");
        policy["userVerification"]["enforceDuringAuthentication"] = json!(true);
        let path = format!("{policies}/{}", policy["id"].as_str().unwrap());
        story.admin.put(&path, policy).await.expect(200);

        let robot = story.robot(json!({"type": "PASSKEY", "userVerification": false})).await;
        let refused = pair(&story, &robot, &offer(&story).await).await;
        assert_eq!(refused.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "attestation");

        let robot = story.robot(json!({"type": "PASSKEY"})).await;
        pair(&story, &robot, &offer(&story).await).await.expect(200);
        let (_, answer) = sign(&story, &robot, json!({"userVerification": false})).await;
        answer.refused(400, "INVALID_DATA", "INVALID_ASSERTION");
        let (_, answer) = sign(&story, &robot, json!({})).await;
        assert_eq!(answer.expect(200)["status"], "COMPLETED");
    })
    .await;
}

#[tokio::test]
async fn a_robot_signs_for_nobody_who_did_not_ask_it() {
    let story = Story::begin(TestApp::start().await).await;
    let robot = story.robot(json!({"type": "PASSKEY"})).await;
    pair(&story, &robot, &offer(&story).await).await.expect(200);
    let authentication = story.start(json!({})).await;
    let stranger = story.robot(json!({"type": "PASSKEY"})).await;
    for options in [authentication["publicKeyCredentialRequestOptions"].clone(), json!("{}")] {
        let wish = json!({ "publicKeyCredentialRequestOptions": options });
        let refused = story.tell(&stranger, "assert", wish).await;
        let detail = refused.refused(400, "INVALID_DATA", "INVALID_VALUE");
        assert_eq!(detail["target"], "publicKeyCredentialRequestOptions");
    }
}
