//! Findings: what the data say should be done, each with its numbers, and the three plans made of them.
//!
//! A rule is one entry in [`RULES`]: a stable code, the stage and plan it belongs to, who acts, and a function that looks
//! at the analysis. One family of rules is one file.

mod change;
mod checks;
mod controls;
mod data;
mod detection;
mod learning;
mod people;
mod plan;
mod recovery;
mod rollout;
mod since;

use std::ops::Deref;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use plan::{Plans, plans};
pub use since::{Moved, Since, SinceItem, since};

use crate::analysis::{Analysis, Threshold};
use crate::error::Error;
use crate::map::StageId;
use crate::metric::MetricId;
use crate::model::{Better, Moment, Policy, Unit, Untrusted};

/// The plan that a finding belongs to: three of the playbook's artifacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// Strengthen weak signals, remove theatre, let risky changes earn more explicit confidence.
    Controls,
    /// Staged rollout, pause, rollback; alerting; roles and escalation.
    Operability,
    /// Less dependence on people and windows; useful routines made standard.
    Repeatability,
}

impl Plan {
    /// Every plan, in the order of reports.
    pub const ALL: [Self; 3] = [Self::Controls, Self::Operability, Self::Repeatability];

    /// As a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Controls => "Confidence control plan",
            Self::Operability => "Release operability plan",
            Self::Repeatability => "Repeatability improvement plan",
        }
    }

    /// As it is typed.
    pub fn id(self) -> &'static str {
        match self {
            Self::Controls => "controls",
            Self::Operability => "operability",
            Self::Repeatability => "repeatability",
        }
    }
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// Owns the release.
    ReleaseOwner,
    /// Leads the team technically.
    TechLead,
    /// Site reliability.
    Sre,
    /// Quality.
    Qa,
    /// Manages the team.
    EngineeringManager,
    /// Owns the service.
    ServiceOwner,
}

impl Owner {
    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::ReleaseOwner => "release owner",
            Self::TechLead => "tech lead",
            Self::Sre => "SRE",
            Self::Qa => "QA",
            Self::EngineeringManager => "engineering manager",
            Self::ServiceOwner => "service owner",
        }
    }
}

/// A rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its stable code.
    pub code: &'static str,
    /// The stage that it is about.
    pub stage: StageId,
    /// The plan that it belongs to.
    pub plan: Plan,
    /// Who acts.
    pub owner: Owner,
    /// The playbook's word for it.
    pub reference: &'static str,
    /// When it fires, in a sentence.
    pub about: &'static str,
    /// The thresholds that it uses.
    pub thresholds: &'static [Threshold],
    /// Looks for it.
    find: fn(&Look<'_>) -> Vec<Proposal>,
}

/// What a rule looks at: the analysis, and the thresholds that it lists.
struct Look<'a> {
    analysis: &'a Analysis<'a>,
    thresholds: &'static [Threshold],
}

impl<'a> Deref for Look<'a> {
    type Target = Analysis<'a>;

    fn deref(&self) -> &Analysis<'a> {
        self.analysis
    }
}

impl Look<'_> {
    /// A threshold, as configured. What `explain` does not list decides nothing: the tests run every rule, and fail.
    fn limit(&self, threshold: Threshold) -> f64 {
        debug_assert!(self.thresholds.contains(&threshold), "{} is used and not listed", threshold.key());
        self.analysis.threshold(threshold)
    }
}

/// Every rule; equal effects are ranked in this order.
pub const RULES: &[&[Rule]] = &[
    change::RULES,
    checks::RULES,
    controls::RULES,
    rollout::RULES,
    detection::RULES,
    recovery::RULES,
    people::RULES,
    learning::RULES,
    data::RULES,
];

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().flatten()
}

/// Something that the data say should be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The code, with `:subject` where a rule can find several.
    pub id: Untrusted,
    /// The rule's stable code.
    pub code: String,
    /// The stage that it is about.
    pub stage: StageId,
    /// The plan that it belongs to.
    pub plan: Plan,
    /// Whether it only asks for a record: bookkeeping, which lets one see more.
    pub records: bool,
    /// What is the case, with its numbers.
    pub statement: Untrusted,
    /// The arithmetic, line by line.
    pub because: Vec<Untrusted>,
    /// Findings that point at nearly the same failing releases, and are told as one with this one: their ids.
    #[serde(default)]
    pub members: Vec<Untrusted>,
    /// What is behind it.
    pub evidence: Evidence,
    /// What to do.
    pub action: Untrusted,
    /// Who.
    pub owner: Owner,
    /// How to see that it worked.
    pub success: Success,
    /// What it would avoid in a quarter; null where the data do not say.
    pub effect: Option<Effect>,
    /// The playbook's word for it.
    pub reference: String,
}

/// What is behind a finding.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Releases, newest first.
    pub releases: Vec<Untrusted>,
    /// Incidents, newest first.
    pub incidents: Vec<Untrusted>,
}

/// How to see that an action worked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Success {
    /// A metric's id, or what is counted.
    pub metric: Untrusted,
    /// The unit of the values.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// Today.
    pub now: Option<f64>,
    /// Of how many it is a share; null where it is none, or a metric, which says so itself.
    #[serde(default)]
    pub of: Option<u64>,
    /// What to reach.
    pub target: Option<f64>,
    /// When to look again.
    pub review_by: Moment,
}

/// What acting on a finding would avoid in a quarter, were the data to go on as they are. An expectation, not a promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Effect {
    /// Failed releases.
    pub failed_releases: Option<f64>,
    /// Hours in which users are hurt.
    pub hours: Option<f64>,
    /// How it was computed.
    pub basis: String,
}

/// A finding that is not shown, as the configuration says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Silenced {
    /// The finding.
    pub id: Untrusted,
    /// Why.
    pub reason: Untrusted,
    /// Until when.
    pub until: Moment,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// Ranked by expected effect: failed releases, then hours, then what has none.
    pub findings: Vec<Finding>,
    /// What is not shown.
    pub silenced: Vec<Silenced>,
}

/// What a rule gives.
struct Proposal {
    subject: Option<String>,
    statement: String,
    because: Vec<String>,
    members: Vec<String>,
    evidence: Evidence,
    action: String,
    success: (String, Unit, Better, Option<f64>, Option<f64>),
    /// n of a share that success is.
    of: Option<u64>,
    effect: Option<Effect>,
}

impl Proposal {
    fn new(statement: impl Into<String>, action: impl Into<String>) -> Self {
        Self {
            subject: None,
            statement: statement.into(),
            because: Vec::new(),
            members: Vec::new(),
            evidence: Evidence::default(),
            action: action.into(),
            success: (String::new(), Unit::Count, Better::Lower, None, None),
            of: None,
            effect: None,
        }
    }

    /// What it is about, where a rule can find several.
    fn about(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }

    fn because(mut self, line: impl Into<String>) -> Self {
        self.because.push(line.into());
        self
    }

    fn action(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }

    /// What is told as one with it.
    fn with(mut self, members: Vec<String>) -> Self {
        self.members = members;
        self
    }

    fn releases(mut self, releases: Vec<Untrusted>) -> Self {
        self.evidence.releases = releases;
        self
    }

    fn incidents(mut self, incidents: Vec<Untrusted>) -> Self {
        self.evidence.incidents = incidents;
        self
    }

    /// Success is a metric that reaches a target.
    fn metric(mut self, analysis: &Look<'_>, id: MetricId, target: f64) -> Self {
        if let Some(info) = analysis.measured(id).map(|measured| &measured.metric.info) {
            let now = analysis.value(id).map(|(value, _)| value);
            self.success = (id.name().to_owned(), info.unit, info.better.unwrap_or(Better::Lower), now, Some(target));
        }
        self
    }

    /// Success is a number of things that comes down to a target.
    fn count(mut self, what: impl Into<String>, now: u64, target: u64) -> Self {
        let better = if target > now { Better::Higher } else { Better::Lower };
        self.success = (what.into(), Unit::Count, better, Some(now as f64), Some(target as f64));
        self
    }

    /// Success is a share, k of n today, that comes to a target.
    fn share(mut self, what: impl Into<String>, (k, n): (u64, u64), target: f64) -> Self {
        let now = (n > 0).then(|| k as f64 / n as f64);
        let better = if target > now.unwrap_or_default() { Better::Higher } else { Better::Lower };
        self.success = (what.into(), Unit::Ratio, better, now, Some(target));
        self.of = Some(n);
        self
    }

    fn fails_less(mut self, failed_releases: f64, basis: impl Into<String>) -> Self {
        self.effect = Some(Effect { failed_releases: Some(failed_releases), hours: None, basis: basis.into() });
        self
    }

    fn hurts_less(mut self, hours: f64, basis: impl Into<String>) -> Self {
        self.effect = Some(Effect { failed_releases: None, hours: Some(hours), basis: basis.into() });
        self
    }

    fn finish(self, rule: &Rule, as_of: Moment) -> Finding {
        let id = match &self.subject {
            Some(subject) => format!("{}:{subject}", rule.code),
            None => rule.code.to_owned(),
        };
        let (metric, unit, better, now, target) = self.success;
        let review_by = as_of.checked_add_signed(QUARTER).unwrap_or(as_of);
        Finding {
            id: Untrusted::new(id),
            code: rule.code.to_owned(),
            stage: rule.stage,
            plan: rule.plan,
            records: RECORDS.contains(&rule.code),
            statement: Untrusted::new(self.statement),
            because: self.because.into_iter().map(Untrusted::new).collect(),
            members: self.members.into_iter().map(Untrusted::new).collect(),
            evidence: self.evidence,
            action: Untrusted::new(self.action),
            owner: rule.owner,
            success: Success { metric: Untrusted::new(metric), unit, better, now, of: self.of, target, review_by },
            effect: self.effect,
            reference: rule.reference.to_owned(),
        }
    }
}

/// Actions that are put first.
const FIRST: usize = 3;

/// Rules that ask for a record alone: they let one see more, and make no release safer.
pub const RECORDS: [&str; 5] = ["evidence-gap", "log-gap", "data-gap", "role-unclear", "escalation-unclear"];

/// Two actions of one stage are one where what is behind them overlaps by more than this (Jaccard).
const SAME: f64 = 0.6;

/// Whether two findings of a stage are about nearly the same incidents, or the same releases where neither names an incident.
fn same(a: &Finding, b: &Finding) -> bool {
    let overlap = |a: &[Untrusted], b: &[Untrusted]| {
        let both = a.iter().filter(|name| b.contains(name)).count();
        let either = a.len() + b.len() - both;
        either > 0 && both as f64 / either as f64 > SAME
    };
    let (mine, theirs) = (&a.evidence, &b.evidence);
    a.stage == b.stage
        && if mine.incidents.is_empty() && theirs.incidents.is_empty() {
            overlap(&mine.releases, &theirs.releases)
        } else {
            overlap(&mine.incidents, &theirs.incidents)
        }
}

/// What to do first: of each rule the finding of most effect, no sentence and no incidents twice, and nothing that only
/// asks for a record.
pub fn first(findings: &[Finding]) -> Vec<Untrusted> {
    let mut first: Vec<&Finding> = Vec::new();
    for finding in findings.iter().filter(|finding| !finding.records) {
        let said =
            |other: &&Finding| other.code == finding.code || other.action == finding.action || same(finding, other);
        if first.len() < FIRST && !first.iter().any(said) {
            first.push(finding);
        }
    }
    first.into_iter().map(|finding| finding.id.clone()).collect()
}

/// When to look again.
const QUARTER: TimeDelta = TimeDelta::days(91);

/// Asks every rule, and ranks what they find.
pub fn all(analysis: &Analysis<'_>) -> Findings {
    let policy = analysis.facts.policy;
    let mut found = Findings::default();
    for rule in rules() {
        for proposal in (rule.find)(&Look { analysis, thresholds: rule.thresholds }) {
            let finding = proposal.finish(rule, policy.as_of);
            let silence = policy.findings.silence.iter().find(|silence| {
                let named = silence.finding == finding.code || silence.finding == finding.id.raw();
                named && policy.as_of < silence.until
            });
            match silence {
                Some(silence) => found.silenced.push(Silenced {
                    id: finding.id,
                    reason: Untrusted::new(silence.reason.clone()),
                    until: silence.until,
                }),
                None => found.findings.push(finding),
            }
        }
    }
    found.findings.sort_by(|a, b| rank(b).0.total_cmp(&rank(a).0).then(rank(b).1.total_cmp(&rank(a).1)));
    found
}

fn rank(finding: &Finding) -> (f64, f64) {
    let effect = |of: fn(&Effect) -> Option<f64>| finding.effect.as_ref().and_then(of).unwrap_or(0.0);
    (effect(|effect| effect.failed_releases), effect(|effect| effect.hours))
}

/// Holds the configured silences against the rules.
///
/// # Errors
/// A code that is none.
pub fn validate(policy: &Policy) -> Result<(), Error> {
    let code = |finding: &str| finding.split(':').next().unwrap_or_default().to_owned();
    match policy.findings.silence.iter().find(|silence| rules().all(|rule| rule.code != code(&silence.finding))) {
        None => Ok(()),
        Some(silence) => {
            let codes: Vec<_> = rules().map(|rule| rule.code).collect();
            Err(Error::config(
                format!("[findings] silence: \"{}\" is no finding", silence.finding),
                format!("use one of: {}", codes.join(", ")),
            ))
        }
    }
}
