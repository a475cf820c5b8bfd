//! Which part of the address space an address belongs to.
//!
//! Owns the table of special ranges. An IPv6 address that carries an IPv4
//! address is judged by the one it carries.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// How far an address reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Routed on the internet.
    Public,
    /// This host.
    Loopback,
    /// A site's own network.
    Private,
    /// Link-local, cloud metadata, multicast, unspecified, reserved, tunnels.
    Special,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(first: u16, second: u16, third: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0), prefix)
}

/// The first range that holds the address decides; none means public.
const IPV4: [(Ipv4Net, Reach); 16] = [
    (v4(127, 0, 0, 0, 8), Reach::Loopback),
    (v4(10, 0, 0, 0, 8), Reach::Private),
    (v4(172, 16, 0, 0, 12), Reach::Private),
    (v4(192, 168, 0, 0, 16), Reach::Private),
    (v4(100, 64, 0, 0, 10), Reach::Private),
    (v4(0, 0, 0, 0, 8), Reach::Special),
    // Link-local, and the metadata service of most clouds.
    (v4(169, 254, 0, 0, 16), Reach::Special),
    // The metadata service of Azure, inside a public range.
    (v4(168, 63, 129, 16, 32), Reach::Special),
    (v4(192, 0, 0, 0, 24), Reach::Special),
    (v4(192, 0, 2, 0, 24), Reach::Special),
    (v4(192, 88, 99, 0, 24), Reach::Special),
    (v4(198, 18, 0, 0, 15), Reach::Special),
    (v4(198, 51, 100, 0, 24), Reach::Special),
    (v4(203, 0, 113, 0, 24), Reach::Special),
    (v4(224, 0, 0, 0, 4), Reach::Special),
    (v4(240, 0, 0, 0, 4), Reach::Special),
];

/// The first range that holds the address decides; none means special, since
/// everything public lies in 2000::/3.
const IPV6: [(Ipv6Net, Reach); 8] = [
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), Reach::Loopback),
    // The metadata service of AWS, inside the private range.
    (v6(0xfd00, 0x0ec2, 0, 32), Reach::Special),
    (v6(0xfc00, 0, 0, 7), Reach::Private),
    // Teredo, documentation and 6to4.
    (v6(0x2001, 0, 0, 32), Reach::Special),
    (v6(0x2001, 0x0db8, 0, 32), Reach::Special),
    (v6(0x2002, 0, 0, 16), Reach::Special),
    (v6(0x3fff, 0, 0, 20), Reach::Special),
    (v6(0x2000, 0, 0, 3), Reach::Public),
];

/// How far `address` reaches.
pub(crate) fn reach(address: IpAddr) -> Reach {
    match unwrapped(address) {
        IpAddr::V4(address) => find(&IPV4, |net| net.contains(&address)).unwrap_or(Reach::Public),
        IpAddr::V6(address) => find(&IPV6, |net| net.contains(&address)).unwrap_or(Reach::Special),
    }
}

fn find<N>(table: &[(N, Reach)], holds: impl Fn(&N) -> bool) -> Option<Reach> {
    table.iter().find(|(net, _)| holds(net)).map(|(_, reach)| *reach)
}

/// The IPv4 address inside a mapped (`::ffff:0:0/96`) or NAT64
/// (`64:ff9b::/96`) address; every other address as it is.
pub(crate) fn unwrapped(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address else { return address };
    match six.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let bits = (u32::from(high) << 16) | u32::from(low);
            IpAddr::V4(Ipv4Addr::from_bits(bits))
        }
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_special_range_is_told_from_the_public_one() {
        let table = [
            ("93.184.216.34", Reach::Public),
            ("172.15.255.255", Reach::Public),
            ("172.32.0.1", Reach::Public),
            ("2606:2800:220:1::1", Reach::Public),
            ("::ffff:93.184.216.34", Reach::Public),
            ("64:ff9b::5db8:d822", Reach::Public),
            ("127.0.0.1", Reach::Loopback),
            ("127.255.1.2", Reach::Loopback),
            ("::1", Reach::Loopback),
            ("::ffff:127.0.0.1", Reach::Loopback),
            ("64:ff9b::7f00:1", Reach::Loopback),
            ("10.1.2.3", Reach::Private),
            ("172.16.0.1", Reach::Private),
            ("172.31.255.255", Reach::Private),
            ("192.168.0.1", Reach::Private),
            ("100.64.0.1", Reach::Private),
            ("100.100.100.200", Reach::Private),
            ("fd12:3456::1", Reach::Private),
            ("::ffff:10.0.0.1", Reach::Private),
            ("0.0.0.0", Reach::Special),
            ("169.254.169.254", Reach::Special),
            ("::ffff:169.254.169.254", Reach::Special),
            ("64:ff9b::a9fe:a9fe", Reach::Special),
            ("168.63.129.16", Reach::Special),
            ("192.0.0.192", Reach::Special),
            ("224.0.0.1", Reach::Special),
            ("255.255.255.255", Reach::Special),
            ("::", Reach::Special),
            ("::7f00:1", Reach::Special),
            ("fe80::1", Reach::Special),
            ("ff02::1", Reach::Special),
            ("fd00:ec2::254", Reach::Special),
            ("2002:7f00:1::", Reach::Special),
            ("2002:5db8:d822::", Reach::Special),
            ("2001::1", Reach::Special),
            ("64:ff9b:1::7f00:1", Reach::Special),
            ("2001:db8::1", Reach::Special),
        ];
        for (text, expected) in table {
            assert_eq!(reach(text.parse().unwrap()), expected, "{text}");
        }
    }
}
