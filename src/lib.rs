//! Release confidence from deployment history and incident logs.
#![forbid(unsafe_code)]

pub mod error;
pub mod model;
pub mod stats;
