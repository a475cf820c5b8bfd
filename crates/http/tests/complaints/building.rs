//! Building against PingOne.

use futures_util::future::join_all;
use postern_testkit::TestApp;
use serde_json::json;

use super::support::{Story, id};

/// terraform-provider-pingone#18, and the SDK that sleeps because a new environment answers 403 for a minute.
#[tokio::test]
async fn runs_that_come_together_fail_with_forbidden_after_an_environment_was_made() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let runs = (0..4).map(async |n| {
            let body = json!({"name": format!("Run {n}"), "type": "SANDBOX", "region": "NA"});
            let made = admin.post("/v1/environments", body).await.expect(201);
            let environment = format!("/v1/environments/{}", id(&made));
            admin.get(&environment).await.expect(200);
            let users = format!("{environment}/users");
            let user = json!({"username": format!("user {n}"), "email": "a@example.com"});
            let user = admin.post(&users, user).await.expect(201);
            admin.get(&format!("{users}/{}", id(&user))).await.expect(200);
            let device = json!({"type": "EMAIL", "email": "a@example.com"});
            admin.post(&format!("{users}/{}/devices", id(&user)), device).await.expect(201);
            // What is not there is not found, rather than forbidden.
            admin.get(&format!("{users}/0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01")).await.expect(404);
        });
        join_all(runs).await;
    })
    .await;
}

/// terraform-provider-pingone#448.
#[tokio::test]
async fn creating_an_mfa_policy_broke_over_a_query_string_parameter() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let policies = story.app.path("/deviceAuthenticationPolicies");
        let listed = story.admin.get(&policies).await.expect(200);
        let mut policy = listed["_embedded"]["deviceAuthenticationPolicies"][0].clone();
        policy["default"] = json!(false);
        for (name, query) in [("Plain", ""), ("With a query", "?expand=fido2&unknown=%20x")] {
            policy["name"] = json!(name);
            let made = story.admin.post(&format!("{policies}{query}"), policy.clone()).await.expect(201);
            assert_eq!(made["name"], name);
        }
    })
    .await;
}

/// terraform-provider-pingone#672.
#[tokio::test]
async fn a_policy_that_always_displays_devices_cannot_be_made() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        for selection in ["ALWAYS_DISPLAY_DEVICES", "PROMPT_TO_SELECT", "DEFAULT_TO_FIRST"] {
            story
                .change_policy(|policy| policy["authentication"]["deviceSelection"] = json!(selection))
                .await;
            let listed = story.admin.get(&story.app.path("/deviceAuthenticationPolicies")).await.expect(200);
            let policy = &listed["_embedded"]["deviceAuthenticationPolicies"][0];
            assert_eq!(policy["authentication"]["deviceSelection"], selection);
        }
    })
    .await;
}

/// terraform-provider-pingone#371.
#[tokio::test]
async fn there_is_no_way_to_make_devices_of_users_for_tests() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let device = story.pair(json!({"type": "SMS", "phone": "+15125550101", "testMode": true})).await;
        let authentication = story.start(&device).await;
        let code = authentication["test"]["otp"].as_str().unwrap();
        assert_eq!(story.check(&authentication, code).await.expect(200)["status"], "COMPLETED");
        assert!(story.app.take_mail().await.is_empty());
    })
    .await;
}

/// terraform-provider-pingone pull request 1301: attributes of policies that reached tools years late.
#[tokio::test]
async fn members_of_policies_are_missing_for_years() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let web = json!({"enabled": true, "lifeTime": {"duration": 12, "timeUnit": "HOURS"}});
        story
            .change_policy(|policy| {
                policy["rememberMe"]["web"] = web.clone();
                policy["ignoreUserLock"] = json!(true);
                policy["totp"]["passcodeGracePeriod"] = json!(2);
                policy["whatsApp"] = policy["sms"].clone();
            })
            .await;
        let listed = story.admin.get(&story.app.path("/deviceAuthenticationPolicies")).await.expect(200);
        let policy = &listed["_embedded"]["deviceAuthenticationPolicies"][0];
        assert_eq!(policy["rememberMe"]["web"], web);
        assert_eq!(policy["ignoreUserLock"], true);
        assert_eq!(policy["totp"]["passcodeGracePeriod"], 2);
        assert_eq!(policy["whatsApp"]["enabled"], true);
    })
    .await;
}

/// terraform-provider-pingone pull request 1052: deleted environments that count for thirty days.
#[tokio::test]
async fn environments_that_were_thrown_away_use_up_the_licence() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for n in 0..30 {
        let body = json!({"name": format!("Run {n}"), "type": "SANDBOX", "region": "NA"});
        let made = admin.post("/v1/environments", body).await.expect(201);
        admin.delete(&format!("/v1/environments/{}", id(&made))).await.expect(204);
    }
}

/// terraform-provider-pingone pull request 1327: a policy that is back to what it was with the next look.
#[tokio::test]
async fn a_policy_reverts_with_the_next_read() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let listed = story.admin.get(&story.app.path("/deviceAuthenticationPolicies")).await.expect(200);
        let mut policy = listed["_embedded"]["deviceAuthenticationPolicies"][0].clone();
        let path = story.app.path(&format!("/deviceAuthenticationPolicies/{}", id(&policy)));
        for count in [1, 7, 2, 5] {
            policy["sms"]["otp"]["failure"]["count"] = json!(count);
            let put = story.admin.put(&path, policy.clone()).await.expect(200);
            for read in join_all((0..5).map(|_| story.admin.get(&path))).await {
                assert_eq!(read.expect(200), put);
            }
        }
    })
    .await;
}
