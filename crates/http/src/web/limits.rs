//! How many requests an address may send and an environment may get: token buckets, kept in memory by each process.
//!
//! Addresses are counted before anything is looked up, environments after the caller has shown that it may ask. What
//! anybody may ask for, as browsers and clients that sign on do, has a share of its own: strangers who use that one up
//! leave the management API alone. Who is over the limit is told when to come again and counts no further.

mod buckets;

use std::net::{IpAddr, Ipv6Addr};

use postern_core::ids::EnvironmentId;
use postern_core::problem::{Code, Problem};
use postern_core::time::{Span, Timestamp};
use postern_engine::{Error, Result};

use self::buckets::Buckets;
use super::origin::covered;

/// Addresses that are remembered; those that asked longest ago make room.
const ADDRESSES: usize = 65_536;
/// Environments that are remembered.
const TENANTS: usize = 16_384;

/// So many a second in the long run, and so many at once after a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// From 1 to 1,000,000.
    pub per_second: u32,
    /// From 1 to 10,000,000.
    pub burst: u32,
}

/// The limits; without any, everything is answered.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Requests to one environment.
    pub tenant: Option<Rate>,
    /// Requests from one address; of IPv6, from one network of 64 bits.
    pub address: Option<Rate>,
    /// Networks whose addresses are not counted.
    pub exempt: Vec<(IpAddr, u8)>,
}

/// Counts.
pub(super) struct Meter {
    tenants: Option<Buckets<(EnvironmentId, bool)>>,
    addresses: Option<Buckets<IpAddr>>,
    exempt: Vec<(IpAddr, u8)>,
}

impl Meter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            tenants: limits.tenant.map(|rate| Buckets::new(rate, TENANTS)),
            addresses: limits.address.map(|rate| Buckets::new(rate, ADDRESSES)),
            exempt: limits.exempt.clone(),
        }
    }

    /// Counts a request from an address; one that is not known is not counted.
    pub(super) fn address(&self, address: Option<IpAddr>, now: Timestamp) -> Result<()> {
        let (Some(addresses), Some(address)) = (&self.addresses, address) else { return Ok(()) };
        if covered(address, &self.exempt) {
            return Ok(());
        }
        let taken = addresses.take(subscriber(address), now);
        taken.map_err(|wait| too_many("Too many requests come from this address.", wait))
    }

    /// Counts a request to an environment, one that anybody may send or one of somebody who may.
    pub(super) fn tenant(&self, environment: EnvironmentId, public: bool, now: Timestamp) -> Result<()> {
        let Some(tenants) = &self.tenants else { return Ok(()) };
        let taken = tenants.take((environment, public), now);
        taken.map_err(|wait| too_many("Too many requests come to this environment.", wait))
    }
}

fn too_many(message: &str, wait: Span) -> Error {
    Error::TooMany { problem: Box::new(Problem::new(Code::LimitExceeded, message)), retry_after: wait }
}

/// Who has one IPv6 address has all of its network.
fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(exempt: &[(IpAddr, u8)]) -> Meter {
        let rate = Some(Rate { per_second: 1, burst: 2 });
        Meter::new(&Limits { tenant: rate, address: rate, exempt: exempt.to_vec() })
    }

    fn passed(meter: &Meter, address: &str) -> usize {
        let now = Timestamp::from_seconds(1000);
        (0..5).filter(|_| meter.address(address.parse().ok(), now).is_ok()).count()
    }

    #[test]
    fn each_address_has_its_own_bucket_and_a_network_of_ipv6_has_one() {
        let meter = meter(&[]);
        assert_eq!((passed(&meter, "192.0.2.1"), passed(&meter, "192.0.2.2")), (2, 2));
        assert_eq!((passed(&meter, "2001:db8::1"), passed(&meter, "2001:db8::ffff:2")), (2, 0));
        assert_eq!(passed(&meter, "2001:db8:0:1::1"), 2);
    }

    #[test]
    fn an_exempt_network_and_an_unknown_address_are_not_counted() {
        let meter = meter(&[("192.0.2.0".parse().unwrap(), 24)]);
        assert_eq!((passed(&meter, "192.0.2.1"), passed(&meter, "unknown")), (5, 5));
        assert_eq!(passed(&meter, "198.51.100.1"), 2);
    }

    #[test]
    fn strangers_leave_the_share_of_those_who_may_ask_alone() {
        let meter = meter(&[]);
        let now = Timestamp::from_seconds(1000);
        let passed =
            |public| (0..5).filter(|_| meter.tenant(EnvironmentId::NIL, public, now).is_ok()).count();
        assert_eq!((passed(true), passed(false)), (2, 2));
    }

    #[test]
    fn without_limits_nothing_is_refused() {
        let meter = Meter::new(&Limits::default());
        assert_eq!(passed(&meter, "192.0.2.1"), 5);
        assert!((0..5).all(|_| meter.tenant(EnvironmentId::NIL, true, Timestamp::from_seconds(0)).is_ok()));
    }
}
