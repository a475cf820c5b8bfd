//! The database file: who may read it, and that one process has it.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError, create_dir_all};
use std::path::{Path, PathBuf};

use crate::sql::{Result, StoreError};

/// Held as long as the database is open; the operating system lets go of it when the process ends.
pub(crate) struct Claim {
    _lock: File,
}

/// Makes the folder and the file when absent, readable by the owner alone, and
/// claims them for this process through a lock file beside it.
pub(crate) fn claim(path: &Path) -> Result<Claim> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    }
    let lock_path = beside(path, ".lock");
    let lock = private(&lock_path)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(StoreError::Unavailable(format!(
                "{} is in use by another process (it holds {})",
                path.display(),
                lock_path.display()
            )));
        }
        Err(TryLockError::Error(error)) => return Err(failed(&lock_path, &error)),
    }
    private(path)?;
    Ok(Claim { _lock: lock })
}

fn private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| failed(path, &error))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn failed(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("{}: {error}", path.display()))
}
