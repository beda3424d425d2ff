//! Where a history comes from.

pub mod git;
pub mod import;
pub mod log;
pub mod pipeline;
