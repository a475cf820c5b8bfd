//! How long the write-ahead log is, and when to move it into the file.
//!
//! Moving pages and syncing the file takes many times as long as a commit, so
//! another thread does it ([`super::checkpointer`]) while commits go on. It never
//! quite catches up with a writer that does not rest, and only a log that is in
//! the file as a whole begins anew. So once the log is long, the writer itself
//! moves what is left just after that thread was done: little, and rarely.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Frames (pages of 4 KiB) that are worth a move.
const SOME: u32 = 1_000;
/// Frames beyond which the log should begin anew: 32 MiB.
const LONG: u32 = 8_000;

/// The state of the log. The writer tells of its growth, the checkpointer of what it did.
#[derive(Default)]
pub(crate) struct Log {
    /// Frames in it, moved or not.
    frames: AtomicU32,
    /// Frames when the last move began.
    moved: AtomicU32,
    /// A move was made since the writer asked last.
    fresh: AtomicBool,
}

impl Log {
    /// A commit made it so long. A log that begins anew is shorter than it was.
    pub(crate) fn grew_to(&self, frames: i32) {
        let frames = u32::try_from(frames).unwrap_or_default();
        if self.frames.swap(frames, Ordering::Relaxed) > frames {
            self.moved.store(0, Ordering::Relaxed);
        }
    }

    /// Whether enough has gathered for a move.
    pub(crate) fn is_worth_a_move(&self) -> bool {
        let moved = self.moved.load(Ordering::Relaxed);
        self.frames.load(Ordering::Relaxed).saturating_sub(moved) >= SOME
    }

    /// To be called before a move; gives what [`Log::moved`] wants.
    pub(crate) fn frames(&self) -> u32 {
        self.frames.load(Ordering::Relaxed)
    }

    /// So many frames were moved.
    pub(crate) fn moved(&self, frames: u32) {
        self.moved.store(frames, Ordering::Relaxed);
        self.fresh.store(true, Ordering::Relaxed);
    }

    /// Whether the writer should move the rest now. Says so once after each move.
    pub(crate) fn wants_its_end(&self) -> bool {
        self.frames.load(Ordering::Relaxed) >= LONG && self.fresh.swap(false, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_is_worth_it_again_only_after_as_much_has_gathered() {
        let log = Log::default();
        log.grew_to(999);
        assert!(!log.is_worth_a_move());
        log.grew_to(1_000);
        assert!(log.is_worth_a_move());
        log.moved(log.frames());
        log.grew_to(1_999);
        assert!(!log.is_worth_a_move());
        log.grew_to(3);
        log.grew_to(1_003);
        assert!(log.is_worth_a_move());
    }

    #[test]
    fn the_writer_moves_the_rest_of_a_long_log_once_after_each_move() {
        let log = Log::default();
        log.grew_to(20_000);
        assert!(!log.wants_its_end());
        log.moved(20_000);
        assert!(log.wants_its_end());
        assert!(!log.wants_its_end());
    }
}
