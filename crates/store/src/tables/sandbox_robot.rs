//! The robots of an environment for tests: software factors, sealed as a whole.

use postern_core::ids::{EnvironmentId, RobotId};
use postern_core::time::Timestamp;

use crate::sql::{Result, Row, Tx};

/// A robot as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The tenant.
    pub environment: EnvironmentId,
    /// Its id.
    pub id: RobotId,
    /// When it was made.
    pub created_at: Timestamp,
    /// All of it, sealed.
    pub body: String,
}

/// Keeps a new robot.
pub async fn insert(tx: &mut Tx, robot: &Kept) -> Result<()> {
    let sql = "INSERT INTO sandbox_robot (env, id, created_at, body) VALUES ($1, $2, $3, $4)";
    let params =
        [robot.environment.into(), robot.id.into(), robot.created_at.into(), robot.body.as_str().into()];
    tx.execute(sql, &params).await.map(|_| ())
}

/// One robot.
pub async fn find(tx: &mut Tx, environment: EnvironmentId, id: RobotId) -> Result<Option<Kept>> {
    find_with(tx, environment, id, "").await
}

/// One robot, which nobody else changes until the transaction ends.
pub async fn find_locked(tx: &mut Tx, environment: EnvironmentId, id: RobotId) -> Result<Option<Kept>> {
    let lock = tx.row_lock();
    find_with(tx, environment, id, lock).await
}

async fn find_with(tx: &mut Tx, environment: EnvironmentId, id: RobotId, lock: &str) -> Result<Option<Kept>> {
    let sql = format!("SELECT env, id, created_at, body FROM sandbox_robot WHERE env = $1 AND id = $2{lock}");
    tx.query_opt(&sql, &[environment.into(), id.into()]).await?.as_ref().map(kept).transpose()
}

/// Robots after a place, oldest first, at most `limit`.
pub async fn list(
    tx: &mut Tx,
    environment: EnvironmentId,
    (created_at, id): (Timestamp, RobotId),
    limit: i64,
) -> Result<Vec<Kept>> {
    let sql = "SELECT env, id, created_at, body FROM sandbox_robot WHERE env = $1 AND (created_at, id) > ($2, $3) \
               ORDER BY created_at, id LIMIT $4";
    let params = [environment.into(), created_at.into(), id.into(), limit.into()];
    tx.query(sql, &params).await?.iter().map(kept).collect()
}

/// How many there are; counts no further than `cap`.
pub async fn count(tx: &mut Tx, environment: EnvironmentId, cap: i64) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM sandbox_robot WHERE env = $1 LIMIT $2) AS counted";
    tx.query_opt(sql, &[environment.into(), cap.into()]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Keeps what became of a robot. False when it is gone.
pub async fn replace(tx: &mut Tx, environment: EnvironmentId, id: RobotId, body: &str) -> Result<bool> {
    let sql = "UPDATE sandbox_robot SET body = $3 WHERE env = $1 AND id = $2";
    Ok(tx.execute(sql, &[environment.into(), id.into(), body.into()]).await? > 0)
}

/// Removes a robot. False when it was not there.
pub async fn delete(tx: &mut Tx, environment: EnvironmentId, id: RobotId) -> Result<bool> {
    let sql = "DELETE FROM sandbox_robot WHERE env = $1 AND id = $2";
    Ok(tx.execute(sql, &[environment.into(), id.into()]).await? > 0)
}

fn kept(row: &Row) -> Result<Kept> {
    Ok(Kept {
        environment: row.id(0)?,
        id: row.id(1)?,
        created_at: row.timestamp(2)?,
        body: row.text(3)?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use postern_core::random::Random;
    use postern_core::time::Span;

    use super::*;
    use crate::fixture::TestDb;
    use crate::sql::StoreError;

    const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

    #[tokio::test]
    async fn robots_are_kept_in_order_changed_and_removed_in_their_environment() {
        for db in TestDb::all().await {
            let random = Random::seeded(1);
            let (environment, other) = (EnvironmentId::new(&random), EnvironmentId::new(&random));
            let mut robots = Vec::new();
            for number in 0..3 {
                let created_at = START.plus(Span::seconds(number));
                let robot =
                    Kept { environment, id: RobotId::new(&random), created_at, body: number.to_string() };
                robots.push(robot.clone());
                db.write(robot, |tx, robot| Box::pin(insert(tx, robot))).await.unwrap();
            }
            let mut tx = db.read().await.unwrap();
            let begin = (Timestamp::from_micros(0), RobotId::NIL);
            assert_eq!(list(&mut tx, environment, begin, 2).await.unwrap(), robots[..2]);
            let second = (robots[1].created_at, robots[1].id);
            assert_eq!(list(&mut tx, environment, second, 2).await.unwrap(), robots[2..]);
            assert_eq!(count(&mut tx, environment, 2).await.unwrap(), 2);
            assert_eq!(count(&mut tx, other, 2).await.unwrap(), 0);
            assert_eq!(find(&mut tx, other, robots[0].id).await.unwrap(), None);
            drop(tx);

            let changed: Result<bool, StoreError> = db
                .write(robots[0].clone(), |tx, robot| {
                    Box::pin(async move {
                        let found = find_locked(tx, robot.environment, robot.id).await?;
                        let body = format!("{}!", found.unwrap().body);
                        replace(tx, robot.environment, robot.id, &body).await
                    })
                })
                .await;
            assert_eq!(changed, Ok(true));
            let mut tx = db.read().await.unwrap();
            assert_eq!(find(&mut tx, environment, robots[0].id).await.unwrap().unwrap().body, "0!");
            drop(tx);
            for (tenant, expected) in [(other, false), (environment, true), (environment, false)] {
                let gone: Result<bool, StoreError> = db
                    .write((tenant, robots[0].id), |tx, (tenant, id)| Box::pin(delete(tx, *tenant, *id)))
                    .await;
                assert_eq!(gone, Ok(expected));
            }
        }
    }
}
