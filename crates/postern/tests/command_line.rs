//! The binary as somebody at a terminal meets it.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn postern(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_postern"))
        .args(args)
        .env_remove("POSTERN_CONFIG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn help_names_the_commands_and_gives_examples() {
    let help = postern(&["--help"], "");
    assert!(help.status.success());
    for word in
        ["dev", "demo", "serve", "bootstrap", "migrate", "doctor", "config", "keys", "openapi", "Examples:"]
    {
        assert!(text(&help.stdout).contains(word), "{word}");
    }
    assert!(!text(&help.stdout).contains('\u{1b}'), "a pipe gets no colours");
}

#[test]
fn the_example_configuration_passes_its_own_check() {
    let example = postern(&["config", "example"], "");
    let checked = postern(&["config", "check", "--config", "-"], text(&example.stdout));
    assert!(checked.status.success(), "{}", text(&checked.stderr));
}

#[test]
fn a_wrong_configuration_is_refused_with_file_and_key() {
    let checked = postern(&["config", "check", "--config", "-"], "[server]\nlisen = 1\n");
    assert!(!checked.status.success());
    assert!(checked.stdout.is_empty());
    let said = text(&checked.stderr);
    assert!(
        said.contains("standard input") && said.contains("server.lisen") && said.contains("listen"),
        "{said}"
    );
}

#[test]
fn a_production_database_is_migrated_bootstrapped_once_and_found_healthy() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let config = format!(
        "[server]\npublic_api_url = \"https://mfa.example.com/v1\"\npublic_auth_url = \"https://mfa.example.com\"\n\
         [database]\nurl = \"sqlite:{}\"\n[secrets]\nmaster_key_file = \"{}\"\n",
        path("postern.db"),
        path("master.key")
    );
    let run = |args: &[&str]| postern(&[args, &["--config", "-"]].concat(), &config);

    assert!(postern(&["keys", "make", &path("master.key")], "").status.success());
    assert!(!run(&["doctor"]).status.success(), "the schema is missing");
    assert!(!run(&["bootstrap"]).status.success(), "the schema is missing");
    assert!(run(&["migrate"]).status.success());
    let made = run(&["bootstrap", "--organization", "Acme"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert!(text(&made.stdout).contains("export CLIENT_SECRET='"));
    let again = run(&["bootstrap"]);
    assert!(!again.status.success());
    assert!(!text(&again.stdout).contains("CLIENT_SECRET"));
    assert!(run(&["keys", "rotate"]).status.success());
    let environment =
        text(&made.stdout).split("ENV_ID='").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    let rotated = run(&["keys", "rotate-signing", "--environment", environment, "--algorithm", "ES256"]);
    assert!(rotated.status.success(), "{}", text(&rotated.stderr));
    assert!(text(&rotated.stdout).starts_with("ES256 key "));
    let unknown = run(&["keys", "rotate-signing", "--environment", "4cae3424-b5db-49de-8805-724adc418772"]);
    assert!(text(&unknown.stderr).contains("there is no environment"), "{}", text(&unknown.stderr));
    let healthy = run(&["doctor"]);
    assert!(healthy.status.success(), "{}", text(&healthy.stdout));
    assert!(text(&healthy.stdout).contains("✓ secrets"));
}
