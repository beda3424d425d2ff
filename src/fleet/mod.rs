//! Many repositories: what each yields in counts, which entries of the organisation's log belong to which, and what all say
//! together. There is no rank, no grade, no score, and nothing of single people.

mod assemble;
pub mod contract;
mod read;
mod route;

pub use crate::stats::FEWEST;
pub use assemble::{About, Allowed};
pub use contract::{Fleet, RepositoryReport, Status};
pub use route::{Place, Route, Router};
