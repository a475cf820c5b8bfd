//! The identity provider that the users of a population sign on with by default.

use postern_core::ids::{EnvironmentId, IdentityProviderId, PopulationId};

use crate::sql::{Result, Tx};

/// The default provider of a population; none: the directory itself.
pub async fn find(
    tx: &mut Tx,
    environment: EnvironmentId,
    population: PopulationId,
) -> Result<Option<IdentityProviderId>> {
    let sql = "SELECT provider_id FROM population_provider WHERE env = $1 AND population_id = $2";
    let row = tx.query_opt(sql, &[environment.into(), population.into()]).await?;
    row.map(|row| row.id(0)).transpose()
}

/// Sets the default provider of a population.
pub async fn set(
    tx: &mut Tx,
    environment: EnvironmentId,
    population: PopulationId,
    provider: IdentityProviderId,
) -> Result<()> {
    let sql = "INSERT INTO population_provider (env, population_id, provider_id) VALUES ($1, $2, $3) \
               ON CONFLICT (env, population_id) DO UPDATE SET provider_id = excluded.provider_id";
    tx.execute(sql, &[environment.into(), population.into(), provider.into()]).await.map(|_| ())
}

/// Makes the directory itself the default of a population.
pub async fn clear(tx: &mut Tx, environment: EnvironmentId, population: PopulationId) -> Result<()> {
    let sql = "DELETE FROM population_provider WHERE env = $1 AND population_id = $2";
    tx.execute(sql, &[environment.into(), population.into()]).await.map(|_| ())
}

/// Whether a provider is the default of a population.
pub async fn is_used(tx: &mut Tx, environment: EnvironmentId, provider: IdentityProviderId) -> Result<bool> {
    let sql = "SELECT population_id FROM population_provider WHERE env = $1 AND provider_id = $2 LIMIT 1";
    Ok(tx.query_opt(sql, &[environment.into(), provider.into()]).await?.is_some())
}
