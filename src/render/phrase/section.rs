//! The sections of a long report by the names that they have in every format, in their order.

/// Where confidence comes from, stage by stage.
pub const MAP: &str = "Release confidence map";
/// What to do before all else.
pub const FIRST: &str = "Do first";
/// What became of an earlier review's actions; its date follows.
pub const SINCE: &str = "Since the review of";
/// Releases of the window that failed.
pub const FAILED: &str = "What failed";
/// The rate as it went.
pub const RATE: &str = "Failure rate";
/// The metrics, the map and the findings over the last windows.
pub const TREND: &str = "Trend";
/// Every metric.
pub const METRICS: &str = "Metrics";
/// The window's releases.
pub const RELEASES: &str = "Releases";
/// Who carried them.
pub const PEOPLE: &str = "People";
/// When they were made.
pub const TIMING: &str = "Timing";
/// How sure people were, and what became of it.
pub const FELT: &str = "What people felt";
/// What the pipeline, its owners and its pages declare.
pub const CONTROLS: &str = "What the pipeline says";
/// The three plans.
pub const PLANS: &str = "Plans";
/// What was tested for going with failure.
pub const TESTED: &str = "What was tested";
/// What was read, and what the metrics are.
pub const DATA: &str = "Data and definitions";
