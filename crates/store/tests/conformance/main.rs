//! What storage promises, proven on SQLite and, when `POSTERN_TEST_POSTGRES` is set, on PostgreSQL.

#[cfg(test)]
mod claims;
#[cfg(test)]
mod conditions;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod portable_sql;
#[cfg(test)]
mod postgres_only;
#[cfg(test)]
mod races;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod support;
#[cfg(test)]
mod throughput;
#[cfg(test)]
mod transactions;
#[cfg(test)]
mod unique;
#[cfg(test)]
mod writer;
