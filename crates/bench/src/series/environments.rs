//! From one to a thousand environments, with the same number of users in all of them together.

use serde_json::json;

use super::plant::{Plot, plant};
use crate::admin::Admin;
use crate::options::Run;
use crate::report::Series;
use crate::run::{Stage, loads};
use crate::scene::{Scene, equip};
use crate::terminal;

/// Users planted for each size.
const USERS: usize = 10_000;

/// Where the numbers of planted devices begin: beyond those of the devices that are made.
const FAR: usize = 4_000_000;

/// Measures at each size. The server is restarted between them.
///
/// # Errors
/// When the server or the database fails.
pub(crate) async fn environments(stage: &mut Stage, run: &Run) -> anyhow::Result<Series> {
    let mut points = Vec::new();
    let mut plots: Vec<Plot> = Vec::new();
    let mut admin = stage.sign_in().await?;
    let first = make(&mut admin, 0).await?;
    let worker = stage.worker.clone();
    let mut scene = Scene::build(&mut admin, first.environment, worker, &stage.sink, 1, 1).await?;
    let model = *scene.targets.first().ok_or_else(|| anyhow::anyhow!("no user to copy"))?;
    plots.push(Plot { policy: model.policy, ..first });
    for (round, size) in run.environment_counts().iter().enumerate() {
        while plots.len() < *size {
            plots.push(make_equipped(&mut admin, plots.len()).await?);
        }
        let (spread, from) = (plots.clone(), FAR + USERS * round);
        let planted = stage.offline(|database| plant(database, model, spread, from, USERS)).await?;
        admin = stage.sign_in().await?;
        scene.aim_at(planted);
        terminal::note(format_args!("{size} environments"));
        points.push((*size, loads(stage, &scene, run).await?));
    }
    Ok(Series { name: "Environments".to_owned(), points })
}

async fn make_equipped(admin: &mut Admin, n: usize) -> anyhow::Result<Plot> {
    let plot = make(admin, n).await?;
    Ok(Plot { policy: equip(admin, plot.environment).await?, ..plot })
}

/// An environment with its default population, and no policy yet.
async fn make(admin: &mut Admin, n: usize) -> anyhow::Result<Plot> {
    let name = format!("Environment {n}");
    let environment =
        admin.create("/environments", &json!({ "name": name, "type": "SANDBOX", "region": "NA" })).await?;
    let population =
        admin.find(&format!("/environments/{environment}/populations"), "populations", "Default").await?;
    Ok(Plot { environment, population, policy: uuid::Uuid::nil() })
}
