//! A message gateway that takes every text message and tells who waits for it.
//!
//! Understands one request only: the one that `Sink::request` configures, whose
//! body is the number, a bar, and the code.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

const ACCEPTED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// The gateway. Clones share everything.
#[derive(Clone)]
pub(crate) struct Sink(Arc<Shared>);

struct Shared {
    address: SocketAddr,
    waiting: Mutex<HashMap<u64, oneshot::Sender<String>>>,
    taken: AtomicU64,
}

impl Sink {
    /// Opens the gateway on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let sink = Self(Arc::new(Shared { address, waiting: Mutex::default(), taken: AtomicU64::new(0) }));
        let accepting = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                tokio::spawn(accepting.clone().serve(stream));
            }
        });
        Ok(sink)
    }

    /// The body of phone delivery settings that hand messages to this gateway.
    pub(crate) fn settings(&self) -> Value {
        json!({
            "provider": "CUSTOM_PROVIDER", "name": "Sink of the benchmark",
            "authentication": { "method": "BEARER", "authToken": "benchmark" },
            "requests": [{
                "deliveryMethod": "SMS", "method": "POST", "url": format!("http://{}/sms", self.0.address),
                "headers": { "content-type": "application/json" },
                "body": "{\"to\":\"${to}\",\"code\":\"${otp}\",\"text\":\"${message}\"}",
                "phoneNumberFormat": "FULL",
            }],
            "numbers": [{ "number": "+15125550100", "type": "PHONE_NUMBER", "selected": true, "available": true, "capabilities": ["SMS"] }],
        })
    }

    /// The next code for a number, given by its digits. Ask before the message can come.
    pub(crate) fn expect(&self, number: u64) -> oneshot::Receiver<String> {
        let (sender, receiver) = oneshot::channel();
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(number, sender);
        receiver
    }

    /// How many messages came.
    pub(crate) fn taken(&self) -> u64 {
        self.0.taken.load(Ordering::Relaxed)
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut buffer = Vec::with_capacity(4096);
        loop {
            match stream.read_buf(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            while let Some(length) = request_length(&buffer) {
                self.take(buffer.get(..length).unwrap_or_default());
                buffer.drain(..length);
                if stream.write_all(ACCEPTED).await.is_err() {
                    return;
                }
            }
        }
    }

    fn take(&self, request: &[u8]) {
        self.0.taken.fetch_add(1, Ordering::Relaxed);
        let text = String::from_utf8_lossy(request);
        let number = quoted(&text, "\"to\":\"").and_then(|to| to.trim_start_matches('+').parse().ok());
        let (Some(number), Some(code)) = (number, quoted(&text, "\"code\":\"")) else { return };
        let waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
        if let Some(waiting) = waiting {
            let _ = waiting.send(code.to_owned());
        }
    }
}

fn quoted<'t>(text: &'t str, before: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split('"').next()
}

/// Bytes of the first request, once all of it is there.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(bytes.get(..head)?).ok()?;
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    let length = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let body: usize = length.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(0);
    (bytes.len() >= head + body).then_some(head + body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_for_a_number_gets_its_code() {
        let sink = Sink::open().await.unwrap();
        let code = sink.expect(15_125_550_134);
        let mut stream = TcpStream::connect(sink.0.address).await.unwrap();
        let body = r#"{"to":"+15125550134","code":"123456","text":"hello"}"#;
        let head = format!("POST /sms HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
        for part in [head.as_bytes(), body.as_bytes()] {
            stream.write_all(part).await.unwrap();
        }
        assert_eq!(code.await.unwrap(), "123456");
        assert_eq!(sink.taken(), 1);
    }
}
