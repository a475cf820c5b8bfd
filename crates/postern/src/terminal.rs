//! What people read: results on stdout, progress and complaints on stderr, colours only on a terminal.
//!
//! A closed pipe is not an error: whoever reads has seen enough.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};

/// How a piece of text looks on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Titles.
    Bold,
    /// What one may skip.
    Faint,
    /// It went well.
    Good,
    /// It did not.
    Bad,
    /// What to look at.
    Accent,
}

/// Writes a line to stdout.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Writes to stdout as it is.
pub(crate) fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Writes a line of progress to stderr.
pub(crate) fn note(line: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Says why the program ends, with all causes.
pub(crate) fn complain(error: &anyhow::Error) {
    let head = if std::io::stderr().is_terminal() && wants_colour() {
        "\u{1b}[1;31merror:\u{1b}[0m"
    } else {
        "error:"
    };
    note(format_args!("{head} {error:#}"));
}

/// The text in a style, when stdout is a terminal.
pub(crate) fn styled(style: Style, text: impl Display) -> String {
    if !std::io::stdout().is_terminal() || !wants_colour() {
        return text.to_string();
    }
    let code = match style {
        Style::Bold => "1",
        Style::Faint => "2",
        Style::Good => "32",
        Style::Bad => "1;31",
        Style::Accent => "1;36",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// See <https://no-color.org>.
fn wants_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|value| value != "dumb")
}
