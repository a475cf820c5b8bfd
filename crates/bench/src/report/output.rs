//! Where the result goes.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;

use super::{Figure, Machine, page, table};
use crate::{clock, terminal};

/// Everything that was measured.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    /// When, in RFC 3339.
    pub(crate) at: String,
    /// Where.
    pub(crate) machine: Machine,
    /// How many connections.
    pub(crate) connections: usize,
    /// How many users.
    pub(crate) users: usize,
    /// For how long each figure was measured, in seconds.
    pub(crate) seconds: f64,
    /// The figures.
    pub(crate) figures: Vec<Figure>,
    /// How the cost changes with the amount of data.
    pub(crate) series: Vec<Series>,
}

/// Rates and costs at growing sizes.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Series {
    /// What grows.
    pub(crate) name: String,
    /// The loads at each size.
    pub(crate) points: Vec<(usize, Vec<Figure>)>,
}

impl Report {
    fn text(&self) -> String {
        let mut text = table::figures(&self.figures);
        text.push('\n');
        text.push_str(&table::details(&self.figures));
        for series in &self.series {
            text.push('\n');
            text.push_str(&series.text());
        }
        for (name, error) in
            self.figures.iter().filter_map(|figure| Some((&figure.name, figure.error.as_ref()?)))
        {
            text.push_str(&format!("\n{name}: {error}\n"));
        }
        text
    }

    fn section(&self) -> String {
        format!(
            "{}\nMeasured {} with {} connections (tasks on the bare store), {} users, {:.0} s for each figure.\n\n{}\n{}",
            self.title(),
            self.at,
            self.connections,
            self.users,
            self.seconds,
            self.machine.markdown(),
            self.text()
        )
    }

    fn title(&self) -> String {
        format!("## {}\n", self.machine.database_name())
    }
}

impl Series {
    fn text(&self) -> String {
        let names = self
            .points
            .first()
            .map(|(_, figures)| figures.iter().map(|figure| figure.name.clone()).collect::<Vec<_>>());
        let names = names.unwrap_or_default();
        let mut head = vec![self.name.clone()];
        for name in &names {
            head.extend([format!("{name}/s"), "p99 ms".to_owned(), "server CPU us".to_owned()]);
        }
        let rows: Vec<Vec<String>> = self
            .points
            .iter()
            .map(|(size, figures)| {
                let mut row = vec![table::grouped(*size as f64)];
                for figure in figures {
                    let detail = figure.detail.unwrap_or_default();
                    row.extend([
                        table::grouped(figure.value),
                        format!("{:.2}", detail.p99_ms),
                        format!("{:.0}", detail.server_cpu_us),
                    ]);
                }
                row
            })
            .collect();
        table::table(&head.iter().map(String::as_str).collect::<Vec<_>>(), &rows)
    }
}

/// Prints the table and writes the files.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write(report: &Report, json: Option<&Path>, markdown: Option<&Path>) -> anyhow::Result<()> {
    terminal::say(report.text());
    let path = json.map_or_else(default_path, Path::to_owned);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    std::fs::write(&path, serde_json::to_vec_pretty(report)?)
        .with_context(|| format!("cannot write {}", path.display()))?;
    terminal::note(format_args!("JSON: {}", path.display()));
    if let Some(path) = markdown {
        let page = std::fs::read_to_string(path).unwrap_or_else(|_| page::HEAD.to_owned());
        let page = page::with_section(&page, &report.title(), &report.section());
        std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn default_path() -> PathBuf {
    PathBuf::from(format!("bench-results/{}.json", clock::wall().seconds()))
}
