//! The order of a run: prepare, measure part by part, report.

mod core_loads;
mod footprint;
mod keys;
mod refusals;
mod stage;

use std::path::Path;

use anyhow::Context as _;

pub(crate) use self::core_loads::loads;
pub(crate) use self::stage::Stage;
use crate::options::{Part, Run};
use crate::report::{Machine, Report, write};
use crate::scene::Scene;
use crate::{clock, series, terminal};

/// Measures everything that is wanted and writes the report.
///
/// # Errors
/// When the server or the database fails, or a file cannot be written.
pub(crate) async fn run(run: &Run) -> anyhow::Result<()> {
    let folder = folder(run.data.as_deref())?;
    terminal::note(format_args!("data in {}", folder.path().display()));
    let mut stage = Stage::open(run, folder.path()).await?;
    let mut report = Report {
        at: clock::wall().to_string(),
        machine: Machine::describe(folder.path(), stage.database_version().await?),
        connections: run.connections,
        users: run.users,
        seconds: run.shape().measured.as_secs_f64(),
        figures: Vec::new(),
        series: Vec::new(),
    };
    measure(&mut stage, run, &mut report).await?;
    stage.close().await?;
    write(&report, run.json.as_deref(), run.markdown.as_deref())
}

async fn measure(stage: &mut Stage, run: &Run, report: &mut Report) -> anyhow::Result<()> {
    let core = [
        Part::Create,
        Part::Read,
        Part::Token,
        Part::Transaction,
        Part::Totp,
        Part::Fido2,
        Part::Refusals,
        Part::Footprint,
    ];
    if core.into_iter().any(|part| run.wants(part)) {
        terminal::note(format_args!("making {} users", run.users));
        let mut admin = stage.sign_in().await?;
        let environment = stage.worker.environment.parse().context("the environment's id")?;
        let worker = stage.worker.clone();
        let scene =
            Scene::build(&mut admin, environment, worker, &stage.sink, run.users, run.connections).await?;
        drop(admin);
        report.figures.extend(core_loads::measure(stage, &scene, run).await?);
        if run.wants(Part::Refusals) {
            report.figures.extend(refusals::measure(stage, &scene, run).await?);
        }
        if run.wants(Part::Footprint) {
            report.figures.extend(footprint::measure(stage, &scene, run).await?);
        }
    }
    if run.wants(Part::Users) {
        report.series.push(series::users(stage, run).await?);
    }
    if run.wants(Part::Environments) {
        report.series.push(series::environments(stage, run).await?);
    }
    Ok(())
}

/// A fresh folder, removed at the end.
fn folder(within: Option<&Path>) -> anyhow::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("postern-bench-");
    match within {
        None => builder.tempdir(),
        Some(path) => {
            std::fs::create_dir_all(path)?;
            builder.tempdir_in(path)
        }
    }
    .context("cannot make a folder for the data")
}
