//! `postern oath import`: the tokens of a seed file, a line of report for each that was not created.

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use clap::Args;
use postern_core::ids::EnvironmentId;
use postern_core::oath::NewToken;
use postern_core::oath::import::{Fault, SeedFile};
use postern_core::random::Random;
use postern_engine::Ctx;
use postern_engine::context::Urls;
use postern_engine::environments::Environments;
use postern_engine::oath::tokens::{self, Imported};
use postern_store::sql::Db;

use super::seeds::{self, Format};
use crate::installation::Installation;
use crate::{clock, database, terminal};

/// Tokens of one transaction.
const BATCH: usize = 200;

pub(super) const HELP: &str = "CSV: the first line names the columns: serialNumber and secret (hexadecimal), and where they are needed type (HOTP or TOTP), \
otpLength (6 or 8), hashAlgorithm, counter, timeStep. PSKC: RFC 6030, keys in clear, encrypted with a pre-shared key, or with a password.

Tokens whose serial number is there already are left as they are, so an import can be repeated. Keys are sealed on their way in and never printed; \
remove the seed file afterwards.

A server that keeps its data in SQLite holds the file: stop it first. With PostgreSQL it goes on.

Examples:
  postern oath import --config /etc/postern/postern.toml --environment 4cae3424-b5db-49de-8805-724adc418772 tokens.csv
  postern oath import --data postern-data --environment 4cae3424-b5db-49de-8805-724adc418772 --key-file transport.key tokens.xml
  postern oath import --environment 4cae3424-b5db-49de-8805-724adc418772 --password-file transport.password --check tokens.xml";

/// Which tokens, and where to.
#[derive(Debug, Args)]
pub(crate) struct Wanted {
    /// The environment that gets the tokens
    #[arg(long, value_name = "ID")]
    environment: EnvironmentId,
    #[command(flatten)]
    seeds: seeds::SeedArgs,
    /// Read the file and report, but import nothing
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    installation: Installation,
}

/// Imports the file. Fails when a token could not be imported for another reason than that it was there.
pub(super) async fn run(wanted: &Wanted) -> anyhow::Result<ExitCode> {
    let (format, seeds) = seeds::read(&wanted.seeds)?;
    let SeedFile { tokens, faults } = seeds;
    report(format, &faults);
    if wanted.check {
        terminal::say(format_args!("{} can be imported, {} cannot.", tokens.len(), faults.len()));
        return Ok(code(faults.is_empty()));
    }
    if tokens.is_empty() {
        bail!("there is nothing to import");
    }
    let (db, ring) = wanted.installation.open().await?;
    let random = Random::system();
    let ctx = Ctx::system(wanted.environment, clock::now(), &random, &Arc::new(ring), Urls::default());
    let done = import(&db, &ctx, format, tokens).await;
    db.close().await;
    let done = done?;
    terminal::say(format_args!(
        "{} created, {} were there already, {} could not be imported.",
        done.created,
        done.duplicates.len(),
        faults.len() + done.left_out
    ));
    Ok(code(faults.is_empty() && done.left_out == 0))
}

fn code(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Says what is wrong with which entries. Problems name members and rules, never keys.
fn report(format: Format, faults: &[Fault]) {
    for fault in faults {
        let serial = fault.serial_number.as_deref().map(|serial| format!(" ({serial})")).unwrap_or_default();
        for problem in &fault.problems {
            let target = problem.target.as_deref().unwrap_or("entry");
            terminal::say(format_args!(
                "{} {}{serial}: {target} {}",
                format.entry(),
                fault.entry,
                problem.message
            ));
        }
    }
}

/// What became of the file.
#[derive(Debug, Default)]
struct Done {
    created: u64,
    duplicates: Vec<String>,
    left_out: usize,
}

async fn import(db: &Db, ctx: &Ctx, format: Format, tokens: Vec<(usize, NewToken)>) -> anyhow::Result<Done> {
    database::demand_current(db).await?;
    if Environments::default().find(db, ctx.environment, ctx.now).await?.is_none() {
        bail!("there is no environment {}", ctx.environment);
    }
    let all = tokens.len();
    let entries: HashMap<String, usize> =
        tokens.iter().map(|(entry, new)| (new.token.serial_number.clone(), *entry)).collect();
    let (mut done, mut seen) = (Done::default(), 0);
    let mut tokens = tokens.into_iter().map(|(_, token)| token);
    loop {
        let batch: Vec<NewToken> = tokens.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return Ok(done);
        }
        seen += batch.len();
        let work = (ctx.clone(), batch);
        let imported: Imported =
            db.write(work, |tx, (ctx, batch)| Box::pin(tokens::import(tx, ctx, batch))).await?;
        done.created += imported.created;
        for duplicate in imported.duplicates {
            let entry = entries.get(&duplicate.serial_number).copied().unwrap_or_default();
            let serial = duplicate.serial_number;
            terminal::say(format_args!("{} {entry} ({serial}): was there already", format.entry()));
            done.duplicates.push(serial);
        }
        if imported.full {
            let handled = done.created + done.duplicates.len() as u64;
            done.left_out = all.saturating_sub(usize::try_from(handled).unwrap_or(usize::MAX));
            terminal::say("The environment has as many tokens as it may have; the rest was left out.");
            return Ok(done);
        }
        if all > BATCH {
            terminal::note(format_args!("{seen} of {all}"));
        }
    }
}
