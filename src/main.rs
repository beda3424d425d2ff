//! The `relconf` command.
#![forbid(unsafe_code)]

fn main() {}
