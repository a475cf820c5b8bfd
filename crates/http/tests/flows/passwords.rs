//! Passwords of users: state, set, reset, check, recovery, by the management API and inside flows.

use postern_core::ids::UserId;
use postern_core::secret::Secret;
use postern_core::time::Span;
use postern_engine::Error;
use postern_engine::passwords::{self, Origin};
use postern_store::tables::{audit_event, password};
use postern_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

use super::support::{PASSWORD, act, login, sent_code, start, use_policy};

struct Story {
    app: TestApp,
    admin: Client,
    path: String,
}

impl Story {
    async fn begin() -> Self {
        Self::on(TestApp::start().await).await
    }

    async fn on(app: TestApp) -> Self {
        let admin = app.admin().await;
        let user = app.user(&admin, "alice", None).await;
        let path = app.path(&format!("/users/{user}/password"));
        Self { app, admin, path }
    }

    async fn put(&self, action: &str, body: Value) -> Answer {
        self.admin.request(http::Method::PUT, &self.path).action(action, &body).send().await
    }

    async fn post(&self, action: &str, body: Value) -> Answer {
        self.admin.act(&self.path, action, body).await
    }

    async fn check(&self, password: &str) -> Answer {
        self.post("password.check", json!({"password": password})).await
    }
}

#[tokio::test]
async fn the_state_of_a_password_is_shown() {
    let story = Story::begin().await;
    let state = story.admin.get(&story.path).await.expect(200);
    assert_eq!(state["status"], "OK");
    assert!(state["passwordPolicy"]["id"].is_string() && state["lastChangedAt"].is_string());
    for link in [
        "self",
        "environment",
        "user",
        "passwordPolicy",
        "password.check",
        "password.reset",
        "password.set",
        "password.recover",
    ] {
        assert!(state["_links"][link]["href"].is_string(), "{link}");
    }
}

#[tokio::test]
async fn a_password_that_breaks_the_policy_is_refused_with_the_broken_rules() {
    let story = Story::begin().await;
    let detail = story.put("password.set", json!({"value": "short"})).await.refused(
        400,
        "INVALID_DATA",
        "INVALID_VALUE",
    );
    assert_eq!(detail["target"], "value");
    let broken = detail["innerError"]["unsatisfiedRequirements"].as_array().unwrap();
    assert!(broken.contains(&json!("length")) && broken.contains(&json!("minCharacters")), "{detail}");
    let bypassed =
        story.put("password.set", json!({"value": "short", "bypassPolicy": true})).await.expect(200);
    assert!(bypassed["warnings"].as_array().is_some_and(|warnings| warnings.contains(&json!("length"))));
    story.check("short").await.expect(200);
}

#[tokio::test]
async fn an_earlier_password_does_not_return() {
    TestApp::each(|app| async move {
        let story = Story::on(app).await;
        story.put("password.set", json!({"value": "An0ther&Passw7rd"})).await.expect(200);
        let detail = story.put("password.set", json!({"value": PASSWORD})).await.refused(
            400,
            "INVALID_DATA",
            "INVALID_VALUE",
        );
        assert_eq!(detail["innerError"]["unsatisfiedRequirements"], json!(["history"]));
    })
    .await;
}

#[tokio::test]
async fn an_encoded_password_is_taken_over() {
    let story = Story::begin().await;
    let encoded = format!("{{SSHA}}{}", data_encoding::BASE64.encode(&ssha("Moved-1n-here", b"salt1234")));
    story.put("password.set", json!({"value": encoded})).await.expect(200);
    story.check("Moved-1n-here").await.expect(200);
    story.check("Moved-1n-here").await.expect(200);
    story.put("password.set", json!({"value": "{SCRYPT}abc"})).await.refused(
        400,
        "INVALID_DATA",
        "INVALID_VALUE",
    );
}

fn ssha(password: &str, salt: &[u8]) -> Vec<u8> {
    let digest = postern_core::crypto::sha1(&[password.as_bytes(), salt].concat());
    [&digest, salt].concat()
}

#[tokio::test]
async fn wrong_checks_lock_and_an_unlock_forgives() {
    TestApp::each(|app| async move {
        let story = Story::on(app).await;
        for _ in 0..4 {
            let detail = story.check("wrong").await.refused(400, "INVALID_DATA", "INVALID_VALUE");
            assert_eq!(detail["target"], "password");
        }
        story.check("wrong").await.refused(400, "REQUEST_FAILED", "PASSWORD_LOCKED_OUT");
        story.check(PASSWORD).await.refused(400, "REQUEST_FAILED", "PASSWORD_LOCKED_OUT");
        let state = story.admin.get(&story.path).await.expect(200);
        assert_eq!(state["status"], "PASSWORD_LOCKED_OUT");
        assert!(state["secondsUntilUnlock"].is_i64());
        assert_eq!(story.post("password.unlock", Value::Null).await.expect(200)["status"], "OK");
        story.check(PASSWORD).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn ten_guesses_at_once_learn_no_more_than_the_lockout_allows() {
    TestApp::each(|app| async move {
        let story = Story::on(app).await;
        let guesses = (0..10).map(|_| story.check("wrong"));
        let answers = futures_util::future::join_all(guesses).await;
        let told =
            answers.iter().filter(|answer| answer.body["details"][0]["code"] == "INVALID_VALUE").count();
        assert_eq!(told, 4, "the fifth locks and the others learn nothing");
    })
    .await;
}

#[tokio::test]
async fn comparisons_that_are_recorded_together_are_counted_one_after_the_other() {
    TestApp::each(|app| async move {
        let story = Story::on(app).await;
        let user: UserId = story.path.split('/').rev().nth(1).unwrap().parse().unwrap();
        let (app, ctx) = (story.app.app(), story.app.ctx());
        let mut tx = app.read().await.unwrap();
        let check = passwords::prepare_check(&mut tx, &ctx, user).await.unwrap();
        drop(tx);
        let wrong = check.compare(&Secret::new("wrong".to_owned()));
        let records = (0..12).map(|_| {
            app.write(&ctx, wrong.clone(), |tx, ctx, wrong| {
                Box::pin(passwords::record_check(tx, ctx, wrong, || Error::Denied))
            })
        });
        let verdicts = futures_util::future::join_all(records).await;
        let told = verdicts.into_iter().map(|verdict| verdict.unwrap().into_result());
        assert_eq!(told.filter(|told| matches!(told, Err(Error::Denied))).count(), 4);
        let mut tx = app.read().await.unwrap();
        let row = password::find(&mut tx, ctx.environment, user).await.unwrap().unwrap();
        assert_eq!(row.failures, 5, "who comes after the lock sees it");
    })
    .await;
}

#[tokio::test]
async fn a_reset_password_must_be_changed_at_sign_on() {
    let app = TestApp::start().await;
    let setup = app.transaction_setup().await;
    let admin = app.admin().await;
    use_policy(&app, &admin, &setup, "Login", &[login(1)]).await;
    let path = app.path(&format!("/users/{}/password", setup.user));
    let body = json!({"newPassword": "Temp0rary&Secret"});
    let state =
        admin.request(http::Method::PUT, &path).action("password.reset", &body).send().await.expect(200);
    assert_eq!(state["status"], "MUST_CHANGE_PASSWORD");
    let flow = start(&app, &setup, "").await;
    let body = json!({"username": setup.username, "password": "Temp0rary&Secret"});
    let next = act(&app, &flow, "usernamePassword.check", body).await.expect(200);
    assert_eq!(next["status"], "MUST_CHANGE_PASSWORD");
    assert!(next["_embedded"]["passwordPolicy"]["length"].is_object());

    let change = |current: &'static str, new: &'static str| {
        act(&app, &flow, "password.reset", json!({"currentPassword": current, "newPassword": new}))
    };
    let detail = change("wrong", "N3w&better-words").await.refused(400, "INVALID_DATA", "INVALID_VALUE");
    assert_eq!(detail["target"], "currentPassword");
    let detail = change("Temp0rary&Secret", "bad").await.refused(400, "INVALID_DATA", "INVALID_VALUE");
    assert_eq!(detail["target"], "newPassword");
    assert_eq!(change("Temp0rary&Secret", "N3w&better-words").await.expect(200)["status"], "COMPLETED");
    assert_eq!(admin.get(&path).await.expect(200)["status"], "OK");
}

#[tokio::test]
async fn an_old_password_expires() {
    let story = Story::begin().await;
    story.app.advance(Span::days(183));
    let admin = story.app.admin().await;
    assert_eq!(admin.get(&story.path).await.expect(200)["status"], "PASSWORD_EXPIRED");
}

#[tokio::test]
async fn a_forgotten_password_is_recovered_by_mail() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        use_policy(&app, &app.admin().await, &setup, "Login", &[login(1)]).await;
        app.take_mail().await;
        let flow = start(&app, &setup, "").await;
        act(&app, &flow, "password.forgot", json!({"username": "nobody"})).await.expect(404);
        let next = act(&app, &flow, "password.forgot", json!({"username": setup.username})).await.expect(200);
        assert_eq!(next["status"], "RECOVERY_CODE_REQUIRED");
        assert!(next["_embedded"]["user"].is_null());
        let code = sent_code(&app).await;
        assert_eq!(code.len(), 8);
        let recover = |code: String| {
            act(
                &app,
                &flow,
                "password.recover",
                json!({"recoveryCode": code, "newPassword": "N3w&better-words"}),
            )
        };
        let detail = recover("AAAAAAAA".to_owned()).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        assert_eq!(detail["target"], "recoveryCode");
        assert_eq!(recover(code.to_lowercase()).await.expect(200)["status"], "COMPLETED");
        let again = start(&app, &setup, "").await;
        let body = json!({"username": setup.username, "password": "N3w&better-words"});
        assert_eq!(
            act(&app, &again, "usernamePassword.check", body).await.expect(200)["status"],
            "COMPLETED"
        );
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_takes_five_tries_and_lives_five_minutes() {
    TestApp::each(|app| async move {
        let story = Story::on(app).await;
        story.post("password.sendRecoveryCode", Value::Null).await.expect(200);
        let code = sent_code(&story.app).await;
        let recover = |code: String| {
            story.post("password.recover", json!({"recoveryCode": code, "newPassword": "N3w&better-words"}))
        };
        for _ in 0..5 {
            recover("AAAAAAAA".to_owned()).await.expect(400);
        }
        recover(code).await.expect(400);
        story.app.advance(Span::minutes(1));
        story.post("password.sendRecoveryCode", Value::Null).await.expect(200);
        let code = sent_code(&story.app).await;
        story.app.advance(Span::minutes(6));
        recover(code).await.expect(400);
    })
    .await;
}

#[tokio::test]
async fn an_account_is_locked_and_unlocked_by_hand() {
    let story = Story::begin().await;
    let user = story.path.trim_end_matches("/password").to_owned();
    let locked = story.admin.act(&user, "account.lock", json!({})).await.expect(200);
    assert_eq!(
        (&locked["account"]["status"], &locked["account"]["canAuthenticate"]),
        (&json!("LOCKED"), &json!(false))
    );
    let unlocked = story.admin.act(&user, "account.unlock", Value::Null).await.expect(200);
    assert_eq!(
        (&unlocked["account"]["status"], &unlocked["account"]["canAuthenticate"]),
        (&json!("OK"), &json!(true))
    );
    story.admin.act(&user, "account.lock", json!({"unlockAt": "2020-01-01T00:00:00Z"})).await.expect(400);
}

#[tokio::test]
async fn a_recovery_code_sets_one_password() {
    TestApp::each(|app| async move {
        let story = Story::on(app).await;
        story.post("password.sendRecoveryCode", Value::Null).await.expect(200);
        let code = Secret::new(sent_code(&story.app).await);
        let user: UserId = story.path.split('/').rev().nth(1).unwrap().parse().unwrap();
        let (app, ctx) = (story.app.app(), story.app.ctx());
        let mut checks = Vec::new();
        for _ in 0..2 {
            let check = app.write(&ctx, (user, code.clone()), |tx, ctx, (user, code)| {
                Box::pin(passwords::check_recovery_code(tx, ctx, *user, code))
            });
            checks.push(check.await.unwrap().into_result().is_ok());
        }
        assert_eq!(checks, [true, true], "both come before a password is recorded");
        let mut recorded = Vec::new();
        for value in ["N3w&better-words", "Y3t&other-wordz"] {
            let mut tx = app.read().await.unwrap();
            let change = passwords::prepare_change(&mut tx, &ctx, user, Origin::Recovered, "newPassword");
            let change = change.await.unwrap();
            drop(tx);
            let changed = change.make(&Secret::new(value.to_owned()), None).unwrap();
            let record = app.write(&ctx, changed, |tx, ctx, changed| {
                Box::pin(passwords::record_change(tx, ctx, changed))
            });
            recorded.push(record.await.is_ok());
        }
        assert_eq!(recorded, [true, false]);
        story.check("N3w&better-words").await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_nobody_has_leaves_no_audit_event() {
    TestApp::each(|app| async move {
        let setup = app.transaction_setup().await;
        use_policy(&app, &app.admin().await, &setup, "Login", &[login(1)]).await;
        let flow = start(&app, &setup, "").await;
        let mut failures = Vec::new();
        for username in ["nobody", setup.username.as_str()] {
            let body = json!({"username": username, "password": "wrong"});
            act(&app, &flow, "usernamePassword.check", body).await.expect(400);
            let mut tx = app.db().read().await.unwrap();
            let events = audit_event::latest(&mut tx, app.environment(), 1_000).await.unwrap();
            failures.push(events.iter().filter(|event| event.action == "PASSWORD.CHECK_FAILED").count());
        }
        assert_eq!(failures, [0, 1]);
    })
    .await;
}
