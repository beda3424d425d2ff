//! Release confidence from deployment history and incident logs.
//!
//! The command is `relconf`. As a library, what stands below is for use: read a repository and its logs with [`read`], derive
//! the [`Facts`], compute the [`Review`], and take it apart or write it as JSON.
//!
//! The review's JSON is versioned ([`Review::schema`]) and changes by addition alone within a schema. The Rust items are not:
//! before 1.0 any release may change them, and what is not shown here is the program's own.
//!
//! Data flows once, from left to right, and each module is one room on the way:
//!
//! ```text
//! config ─► source ─► history ─► inference ─► attribution ─► factor ─► metric ─► analysis ─► map, finding ─► trend ─► review ─► render
//!                                                            │        └─► forecast ─► preflight ──────────────► render
//!                                                            └─────► gate ─────────────────────────────────────► render
//!                                                       review, gate of many repositories ──────────────► fleet ─► render
//! ```
#![forbid(unsafe_code)]

#[doc(hidden)]
pub mod analysis;
#[doc(hidden)]
pub mod attribution;
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod config;
#[doc(hidden)]
pub mod document;
#[doc(hidden)]
pub mod error;
#[doc(hidden)]
pub mod export;
#[doc(hidden)]
pub mod factor;
#[doc(hidden)]
pub mod finding;
#[doc(hidden)]
pub mod fleet;
#[doc(hidden)]
pub mod forecast;
#[doc(hidden)]
pub mod gate;
#[doc(hidden)]
pub mod history;
#[doc(hidden)]
pub mod inference;
#[doc(hidden)]
pub mod map;
#[doc(hidden)]
pub mod metric;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod phrase;
#[doc(hidden)]
pub mod pipeline;
#[doc(hidden)]
pub mod preflight;
#[doc(hidden)]
pub mod remark;
#[doc(hidden)]
pub mod render;
#[doc(hidden)]
pub mod review;
#[doc(hidden)]
pub mod source;
#[doc(hidden)]
pub mod stats;
#[doc(hidden)]
pub mod trend;

pub use attribution::Facts;
pub use error::{Error, ErrorKind};
pub use model::{History, Policy};
pub use pipeline::{read, touch};
pub use review::contract::Review;
pub use source::git::Repository;
pub use source::log::{Sources, TimeRules};
