//! What is taken, what is refused, what is shown.

use serde_json::{Value, json};

use super::*;
use crate::jose::signing::{SigningAlgorithm, SigningKey};
use crate::problem::Problem;
use crate::schema::Declared;

fn pem(algorithm: SigningAlgorithm) -> String {
    let der = SigningKey::generate(algorithm, "k").unwrap().to_pkcs8().unwrap();
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        data_encoding::BASE64.encode(der.expose())
    )
}

fn service_account(changes: &Value) -> String {
    let mut account = json!({
        "type": "service_account", "project_id": "acme-push", "private_key_id": "g1",
        "private_key": pem(SigningAlgorithm::RS256), "client_email": "push@acme-push.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    });
    account.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    account.to_string()
}

fn read(body: &Value) -> Result<(PushCredentials, PushAccount), Vec<Problem>> {
    let application = ("application", json!({ "id": ApplicationId::NIL }));
    let (credentials, secrets) = PushCredentials::read(body, None, &[application])?;
    let account = credentials.account(&secrets)?;
    Ok((credentials, account))
}

#[test]
fn each_type_is_read_and_shows_no_secret() {
    let apns =
        json!({"type": "APNS", "key": "APPLEKEY01", "teamId": "TEAM", "token": pem(SigningAlgorithm::ES256)});
    let fcm = json!({"type": "FCM_HTTP_V1", "googleServiceAccountCredentials": service_account(&json!({}))});
    let hms = json!({"type": "HMS", "clientId": "100", "clientSecret": "s3cret"});
    let (stored, PushAccount::Apns { team_id, key }) = read(&apns).unwrap() else { panic!("APNS") };
    assert_eq!((team_id.as_str(), key.kid()), ("TEAM", "APPLEKEY01"));
    let shown = serde_json::to_value(&stored).unwrap();
    assert_eq!(shown, json!({"application": {"id": ApplicationId::NIL}, "teamId": "TEAM", "type": "APNS"}));
    let (_, PushAccount::Fcm(account)) = read(&fcm).unwrap() else { panic!("FCM") };
    assert_eq!((account.project_id.as_str(), account.key.kid()), ("acme-push", "g1"));
    let (stored, PushAccount::Hms { client_secret, .. }) = read(&hms).unwrap() else { panic!("HMS") };
    assert_eq!(client_secret.expose(), "s3cret");
    assert!(!serde_json::to_string(&stored).unwrap().contains("s3cret"));
}

#[test]
fn the_form_of_former_times_is_refused() {
    let problems = read(&json!({"type": "FCM", "key": "k"})).unwrap_err();
    assert_eq!(problems[0].target.as_deref(), Some("type"));
    assert_eq!(problems[0].inner["allowedValues"], json!(PushCredentialsType::WORDS));
}

#[test]
fn what_cannot_sign_is_refused_by_name() {
    let google = |changes: Value| json!({"type": "FCM_HTTP_V1", "googleServiceAccountCredentials": service_account(&changes)});
    let table = [
        (json!({"type": "APNS", "key": "k", "teamId": "t", "token": "no key"}), "token"),
        (json!({"type": "APNS", "key": "k", "teamId": "t", "token": pem(SigningAlgorithm::RS256)}), "token"),
        (json!({"type": "APNS", "key": "k", "token": pem(SigningAlgorithm::ES256)}), "teamId"),
        (json!({"type": "HMS", "clientId": "100"}), "clientSecret"),
        (
            json!({"type": "FCM_HTTP_V1", "googleServiceAccountCredentials": "{}"}),
            "googleServiceAccountCredentials",
        ),
        (google(json!({"type": "authorized_user"})), "googleServiceAccountCredentials"),
        (google(json!({"private_key": pem(SigningAlgorithm::ES256)})), "googleServiceAccountCredentials"),
        (google(json!({"project_id": "../x"})), "googleServiceAccountCredentials"),
        (google(json!({"token_uri": "file:///etc/passwd"})), "googleServiceAccountCredentials"),
    ];
    for (body, target) in table {
        let problems = read(&body).unwrap_err();
        assert_eq!(problems[0].target.as_deref(), Some(target), "{problems:?}");
        assert!(!problems[0].message.contains("PRIVATE"), "{problems:?}");
    }
}

#[test]
fn the_type_never_changes() {
    let stored = json!({"application": {"id": ApplicationId::NIL}, "type": "HMS", "clientId": "100"});
    let changed = json!({"type": "APNS", "clientId": "100"});
    let problems = PushCredentials::read(&changed, stored.as_object(), &[]).unwrap_err();
    assert_eq!(problems[0].target.as_deref(), Some("type"));
}
