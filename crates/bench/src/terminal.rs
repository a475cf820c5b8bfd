//! What people read: the table on stdout, progress on stderr. A closed pipe is not an error.

use std::fmt::Display;
use std::io::Write as _;

/// Writes a line of the result.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Writes a line of progress.
pub(crate) fn note(line: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
