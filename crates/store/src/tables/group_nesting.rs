//! Groups that are members of groups, one row each.

use postern_core::ids::{EnvironmentId, GroupId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Tx};

/// Makes a group a member of another. False when it was one already.
pub async fn add(
    tx: &mut Tx,
    environment: EnvironmentId,
    group: GroupId,
    parent: GroupId,
    now: Timestamp,
) -> Result<bool> {
    let sql = "INSERT INTO group_nesting (env, group_id, parent_id, created_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (env, group_id, parent_id) DO NOTHING";
    Ok(tx.execute(sql, &[environment.into(), group.into(), parent.into(), now.into()]).await? == 1)
}

/// Takes a group out of another. False when it was no member.
pub async fn remove(
    tx: &mut Tx,
    environment: EnvironmentId,
    group: GroupId,
    parent: GroupId,
) -> Result<bool> {
    let sql = "DELETE FROM group_nesting WHERE env = $1 AND group_id = $2 AND parent_id = $3";
    Ok(tx.execute(sql, &[environment.into(), group.into(), parent.into()]).await? == 1)
}

/// The groups that a group is a member of itself.
pub async fn parents(tx: &mut Tx, environment: EnvironmentId, group: GroupId) -> Result<Vec<GroupId>> {
    let sql = "SELECT parent_id FROM group_nesting WHERE env = $1 AND group_id = $2";
    tx.query(sql, &[environment.into(), group.into()]).await?.iter().map(|row| row.id(0)).collect()
}

/// Every group that the members of a group are members of through it, however far up.
pub async fn ancestors(tx: &mut Tx, environment: EnvironmentId, group: GroupId) -> Result<Vec<GroupId>> {
    let sql = "WITH RECURSIVE up (id) AS (\
               SELECT parent_id FROM group_nesting WHERE env = $1 AND group_id = $2 \
               UNION SELECT n.parent_id FROM up JOIN group_nesting n ON n.env = $1 AND n.group_id = up.id) \
               SELECT id FROM up";
    tx.query(sql, &[environment.into(), group.into()]).await?.iter().map(|row| row.id(0)).collect()
}

/// Every group whose members are members of a group through it, however far down.
pub async fn descendants(tx: &mut Tx, environment: EnvironmentId, group: GroupId) -> Result<Vec<GroupId>> {
    let sql = "WITH RECURSIVE down (id) AS (\
               SELECT group_id FROM group_nesting WHERE env = $1 AND parent_id = $2 \
               UNION SELECT n.group_id FROM down JOIN group_nesting n ON n.env = $1 AND n.parent_id = down.id) \
               SELECT id FROM down";
    tx.query(sql, &[environment.into(), group.into()]).await?.iter().map(|row| row.id(0)).collect()
}

/// Takes a group out of all others, and all others out of it.
pub async fn forget(tx: &mut Tx, environment: EnvironmentId, group: GroupId) -> Result<()> {
    let sql = "DELETE FROM group_nesting WHERE env = $1 AND (group_id = $2 OR parent_id = $2)";
    tx.execute(sql, &[environment.into(), group.into()]).await.map(|_| ())
}
