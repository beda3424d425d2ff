//! Release confidence from deployment history and incident logs.
#![forbid(unsafe_code)]

pub mod attribution;
pub mod config;
pub mod document;
pub mod error;
pub mod history;
pub mod metric;
pub mod model;
pub mod pipeline;
pub mod render;
pub mod review;
pub mod source;
pub mod stats;
