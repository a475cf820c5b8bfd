//! The server under measurement: a release binary in a child process, configured as for production.

mod credentials;
mod process;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use postern_store::DbConfig;
use tokio::process::{Child, Command};

pub(crate) use self::credentials::Credentials;
pub(crate) use self::process::Process;
use crate::clock;
use crate::load::{Connection, Request};

/// A server that does not answer for so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where servers run, one after the other, on the same data.
pub(crate) struct Site {
    binary: PathBuf,
    folder: PathBuf,
    /// Where the server listens.
    pub(crate) address: SocketAddr,
    database: String,
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// Its process.
    pub(crate) process: Process,
    /// From the start of the process to the first 200.
    pub(crate) started_in: Duration,
}

impl Site {
    /// A site in a folder. Without a URL the database is an SQLite file in the folder.
    ///
    /// # Errors
    /// When a file cannot be written or the binary does not run.
    pub(crate) async fn prepare(binary: &Path, folder: &Path, url: Option<&str>) -> anyhow::Result<Self> {
        if !binary.is_file() {
            bail!("{} is not there; build it with `cargo build --release`", binary.display());
        }
        let address = free_address()?;
        let database =
            url.map_or_else(|| format!("sqlite:{}", folder.join("postern.db").display()), str::to_owned);
        let site = Self { binary: binary.to_owned(), folder: folder.to_owned(), address, database };
        std::fs::write(site.config(), site.configuration()).context("cannot write the configuration")?;
        site.run(&["keys", "make", &site.master_key().display().to_string()]).await?;
        site.run(&["migrate", "--config", &site.config().display().to_string()]).await?;
        Ok(site)
    }

    fn config(&self) -> PathBuf {
        self.folder.join("postern.toml")
    }

    /// The file of the master keys.
    pub(crate) fn master_key(&self) -> PathBuf {
        self.folder.join("master.key")
    }

    fn configuration(&self) -> String {
        let base = format!("http://{}", self.address);
        format!(
            "[server]\nlisten = \"{}\"\npublic_api_url = \"{base}/v1\"\npublic_auth_url = \"{base}\"\n\
             [database]\nurl = {:?}\n[secrets]\nmaster_key_file = {:?}\n\
             [delivery]\nallow_private = true\nallow_plaintext = true\n\
             [limits]\ntenant_per_second = 1000000\ntenant_burst = 10000000\n\
             address_per_second = 1000000\naddress_burst = 10000000\n[log]\nlevel = \"warn\"\n",
            self.address,
            self.database,
            self.master_key().display().to_string(),
        )
    }

    /// The database, for while no server runs on it.
    pub(crate) fn database(&self) -> DbConfig {
        match self.database.strip_prefix("sqlite:") {
            Some(path) => DbConfig::sqlite(path),
            None => DbConfig::postgres(&self.database),
        }
    }

    /// Whether the database is an SQLite file.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.database.starts_with("sqlite:")
    }

    /// Makes the first environment and its worker application.
    ///
    /// # Errors
    /// When the command fails or prints no credentials.
    pub(crate) async fn bootstrap(&self) -> anyhow::Result<Credentials> {
        let config = self.config().display().to_string();
        Credentials::parse(&self.run(&["bootstrap", "--config", &config]).await?)
    }

    async fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new(&self.binary)
            .args(arguments)
            .output()
            .await
            .context("the server's binary does not run")?;
        if !output.status.success() {
            bail!("postern {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts a server and waits until it is ready.
    ///
    /// # Errors
    /// When it ends, or is not ready in a minute.
    pub(crate) async fn start(&self) -> anyhow::Result<Server> {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.join("server.log"))?;
        let began = clock::now();
        let mut child = Command::new(&self.binary)
            .args(["serve", "--config", &self.config().display().to_string()])
            .stdin(std::process::Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("the server does not start")?;
        let process = Process::of(child.id().context("the server ended at once")?);
        while !is_ready(self.address).await {
            if let Some(status) = child.try_wait()? {
                let log = std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
                bail!("the server ended with {status}: {log}");
            }
            if began.elapsed() > PATIENCE {
                bail!("the server was not ready in {} s", PATIENCE.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(Server { child, process, started_in: began.elapsed() })
    }
}

impl Server {
    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// When it does not end in a minute.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let id = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().await.context("cannot signal the server")?;
        let ended =
            tokio::time::timeout(PATIENCE, self.child.wait()).await.context("the server does not end")??;
        if ended.success() { Ok(()) } else { bail!("the server ended with {ended}") }
    }
}

/// A child that serves something else, such as a baseline; it ends with this value.
pub(crate) struct Helper {
    _child: Child,
}

impl Helper {
    /// Runs this program with other arguments, and waits until it answers at the address.
    ///
    /// # Errors
    /// When it does not answer in a minute.
    pub(crate) async fn start(arguments: &[&str], address: SocketAddr, path: &str) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("cannot find this program")?;
        let child = Command::new(program).args(arguments).kill_on_drop(true).spawn()?;
        let began = clock::now();
        while !answers(address, path).await {
            if began.elapsed() > PATIENCE {
                bail!("the helper does not answer");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(Self { _child: child })
    }
}

/// An address of this host that is free now.
///
/// # Errors
/// When there is none.
pub(crate) fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

async fn is_ready(address: SocketAddr) -> bool {
    answers(address, "/health/ready").await
}

async fn answers(address: SocketAddr, path: &str) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    let mut request = Request::default();
    let answer = connection.exchange(request.begin("GET", path, address).end()).await;
    answer.is_ok_and(|answer| answer.status == 200)
}
