//! Takes values out by name and kind, and notes what does not fit.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use postern_core::ids::EnvironmentId;
use toml::Value;
use url::Url;

use super::faults::Faults;
use super::layers::Values;
use super::settings::{self, Kind, Setting};

/// The values and the faults found so far.
pub(crate) struct Reader<'f> {
    values: Values,
    faults: &'f mut Faults,
    /// Which settings were asked for, so that a test can see that all are.
    pub(crate) asked: BTreeSet<(&'static str, &'static str)>,
}

impl<'f> Reader<'f> {
    /// Reads these values.
    pub(crate) fn new(values: Values, faults: &'f mut Faults) -> Self {
        Self { values, faults, asked: BTreeSet::new() }
    }

    /// Notes a fault that concerns several settings.
    pub(crate) fn fault(&mut self, fault: &str) {
        self.faults.note(fault);
    }

    /// A text, word or anything else that is written in quotes.
    pub(crate) fn text(&mut self, section: &str, key: &str) -> Option<String> {
        let (setting, value, name) = self.take(section, key)?;
        match (value, setting.kind) {
            (Value::String(text), Kind::Word(words)) if words.contains(&text.as_str()) => Some(text),
            (_, Kind::Word(words)) => self.refuse(&name, &format!("must be one of {}", words.join(", "))),
            (Value::String(text), _) if !text.is_empty() => Some(text),
            _ => self.refuse(&name, "must be a text in quotes"),
        }
    }

    /// The path of a file.
    pub(crate) fn path(&mut self, section: &str, key: &str) -> Option<PathBuf> {
        self.text(section, key).map(PathBuf::from)
    }

    /// Address and port.
    pub(crate) fn address(&mut self, section: &str, key: &str) -> Option<SocketAddr> {
        let (_, value, name) = self.take(section, key)?;
        let address = value.as_str().and_then(|text| text.parse().ok());
        address.or_else(|| self.refuse(&name, "must be an IP address and a port, such as \"127.0.0.1:8080\""))
    }

    /// A URL, without the slash at its end.
    pub(crate) fn url(&mut self, section: &str, key: &str) -> Option<String> {
        let (_, value, name) = self.take(section, key)?;
        let url = value.as_str().and_then(|text| Url::parse(text).ok());
        match url {
            Some(url)
                if matches!(url.scheme(), "http" | "https")
                    && url.has_host()
                    && url.query().is_none()
                    && url.fragment().is_none()
                    && url.username().is_empty()
                    && url.password().is_none() =>
            {
                Some(url.as_str().trim_end_matches('/').to_owned())
            }
            _ => self.refuse(
                &name,
                "must be an http or https URL without query, such as \"https://mfa.example.com\"",
            ),
        }
    }

    /// A whole number within the range of the setting.
    pub(crate) fn number<N: TryFrom<i64>>(&mut self, section: &str, key: &str) -> Option<N> {
        let (setting, value, name) = self.take(section, key)?;
        let Kind::Number(least, most) = setting.kind else { return None };
        let number = value.as_integer().filter(|number| (least..=most).contains(number));
        let fitting = number.and_then(|number| N::try_from(number).ok());
        fitting.or_else(|| self.refuse(&name, &format!("must be a whole number from {least} to {most}")))
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, section: &str, key: &str) -> Option<bool> {
        let (_, value, name) = self.take(section, key)?;
        value.as_bool().or_else(|| self.refuse(&name, "must be true or false"))
    }

    /// A list of networks; empty when nothing is said.
    pub(crate) fn networks(&mut self, section: &str, key: &str) -> Vec<IpNet> {
        let Some((_, value, name)) = self.take(section, key) else { return Vec::new() };
        let networks: Option<Vec<IpNet>> =
            value.as_array().and_then(|list| list.iter().map(|one| one.as_str()?.parse().ok()).collect());
        networks
            .or_else(|| self.refuse(&name, "must be a list of networks, such as [\"10.0.0.0/8\"]"))
            .unwrap_or_default()
    }

    /// A list of hosts with their environments; empty when nothing is said.
    pub(crate) fn domains(&mut self, section: &str, key: &str) -> Vec<(String, EnvironmentId)> {
        let Some((_, value, name)) = self.take(section, key) else { return Vec::new() };
        let domain = |one: &Value| {
            let (host, environment) = one.as_str()?.split_once('=')?;
            let (host, environment) = (host.trim(), environment.trim());
            let is_host = !host.is_empty() && !host.contains([':', '/', ' ']);
            Some((host.to_owned(), environment.parse().ok().filter(|_| is_host)?))
        };
        let domains = value.as_array().and_then(|list| list.iter().map(domain).collect());
        let why =
            "must be a list of hosts with the ids of their environments, such as [\"login.example.com=ID\"]";
        domains.or_else(|| self.refuse(&name, why)).unwrap_or_default()
    }

    fn take(&mut self, section: &str, key: &str) -> Option<(&'static Setting, Value, String)> {
        let setting = settings::find(section, key)?;
        self.asked.insert((setting.section, setting.key));
        let said = self.values.remove(&(setting.section, setting.key));
        let name = format!("{section}.{key}");
        match (said, setting.default) {
            (Some((value, said_as)), _) => Some((setting, value, said_as)),
            (None, Some(default)) => Some((setting, written(default)?, name)),
            (None, None) if setting.required => {
                self.refuse(&name, &format!("is missing; for example {}", setting.example))
            }
            (None, None) => None,
        }
    }

    fn refuse<T>(&mut self, name: &str, why: &str) -> Option<T> {
        self.faults.note(format_args!("{name} {why}"));
        None
    }
}

/// A value as it stands in a file.
pub(crate) fn written(text: &str) -> Option<Value> {
    format!("value = {text}").parse::<toml::Table>().ok()?.remove("value")
}
