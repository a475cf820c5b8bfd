//! What people see and agree to: themes, images, languages, agreements; and who hears of events.

use postern_core::time::Span;
use postern_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

use super::id;

/// A picture of two by three pixels, as far as its head.
const GIF: &[u8] = b"GIF89a\x02\0\x03\0\0\0\0;";

fn items(list: &Value, name: &str) -> Vec<Value> {
    list["_embedded"][name].as_array().unwrap().clone()
}

#[tokio::test]
async fn one_theme_is_the_default_and_populations_have_it() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/themes");
        let first = items(&admin.get(&path).await.expect(200), "themes");
        assert_eq!(first.len(), 1);
        let first = id(&first[0]);
        let populations = items(&admin.get(&app.path("/populations")).await.expect(200), "populations");
        assert_eq!(populations[0]["theme"]["id"], first.as_str());
        let mut look = admin.get(&format!("{path}/{first}")).await.expect(200);
        look["default"] = json!(false);
        admin.put(&format!("{path}/{first}"), look.clone()).await.refused(
            400,
            "INVALID_DATA",
            "CONSTRAINT_VIOLATION",
        );
        let second = id(&admin.post(&path, look).await.expect(201));
        let of = |theme: &str| format!("{path}/{theme}/default");
        assert_eq!(admin.get(&of(&second)).await.expect(200)["default"], false);
        assert_eq!(admin.put(&of(&second), json!({"default": true})).await.expect(200)["default"], true);
        assert_eq!(admin.get(&of(&first)).await.expect(200)["default"], false);
        admin.put(&of(&second), json!({"default": false})).await.refused(
            400,
            "INVALID_DATA",
            "CONSTRAINT_VIOLATION",
        );
        admin.delete(&format!("{path}/{second}")).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        let populations = items(&admin.get(&app.path("/populations")).await.expect(200), "populations");
        assert_eq!(populations[0]["theme"]["id"], second.as_str());
        admin.delete(&format!("{path}/{first}")).await.expect(204);
        let lost = json!({"name": "Lost", "theme": {"id": first}});
        let refused = admin.post(&app.path("/populations"), lost).await;
        assert_eq!(refused.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "theme.id");
    })
    .await;
}

async fn upload(admin: &Client, path: &str, bytes: &[u8]) -> Answer {
    admin.request(http::Method::POST, path).bytes("image/gif", bytes.to_vec()).send().await
}

#[tokio::test]
async fn an_image_is_uploaded_by_administrators_and_seen_by_everybody() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/images");
        let image = upload(&admin, &path, GIF).await.expect(201);
        let original = &image["targets"]["original"];
        assert_eq!(
            (&original["type"], &original["width"], &original["height"]),
            (&json!("gif"), &json!(2), &json!(3))
        );
        let item = format!("{path}/{}", id(&image));
        assert_eq!(admin.get(&item).await.expect(200), image);
        let href = original["href"].as_str().unwrap();
        let place = format!("/{}", href.splitn(4, '/').nth(3).unwrap());
        let seen = app.anonymous().get(&place).await;
        assert_eq!((seen.status.as_u16(), seen.header("content-type")), (200, Some("image/gif")));
        assert_eq!(seen.text.as_bytes(), GIF);
        upload(&admin, &path, b"<svg onload='x'/>").await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        admin.post(&path, json!({})).await.expect(415);
        admin.delete(&item).await.expect(204);
        admin.get(&item).await.expect(404);
        app.anonymous().get(&place).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn branding_is_read_and_replaced() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/brandingSettings");
        assert!(admin.get(&path).await.expect(200).get("companyName").is_none());
        let logo =
            json!({"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01", "href": "https://acme.example/logo.png"});
        let set = admin.put(&path, json!({"companyName": "Acme", "logo": logo})).await.expect(200);
        assert_eq!((&set["companyName"], &set["logo"]), (&json!("Acme"), &logo));
        assert!(admin.put(&path, json!({})).await.expect(200).get("logo").is_none());
    })
    .await;
}

#[tokio::test]
async fn the_key_of_recaptcha_never_comes_back() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/recaptchaV2Config");
        admin.get(&path).await.expect(404);
        let refused =
            admin.put(&path, json!({"siteKey": "site"})).await.refused(400, "INVALID_DATA", "REQUIRED_VALUE");
        assert_eq!(refused["target"], "secretKey");
        let answer = admin.put(&path, json!({"siteKey": "site", "secretKey": "quiet"})).await;
        assert!(!answer.text.contains("quiet"), "{}", answer.text);
        assert_eq!(answer.expect(200)["siteKey"], "site");
        admin.delete(&path).await.expect(204);
        admin.get(&path).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_language_is_enabled_before_it_is_the_default() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/languages");
        let all = items(&admin.get(&path).await.expect(200), "languages");
        assert_eq!(all.len(), 17);
        let named = |locale: &str| all.iter().find(|one| one["locale"] == locale).unwrap().clone();
        let (english, german) = (named("en"), named("de"));
        assert_eq!((&english["default"], &german["enabled"]), (&json!(true), &json!(false)));
        let of = |language: &Value| format!("{path}/{}", id(language));
        let body =
            |enabled: bool, default: bool| json!({"locale": "de", "enabled": enabled, "default": default});
        admin.put(&of(&german), body(true, true)).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        admin.put(&of(&german), body(true, false)).await.expect(200);
        admin.put(&of(&german), body(true, true)).await.expect(200);
        assert_eq!(admin.get(&of(&english)).await.expect(200)["default"], false);
        admin.put(&of(&german), body(true, false)).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        admin.delete(&of(&english)).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        let early = json!({"locale": "sv", "enabled": true, "default": false});
        let refused = admin.post(&path, early).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        assert_eq!(refused["target"], "enabled");
        let twin = json!({"locale": "DE", "enabled": false, "default": false});
        admin.post(&path, twin).await.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
        let swedish = json!({"locale": "sv", "enabled": false, "default": false});
        let swedish = admin.post(&path, swedish).await.expect(201);
        assert_eq!((&swedish["customerAdded"], &swedish["name"]), (&json!(true), &json!("sv")));
        let status = json!({"service": "agreements", "localizationComplete": true});
        let status = admin.post(&format!("{}/status", of(&swedish)), status).await.expect(201);
        assert_eq!(status["locale"]["id"], swedish["id"]);
        let content = json!({"locale": "sv-SE", "deliveryMethod": "SMS", "content": "Kod ${otp}"});
        let contents = app.path("/templates/device_pairing/contents");
        admin.post(&contents, content.clone()).await.expect(201);
        admin.delete(&of(&swedish)).await.expect(204);
        let refused = admin.post(&contents, content).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        assert_eq!(refused["target"], "language");
    })
    .await;
}

#[tokio::test]
async fn messages_speak_the_default_language_of_the_environment() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/languages");
        let all = items(&admin.get(&path).await.expect(200), "languages");
        let german = all.iter().find(|one| one["locale"] == "de").unwrap();
        let german = format!("{path}/{}", id(german));
        for default in [false, true] {
            let body = json!({"locale": "de", "enabled": true, "default": default});
            admin.put(&german, body).await.expect(200);
        }
        let content =
            json!({"locale": "de", "deliveryMethod": "Email", "subject": "Ihr Code", "body": "Hier: ${otp}"});
        admin.post(&app.path("/templates/device_pairing/contents"), content).await.expect(201);
        let user = app.user(&admin, "pat", None).await;
        let device = json!({"type": "EMAIL", "email": "pat@example.com", "status": "ACTIVATION_REQUIRED"});
        admin.post(&app.path(&format!("/users/{user}/devices")), device).await.expect(201);
        let mail = TestApp::only(app.take_mail().await);
        assert!(mail.text.contains("Hier:"), "{}", mail.text);
    })
    .await;
}

#[tokio::test]
async fn translations_are_set_by_key_and_read_by_module() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/translations/fr");
        let texts = json!([{"key": "flow-ui.button.cancel", "translatedText": "Annuler"}, {"key": "other.title", "translatedText": "Titre"}]);
        admin.put(&path, texts).await.expect(200);
        let more = json!([{"key": "other.title", "translatedText": "Le titre"}]);
        assert_eq!(admin.put(&path, more).await.expect(200).as_array().unwrap().len(), 2);
        let found = items(&admin.get(&format!("{path}?module=other")).await.expect(200), "translations");
        assert_eq!((found.len(), &found[0]["translatedText"], &found[0]["shortKey"]), (1, &json!("Le titre"), &json!("title")));
        admin.put(&path, json!([{"key": "x"}])).await.refused(400, "INVALID_DATA", "REQUIRED_VALUE");
        admin.get(&app.path("/translations/xx")).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn an_agreement_is_enabled_when_its_text_holds() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let terms = json!({"name": "Terms", "enabled": false, "reconsentPeriodDays": 30.5});
        let agreement = admin.post(&app.path("/agreements"), terms.clone()).await.expect(201);
        assert_eq!(agreement["reconsentPeriodDays"], 30.5);
        let path = app.path(&format!("/agreements/{}", id(&agreement)));
        let enabled = json!({"name": "Terms", "enabled": true});
        admin.put(&path, enabled.clone()).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        let unknown = json!({"locale": "sv", "displayName": "Villkor", "enabled": true});
        let refused = admin.post(&format!("{path}/languages"), unknown).await;
        assert_eq!(refused.refused(400, "INVALID_DATA", "INVALID_VALUE")["target"], "locale");
        let english = json!({"locale": "en", "displayName": "Terms", "enabled": true, "userExperience": {"acceptCheckboxText": "Yes"}});
        let english = admin.post(&format!("{path}/languages"), english).await.expect(201);
        let language = format!("{path}/languages/{}", id(&english));
        let at = app.now().plus(Span::minutes(5)).to_string();
        let revision = |at: &str| json!({"contentType": "text/plain", "effectiveAt": at, "requireReconsent": true, "text": "Be kind."});
        let first = admin.post(&format!("{language}/revisions"), revision(&at)).await.expect(201);
        admin.post(&format!("{language}/revisions"), revision(&at)).await.refused(400, "INVALID_DATA", "UNIQUENESS_VIOLATION");
        admin.put(&path, enabled.clone()).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        app.advance(Span::minutes(6));
        admin.put(&path, enabled.clone()).await.expect(200);
        let shown = admin.get(&language).await.expect(200);
        assert_eq!(shown["currentRevision"]["id"], first["id"]);
        let first = format!("{language}/revisions/{}", id(&first));
        admin.delete(&first).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        admin.delete(&language).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        let later = app.now().plus(Span::days(1)).to_string();
        let second = admin.post(&format!("{language}/revisions"), revision(&later)).await.expect(201);
        assert_eq!(admin.get(&first).await.expect(200)["notValidAfter"], second["effectiveAt"]);
        let policy = admin.post(&app.path("/signOnPolicies"), json!({"name": "With_terms"})).await.expect(201);
        let actions = app.path(&format!("/signOnPolicies/{}/actions", id(&policy)));
        let action = |agreement: &Value| json!({"type": "AGREEMENT", "priority": 1, "agreement": {"id": agreement}});
        let refused = admin.post(&actions, action(&policy["id"])).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        assert_eq!(refused["target"], "agreement.id");
        let action = admin.post(&actions, action(&agreement["id"])).await.expect(201);
        admin.put(&path, terms.clone()).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        admin.delete(&path).await.refused(400, "INVALID_DATA", "CONSTRAINT_VIOLATION");
        admin.delete(&format!("{actions}/{}", id(&action))).await.expect(204);
        admin.delete(&path).await.expect(204);
        admin.get(&language).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn the_fifty_first_webhook_is_one_too_many() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/subscriptions");
        let body = |n: usize, more: Value| {
            let mut body = json!({"name": format!("SIEM {n}"), "enabled": true, "format": "ACTIVITY", "verifyTlsCertificates": true,
                "httpEndpoint": {"url": "https://siem.example"}, "filterOptions": {"includedActionTypes": ["USER.CREATED"]}});
            body["filterOptions"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let lost = json!({"includedPopulations": [{"id": "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"}]});
        let refused = admin.post(&path, body(0, lost)).await.refused(400, "INVALID_DATA", "INVALID_VALUE");
        assert_eq!(refused["target"], "filterOptions.includedPopulations[0].id");
        for n in 0..50 {
            admin.post(&path, body(n, json!({}))).await.expect(201);
        }
        admin.post(&path, body(50, json!({}))).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn an_alert_channel_is_listed_replaced_and_deleted() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/alertChannels");
        let body = json!({"alertName": "Operators", "channelType": "EMAIL", "addresses": ["operators@acme.example"]});
        let channel = admin.post(&path, body.clone()).await.expect(201);
        assert_eq!(items(&admin.get(&path).await.expect(200), "alertChannels"), std::slice::from_ref(&channel));
        let item = format!("{path}/{}", id(&channel));
        let mut nobody = body;
        nobody["addresses"] = json!([]);
        admin.put(&item, nobody.clone()).await.expect(400);
        nobody["addresses"] = json!(["others@acme.example"]);
        assert_eq!(admin.put(&item, nobody).await.expect(200)["addresses"], json!(["others@acme.example"]));
        admin.delete(&item).await.expect(204);
        admin.delete(&item).await.expect(404);
    })
    .await;
}
