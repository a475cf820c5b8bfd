//! The folder of a development server: kept, or gone at the end.

use std::path::{Path, PathBuf};

use postern_core::random::Random;

use crate::private_file;

/// Where database, keys and `dev.env` are.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    temporary: bool,
}

impl Folder {
    /// This folder, made when it is absent.
    pub(crate) fn kept(path: &Path) -> anyhow::Result<Self> {
        private_file::folder(path)?;
        Ok(Self { path: path.to_owned(), temporary: false })
    }

    /// A fresh folder that is removed by [`Folder::leave`].
    pub(crate) fn temporary() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("postern-{}", Random::system().uuid().simple()));
        private_file::folder(&path)?;
        Ok(Self { path, temporary: true })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Done with it. [`Drop`] does the rest.
    pub(crate) fn leave(self) {
        drop(self);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            tracing::warn!(folder = %self.path.display(), %error, "the temporary folder could not be removed");
        }
    }
}
