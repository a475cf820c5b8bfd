//! Which database to open, and how much of it to use.

use std::path::PathBuf;

/// The database and its limits. Made by [`DbConfig::sqlite`] or [`DbConfig::postgres`].
#[derive(Clone)]
pub struct DbConfig {
    pub(crate) target: Target,
    pub(crate) readers: usize,
    pub(crate) queue: usize,
    pub(crate) connections: usize,
}

/// Where the data is.
#[derive(Clone)]
pub(crate) enum Target {
    Sqlite(PathBuf),
    Postgres(String),
}

impl DbConfig {
    /// An SQLite file, made when absent. Its folder must be on a local disk; a second
    /// process that opens it is refused.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self::new(Target::Sqlite(path.into()))
    }

    /// A PostgreSQL server, by the URL or key-value string that tokio-postgres takes;
    /// several hosts with `target_session_attrs=read-write` give failover.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self::new(Target::Postgres(url.into()))
    }

    const fn new(target: Target) -> Self {
        Self { target, readers: 4, queue: 4096, connections: 16 }
    }

    /// Connections for reading, at least 1; 4 when not said. On PostgreSQL they are pipelined and shared.
    #[must_use]
    pub fn readers(mut self, count: usize) -> Self {
        self.readers = count.max(1);
        self
    }

    /// How many writes may wait, at least 1; 4096 when not said. One more is
    /// [`StoreError::Busy`](super::StoreError::Busy).
    #[must_use]
    pub fn queue(mut self, length: usize) -> Self {
        self.queue = length.max(1);
        self
    }

    /// PostgreSQL connections for transactions, at least 1; 16 when not said.
    #[must_use]
    pub fn connections(mut self, count: usize) -> Self {
        self.connections = count.max(1);
        self
    }
}

impl std::fmt::Debug for DbConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let target: &dyn std::fmt::Debug = match &self.target {
            Target::Sqlite(path) => path,
            Target::Postgres(_) => &"postgres://***",
        };
        f.debug_struct("DbConfig")
            .field("target", target)
            .field("readers", &self.readers)
            .field("queue", &self.queue)
            .field("connections", &self.connections)
            .finish()
    }
}
