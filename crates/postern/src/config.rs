//! The configuration of `postern serve`: one TOML file, and the environment on top of it.
//!
//! Every setting is declared once, in [`settings`]: reading, the example and
//! the reference come from the declaration. All faults are told at once, with
//! the file and the key.

mod documents;
mod faults;
mod layers;
mod reader;
mod settings;
mod suggestion;
mod typed;

use std::path::{Path, PathBuf};

use anyhow::Context as _;

pub(crate) use self::documents::{example, reference};
pub(crate) use self::faults::Faults;
pub(crate) use self::typed::{Config, DatabaseUrl, MasterKey, MetadataFiles, plain};

/// Reads the file, `-` for stdin, and the settings in the environment of the process.
pub(crate) fn load(path: &Path) -> anyhow::Result<Config> {
    let (name, text) = if path == Path::new("-") {
        (
            "standard input".to_owned(),
            std::io::read_to_string(std::io::stdin()).context("cannot read standard input")?,
        )
    } else {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        (path.display().to_string(), text)
    };
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Ok(parse(&name, &text, environment)?)
}

/// Reads the text of a file and what the environment overrides.
pub(crate) fn parse(
    file: &str,
    text: &str,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config, Faults> {
    let mut faults = Faults::new(file);
    let values = layers::merged(text, environment, &mut faults);
    let config = typed::read(reader::Reader::new(values, &mut faults));
    match config {
        Some(config) if faults.is_empty() => Ok(config),
        _ => Err(faults),
    }
}

/// Where the configuration is when the command line does not say.
pub(crate) fn default_path() -> PathBuf {
    PathBuf::from("postern.toml")
}

#[cfg(test)]
mod tests;
