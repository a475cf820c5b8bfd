//! The file and the environment, laid over each other.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::faults::Faults;
use super::settings::{self, Kind, SECTIONS, SETTINGS, Setting};
use super::suggestion::closest;

/// Values by setting: what was said, with how it was named where it was said.
pub(crate) type Values = BTreeMap<(&'static str, &'static str), (Value, String)>;

const PREFIX: &str = "POSTERN__";

/// What the file says, and above it what the environment says.
pub(crate) fn merged(
    text: &str,
    environment: impl Iterator<Item = (String, String)>,
    faults: &mut Faults,
) -> Values {
    let mut values = Values::new();
    match text.parse::<Table>() {
        Ok(table) => from_file(table, &mut values, faults),
        Err(error) => {
            // The error's own text would show the line, which may hold a secret.
            let line =
                error.span().map(|span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
            let place = line.map(|line| format!(" in line {line}")).unwrap_or_default();
            faults.note(format_args!("it is not TOML{place}: {}", error.message()));
        }
    }
    for (name, value) in environment {
        if let Some(rest) = name.strip_prefix(PREFIX) {
            from_variable(&name, rest, value, &mut values, faults);
        }
    }
    values
}

fn from_file(table: Table, values: &mut Values, faults: &mut Faults) {
    for (section, content) in table {
        if !SECTIONS.iter().any(|(name, _)| *name == section) {
            let meant = suggestion(&section, SECTIONS.iter().map(|(name, _)| *name));
            faults.note(format_args!("there is no section [{section}]{meant}"));
            continue;
        }
        let Value::Table(keys) = content else {
            faults.note(format_args!("{section} must be a section: [{section}]"));
            continue;
        };
        for (key, value) in keys {
            let name = format!("{section}.{key}");
            match settings::find(&section, &key) {
                Some(setting) if setting.secret => {
                    faults.note(format_args!("{name} may not stand in a file; set {}", setting.variable()));
                }
                Some(setting) => drop(values.insert((setting.section, setting.key), (value, name))),
                None => {
                    let known =
                        SETTINGS.iter().filter(|known| known.section == section).map(|known| known.key);
                    faults.note(format_args!("there is no setting {name}{}", suggestion(&key, known)));
                }
            }
        }
    }
}

fn from_variable(name: &str, rest: &str, value: String, values: &mut Values, faults: &mut Faults) {
    let setting = rest
        .split_once("__")
        .and_then(|(section, key)| settings::find(&section.to_lowercase(), &key.to_lowercase()));
    let Some(setting) = setting else {
        let variables: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
        let meant = suggestion(name, variables.iter().map(String::as_str));
        faults.note(format_args!("the environment variable {name} names no setting{meant}"));
        return;
    };
    values.insert((setting.section, setting.key), (typed(setting.kind, value), name.to_owned()));
}

/// A variable holds text; this is the value it stands for. What does not fit stays text and is refused later.
fn typed(kind: Kind, text: String) -> Value {
    match kind {
        Kind::Number(..) => text.trim().parse().map_or(Value::String(text), Value::Integer),
        Kind::Flag => text.trim().parse().map_or(Value::String(text), Value::Boolean),
        Kind::Networks | Kind::Domains => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Value::Array(parts.map(|part| Value::String(part.to_owned())).collect())
        }
        Kind::Text | Kind::Word(_) | Kind::Address | Kind::Url | Kind::Path => Value::String(text),
    }
}

fn suggestion<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> String {
    closest(written, names).map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}
