//! `postern oath import` as somebody with a seed file meets it.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::fs;
use std::process::{Command, Output};

const KEY: &str = "3132333435363738393031323334353637383930";

struct Place {
    folder: tempfile::TempDir,
    environment: String,
}

impl Place {
    /// A database with one environment.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut place = Self { folder, environment: String::new() };
        let config = format!(
            "[server]\npublic_api_url = \"https://mfa.example.com/v1\"\npublic_auth_url = \"https://mfa.example.com\"\n\
             [database]\nurl = \"sqlite:{}\"\n[secrets]\nmaster_key_file = \"{}\"\n",
            place.path("postern.db"),
            place.path("master.key")
        );
        place.write("postern.toml", &config);
        place.postern(&["keys", "make", &place.path("master.key")]);
        place.configured(&["migrate"]);
        let made = place.configured(&["bootstrap"]);
        let said = text(&made.stdout);
        place.environment = said.split("ENV_ID='").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        place
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, content: &str) -> String {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    fn postern(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_postern")).args(args).env_remove("POSTERN_CONFIG").output().unwrap()
    }

    fn configured(&self, args: &[&str]) -> Output {
        self.postern(&[args, &["--config", &self.path("postern.toml")]].concat())
    }

    fn import(&self, args: &[&str]) -> Output {
        self.configured(&[&["oath", "import", "--environment", &self.environment], args].concat())
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_file_is_imported_with_a_line_for_each_token_that_was_not() {
    let place = Place::new();
    let mut seeds = "serial,secret,type,timeStep\n".to_owned();
    for n in 0..300 {
        seeds.push_str(&format!("A{n},{KEY},HOTP,\n"));
    }
    seeds.push_str(&format!("B1,{KEY},TOTP,30\nA7,{KEY},HOTP,\nB2,nonsense,HOTP,\nB 3,{KEY},HOTP,\n"));
    let file = place.write("tokens.csv", &seeds);

    let checked = place.import(&["--check", &file]);
    assert!(!checked.status.success());
    assert!(text(&checked.stdout).contains("302 can be imported, 2 cannot."), "{}", text(&checked.stdout));

    let imported = place.import(&[&file]);
    assert!(!imported.status.success(), "two tokens are missing");
    let said = text(&imported.stdout);
    assert!(said.contains("301 created, 1 were there already, 2 could not be imported."), "{said}");
    assert!(
        said.contains("line 304 (B2): secret ") && said.contains("line 305 (B 3): serialNumber "),
        "{said}"
    );
    assert!(said.contains("(A7): was there already"), "{said}");
    assert!(text(&imported.stderr).contains("200 of 302"), "{}", text(&imported.stderr));
    for output in [&checked, &imported] {
        assert!(!text(&output.stdout).contains(KEY) && !text(&output.stderr).contains(KEY));
        assert!(!text(&output.stdout).contains("nonsense"), "what stands for a key is not printed");
    }
    let good = place.write("good.csv", &format!("serial,secret\nA1,{KEY}\nC1,{KEY}\n"));
    let again = place.import(&[&good]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert!(text(&again.stdout).contains("1 created, 1 were there already, 0 could not"));
}

#[test]
fn an_encrypted_container_needs_its_key() {
    let place = Place::new();
    // The values of RFC 6030, figure 6.
    let method = "<EncryptionMethod xmlns=\"http://www.w3.org/2001/04/xmlenc#\" Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes128-cbc\"/>";
    let cipher = |value: &str| format!("<CipherData><CipherValue>{value}</CipherValue></CipherData>");
    let container = format!(
        "<?xml version=\"1.0\"?><KeyContainer Version=\"1.0\" xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\">\
         <EncryptionKey><KeyName>Pre-shared-key</KeyName></EncryptionKey>\
         <MACMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\"><MACKey>{method}{}</MACKey></MACMethod>\
         <KeyPackage><DeviceInfo><SerialNo>987654321</SerialNo></DeviceInfo>\
         <Key Id=\"1\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:hotp\"><Data><Secret><EncryptedValue>{method}{}</EncryptedValue>\
         <ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=</ValueMAC></Secret></Data></Key></KeyPackage></KeyContainer>",
        cipher("ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX"),
        cipher("AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv"),
    );
    let file = place.write("tokens.xml", &container);
    let key = place.write("transport.key", "12345678 90123456 78901234 56789012\n");
    let short = place.write("short.key", "1234");

    let without = place.import(&[&file]);
    assert!(
        !without.status.success() && text(&without.stderr).contains("--key-file"),
        "{}",
        text(&without.stderr)
    );
    let wrong = place.import(&["--key-file", &short, &file]);
    assert!(text(&wrong.stderr).contains("16 or 32 bytes"), "{}", text(&wrong.stderr));
    let imported = place.import(&["--key-file", &key, &file]);
    assert!(imported.status.success(), "{}{}", text(&imported.stdout), text(&imported.stderr));
    assert!(text(&imported.stdout).contains("1 created"));
    let elsewhere = place.configured(&[
        "oath",
        "import",
        "--environment",
        "4cae3424-b5db-49de-8805-724adc418772",
        "--key-file",
        &key,
        &file,
    ]);
    assert!(text(&elsewhere.stderr).contains("there is no environment"), "{}", text(&elsewhere.stderr));
}

#[test]
fn help_explains_the_formats() {
    let place =
        Command::new(env!("CARGO_BIN_EXE_postern")).args(["oath", "import", "--help"]).output().unwrap();
    let said = text(&place.stdout);
    for word in ["serialNumber", "RFC 6030", "--password-file", "Examples:"] {
        assert!(said.contains(word), "{word}");
    }
}
