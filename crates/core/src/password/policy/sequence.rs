//! Runs of characters that follow each other: repeated, in the alphabet, or on the keyboard.

pub(super) const ALPHABET: &[&str] = &["abcdefghijklmnopqrstuvwxyz"];
pub(super) const DIGITS: &[&str] = &["0123456789"];
pub(super) const KEYBOARD: &[&str] = &["qwertyuiop", "asdfghjkl", "zxcvbnm"];
pub(super) const SHIFTED_NUMBERS: &[&str] = &["!@#$%^&*()"];

/// Length of the longest run of one and the same character.
pub(super) fn longest_repetition(text: &str) -> u32 {
    longest(text.chars(), |before, after| before == after)
}

/// Length of the longest run along one of the rows, forwards or backwards. Case does not count.
pub(super) fn longest_run(text: &str, rows: &[&str]) -> u32 {
    let place = |c: char| {
        let c = c.to_ascii_lowercase();
        rows.iter().enumerate().find_map(|(row, characters)| Some((row, characters.find(c)?)))
    };
    // Rows are ASCII, so byte positions count characters. A character of no row takes part in no run.
    let places: Vec<_> = text.chars().map(place).collect();
    let steps = |forwards: bool| {
        longest(places.iter().copied(), move |before, after| match (before, after) {
            (Some((row, from)), Some((other, to))) if row == other => {
                if forwards {
                    from + 1 == to
                } else {
                    to + 1 == from
                }
            }
            _ => false,
        })
    };
    if places.iter().any(Option::is_some) { steps(true).max(steps(false)) } else { 0 }
}

/// Length of the longest run in which each element follows the one before it; 0 for nothing.
fn longest<T: Copy>(elements: impl Iterator<Item = T>, follows: impl Fn(T, T) -> bool) -> u32 {
    let mut before = None;
    let (mut run, mut longest) = (0_u32, 0);
    for element in elements {
        run = if before.is_some_and(|before| follows(before, element)) { run.saturating_add(1) } else { 1 };
        longest = longest.max(run);
        before = Some(element);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_are_counted_in_a_row() {
        for (text, length) in
            [("", 0), ("a", 1), ("abab", 1), ("aab", 2), ("baaac", 3), ("aAa", 1), ("éé", 2)]
        {
            assert_eq!(longest_repetition(text), length, "{text}");
        }
    }

    #[test]
    fn runs_are_found_in_both_directions() {
        for (text, length) in
            [("", 0), ("!!", 0), ("ac", 1), ("xABCx", 3), ("cba", 3), ("aba", 2), ("yza", 2)]
        {
            assert_eq!(longest_run(text, ALPHABET), length, "{text}");
        }
        assert_eq!(longest_run("a8907", DIGITS), 2);
        assert_eq!(longest_run("pa", KEYBOARD), 1);
        assert_eq!(longest_run("xQwErT", KEYBOARD), 5);
        assert_eq!(longest_run("1#@!", SHIFTED_NUMBERS), 3);
    }
}
