//! The outbox worker with a database and providers that are not ours, on each database.

#[cfg(test)]
mod choosing;
#[cfg(test)]
#[path = "../../src/fixture.rs"]
mod fixture;
#[cfg(test)]
mod leasing;
#[cfg(test)]
mod pushing;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod support;
