//! Keeping robots: who may, how long, how they are told apart.

use http::Method;
use postern_store::fixture::TestDb;
use postern_testkit::TestApp;
use serde_json::json;

use super::support::{Story, id};

const TOTP: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

#[tokio::test]
async fn robots_are_made_read_listed_page_by_page_and_removed() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let mut made = Vec::new();
        for _ in 0..3 {
            made.push(story.robot(json!({"type": "TOTP", "secret": TOTP})).await);
        }
        let path = story.robot_path(&made[0]);
        assert_eq!(made[0]["_links"]["self"]["href"], format!("http://postern.test{path}"));
        assert_eq!(made[0]["_links"]["code"]["href"], format!("http://postern.test{path}/code"));
        assert_eq!(story.call(Method::GET, &path).await.expect(200), made[0]);
        let page = story.call(Method::GET, &format!("{}?limit=2", story.robots())).await.expect(200);
        assert_eq!(page["_embedded"]["robots"], json!(made[..2]));
        let next = page["_links"]["next"]["href"].as_str().unwrap().replace("http://postern.test", "");
        let page = story.call(Method::GET, &next).await.expect(200);
        assert_eq!(page["_embedded"]["robots"], json!(made[2..]));
        assert!(page["_links"].get("next").is_none());
        story.call(Method::DELETE, &path).await.expect(204);
        for method in [Method::GET, Method::DELETE] {
            story.call(method, &path).await.expect(404);
        }
        story.tell(&made[0], "code", json!({})).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn what_a_robot_cannot_do_is_said_with_what_it_can() {
    let story = Story::begin(TestApp::start().await).await;
    let robot = story.robot(json!({"type": "TOTP", "secret": TOTP})).await;
    for (act, body) in [
        ("look", json!({})),
        ("answer", json!({"answer": "DENY"})),
        ("register", json!({"publicKeyCredentialCreationOptions": "{}"})),
        ("assert", json!({"publicKeyCredentialRequestOptions": "{}"})),
        ("unpair", json!({})),
        ("rotate-key", json!({})),
    ] {
        let detail = story.tell(&robot, act, body).await.refused(400, "REQUEST_FAILED", "INVALID_VALUE");
        assert!(detail["message"].as_str().unwrap().contains("can be told to: code"), "{detail}");
    }
    for body in [json!({"type": "TOTP"}), json!({"type": "TOTP", "secret": "1"}), json!([])] {
        let refused = story.app.anonymous().post(&story.robots(), body).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
    }
}

#[tokio::test]
async fn robots_live_in_environments_for_tests_alone_and_pages_elsewhere_do_not_reach_them() {
    let story = Story::begin(TestApp::start().await).await;
    let environment = json!({"name": "prod", "type": "PRODUCTION", "region": "NA"});
    let production = id(&story.admin.post("/v1/environments", environment).await.expect(201));
    let robot = json!({"type": "TOTP", "secret": TOTP});
    let path = format!("/sandbox/environments/{production}/robots");
    story.admin.post(&path, robot.clone()).await.expect(404);
    let made = story.robot(robot.clone()).await;
    let elsewhere = json!({"name": "lab", "type": "SANDBOX", "region": "NA"});
    let elsewhere = id(&story.admin.post("/v1/environments", elsewhere).await.expect(201));
    let path = format!("/sandbox/environments/{elsewhere}/robots/{}", id(&made));
    story.call(Method::GET, &path).await.expect(404);

    let request = story.app.anonymous().request(Method::POST, &story.robots());
    request.header("origin", "https://evil.example").json(&robot).send().await.expect(403);
}

#[tokio::test]
async fn robots_and_their_secrets_are_sealed_in_the_database() {
    for db in TestDb::all().await {
        let story = Story::begin(TestApp::on(db).await).await;
        story.robot(json!({"type": "TOTP", "secret": TOTP})).await;
        let mut tx = story.app.db().read().await.unwrap();
        let rows = tx.query("SELECT body FROM sandbox_robot", &[]).await.unwrap();
        let body = rows[0].text(0).unwrap();
        assert!(!body.contains("TOTP") && !body.contains(TOTP), "{body}");
    }
}
