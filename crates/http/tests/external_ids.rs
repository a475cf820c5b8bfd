//! The external transaction and session ids: echoed, made when absent, and found in the audit trail.

use http::Method;
use postern_store::tables::audit_event;
use postern_testkit::TestApp;
use serde_json::{Value, json};

const TRANSACTION: &str = "x-ping-external-transaction-id";
const SESSION: &str = "x-ping-external-session-id";

#[tokio::test]
async fn answers_and_refusals_carry_the_ids_of_their_request() {
    let app = TestApp::start().await;
    for path in [app.auth_path("/as/jwks"), app.path("/users"), "/no/such/path".to_owned()] {
        let request = app.anonymous().request(Method::GET, &path).header(TRANSACTION, "order 7<>");
        let answer = request.header(SESSION, &"s".repeat(200)).send().await;
        assert_eq!(answer.header(TRANSACTION), Some("order_7__"), "{path}");
        assert_eq!(answer.header(SESSION).unwrap().len(), 100);
        let answer = app.anonymous().get(&path).await;
        let made = answer.header("correlation-id").unwrap();
        assert_eq!((answer.header(TRANSACTION), answer.header(SESSION)), (Some(made), Some(made)));
    }
}

#[tokio::test]
async fn audit_events_tell_both_ids() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let request =
            admin.request(Method::POST, &app.path("/populations")).json(&json!({"name": "Audited"}));
        request.header(TRANSACTION, "t-1").header(SESSION, "s-1").send().await.expect(201);
        let mut tx = app.db().read().await.unwrap();
        let events = audit_event::latest(&mut tx, app.environment(), 1).await.unwrap();
        let body: Value = serde_json::from_str(&events.first().unwrap().body).unwrap();
        assert_eq!(
            body["internalCorrelation"],
            json!({"transactionId": "t-1", "sessionId": "s-1"}),
            "{body}"
        );
    })
    .await;
}
