//! What people write of releases that failed, in the messages of commits and in change logs: "regression in 1.2.3",
//! "introduced by 0123abc", "yanked".
//!
//! Text in, remarks out. Whether the version exists, and whether the remark came soon enough to tell of a failure, is
//! decided where releases are known. What is exempt (regression tests, "no regressions") was found by reading what other
//! rules matched in the change logs of thirty projects.

mod change_log;
mod message;
mod pattern;
mod sentence;

pub use change_log::{Log, read as change_log};
pub use message::{Message, read as message};
pub use pattern::Pattern;
