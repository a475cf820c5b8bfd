//! A code as PNG: two shades of grey, a bit a pixel, stored without compression (RFC 1950, RFC 1951, RFC 2083).

use super::Squares;

/// Pixels of a square.
const SCALE: usize = 6;
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// Bytes of a stored block at most.
const BLOCK: usize = 0xffff;

pub(super) fn draw(squares: &Squares) -> Vec<u8> {
    let side = u32::try_from(squares.side * SCALE).unwrap_or_default();
    let mut header = Vec::with_capacity(13);
    header.extend_from_slice(&side.to_be_bytes());
    header.extend_from_slice(&side.to_be_bytes());
    // One bit of grey a pixel; the only compression, filter set and order there are.
    header.extend_from_slice(&[1, 0, 0, 0, 0]);
    let mut picture = SIGNATURE.to_vec();
    chunk(&mut picture, *b"IHDR", &header);
    chunk(&mut picture, *b"IDAT", &stored(&pixels(squares)));
    chunk(&mut picture, *b"IEND", &[]);
    picture
}

/// The lines of the picture, each with a byte before it that says: no filter.
fn pixels(squares: &Squares) -> Vec<u8> {
    let mut lines = Vec::new();
    for row in squares.rows() {
        let mut line = vec![0];
        let mut pixels = row.iter().flat_map(|dark| std::iter::repeat_n(u8::from(!dark), SCALE)).peekable();
        while pixels.peek().is_some() {
            let byte = (0..8).fold(0, |byte, _| byte << 1 | pixels.next().unwrap_or_default());
            line.push(byte);
        }
        (0..SCALE).for_each(|_| lines.extend_from_slice(&line));
    }
    lines
}

fn chunk(picture: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or_default();
    picture.extend_from_slice(&length.to_be_bytes());
    picture.extend_from_slice(&name);
    picture.extend_from_slice(data);
    picture.extend_from_slice(&crc(name.iter().chain(data)).to_be_bytes());
}

/// A zlib stream of stored blocks.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(BLOCK).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or_default();
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend_from_slice(&length.to_le_bytes());
        stream.extend_from_slice(&(!length).to_le_bytes());
        stream.extend_from_slice(block);
    }
    stream.extend_from_slice(&adler(data).to_be_bytes());
    stream
}

fn adler(data: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (low, high) = data.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % MODULUS;
        (low, (high + low) % MODULUS)
    });
    high << 16 | low
}

fn crc<'b>(bytes: impl Iterator<Item = &'b u8>) -> u32 {
    !bytes.fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| {
                if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_values_are_the_published_ones() {
        assert_eq!(crc(b"123456789".iter()), 0xcbf4_3926);
        assert_eq!(adler(b"Wikipedia"), 0x11e6_0398);
        assert_eq!(stored(&[]), [0x78, 0x01, 0, 0, 0, 1]);
    }

    #[test]
    fn a_picture_has_a_line_for_each_row_of_pixels() {
        let squares = Squares { side: 2, dark: vec![true, false, false, true] };
        let lines = pixels(&squares);
        let line = [0, 0b0000_0011, 0b1111_0000];
        assert_eq!(lines.len(), 2 * SCALE * line.len());
        assert_eq!(lines[..3], line);
        assert!(draw(&squares).starts_with(&SIGNATURE));
    }
}
