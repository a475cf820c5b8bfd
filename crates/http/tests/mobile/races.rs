//! Many at once: one wins.

use futures_util::future::join_all;
use postern_core::mfa::push::request::Decision;
use postern_testkit::{TestApp, TestPhone};
use serde_json::json;

use crate::support::Scene;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_answers_at_once_one_counts() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (path, _) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        let answers = (0..10).map(|n| {
            let decision = if n % 2 == 0 { Decision::Approve } else { Decision::Deny };
            phone.made_answer(&scene.app, &request, decision, None)
        });
        let answers: Vec<_> = answers.collect();
        let done = join_all(answers.iter().map(|answer| phone.send(answer))).await;
        let accepted: Vec<_> = done.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(accepted.len(), 1, "{:?}", done.iter().map(|answer| &answer.text).collect::<Vec<_>>());
        let expected = match accepted[0].body["status"].as_str().unwrap() {
            "APPROVED" => "COMPLETED",
            _ => "PUSH_CONFIRMATION_REJECTED",
        };
        assert_eq!(scene.status(&path).await, expected);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_an_answer_and_a_cancellation_one_counts() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let (path, _) = scene.pushed().await;
        let request = TestPhone::only(phone.look(&scene.app).await);
        let approval = phone.made_answer(&scene.app, &request, Decision::Approve, None);
        let reason = json!({"reason": "CHANGE_DEVICE"});
        let (answered, _) =
            tokio::join!(phone.send(&approval), scene.admin.act(&path, "cancel.push.authentication", reason));
        let status = scene.status(&path).await;
        if answered.status == 200 {
            assert!(["COMPLETED", "DEVICE_SELECTION_REQUIRED"].contains(&status.as_str()), "{status}");
        } else {
            assert_eq!(status, "DEVICE_SELECTION_REQUIRED");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_claims_at_once_one_pairs() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let key = scene.key().await;
        let code = key["code"].as_str().unwrap();
        let phones: Vec<TestPhone> = (0..6).map(|_| TestPhone::new(&scene.app)).collect();
        let facts = json!({});
        let claims = phones.iter().map(|phone| phone.claim(&scene.app, code, &scene.application, &facts));
        let paired = join_all(claims).await.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(paired, 1);
        assert_eq!(scene.admin.get(&scene.devices()).await.expect(200)["size"], 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_proof_that_is_sent_many_times_at_once_lets_in_once() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let signed = phone.make(&scene.app, |phone, moment| phone.look(moment, 0).unwrap());
        let done = join_all((0..8).map(|_| phone.send(&signed))).await;
        assert_eq!(done.iter().filter(|answer| answer.status == 200).count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_more_pushes_are_sent_at_once_than_may_wait() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let started = join_all((0..8).map(|_| scene.start())).await;
        assert_eq!(started.iter().filter(|answer| answer.status == 201).count(), 3);
        assert_eq!(phone.look(&scene.app).await.len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_passcode_that_is_sent_many_times_at_once_counts_once() {
    TestApp::each(|app| async move {
        let scene = Scene::new(app).await;
        let phone = scene.phone().await;
        let mut paths = Vec::new();
        for _ in 0..3 {
            paths.push(scene.pushed().await.0);
        }
        let body = json!({"otp": phone.passcode(&scene.app)});
        let done = join_all(paths.iter().map(|path| scene.admin.act(path, "otp.check", body.clone()))).await;
        assert_eq!(done.iter().filter(|answer| answer.status == 200).count(), 1);
    })
    .await;
}
