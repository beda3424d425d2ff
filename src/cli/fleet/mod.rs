//! A fleet, from what was typed to what each repository yields.

mod job;
mod journal;
mod list;

pub use job::{Counted, Done, Job, Tables, blank, day, having, place, read, unread};
pub use journal::{Journal, Known};
pub use list::{Chosen, Member, allowed, choose, no_such_team, order, timeout};
