//! How sure people said to be before releases, against what became of these.
//!
//! The unit is the release: what a team felt before it is the mean of what its people said. Of single people nothing is
//! told but to themselves: whatever is reported rests on [`PEOPLE`] of them at least.

mod calibration;
mod groups;
mod halves;
mod reasons;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use calibration::{FeltBin, FeltCalibration, FeltVerdict};
pub use groups::{FeltGroup, FeltSide, GroupVerdict};
pub use halves::{FeltHalf, FeltHalves, HalvesVerdict};
pub use reasons::{FeltReason, ReasonVerdict};

use super::Screening;
use crate::attribution::{Event, Facts, Span};
use crate::model::{Moment, PersonIndex, StageId, Statement, Untrusted};

/// A number that fewer people stand behind would tell what one of them felt.
const PEOPLE: usize = 3;

/// What people felt before releases, and what became of these: over all history. Shares of confidence are whole points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeltReport {
    /// Statements on releases as a whole that count.
    pub statements: u64,
    /// People who made them.
    pub people: u64,
    /// The first release with one.
    pub since: Moment,
    /// Judged releases with one.
    pub releases: u64,
    /// Of so many judged releases since the first with one.
    pub of: u64,
    /// Releases with one that cannot be judged, or not yet.
    pub open: u64,
    /// Statements that do not count.
    pub aside: FeltAside,
    /// Why nothing more is told; null where it is.
    pub withheld: Option<String>,
    /// What was said against what held; null where it is withheld.
    pub calibration: Option<FeltCalibration>,
    /// Releases by how sure people were, the least sure first: about equally many each. Empty below twenty.
    pub bins: Vec<FeltBin>,
    /// Fear and evidence side by side, those that tell something first.
    pub groups: Vec<FeltGroup>,
    /// How many of them were tested, each for both differences.
    pub tested: u64,
    /// What was given as the reason, the most frequent first.
    pub reasons: Vec<FeltReason>,
    /// Whether confidence and outcomes have moved; null where there is too little.
    pub halves: Option<FeltHalves>,
}

/// Statements that do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeltAside {
    /// Made after the release, or after an incident of it had begun.
    pub late: u64,
    /// Made by machines.
    pub by_machines: u64,
    /// Replaced by a later one of the same person.
    pub replaced: u64,
}

/// What was said of a stage, or of releases as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeltMean {
    /// The mean of what was said, 0 to 1.
    pub said: f64,
    /// Statements behind it.
    pub statements: u64,
    /// People behind it.
    pub people: u64,
}

/// What one person felt, for that person alone: no report holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct FeltPerson {
    /// Statements on judged releases.
    pub statements: u64,
    /// Statements on releases that cannot be judged, or not yet.
    pub open: u64,
    /// What was said against what held; `None` without a judged release.
    pub calibration: Option<FeltCalibration>,
    /// Releases by how sure the person was.
    pub bins: Vec<FeltBin>,
    /// What was given as the reason.
    pub reasons: Vec<FeltReason>,
}

/// What people said before a judged release.
struct Before<'f> {
    /// The number of the event.
    number: usize,
    /// The mean of what was said.
    said: f64,
    held: bool,
    voices: Vec<Voice<'f>>,
}

/// One person's word on a release.
struct Voice<'f> {
    /// Who; of two names that are likely one person's, the first.
    by: PersonIndex,
    because: Option<&'f Untrusted>,
}

/// What was said of an event as a whole: one statement a person.
fn of_event<'f>(facts: &'f Facts<'_>, event: &Event, wanted: impl Fn(&Statement) -> bool) -> Vec<&'f Statement> {
    let stated = event.releases.iter().flat_map(|&index| &facts.stated.counted[index]).copied();
    let by_person: BTreeMap<PersonIndex, &Statement> =
        stated.filter(|statement| wanted(statement)).map(|statement| (statement.by, statement)).collect();
    by_person.into_values().collect()
}

/// A share in whole points. Means that were exact would tell, by what two reports or two comparisons differ in, what one person
/// said of one release.
fn in_points(share: f64) -> f64 {
    (100.0 * share).round() / 100.0
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let n = values.len();
    (n > 0).then(|| values.sum::<f64>() / n as f64)
}

/// Who a person is for counting people: two names that are likely one person's are one, for what two felt is told to nobody.
fn one_person(facts: &Facts<'_>, person: PersonIndex) -> PersonIndex {
    facts.history.people_doubts.likely_one.one(person)
}

/// What was said before each release that is compared, and how many others have a statement.
fn before<'f>(facts: &'f Facts<'_>, wanted: impl Fn(&Statement) -> bool) -> (Vec<Before<'f>>, u64) {
    let (mut judged, mut open) = (Vec::new(), 0);
    for (number, event) in facts.events.iter().enumerate() {
        let stated = of_event(facts, event, |statement| statement.stage.is_none() && wanted(statement));
        let Some(said) = mean(stated.iter().map(|statement| statement.sure)) else { continue };
        if facts.learns_from(event) {
            let voice = |statement: &&'f Statement| Voice {
                by: one_person(facts, statement.by),
                because: statement.because.as_ref(),
            };
            let voices = stated.iter().map(voice).collect();
            judged.push(Before { number, said, held: !event.failed(), voices });
        } else {
            open += 1;
        }
    }
    (judged, open)
}

/// The people behind what was said.
fn people<'b>(said: impl IntoIterator<Item = &'b Before<'b>>) -> usize {
    let by = said.into_iter().flat_map(|before| before.voices.iter().map(|voice| voice.by));
    by.collect::<BTreeSet<_>>().len()
}

/// What the team felt; `None` where nobody ever said so.
pub fn felt(facts: &Facts<'_>, screening: &Screening) -> Option<FeltReport> {
    let aside =
        FeltAside { late: facts.stated.late, by_machines: facts.stated.by_machines, replaced: facts.stated.replaced };
    let whole = |statement: &Statement| statement.stage.is_none();
    let first = facts.events.iter().find(|event| !of_event(facts, event, whole).is_empty())?;
    let (judged, open) = before(facts, |_| true);
    let since = first.released_at;
    let compared = |event: &&Event| facts.learns_from(event) && event.released_at >= since;
    let everybody: BTreeSet<PersonIndex> = facts
        .events
        .iter()
        .flat_map(|event| of_event(facts, event, whole))
        .map(|statement| one_person(facts, statement.by))
        .collect();
    let mut report = FeltReport {
        statements: facts.events.iter().map(|event| of_event(facts, event, whole).len() as u64).sum(),
        people: everybody.len() as u64,
        since,
        releases: judged.len() as u64,
        of: facts.events.iter().filter(compared).count() as u64,
        open,
        aside,
        withheld: None,
        calibration: None,
        bins: Vec::new(),
        groups: Vec::new(),
        tested: 0,
        reasons: Vec::new(),
        halves: None,
    };
    if judged.is_empty() {
        report.withheld = Some("none of these releases can be judged yet".to_owned());
    } else if people(&judged) < PEOPLE {
        report.withheld = Some("it is told of three people or more, so that it tells of none of them".to_owned());
    } else {
        report.calibration = calibration::of(&judged).map(FeltCalibration::in_points);
        report.bins = calibration::bins(&judged, PEOPLE);
        (report.groups, report.tested) = groups::all(facts, screening, &judged);
        report.reasons = reasons::all(&judged, PEOPLE);
        report.halves = halves::of(facts, &judged, since);
        let bins = report.bins.iter_mut().map(|bin| &mut bin.said);
        let sides = report.groups.iter_mut().flat_map(|group| [&mut group.with.said, &mut group.without.said]);
        let halves = report.halves.iter_mut().flat_map(|halves| [&mut halves.first.said, &mut halves.second.said]);
        bins.chain(sides).chain(halves).for_each(|said| *said = in_points(*said));
    }
    Some(report)
}

/// What one person felt. For that person alone.
pub fn felt_by(facts: &Facts<'_>, person: PersonIndex) -> FeltPerson {
    let (judged, open) = before(facts, |statement| statement.by == person);
    FeltPerson {
        statements: judged.len() as u64,
        open,
        calibration: calibration::of(&judged),
        bins: calibration::bins(&judged, 1),
        reasons: reasons::all(&judged, 1),
    }
}

/// What was said in a span of a stage, or, with none, of releases as a whole; `None` where too few people spoke.
pub fn felt_of_stage(facts: &Facts<'_>, span: Span, stage: Option<StageId>) -> Option<FeltMean> {
    let events = facts.exposed(span);
    let stated: Vec<_> = events.flat_map(|event| of_event(facts, event, |said| said.stage == stage)).collect();
    let people = stated.iter().map(|statement| one_person(facts, statement.by)).collect::<BTreeSet<_>>().len();
    let said = mean(stated.iter().map(|statement| statement.sure)).filter(|_| people >= PEOPLE)?;
    Some(FeltMean { said: in_points(said), statements: stated.len() as u64, people: people as u64 })
}
