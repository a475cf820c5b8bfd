//! The bytes of a request, written into a buffer that is used again.

use std::fmt::Display;
use std::io::Write as _;

/// Writes requests, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Request(Vec<u8>);

impl Request {
    /// Begins a request. Follow with headers and one of the ends.
    pub(crate) fn begin(&mut self, method: &str, path: impl Display, host: impl Display) -> &mut Self {
        self.0.clear();
        let _ = write!(self.0, "{method} {path} HTTP/1.1\r\nhost: {host}\r\n");
        self
    }

    /// Adds a header.
    pub(crate) fn header(&mut self, name: &str, value: impl Display) -> &mut Self {
        let _ = write!(self.0, "{name}: {value}\r\n");
        self
    }

    /// Ends a request without a body.
    pub(crate) fn end(&mut self) -> &[u8] {
        self.0.extend_from_slice(b"\r\n");
        &self.0
    }

    /// Ends a request with a body.
    pub(crate) fn body(&mut self, content_type: &str, body: &[u8]) -> &[u8] {
        let _ = write!(self.0, "content-type: {content_type}\r\ncontent-length: {}\r\n\r\n", body.len());
        self.0.extend_from_slice(body);
        &self.0
    }
}
