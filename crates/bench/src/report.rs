//! The result: figures beside limits and budgets, printed as a table and written as JSON and Markdown.

mod figure;
mod machine;
mod output;
mod page;
mod table;

pub(crate) use figure::{Budget, Figure, Unit};
pub(crate) use machine::Machine;
pub(crate) use output::{Report, Series, write};
