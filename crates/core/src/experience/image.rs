//! Images that were uploaded: what is known of one, and what its bytes say.
//!
//! The bytes themselves are kept beside the record.

use serde::{Deserialize, Serialize};

use crate::entity::Entity;
use crate::ids::ImageId;
use crate::schema::words;

words! {
    /// The format of an image.
    pub enum Format {
        Png = "png",
        Jpeg = "jpg",
        Gif = "gif",
    }
}

impl Format {
    /// As a `Content-Type`.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
        }
    }
}

/// What is known of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its format.
    #[serde(rename = "type")]
    pub format: Format,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

impl Entity for Image {
    type Id = ImageId;
    const KIND: &'static str = "IMAGE";
}

impl Image {
    /// What the first bytes say; `None` for what is no image of a known format.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        png(bytes)
            .or_else(|| gif(bytes))
            .or_else(|| jpeg(bytes))
            .filter(|image| image.width > 0 && image.height > 0)
    }
}

fn png(bytes: &[u8]) -> Option<Image> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    (header.get(4..8)? == b"IHDR").then_some(())?;
    let number = |at: usize| Some(u32::from_be_bytes(*header.get(at..)?.first_chunk::<4>()?));
    Some(Image { format: Format::Png, width: number(8)?, height: number(12)? })
}

fn gif(bytes: &[u8]) -> Option<Image> {
    let rest = bytes.strip_prefix(b"GIF87a").or_else(|| bytes.strip_prefix(b"GIF89a"))?;
    let number = |at: usize| Some(u32::from(u16::from_le_bytes(*rest.get(at..)?.first_chunk::<2>()?)));
    Some(Image { format: Format::Gif, width: number(0)?, height: number(2)? })
}

/// Walks the segments to the one that begins a frame.
fn jpeg(bytes: &[u8]) -> Option<Image> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let [0xff, marker, tail @ ..] = rest else { return None };
        if matches!(marker, 0xff) {
            rest = rest.get(1..)?;
            continue;
        }
        let length = usize::from(u16::from_be_bytes(*tail.first_chunk::<2>()?));
        // All frames but the tables of arithmetic and Huffman codes, which share the range.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let number =
                |at: usize| Some(u32::from(u16::from_be_bytes(*tail.get(at..)?.first_chunk::<2>()?)));
            return Some(Image { format: Format::Jpeg, height: number(3)?, width: number(5)? });
        }
        if matches!(marker, 0xda | 0xd9) || length < 2 {
            return None;
        }
        rest = tail.get(length..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_read_from_each_format() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x02\0\0\0\x03";
        let gif = b"GIF89a\x02\0\x03\0";
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\0\x03\0\x02";
        for (bytes, format) in [(&png[..], Format::Png), (gif, Format::Gif), (jpeg, Format::Jpeg)] {
            assert_eq!(Image::of(bytes), Some(Image { format, width: 2, height: 3 }), "{format}");
            assert_eq!(Image::of(&bytes[..bytes.len() - 1]), None, "{format}");
        }
        assert_eq!(Image::of(b"<svg/>"), None);
        assert_eq!(Image::of(b"GIF89a\0\0\x03\0"), None);
    }
}
