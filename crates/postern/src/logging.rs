//! Where log lines go: to stderr, as text for people or as JSON for machines.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// PostgreSQL's remarks on statements that change nothing.
const QUIETER: &str = "tokio_postgres::connection=warn";

/// Starts logging. `level` is a level or a filter such as `info,postern_engine=debug`.
pub(crate) fn start(format: Format, level: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(format!("{QUIETER},{level}"))
        .with_context(|| format!("log.level: {level:?} is not a log filter"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        Format::Text => builder.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
        Format::Json => builder.json().flatten_event(true).try_init(),
    };
    // In one process logging starts once; a second start changes nothing.
    drop(started);
    Ok(())
}
