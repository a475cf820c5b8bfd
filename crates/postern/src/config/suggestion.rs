//! What somebody may have meant.

/// The name closest to what was written, when it is close enough to be a slip.
pub(crate) fn closest<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let tolerated = (written.len() / 3).clamp(1, 3);
    names
        .map(|name| (distance(written, name), name))
        .filter(|(far, _)| *far <= tolerated)
        .min()
        .map(|(_, name)| name)
}

/// How many letters must be added, removed or replaced.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (number, a) in left.chars().enumerate() {
        let mut diagonal = number;
        let mut before = number + 1;
        let mut next = vec![before];
        for (above, b) in row.iter().skip(1).zip(right.chars()) {
            before = (diagonal + usize::from(a != b)).min(*above + 1).min(before + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let names = || ["listen", "private_key", "drain_seconds"].into_iter();
        assert_eq!(closest("lisen", names()), Some("listen"));
        assert_eq!(closest("drain_second", names()), Some("drain_seconds"));
        assert_eq!(closest("colour", names()), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
