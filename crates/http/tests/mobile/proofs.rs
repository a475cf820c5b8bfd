//! What lets a phone in, and what does not.

use postern_core::time::Span;
use postern_sandbox::phone::SignedRequest;
use postern_testkit::TestApp;
use serde_json::{Value, json};

use crate::support::{Scene, id};

#[tokio::test]
async fn a_proof_lets_in_once() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let signed = phone.make(&scene.app, |phone, moment| phone.look(moment, 0).unwrap());
        let first = phone.send(&signed).await;
        assert_eq!(first.header("device-time").unwrap(), scene.app.now().seconds().to_string());
        first.expect(200);
        phone.send(&signed).await.refused(401, "ACCESS_FAILED", "INVALID_TOKEN");
    })
    .await;
}

#[tokio::test]
async fn a_proof_that_was_used_for_a_refused_request_is_used() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let signed = phone.make(&scene.app, |phone, moment| {
            phone.request(moment, "POST", "/authenticationCodes", &json!({"code": "NOSUCH00"})).unwrap()
        });
        phone.send(&signed).await.expect(400);
        phone.send(&signed).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn a_proof_is_good_for_its_request_only() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let fresh = || {
            phone.make(&scene.app, |phone, moment| {
                phone.request(moment, "PATCH", "", &json!({"locale": "de"})).unwrap()
            })
        };
        let changed = [
            SignedRequest { body: json!({"locale": "fr"}).to_string(), ..fresh() },
            SignedRequest { method: "DELETE", body: String::new(), ..fresh() },
            SignedRequest { path: format!("{}?x=1", fresh().path), ..fresh() },
            SignedRequest { proof: String::new(), ..fresh() },
            SignedRequest { proof: "a.b.c".to_owned(), ..fresh() },
        ];
        for request in changed {
            phone.send(&request).await.refused(401, "ACCESS_FAILED", "INVALID_TOKEN");
        }
        phone.send(&fresh()).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_phone_whose_clock_is_wrong_is_told_the_time() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let mut phone = scene.phone().await;
        for ahead in [-61, 61, 3600] {
            phone.ahead = Span::seconds(ahead);
            let answer = phone.request(&scene.app, "GET", "", Value::Null).await;
            assert_eq!(answer.header("device-time").unwrap(), scene.app.now().seconds().to_string());
            answer.refused(401, "ACCESS_FAILED", "INVALID_TOKEN");
        }
        phone.ahead = Span::seconds(-55);
        phone.request(&scene.app, "GET", "", Value::Null).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_phone_speaks_for_its_own_device_only() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let (one, other) = (scene.phone().await, scene.phone().await);
        let (own, foreign) = (one.phone.device().unwrap(), other.phone.device().unwrap());
        let mut kept = one.phone.keep().unwrap();
        kept.device = Some(foreign.to_owned());
        let thief = postern_sandbox::phone::Phone::restore(scene.app.environment(), &kept).unwrap();
        let signed = one.make(&scene.app, |_, moment| thief.look(moment, 0).unwrap());
        one.send(&signed).await.expect(401);
        let tenant = json!({"name": "Other", "type": "SANDBOX", "region": "NA"});
        let tenant = id(&scene.admin.post("/v1/environments", tenant).await.expect(201));
        kept.device = Some(own.to_owned());
        let elsewhere = postern_sandbox::phone::Phone::restore(tenant.parse().unwrap(), &kept).unwrap();
        let signed = one.make(&scene.app, |_, moment| elsewhere.look(moment, 0).unwrap());
        one.send(&signed).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_claim_needs_the_private_half_of_the_key_it_brings() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let key = scene.key().await;
        let code = key["code"].as_str().unwrap();
        let phone = postern_testkit::TestPhone::new(&scene.app);
        let other = postern_testkit::TestPhone::new(&scene.app);
        let claim = |phone: &postern_testkit::TestPhone| {
            phone.make(&scene.app, |phone, moment| {
                phone.claim(moment, code, &scene.application, &json!({})).unwrap()
            })
        };
        let stolen = SignedRequest { proof: claim(&other).proof, ..claim(&phone) };
        phone.send(&stolen).await.refused(401, "ACCESS_FAILED", "INVALID_TOKEN");
        phone.send(&claim(&phone)).await.expect(201);
    })
    .await;
}
