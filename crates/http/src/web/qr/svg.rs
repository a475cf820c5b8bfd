//! A code as one path: a line for each run of dark squares.

use std::fmt::Write as _;

use super::Squares;

/// Pixels of a square where the page does not say how large the picture is.
const SCALE: usize = 6;

pub(super) fn draw(squares: &Squares) -> String {
    let mut path = String::new();
    for (y, row) in squares.rows().enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            if run.first() == Some(&true) {
                // Writing to a text cannot fail.
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z", length = run.len());
            }
            x += run.len();
        }
    }
    let side = squares.side;
    let size = side * SCALE;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}\" height=\"{size}\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    )
}
