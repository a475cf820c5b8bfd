//! Cursors: an opaque text that says after which record a page begins.
//!
//! A cursor is the last record's creation time and id in base64url. It carries
//! no right to anything: the next page is authorised like the first.

use data_encoding::BASE64URL_NOPAD;
use postern_core::entity::{Entity, Stored};
use postern_core::ids::Id;
use postern_core::problem::{Code, Problem};
use postern_core::time::Timestamp;
use postern_engine::Error;
use uuid::Uuid;

use super::call::Pairs;
use super::hal::Links;

/// Where a page begins and how much it holds.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// After this record; `None` for the first page.
    pub after: Option<(Timestamp, Uuid)>,
    /// At most this many.
    pub limit: i64,
}

/// Reads `limit` and `cursor`. A `limit` above `max` is cut to it.
///
/// # Errors
/// [`Error::Malformed`] naming the parameter.
pub fn window(query: &Pairs, default: i64, max: i64) -> Result<Window, Error> {
    let mut problems = Vec::new();
    let limit = match query.get("limit").map(str::parse::<i64>) {
        None => default,
        Some(Ok(limit)) if limit >= 1 => limit.min(max),
        Some(_) => {
            let text = format!("must be a whole number between 1 and {max}");
            problems.push(Problem::new(Code::InvalidParameter, text).at("limit"));
            default
        }
    };
    let after = match query.get("cursor").map(decode) {
        None => None,
        Some(Some(after)) => Some(after),
        Some(None) => {
            problems.push(
                Problem::new(Code::InvalidParameter, "is not a cursor of this collection").at("cursor"),
            );
            None
        }
    };
    if problems.is_empty() { Ok(Window { after, limit }) } else { Err(Error::Malformed(problems)) }
}

/// Cuts what was read, one more than `limit`, to a page, and links it to the next one.
pub fn cut<T: Entity>(found: &mut Vec<Stored<T>>, limit: i64, own: &str, query: &Pairs) -> Links {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let links = Links::to(own);
    match found.last().filter(|_| more) {
        Some(last) => links.link("next", &next(own, query, &encode(last.created_at, last.id.uuid()))),
        None => links,
    }
}

/// The cursor after this record.
#[must_use]
pub fn encode(created_at: Timestamp, id: Uuid) -> String {
    let mut bytes = created_at.micros().to_be_bytes().to_vec();
    bytes.extend_from_slice(id.as_bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

fn decode(text: &str) -> Option<(Timestamp, Uuid)> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    let (time, id) = bytes.split_first_chunk::<8>()?;
    Some((Timestamp::from_micros(i64::from_be_bytes(*time)), Uuid::from_slice(id).ok()?))
}

/// The address of the next page: the same query with another cursor.
#[must_use]
pub fn next(base: &str, query: &Pairs, cursor: &str) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    query.iter().filter(|(key, _)| *key != "cursor").for_each(|(key, value)| {
        pairs.append_pair(key, value);
    });
    pairs.append_pair("cursor", cursor);
    format!("{base}?{}", pairs.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_garbage_does_not() {
        let place = (Timestamp::from_micros(1_774_284_479_659_123), Uuid::from_u128(7));
        assert_eq!(decode(&encode(place.0, place.1)), Some(place));
        for text in ["", "x", "AAAA", "ö", &"A".repeat(400)] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
