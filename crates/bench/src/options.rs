//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::load::Shape;

/// Measures Postern and prints a table: each figure beside its limit, measured in the same run.
#[derive(Debug, Parser)]
#[command(name = "postern-bench", version)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) helper: Option<Helper>,
    #[command(flatten)]
    pub(crate) run: Run,
}

/// What this program does for itself in a child process.
#[derive(Debug, Subcommand)]
pub(crate) enum Helper {
    /// Serve a route that answers so many bytes
    #[command(hide = true)]
    BareRoute {
        #[arg(long)]
        listen: SocketAddr,
        #[arg(long)]
        bytes: usize,
    },
}

/// How to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Run {
    /// The server's binary
    #[arg(long, value_name = "FILE", default_value = "target/release/postern")]
    pub(crate) server: PathBuf,
    /// An empty PostgreSQL database; an SQLite file when not said
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Folder for the data, on the disk to measure; a temporary one when not said
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Five seconds for each figure, and shorter series
    #[arg(long)]
    pub(crate) quick: bool,
    /// Seconds that count, for each figure
    #[arg(long, value_name = "N")]
    pub(crate) seconds: Option<u64>,
    /// Connections, and tasks of the bare store
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) connections: usize,
    /// Users of the environment
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) users: usize,
    /// Transactions to leave open for the memory figure
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    pub(crate) open: usize,
    /// Only these parts
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PARTS")]
    pub(crate) only: Vec<Part>,
    /// Where the JSON goes; a new file in bench-results when not said
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the table and the machine as Markdown to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
}

/// A part of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Create SMS devices, beside the bare store
    Create,
    /// Read one device, beside a bare route
    Read,
    /// Get tokens, beside signing alone
    Token,
    /// Whole transactions
    Transaction,
    /// Authentications with authenticator applications
    Totp,
    /// Authentications with passkeys
    Fido2,
    /// Sign-ons with a wrong password, of users and of nobody
    Refusals,
    /// Memory, start and size of the binary
    Footprint,
    /// 1,000 to 1,000,000 users in one environment
    Users,
    /// 1 to 1,000 environments
    Environments,
}

impl Run {
    /// Whether a part is wanted.
    pub(crate) fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    /// How long a figure is measured.
    pub(crate) fn shape(&self) -> Shape {
        let measured = self.seconds.unwrap_or(if self.quick { 5 } else { 10 });
        Shape { warm_up: Duration::from_secs(2), measured: Duration::from_secs(measured) }
    }

    /// How long a figure of a series is measured.
    pub(crate) fn series_shape(&self) -> Shape {
        Shape {
            warm_up: Duration::from_secs(1),
            measured: Duration::from_secs(if self.quick { 2 } else { 5 }),
        }
    }

    /// How long a figure is measured whose calls fill a place that ends: a user's devices.
    pub(crate) fn filling_shape(&self) -> Shape {
        let shape = self.shape();
        Shape { measured: shape.measured.min(Duration::from_secs(4)), ..shape }
    }

    /// The same in a series, which begins with few users.
    pub(crate) fn filling_series_shape(&self) -> Shape {
        Shape { warm_up: Duration::from_millis(300), ..self.series_shape() }
    }

    /// Sizes of the series of users.
    pub(crate) fn user_counts(&self) -> &'static [usize] {
        if self.quick { &[1_000, 10_000, 100_000] } else { &[1_000, 10_000, 100_000, 1_000_000] }
    }

    /// Sizes of the series of environments.
    pub(crate) fn environment_counts(&self) -> &'static [usize] {
        if self.quick { &[1, 10, 100] } else { &[1, 10, 100, 1_000] }
    }
}
