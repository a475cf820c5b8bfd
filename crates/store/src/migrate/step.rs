//! One step: its text, its checksum, and the text for one of the databases.

use aws_lc_rs::digest::{SHA256, digest};

use crate::sql::DbKind;

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its place in the order, from 1.
    pub number: i64,
    /// What it does, in a word or two.
    pub name: &'static str,
    /// Its statements, with the tokens `{{uuid}}`, `{{text}}` and `{{bytes}}` for column types.
    pub sql: &'static str,
}

impl Migration {
    /// The statements for one of the databases.
    pub(crate) fn sql_for(&self, kind: DbKind) -> String {
        translated(self.sql, kind)
    }

    /// SHA-256 of the text in hexadecimal, the same however a checkout ends its lines.
    pub(crate) fn checksum(&self) -> String {
        sha256(&self.sql.replace("\r\n", "\n"))
    }
}

/// The text with its tokens replaced by the column types of the database.
pub(crate) fn translated(sql: &str, kind: DbKind) -> String {
    kind.column_types()
        .iter()
        .fold(sql.to_owned(), |sql, (token, column_type)| sql.replace(token, column_type))
}

/// 32 characters that stand for all the steps.
#[cfg(feature = "fixture")]
pub(crate) fn fingerprint(steps: &[Migration]) -> String {
    let mut name = sha256(&steps.iter().map(Migration::checksum).collect::<String>());
    name.truncate(32);
    name
}

fn sha256(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
