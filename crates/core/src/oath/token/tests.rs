use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::schema::Declared;

const SECRET: &[u8] = b"12345678901234567890";
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn hotp(counter: u64) -> OathToken {
    token(&json!({"serialNumber": "1", "secret": "3132333435363738393031323334353637383930", "type": "HOTP",
        "otpLength": 6, "hotp": {"counter": counter}}))
}

fn totp(step: i64) -> OathToken {
    token(&json!({"serialNumber": "1", "secret": "3132333435363738393031323334353637383930", "type": "TOTP",
        "otpLength": 8, "hashAlgorithm": "HmacSHA256", "totp": {"timeStep": step}}))
}

fn token(body: &serde_json::Value) -> OathToken {
    OathToken::read(body, None, &[]).unwrap().0
}

fn code(token: &OathToken, position: u64) -> String {
    token.maker(SECRET).code(position).expose().clone()
}

fn step(token: &OathToken, ahead: i64) -> u64 {
    (drift::step_at(NOW, token.totp.unwrap().time_step) + ahead).unsigned_abs()
}

#[test]
fn a_button_may_be_pressed_nine_times_in_vain() {
    let mut token = hotp(5);
    assert!(!token.clone().accept(SECRET, &code(&token, 15), NOW));
    assert!(!token.clone().accept(SECRET, &code(&token, 4), NOW));
    assert!(token.accept(SECRET, &code(&hotp(0), 14), NOW));
    assert_eq!(token.hotp.unwrap().counter, 15);
    assert!(!token.accept(SECRET, &code(&hotp(0), 14), NOW), "a code counts once");
}

#[test]
fn two_codes_in_a_row_bring_a_token_in_step() {
    for far in [20, 999] {
        let mut token = hotp(0);
        let (first, second) = (code(&token, far), code(&token, far + 1));
        assert_eq!(token.clone().resync(SECRET, &second, &first, NOW), Outcome::Wrong);
        assert_eq!(token.resync(SECRET, &first, &second, NOW), Outcome::Accepted);
        assert_eq!(token.hotp.unwrap().counter, far + 2);
    }
    let mut token = hotp(0);
    let (first, second) = (code(&token, 1_000), code(&token, 1_001));
    assert_eq!(token.resync(SECRET, &first, &second, NOW), Outcome::Wrong, "too far away");
}

#[test]
fn the_second_code_may_come_with_another_call_but_not_late() {
    let mut token = totp(30);
    let (first, second) = (code(&token, step(&token, 400)), code(&token, step(&token, 401)));
    assert_eq!(token.prove(SECRET, &first, NOW), Outcome::NextNeeded);
    let mut late = token.clone();
    assert_eq!(late.follow(SECRET, &second, NOW.plus(WAIT)), Outcome::NextNeeded, "it is a first code again");
    assert_eq!(token.clone().follow(SECRET, &first, NOW), Outcome::Wrong);
    assert_eq!(token.follow(SECRET, &second, NOW), Outcome::Accepted);
    assert_eq!(token.totp.unwrap().used.drift, 401);
    assert!(!token.accept(SECRET, &second, NOW), "both are used");
    let next = code(&token, step(&token, 402));
    assert!(token.accept(SECRET, &next, NOW), "the error of the clock is remembered");
}

#[test]
fn one_code_by_itself_never_brings_a_token_in_step() {
    let mut token = hotp(0);
    let near = code(&token, 0);
    assert_eq!(token.resync_by_steps(SECRET, &near, NOW), Outcome::NextNeeded);
    let next = code(&token, 1);
    assert_eq!(token.resync_by_steps(SECRET, &next, NOW), Outcome::Accepted);
    assert_eq!(token.hotp.unwrap().counter, 2);
}

#[test]
fn a_body_is_checked_as_its_type_demands() {
    let targets = |body: serde_json::Value| -> Vec<String> {
        let problems = OathToken::read(&body, None, &[]).unwrap_err();
        problems.into_iter().filter_map(|problem| problem.target).collect()
    };
    let secret = "00112233445566778899";
    assert_eq!(targets(json!({})), ["serialNumber", "secret", "type", "otpLength"]);
    assert_eq!(
        targets(json!({"serialNumber": "a-1", "secret": "zz", "type": "SMS", "otpLength": 9})),
        ["serialNumber", "secret", "type", "otpLength"]
    );
    assert_eq!(
        targets(
            json!({"serialNumber": "1", "secret": secret, "type": "HOTP", "otpLength": 7, "hashAlgorithm": "HmacSHA256"})
        ),
        ["otpLength", "hashAlgorithm"]
    );
    assert_eq!(
        targets(json!({"serialNumber": "1", "secret": secret, "type": "TOTP", "otpLength": 6})),
        ["totp.timeStep"]
    );
    let odd = json!({"serialNumber": "1", "secret": secret, "type": "TOTP", "otpLength": 6, "totp": {"timeStep": 45}});
    assert_eq!(targets(odd), ["totp.timeStep"]);
    assert_eq!(
        targets(
            json!({"serialNumber": "1", "secret": "001122334455667788991", "type": "HOTP", "otpLength": 6})
        ),
        ["secret"]
    );
}

#[test]
fn what_belongs_to_the_other_type_is_left_out() {
    let body = json!({"serialNumber": "1", "secret": "00112233445566778899", "type": "HOTP", "otpLength": 6, "totp": {"timeStep": 30, "drift": 7}});
    let token = token(&body);
    assert_eq!((token.hotp, token.totp), (Some(ButtonUse { counter: 0 }), None));
    let kept = serde_json::to_value(&token).unwrap();
    assert_eq!(serde_json::from_value::<OathToken>(kept).unwrap(), token);
}

#[derive(Debug, Clone)]
enum Move {
    Accept(i64),
    Resync(i64),
    Steps(i64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (0_u8..3, -20_i64..60).prop_map(|(kind, place)| match kind {
        0 => Move::Accept(place),
        1 => Move::Resync(place),
        _ => Move::Steps(place),
    });
    prop::collection::vec(one, 1..40)
}

/// Walks and notes which positions were accepted.
fn walk(token: &mut OathToken, base: i64, moves: Vec<Move>) -> Vec<u64> {
    let mut used = Vec::new();
    let at = |token: &OathToken, place: i64| {
        let position = (base + place).max(0).unsigned_abs();
        (position, code(token, position))
    };
    for step in moves {
        match step {
            Move::Accept(place) => {
                let (position, code) = at(token, place);
                if token.accept(SECRET, &code, NOW) {
                    used.push(position);
                }
            }
            Move::Resync(place) => {
                let ((first, one), (second, two)) = (at(token, place), at(token, place + 1));
                if token.resync(SECRET, &one, &two, NOW) == Outcome::Accepted && second == first + 1 {
                    used.extend([first, second]);
                }
            }
            Move::Steps(place) => {
                let (position, code) = at(token, place);
                if token.resync_by_steps(SECRET, &code, NOW) == Outcome::Accepted {
                    used.push(position);
                }
            }
        }
    }
    used
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_code_of_a_button_counts_twice(moves in moves(), counter in 0_u64..50) {
        let used = walk(&mut hotp(counter), 20, moves);
        let once: HashSet<u64> = used.iter().copied().collect();
        prop_assert_eq!(once.len(), used.len(), "{:?}", used);
    }

    #[test]
    fn no_code_of_a_clock_counts_twice(moves in moves()) {
        let mut token = totp(60);
        let base = drift::step_at(NOW, 60);
        let used = walk(&mut token, base, moves);
        let once: HashSet<u64> = used.iter().copied().collect();
        prop_assert_eq!(once.len(), used.len(), "{:?}", used);
    }

    #[test]
    fn no_code_panics(code in ".{0,30}", other in ".{0,30}", counter: u64, seconds: i64) {
        let now = Timestamp::from_seconds(seconds);
        for mut token in [hotp(counter >> 11), totp(30)] {
            let _ = token.accept(SECRET, &code, now);
            let _ = token.resync(SECRET, &code, &other, now);
            let _ = token.resync_by_steps(SECRET, &other, now);
            let _ = token.follow(SECRET, &code, now);
        }
    }
}
