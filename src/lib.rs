//! Release confidence from deployment history and incident logs.
//!
//! Data flows once, from left to right, and each module is one room on the way:
//!
//! ```text
//! config ─► source ─► history ─► attribution ─► factor ─► metric ─► analysis ─► map, finding ─► review ─► render
//!                                              │        └─► forecast ─► preflight ──────────────► render
//!                                              └─────► gate ─────────────────────────────────────► render
//! ```
//!
//! [`pipeline::read`] turns a repository and its logs into a [`model::History`]; [`attribution::Facts`] says which
//! releases failed and which are compared; [`review::contract::Review`] is the one result, of which every output is a
//! view.
#![forbid(unsafe_code)]

pub mod analysis;
pub mod attribution;
pub mod cli;
pub mod config;
pub mod document;
pub mod error;
pub mod factor;
pub mod finding;
pub mod forecast;
pub mod gate;
pub mod history;
pub mod map;
pub mod metric;
pub mod model;
pub mod phrase;
pub mod pipeline;
pub mod preflight;
pub mod render;
pub mod review;
pub mod source;
pub mod stats;
