//! Bulk jobs on hardware tokens.

use postern_engine::sweep::{self, Limits};
use postern_store::StoreError;
use postern_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use super::support::{KEY, Story, id};

fn tokens(range: std::ops::Range<usize>) -> Vec<Value> {
    range
        .map(|n| json!({"serialNumber": format!("S{n}"), "secret": KEY, "type": "HOTP", "otpLength": 6, "rowNumber": n}))
        .collect()
}

impl Story {
    async fn create_job(&self, body: Value) -> Answer {
        self.admin.act(&self.app.path("/oathJobs"), "job.oathtokens.create", body).await
    }

    async fn revoke_job(&self, body: Value) -> Answer {
        self.admin.act(&self.app.path("/oathJobs"), "job.oathtokens.revoke", body).await
    }

    async fn job(&self, job: &Value) -> Value {
        self.admin.get(&self.app.path(&format!("/oathJobs/{}", id(job)))).await.expect(200)
    }

    async fn count(&self) -> i64 {
        self.admin.get(&self.tokens()).await.expect(200)["count"].as_i64().unwrap()
    }

    async fn sweep(&self, limits: Limits) {
        let swept = sweep::run_once(&self.app.db(), &self.app.ctx(), limits).await;
        assert!(swept.failed.is_empty(), "{swept:?}");
    }
}

#[tokio::test]
async fn a_job_creates_tokens_and_lists_the_serial_numbers_that_were_there() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.hotp("s3", 0).await;
        let mut wanted = tokens(0..450);
        wanted.extend(tokens(7..8));
        let job = story.create_job(json!({"type": "CREATE_OATH_TOKENS", "tokens": wanted})).await.expect(201);
        let own = story.app.path(&format!("/jobs/{}", id(&job)));
        assert!(job["_links"]["self"]["href"].as_str().unwrap().ends_with(&own));
        assert_eq!(
            (&job["type"], &job["async"], &job["status"]),
            (&json!("CREATE_OATH_TOKENS"), &json!(false), &json!("DONE"))
        );
        assert_eq!(
            job["result"],
            json!({"created": 449, "duplicates": [{"serialNumber": "S3", "maskedSecret": "31******"},
                {"serialNumber": "S7", "maskedSecret": "31******"}]})
        );
        assert_eq!(story.count().await, 450);
        assert_eq!(story.job(&job).await, job);
        assert_eq!(story.admin.get(&own).await.expect(200), job);
        story.pair("S449").await;
    })
    .await;
}

#[tokio::test]
async fn a_job_that_is_async_is_worked_off_after_its_answer() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let job = story.create_job(json!({"async": true, "tokens": tokens(0..450)})).await.expect(201);
        assert_eq!((&job["status"], &job["result"]), (&json!("PENDING"), &json!({"created": 0})));
        assert_eq!(story.count().await, 0);
        let mut tx = story.app.db().read().await.unwrap();
        for row in tx.query("SELECT body FROM oath_job_chunk", &[]).await.unwrap() {
            assert!(!row.text(0).unwrap().contains(KEY), "keys wait under seal");
        }
        drop(tx);
        story.sweep(Limits { batch: 500, rounds: 1 }).await;
        let halfway = story.job(&job).await;
        assert_eq!((&halfway["status"], &halfway["result"]["created"]), (&json!("IN_PROGRESS"), &json!(200)));
        story.sweep(Limits::default()).await;
        let done = story.job(&job).await;
        assert_eq!((&done["status"], &done["result"]), (&json!("DONE"), &json!({"created": 450})));
        assert_eq!(story.count().await, 450);
    })
    .await;
}

#[tokio::test]
async fn a_job_revokes_tokens_and_unpairs_them_only_when_told_to() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.create_job(json!({"tokens": tokens(0..5)})).await.expect(201);
        let device = story.pair("S2").await;
        let listed = story.admin.get(&story.tokens()).await.expect(200);
        let ids: Vec<String> = listed["_embedded"]["oathTokens"].as_array().unwrap().iter().map(id).collect();
        let paired = listed["_embedded"]["oathTokens"]
            .as_array()
            .unwrap()
            .iter()
            .find(|token| !token["devices"].is_null());
        let paired = id(paired.unwrap());
        let wish =
            json!({"type": "REVOKE_OATH_TOKENS", "async": false, "forceUnpair": false, "tokenIds": ids});
        let job = story.revoke_job(wish.clone()).await.expect(201);
        assert_eq!(
            (&job["status"], &job["result"]),
            (&json!("DONE"), &json!({"revoked": 4, "paired": [paired]}))
        );
        story.admin.get(&story.device(&device)).await.expect(200);
        let mut forced = wish;
        forced["forceUnpair"] = json!(true);
        forced["async"] = json!("true");
        let job = story.revoke_job(forced).await.expect(201);
        story.sweep(Limits::default()).await;
        let job = story.job(&job).await;
        assert_eq!(
            (&job["status"], &job["result"]),
            (&json!("DONE"), &json!({"revoked": 1})),
            "the others are gone"
        );
        story.admin.get(&story.device(&device)).await.expect(404);
        assert_eq!(story.count().await, 0);
        story.hotp("S1", 0).await;
    })
    .await;
}

#[tokio::test]
async fn a_job_that_finds_no_room_fails_and_says_why() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.hotp("AB1", 0).await;
        let set: Result<u64, StoreError> = story
            .app
            .db()
            .write((), |tx, ()| {
                Box::pin(async move { tx.execute("UPDATE oath_token_count SET tokens = 99998", &[]).await })
            })
            .await;
        assert_eq!(set.unwrap(), 1);
        let job = story.create_job(json!({"tokens": tokens(0..300)})).await.expect(201);
        assert_eq!((&job["status"], &job["result"]["created"]), (&json!("FAILED"), &json!(2)));
        assert!(job["reason"].as_str().unwrap().contains("OATH tokens"), "{job}");
        assert_eq!(story.count().await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_job_with_a_faulty_token_is_refused_whole() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let mut wanted = tokens(0..3);
        wanted[2]["otpLength"] = json!(7);
        let refused = story.create_job(json!({"tokens": wanted})).await;
        let detail = refused.refused(400, "INVALID_DATA", "INVALID_VALUE");
        assert_eq!(detail["target"], "tokens[2].otpLength");
        assert!(detail["message"].as_str().unwrap().starts_with("row 2: "), "{detail}");
        assert_eq!(story.count().await, 0);
        story.create_job(json!({"tokens": []})).await.expect(400);
        story.revoke_job(json!({"tokenIds": ["x"]})).await.expect(400);
        let wrong = story.admin.post(&story.app.path("/oathJobs"), json!({"tokens": tokens(0..1)})).await;
        wrong.expect(415);
        let nowhere = story.app.path("/oathJobs/0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01");
        story.admin.get(&nowhere).await.expect(404);
        story.app.anonymous().get(&nowhere).await.expect(401);
    })
    .await;
}
