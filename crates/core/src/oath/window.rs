//! Which positions count: a bounded range of counters or time steps.

/// Most positions of a window.
pub const MOST: u64 = 4_096;

/// A range of positions, never longer than [`MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    first: u64,
    count: u64,
}

impl Window {
    /// `count` positions from this one on.
    #[must_use]
    pub const fn ahead(first: u64, count: u64) -> Self {
        let left = u64::MAX - first;
        let count = if count > MOST { MOST } else { count };
        Self { first, count: if count > left { left } else { count } }
    }

    /// From the first to the last position, both included; what is below zero is cut off. Empty when `last` is before
    /// `first`.
    #[must_use]
    pub const fn between(first: i64, last: i64) -> Self {
        if last < 0 || last < first {
            return Self { first: 0, count: 0 };
        }
        let first = if first < 0 { 0 } else { first.unsigned_abs() };
        Self::ahead(first, last.unsigned_abs() - first + 1)
    }

    /// Its positions, in order.
    pub fn positions(self) -> impl Iterator<Item = u64> {
        self.first..self.first + self.count
    }

    /// How many positions it has.
    #[must_use]
    pub const fn size(self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_window_ends_at_zero_and_at_the_largest_position() {
        assert!(Window::between(-3, 1).positions().eq(0..2));
        assert!(Window::between(-3, -1).positions().eq(0..0));
        assert!(Window::between(4, 2).positions().eq(0..0));
        assert_eq!(Window::ahead(u64::MAX, 5).size(), 0);
        assert_eq!(Window::ahead(u64::MAX - 2, 5).positions().last(), Some(u64::MAX - 1));
    }

    proptest! {
        #[test]
        fn no_window_is_longer_than_it_may_be(first: i64, last: i64, start: u64, count: u64) {
            for window in [Window::between(first, last), Window::ahead(start, count)] {
                prop_assert!(window.size() <= MOST);
                prop_assert_eq!(window.positions().count() as u64, window.size());
            }
        }
    }
}
