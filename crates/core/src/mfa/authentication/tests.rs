//! Walks of random actions: nothing completes without a factor, and nothing goes on after the end.

use proptest::prelude::*;

use super::*;
use crate::ids::Id;
use crate::mfa::PushAsked;
use uuid::Uuid;

fn fresh() -> DeviceAuthentication {
    let start = Start {
        user: Some(UserId::from_uuid(Uuid::from_u128(1))),
        policy: DevicePolicyId::from_uuid(Uuid::from_u128(2)),
        wording: Wording::default(),
        rp_id: None,
        challenge: None,
        application: None,
    };
    DeviceAuthentication::start(start, Timestamp::from_seconds(1_800_000_000))
}

fn device() -> Selected {
    Selected::Device(DeviceId::from_uuid(Uuid::from_u128(3)))
}

fn push() -> Asked {
    let asked = PushAsked {
        request: Uuid::from_u128(4),
        expires_at: Timestamp::from_seconds(1_800_000_040),
        number: None,
    };
    Asked::Push(Box::new(asked))
}

#[derive(Debug, Clone, Copy)]
enum Step {
    AskCode,
    AskPush,
    RightCode,
    Signed,
    Push(PushState),
    Cancel,
    Fail,
}

fn step() -> impl Strategy<Value = Step> {
    let states = [
        PushState::Waiting,
        PushState::Approved,
        PushState::Denied,
        PushState::Fraud,
        PushState::TimedOut,
        PushState::Cancelled,
    ];
    prop_oneof![
        Just(Step::AskCode),
        Just(Step::AskPush),
        Just(Step::RightCode),
        Just(Step::Signed),
        proptest::sample::select(states.to_vec()).prop_map(Step::Push),
        Just(Step::Cancel),
        Just(Step::Fail),
    ]
}

proptest! {
    #[test]
    fn nothing_completes_without_a_factor_that_was_asked_for(steps in proptest::collection::vec(step(), 0..40)) {
        let mut now = fresh();
        for step in steps {
            let before = now.clone();
            let moved = match step {
                Step::AskCode => now.ask(device(), Asked::Code),
                Step::AskPush => now.ask(device(), push()),
                Step::RightCode => now.code_accepted(DeviceType::Sms),
                Step::Signed => now.assertion_accepted(UserId::from_uuid(Uuid::from_u128(1)), DeviceId::from_uuid(Uuid::from_u128(3)), DeviceType::Fido2),
                Step::Push(state) => now.push_moved(state).map(|_| ()),
                Step::Cancel => now.cancelled(),
                Step::Fail => { now.fail(Failure { code: "X".to_owned(), message: String::new(), unavailable_devices: Vec::new() }); Ok(()) }
            };
            if before.status().is_final() || moved.is_err() {
                prop_assert_eq!(&now, &before);
            }
            if now.status() == Status::Completed && before.status() != Status::Completed {
                let proven = match step {
                    Step::RightCode => matches!(before.status(), Status::OtpRequired | Status::PushConfirmationRequired),
                    Step::Signed => before.status() == Status::AssertionRequired,
                    Step::Push(PushState::Approved) => before.status() == Status::PushConfirmationRequired,
                    _ => false,
                };
                prop_assert!(proven, "{:?} completed {:?}", step, before.status());
                prop_assert!(!now.authenticators().is_empty());
            }
        }
    }
}

#[test]
fn an_authentication_asks_only_so_often() {
    let mut now = fresh();
    for _ in 0..MOST_QUESTIONS {
        now.ask(device(), Asked::Code).unwrap();
    }
    assert_eq!(now.ask(device(), Asked::Code), Err(Refused::TooOften));
    assert_eq!(now.status(), Status::OtpRequired);
}
