//! How many short messages a text takes on the air (3GPP TS 23.038).

/// Characters of the default alphabet that take one septet each.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Characters of the extension table, which take two.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// Septets that one lone message and one part of several can hold.
const GSM_ALONE: usize = 160;
const GSM_PART: usize = 153;

/// UTF-16 units that one lone message and one part of several can hold.
const UCS2_ALONE: usize = 70;
const UCS2_PART: usize = 67;

/// Whether the text fits the GSM 7-bit alphabet.
#[must_use]
pub fn is_gsm7(text: &str) -> bool {
    text.chars().all(|c| septets(c).is_some())
}

/// How many messages the text is cut into; an empty text still takes one.
#[must_use]
pub fn segments(text: &str) -> usize {
    let gsm: Option<Vec<usize>> = text.chars().map(septets).collect();
    match gsm {
        Some(widths) => parts(widths, GSM_ALONE, GSM_PART),
        None => parts(text.chars().map(char::len_utf16).collect(), UCS2_ALONE, UCS2_PART),
    }
}

fn septets(c: char) -> Option<usize> {
    if BASIC.contains(c) {
        Some(1)
    } else if EXTENDED.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// Fills parts in order; a character is never torn between two.
fn parts(widths: Vec<usize>, alone: usize, part: usize) -> usize {
    if widths.iter().sum::<usize>() <= alone {
        return 1;
    }
    let (count, _) = widths.into_iter().fold((1, 0), |(count, used), width| {
        if used + width > part { (count + 1, width) } else { (count, used + width) }
    });
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_the_limits_of_their_alphabet() {
        let table = [
            (String::new(), 1),
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            ("€".repeat(152), 2),
            ("€".repeat(153), 3),
            ("ó".repeat(70), 1),
            ("ó".repeat(71), 2),
            ("ó".repeat(135), 3),
            ("😀".repeat(35), 1),
            ("😀".repeat(66), 2),
            ("😀".repeat(67), 3),
        ];
        for (text, expected) in table {
            assert_eq!(segments(&text), expected, "{} of {:?}", text.chars().count(), text.chars().next());
        }
    }

    #[test]
    fn the_alphabet_is_the_one_of_the_standard() {
        assert_eq!(BASIC.chars().count(), 127);
        assert!(is_gsm7("Grüße à 5 € [ok]"));
        for c in ["ç", "ê", "ó", "á", "`", "\t"] {
            assert!(!is_gsm7(c), "{c}");
        }
    }
}
