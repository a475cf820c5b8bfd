//! The server and what stands around it, while parts come and go.

use std::path::{Path, PathBuf};
use std::time::Duration;

use postern_store::{Db, DbConfig, DbKind};

use crate::admin::Admin;
use crate::load::{self, Caller, Outcome, Pace, Shape};
use crate::options::Run;
use crate::report::Figure;
use crate::server::{Credentials, Process, Server, Site};
use crate::sink::Sink;

/// The stage.
pub(crate) struct Stage {
    /// Where servers run.
    pub(crate) site: Site,
    /// The gateway for text messages.
    pub(crate) sink: Sink,
    /// The first worker application.
    pub(crate) worker: Credentials,
    /// The folder of the data.
    folder: PathBuf,
    server: Option<Server>,
    connections: usize,
}

impl Stage {
    /// Prepares the database and starts the server.
    ///
    /// # Errors
    /// When the server does not start.
    pub(crate) async fn open(run: &Run, folder: &Path) -> anyhow::Result<Self> {
        let site = Site::prepare(&run.server, folder, run.database.as_deref()).await?;
        let worker = site.bootstrap().await?;
        let server = Some(site.start().await?);
        let sink = Sink::open().await?;
        Ok(Self { site, sink, worker, folder: folder.to_owned(), server, connections: run.connections })
    }

    /// The server's process.
    pub(crate) fn process(&self) -> Option<Process> {
        self.server.as_ref().map(|server| server.process)
    }

    /// How many connections.
    pub(crate) fn connections(&self) -> usize {
        self.connections
    }

    /// A client of the management API.
    ///
    /// # Errors
    /// When the server gives no token.
    pub(crate) async fn sign_in(&self) -> anyhow::Result<Admin> {
        Admin::sign_in(self.site.address, &self.worker.environment, &self.worker.client, &self.worker.secret)
            .await
    }

    /// Stops the server and starts it again. Gives the time to its first 200.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) async fn restart(&mut self) -> anyhow::Result<Duration> {
        self.close().await?;
        let server = self.site.start().await?;
        let started_in = server.started_in;
        self.server = Some(server);
        Ok(started_in)
    }

    /// Works on the database while no server runs.
    ///
    /// # Errors
    /// Those of the work, or when the server does not start again.
    pub(crate) async fn offline<T, R>(&mut self, work: impl FnOnce(DbConfig) -> R) -> anyhow::Result<T>
    where
        R: Future<Output = anyhow::Result<T>>,
    {
        self.close().await?;
        let done = work(self.site.database()).await?;
        self.server = Some(self.site.start().await?);
        Ok(done)
    }

    /// Stops the server.
    ///
    /// # Errors
    /// When it does not end.
    pub(crate) async fn close(&mut self) -> anyhow::Result<()> {
        match self.server.take() {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }

    /// Puts a load on the server, and counts the processor time of both sides.
    ///
    /// # Errors
    /// When the server cannot be connected to.
    pub(crate) async fn load<C: Caller>(
        &self,
        name: &str,
        callers: Vec<C>,
        pace: Pace,
        shape: Shape,
    ) -> anyhow::Result<Figure> {
        let used = || (self.process().map(Process::cpu).unwrap_or_default(), Process::own().cpu());
        let before = used();
        let outcome: Outcome = load::drive(self.site.address, callers, pace, shape).await?;
        let after = used();
        let per_call = |used: Duration| used.as_secs_f64() * 1e6 / outcome.all_calls.max(1) as f64;
        let mut figure = Figure::rate(name, &outcome);
        if let Some(detail) = &mut figure.detail {
            detail.server_cpu_us = per_call(after.0.saturating_sub(before.0));
            detail.generator_cpu_us = per_call(after.1.saturating_sub(before.1));
        }
        Ok(figure)
    }

    /// A database for the bare store: another file, or the same server.
    pub(crate) fn bare_database(&self, name: &str) -> DbConfig {
        if self.site.is_sqlite() { DbConfig::sqlite(self.folder.join(name)) } else { self.site.database() }
    }

    /// Kind and version of the database.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub(crate) async fn database_version(&self) -> anyhow::Result<String> {
        let db = Db::open(&self.bare_database("version.db")).await?;
        let (name, sql) = match db.kind() {
            DbKind::Sqlite => ("SQLite", "SELECT sqlite_version()"),
            DbKind::Postgres => ("PostgreSQL", "SELECT current_setting('server_version')"),
        };
        let row = db.read().await?.query_opt(sql, &[]).await?;
        let version = row.map(|row| row.text(0).map(str::to_owned)).transpose()?.unwrap_or_default();
        db.close().await;
        Ok(format!("{name} {version}, full durability"))
    }
}
