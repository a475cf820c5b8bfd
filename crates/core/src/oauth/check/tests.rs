use super::*;

const URI: &str = "https://www.example.com";

fn client() -> Client {
    Client { id: "app".to_owned(), redirect_uris: vec![URI.to_owned()], code: true, ..Client::default() }
}

fn run_with(client: &Client, pairs: &[(&str, &str)]) -> Result<AuthorizeRequest, Box<Rejection>> {
    let parameters = Parameters::from_pairs(pairs.iter().copied()).unwrap();
    check(&parameters, ObjectClaims::default(), client)
}

fn run(pairs: &[(&str, &str)]) -> Result<AuthorizeRequest, Box<Rejection>> {
    run_with(&client(), pairs)
}

fn with<'p>(more: &[(&'p str, &'p str)]) -> Vec<(&'p str, &'p str)> {
    [&[("client_id", "app"), ("response_type", "code"), ("redirect_uri", URI)], more].concat()
}

fn code(result: Result<AuthorizeRequest, Box<Rejection>>) -> (ErrorCode, &'static str) {
    let rejection = result.unwrap_err();
    (rejection.error.code, rejection.error.target)
}

#[test]
fn a_code_request_is_read() {
    let request =
        run(&with(&[("scope", "profile openid"), ("state", "s"), ("acr_values", "A B"), ("max_age", "60")]))
            .unwrap();
    assert_eq!(request.response_mode, ResponseMode::Query);
    assert_eq!(request.scope, ["profile", "openid"]);
    assert_eq!(request.acr_values, ["A", "B"]);
    assert_eq!(request.max_age, Some(60));
}

#[test]
fn a_foreign_redirect_uri_gets_no_redirect() {
    let rejection =
        run(&[("response_type", "code"), ("redirect_uri", "https://evil.example"), ("state", "s")])
            .unwrap_err();
    assert_eq!((rejection.error.target, &rejection.delivery), ("redirect_uri", &Delivery::Page));
    let rejection = run(&[("response_type", "code")]).unwrap_err();
    assert_eq!((rejection.error.target, &rejection.delivery), ("redirect_uri", &Delivery::Page));
    let flow =
        [("response_type", "code"), ("response_mode", "pi.flow"), ("redirect_uri", "https://evil.example")];
    let rejection = run(&flow).unwrap_err();
    assert_eq!((rejection.error.target, &rejection.delivery), ("redirect_uri", &Delivery::Flow));
}

#[test]
fn other_faults_go_back_to_the_application() {
    let rejection = run(&with(&[("prompt", "none login"), ("state", "s")])).unwrap_err();
    assert_eq!(rejection.error.target, "prompt");
    let expected =
        Delivery::Redirect { uri: URI.to_owned(), mode: ResponseMode::Query, state: Some("s".to_owned()) };
    assert_eq!(rejection.delivery, expected);
}

#[test]
fn only_pi_flow_needs_no_redirect_uri() {
    let request = run(&[("response_type", "code"), ("response_mode", "pi.flow")]).unwrap();
    assert_eq!((request.redirect_uri, request.response_mode), (None, ResponseMode::Flow));
}

#[test]
fn response_types_must_be_known_and_allowed() {
    let only = |types| run(&[("response_type", types), ("redirect_uri", URI)]);
    assert_eq!(code(only("device")), (ErrorCode::UnsupportedResponseType, "response_type"));
    assert_eq!(code(only("token")), (ErrorCode::UnauthorizedClient, "response_type"));
    assert_eq!(code(run(&[("redirect_uri", URI)])), (ErrorCode::InvalidRequest, "response_type"));
}

#[test]
fn tokens_travel_in_the_fragment_and_id_tokens_need_a_nonce_and_openid() {
    let client = Client { token: true, id_token: true, ..client() };
    let run = |more: &[(&str, &str)]| {
        run_with(&client, &[&[("response_type", "token id_token"), ("redirect_uri", URI)], more].concat())
    };
    let request = run(&[("scope", "openid"), ("nonce", "n")]).unwrap();
    assert_eq!(request.response_mode, ResponseMode::Fragment);
    assert_eq!(code(run(&[("scope", "openid")])), (ErrorCode::InvalidRequest, "nonce"));
    assert_eq!(code(run(&[("nonce", "n")])), (ErrorCode::InvalidScope, "scope"));
    assert_eq!(code(run(&[("response_mode", "query")])), (ErrorCode::InvalidRequest, "response_mode"));
}

#[test]
fn pkce_is_enforced_as_the_application_says() {
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let rule =
        |pkce, more: &[(&'static str, &'static str)]| run_with(&Client { pkce, ..client() }, &with(more));
    let plain = [("code_challenge", challenge)];
    let s256 = [("code_challenge", challenge), ("code_challenge_method", "S256")];
    assert!(rule(PkceRule::Optional, &[]).unwrap().challenge.is_none());
    assert_eq!(code(rule(PkceRule::Required, &[])), (ErrorCode::InvalidRequest, "code_challenge"));
    assert!(rule(PkceRule::Required, &plain).is_ok());
    assert_eq!(
        code(rule(PkceRule::S256Required, &plain)),
        (ErrorCode::InvalidRequest, "code_challenge_method")
    );
    assert_eq!(rule(PkceRule::S256Required, &s256).unwrap().challenge.unwrap().method, ChallengeMethod::S256);
    assert_eq!(
        code(rule(PkceRule::Optional, &[("code_challenge", "short")])),
        (ErrorCode::InvalidRequest, "code_challenge")
    );
    assert_eq!(
        code(rule(PkceRule::Optional, &[("code_challenge_method", "S256")])),
        (ErrorCode::InvalidRequest, "code_challenge")
    );
    assert_eq!(
        code(rule(PkceRule::Optional, &[("code_challenge", challenge), ("code_challenge_method", "S512")])),
        (ErrorCode::InvalidRequest, "code_challenge_method")
    );
}

#[test]
fn nonsense_is_refused_where_it_stands() {
    for (name, value) in [
        ("max_age", "-1"),
        ("max_age", "x"),
        ("prompt", "dance"),
        ("response_mode", "carrier_pigeon"),
        ("state", "a\nb"),
    ] {
        assert_eq!(code(run(&with(&[(name, value)]))).1, name);
    }
}

#[test]
fn a_redirect_uri_that_is_too_long_is_not_even_compared() {
    let long = format!("{URI}/{}", "a".repeat(2048));
    let client = Client { redirect_uris: vec![long.clone()], ..client() };
    let rejection = run_with(&client, &[("response_type", "code"), ("redirect_uri", &long)]).unwrap_err();
    assert_eq!((rejection.error.target, &rejection.delivery), ("redirect_uri", &Delivery::Page));
}
