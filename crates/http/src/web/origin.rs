//! Where a request comes from, and by what address it reached us.
//!
//! Forwarding headers are believed only from configured proxies. The external
//! transaction and session ids are cleaned in `stamp`.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::header::{FORWARDED, HOST, USER_AGENT};
use postern_engine::context::{Origin, Urls};

use super::stamp;

/// Longest user agent kept, in characters.
const MAX_USER_AGENT: usize = 500;

/// Networks whose forwarding headers are believed.
#[derive(Debug, Clone, Default)]
pub struct Proxies(pub Vec<(IpAddr, u8)>);

impl Proxies {
    /// Whether the peer is one of the proxies.
    #[must_use]
    pub fn trust(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        covered(peer, &self.0)
    }
}

/// Whether the address lies in one of the networks.
pub(super) fn covered(address: IpAddr, networks: &[(IpAddr, u8)]) -> bool {
    networks.iter().any(|(network, prefix)| within(address, *network, *prefix))
}

fn within(address: IpAddr, network: IpAddr, prefix: u8) -> bool {
    let bits = |ip: IpAddr| match ip {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)) << 96, 32_u8),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    };
    let ((a, width), (n, other)) = (bits(address), bits(network));
    width == other && (prefix == 0 || (a ^ n) >> (128 - u32::from(prefix.min(width))) == 0)
}

/// Reads the origin of a request.
#[must_use]
pub fn origin(headers: &HeaderMap, peer: Option<IpAddr>, proxies: &Proxies) -> Origin {
    let trusted = peer.is_some_and(|peer| proxies.trust(peer));
    // A proxy that does not say for whom it asks must not pass its own, internal address off as the client's.
    let client = if trusted { forwarded_for(headers, proxies) } else { peer };
    Origin {
        remote_ip: client.map(|address| address.to_canonical()),
        user_agent: text(headers, USER_AGENT.as_str())
            .map(|agent| agent.chars().take(MAX_USER_AGENT).collect()),
        transaction_id: stamp::external(headers, &stamp::TRANSACTION),
        session_id: stamp::external(headers, &stamp::SESSION),
    }
}

/// The addresses by which the client reached us.
#[must_use]
pub fn urls(headers: &HeaderMap, peer: Option<IpAddr>, proxies: &Proxies, secure: bool) -> Urls {
    let host = host(headers, peer, proxies).unwrap_or("localhost");
    Urls::on(&format!("{}://{host}", scheme(headers, peer, proxies, secure)))
}

/// The host by which the client reached us, with its port when that is not the usual one.
pub(super) fn host<'h>(headers: &'h HeaderMap, peer: Option<IpAddr>, proxies: &Proxies) -> Option<&'h str> {
    let trusted = peer.is_some_and(|peer| proxies.trust(peer));
    let host =
        trusted.then(|| text(headers, "x-forwarded-host")).flatten().or_else(|| text(headers, HOST.as_str()));
    host.filter(|host| {
        !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]_".contains(c))
    })
}

/// How the client reached us.
pub(super) fn scheme(
    headers: &HeaderMap,
    peer: Option<IpAddr>,
    proxies: &Proxies,
    secure: bool,
) -> &'static str {
    let trusted = peer.is_some_and(|peer| proxies.trust(peer));
    match trusted.then(|| text(headers, "x-forwarded-proto")).flatten() {
        Some("https") => "https",
        Some("http") => "http",
        _ if secure => "https",
        _ => "http",
    }
}

/// A header's value. Of several lines the last one counts: it is the one that the nearest proxy wrote.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get_all(name).iter().next_back().and_then(|value| value.to_str().ok())
}

/// The address that the nearest proxy names; where that is a trusted one too, the address that it was told, and so on.
fn forwarded_for(headers: &HeaderMap, proxies: &Proxies) -> Option<IpAddr> {
    let client = |named: &mut dyn Iterator<Item = Option<IpAddr>>| {
        let mut nearest = None;
        for named in named {
            nearest = named;
            if named.is_none_or(|named| !proxies.trust(named)) {
                break;
            }
        }
        nearest
    };
    if let Some(list) = text(headers, "x-forwarded-for") {
        return client(&mut list.rsplit(',').map(address));
    }
    let named = |element: &str| {
        element.split(';').find_map(|part| part.trim().strip_prefix("for=")).and_then(address)
    };
    client(&mut text(headers, FORWARDED.as_str())?.rsplit(',').map(named))
}

/// An address, in brackets or quotes and with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim().trim_matches('"');
    let parsed = bare.parse().or_else(|_| bare.parse::<SocketAddr>().map(|place| place.ip()));
    parsed.ok().or_else(|| bare.trim_matches(['[', ']']).parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_stranger_cannot_forge_its_address() {
        let headers = headers(&[
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-host", "evil.example"),
            ("host", "mfa.example"),
        ]);
        let peer = Some("198.51.100.7".parse().unwrap());
        let proxies = Proxies(vec![("10.0.0.0".parse().unwrap(), 8)]);
        assert_eq!(origin(&headers, peer, &proxies).remote_ip, peer);
        assert_eq!(urls(&headers, peer, &proxies, false).auth, "http://mfa.example");
    }

    #[test]
    fn a_trusted_proxy_names_the_client() {
        let headers = headers(&[
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-proto", "https"),
            ("host", "mfa.example"),
        ]);
        let peer = Some("10.1.2.3".parse().unwrap());
        let proxies = Proxies(vec![("10.0.0.0".parse().unwrap(), 8)]);
        assert_eq!(origin(&headers, peer, &proxies).remote_ip, Some("203.0.113.9".parse().unwrap()));
        assert_eq!(urls(&headers, peer, &proxies, false).api, "https://mfa.example/v1");
    }

    #[test]
    fn only_the_nearest_proxy_is_believed_and_silence_is_not_an_address() {
        let mut both = headers(&[("x-forwarded-for", "10.0.0.1")]);
        both.append("x-forwarded-for", http::HeaderValue::from_static("203.0.113.9:4711"));
        let mapped = Some("::ffff:10.1.2.3".parse().unwrap());
        let proxies = Proxies(vec![("10.0.0.0".parse().unwrap(), 8)]);
        assert_eq!(origin(&both, mapped, &proxies).remote_ip, Some("203.0.113.9".parse().unwrap()));
        assert_eq!(origin(&headers(&[("x-forwarded-for", "unknown")]), mapped, &proxies).remote_ip, None);
        assert_eq!(address("\"[2001:db8::1]:443\""), Some("2001:db8::1".parse().unwrap()));
    }
}
