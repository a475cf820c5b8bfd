//! Postern: a self-hosted multi-factor authentication server that speaks the PingOne API.
//!
//! The binary owns what touches the machine: command line, configuration,
//! clock, sockets, signals, files. It wires the other crates together and has
//! no rules of its own.

mod authenticators;
mod bootstrap;
mod certificate;
mod cli;
mod clock;
mod config;
mod database;
mod demo;
mod dev;
mod doctor;
mod health;
mod installation;
mod keys;
mod logging;
mod master_key;
mod metrics;
mod migrate;
mod oath;
mod private_file;
mod reference;
mod serve;
mod server;
mod shutdown;
mod sweeper;
mod terminal;
mod unpairing;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // Nothing else installs one; a second call would only say so.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            terminal::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: cli::Cli) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let code = runtime.block_on(cli.run())?;
    // A long poll or a name lookup may still hang on a thread; nobody waits for it.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    Ok(code)
}
