//! Files in requests: the parts of a `multipart/form-data` body (RFC 7578).

use postern_core::problem::{Code, Problem};
use postern_engine::{Error, Result};

use super::Call;

/// Most parts that are read.
const MOST_PARTS: usize = 20;

/// The parts of a body by their names.
pub(crate) struct Parts<'a>(Vec<(String, &'a [u8])>);

impl<'a> Parts<'a> {
    /// Reads the body of a call.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not such a body.
    pub(crate) fn of(call: &'a Call) -> Result<Self> {
        let boundary = call.header("content-type").and_then(boundary);
        boundary.and_then(|boundary| parse(&call.body, &boundary)).map(Self).ok_or_else(|| {
            Error::Malformed(vec![Problem::new(
                Code::InvalidValue,
                "The body is not valid multipart/form-data.",
            )])
        })
    }

    /// The bytes of a part.
    pub(crate) fn bytes(&self, name: &str) -> Option<&'a [u8]> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, bytes)| *bytes)
    }

    /// The text of a part.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.bytes(name).and_then(|bytes| std::str::from_utf8(bytes).ok()).map(str::trim)
    }
}

/// Longest boundary (RFC 2046, 5.1.1).
const MOST_BOUNDARY: usize = 70;

fn boundary(content_type: &str) -> Option<String> {
    let parameters = content_type.split(';').skip(1).filter_map(|pair| pair.trim().split_once('='));
    let value = parameters
        .filter(|(name, _)| name.eq_ignore_ascii_case("boundary"))
        .map(|(_, value)| value)
        .next()?;
    let value = value.trim().trim_matches('"');
    (1..=MOST_BOUNDARY).contains(&value.len()).then(|| value.to_owned())
}

fn parse<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<(String, &'a [u8])>> {
    let delimiter = format!("--{boundary}");
    let mut rest = after(body, delimiter.as_bytes())?;
    let closing = format!("\r\n{delimiter}");
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        if parts.len() == MOST_PARTS {
            return None;
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, closing.as_bytes())?;
        let part = rest.get(..end)?;
        let head = find(part, b"\r\n\r\n")?;
        let name = name(std::str::from_utf8(part.get(..head)?).ok()?)?;
        parts.push((name, part.get(head + 4..)?));
        rest = rest.get(end + closing.len()..)?;
    }
    Some(parts)
}

/// The name in the `Content-Disposition` of a part.
fn name(head: &str) -> Option<String> {
    let disposition = head.split("\r\n").find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let mut parameters = disposition.split(';').filter_map(|pair| pair.trim().split_once('='));
    let value = parameters.find(|(field, _)| field.eq_ignore_ascii_case("name")).map(|(_, value)| value)?;
    Some(value.trim_matches('"').to_owned())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn after<'a>(bytes: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    bytes.get(find(bytes, wanted)? + wanted.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"preamble\r\n--xx\r\nContent-Disposition: form-data; name=\"usageType\"\r\n\r\nSIGNING\r\n--xx\r\n\
        content-disposition: form-data; name=\"file\"; filename=\"a.pem\"\r\nContent-Type: text/plain\r\n\r\none\r\ntwo\r\n--xx--\r\n";

    #[test]
    fn parts_are_found_by_their_names() {
        let parts = Parts(parse(BODY, "xx").unwrap());
        assert_eq!(parts.text("usageType"), Some("SIGNING"));
        assert_eq!(parts.bytes("file"), Some(b"one\r\ntwo".as_slice()));
        assert_eq!(parts.bytes("other"), None);
    }

    #[test]
    fn the_boundary_may_be_quoted() {
        assert_eq!(boundary("multipart/form-data; boundary=\"a b\"").as_deref(), Some("a b"));
        assert_eq!(boundary("multipart/form-data; charset=utf-8; Boundary=x").as_deref(), Some("x"));
        assert_eq!(boundary("multipart/form-data"), None);
    }

    #[test]
    fn what_ends_too_early_is_no_body() {
        for body in
            [&b""[..], b"--xx", b"--xx\r\nContent-Disposition: form-data\r\n\r\nv\r\n--xx--", b"--xx\r\nname"]
        {
            assert!(parse(body, "xx").is_none(), "{body:?}");
        }
    }
}
