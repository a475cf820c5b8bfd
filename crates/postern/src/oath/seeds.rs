//! Seed files and the keys that open them, read from the disk.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use postern_core::oath::csv;
use postern_core::oath::import::SeedFile;
use postern_core::oath::pskc::{self, Keys, PskcError};
use postern_core::secret::Secret;

/// Which file, and how it is read.
#[derive(Debug, Args)]
pub(super) struct SeedArgs {
    /// The seed file
    file: PathBuf,
    /// How it is written; told by its content when not said
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// File with the pre-shared key of an encrypted PSKC file, in hexadecimal digits
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// File with the password of an encrypted PSKC file
    #[arg(long, value_name = "FILE", conflicts_with = "key_file")]
    password_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A header line, then a token a line
    Csv,
    /// The Portable Symmetric Key Container of RFC 6030, plain or encrypted
    Pskc,
}

impl Format {
    /// XML begins with a bracket, and no column is called so.
    fn of(text: &str) -> Self {
        let begin = text.trim_start_matches('\u{feff}').trim_start();
        if begin.starts_with('<') { Self::Pskc } else { Self::Csv }
    }

    /// What one entry of a file is called.
    pub(super) const fn entry(self) -> &'static str {
        match self {
            Self::Csv => "line",
            Self::Pskc => "key",
        }
    }
}

/// Reads the file.
pub(super) fn read(wanted: &SeedArgs) -> anyhow::Result<(Format, SeedFile)> {
    let text = read_text(&wanted.file)?;
    let format = wanted.format.unwrap_or_else(|| Format::of(text.expose()));
    let seeds = match format {
        Format::Csv => csv::read(text.expose()).with_context(|| wanted.file.display().to_string())?,
        Format::Pskc => {
            let keys = Keys {
                pre_shared: wanted.key_file.as_deref().map(read_key).transpose()?,
                password: wanted.password_file.as_deref().map(read_password).transpose()?,
            };
            pskc::read(text.expose(), &keys)
                .map_err(|error| with_hint(&error))
                .with_context(|| wanted.file.display().to_string())?
        }
    };
    Ok((format, seeds))
}

fn with_hint(error: &PskcError) -> anyhow::Error {
    match error {
        PskcError::KeyNeeded => anyhow::anyhow!("{error}; say --key-file"),
        PskcError::PasswordNeeded => anyhow::anyhow!("{error}; say --password-file"),
        other => anyhow::anyhow!("{other}"),
    }
}

fn read_text(path: &Path) -> anyhow::Result<Secret> {
    let size = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len();
    if size > pskc::MAX_BYTES as u64 {
        bail!("{} is larger than {} bytes", path.display(), pskc::MAX_BYTES);
    }
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Secret::new(text))
}

fn read_key(path: &Path) -> anyhow::Result<Secret<Vec<u8>>> {
    let text = read_text(path)?;
    let digits: Secret = Secret::new(text.expose().split_ascii_whitespace().collect());
    let key = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.expose().as_bytes()).map(Secret::new);
    match key {
        Ok(key) if matches!(key.expose().len(), 16 | 32) => Ok(key),
        _ => bail!("{} holds no key of 16 or 32 bytes in hexadecimal digits", path.display()),
    }
}

fn read_password(path: &Path) -> anyhow::Result<Secret> {
    let text = read_text(path)?;
    let password = text.expose().trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("{} holds no password", path.display());
    }
    Ok(Secret::from(password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_tells_the_format() {
        assert_eq!(Format::of("\u{feff}  <?xml version=\"1.0\"?>"), Format::Pskc);
        assert_eq!(Format::of("serial,secret\n1,2"), Format::Csv);
        assert_eq!(Format::of(""), Format::Csv);
    }
}
