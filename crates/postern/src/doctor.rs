//! `postern doctor`: looks for what would keep the server from working.

mod checks;

use std::process::ExitCode;

use crate::config::Config;
use crate::terminal::{Style, say, styled};

/// What a check found.
#[derive(Debug)]
pub(crate) enum Finding {
    /// As it should be.
    Good(String),
    /// It works, but is worth a look.
    Doubtful(String),
    /// The server will not work.
    Bad(String),
}

impl Finding {
    /// Good with these words, or bad with the error and its causes.
    pub(crate) fn of(result: anyhow::Result<String>) -> Self {
        match result {
            Ok(words) => Self::Good(words),
            Err(error) => Self::Bad(format!("{error:#}")),
        }
    }
}

/// Makes all checks and prints a line for each. The exit code is 1 when the server will not work.
pub(crate) async fn run(config: anyhow::Result<Config>) -> ExitCode {
    let findings = match config {
        Ok(config) => {
            let mut findings = vec![("configuration", Finding::Good("is good".to_owned()))];
            findings.extend(checks::all(&config).await);
            findings
        }
        Err(error) => vec![("configuration", Finding::of(Err(error)))],
    };
    let mut code = ExitCode::SUCCESS;
    for (what, finding) in findings {
        let (mark, words) = match finding {
            Finding::Good(words) => (styled(Style::Good, "✓"), words),
            Finding::Doubtful(words) => (styled(Style::Accent, "!"), words),
            Finding::Bad(words) => {
                code = ExitCode::FAILURE;
                (styled(Style::Bad, "✗"), words)
            }
        };
        say(format_args!("{mark} {what}: {words}"));
    }
    code
}
