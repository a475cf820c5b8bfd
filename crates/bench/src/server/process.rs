//! What the kernel says about a process: memory and processor time.

use std::time::Duration;

/// Clock ticks in a second, as `/proc` counts them; fixed on Linux.
const TICKS: u64 = 100;

/// A process of this machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process(u32);

impl Process {
    /// The process with this id.
    pub(crate) fn of(id: u32) -> Self {
        Self(id)
    }

    /// This one.
    pub(crate) fn own() -> Self {
        Self(std::process::id())
    }

    /// Its id.
    pub(crate) fn id(self) -> u32 {
        self.0
    }

    /// Resident memory, in KiB; 0 when it is gone.
    pub(crate) fn resident_kib(self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap_or_default();
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    }

    /// Processor time it has used, in the kernel and outside.
    pub(crate) fn cpu(self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0)).unwrap_or_default();
        // The name, in parentheses, may hold spaces; user and system time are the 12th and 13th fields after it.
        let fields = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
        let ticks: u64 =
            fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 1000 / TICKS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory() {
        assert!(Process::own().resident_kib() > 100);
        assert_eq!(Process::of(u32::MAX).resident_kib(), 0);
    }
}
