//! `postern demo`: a method from enrolment to its end, against a fresh server.
//!
//! Text messages are shown in PingOne's workflow "Create an MFA Transaction Approval using SMS", the other methods with
//! device authentications and the robots of the sandbox. The server is a real one on a free port, and every step is a real request.
//! The demo checks each answer and fails when one differs from what it should be.

mod answer;
mod application;
mod approval;
mod methods;
mod person;
mod step;
mod token;
mod walk;

use std::process::ExitCode;

use anyhow::Context as _;

pub(crate) use self::methods::Method;
use self::walk::Walk;
use crate::cli::DevArgs;
use crate::terminal::{self, Style, say, styled};
use crate::{dev, logging, shutdown};

/// Shows a method; the exit code tells whether every step went as it should.
pub(crate) async fn run(method: Method) -> anyhow::Result<ExitCode> {
    logging::start(
        logging::Format::Text,
        &std::env::var("POSTERN_LOG").unwrap_or_else(|_| "warn".to_owned()),
    )?;
    let (switch, stop) = shutdown::switch();
    shutdown::on_signal(switch.clone());
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let args = DevArgs::ephemeral(listen);
    let dev = dev::prepare(&args, stop.clone()).await?;
    let mut walk = Walk::new(&dev.place.base, &dev.access)?;
    let mut interrupted = stop.clone();
    let server = tokio::spawn(dev.serve(stop));

    say(styled(Style::Bold, method.title()));
    let outcome = tokio::select! {
        outcome = show(&mut walk, method) => outcome,
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

async fn show(walk: &mut Walk, method: Method) -> anyhow::Result<()> {
    walk.sign_in().await?;
    match method {
        Method::Sms => workflow(walk).await,
        _ => methods::show(walk, method).await,
    }
}

async fn workflow(walk: &mut Walk) -> anyhow::Result<()> {
    let application = application::make(walk).await?;
    let person = person::make(walk, &application).await?;
    approval::approve(walk, &application, &person).await
}
