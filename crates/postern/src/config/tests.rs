use super::*;

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    parse("postern.toml", text, environment).map_err(|faults| faults.to_string())
}

const LEAST: &str = "[server]\npublic_api_url = \"https://mfa.example.com/v1/\"\npublic_auth_url = \"https://mfa.example.com\"\n\
                     [secrets]\nmaster_key_file = \"master.key\"\n";

#[test]
fn the_example_is_a_configuration_commented_or_not() {
    read(&example(), &[]).unwrap();
    let all: String = example()
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')) => {
                format!("{rest}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    assert!(all.lines().filter(|line| line.contains(" = ")).count() > 15);
    read(&all, &[]).unwrap();
}

#[test]
fn every_declared_setting_is_read_and_has_a_value_in_its_example() {
    let mut faults = Faults::new("test");
    let mut reader = reader::Reader::new(layers::Values::new(), &mut faults);
    let _ = typed::take(&mut reader);
    for setting in settings::SETTINGS {
        assert!(
            reader.asked.contains(&(setting.section, setting.key)),
            "{}.{}",
            setting.section,
            setting.key
        );
        assert!(reader::written(setting.example).is_some(), "{}", setting.example);
        assert!(settings::SECTIONS.iter().any(|(name, _)| *name == setting.section));
    }
}

#[test]
fn what_must_be_said_is_enough() {
    let config = read(LEAST, &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.urls.api, "https://mfa.example.com/v1");
    assert_eq!(config.urls.apps, config.urls.auth);
    assert!(config.metrics.is_none());
}

#[test]
fn the_environment_wins() {
    let config = read(
        LEAST,
        &[
            ("POSTERN__SERVER__LISTEN", "0.0.0.0:9000"),
            ("POSTERN__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 192.168.0.0/16"),
            ("POSTERN__DELIVERY__ALLOW_PRIVATE", "true"),
            ("POSTERN__DATABASE__READERS", "9"),
            ("POSTERN__SECRETS__MASTER_KEY", "c2VjcmV0"),
            ("PATH", "/bin"),
        ],
    )
    .unwrap();
    assert_eq!(config.listen.port(), 9000);
    assert_eq!(config.trusted_proxies.len(), 2);
    assert!(config.allow_private);
    assert_eq!(config.readers, 9);
    assert!(matches!(config.master_key, MasterKey::Given(_)));
    assert!(!format!("{config:?}").contains("c2VjcmV0"));
}

#[test]
fn limits_hold_unless_they_are_zero_and_domains_name_their_environment() {
    let id = "4cae3424-b5db-49de-8805-724adc418772";
    let text = format!(
        "{LEAST}[limits]\ntenant_per_second = 0\naddress_burst = 7\nexempt_networks = [\"10.0.0.0/8\"]\n"
    );
    let domains = format!("a.example=, login.example.com={id}");
    let faults = read(&text, &[("POSTERN__SERVER__CUSTOM_DOMAINS", &domains)]).unwrap_err();
    assert!(faults.contains("POSTERN__SERVER__CUSTOM_DOMAINS must be a list of hosts"), "{faults}");
    let domains = format!("login.example.com={id}");
    let config = read(&text, &[("POSTERN__SERVER__CUSTOM_DOMAINS", &domains)]).unwrap();
    assert_eq!(config.domains, [("login.example.com".to_owned(), id.parse().unwrap())]);
    assert_eq!(config.limits.tenant, None);
    let address = config.limits.address.unwrap();
    assert_eq!((address.per_second, address.burst, config.limits.exempt.len()), (2000, 7, 1));
}

#[test]
fn a_certificate_needs_its_key() {
    let faults = read(&format!("{LEAST}[tls]\ncertificate = \"tls.crt\"\n"), &[]).unwrap_err();
    assert!(faults.contains("tls.certificate and tls.private_key are needed together"), "{faults}");
}

#[test]
fn all_faults_are_told_at_once_with_their_names() {
    let text = "[server]\nlisen = \"127.0.0.1:1\"\nlisten = 8080\nmax_connections = 0\n[databse]\nurl = \"x\"\n\
                [database]\nurl = \"mysql://root@localhost\"\n[secrets]\nmaster_key = \"x\"\n[log]\nformat = \"xml\"\n";
    let faults =
        read(text, &[("POSTERN__LOG__LEVLE", "info"), ("POSTERN__DATABASE__QUEUE", "many")]).unwrap_err();
    for expected in [
        "postern.toml",
        "there is no setting server.lisen; did you mean listen?",
        "server.listen must be an IP address and a port",
        "server.max_connections must be a whole number from 1 to 1000000",
        "there is no section [databse]; did you mean database?",
        "database.url must begin with sqlite: or postgres://",
        "secrets.master_key may not stand in a file; set POSTERN__SECRETS__MASTER_KEY",
        "log.format must be one of text, json",
        "POSTERN__LOG__LEVLE names no setting; did you mean POSTERN__LOG__LEVEL?",
        "POSTERN__DATABASE__QUEUE must be a whole number",
        "server.public_api_url is missing",
        "secrets.master_key_file is missing",
    ] {
        assert!(faults.contains(expected), "{expected}\n{faults}");
    }
    assert!(!faults.contains("mysql://root"));
}

#[test]
fn a_syntax_error_names_the_line_and_shows_nothing_of_it() {
    let faults = read("[database]\nurl = \"postgres://me:hunter2@host/db\n", &[]).unwrap_err();
    assert!(faults.contains("not TOML in line 2"), "{faults}");
    assert!(!faults.contains("hunter2"), "{faults}");
}

#[test]
fn the_reference_names_every_setting() {
    let page = reference();
    for setting in settings::SETTINGS {
        assert!(page.contains(&format!("| `{}` |", setting.key)), "{}", setting.key);
    }
}
