//! What populations and password policies say about the records that depend on them.

use postern_testkit::TestApp;
use serde_json::json;

use super::{id, items};

#[tokio::test]
async fn a_population_says_how_many_users_it_has() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let made = admin.post(&app.path("/populations"), json!({"name": "MFA users"})).await.expect(201);
        assert_eq!(made["userCount"], 0);
        for n in 0..3 {
            app.user(&admin, &format!("user{n}"), Some(&id(&made))).await;
        }
        let path = app.path(&format!("/populations/{}", id(&made)));
        let read = admin.get(&path).await.expect(200);
        assert_eq!(read["userCount"], 3);
        let listed = admin.get(&app.path("/populations")).await.expect(200);
        let counts: Vec<_> = items(&listed, "populations").iter().map(|item| &item["userCount"]).collect();
        assert_eq!(counts, [&json!(0), &json!(3)]);
        assert_eq!(admin.put(&path, read).await.expect(200)["userCount"], 3);
    })
    .await;
}

#[tokio::test]
async fn a_population_has_a_language_and_a_theme_whether_it_was_given_one_or_not() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let path = app.path("/populations");
        let plain = admin.post(&path, json!({"name": "Plain"})).await.expect(201);
        let other = admin.post(&path, json!({"name": "Other"})).await.expect(201);
        assert_eq!(plain["preferredLanguage"], "en");
        assert_eq!(plain["theme"]["id"].as_str().unwrap().len(), 36);
        assert_eq!(plain["theme"], other["theme"], "an environment has one default theme");
        let themes = app.path("/themes");
        let listed = admin.get(&themes).await.expect(200);
        let mut theme = listed["_embedded"]["themes"][0].clone();
        theme["default"] = json!(false);
        let theme = admin.post(&themes, theme).await.expect(201)["id"].clone();
        let own = json!({"name": "Own", "preferredLanguage": "de", "theme": {"id": theme}});
        let own = admin.post(&path, own).await.expect(201);
        assert_eq!((&own["preferredLanguage"], &own["theme"]["id"]), (&json!("de"), &theme));
    })
    .await;
}

#[tokio::test]
async fn a_password_policy_says_how_many_populations_it_rules() {
    TestApp::each(|app| async move {
        let admin = app.admin().await;
        let policies = app.path("/passwordPolicies");
        let strict = json!({"name": "Strict", "excludesCommonlyUsed": true, "excludesProfileData": true, "notSimilarToCurrent": true});
        let strict = admin.post(&policies, strict).await.expect(201);
        assert_eq!(strict["populationCount"], 0);
        for name in ["A", "B"] {
            let body = json!({"name": name, "passwordPolicy": {"id": strict["id"]}});
            admin.post(&app.path("/populations"), body).await.expect(201);
        }
        let all = admin.get(&policies).await.expect(200);
        let counts: Vec<_> = items(&all, "passwordPolicies").iter().map(|item| &item["populationCount"]).collect();
        assert_eq!(counts, [&json!(1), &json!(2)], "the default one rules those that name none");
    })
    .await;
}
