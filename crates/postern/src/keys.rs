//! `postern keys`: the master keys, which seal every secret in the database, and the signing keys of environments.

mod signing;

use std::path::PathBuf;

use anyhow::bail;
use clap::Subcommand;
use postern_core::random::Random;

use crate::cli::ConfigArg;
use crate::config::MasterKey;
use crate::{master_key, terminal};

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a file with a first key; a file that is there is not touched
    #[command(after_help = "Example:\n  postern keys make /etc/postern/master.key")]
    Make {
        /// The file to make, readable by its owner alone
        file: PathBuf,
    },
    /// Put a fresh key in front; what older keys sealed still opens
    #[command(
        after_help = "Restart every server afterwards, so that it reads the file. Keep a copy of the file: \
                            without it the secrets in the database are lost."
    )]
    Rotate(ConfigArg),
    /// Give an environment a new key to sign its tokens with; the old one stays published until its last token expires
    #[command(after_help = signing::HELP)]
    RotateSigning(signing::Wanted),
}

/// Makes or rotates keys.
pub(crate) async fn run(command: KeysCommand) -> anyhow::Result<()> {
    match command {
        KeysCommand::Make { file } => {
            master_key::make(&file, &Random::system())?;
            terminal::say(format_args!("{} was made. Keep a copy in a safe place.", file.display()));
        }
        KeysCommand::Rotate(config) => {
            let MasterKey::File(file) = config.load()?.master_key else {
                bail!(
                    "the master keys come from the environment; put a fresh line in front of POSTERN__SECRETS__MASTER_KEY"
                );
            };
            let ring = master_key::rotate(&file, &Random::system())?;
            let [current, older @ ..] = &*ring.key_ids() else { bail!("{} holds no key", file.display()) };
            terminal::say(format_args!(
                "{} now begins with key {current}; {} older still open. Restart the servers.",
                file.display(),
                older.len()
            ));
        }
        KeysCommand::RotateSigning(wanted) => signing::run(&wanted).await?,
    }
    Ok(())
}
