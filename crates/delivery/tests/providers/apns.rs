//! Notifications through Apple, against a server that speaks HTTP/2 alone.

use postern_core::jose::signing::{SigningAlgorithm, SigningKey};
use postern_core::notify::PushProvider;
use postern_core::time::{Span, Timestamp};
use postern_delivery::outcome::Outcome;
use postern_delivery::push::ApnsProvider;
use serde_json::{Value, json};
use url::Url;

use crate::apns_server::{Apple, Asked};
use crate::fixture::NOW;
use crate::peer::{deliver, deliver_at, outbound};
use crate::push::{TOKEN, key, notification, verified};

fn keys() -> (SigningKey, SigningKey) {
    let key = key(SigningAlgorithm::ES256, "APPLEKEY01");
    let copy =
        SigningKey::from_pkcs8(SigningAlgorithm::ES256, "APPLEKEY01", &key.to_pkcs8().unwrap()).unwrap();
    (key, copy)
}

fn provider(apple: &Apple, key: SigningKey) -> ApnsProvider {
    let base = Url::parse(&apple.address).unwrap();
    ApnsProvider::new("TEAM123456".to_owned(), key, outbound(), Some(base))
}

fn issued(asked: &Asked, key: &SigningKey) -> Timestamp {
    let token = asked.header("authorization").strip_prefix("bearer ").unwrap();
    let (head, claims) = verified(token, key);
    assert_eq!(head.kid.as_deref(), Some("APPLEKEY01"));
    assert_eq!(claims["iss"], "TEAM123456");
    Timestamp::from_seconds(claims["iat"].as_i64().unwrap())
}

#[tokio::test]
async fn a_notification_is_posted_as_apple_wants_it() {
    let (apple, (key, copy)) = (Apple::start().await, keys());
    let message = notification(PushProvider::Apns);
    let outcome = deliver(&provider(&apple, key), &message).await;
    assert_eq!(outcome, Outcome::accepted(Some(&message.id.to_string()), "sent"));
    let asked = apple.asked().remove(0);
    let push = message.push.as_ref().unwrap();
    assert_eq!(asked.path, format!("/3/device/{TOKEN}"));
    assert_eq!(issued(&asked, &copy), NOW);
    for (name, value) in [
        ("apns-topic", "com.example.acme"),
        ("apns-push-type", "alert"),
        ("apns-priority", "10"),
        ("apns-id", &message.id.to_string()),
        ("apns-collapse-id", &push.request.to_string()),
        ("apns-expiration", &message.expires_at.seconds().to_string()),
    ] {
        assert_eq!(asked.header(name), value, "{name}");
    }
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    let aps = json!({"alert": {"title": "Is it you?", "body": "Open the app."}, "sound": "default",
                     "category": "BANNER_BUTTONS"});
    assert_eq!(body["aps"], aps);
    assert_eq!((&body["request"], &body["device"]), (&json!(push.request), &json!(push.device)));
}

#[tokio::test]
async fn a_provider_token_is_kept_for_less_than_an_hour() {
    let (apple, (key, copy)) = (Apple::start().await, keys());
    let (provider, message) = (provider(&apple, key), notification(PushProvider::Apns));
    for minutes in [0, 30, 49, 50, 60] {
        deliver_at(&provider, &message, NOW.plus(Span::minutes(minutes))).await;
    }
    let issued: Vec<i64> =
        apple.asked().iter().map(|asked| issued(asked, &copy).since(NOW).as_seconds() / 60).collect();
    assert_eq!(issued, [0, 0, 0, 50, 50]);
}

#[tokio::test]
async fn a_provider_token_that_is_too_old_is_replaced_once() {
    let (apple, (key, copy)) = (Apple::start().await, keys());
    let (provider, message) = (provider(&apple, key), notification(PushProvider::Apns));
    let then = NOW.plus(Span::minutes(25));
    apple.answers([(200, ""), (403, "ExpiredProviderToken"), (200, ""), (403, "ExpiredProviderToken")]);
    assert_eq!(deliver(&provider, &message).await.label(), "accepted");
    assert_eq!(deliver_at(&provider, &message, then).await.label(), "accepted");
    // One that has just been made is not: Apple refuses those who make them too often.
    assert_eq!(deliver_at(&provider, &message, then).await.label(), "misconfigured");
    let times: Vec<Timestamp> = apple.asked().iter().map(|asked| issued(asked, &copy)).collect();
    assert_eq!(times, [NOW, NOW, then, then]);
}

#[tokio::test]
async fn refusals_are_told_apart_on_the_wire() {
    let (apple, (key, _)) = (Apple::start().await, keys());
    let (provider, message) = (provider(&apple, key), notification(PushProvider::Apns));
    for (status, reason, expected) in [
        (410, "Unregistered", "gone"),
        (410, "ExpiredToken", "gone"),
        (400, "BadDeviceToken", "reject"),
        (400, "TopicDisallowed", "misconfigured"),
        (403, "InvalidProviderToken", "misconfigured"),
        (413, "PayloadTooLarge", "reject"),
        (429, "TooManyRequests", "retry"),
        (503, "ServiceUnavailable", "retry"),
    ] {
        apple.answers([(status, reason)]);
        assert_eq!(deliver(&provider, &message).await.label(), expected, "{status} {reason}");
    }
}

#[tokio::test]
async fn what_apple_would_refuse_for_its_size_is_not_sent() {
    let (apple, (key, _)) = (Apple::start().await, keys());
    let mut message = notification(PushProvider::Apns);
    message.text = "é".repeat(2_000);
    assert_eq!(deliver(&provider(&apple, key), &message).await.label(), "reject");
    assert!(apple.asked().is_empty());
}
