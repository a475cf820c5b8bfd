//! The outbox worker with a database and providers that are not ours, on each database.

mod choosing;
#[path = "../../src/fixture.rs"]
mod fixture;
mod leasing;
mod rounds;
mod support;
