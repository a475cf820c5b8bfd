//! The machine that was measured, as it describes itself.

use std::path::Path;
use std::process::Command;

use serde::Serialize;

/// The machine.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    memory_gib: f64,
    kernel: String,
    disk: String,
    rustc: String,
    database: String,
    /// Processes that wanted to run in the minute before; near 0 on a machine that is fit for measuring.
    load_before: String,
}

impl Machine {
    /// Asks the kernel and the tools.
    pub(crate) fn describe(data: &Path, database: String) -> Self {
        let memory =
            field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
        Self {
            processor: field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory_gib: memory.unwrap_or(0.0) / 1024.0 / 1024.0,
            kernel: output("uname", &["-sr"]),
            disk: disk(data),
            rustc: output("rustc", &["--version"]),
            database,
            load_before: std::fs::read_to_string("/proc/loadavg")
                .ok()
                .and_then(|text| text.split(' ').next().map(str::to_owned))
                .unwrap_or_default(),
        }
    }

    /// The name of the database, for a title.
    pub(crate) fn database_name(&self) -> &str {
        self.database.split(' ').next().unwrap_or_default()
    }

    /// Lines of a list.
    pub(crate) fn markdown(&self) -> String {
        format!(
            "- processor: {}, {} cores for server and load generator together\n- memory: {:.0} GiB\n- kernel: {}\n- disk: {}\n\
             - compiler: {}\n- database: {}\n- load average before the run: {}\n",
            self.processor,
            self.cores,
            self.memory_gib,
            self.kernel,
            self.disk,
            self.rustc,
            self.database,
            self.load_before
        )
    }
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.split_once(':').map(|(_, value)| value.trim().to_owned()))
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output
        .ok()
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_else(|| "unknown".to_owned())
}

/// File system and device of the folder: the mount whose path is the longest prefix of it.
fn disk(data: &Path) -> String {
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let data = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    let mount = mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?, words.next()?, words.next()?))
        })
        .filter(|(_, at, _)| data.starts_with(at))
        .max_by_key(|(_, at, _)| at.len());
    mount.map_or_else(|| "unknown".to_owned(), |(device, _, kind)| format!("{kind} on {device}"))
}
