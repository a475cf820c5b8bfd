use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::devices::kind::DeviceType;
use crate::ids::Id;
use crate::mfa::{Asked, PushAsked, PushState};
use crate::oauth::check;
use crate::oauth::client::Client;
use crate::oauth::parameters::Parameters;
use crate::oauth::signed::ObjectClaims;
use crate::random::Random;

const NOW: Timestamp = Timestamp::from_seconds(100_000);
const FACTS: Facts<'static> = Facts { now: NOW, remote_ip: None, user: None };

fn request() -> AuthorizeRequest {
    let pairs = [("response_type", "code"), ("response_mode", "pi.flow")];
    let client = Client { code: true, ..Client::default() };
    check::check(&Parameters::from_pairs(pairs.into_iter()).unwrap(), ObjectClaims::default(), &client)
        .unwrap()
}

fn user(seed: u64) -> FlowUser {
    FlowUser {
        id: UserId::new(&Random::seeded(seed)),
        username: format!("user{seed}"),
        given: None,
        family: None,
    }
}

fn login() -> Step {
    Step { demand: Demand::Login { recovery: true }, condition: None }
}

fn mfa(no_devices: NoDevicesMode) -> Step {
    Step { demand: Demand::MultiFactorAuthentication(Mfa { no_devices, ..Mfa::default() }), condition: None }
}

fn when(step: Step, condition: serde_json::Value) -> Step {
    Step { condition: Some(condition), ..step }
}

fn start(steps: Vec<Step>) -> Start {
    let random = Random::seeded(1);
    Start {
        client: FlowClient { id: ApplicationId::new(&random), name: "App".to_owned() },
        policy: FlowPolicy { id: SignOnPolicyId::new(&random), name: "Policy".to_owned() },
        request: request(),
        steps,
        alternatives: Vec::new(),
        hint: None,
        candidate: None,
    }
}

fn session(seed: u64, password: i64, mfa: Option<i64>) -> Option<Candidate> {
    let past =
        SignOns { password: Some(Timestamp::from_seconds(password)), mfa: mfa.map(Timestamp::from_seconds) };
    Some(Candidate { user: user(seed), past })
}

fn device() -> DeviceId {
    DeviceId::from_uuid(uuid::Uuid::nil())
}

#[test]
fn password_and_then_a_code_complete_a_two_factor_policy() {
    let (mut flow, next) = Flow::start(start(vec![login(), mfa(NoDevicesMode::Block)]), &FACTS);
    assert_eq!((flow.status, next), (Status::UsernamePasswordRequired, Next::Person));
    assert_eq!(flow.password_accepted(user(1), PasswordState::Valid, &FACTS), Ok(Next::Device));
    assert_eq!(flow.device_chosen(device(), Asked::Code), Ok(Next::Person));
    assert_eq!(flow.status, Status::OtpRequired);
    assert_eq!(flow.otp_accepted(DeviceType::Sms, &FACTS), Ok(Next::Completed));
    assert_eq!(flow.amr(), ["pwd", "sms", "mfa"]);
}

#[test]
fn a_signed_hint_goes_straight_to_the_device_and_survives_a_reset() {
    let hinted = Start { hint: Some(user(1)), ..start(vec![login(), mfa(NoDevicesMode::Block)]) };
    let (mut flow, next) = Flow::start(hinted, &FACTS);
    assert_eq!(next, Next::Device);
    assert_eq!(flow.proven_user(), None, "who is merely named is not shown");
    assert_eq!(flow.reset(&FACTS), Err(Refused::NotNow));
    assert_eq!(flow.device_chosen(device(), Asked::Code), Ok(Next::Person));
    assert_eq!(flow.otp_accepted(DeviceType::Voice, &FACTS), Ok(Next::Completed));
    assert_eq!(flow.amr(), ["tel", "mfa"]);
}

#[test]
fn a_forced_sign_on_asks_the_hinted_user_for_the_password() {
    let mut forced =
        Start { hint: Some(user(1)), candidate: session(1, 99_999, None), ..start(vec![login()]) };
    forced.request.prompt = crate::oauth::request::Prompt::Login;
    let (mut flow, _) = Flow::start(forced, &FACTS);
    assert_eq!(flow.status, Status::PasswordRequired);
    assert_eq!(flow.password_accepted(user(2), PasswordState::Valid, &FACTS), Err(Refused::AnotherUser));
    assert_eq!(flow.password_accepted(user(1), PasswordState::Valid, &FACTS), Ok(Next::Completed));
}

#[test]
fn a_policy_that_begins_with_mfa_asks_for_the_name() {
    let (mut flow, _) = Flow::start(start(vec![mfa(NoDevicesMode::Block)]), &FACTS);
    assert_eq!(flow.status, Status::SignOnRequired);
    assert_eq!(flow.named(user(1), &FACTS), Ok(Next::Device));
}

#[test]
fn being_named_is_not_being_signed_on() {
    let foreign = json!({"value": "${user.population.id}", "equals": "other"});
    let (mut flow, _) = Flow::start(start(vec![when(mfa(NoDevicesMode::Block), foreign)]), &FACTS);
    let attributes = json!({"population": {"id": "own"}});
    let facts = Facts { user: Some(&attributes), ..FACTS };
    assert_eq!(flow.named(user(1), &facts), Ok(Next::Failed));

    let (mut flow, _) = Flow::start(start(vec![mfa(NoDevicesMode::Bypass)]), &FACTS);
    assert_eq!(flow.named(user(1), &FACTS), Ok(Next::Device));
    assert_eq!(flow.no_usable_device(&FACTS), Ok(Next::Failed));
}

#[test]
fn a_user_without_devices_is_blocked_or_let_through_as_the_step_says() {
    for (mode, expected) in [(NoDevicesMode::Block, Next::Failed), (NoDevicesMode::Bypass, Next::Completed)] {
        let (mut flow, _) = Flow::start(Start { hint: Some(user(1)), ..start(vec![mfa(mode)]) }, &FACTS);
        assert_eq!(flow.no_usable_device(&FACTS), Ok(expected));
        assert!(!flow.amr().contains(&"mfa".to_owned()));
    }
}

#[test]
fn a_live_session_stands_in_for_the_password_but_not_for_the_code() {
    let with_session =
        Start { candidate: session(1, 90_000, None), ..start(vec![login(), mfa(NoDevicesMode::Block)]) };
    let (flow, next) = Flow::start(with_session, &FACTS);
    assert_eq!((next, flow.user().map(|user| user.id)), (Next::Device, Some(user(1).id)));
}

#[test]
fn an_old_session_does_not_count_against_max_age() {
    let mut aged = Start { candidate: session(1, 90_000, None), ..start(vec![login()]) };
    aged.request.max_age = Some(9_999);
    assert_eq!(Flow::start(aged.clone(), &FACTS).0.status, Status::UsernamePasswordRequired);
    aged.request.max_age = Some(10_000);
    let (flow, next) = Flow::start(aged, &FACTS);
    assert_eq!((next, flow.amr()), (Next::Completed, vec!["pwd".to_owned()]));
}

#[test]
fn a_condition_on_the_age_of_the_last_code_spares_the_next_one() {
    let recent = json!({"secondsSince": "${session.lastSignOn.withAuthenticator.mfa.at}", "greater": 3600});
    let steps = vec![login(), when(mfa(NoDevicesMode::Block), recent)];
    let at = |mfa| {
        Flow::start(Start { candidate: session(1, 99_000, Some(mfa)), ..start(steps.clone()) }, &FACTS).1
    };
    assert_eq!(at(97_000), Next::Completed);
    assert_eq!(at(90_000), Next::Device);
}

#[test]
fn another_users_session_vouches_for_nobody() {
    let recent = json!({"secondsSince": "${session.lastSignOn.withAuthenticator.mfa.at}", "greater": 3600});
    let old = json!({"secondsSince": "${session.lastSignOn.withAuthenticator.pwd.at}", "greater": 60});
    let steps = vec![when(login(), old), when(mfa(NoDevicesMode::Block), recent)];
    let (mut flow, _) =
        Flow::start(Start { candidate: session(1, 99_000, Some(99_000)), ..start(steps) }, &FACTS);
    assert_eq!(flow.status, Status::UsernamePasswordRequired);
    assert_eq!(flow.password_accepted(user(2), PasswordState::Valid, &FACTS), Ok(Next::Device));
}

#[test]
fn a_request_for_one_user_admits_no_other() {
    let mut bound = start(vec![login()]);
    bound.request.subject = Some(user(1).id.to_string());
    bound.candidate = session(2, 99_999, None);
    let (mut flow, _) = Flow::start(bound, &FACTS);
    assert_eq!(flow.status, Status::UsernamePasswordRequired, "the session is another user's");
    assert_eq!(flow.password_accepted(user(2), PasswordState::Valid, &FACTS), Err(Refused::AnotherUser));
    assert_eq!(flow.password_accepted(user(1), PasswordState::Valid, &FACTS), Ok(Next::Completed));
}

#[test]
fn a_stale_password_is_replaced_before_anything_else() {
    for (state, status) in [
        (PasswordState::MustChange, Status::MustChangePassword),
        (PasswordState::Expired, Status::PasswordExpired),
    ] {
        let (mut flow, _) = Flow::start(start(vec![login()]), &FACTS);
        assert_eq!(flow.password_accepted(user(1), state, &FACTS), Ok(Next::Person));
        assert_eq!(flow.status, status);
        assert_eq!(flow.password_changed(&FACTS), Ok(Next::Completed));
    }
}

#[test]
fn recovery_is_offered_only_where_the_action_allows_it() {
    let closed = Step { demand: Demand::Login { recovery: false }, condition: None };
    let (mut flow, _) = Flow::start(start(vec![closed]), &FACTS);
    assert_eq!(flow.recovery_started(user(1)), Err(Refused::NotNow));
    let (mut flow, _) = Flow::start(start(vec![login()]), &FACTS);
    assert_eq!(flow.recovery_started(user(1)), Ok(Next::Person));
    assert_eq!(flow.proven_user(), None);
    assert_eq!(flow.password_recovered(&FACTS), Ok(Next::Completed));
}

#[test]
fn a_flow_sends_so_many_codes_and_no_more() {
    let (mut flow, _) =
        Flow::start(Start { hint: Some(user(1)), ..start(vec![mfa(NoDevicesMode::Block)]) }, &FACTS);
    for _ in 0..MOST_CODES {
        assert_eq!(flow.device_chosen(device(), Asked::Code), Ok(Next::Person));
    }
    assert_eq!(flow.device_chosen(device(), Asked::Code), Err(Refused::TooManyCodes));
    assert_eq!(flow.otp_accepted(DeviceType::Sms, &FACTS), Ok(Next::Completed));
}

#[test]
fn an_action_that_is_not_built_fails_by_name() {
    let step = Step { demand: Demand::Unsupported { action: "AGREEMENT".to_owned() }, condition: None };
    let (flow, next) = Flow::start(start(vec![login(), step.clone()]), &FACTS);
    assert_eq!((next, flow.status), (Next::Person, Status::UsernamePasswordRequired));
    let (flow, next) = Flow::start(start(vec![step]), &FACTS);
    assert_eq!(next, Next::Failed);
    assert!(flow.failure().unwrap().message.contains("AGREEMENT"));
}

#[test]
fn a_policy_that_cannot_be_fulfilled_gives_way_to_the_next() {
    let random = Random::seeded(2);
    let next = FlowPolicy { id: SignOnPolicyId::new(&random), name: "Next".to_owned() };
    let first = Start {
        alternatives: vec![(next.clone(), vec![login()])],
        ..start(vec![login(), mfa(NoDevicesMode::Block)])
    };
    let (mut flow, _) = Flow::start(first, &FACTS);
    assert_eq!(flow.password_accepted(user(1), PasswordState::Valid, &FACTS), Ok(Next::Device));
    assert_eq!(flow.no_usable_device(&FACTS), Ok(Next::Completed));
    assert_eq!(flow.policy, next);
}

#[test]
fn a_denial_on_the_phone_falls_back_on_nothing() {
    let random = Random::seeded(2);
    let next = FlowPolicy { id: SignOnPolicyId::new(&random), name: "Next".to_owned() };
    let hinted = Start {
        hint: Some(user(1)),
        alternatives: vec![(next, vec![login()])],
        ..start(vec![mfa(NoDevicesMode::Block)])
    };
    let (mut flow, _) = Flow::start(hinted, &FACTS);
    assert_eq!(flow.device_chosen(device(), push()), Ok(Next::Person));
    assert_eq!(flow.push_moved(PushState::Denied, &FACTS), Ok(Some(Next::Failed)));
}

#[test]
fn a_flow_reads_back_what_was_stored() {
    let (flow, _) = Flow::start(
        Start { hint: Some(user(1)), ..start(vec![login(), mfa(NoDevicesMode::Bypass)]) },
        &FACTS,
    );
    let stored = serde_json::to_string(&flow).unwrap();
    assert_eq!(serde_json::from_str::<Flow>(&stored).unwrap(), flow);
}

/// What may happen to a flow, from outside.
#[derive(Debug, Clone, Copy)]
enum Move {
    Named(u64),
    Password(u64, PasswordState),
    Changed,
    Forgot(u64),
    Recovered,
    Chosen,
    Selection,
    NoDevice,
    Waived,
    ChosenPhone,
    ChosenPasskey,
    Otp,
    Signed,
    Push(PushState),
    Cancelled,
    Reset,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let state = prop_oneof![
        Just(PasswordState::Valid),
        Just(PasswordState::MustChange),
        Just(PasswordState::Expired)
    ];
    let one = prop_oneof![
        (1..3_u64).prop_map(Move::Named),
        (1..3_u64, state).prop_map(|(user, state)| Move::Password(user, state)),
        Just(Move::Changed),
        (1..3_u64).prop_map(Move::Forgot),
        Just(Move::Recovered),
        Just(Move::Chosen),
        Just(Move::Selection),
        Just(Move::NoDevice),
        Just(Move::Waived),
        Just(Move::ChosenPhone),
        Just(Move::ChosenPasskey),
        Just(Move::Otp),
        Just(Move::Signed),
        prop::sample::select(PUSH_STATES.to_vec()).prop_map(Move::Push),
        Just(Move::Cancelled),
        Just(Move::Reset),
    ];
    prop::collection::vec(one, 0..40)
}

fn policies() -> impl Strategy<Value = Vec<Step>> {
    let one = prop_oneof![Just(login()), Just(mfa(NoDevicesMode::Block)), Just(mfa(NoDevicesMode::Bypass))];
    prop::collection::vec(one, 0..5)
}

const PUSH_STATES: [PushState; 6] = [
    PushState::Waiting,
    PushState::Approved,
    PushState::Denied,
    PushState::Fraud,
    PushState::TimedOut,
    PushState::Cancelled,
];

fn push() -> Asked {
    Asked::Push(Box::new(PushAsked { request: uuid::Uuid::from_u128(4), expires_at: NOW, number: None }))
}

fn assertion() -> Asked {
    let stored = json!({ "way": "ASSERTION", "challenge": "AA", "rpId": "example.com", "options": "{}", "userVerification": "REQUIRED" });
    serde_json::from_value(stored).unwrap()
}

/// What was really proved since the last reset, kept apart from the flow.
#[derive(Debug, Default)]
struct Ledger {
    passwords: usize,
    codes: usize,
    bypassed: usize,
    user: Option<u64>,
}

fn apply(flow: &mut Flow, step: Move, ledger: &mut Ledger) -> Option<Next> {
    let next = match step {
        Move::Named(who) => flow.named(user(who), &FACTS).inspect(|_| ledger.user = Some(who)),
        Move::Password(who, state) => flow.password_accepted(user(who), state, &FACTS).inspect(|_| {
            ledger.user = Some(who);
            ledger.passwords += usize::from(state == PasswordState::Valid);
        }),
        Move::Changed => flow.password_changed(&FACTS).inspect(|_| ledger.passwords += 1),
        Move::Forgot(who) => flow.recovery_started(user(who)).inspect(|_| ledger.user = Some(who)),
        Move::Recovered => flow.password_recovered(&FACTS).inspect(|_| ledger.passwords += 1),
        Move::Chosen => flow.device_chosen(device(), Asked::Code),
        Move::Selection => flow.selection_required(),
        Move::NoDevice => flow
            .no_usable_device(&FACTS)
            .inspect(|next| ledger.bypassed += usize::from(*next != Next::Failed)),
        Move::Waived => {
            flow.mfa_waived(&FACTS).inspect(|next| ledger.bypassed += usize::from(*next != Next::Failed))
        }
        Move::ChosenPhone => flow.device_chosen(device(), push()),
        Move::ChosenPasskey => flow.device_chosen(device(), assertion()),
        Move::Otp => flow.otp_accepted(DeviceType::Sms, &FACTS).inspect(|_| ledger.codes += 1),
        Move::Signed => flow.assertion_accepted(DeviceType::Fido2, &FACTS).inspect(|_| ledger.codes += 1),
        Move::Push(state) => match flow.push_moved(state, &FACTS) {
            Ok(None) => return None,
            Ok(Some(next)) => {
                ledger.codes += usize::from(state == PushState::Approved);
                Ok(next)
            }
            Err(refused) => Err(refused),
        },
        Move::Cancelled => flow.push_cancelled(),
        Move::Reset => flow.reset(&FACTS).inspect(|_| *ledger = Ledger::default()),
    };
    next.ok()
}

proptest! {
    #[test]
    fn no_path_completes_without_every_factor(steps in policies(), hinted in any::<bool>(), path in moves()) {
        let logins = steps.iter().filter(|step| matches!(step.demand, Demand::Login { .. })).count();
        let factors = steps.len() - logins;
        let hint = hinted.then(|| user(1));
        let (mut flow, _) = Flow::start(Start { hint, ..start(steps) }, &FACTS);
        let mut ledger = Ledger::default();
        for step in path {
            let before = flow.clone();
            if apply(&mut flow, step, &mut ledger).is_none() {
                prop_assert_eq!(&before, &flow, "a refused action changes nothing");
            }
            if flow.status == Status::Completed {
                // The session of this flow stands in for no second LOGIN action: each asks again, unless a hint answers all.
                let needed = if hinted { 0 } else { logins };
                prop_assert!(ledger.passwords >= needed.min(1), "{:?}", ledger);
                prop_assert_eq!(ledger.codes + ledger.bypassed, factors, "{:?}", ledger);
                prop_assert!(hinted || ledger.passwords + ledger.codes > 0, "{:?}", ledger);
                if let (false, Some(who)) = (hinted, ledger.user) {
                    prop_assert_eq!(flow.user().map(|user| user.id), Some(user(who).id));
                }
                if hinted {
                    prop_assert_eq!(flow.user().map(|user| user.id), Some(user(1).id));
                }
            }
            prop_assert_eq!(flow.status.is_final(), flow.actions().is_empty());
        }
    }
}
