//! The bytes of images, beside their records.

use postern_core::ids::{EnvironmentId, ImageId};

use crate::sql::{Result, Tx};

/// Keeps the bytes of a new image.
pub async fn put(tx: &mut Tx, environment: EnvironmentId, image: ImageId, bytes: &[u8]) -> Result<()> {
    let sql = "INSERT INTO image_bytes (env, image_id, bytes) VALUES ($1, $2, $3)";
    tx.execute(sql, &[environment.into(), image.into(), bytes.into()]).await.map(|_| ())
}

/// The bytes of an image.
pub async fn get(tx: &mut Tx, environment: EnvironmentId, image: ImageId) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT bytes FROM image_bytes WHERE env = $1 AND image_id = $2";
    let row = tx.query_opt(sql, &[environment.into(), image.into()]).await?;
    row.map(|row| row.bytes(0).map(<[u8]>::to_vec)).transpose()
}

/// Removes the bytes of an image.
pub async fn remove(tx: &mut Tx, environment: EnvironmentId, image: ImageId) -> Result<()> {
    let sql = "DELETE FROM image_bytes WHERE env = $1 AND image_id = $2";
    tx.execute(sql, &[environment.into(), image.into()]).await.map(|_| ())
}
