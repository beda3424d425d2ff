//! Is trust becoming real? The metrics, the map and the findings over the last windows, each judged with what is known today
//! of the releases made until its end.

mod change;
mod course;
mod declared;
mod findings;
mod map;
mod milestones;
mod told;
mod windows;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::{Analysis, Threshold};
use crate::attribution::{Event, Facts, Span};
use crate::finding::{self, Finding};
use crate::map::ConfidenceMap;
use crate::model::{Basis, Untrusted};

pub use change::{Measured, tests};
pub use course::{
    Carriers, Course as MetricCourse, LastWindow, MetricTrend, PersonPart, Slope, Tested, TrendChange, TrendPoint,
    TrendVerdict,
};
pub use findings::{Course, FindingTrend, IdleCheck, RitualGone, SilenceEnded};
pub use map::{Move, PersonThenNow, Strip, StripCell};
pub use milestones::{MilestoneMetric, MilestonePlace, MilestoneTrend};
pub use windows::By;

/// The last windows, and what moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Trend {
    /// How history was cut into windows.
    pub cut: By,
    /// Releases that windows can be cut by, up to the end of the last: judged, or of unknown outcome.
    #[serde(default)]
    pub counted: u64,
    /// The windows, oldest first.
    pub windows: Vec<TrendWindow>,
    /// The first window that is compared with the last: those before it rest on something else, and are drawn apart.
    pub compared_from: u32,
    /// Why those before are not compared; null where all are.
    pub not_compared: Option<String>,
    /// The chance, over all metrics together, that anything is called a change where nothing has changed.
    pub error: f64,
    /// The same of the milestones that the team wrote, and once more of those that the repository declares.
    #[serde(default)]
    pub milestone_error: f64,
    /// The metrics, in the registry's order.
    pub metrics: Vec<MetricTrend>,
    /// What the team changed and is to change, and what came of it; oldest first.
    pub milestones: Vec<MilestoneTrend>,
    /// Where each cell of the map stood.
    pub map: Vec<Strip>,
    /// Cells that moved from borrowed or contradicted to earned, or back.
    pub moves: Vec<Move>,
    /// What became of findings.
    pub findings: Vec<FindingTrend>,
    /// Silences that have run out.
    pub silences: Vec<SilenceEnded>,
    /// Checks and rituals that never caught anything since they began.
    pub idle: Vec<IdleCheck>,
    /// Rituals that went away, and how releases fared then.
    pub rituals: Vec<RitualGone>,
}

/// One window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendWindow {
    /// From when until when.
    pub span: Span,
    /// Its first release; null without any.
    pub first: Option<Untrusted>,
    /// Its last release.
    pub last: Option<Untrusted>,
    /// Releases that users met.
    pub releases: u64,
    /// Of them judged.
    pub judged: u64,
    /// What their outcomes rest on.
    pub basis: Option<Basis>,
}

/// What a review says of its own window: the last of the windows, where it is that one.
pub struct Now<'n> {
    /// The map.
    pub map: &'n ConfidenceMap,
    /// The findings.
    pub findings: &'n [Finding],
}

impl Trend {
    /// Looks back from an analysis.
    pub fn of(analysis: &Analysis<'_>, now: &Now<'_>, measured: &Measured) -> Self {
        let facts = analysis.facts;
        let windows = &measured.windows;
        let told: Vec<TrendWindow> = windows.iter().map(|&window| one(facts, window)).collect();
        let bases: Vec<_> = told.iter().map(|window| (window.basis, window.releases > 0)).collect();
        let from = windows::compared(&bases);
        let releases: Vec<u64> = told.iter().map(|window| window.releases).collect();
        let least = analysis.threshold(Threshold::Releases) as u64;
        let courses = change::courses(facts, from, measured);
        let (mut maps, mut found) = (Vec::new(), Vec::new());
        for (at, &window) in windows.iter().enumerate() {
            if window == facts.windows.current {
                maps.push(now.map.clone());
                found.push(now.findings.to_vec());
                continue;
            }
            let policy = facts.policy_at(window.end);
            let previous = at.checked_sub(1).map(|before| windows[before]);
            let earlier = facts.earlier(&policy, window, previous);
            let analysis = Analysis::of(&earlier);
            maps.push(crate::map::draw(&analysis));
            found.push(finding::all(&analysis).findings);
        }
        Self {
            cut: measured.by,
            counted: measured.counted,
            compared_from: from as u32,
            not_compared: (from > 0).then(|| facts.log_begins()),
            error: course::ERROR,
            milestone_error: milestones::ERROR,
            metrics: change::metrics(facts, measured, &courses),
            milestones: milestones(facts, &courses, measured.stretch(from)),
            map: map::strips(&maps),
            moves: map::moves(facts, windows, &maps, from),
            findings: findings::findings(&found, from, measured, &releases, least),
            silences: findings::silences(facts, now.findings),
            idle: findings::idle(analysis),
            rituals: findings::rituals(analysis),
            windows: told,
        }
    }
}

/// Those that the team wrote, and controls that the repository declares; oldest first.
fn milestones(facts: &Facts<'_>, courses: &[Option<MetricCourse>], compared: Option<Span>) -> Vec<MilestoneTrend> {
    let mut found = milestones::milestones(facts, courses, compared);
    found.extend(declared::declared(facts, courses, compared));
    found.sort_by_key(|milestone| milestone.at);
    found
}

fn one(facts: &Facts<'_>, span: Span) -> TrendWindow {
    let events: Vec<&Event> = facts.exposed(span).collect();
    TrendWindow {
        span,
        first: events.first().and_then(|event| facts.tag(event)),
        last: events.last().and_then(|event| facts.tag(event)),
        releases: events.len() as u64,
        judged: facts.judged(span).count() as u64,
        basis: facts.basis(span),
    }
}
