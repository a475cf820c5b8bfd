use std::collections::BTreeMap;

use postern_core::notify::Channel;
use postern_core::notify::message::SealedOnly;
use postern_store::fixture::TestDb;

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn message(random: &Random, environment: EnvironmentId, to: &str) -> OutboundMessage {
    OutboundMessage {
        id: MessageId::new(random),
        environment,
        channel: Channel::Sms,
        to: to.to_owned(),
        extension: None,
        subject: None,
        text: "482913 is your passcode".to_owned(),
        html: false,
        sender: None,
        voice: None,
        locale: "en".to_owned(),
        template: "device_pairing".to_owned(),
        otp: Some(SealedOnly::new("482913")),
        variables: BTreeMap::new(),
        country: None,
        expires_at: NOW,
        from: None,
        reply_to: None,
        whats_app: None,
        push: None,
    }
}

fn wanted(to: &str) -> Wanted {
    Wanted { to: Some(to.to_owned()), since: None, limit: 10 }
}

struct Fixture {
    db: TestDb,
    inbox: Inbox,
    random: Random,
    environment: EnvironmentId,
}

async fn fixture() -> Fixture {
    let (db, random) = (TestDb::sqlite().await, Random::seeded(1));
    let inbox = Inbox::new(db.db(), Arc::new(KeyRing::generate(&random)), Random::system());
    Fixture { db, inbox, environment: EnvironmentId::new(&random), random }
}

#[tokio::test]
async fn a_message_is_found_by_any_spelling_of_its_number() {
    let Fixture { inbox, random, environment, .. } = fixture().await;
    inbox.keep(&message(&random, environment, "+15125550134"), NOW).await.unwrap();
    inbox.keep(&message(&random, environment, "+15125550199"), NOW).await.unwrap();
    let found = inbox.read(environment, &wanted(" 1.512 555 0134"), Duration::ZERO).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message.text, "482913 is your passcode");
    assert_eq!(found[0].message.otp.as_ref().unwrap().expose(), "482913");
}

#[tokio::test]
async fn the_content_is_sealed_in_the_database() {
    let Fixture { db, inbox, random, environment } = fixture().await;
    inbox.keep(&message(&random, environment, "+15125550134"), NOW).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let kept = postern_store::tables::inbox::newest(&mut tx, environment, None, 1).await.unwrap();
    assert!(!kept[0].body.contains("482913"));
}

#[tokio::test]
async fn a_reader_who_waits_is_woken_by_its_message_alone() {
    let Fixture { inbox, random, environment, .. } = fixture().await;
    let waiting = {
        let inbox = inbox.clone();
        tokio::spawn(async move {
            inbox.read(environment, &wanted("+15125550134"), Duration::from_secs(30)).await
        })
    };
    inbox.keep(&message(&random, environment, "+15125550199"), NOW).await.unwrap();
    inbox.keep(&message(&random, environment, "+15125550134"), NOW).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().len(), 1);
}

#[tokio::test]
async fn since_gives_only_what_came_later_and_a_cleared_place_gives_all() {
    let Fixture { inbox, random, environment, .. } = fixture().await;
    let first = message(&random, environment, "+15125550134");
    inbox.keep(&first, NOW).await.unwrap();
    let later = Wanted { to: None, since: Some(Since::Message(first.id)), limit: 10 };
    assert!(inbox.read(environment, &later, Duration::ZERO).await.unwrap().is_empty());
    inbox.clear(environment).await.unwrap();
    inbox.keep(&message(&random, environment, "+15125550134"), NOW).await.unwrap();
    assert_eq!(inbox.read(environment, &later, Duration::ZERO).await.unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_waits_once_the_inbox_is_closed() {
    let Fixture { inbox, environment, .. } = fixture().await;
    inbox.close();
    let found = inbox.read(environment, &wanted("+15125550134"), Duration::from_secs(30)).await.unwrap();
    assert!(found.is_empty());
}
