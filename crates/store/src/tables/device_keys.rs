//! Finds the devices of a type in the order of their ids: for work that goes through all of them, however many there are.

use postern_core::devices::DeviceType;
use postern_core::ids::{DeviceId, EnvironmentId};

use crate::sql::{Result, Tx};

/// The devices of this type with ids above `after`, at most `limit`.
pub async fn of_type(
    tx: &mut Tx,
    environment: EnvironmentId,
    kind: DeviceType,
    after: DeviceId,
    limit: i64,
) -> Result<Vec<DeviceId>> {
    let sql = "SELECT id FROM device WHERE env = $1 AND id > $2 AND type = $3 ORDER BY id LIMIT $4";
    let params = [environment.into(), after.into(), kind.as_str().into(), limit.into()];
    tx.query(sql, &params).await?.iter().map(|row| row.id(0)).collect()
}
