use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use chrono::{TimeDelta, Weekday};

use super::{CheckResult, FindingPolicy, LinkPattern, Moment, RiskClass, Untrusted, Word, Words};

/// What a team's settings mean for the analysis: plain values, whatever their origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The moment the analysis stands at. Nothing at or after it is known yet.
    pub as_of: Moment,
    /// The moment of the run, or [`Self::as_of`] where that is later: what is dated after it was dated wrongly.
    pub clock: Moment,
    /// What is released here; `None`: nobody said.
    pub project: Option<ProjectKind>,
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
    /// How soon after X.Y.0 the first patch is a hotfix.
    pub hotfix_window: HotfixWindow,
    /// How long after a release an incident may be attributed to it by time; `None`: no limit.
    pub attribution_window: Option<TimeDelta>,
    /// How long after a release a failure of it counts; `None`: no limit.
    pub horizon: Option<TimeDelta>,
    /// What makes a release failed; `None`: everything. Of these the declared ones count where an incident log was kept,
    /// the inferred ones elsewhere, and what the release log declares at any time.
    pub signals: Option<Vec<Signal>>,
    /// Globs of tags and of merged branches that only repairs carry: the release before one has failed.
    pub repairs: Vec<String>,
    /// Patterns of subjects that only repairs carry.
    pub repair_subjects: Vec<String>,
    /// Tags of releases that git suggests to have failed, and that have not.
    pub no_failures: Vec<String>,
    /// How often each inferred signal is right.
    pub probabilities: Probabilities,
    /// Where recovery is measured from.
    pub recovery_from: RecoveryFrom,
    /// Severities that count as failures; empty: all.
    pub severities: Vec<String>,
    /// A person's display name and the names, e-mails or handles that are theirs too.
    pub aliases: Vec<(String, Vec<String>)>,
    /// Names, e-mails or accounts of bots, beside the well-known ones.
    pub bots: Vec<String>,
    /// Names, e-mails or accounts of people that read like a bot's.
    pub humans: Vec<String>,
    /// Checks that every release must have.
    pub required_checks: Vec<String>,
    /// Checks that are rituals: done, but not evidence by design.
    pub rituals: Vec<String>,
    /// What words of confidence stand for.
    pub felt_words: Words,
    /// Classes of risky change.
    pub risk: Vec<RiskClass>,
    /// Globs of files that declare nothing that holds here.
    pub ignored_controls: Vec<String>,
    /// Controls that no reader knows.
    pub extra_controls: Vec<super::ExtraControl>,
    /// What to hear of, and from when on.
    pub findings: FindingPolicy,
    /// Which releases are reviewed.
    pub window: WindowRequest,
    /// What the project is called; `None`: as its repository.
    pub project_name: Option<String>,
    /// Where a commit can be looked at; `None`, here and in what follows: where its origin shows it.
    pub commit_link: Option<LinkPattern>,
    /// Where a tag can be looked at.
    pub tag_link: Option<LinkPattern>,
    /// Where two tags can be compared.
    pub compare_link: Option<LinkPattern>,
    /// Where an incident can be looked at.
    pub incident_link: Option<LinkPattern>,
}

impl Policy {
    /// The defaults of every setting, standing at `as_of`.
    pub fn at(as_of: Moment) -> Self {
        Self {
            as_of,
            clock: as_of,
            project: None,
            timezone: None,
            working_days: vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri],
            tags: Vec::new(),
            exclude: Vec::new(),
            environment: "production".to_owned(),
            components: Vec::new(),
            component: ComponentChoice::Auto,
            maturity: TimeDelta::days(7),
            hotfix_window: HotfixWindow::Scaled,
            attribution_window: Some(TimeDelta::hours(72)),
            horizon: Some(TimeDelta::days(30)),
            signals: None,
            repairs: Vec::new(),
            repair_subjects: Vec::new(),
            no_failures: Vec::new(),
            probabilities: Probabilities::default(),
            recovery_from: RecoveryFrom::Impact,
            severities: Vec::new(),
            aliases: Vec::new(),
            bots: Vec::new(),
            humans: Vec::new(),
            required_checks: Vec::new(),
            rituals: Vec::new(),
            felt_words: Words::default(),
            risk: Vec::new(),
            ignored_controls: Vec::new(),
            extra_controls: Vec::new(),
            findings: FindingPolicy::default(),
            window: WindowRequest::Auto,
            project_name: None,
            commit_link: None,
            tag_link: None,
            compare_link: None,
            incident_link: None,
        }
    }

    /// Every setting that decides whether and when a release has failed, by its name: rates under different ones are
    /// different things.
    pub fn decides(&self) -> [(&'static str, String); 8] {
        let unlimited = |length: Option<TimeDelta>| length.map_or_else(|| "none".to_owned(), short);
        let mut severities: Vec<String> = self.severities.iter().map(|severity| severity.to_lowercase()).collect();
        severities.sort();
        let signals = self.signals.as_ref().map(|signals| {
            let mut names: Vec<&str> = signals.iter().map(|signal| signal.name()).collect();
            names.sort_unstable();
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        });
        [
            ("maturity", short(self.maturity)),
            ("horizon", unlimited(self.horizon)),
            ("attribution.window", unlimited(self.attribution_window)),
            (
                "hotfix_window",
                match self.hotfix_window {
                    HotfixWindow::Scaled => "scaled".to_owned(),
                    HotfixWindow::Fixed(window) => short(window),
                    HotfixWindow::Never => "none".to_owned(),
                },
            ),
            (
                "recovery_from",
                match self.recovery_from {
                    RecoveryFrom::Impact => "impact".to_owned(),
                    RecoveryFrom::Release => "release".to_owned(),
                },
            ),
            // Both are compared without regard to case.
            ("environment", self.environment.to_lowercase()),
            ("severities", if severities.is_empty() { "all".to_owned() } else { severities.join(", ") }),
            ("signals", signals.unwrap_or_else(|| "all".to_owned())),
        ]
    }
}

/// A length of time in its largest whole unit, as it is typed: `7d`, `36h`, `90s`.
pub fn short(length: TimeDelta) -> String {
    let seconds = length.num_seconds();
    let (size, unit) =
        [(86_400, "d"), (3600, "h")].into_iter().find(|(size, _)| seconds % size == 0).unwrap_or((1, "s"));
    format!("{}{unit}", seconds / size)
}

/// What is released: advice speaks of what can be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectKind {
    /// It runs somewhere, and an earlier version can be put back.
    Service,
    /// Others build it in: a bad version is withdrawn or patched, never rolled back.
    Library,
    /// People install it.
    Application,
}

impl Word for ProjectKind {
    const WORDS: &'static [(&'static str, Self)] =
        &[("service", Self::Service), ("library", Self::Library), ("application", Self::Application)];
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
    /// Inferred: a rule of the team's own says so.
    Rule,
    /// Inferred: a later section of the change log says so.
    Changelog,
    /// Inferred: a commit that a later release ships says so.
    Said,
    /// Inferred: a later release reverts what it shipped.
    Revert,
    /// Inferred: a hotfix followed.
    Hotfix,
    /// Inferred: the next release of its line, soon after, took out lines that it had brought.
    OwnLines,
}

impl Signal {
    /// All: those that people declare, then those inferred, the surest first.
    pub const ALL: [Self; 9] = [
        Self::Incident,
        Self::Rollback,
        Self::Withdrawal,
        Self::Rule,
        Self::Changelog,
        Self::Said,
        Self::Revert,
        Self::Hotfix,
        Self::OwnLines,
    ];

    /// Those inferred from git instead of declared by people, the surest first.
    pub const INFERRED: [Self; 6] =
        [Self::Rule, Self::Changelog, Self::Said, Self::Revert, Self::Hotfix, Self::OwnLines];

    /// Whether the signal is inferred from git instead of declared by people.
    pub fn inferred(self) -> bool {
        Self::INFERRED.contains(&self)
    }

    /// Its name, as in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Rollback => "rollback",
            Self::Withdrawal => "withdrawal",
            Self::Rule => "rule",
            Self::Changelog => "changelog",
            Self::Said => "said",
            Self::Revert => "revert",
            Self::Hotfix => "hotfix",
            Self::OwnLines => "own-lines",
        }
    }
}

/// How often each inferred signal is right: the share of its releases that shipped a defect which was mended soon. The
/// defaults were measured, by reading, on public projects.
#[derive(Clone, Debug, PartialEq)]
pub struct Probabilities(Vec<(Signal, f64)>);

impl Default for Probabilities {
    fn default() -> Self {
        Self(vec![
            (Signal::Rule, 1.0),
            (Signal::Changelog, 0.98),
            (Signal::Said, 0.90),
            (Signal::Revert, 0.87),
            (Signal::Hotfix, 0.84),
            (Signal::OwnLines, 0.90),
        ])
    }
}

impl Probabilities {
    /// That of a signal; what people declare is certain.
    pub fn of(&self, signal: Signal) -> f64 {
        self.0.iter().find(|(known, _)| *known == signal).map_or(1.0, |(_, p)| *p)
    }

    /// Sets that of a signal.
    pub fn set(&mut self, signal: Signal, p: f64) {
        match self.0.iter_mut().find(|(known, _)| *known == signal) {
            Some((_, known)) => *known = p,
            None => self.0.push((signal, p)),
        }
    }

    /// All, the surest signal first.
    pub fn all(&self) -> &[(Signal, f64)] {
        &self.0
    }
}

/// How soon after X.Y.0 the first patch is a hotfix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HotfixWindow {
    /// A third of the component's usual gap between days with a release, at most a week; never where the usual gap is
    /// below three days.
    Scaled,
    /// So soon.
    Fixed(TimeDelta),
    /// None is inferred.
    Never,
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
