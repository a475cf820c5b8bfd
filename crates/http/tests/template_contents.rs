//! Texts of notification templates through the doors (notifications contract 2).
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use postern_core::time::Span;
use postern_testkit::{Client, TestApp};
use serde_json::{Value, json};

const TRANSACTION: &str = "/templates/transaction/contents";
const GENERAL: &str = "/templates/general/contents";

fn sms(locale: &str, content: &str) -> Value {
    json!({ "locale": locale, "deliveryMethod": "SMS", "content": content })
}

fn filtered(path: &str, filter: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    format!("{path}?filter={encoded}")
}

async fn actions(app: &TestApp) -> Vec<String> {
    let mut tx = app.db().read().await.unwrap();
    let rows = tx.query("SELECT action FROM audit_event ORDER BY recorded_at, id", &[]).await.unwrap();
    let actions = rows.iter().map(|row| row.text(0).unwrap().to_owned());
    actions.filter(|action| action.starts_with("CONTENT")).collect()
}

fn contents(answer: &Value) -> Vec<Value> {
    answer["_embedded"]["contents"].as_array().unwrap().clone()
}

async fn count(admin: &Client, path: &str, filter: &str) -> i64 {
    let body = admin.get(&filtered(path, filter)).await.expect(200);
    assert_eq!(body["count"], body["size"], "{filter}");
    body["count"].as_i64().unwrap()
}

#[tokio::test]
async fn the_content_of_the_workflow_is_answered_as_the_contract_says() {
    TestApp::each(|app| async move {
        let (admin, path) = (app.admin().await, app.path(TRANSACTION));
        let text =
            "Approve this transfer of ${sum} ${currency} to ${recipient}, by entering this OTP: ${OTP}";
        let body = admin.post(&path, sms("en", text)).await.expect(201);
        let api = format!("http://postern.test/v1/environments/{}", app.environment());
        let id = body["id"].as_str().unwrap();
        assert_eq!(
            body,
            json!({
                "_links": {
                    "self": { "href": format!("{api}{TRANSACTION}/{id}") },
                    "environment": { "href": api },
                    "template": { "href": format!("{api}/templates/transaction") },
                },
                "id": id, "environment": { "id": app.environment() }, "template": { "id": "transaction" },
                "createdAt": body["createdAt"], "updatedAt": body["createdAt"], "default": false,
                "locale": "en", "deliveryMethod": "SMS", "content": text,
            })
        );
        assert_eq!(admin.get(&format!("{path}/{id}")).await.expect(200), body);
        let twice =
            admin.post(&path, sms("EN", text)).await.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
        assert_eq!(twice["target"], "locale");
    })
    .await;
}

#[tokio::test]
async fn a_content_is_replaced_and_deleted_but_keeps_language_and_channel() {
    TestApp::each(|app| async move {
        let (admin, path) = (app.admin().await, app.path(GENERAL));
        let made = admin.post(&path, sms("en-US", "one")).await.expect(201);
        let own = format!("{path}/{}", made["id"].as_str().unwrap());
        let replaced = admin.put(&own, sms("en_us", "two")).await.expect(200);
        assert_eq!((&replaced["locale"], &replaced["content"]), (&json!("en-US"), &json!("two")));
        assert_eq!(
            admin.put(&own, sms("de", "two")).await.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"],
            "locale"
        );
        admin.get(&own.replace("general", "transaction")).await.expect(404);
        admin.delete(&own).await.expect(204);
        admin.get(&own).await.expect(404);
        admin.put(&own, sms("en", "x")).await.expect(404);
        admin.get(&app.path("/templates/unknown/contents")).await.expect(404);
        admin.post(&app.path("/templates/unknown/contents"), sms("en", "x")).await.expect(404);
        assert_eq!(actions(&app).await, ["CONTENT.CREATED", "CONTENT.UPDATED", "CONTENT.DELETED"]);
    })
    .await;
}

#[tokio::test]
async fn default_contents_are_shown_and_cannot_be_changed_or_deleted() {
    TestApp::each(|app| async move {
        let (admin, path) = (app.admin().await, app.path(TRANSACTION));
        let all = contents(&admin.get(&path).await.expect(200));
        assert!(all.iter().any(|content| content["locale"] == "de" && content["deliveryMethod"] == "Voice"));
        for content in all {
            assert_eq!(content["default"], true);
            let own = format!("{path}/{}", content["id"].as_str().unwrap());
            assert_eq!(admin.get(&own).await.expect(200), content);
            admin.put(&own, sms("en", "${otp}")).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
            admin.delete(&own).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_is_filtered_and_paged_over_default_and_own_contents_alike() {
    TestApp::each(|app| async move {
        let (admin, path) = (app.admin().await, app.path(TRANSACTION));
        let built_in = count(&admin, &path, "default eq true").await;
        app.advance(Span::minutes(1));
        admin.post(&path, sms("en-GB", "${otp}")).await.expect(201);
        let mut variant = sms("de", "${otp}");
        variant["variant"] = json!("V2");
        admin.post(&path, variant).await.expect(201);
        for (filter, expected) in [
            ("default eq false", 2),
            (r#"variant eq "v2""#, 1),
            (r#"variant eq null and default eq false"#, 1),
            (r#"locale sw "EN_" and deliveryMethod eq "sms""#, 1),
            (r#"locale eq "de" and deliveryMethod eq "SMS""#, 2),
            (r#"createdAt gt "2026-01-05T10:00:30Z""#, 2),
            (r#"createdAt lt "2026-01-05T10:00:30Z""#, built_in),
            (r#"not (createdAt lt "2026-01-05T10:00:30Z")"#, 2),
        ] {
            assert_eq!(count(&admin, &path, filter).await, expected, "{filter}");
        }
        admin.get(&filtered(&path, r#"content eq "x""#)).await.refused(
            400,
            "INVALID_REQUEST",
            "INVALID_FILTER",
        );

        let whole = contents(&admin.get(&path).await.expect(200));
        let mut walked = Vec::new();
        let mut next = format!("{path}?limit=5");
        loop {
            let page = admin.get(&next).await.expect(200);
            assert_eq!(page["count"], built_in + 2);
            walked.extend(contents(&page));
            let Some(href) = page["_links"]["next"]["href"].as_str() else { break };
            next = href.trim_start_matches("http://postern.test").to_owned();
        }
        assert_eq!(walked, whole);
    })
    .await;
}

#[tokio::test]
async fn a_filter_renames_variants_and_deletes_but_never_touches_default_contents() {
    TestApp::each(|app| async move {
        let (admin, path) = (app.admin().await, app.path(TRANSACTION));
        let built_in = count(&admin, &path, "default eq true").await;
        for (locale, variant) in [("en", "a"), ("de", "a"), ("en", "b")] {
            let mut content = sms(locale, "${otp}");
            content["variant"] = json!(variant);
            admin.post(&path, content).await.expect(201);
        }
        let of_a = filtered(&path, r#"variant eq "a""#);
        let renamed = admin.patch(&of_a, json!({ "variant": "c" })).await.expect(200);
        assert_eq!(
            (&renamed["size"], &renamed["_embedded"]["contents"][0]["variant"]),
            (&json!(2), &json!("c"))
        );
        assert_eq!(count(&admin, &path, r#"variant eq "C""#).await, 2);

        let of_b = filtered(&path, r#"variant eq "b""#);
        let taken = admin.patch(&of_b, json!({ "variant": "C" })).await.refused(
            400,
            "INVALID_DATA",
            "UNIQUENESS_VIOLATION",
        );
        assert_eq!(taken["target"], "variant");
        admin.patch(&of_b, json!({})).await.refused(400, "INVALID_DATA", "REQUIRED_VALUE");
        admin.patch(&path, json!({ "variant": "x" })).await.refused(
            400,
            "INVALID_REQUEST",
            "INVALID_PARAMETER",
        );
        admin.delete(&path).await.refused(400, "INVALID_REQUEST", "INVALID_PARAMETER");
        let recovery = filtered(&app.path("/templates/recovery_code_template/contents"), "default eq false");
        admin.patch(&recovery, json!({ "variant": "x" })).await.refused(400, "INVALID_DATA", "INVALID_VALUE");

        admin.delete(&filtered(&path, r#"locale eq "en""#)).await.expect(204);
        assert_eq!(count(&admin, &path, "default eq false").await, 1);
        assert_eq!(count(&admin, &path, "default eq true").await, built_in);
        admin.delete(&of_b).await.expect(204);
        let bulk = ["CONTENTS.UPDATED", "CONTENTS.DELETED"];
        assert_eq!(actions(&app).await.split_off(3), bulk);
    })
    .await;
}
