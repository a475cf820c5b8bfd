//! From a thousand to a million users in one environment.

use serde_json::json;

use super::plant::{Plot, plant};
use crate::admin::Admin;
use crate::options::Run;
use crate::report::Series;
use crate::run::{Stage, loads};
use crate::scene::Scene;
use crate::terminal;

/// Measures at each size. The server is restarted between them.
///
/// # Errors
/// When the server or the database fails.
pub(crate) async fn users(stage: &mut Stage, run: &Run) -> anyhow::Result<Series> {
    let mut admin = stage.sign_in().await?;
    let environment = admin
        .create("/environments", &json!({ "name": "Many users", "type": "SANDBOX", "region": "NA" }))
        .await?;
    let mut points = Vec::new();
    let mut scene: Option<Scene> = None;
    for size in run.user_counts() {
        let mut grown = match scene.take() {
            None => {
                Scene::build(
                    &mut admin,
                    environment,
                    stage.worker.clone(),
                    &stage.sink,
                    *size,
                    run.connections,
                )
                .await?
            }
            Some(scene) => grow(stage, scene, &mut admin, *size).await?,
        };
        terminal::note(format_args!("{size} users"));
        points.push((*size, loads(stage, &grown, run).await?));
        // Devices that were made meanwhile belong to the users there are; new ones begin with one device.
        let targets = grown.targets.to_vec();
        grown.aim_at(targets);
        scene = Some(grown);
    }
    Ok(Series { name: "Users in one environment".to_owned(), points })
}

async fn grow(stage: &mut Stage, mut scene: Scene, admin: &mut Admin, size: usize) -> anyhow::Result<Scene> {
    let base = format!("/environments/{}", scene.environment);
    let population = admin.find(&format!("{base}/populations"), "populations", "Benchmark").await?;
    let model = *scene.targets.first().ok_or_else(|| anyhow::anyhow!("no user to copy"))?;
    let plot = Plot { environment: scene.environment, population, policy: model.policy };
    let there = scene.targets.len();
    let planted = stage.offline(|database| plant(database, model, vec![plot], there, size - there)).await?;
    *admin = stage.sign_in().await?;
    scene.aim_at(scene.targets.iter().copied().chain(planted).collect());
    Ok(scene)
}
