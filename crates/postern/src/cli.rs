//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::{bootstrap, config, demo, dev, doctor, keys, logging, migrate, oath, reference, serve, terminal};

/// Self-hosted multi-factor authentication that speaks the PingOne API.
#[derive(Debug, Parser)]
#[command(name = "postern", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  postern demo                               watch a transaction being approved by text message
  postern demo --method fido2                watch a passkey being registered and used
  postern dev                                a server to develop against, on 127.0.0.1:8080
  postern dev --ephemeral --seed 7           the same ids and codes every time, nothing is kept
  postern config example > postern.toml      begin a configuration for production
  postern serve --config postern.toml        run it";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a server for development, ready to use, with an inbox in place of providers
    #[command(after_help = "Examples:
  postern dev
  postern dev --listen 127.0.0.1:9000 --data /tmp/lab
  postern dev --ephemeral --seed 7")]
    Dev(DevArgs),
    /// Show a method step by step, from enrolment to its end, against a fresh server
    #[command(after_help = "Examples:\n  postern demo\n  postern demo --method push")]
    Demo {
        /// What proves the person
        #[arg(long, value_enum, default_value_t = demo::Method::Sms)]
        method: demo::Method,
    },
    /// Run a server for production
    #[command(after_help = "Example:\n  postern serve --config /etc/postern/postern.toml")]
    Serve {
        #[command(flatten)]
        config: ConfigArg,
        /// Bring the schema up to date before serving
        #[arg(long)]
        migrate: bool,
    },
    /// Make the organization, the first environment and a worker application, and print its credentials once
    #[command(
        after_help = "Example:\n  postern bootstrap --config postern.toml --organization Acme --environment Production"
    )]
    Bootstrap {
        #[command(flatten)]
        config: ConfigArg,
        #[command(flatten)]
        wanted: bootstrap::Wanted,
    },
    /// Bring the schema of the database up to date
    Migrate(ConfigArg),
    /// Look for what would keep the server from working
    Doctor(ConfigArg),
    /// Check or explain the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Make or rotate keys: the master keys that seal secrets in the database, the signing keys of environments
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Import hardware tokens from the seed files that come with them
    #[command(subcommand)]
    Oath(oath::OathCommand),
    /// Print the OpenAPI document of what is served
    Openapi,
    /// Print the command line reference in Markdown
    #[command(hide = true)]
    CliReference,
    /// Print the page of what the API covers in Markdown
    #[command(hide = true)]
    ApiCoverage,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Check a configuration without using it
    #[command(after_help = "Example:\n  postern config example | postern config check --config -")]
    Check(ConfigArg),
    /// Print a commented configuration to start from
    Example,
    /// Print the reference of all settings in Markdown
    Reference,
}

/// Where the configuration is.
#[derive(Debug, Args)]
pub(crate) struct ConfigArg {
    /// Configuration file; - for standard input
    #[arg(long, value_name = "FILE", env = "POSTERN_CONFIG", default_value_os_t = config::default_path())]
    config: PathBuf,
}

impl ConfigArg {
    /// Reads it.
    pub(crate) fn load(&self) -> anyhow::Result<config::Config> {
        config::load(&self.config)
    }

    /// Reads it and logs as it says.
    pub(crate) fn load_and_log(&self) -> anyhow::Result<config::Config> {
        let config = self.load()?;
        logging::start(config.log_format, &config.log_level)?;
        Ok(config)
    }
}

/// How to develop.
#[derive(Debug, Clone, Args)]
pub(crate) struct DevArgs {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Folder that keeps the data
    #[arg(long, value_name = "DIR", default_value = "postern-data")]
    pub(crate) data: PathBuf,
    /// Keep nothing: use a temporary folder and remove it at the end
    #[arg(long, conflicts_with = "data")]
    pub(crate) ephemeral: bool,
    /// Make the same ids and codes every time; never for anything that must stay secret
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

impl Cli {
    /// Does what was asked.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Dev(args) => dev::run(args).await.map(success),
            Command::Demo { method } => demo::run(method).await,
            Command::Serve { config, migrate } => {
                serve::run(&config.load_and_log()?, migrate).await.map(success)
            }
            Command::Bootstrap { config, wanted } => {
                bootstrap::run(&config.load_and_log()?, &wanted).await.map(success)
            }
            Command::Migrate(config) => migrate::run(&config.load_and_log()?).await.map(success),
            Command::Doctor(config) => Ok(doctor::run(config.load()).await),
            Command::Config(ConfigCommand::Check(config)) => {
                config.load()?;
                terminal::say("The configuration is good.");
                Ok(ExitCode::SUCCESS)
            }
            Command::Config(ConfigCommand::Example) => Ok(printed(&config::example())),
            Command::Config(ConfigCommand::Reference) => Ok(printed(&config::reference())),
            Command::Keys(command) => keys::run(command).await.map(success),
            Command::Oath(command) => oath::run(command).await,
            Command::Openapi => Ok(printed(&reference::openapi()?)),
            Command::CliReference => Ok(printed(&reference::command_line::<Self>())),
            Command::ApiCoverage => Ok(printed(&postern_http::coverage::page(&postern_http::routes()))),
        }
    }
}

fn success((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

fn printed(text: &str) -> ExitCode {
    terminal::print(text);
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_folder_and_ephemeral_exclude_each_other() {
        assert!(Cli::try_parse_from(["postern", "dev", "--ephemeral", "--data", "x"]).is_err());
        assert!(Cli::try_parse_from(["postern", "dev", "--ephemeral"]).is_ok());
    }
}
