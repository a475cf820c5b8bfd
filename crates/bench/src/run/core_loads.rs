//! The kinds of call, each beside its limit where it has one, and once more at 70 % of its peak for the latency.

use postern_core::jose::signing::SigningAlgorithm;

use super::{Stage, keys};
use crate::limits;
use crate::load::{Caller, Pace, Shape};
use crate::options::{Part, Run};
use crate::report::{Budget, Figure, Unit};
use crate::scenarios::{
    ApproveTransaction, CreateDevice, GetToken, Passkeys, ReadDevice, TotpDevices, factor_policy,
};
use crate::scene::Scene;
use crate::terminal;

/// The share of the peak at which latency is judged.
const CALM: f64 = 0.7;
/// 99 of 100 calls are to take less, in milliseconds.
const P99: f64 = 25.0;

/// Measures what is wanted.
///
/// # Errors
/// When the server or the database fails.
pub(super) async fn measure(stage: &mut Stage, scene: &Scene, run: &Run) -> anyhow::Result<Vec<Figure>> {
    // Tokens come first, since the change of the key restarts the server; devices come last, since they stay.
    let mut tokens = Vec::new();
    if run.wants(Part::Token) {
        tokens.extend(token(stage, scene, run, SigningAlgorithm::RS256, 2_500.0).await?);
        keys::switch(stage, SigningAlgorithm::ES256).await?;
        tokens.extend(token(stage, scene, run, SigningAlgorithm::ES256, 8_000.0).await?);
    }
    let reads = if run.wants(Part::Read) { read(stage, scene, run).await? } else { Vec::new() };
    let transactions =
        if run.wants(Part::Transaction) { transaction(stage, scene, run).await? } else { Vec::new() };
    let factors = factors(stage, scene, run).await?;
    let creates = if run.wants(Part::Create) { create(stage, scene, run).await? } else { Vec::new() };
    Ok([creates, reads, tokens, transactions, factors].concat())
}

/// Authentications with devices that users hold: a start and a proof each.
async fn factors(stage: &Stage, scene: &Scene, run: &Run) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    if !run.wants(Part::Totp) && !run.wants(Part::Fido2) {
        return Ok(figures);
    }
    let policy = factor_policy(&mut stage.sign_in().await?, scene.environment).await?;
    let budget = Budget::Least(1_000.0);
    if run.wants(Part::Totp) {
        terminal::note("pairing authenticator applications");
        let devices = TotpDevices::pair(scene, policy, run.connections).await?;
        let callers = || devices.callers(scene, stage.connections());
        figures.extend(both(stage, run.shape(), "whole TOTP authentication", callers, None, budget).await?);
    }
    if run.wants(Part::Fido2) {
        terminal::note("registering passkeys");
        let passkeys = Passkeys::register(scene, policy, run.connections).await?;
        let callers = || passkeys.callers(scene, stage.connections());
        figures.extend(both(stage, run.shape(), "whole FIDO2 authentication", callers, None, budget).await?);
    }
    Ok(figures)
}

async fn create(stage: &Stage, scene: &Scene, run: &Run) -> anyhow::Result<Vec<Figure>> {
    let shape = run.filling_shape();
    let bare = limits::bare_store(stage.bare_database("bare-devices.db"), run.connections, shape).await?;
    let callers = || (0..stage.connections()).map(|_| CreateDevice::new(scene)).collect();
    let budget = Budget::LeastAndShare(6_000.0, 0.4);
    both(stage, shape, "create SMS device", callers, Some((bare.rate(), "bare store")), budget).await
}

async fn read(stage: &Stage, scene: &Scene, run: &Run) -> anyhow::Result<Vec<Figure>> {
    let bytes = answer_length(stage, scene).await?;
    let bare = limits::bare_route(bytes, &scene.token, run.connections, run.shape()).await?;
    let callers = || ReadDevice::callers(scene, stage.connections());
    let what = format!("bare route of {bytes} bytes");
    both(
        stage,
        run.shape(),
        "read one device",
        callers,
        Some((bare.rate(), &what)),
        Budget::LeastAndShare(25_000.0, 0.5),
    )
    .await
}

async fn token(
    stage: &Stage,
    scene: &Scene,
    run: &Run,
    algorithm: SigningAlgorithm,
    least: f64,
) -> anyhow::Result<Vec<Figure>> {
    let name = format!("client-credentials token {}", algorithm.name());
    let signed = limits::signatures(algorithm, run.series_shape().measured).await?;
    let callers = || (0..stage.connections()).map(|_| GetToken::new(scene)).collect();
    both(stage, run.shape(), &name, callers, Some((signed, "signing alone")), Budget::Least(least)).await
}

async fn transaction(stage: &Stage, scene: &Scene, run: &Run) -> anyhow::Result<Vec<Figure>> {
    let bare =
        limits::bare_transaction(stage.bare_database("bare-transactions.db"), run.connections, run.shape())
            .await?;
    let callers = || ApproveTransaction::callers(scene, &stage.sink, stage.connections());
    both(
        stage,
        run.shape(),
        "whole OTP transaction",
        callers,
        Some((bare.rate(), "bare store")),
        Budget::Least(2_000.0),
    )
    .await
}

/// The peak, then the latency at 70 % of it.
async fn both<C: Caller>(
    stage: &Stage,
    shape: Shape,
    name: &str,
    callers: impl Fn() -> Vec<C>,
    limit: Option<(f64, &str)>,
    budget: Budget,
) -> anyhow::Result<Vec<Figure>> {
    let mut peak = stage.load(name, callers(), Pace::Closed, shape).await?.budget(budget);
    match limit {
        Some((limit, what)) => {
            peak = peak.beside(limit, what);
            terminal::note(format_args!("{name}: {:.0}/s, limit {limit:.0}/s ({what})", peak.value));
        }
        None => terminal::note(format_args!("{name}: {:.0}/s", peak.value)),
    }
    let rate = peak.value * CALM;
    let mut figures = vec![peak];
    if rate >= 1.0 {
        let calm = stage.load(name, callers(), Pace::Open(rate), shape).await?;
        figures.push(latency(name, calm));
    }
    Ok(figures)
}

fn latency(name: &str, calm: Figure) -> Figure {
    let name = format!("{name}: p99 at {:.0} % of peak", CALM * 100.0);
    let p99 = calm.detail.map_or(0.0, |detail| detail.p99_ms);
    Figure { name, value: p99, unit: Unit::Milliseconds, budget: Some(Budget::Most(P99)), ..calm }
}

/// Bytes of the body of one device.
async fn answer_length(stage: &Stage, scene: &Scene) -> anyhow::Result<usize> {
    let mut admin = stage.sign_in().await?;
    let target = scene.targets.first().ok_or_else(|| anyhow::anyhow!("no users"))?;
    let path =
        format!("/environments/{}/users/{}/devices/{}", target.environment, target.user, target.device);
    admin.length(&path).await
}

/// The loads of a series: read and create.
///
/// # Errors
/// When the server cannot be connected to.
pub(crate) async fn loads(stage: &Stage, scene: &Scene, run: &Run) -> anyhow::Result<Vec<Figure>> {
    let read = ReadDevice::callers(scene, stage.connections());
    let read = stage.load("read device", read, Pace::Closed, run.series_shape()).await?;
    let create = (0..stage.connections()).map(|_| CreateDevice::new(scene)).collect();
    let create = stage.load("create device", create, Pace::Closed, run.filling_series_shape()).await?;
    for figure in [&read, &create] {
        let cost = figure.detail.unwrap_or_default().server_cpu_us;
        terminal::note(format_args!("  {}: {:.0}/s, {cost:.0} us of the server", figure.name, figure.value));
    }
    Ok(vec![read, create])
}
