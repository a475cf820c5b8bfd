//! Filters of collections.

pub(crate) use postern_engine::filters::parse;
