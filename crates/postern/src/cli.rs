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
  postern dev --tls                          with https and names, as PingOne's own SDKs want it
  postern dev --ephemeral --seed 7           the same ids and codes every time, nothing is kept
  postern config example > postern.toml      begin a configuration for production
  postern serve --config postern.toml        run it";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a server for development, ready to use, with an inbox in place of providers
    #[command(after_help = "Examples:
  postern dev
  postern dev --listen 127.0.0.1:9000 --data /tmp/lab
  postern dev --ephemeral --seed 7
  postern dev --tls
  postern dev --tls --api-host pingone.test --auth-host pingone.test --listen 0.0.0.0:443")]
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
    /// Address and port to listen on, 127.0.0.1:8080 when not said, 127.0.0.1:443 with --tls; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// Folder that keeps the data
    #[arg(long, value_name = "DIR", default_value = "postern-data")]
    pub(crate) data: PathBuf,
    /// Keep nothing: use a temporary folder and remove it at the end
    #[arg(long, conflicts_with = "data")]
    pub(crate) ephemeral: bool,
    /// Make the same ids and codes every time; never for anything that must stay secret
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Speak https, with a certificate authority of its own, under names of its own
    #[arg(long)]
    pub(crate) tls: bool,
    /// Name of the management API
    #[arg(long, value_name = "NAME", default_value = "api.postern.localhost", requires = "tls", value_parser = host_name)]
    pub(crate) api_host: String,
    /// Name of the authorization service and the hosted pages; may be the same
    #[arg(long, value_name = "NAME", default_value = "auth.postern.localhost", requires = "tls", value_parser = host_name)]
    pub(crate) auth_host: String,
}

impl DevArgs {
    /// Plain HTTP on this address, and nothing is kept.
    pub(crate) fn ephemeral(listen: SocketAddr) -> Self {
        Self {
            listen: Some(listen),
            data: PathBuf::new(),
            ephemeral: true,
            seed: None,
            tls: false,
            api_host: String::new(),
            auth_host: String::new(),
        }
    }
}

/// A name as certificates and URLs carry it.
fn host_name(text: &str) -> Result<String, String> {
    let name = text.to_ascii_lowercase();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.len() <= 253 && name.split('.').all(is_label) && name.parse::<std::net::IpAddr>().is_err() {
        return Ok(name);
    }
    Err("must be a host name such as api.pingone.test, without scheme, port and path".to_owned())
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
    fn names_are_for_tls_and_hold_neither_port_nor_scheme() {
        let parsed = |rest: &[&str]| Cli::try_parse_from([&["postern", "dev"], rest].concat());
        assert!(parsed(&["--tls", "--api-host", "API.pingone.test"]).is_ok());
        assert!(parsed(&["--api-host", "api.pingone.test"]).is_err());
        for wrong in ["https://api.pingone.test", "api.pingone.test:443", "127.0.0.1", "a..b", "-a.test", ""]
        {
            assert!(parsed(&["--tls", "--api-host", wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_folder_and_ephemeral_exclude_each_other() {
        assert!(Cli::try_parse_from(["postern", "dev", "--ephemeral", "--data", "x"]).is_err());
        assert!(Cli::try_parse_from(["postern", "dev", "--ephemeral"]).is_ok());
    }
}
