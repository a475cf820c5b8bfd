//! How long refusals take that an outsider must not tell apart.

use super::Stage;
use crate::load::Pace;
use crate::options::Run;
use crate::report::{Figure, Unit};
use crate::scenarios::{KNOWN, SignOns, UNKNOWN};
use crate::scene::Scene;
use crate::terminal;

/// Measures a wrong password for names that are nobody's beside names that are somebody's.
///
/// # Errors
/// When the server fails.
pub(super) async fn measure(stage: &Stage, scene: &Scene, run: &Run) -> anyhow::Result<Vec<Figure>> {
    terminal::note("importing users with passwords");
    let sign_ons = SignOns::prepare(&mut stage.sign_in().await?, scene, run.connections).await?;
    let known = median(stage, run, &sign_ons, "sign-on refused, wrong password: p50", KNOWN).await?;
    let unknown = median(stage, run, &sign_ons, "sign-on refused, no such user: p50", UNKNOWN).await?;
    let unknown = unknown.beside(known.value, "wrong password");
    Ok(vec![known, unknown])
}

async fn median(
    stage: &Stage,
    run: &Run,
    sign_ons: &SignOns,
    name: &str,
    prefix: &'static str,
) -> anyhow::Result<Figure> {
    let load = stage.load(name, sign_ons.with_name(prefix), Pace::Closed, run.shape()).await?;
    let p50 = load.detail.map_or(0.0, |detail| detail.p50_ms);
    terminal::note(format_args!("{name}: {p50:.2} ms"));
    Ok(Figure { value: p50, unit: Unit::Milliseconds, ..load })
}
