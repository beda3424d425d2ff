//! Where a number begins to say something. Each can be set in `[findings.thresholds]`.

use crate::model::{Policy, Unit};

const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;

/// Declares the thresholds: variant, key in the configuration, value where nobody sets it (a share, seconds, or a number of
/// things), unit, and what it decides.
macro_rules! thresholds {
    ($($variant:ident = $key:literal, $default:expr, $unit:ident, $about:literal;)+) => {
        /// A threshold.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Threshold {
            $(#[doc = $about] $variant,)+
        }

        impl Threshold {
            /// Every threshold.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its key in the configuration.
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$variant => $key,)+
                }
            }

            /// Its value where nobody sets it.
            pub fn default_value(self) -> f64 {
                match self {
                    $(Self::$variant => $default,)+
                }
            }

            /// Its unit.
            pub fn unit(self) -> Unit {
                match self {
                    $(Self::$variant => Unit::$unit,)+
                }
            }

            /// What it decides.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$variant => $about,)+
                }
            }

            /// The threshold of a key.
            pub fn find(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|threshold| threshold.key() == key)
            }
        }
    };
}

thresholds! {
    FailureRate = "failure_rate", 0.15, Ratio, "a change failure rate above it contradicts confidence";
    Coverage = "coverage", 0.80, Ratio, "releases with all required checks, below which evidence is lacking";
    Detect = "detect", HOUR, Seconds, "a median time to detect above it is late";
    Stop = "stop", HOUR, Seconds, "a median time to stop above it is slow";
    Recover = "recover", DAY, Seconds, "a median recovery time above it is slow";
    AutomatedDetection = "automated_detection", 0.50, Ratio, "incidents noticed by an alert or test, below which alerting lacks";
    CustomerDetected = "customer_detected", 0.33, Ratio, "incidents noticed by customers, above which they are your monitoring";
    SpecialHandling = "special_handling", 0.15, Ratio, "releases with special handling, above which the path is feared";
    OffBranch = "off_branch", 0.10, Ratio, "releases made off the usual branch, above which that is a path of its own";
    Concentration = "concentration", 0.75, Ratio, "releases carried by one person, above which something is to be done about it";
    Recurrence = "recurrence", 0.20, Ratio, "incidents with a cause seen before, above which lessons are lost";
    Staged = "staged", 0.50, Ratio, "releases rolled out in stages, from which staging is the rule";
    Unknown = "unknown", 0.50, Ratio, "releases or incidents without a field, above which it is missing";
    Releases = "releases", 10.0, Count, "releases, or runs of a check, that a statement needs";
    Incidents = "incidents", 3.0, Count, "incidents that a finding needs";
    MapIncidents = "map_incidents", 5.0, Count, "incidents that the map needs to call something earned or contradicted";
    Rehearsal = "rehearsal", 180.0 * DAY, Seconds, "since the last rollback or drill, above which it is unrehearsed";
    OwnedPaths = "owned_paths", 0.80, Ratio, "paths shipped in the window with an owner, below which some have nobody who must look";
    RunbookAge = "runbook_age", 365.0 * DAY, Seconds, "since a runbook was changed, above which it is old";
    Open = "open", 7.0 * DAY, Seconds, "an incident open for longer than this is unresolved";
}

impl Threshold {
    /// Its value, as configured.
    pub fn value(self, policy: &Policy) -> f64 {
        let configured = policy.findings.thresholds.iter().find(|(key, _)| key == self.key());
        configured.map_or_else(|| self.default_value(), |(_, value)| *value)
    }
}
