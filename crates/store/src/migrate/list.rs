//! The steps of this program, in order. A released step is never edited; a change is a new step.

use super::step::Migration;

/// All steps, numbered from 1 without gaps.
pub const MIGRATIONS: &[Migration] =
    &[Migration { number: 1, name: "init", sql: include_str!("../../../../migrations/0001_init.sql") }];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::DbKind;

    #[test]
    fn steps_are_numbered_from_one_without_gaps() {
        let numbers: Vec<i64> = MIGRATIONS.iter().map(|step| step.number).collect();
        assert_eq!(numbers, (1..=MIGRATIONS.len() as i64).collect::<Vec<_>>());
    }

    #[test]
    fn every_token_is_known() {
        for step in MIGRATIONS {
            for kind in [DbKind::Sqlite, DbKind::Postgres] {
                assert!(!step.sql_for(kind).contains("{{"), "{}", step.name);
            }
        }
    }
}
