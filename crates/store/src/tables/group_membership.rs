//! Users who were added to groups, one row each.

use postern_core::ids::{EnvironmentId, GroupId, PopulationId, UserId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Tx};

/// Adds a user to a group. False when it was there already.
pub async fn add(
    tx: &mut Tx,
    environment: EnvironmentId,
    user: UserId,
    group: GroupId,
    now: Timestamp,
) -> Result<bool> {
    let sql = "INSERT INTO group_membership (env, user_id, group_id, created_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (env, user_id, group_id) DO NOTHING";
    Ok(tx.execute(sql, &[environment.into(), user.into(), group.into(), now.into()]).await? == 1)
}

/// Takes a user out of a group. False when it was not added.
pub async fn remove(tx: &mut Tx, environment: EnvironmentId, user: UserId, group: GroupId) -> Result<bool> {
    let sql = "DELETE FROM group_membership WHERE env = $1 AND user_id = $2 AND group_id = $3";
    Ok(tx.execute(sql, &[environment.into(), user.into(), group.into()]).await? == 1)
}

/// The groups that a user was added to.
pub async fn of_user(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<Vec<GroupId>> {
    let sql = "SELECT group_id FROM group_membership WHERE env = $1 AND user_id = $2";
    tx.query(sql, &[environment.into(), user.into()]).await?.iter().map(|row| row.id(0)).collect()
}

/// How many users were added to a group; counting stops at `cap`.
pub async fn count(tx: &mut Tx, environment: EnvironmentId, group: GroupId, cap: i64) -> Result<i64> {
    let sql = "SELECT count(*) FROM \
               (SELECT 1 FROM group_membership WHERE env = $1 AND group_id = $2 LIMIT $3) AS counted";
    let row = tx.query_opt(sql, &[environment.into(), group.into(), cap.into()]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Takes a user out of all groups of populations other than this one.
pub async fn leave_other_populations(
    tx: &mut Tx,
    environment: EnvironmentId,
    user: UserId,
    population: PopulationId,
) -> Result<()> {
    let sql = "DELETE FROM group_membership WHERE env = $1 AND user_id = $2 AND group_id IN \
               (SELECT id FROM user_group WHERE env = $1 AND population_id IS NOT NULL AND population_id <> $3)";
    tx.execute(sql, &[environment.into(), user.into(), population.into()]).await.map(|_| ())
}

/// Takes a user out of all groups.
pub async fn delete_of_user(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<()> {
    let sql = "DELETE FROM group_membership WHERE env = $1 AND user_id = $2";
    tx.execute(sql, &[environment.into(), user.into()]).await.map(|_| ())
}

/// Takes all users out of a group.
pub async fn delete_of_group(tx: &mut Tx, environment: EnvironmentId, group: GroupId) -> Result<()> {
    let sql = "DELETE FROM group_membership WHERE env = $1 AND group_id = $2";
    tx.execute(sql, &[environment.into(), group.into()]).await.map(|_| ())
}
