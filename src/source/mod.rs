//! Where a history comes from.

pub mod log;
