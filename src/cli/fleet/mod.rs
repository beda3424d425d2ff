//! A fleet, from what was typed to what each repository yields.

mod job;
mod journal;
mod list;

pub use job::{Counted, Done, Job, Tables, blank, having, place, read, unread};
pub use journal::Journal;
pub use list::{Chosen, Member, allowed, choose, order, timeout};
