//! What messages say: template, variant, locale, variables.

use postern_testkit::TestApp;
use serde_json::json;

use super::support::Story;

impl Story {
    async fn add_text(&self, template: &str, body: serde_json::Value) {
        let path = self.app.path(&format!("/templates/{template}/contents"));
        self.admin.post(&path, body).await.expect(201);
    }
}

#[tokio::test]
async fn the_caller_chooses_template_variant_and_variables() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        let phone = story.phone().await;
        let text = "Pay ${sum} to ${payee}: ${otp}";
        story.add_text("transaction", json!({"locale": "en", "deliveryMethod": "SMS", "content": text})).await;
        let brief = json!({"locale": "en", "deliveryMethod": "SMS", "variant": "brief", "content": "${otp} for ${sum}"});
        story.add_text("transaction", brief).await;
        let template = json!({"name": "transaction", "variables": {"sum": "10 EUR", "payee": "Sam"}});
        let authentication = story.start(json!({"notification": {"template": template}})).await;
        let mail = TestApp::only(story.app.take_mail().await);
        let code = mail.code.unwrap();
        assert_eq!((mail.template.as_str(), mail.text), ("transaction", format!("Pay 10 EUR to Sam: {code}")));
        assert!(authentication["notification"].is_null(), "it is not shown again");

        // Asked again, the words are the same.
        story.select(&authentication, &phone).await.expect(200);
        let mail = TestApp::only(story.app.take_mail().await);
        assert_eq!(mail.text, format!("Pay 10 EUR to Sam: {}", mail.code.unwrap()));

        let template = json!({"name": "transaction", "variant": "brief", "variables": {"sum": "10 EUR"}});
        story.start(json!({"notification": {"template": template}})).await;
        let mail = TestApp::only(story.app.take_mail().await);
        assert_eq!(mail.text, format!("{} for 10 EUR", mail.code.unwrap()));
    })
    .await;
}

#[tokio::test]
async fn the_language_is_the_callers_then_the_users_then_the_environments() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        for (locale, text) in [("en", "Code ${otp}"), ("de", "Kennwort ${otp}"), ("fr", "Mot ${otp}")] {
            let body = json!({"locale": locale, "deliveryMethod": "SMS", "variant": "mine", "content": text});
            story.add_text("strong_authentication", body).await;
        }
        let begins = async |template: serde_json::Value, word: &str| {
            let mut template = template;
            template["variant"] = json!("mine");
            story.start(json!({"notification": {"template": template}})).await;
            let mail = TestApp::only(story.app.take_mail().await);
            assert!(mail.text.starts_with(word), "{word}: {}", mail.text);
        };
        begins(json!({}), "Code ").await;
        begins(json!({"locale": "fr"}), "Mot ").await;
        begins(json!({"locale": "xx"}), "Code ").await;
        let user = story.app.path(&format!("/users/{}", story.user));
        story.admin.patch(&user, json!({"preferredLanguage": "de"})).await.expect(200);
        begins(json!({}), "Kennwort ").await;
        begins(json!({"locale": "fr"}), "Mot ").await;
    })
    .await;
}

#[tokio::test]
async fn a_message_that_cannot_be_worded_is_the_callers_fault_and_leaves_nothing_behind() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        let text = "Pay ${sum}: ${otp}";
        story
            .add_text("transaction", json!({"locale": "en", "deliveryMethod": "SMS", "content": text}))
            .await;
        let missing = json!({"notification": {"template": {"name": "transaction"}}});
        let refused = story.start_with(missing).await;
        assert_eq!(refused.targets(), ["notification.template.variables"]);
        assert_eq!(refused.body["details"][0]["innerError"]["referencedValues"], json!(["sum"]));
        let unknown = json!({"notification": {"template": {"name": "nothing_of_the_kind"}}});
        let refused = story.start_with(unknown).await;
        assert_eq!(refused.targets(), ["notification.template.name"]);
        let mut tx = story.app.db().read().await.unwrap();
        for table in ["device_authentication", "otp_challenge", "sent_quota"] {
            let rows = tx.query(&format!("SELECT 1 FROM {table}"), &[]).await.unwrap();
            assert!(rows.is_empty(), "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn values_of_the_caller_neither_change_the_code_nor_bring_their_own_text() {
    TestApp::each(|app| async move {
        let story = Story::begin(app).await;
        story.phone().await;
        let text = "${otp} ${note}";
        story
            .add_text("transaction", json!({"locale": "en", "deliveryMethod": "SMS", "content": text}))
            .await;
        let variables = json!({"note": "${otp}", "otp": "000000", "OTP": "111111"});
        let authentication = story
            .start(json!({"notification": {"template": {"name": "transaction", "variables": variables}}}))
            .await;
        let mail = TestApp::only(story.app.take_mail().await);
        let code = mail.code.unwrap();
        assert_eq!(mail.text, format!("{code} ${{otp}}"), "what a value says is not looked into");
        assert_eq!(story.check(&authentication, &code).await.expect(200)["status"], "COMPLETED");
    })
    .await;
}
