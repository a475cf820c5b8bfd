//! Memory, start and size of the binary.

use std::time::Duration;

use super::Stage;
use crate::load;
use crate::options::Run;
use crate::report::{Budget, Figure, Unit};
use crate::scenarios::{Made, StartTransactions};
use crate::scene::Scene;

/// Starts that are measured.
const STARTS: usize = 5;

/// Measures all of it.
///
/// # Errors
/// When the server fails.
pub(super) async fn measure(stage: &mut Stage, scene: &Scene, run: &Run) -> anyhow::Result<Vec<Figure>> {
    let after = Figure::new("RSS after all loads", resident(stage), Unit::Megabytes);
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(stage.restart().await?);
    }
    starts.sort_unstable();
    let median = starts.get(STARTS / 2).copied().unwrap_or_default();
    let start =
        Figure::new("start to first 200, existing database", median.as_secs_f64() * 1e3, Unit::Milliseconds);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = Figure::new("RSS idle", resident(stage), Unit::Megabytes);
    let (open, taken) = (Made::new(run.open), stage.sink.taken());
    load::once_each(scene.address, StartTransactions::callers(scene, &open, run.connections)).await?;
    delivered(stage, taken + run.open as u64).await;
    let busy =
        Figure::new(format!("RSS with {} open transactions", run.open), resident(stage), Unit::Megabytes);
    let size = std::fs::metadata(&run.server)?.len() as f64 / 1e6;
    Ok(vec![
        idle.budget(Budget::Most(40.0)),
        busy.budget(Budget::Most(150.0)),
        after,
        start.budget(Budget::Most(100.0)),
        Figure::new("binary", size, Unit::Megabytes).budget(Budget::Most(30.0)),
    ])
}

/// Waits until the sink has taken so many messages, ten seconds at most.
async fn delivered(stage: &Stage, wanted: u64) {
    for _ in 0..1000 {
        if stage.sink.taken() >= wanted {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn resident(stage: &Stage) -> f64 {
    stage.process().map_or(0.0, |process| process.resident_kib() as f64 * 1024.0 / 1e6)
}
