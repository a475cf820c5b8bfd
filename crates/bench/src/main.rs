//! Measures Postern: its own load against a server in a child process, beside limits measured in the same run.
//!
//! Prints a table and writes JSON and Markdown. Proves nothing and never fails for being slow.

mod admin;
mod clock;
mod limits;
mod load;
mod options;
mod report;
mod run;
mod scenarios;
mod scene;
mod series;
mod server;
mod sink;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

use self::options::{Helper, Options};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let done = match Options::parse() {
        Options { helper: Some(Helper::BareRoute { listen, bytes }), .. } => serve(listen, bytes),
        Options { run, .. } => measure(&run),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::note(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// As many threads as the server has.
fn serve(listen: std::net::SocketAddr, bytes: usize) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(limits::serve_bare_route(listen, bytes))
}

/// One thread: the generator shares the processors with the server.
fn measure(run: &options::Run) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run::run(run))
}
