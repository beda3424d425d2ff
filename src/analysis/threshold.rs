//! Where a number begins to say something. Each can be set in `[findings.thresholds]`.

use crate::model::Unit;

/// A threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// Its key in the configuration.
    pub name: &'static str,
    /// Its value where nobody sets it: a share, seconds, or a number of things.
    pub default: f64,
    /// Its unit.
    pub unit: Unit,
    /// What it decides.
    pub about: &'static str,
}

const fn threshold(name: &'static str, default: f64, unit: Unit, about: &'static str) -> Threshold {
    Threshold { name, default, unit, about }
}

const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;

/// Every threshold.
pub const THRESHOLDS: &[Threshold] = &[
    threshold("failure_rate", 0.15, Unit::Ratio, "a change failure rate above it contradicts confidence"),
    threshold("coverage", 0.80, Unit::Ratio, "releases with all required checks, below which evidence is lacking"),
    threshold("detect", HOUR, Unit::Seconds, "a median time to detect above it is late"),
    threshold("stop", HOUR, Unit::Seconds, "a median time to stop above it is slow"),
    threshold("recover", DAY, Unit::Seconds, "a median recovery time above it is slow"),
    threshold(
        "automated_detection",
        0.50,
        Unit::Ratio,
        "incidents noticed by an alert or test, below which alerting lacks",
    ),
    threshold(
        "customer_detected",
        0.33,
        Unit::Ratio,
        "incidents noticed by customers, above which they are your monitoring",
    ),
    threshold("special_handling", 0.15, Unit::Ratio, "releases with special handling, above which the path is feared"),
    threshold(
        "off_branch",
        0.10,
        Unit::Ratio,
        "releases made off the usual branch, above which that is a path of its own",
    ),
    threshold(
        "concentration",
        0.75,
        Unit::Ratio,
        "releases carried by one person, above which they rest on that person",
    ),
    threshold("recurrence", 0.20, Unit::Ratio, "incidents with a cause seen before, above which lessons are lost"),
    threshold("staged", 0.50, Unit::Ratio, "releases rolled out in stages, from which staging is the rule"),
    threshold("unknown", 0.50, Unit::Ratio, "releases or incidents without a field, above which it is missing"),
    threshold("releases", 10.0, Unit::Count, "releases, or runs of a check, that a statement needs"),
    threshold("incidents", 3.0, Unit::Count, "incidents that a statement needs"),
    threshold(
        "rehearsal",
        180.0 * DAY,
        Unit::Seconds,
        "since the last rollback or drill, above which it is unrehearsed",
    ),
    threshold("open", 7.0 * DAY, Unit::Seconds, "an incident open for longer than this is unresolved"),
];

/// The threshold of that name.
pub fn find(name: &str) -> Option<&'static Threshold> {
    THRESHOLDS.iter().find(|threshold| threshold.name == name)
}
