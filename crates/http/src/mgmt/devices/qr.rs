//! The key of a TOTP device as a QR code, for clients that ask for a picture with `Accept`.
//!
//! Only while the device waits for its first code; afterwards its key is shown to nobody.

use postern_core::devices::Device;
use postern_core::entity::Stored;
use postern_engine::{Ctx, totp};

use crate::web::Reply;
use crate::web::qr::{self, Picture};

/// The picture that a client prefers to JSON, if the device has one to show.
pub(super) fn answer(ctx: &Ctx, device: &Stored<Device>, accept: Option<&str>) -> Option<Reply> {
    let picture = preferred(accept?)?;
    let offer = totp::offer(ctx, device)?;
    qr::draw(offer.uri.expose(), picture)
}

/// The best of what can be shown; JSON where the client likes it as well.
fn preferred(accept: &str) -> Option<Picture> {
    let mut best = (None, quality(accept, "application/json"));
    for picture in [Picture::Svg, Picture::Png] {
        let quality = quality(accept, picture.media_type());
        if quality > best.1 {
            best = (Some(picture), quality);
        }
    }
    best.0
}

/// How much the client likes a type, in thousandths: what the most exact range says (RFC 9110, 12.5.1).
fn quality(accept: &str, media_type: &str) -> u32 {
    let main = media_type.split('/').next().unwrap_or_default();
    let ranges = accept.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?;
        let exactness = if name.eq_ignore_ascii_case(media_type) {
            3
        } else if name.strip_suffix("/*").is_some_and(|name| name.eq_ignore_ascii_case(main)) {
            2
        } else if name == "*/*" {
            1
        } else {
            return None;
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        Some((exactness, weight.map_or(1_000, thousandths)))
    });
    ranges.max_by_key(|(exactness, _)| *exactness).map_or(0, |(_, weight)| weight)
}

fn thousandths(weight: &str) -> u32 {
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
    (number(whole) * 1_000).saturating_add(number(&part)).min(1_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_picture_is_shown_to_those_who_prefer_one() {
        for (accept, picture) in [
            ("image/png", Some(Picture::Png)),
            ("IMAGE/SVG+XML", Some(Picture::Svg)),
            ("image/*", Some(Picture::Svg)),
            ("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", Some(Picture::Svg)),
            ("image/png, application/json;q=0.9", Some(Picture::Png)),
            ("image/svg+xml;q=0.5, image/png;q=0.75", Some(Picture::Png)),
            ("application/json", None),
            ("application/json, image/png", None),
            ("*/*", None),
            ("text/html", None),
            ("image/png;q=0", None),
            ("", None),
        ] {
            assert_eq!(preferred(accept), picture, "{accept}");
        }
    }

    proptest! {
        #[test]
        fn no_header_panics(accept in "[ -~]{0,80}") {
            let _ = preferred(&accept);
        }
    }
}
