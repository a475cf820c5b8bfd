//! The few words that differ between the databases.

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DbKind {
    /// Embedded SQLite.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

impl DbKind {
    /// `sqlite` or `postgres`, for metrics and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// Lets claimers pass by rows that others hold. SQLite has one writer and needs nothing.
    pub(crate) const fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Makes others wait for the rows that were read.
    pub(crate) const fn row_lock(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }

    /// Lets others read the rows too, but change or remove them only after the transaction.
    pub(crate) const fn shared_row_lock(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR SHARE",
        }
    }

    /// The column types that the tokens of a migration stand for. Text is ordered by bytes.
    pub(crate) const fn column_types(self) -> [(&'static str, &'static str); 3] {
        match self {
            Self::Sqlite => [("{{uuid}}", "BLOB"), ("{{text}}", "TEXT"), ("{{bytes}}", "BLOB")],
            Self::Postgres => {
                [("{{uuid}}", "UUID"), ("{{text}}", "TEXT COLLATE \"C\""), ("{{bytes}}", "BYTEA")]
            }
        }
    }

    /// Keeps others from changing the schema until the transaction ends. SQLite's only writer has that anyway.
    pub(crate) const fn schema_lock(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("SELECT pg_advisory_xact_lock(31647083430077038)"),
        }
    }
}
