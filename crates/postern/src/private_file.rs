//! Files that only their owner may read: keys and credentials.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

/// Writes a file that only its owner may read, in one step: a reader sees the old content or the new.
pub(crate) fn write(path: &Path, content: &str) -> anyhow::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".new");
    let partial = Path::new(&partial);
    // Left behind by a crash; it must not keep wider permissions.
    let _ = fs::remove_file(partial);
    let attempt = || -> std::io::Result<()> {
        let mut file = private(OpenOptions::new().write(true).create_new(true)).open(partial)?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        fs::rename(partial, path)
    };
    attempt().with_context(|| format!("cannot write {}", path.display()))
}

/// Makes a folder, with those above it, that only its owner may enter. One that is there stays as it is.
pub(crate) fn folder(path: &Path) -> anyhow::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).with_context(|| format!("cannot make the folder {}", path.display()))
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_is_replaced_and_stays_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
