//! A keep-alive connection that sends a request and reads its answer.
//!
//! Reads only what the servers here send: status line, `content-length`, body.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Histogram;
use crate::clock;

/// Largest answer that is taken.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// A connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Times of all exchanges.
    pub(crate) times: Histogram,
}

/// An answer, until the next exchange.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'c> {
    /// The HTTP status.
    pub(crate) status: u16,
    head: &'c [u8],
    /// The body.
    pub(crate) body: &'c [u8],
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(8 * 1024), times: Histogram::default() })
    }

    /// Sends a request and waits for the whole answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        let began = clock::now();
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (head, length) = loop {
            self.fill().await?;
            if let Some(end) = end_of_head(&self.buffer) {
                break (end, content_length(self.buffer.get(..end).unwrap_or_default())?);
            }
        };
        while self.buffer.len() < head + length {
            self.fill().await?;
        }
        self.times.record(began.elapsed());
        let (head, body) = self.buffer.split_at(head);
        Ok(Answer { status: status(head)?, head, body })
    }

    async fn fill(&mut self) -> io::Result<()> {
        if self.buffer.len() > MAX_ANSWER {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the answer is too large"));
        }
        self.buffer.reserve(4096);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

impl<'c> Answer<'c> {
    /// The value of the first header with this name (in lower case).
    pub(crate) fn header(&self, name: &str) -> Option<&'c str> {
        header(self.head, name.as_bytes())
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

fn status(head: &[u8]) -> io::Result<u16> {
    let digits = head.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no status line"))
}

fn content_length(head: &[u8]) -> io::Result<usize> {
    if matches!(status(head)?, 204 | 304) {
        return Ok(0);
    }
    header(head, b"content-length")
        .and_then(|value| value.parse().ok())
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no content-length"))
}

fn header<'h>(head: &'h [u8], name: &[u8]) -> Option<&'h str> {
    let mut lines = head.split(|byte| *byte == b'\n');
    let value = lines.find_map(|line| {
        let (key, rest) = line.split_at_checked(name.len())?;
        rest.strip_prefix(b":").filter(|_| key.eq_ignore_ascii_case(name))
    })?;
    std::str::from_utf8(value).ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] =
        b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\ncontent-length: 17\r\n\r\n";

    #[test]
    fn status_length_and_headers_are_read() {
        assert_eq!(end_of_head(HEAD), Some(HEAD.len()));
        assert_eq!(status(HEAD).unwrap(), 201);
        assert_eq!(content_length(HEAD).unwrap(), 17);
        assert_eq!(header(HEAD, b"content-type"), Some("application/json"));
        assert_eq!(header(HEAD, b"location"), None);
        assert_eq!(content_length(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap(), 0);
    }

    #[test]
    fn an_answer_without_a_length_is_an_error() {
        assert!(content_length(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }
}
