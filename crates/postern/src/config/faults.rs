//! All that is wrong with a configuration. Values are never repeated: they may be secrets.

use std::fmt::{Display, Formatter};

/// What is wrong, with the file it is wrong in.
#[derive(Debug)]
pub(crate) struct Faults {
    file: String,
    found: Vec<String>,
}

impl Faults {
    /// Nothing is wrong yet.
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), found: Vec::new() }
    }

    /// Something is.
    pub(crate) fn note(&mut self, fault: impl Display) {
        self.found.push(fault.to_string());
    }

    /// Whether nothing is.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl Display for Faults {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "the configuration in {} cannot be used:", self.file)?;
        self.found.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for Faults {}
