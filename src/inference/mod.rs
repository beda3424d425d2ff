//! What git suggests of releases that failed: what the change log says, what messages say, reverts, quick patches, and lines
//! taken out again. Each suggestion has how often such ones are right, and where it was read.
//!
//! The rules were chosen on one half of thirty public projects and measured on the other; `docs/inference.md` has what was
//! found. Each looks at what surfaced after the release was out. What a suggestion counts for is decided elsewhere.

mod log;
mod patch;
mod product;
mod rule;
mod said;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::history::{Lines, Takebacks};
use crate::model::{
    Arena, ChangeIndex, ComponentIndex, History, Moment, Policy, ReleaseFlag, ReleaseIndex, Signal, Untrusted,
};

pub use patch::{Pair, any_neighbours, neighbours};
pub use product::{is_own_path, is_product_path, is_product_subject, is_telling_line};

/// Releases of a component that follow each other more closely than this, in the median, say nothing by being close.
const PER_MERGE: TimeDelta = TimeDelta::days(3);

/// That a release has failed, as git suggests.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The tier: what told.
    pub signal: Signal,
    /// How often such a suggestion is right, 0 to 1.
    pub p: f64,
    /// When it surfaced; `None` where the change log says it of the release itself.
    pub surfaced_at: Option<Moment>,
    /// The release or commit that shows it.
    pub by: Option<Untrusted>,
    /// Where it was read.
    pub evidence: Evidence,
}

/// Where a suggestion was read.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// In the change log.
    Log {
        /// The file.
        path: Untrusted,
        /// The line, from 1.
        line: u32,
        /// The sentence.
        words: Untrusted,
    },
    /// In a commit that a later release ships.
    Commit {
        /// The commit.
        commit: ChangeIndex,
        /// The release that first ships it.
        shipped_by: ReleaseIndex,
        /// The commit that it blames or takes back.
        culprit: Option<ChangeIndex>,
        /// The sentence, where words told.
        words: Option<Untrusted>,
    },
    /// The patch that followed soon.
    Patch {
        /// The patch.
        release: ReleaseIndex,
        /// How soon.
        gap: TimeDelta,
    },
    /// Lines taken out again.
    Lines {
        /// The release that took them out.
        release: ReleaseIndex,
        /// Product lines that it took out.
        removed: u64,
        /// Of them brought by the release that failed.
        own: u64,
        /// The file with the most of them.
        path: Untrusted,
    },
    /// A rule of the team's own.
    Rule {
        /// The pattern, as it was written.
        pattern: String,
        /// The commit that satisfies it, where one does.
        commit: Option<ChangeIndex>,
        /// The release that satisfies it or ships the commit.
        release: ReleaseIndex,
    },
}

impl Evidence {
    /// The release or commit that shows it; `None` of a change log.
    pub fn by(&self, history: &History) -> Option<Untrusted> {
        match self {
            Self::Log { .. } => None,
            Self::Commit { commit, .. } | Self::Rule { commit: Some(commit), .. } => {
                Some(Untrusted::new(history.changes.id(*commit).to_string()))
            }
            Self::Patch { release, .. } | Self::Lines { release, .. } | Self::Rule { release, .. } => {
                Some(history.release(*release).tag.clone())
            }
        }
    }
}

/// A release that may have failed: too unsure to count, sure enough to ask.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspect {
    /// The release.
    pub release: ReleaseIndex,
    /// Why.
    pub because: Suspicion,
    /// Where it was read.
    pub evidence: Evidence,
}

/// Why a release is suspect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Suspicion {
    /// The next patch came very soon.
    QuickPatch,
    /// The section of the next patch speaks of a regression and does not say since when.
    LaterRegression,
    /// What a later release reverts was no work on the product.
    RevertElsewhere,
}

/// What git suggests.
#[derive(Clone, Debug, Default)]
pub struct Inferred {
    /// Of each release, by [`ReleaseIndex`]; the surest tier first, of one tier what surfaced first.
    pub suggestions: Arena<ReleaseIndex, Vec<Suggestion>>,
    /// Releases without a suggestion that may have failed all the same, in order.
    pub suspects: Vec<Suspect>,
}

impl Inferred {
    /// Looks at all releases.
    pub fn of(history: &History, policy: &Policy, takebacks: &Takebacks<'_>) -> Self {
        let mut found = Found::new(history, policy, takebacks);
        found.all();
        let Found { mut suggestions, mut suspects, .. } = found;
        let unwanted = |index: ReleaseIndex| {
            let release = history.release(index);
            let named = |tag: &Untrusted| policy.no_failures.iter().any(|name| name == tag.raw());
            named(&release.tag) || release.aliases.iter().any(named)
        };
        for index in history.releases.indices() {
            let of_release = &mut suggestions[index];
            if !policy.no_failures.is_empty() && unwanted(index) {
                // What the project itself declares stands.
                of_release.retain(|suggestion| !suggestion.signal.inferred());
            }
            of_release.sort_by_key(|suggestion| (suggestion.signal, suggestion.surfaced_at));
            of_release.dedup_by(|next, kept| next.signal == kept.signal && next.by == kept.by);
        }
        suspects.retain(|suspect| {
            let index = suspect.release;
            suggestions[index].is_empty() && (policy.no_failures.is_empty() || !unwanted(index))
        });
        suspects.sort_by_key(|suspect| (suspect.release, suspect.because));
        suspects.dedup_by_key(|suspect| suspect.release);
        Self { suggestions, suspects }
    }

    /// The commits whose paths decide whether a release has failed: those that may tell of a failure within the horizon.
    pub fn to_look_at(history: &History, policy: &Policy) -> BTreeSet<ChangeIndex> {
        let takebacks = Takebacks::new(&history.changes);
        let mut found = Found::new(history, policy, &takebacks);
        found.by_commits();
        let suggestions = found.suggestions.iter().flatten();
        suggestions
            .filter_map(|suggestion| match suggestion.evidence {
                Evidence::Commit { commit, .. } => Some(commit),
                _ => None,
            })
            .filter(|&commit| !history.changes.is_merge(commit))
            .collect()
    }
}

/// Whether a usual gap is that of merges.
fn per_merge(usual: Option<TimeDelta>) -> bool {
    usual.is_some_and(|gap| gap < PER_MERGE)
}

/// What has been found so far.
struct Found<'h> {
    history: &'h History,
    policy: &'h Policy,
    takebacks: &'h Takebacks<'h>,
    /// By [`ComponentIndex`].
    lines: Arena<ComponentIndex, Lines>,
    suggestions: Arena<ReleaseIndex, Vec<Suggestion>>,
    suspects: Vec<Suspect>,
}

impl<'h> Found<'h> {
    fn new(history: &'h History, policy: &'h Policy, takebacks: &'h Takebacks<'h>) -> Self {
        let lines = history.components.iter().map(|component| Lines::of(history, component)).collect();
        Self {
            history,
            policy,
            takebacks,
            lines,
            suggestions: history.releases.iter().map(|_| Vec::new()).collect(),
            suspects: Vec::new(),
        }
    }

    fn all(&mut self) {
        rule::find(self);
        log::find(self);
        self.by_commits();
        patch::find(self);
    }

    /// What commits tell: by their words, and by taking others back.
    fn by_commits(&mut self) {
        said::find(self);
    }

    fn lines(&self, component: ComponentIndex) -> &Lines {
        &self.lines[component]
    }

    /// When a commit was made.
    fn made(&self, commit: ChangeIndex) -> Option<Moment> {
        DateTime::from_timestamp(self.history.changes.commit_time(commit), 0).map(|at| at.fixed_offset())
    }

    /// Whether what surfaced then surfaced after the release was out, and is known.
    fn after(&self, release: ReleaseIndex, surfaced: Moment) -> bool {
        let released = self.history.release(release);
        released.released_at < surfaced && surfaced < self.policy.as_of && !released.has(ReleaseFlag::Planned)
    }

    /// Whether it surfaced within the horizon.
    fn in_time(&self, release: ReleaseIndex, surfaced: Moment) -> bool {
        let age = surfaced - self.history.release(release).released_at;
        self.policy.horizon.is_none_or(|horizon| age <= horizon)
    }

    fn suggest(
        &mut self,
        release: ReleaseIndex,
        signal: Signal,
        surfaced_at: Option<Moment>,
        by: Option<Untrusted>,
        evidence: Evidence,
    ) {
        let p = self.policy.probabilities.of(signal);
        self.suggestions[release].push(Suggestion { signal, p, surfaced_at, by, evidence });
    }

    fn suspect(&mut self, release: ReleaseIndex, because: Suspicion, evidence: Evidence) {
        self.suspects.push(Suspect { release, because, evidence });
    }
}
