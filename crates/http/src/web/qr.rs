//! QR codes as pictures, SVG or PNG.
//!
//! Both are drawn from the squares here: PNG needs no compression for two
//! colours, so no image library is needed for it.

mod png;
mod svg;

use fast_qr::{ECL, QRBuilder};

use super::Reply;

/// Squares of white around a code, which readers need.
const MARGIN: usize = 4;

/// A kind of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// `image/svg+xml`
    Svg,
    /// `image/png`
    Png,
}

impl Picture {
    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
        }
    }
}

/// The squares of a code with its margin, row by row.
pub(super) struct Squares {
    side: usize,
    dark: Vec<bool>,
}

impl Squares {
    /// Nothing when the text is too long for a code.
    fn of(text: &str) -> Option<Self> {
        let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
        let side = code.size + 2 * MARGIN;
        let dark = (0..side * side).map(|place| {
            let (row, column) = (place / side, place % side);
            let inside =
                (MARGIN..MARGIN + code.size).contains(&row) && (MARGIN..MARGIN + code.size).contains(&column);
            let at = inside.then(|| (row - MARGIN) * code.size + (column - MARGIN));
            at.and_then(|at| code.data.get(at)).is_some_and(|module| module.value())
        });
        Some(Self { side, dark: dark.collect() })
    }

    /// Its rows.
    fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks(self.side)
    }
}

/// The answer that shows a text as a code; nothing when it is too long for one.
#[must_use]
pub fn draw(text: &str, picture: Picture) -> Option<Reply> {
    let squares = Squares::of(text)?;
    let bytes = match picture {
        Picture::Svg => svg::draw(&squares).into_bytes(),
        Picture::Png => png::draw(&squares),
    };
    Some(Reply::bytes(200, picture.media_type(), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_corners_and_its_margin() {
        let squares = Squares::of("otpauth://totp/pat?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let rows: Vec<&[bool]> = squares.rows().collect();
        assert_eq!(rows.len(), squares.side);
        for row in rows.iter().take(MARGIN).chain(rows.iter().rev().take(MARGIN)) {
            assert!(row.iter().all(|dark| !dark));
        }
        let corner: Vec<bool> = rows[MARGIN][MARGIN..MARGIN + 8].to_vec();
        assert_eq!(corner, [true, true, true, true, true, true, true, false]);
        assert!(Squares::of(&"x".repeat(3_000)).is_none());
    }
}
