//! Answers, numbers, and a walk of random actions.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn request(kind: Option<NumberMatchingType>) -> PushRequest {
    let random = Random::seeded(6);
    PushRequest::new(
        &random,
        Ask {
            user: UserId::NIL,
            device: DeviceId::NIL,
            application: ApplicationId::NIL,
            policy: DevicePolicyId::NIL,
            asker: Uuid::nil(),
            details: json!({"body": "Pay 1,000,000 USD to Charlie Parker?"}),
            matching: kind.map(|kind| Matching::new(&random, kind)),
            silence: None,
            category: PushCategory::BannerButtons,
            expires_at: NOW.plus(Span::seconds(40)),
        },
    )
}

fn answer(request: &PushRequest, decision: Decision, number: Option<i64>) -> Answer {
    Answer {
        decision,
        challenge: request.challenge.clone(),
        details_digest: proof::digest(request.details.as_bytes()),
        number,
        evidence: Evidence { proof: "p".to_owned(), body: "b".to_owned(), at: NOW },
    }
}

fn wrong(matching: &Matching) -> i64 {
    if matching.number == 10 { 11 } else { 10 }
}

#[test]
fn each_decision_leads_to_its_state() {
    for (decision, status, state) in [
        (Decision::Approve, PushStatus::Approved, PushState::Approved),
        (Decision::Deny, PushStatus::Denied, PushState::Denied),
        (Decision::ReportFraud, PushStatus::FraudReported, PushState::Fraud),
    ] {
        let mut request = request(None);
        let answer = answer(&request, decision, None);
        assert_eq!(request.answer(answer, NOW), Ok(status));
        assert_eq!(request.state(NOW.plus(Span::hours(1))), state);
        assert!(request.evidence().is_some());
    }
}

#[test]
fn an_answer_after_the_time_counts_for_nothing() {
    let mut request = request(None);
    let late = answer(&request, Decision::Approve, None);
    assert_eq!(request.answer(late, request.expires_at), Err(Refused::NotWaiting));
    assert_eq!(request.state(request.expires_at), PushState::TimedOut);
    assert!(request.time_out(request.expires_at) && !request.time_out(request.expires_at));
}

#[test]
fn an_answer_to_other_details_or_another_challenge_changes_nothing() {
    let mut request = request(None);
    let other_details =
        Answer { details_digest: proof::digest(b"{}"), ..answer(&request, Decision::Approve, None) };
    let other_challenge = Answer { challenge: "x".to_owned(), ..answer(&request, Decision::Approve, None) };
    let before = request.clone();
    assert_eq!(request.answer(other_details, NOW), Err(Refused::OtherDetails));
    assert_eq!(request.answer(other_challenge, NOW), Err(Refused::OtherChallenge));
    assert_eq!(request, before);
}

#[test]
fn numbers_are_matched_once() {
    for kind in NumberMatchingType::ALL {
        let mut right = request(Some(*kind));
        let matching = right.matching.clone().unwrap();
        assert!((10..100).contains(&matching.number));
        let without = answer(&right, Decision::Approve, None);
        assert_eq!(right.answer(without, NOW), Err(Refused::NumberNeeded));
        let number = answer(&right, Decision::Approve, Some(matching.number));
        assert_eq!(right.answer(number, NOW), Ok(PushStatus::Approved));
        let mut other = request(Some(*kind));
        let number = answer(&other, Decision::Approve, Some(wrong(&matching)));
        assert_eq!(other.answer(number, NOW), Ok(PushStatus::Denied));
        let again = answer(&other, Decision::Approve, Some(matching.number));
        assert_eq!(other.answer(again, NOW), Err(Refused::NotWaiting));
    }
}

#[test]
fn one_of_three_different_numbers_is_the_right_one() {
    for seed in 0..200 {
        let matching = Matching::new(&Random::seeded(seed), NumberMatchingType::SelectNumber);
        assert_eq!(matching.choices.len(), 3);
        assert!(matching.choices.is_sorted() && matching.choices.contains(&matching.number));
        assert!(matching.choices.windows(2).all(|pair| pair[0] != pair[1]));
    }
}

#[test]
fn only_silence_that_is_said_to_pass_passes_and_only_at_its_end() {
    for (silence, end) in [
        (None, PushState::TimedOut),
        (Some(Silence::Fails), PushState::TimedOut),
        (Some(Silence::Passes), PushState::Approved),
    ] {
        let mut request = PushRequest { silence, ..request(None) };
        assert_eq!(request.state(NOW), PushState::Waiting);
        assert_eq!(request.state(request.expires_at), end);
        request.time_out(request.expires_at);
        assert_eq!(request.state(request.expires_at), end);
        let mut cancelled = PushRequest { silence, ..self::request(None) };
        assert!(cancelled.cancel());
        assert_eq!(cancelled.state(cancelled.expires_at), PushState::Cancelled);
    }
}

#[test]
fn a_request_survives_its_record() {
    let request = request(Some(NumberMatchingType::EnterManually));
    let text = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<PushRequest>(&text).unwrap(), request);
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Approve(bool),
    Deny,
    Fraud,
    Cancel,
    TimeOut,
    Wait(i64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        any::<bool>().prop_map(Act::Approve),
        Just(Act::Deny),
        Just(Act::Fraud),
        Just(Act::Cancel),
        Just(Act::TimeOut),
        (1..30_i64).prop_map(Act::Wait),
    ]
}

proptest! {
    /// Whatever is tried in whatever order: the first effect is the last, and an approval needs the right number in time.
    #[test]
    fn a_request_moves_once(acts in proptest::collection::vec(act(), 1..20)) {
        let mut request = request(Some(NumberMatchingType::SelectNumber));
        let matching = request.matching.clone().unwrap();
        let mut now = NOW;
        for act in acts {
            let before = request.status();
            let mut right = false;
            match act {
                Act::Approve(with_right) => {
                    right = with_right;
                    let number = if with_right { matching.number } else { wrong(&matching) };
                    let answer = answer(&request, Decision::Approve, Some(number));
                    let _ = request.answer(answer, now);
                }
                Act::Deny => { let answer = answer(&request, Decision::Deny, None); let _ = request.answer(answer, now); }
                Act::Fraud => { let answer = answer(&request, Decision::ReportFraud, None); let _ = request.answer(answer, now); }
                Act::Cancel => { request.cancel(); }
                Act::TimeOut => { request.time_out(now); }
                Act::Wait(seconds) => now = now.plus(Span::seconds(seconds)),
            }
            let after = request.status();
            prop_assert!(before == after || before == PushStatus::Pending, "{before} moved to {after}");
            if before != after && after == PushStatus::Approved {
                prop_assert!(right && now < request.expires_at);
            }
        }
    }
}
