//! Values of added attributes that no two users may share.

use postern_core::ids::{EnvironmentId, SchemaAttributeId, UserId};

use crate::sql::{Result, Tx};

/// Takes a value for a user, by what stands for it. False when another user has it.
pub async fn take(
    tx: &mut Tx,
    environment: EnvironmentId,
    attribute: SchemaAttributeId,
    value_key: &str,
    user: UserId,
) -> Result<bool> {
    let sql = "INSERT INTO unique_attribute (env, attribute_id, value_key, user_id) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (env, attribute_id, value_key) DO NOTHING";
    let params = [environment.into(), attribute.into(), value_key.into(), user.into()];
    Ok(tx.execute(sql, &params).await? == 1)
}

/// Frees the values of a user.
pub async fn delete_of_user(tx: &mut Tx, environment: EnvironmentId, user: UserId) -> Result<()> {
    let sql = "DELETE FROM unique_attribute WHERE env = $1 AND user_id = $2";
    tx.execute(sql, &[environment.into(), user.into()]).await.map(|_| ())
}

/// Frees the values of an attribute.
pub async fn delete_of_attribute(
    tx: &mut Tx,
    environment: EnvironmentId,
    attribute: SchemaAttributeId,
) -> Result<()> {
    let sql = "DELETE FROM unique_attribute WHERE env = $1 AND attribute_id = $2";
    tx.execute(sql, &[environment.into(), attribute.into()]).await.map(|_| ())
}
