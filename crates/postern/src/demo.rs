//! `postern demo`: PingOne's workflow "Create an MFA Transaction Approval using SMS", against a fresh server.
//!
//! The server is a real one on a free port, and every step is a real request.
//! The demo checks each answer and fails when one differs from what it should be.

mod answer;
mod application;
mod approval;
mod person;
mod token;
mod walk;

use std::process::ExitCode;

use anyhow::Context as _;

use self::walk::Walk;
use crate::cli::DevArgs;
use crate::terminal::{self, Style, say, styled};
use crate::{dev, logging, shutdown};

/// Runs the workflow; the exit code tells whether every step went as it should.
pub(crate) async fn run() -> anyhow::Result<ExitCode> {
    logging::start(
        logging::Format::Text,
        &std::env::var("POSTERN_LOG").unwrap_or_else(|_| "warn".to_owned()),
    )?;
    let (switch, stop) = shutdown::switch();
    shutdown::on_signal(switch.clone());
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let args = DevArgs { listen, data: std::path::PathBuf::new(), ephemeral: true, seed: None };
    let dev = dev::prepare(&args, stop.clone()).await?;
    let mut walk = Walk::new(&dev.address, &dev.access)?;
    let mut interrupted = stop.clone();
    let server = tokio::spawn(dev.serve(stop));

    say(styled(Style::Bold, "Approving a transaction by text message, in PingOne's 19 steps"));
    let outcome = tokio::select! {
        outcome = workflow(&mut walk) => outcome,
        () = interrupted.pulled() => Err(anyhow::anyhow!("interrupted")),
    };
    switch.pull();
    drop(walk);
    server.await.context("the server ended by a fault")?;
    say("");
    match outcome {
        Ok(()) => {
            say(styled(
                Style::Good,
                "Every step went as it should. Next: `postern dev` runs a server to try it yourself.",
            ));
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            terminal::complain(&error);
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn workflow(walk: &mut Walk) -> anyhow::Result<()> {
    walk.sign_in().await?;
    let application = application::make(walk).await?;
    let person = person::make(walk, &application).await?;
    approval::approve(walk, &application, &person).await
}
