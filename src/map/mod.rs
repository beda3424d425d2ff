//! The release confidence map: where confidence comes from, stage by stage.
//!
//! Four sources of confidence by six stages. Each cell holds readings: statements with their numbers, and what they say
//! of it. A stage's trust follows from its readings by the rules of [`Trust`], and the rule that decided is shown.

mod change;
mod decision;
mod detection;
mod recovery;
mod rollout;
mod verification;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::{Analysis, Threshold};
use crate::factor::Role;
use crate::model::{Unit, Untrusted};

/// A stage of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StageId {
    /// What goes in.
    Change,
    /// Tests, contracts, checks before the release.
    Verification,
    /// Go or no go.
    Decision,
    /// Staging, pausing, windows, special paths.
    Rollout,
    /// Noticing that something is wrong.
    Detection,
    /// Stopping it, and repairing it.
    Recovery,
}

impl StageId {
    /// As a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Change => "Change",
            Self::Verification => "Verification",
            Self::Decision => "Decision",
            Self::Rollout => "Rollout",
            Self::Detection => "Detection",
            Self::Recovery => "Recovery",
        }
    }
}

/// Where confidence comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Something was measured.
    Evidence,
    /// Something is always done.
    Ritual,
    /// It is the right moment.
    Timing,
    /// Somebody is there.
    Person,
}

/// What a reading says of the confidence that comes from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing was measured, or too little.
    Unmeasured,
    /// The outcomes support it.
    Earned,
    /// It rests on a ritual, a window or a person.
    Borrowed,
    /// The data speak against it.
    Contradicted,
}

/// How much a stage can be trusted. The first rule that applies decides, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// Nothing was measured.
    Blind,
    /// Avoidance, special handling or surprise above its threshold, and no earned evidence.
    FearLoaded,
    /// Earned evidence, and nothing borrowed or contradicted.
    HighTrust,
    /// Some of both.
    Mixed,
}

/// The map.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConfidenceMap {
    /// The stages, in the order of a release.
    pub stages: Vec<Stage>,
}

/// A stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stage {
    /// Which.
    pub id: StageId,
    /// How much it can be trusted.
    pub trust: Trust,
    /// The rule that decided, with the reading that made it apply.
    pub rule: Untrusted,
    /// Where its confidence comes from.
    pub cells: Cells,
    /// What to record to see more, where a source that a record would measure has no reading.
    pub record: Vec<String>,
}

/// The four sources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cells {
    /// Evidence.
    pub evidence: Cell,
    /// Ritual.
    pub ritual: Cell,
    /// Timing.
    pub timing: Cell,
    /// Person.
    pub person: Cell,
}

/// One source of one stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// The worst standing of its readings.
    pub standing: Standing,
    /// What was measured.
    pub readings: Vec<MapReading>,
}

impl Default for Cell {
    fn default() -> Self {
        Self { standing: Standing::Unmeasured, readings: Vec::new() }
    }
}

/// A statement with its numbers, and what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MapReading {
    /// The statement.
    pub statement: Untrusted,
    /// What it says.
    pub standing: Standing,
    /// Whether it is a sign of fear: avoidance, special handling or surprise above its threshold.
    pub fear: bool,
    /// Releases, incidents or runs that it rests on.
    pub sample: u64,
    /// The metric that it reads, where it is one.
    pub metric: Option<String>,
    /// Releases behind it, newest first.
    pub releases: Vec<Untrusted>,
    /// Incidents behind it, newest first.
    pub incidents: Vec<Untrusted>,
}

impl MapReading {
    fn new(standing: Standing, sample: u64, statement: impl Into<String>) -> Self {
        Self {
            statement: Untrusted::new(statement),
            standing,
            fear: false,
            sample,
            metric: None,
            releases: Vec::new(),
            incidents: Vec::new(),
        }
    }

    /// A sign of fear where the data speak against it.
    fn feared(mut self) -> Self {
        self.fear = matches!(self.standing, Standing::Contradicted | Standing::Borrowed);
        self
    }

    fn of(mut self, metric: &str) -> Self {
        self.metric = Some(metric.to_owned());
        self
    }

    fn released(mut self, releases: Vec<Untrusted>) -> Self {
        self.releases = releases;
        self
    }

    fn incidents(mut self, incidents: Vec<Untrusted>) -> Self {
        self.incidents = incidents;
        self
    }
}

/// What a stage's file gives: its readings by source, and what to record to see more.
struct Draft {
    id: StageId,
    readings: Vec<(Source, MapReading)>,
    record: Vec<&'static str>,
}

impl Draft {
    fn new(id: StageId) -> Self {
        Self { id, readings: Vec::new(), record: Vec::new() }
    }

    fn add(&mut self, source: Source, readings: impl IntoIterator<Item = MapReading>) {
        self.readings.extend(readings.into_iter().map(|reading| (source, reading)));
    }

    /// Asks for a record where a source has no reading that says anything.
    fn ask(&mut self, missing: bool, record: &'static str) {
        if missing {
            self.record.push(record);
        }
    }

    fn measured(&self, source: Source) -> bool {
        self.readings.iter().any(|(of, reading)| *of == source && reading.standing != Standing::Unmeasured)
    }

    fn finish(self) -> Stage {
        let (trust, rule) = self.trust();
        let mut cells = Cells::default();
        for (source, reading) in self.readings {
            let cell = match source {
                Source::Evidence => &mut cells.evidence,
                Source::Ritual => &mut cells.ritual,
                Source::Timing => &mut cells.timing,
                Source::Person => &mut cells.person,
            };
            cell.standing = cell.standing.max(reading.standing);
            cell.readings.push(reading);
        }
        let record = self.record.into_iter().map(str::to_owned).collect();
        Stage { id: self.id, trust, rule: Untrusted::new(rule), cells, record }
    }

    fn trust(&self) -> (Trust, String) {
        let find = |wanted: &dyn Fn(&(Source, MapReading)) -> bool| {
            self.readings.iter().find(|reading| wanted(reading)).map(|(_, reading)| reading.statement.raw())
        };
        let earned = find(&|(source, reading)| *source == Source::Evidence && reading.standing == Standing::Earned);
        let fear = find(&|(_, reading)| reading.fear);
        let against = find(&|(_, reading)| reading.standing == Standing::Contradicted)
            .or_else(|| find(&|(_, reading)| reading.standing == Standing::Borrowed));
        if self.readings.iter().all(|(_, reading)| reading.standing == Standing::Unmeasured) {
            return (Trust::Blind, "nothing is measured".to_owned());
        }
        match (earned, fear, against) {
            (None, Some(fear), _) => (Trust::FearLoaded, format!("no earned evidence, and {fear}")),
            (Some(earned), _, None) => (Trust::HighTrust, format!("earned evidence, nothing borrowed: {earned}")),
            (Some(earned), _, Some(against)) => (Trust::Mixed, format!("earned: {earned}; but {against}")),
            (None, None, Some(against)) => (Trust::Mixed, format!("no earned evidence: {against}")),
            (None, None, None) => (Trust::Mixed, "no evidence of its own; nothing speaks against it".to_owned()),
        }
    }
}

/// Draws the map.
pub fn draw(analysis: &Analysis<'_>) -> ConfidenceMap {
    let stages =
        [change::stage, verification::stage, decision::stage, rollout::stage, detection::stage, recovery::stage];
    ConfidenceMap { stages: stages.map(|stage| stage(analysis).finish()).into() }
}

/// A metric against a threshold: earned on its good side, contradicted on the other, unmeasured below a sample.
fn against(
    analysis: &Analysis<'_>,
    id: &str,
    threshold: Threshold,
    least: Threshold,
    statement: impl Fn(String) -> String,
) -> Option<MapReading> {
    use crate::model::Better;
    let measured = analysis.metrics.iter().find(|measured| measured.metric.info.id == id)?;
    let (value, sample) = analysis.value(id)?;
    let limit = analysis.threshold(threshold);
    let info = &measured.metric.info;
    let good = if info.better == Some(Better::Higher) { value >= limit } else { value <= limit };
    let standing = match (sample as f64 >= analysis.threshold(least), good) {
        (false, _) => Standing::Unmeasured,
        (true, true) => Standing::Earned,
        (true, false) => Standing::Contradicted,
    };
    let shown = match (analysis.ratio(id), info.unit) {
        (Some((k, n)), _) => crate::phrase::rate(k, n),
        (None, Unit::Seconds) => format!("{} (n {sample})", crate::phrase::duration(value)),
        (None, _) => format!("{} (n {sample})", crate::phrase::decimal(value)),
    };
    let bound = if info.unit == Unit::Seconds { crate::phrase::duration(limit) } else { crate::phrase::percent(limit) };
    let said = match (standing, info.better == Some(Better::Higher)) {
        (Standing::Unmeasured, _) => ": too few to say".to_owned(),
        (Standing::Earned, false) => format!(": not above {bound}"),
        (Standing::Earned, true) => format!(": not below {bound}"),
        (_, false) => format!(": above {bound}"),
        (_, true) => format!(": below {bound}"),
    };
    Some(MapReading::new(standing, sample, format!("{}{said}", statement(shown))).of(id))
}

/// How much a role rests on one person.
fn concentration(analysis: &Analysis<'_>, role: Role, least: Threshold, does: &str) -> Option<MapReading> {
    let carried = analysis.roles.get(&role)?;
    let (person, k) = carried.top()?;
    let name = analysis.facts.history.person(person).name.raw();
    let standing = if (carried.known as f64) < analysis.threshold(least) {
        Standing::Unmeasured
    } else if k as f64 / carried.known as f64 > analysis.threshold(Threshold::Concentration) {
        Standing::Borrowed
    } else {
        Standing::Earned
    };
    let too_few = if standing == Standing::Unmeasured { ", too few to say" } else { "" };
    let statement = format!("{name} {does} {}{too_few}", crate::phrase::rate(k, carried.known));
    let mine = |release: &crate::model::Release| {
        let people = if role == Role::Approver { &release.approvers } else { &release.releasers };
        people.contains(&person)
    };
    let releases = match role {
        Role::Releaser | Role::Approver => analysis.releases(|event| analysis.any(event, mine)),
        Role::Responder | Role::Author => Vec::new(),
    };
    Some(MapReading::new(standing, carried.known, statement).released(releases))
}
