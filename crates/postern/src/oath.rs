//! `postern oath`: hardware tokens in bulk, from the seed files that come with them.

mod import;
mod seeds;

use std::process::ExitCode;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum OathCommand {
    /// Import the tokens of a seed file into an environment
    #[command(after_help = import::HELP)]
    Import(import::Wanted),
}

/// Does what was asked.
pub(crate) async fn run(command: OathCommand) -> anyhow::Result<ExitCode> {
    match command {
        OathCommand::Import(wanted) => import::run(&wanted).await,
    }
}
