//! Where a history comes from.

pub mod git;
pub mod log;
