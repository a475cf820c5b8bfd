//! Every demo over real HTTP.
#![expect(clippy::unwrap_used, reason = "a test stops where it broke")]

use std::process::Command;

/// Runs a demo, which must end well. Gives what it said.
fn shown(arguments: &[&str]) -> String {
    let demo = Command::new(env!("CARGO_BIN_EXE_postern")).arg("demo").args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&demo.stdout).into_owned();
    assert!(demo.status.success(), "{said}\n{}", String::from_utf8_lossy(&demo.stderr));
    said
}

#[test]
fn the_demo_goes_through_every_step_of_the_workflow() {
    let said = shown(&[]);
    assert!(
        said.contains("19. Get the access token") && said.contains("Approve this transfer of 1,000,000 USD"),
        "{said}"
    );
}

#[test]
fn every_method_is_shown_from_enrolment_to_completion() {
    for (method, refused) in [
        ("email", "INVALID_OTP"),
        ("voice", "INVALID_OTP"),
        ("whatsapp", "INVALID_OTP"),
        ("totp", "INVALID_OTP"),
        ("oath", "EXTRA_OTP_REQUIRED"),
        ("fido2", "INVALID_ASSERTION"),
        ("push", "PUSH_CONFIRMATION_REJECTED"),
    ] {
        let said = shown(&["--method", method]);
        for words in ["ACTIVE", refused, "COMPLETED"] {
            assert!(said.contains(words), "{method} lacks {words}: {said}");
        }
    }
}
