//! Many repositories: what each yields in counts, which entries of the organisation's log belong to which, and what all say
//! together. There is no rank, no grade and no score; of people, only on whom several repositories rest.

mod assemble;
pub mod contract;
mod people;
mod read;
mod route;

pub use crate::stats::FEWEST;
pub use assemble::{About, Allowed, Yield};
pub use contract::{Fleet, RepositoryReport, Status};
pub use people::Releasers;
pub use route::{Place, Route, Router};
