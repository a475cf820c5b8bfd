//! The data of an installation, opened from the command line: by its configuration, or as the folder of a development server.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use postern_core::crypto::keyring::KeyRing;
use postern_store::sql::Db;

use crate::cli::ConfigArg;
use crate::{database, master_key, serve};

/// Whose data a command works on.
#[derive(Debug, Args)]
pub(crate) struct Installation {
    /// Folder of a development server, instead of a configuration
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    data: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigArg,
}

impl Installation {
    /// Its database, whose schema may be behind, and its master keys.
    pub(crate) async fn open(&self) -> anyhow::Result<(Db, KeyRing)> {
        if let Some(folder) = &self.data {
            return open_folder(folder).await;
        }
        let config = self.config.load()?;
        let ring = serve::key_ring(&config)?;
        Ok((database::open(&config).await?, ring))
    }
}

async fn open_folder(folder: &Path) -> anyhow::Result<(Db, KeyRing)> {
    let file = folder.join("postern.db");
    if !file.is_file() {
        bail!("{} is no folder of a development server: it holds no postern.db", folder.display());
    }
    let ring = master_key::read(&folder.join("master.key"))?;
    Ok((database::open_file(&file).await?, ring))
}
