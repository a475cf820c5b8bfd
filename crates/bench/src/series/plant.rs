//! Plants users, each with a device, in large transactions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use postern_core::devices::Device;
use postern_core::directory::user::User;
use postern_core::entity::Stored;
use postern_core::ids::{DeviceId, DevicePolicyId, EnvironmentId, Id, PopulationId, UserId};
use postern_core::random::Random;
use postern_store::{Db, DbConfig, StoreError, documents};
use uuid::Uuid;

use crate::clock;
use crate::limits::apart;
use crate::scene::{Target, number};

/// Users in a transaction.
const BATCH: usize = 500;
/// Transactions at once.
const TASKS: usize = 8;

/// Where users are planted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plot {
    /// The environment.
    pub(crate) environment: Uuid,
    /// The population.
    pub(crate) population: Uuid,
    /// The MFA policy of their devices.
    pub(crate) policy: Uuid,
}

struct Job {
    plots: Vec<Plot>,
    user: User,
    device: Device,
    /// The place of the first one; also the number of its device.
    first: usize,
    count: usize,
    random: Random,
}

/// Plants so many users, spread evenly over the plots, like the model. The first one's place is given.
///
/// # Errors
/// When the database fails, or has no such model.
pub(crate) async fn plant(
    database: DbConfig,
    model: Target,
    plots: Vec<Plot>,
    first: usize,
    count: usize,
) -> anyhow::Result<Vec<Target>> {
    let work = async move || {
        let db = Db::open(&database).await?;
        let environment = EnvironmentId::from_uuid(model.environment);
        let mut tx = db.read().await?;
        let user = documents::find::<User>(&mut tx, environment, UserId::from_uuid(model.user)).await?;
        let device =
            documents::find::<Device>(&mut tx, environment, DeviceId::from_uuid(model.device)).await?;
        drop(tx);
        let (user, device) = (user.context("no model user")?.body, device.context("no model device")?.body);
        let job = Job { plots, user, device, first, count, random: Random::system() };
        let planted = all(&db, Arc::new(job)).await;
        db.close().await;
        planted
    };
    apart(work).await
}

async fn all(db: &Db, job: Arc<Job>) -> anyhow::Result<Vec<Target>> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..TASKS {
        let (db, job, next) = (db.clone(), Arc::clone(&job), Arc::clone(&next));
        running.spawn(async move {
            let mut planted = Vec::new();
            loop {
                let from = next.fetch_add(BATCH, Ordering::Relaxed);
                if from >= job.count {
                    return Ok::<_, StoreError>(planted);
                }
                planted.push((from, batch(&db, &job, from).await?));
            }
        });
    }
    let mut batches = Vec::new();
    while let Some(done) = running.join_next().await {
        batches.extend(done??);
    }
    batches.sort_unstable_by_key(|(from, _)| *from);
    Ok(batches.into_iter().flat_map(|(_, targets)| targets).collect())
}

async fn batch(db: &Db, job: &Arc<Job>, from: usize) -> Result<Vec<Target>, StoreError> {
    db.write((Arc::clone(job), from), |tx, (job, from)| {
        Box::pin(async move {
            let mut planted = Vec::with_capacity(BATCH);
            for place in *from..job.count.min(from + BATCH) {
                let Some((user, device)) = records(job, job.first + place) else { break };
                documents::insert(tx, &user).await?;
                documents::insert(tx, &device).await?;
                planted.push(Target {
                    environment: user.environment.uuid(),
                    policy: device.policy.map_or_else(Uuid::nil, Id::uuid),
                    user: user.id.uuid(),
                    device: device.id.uuid(),
                });
            }
            Ok(planted)
        })
    })
    .await
}

fn records(job: &Job, place: usize) -> Option<(Stored<User>, Stored<Device>)> {
    let plot = job.plots.get(place % job.plots.len().max(1))?;
    let (environment, now) = (EnvironmentId::from_uuid(plot.environment), clock::wall());
    let mut user = job.user.clone();
    user.username = format!("planted{place}");
    user.email = format!("planted{place}@example.com");
    user.population.id = PopulationId::from_uuid(plot.population);
    let user = Stored::new(environment, UserId::new(&job.random), now, user);
    let mut device = job.device.clone();
    device.user = user.id;
    device.policy = Some(DevicePolicyId::from_uuid(plot.policy));
    device.phone = Some(format!("+{}", number(place as u64)));
    device.position = now.micros();
    Some((user, Stored::new(environment, DeviceId::new(&job.random), now, device)))
}
