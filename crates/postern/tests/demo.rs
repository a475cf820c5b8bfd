//! The whole workflow over real HTTP.

use std::process::Command;

#[test]
fn the_demo_goes_through_every_step() {
    let demo = Command::new(env!("CARGO_BIN_EXE_postern")).arg("demo").output().unwrap();
    let said = String::from_utf8_lossy(&demo.stdout);
    assert!(demo.status.success(), "{said}\n{}", String::from_utf8_lossy(&demo.stderr));
    assert!(
        said.contains("19. Get the access token") && said.contains("Approve this transfer of 1,000,000 USD"),
        "{said}"
    );
}
