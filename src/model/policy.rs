use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use chrono::{TimeDelta, Weekday};

use super::{CheckResult, FindingPolicy, Moment, RiskClass, Untrusted};

/// What a team's settings mean for the analysis: plain values, whatever their origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The moment the analysis stands at. Nothing at or after it is known yet.
    pub as_of: Moment,
    /// The zone in which weekdays and hours are read; `None`: the offset recorded with each tag.
    pub timezone: Option<chrono_tz::Tz>,
    /// The days on which a release is expected.
    pub working_days: Vec<Weekday>,
    /// Globs of release tags; empty: version-like tags are detected.
    pub tags: Vec<String>,
    /// Globs of tags that are no releases; the next release ships their commits.
    pub exclude: Vec<String>,
    /// The environment that counts; an entry that names none counts.
    pub environment: String,
    /// Named components and the globs of their tags, in the order given.
    pub components: Vec<(String, Vec<String>)>,
    /// Which component is reviewed.
    pub component: ComponentChoice,
    /// A release younger than this is pending.
    pub maturity: TimeDelta,
    /// How soon after X.Y.0 the first patch is a hotfix; `None`: no hotfix is inferred.
    pub hotfix_window: Option<TimeDelta>,
    /// How long after a release an incident may be attributed to it by time; `None`: no limit.
    pub attribution_window: Option<TimeDelta>,
    /// How long after a release a failure of it counts; `None`: no limit.
    pub horizon: Option<TimeDelta>,
    /// What makes a release failed; `None`: incidents, rollbacks and withdrawals where an incident log is given, else
    /// inferred hotfixes and reverts.
    pub signals: Option<Vec<Signal>>,
    /// Where recovery is measured from.
    pub recovery_from: RecoveryFrom,
    /// Severities that count as failures; empty: all.
    pub severities: Vec<String>,
    /// A person's display name and the names, e-mails or handles that are theirs too.
    pub aliases: Vec<(String, Vec<String>)>,
    /// Names or e-mails of bots, beside the well-known ones.
    pub bots: Vec<String>,
    /// Checks that every release must have.
    pub required_checks: Vec<String>,
    /// Checks that are rituals: done, but not evidence by design.
    pub rituals: Vec<String>,
    /// Classes of risky change.
    pub risk: Vec<RiskClass>,
    /// What to hear of, and from when on.
    pub findings: FindingPolicy,
    /// Which releases are reviewed.
    pub window: WindowRequest,
}

impl Policy {
    /// The defaults of every setting, standing at `as_of`.
    pub fn at(as_of: Moment) -> Self {
        Self {
            as_of,
            timezone: None,
            working_days: vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri],
            tags: Vec::new(),
            exclude: Vec::new(),
            environment: "production".to_owned(),
            components: Vec::new(),
            component: ComponentChoice::Auto,
            maturity: TimeDelta::days(7),
            hotfix_window: Some(TimeDelta::hours(72)),
            attribution_window: Some(TimeDelta::hours(72)),
            horizon: Some(TimeDelta::days(30)),
            signals: None,
            recovery_from: RecoveryFrom::Impact,
            severities: Vec::new(),
            aliases: Vec::new(),
            bots: Vec::new(),
            required_checks: Vec::new(),
            rituals: Vec::new(),
            risk: Vec::new(),
            findings: FindingPolicy::default(),
            window: WindowRequest::Auto,
        }
    }
}

/// Which component is reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComponentChoice {
    /// The one with more than half of the last year's releases, else all.
    Auto,
    /// All, pooled by release event.
    All,
    /// The one of this name.
    Named(String),
}

/// Which releases are reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WindowRequest {
    /// The shortest of 90, 180 and 365 days that holds 20 judged releases, else the last 20 judged.
    Auto,
    /// The last span before `as_of`.
    LastSpan(TimeDelta),
    /// The last so many judged releases.
    LastCount(u32),
    /// From and to; an open start is the first release, an open end is `as_of`.
    Range {
        /// Inclusive.
        since: Option<Moment>,
        /// Exclusive.
        until: Option<Moment>,
    },
}

/// What tells that a release failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// An incident of the log, attributed to it.
    Incident,
    /// It was rolled back.
    Rollback,
    /// It was withdrawn after exposure.
    Withdrawal,
    /// Inferred: a hotfix followed.
    Hotfix,
    /// Inferred: a later release reverts what it shipped.
    Revert,
}

impl Signal {
    /// Whether the signal is inferred from git instead of declared by people.
    pub fn inferred(self) -> bool {
        matches!(self, Self::Hotfix | Self::Revert)
    }
}

/// Where recovery is measured from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecoveryFrom {
    /// From the start of the impact.
    Impact,
    /// From the release.
    Release,
}

/// A `Check: name=result` trailer of an annotated tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagCheck {
    /// The check.
    pub name: Untrusted,
    /// How it ended.
    pub result: CheckResult,
}
