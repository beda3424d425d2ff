//! The release confidence map: where confidence comes from, stage by stage.
//!
//! Four sources of confidence by six stages. Each cell holds readings: statements with their numbers, and what they say
//! of it by the one rule of [`Standing`]. A stage's trust is read off its cells by the rules of [`Trust`], and the rule that
//! decided is shown.

mod change;
mod decision;
mod declared;
mod detection;
mod recovery;
mod rollout;
mod standing;
mod verification;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::{Analysis, Threshold};
use crate::factor::{FeltMean, Role, felt_of_stage};
use crate::metric::{Behind, MetricId, Value};
pub use crate::model::StageId;
use crate::model::{Better, Untrusted};
use crate::phrase::{duration, median, percent, rate};
use crate::stats;

use standing::{HALF, Held};
pub use standing::{Standing, Trust};

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

/// The map.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConfidenceMap {
    /// The stages, in the order of a release.
    pub stages: Vec<Stage>,
    /// How sure people said to be of the window's releases as a whole: a feeling, and no source of confidence. Null where
    /// fewer than three people spoke.
    pub felt: Option<FeltMean>,
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
    /// How sure people said to be of it before the window's releases: it decides nothing here. Null where fewer than three
    /// people spoke of it.
    pub felt: Option<FeltMean>,
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
    /// The same in a few words, for a cell of a table: `6 of 26 failed`.
    pub brief: Untrusted,
    /// What it is held against: `at most 15%`; null where nothing is.
    pub limit: Option<String>,
    /// What it says.
    pub standing: Standing,
    /// Whether it is a sign of fear: special handling or recurring surprise beyond its limit.
    pub fear: bool,
    /// Releases, incidents or runs that it rests on.
    pub sample: u64,
    /// The metric that it reads, where it is one.
    pub metric: Option<String>,
    /// The role that it is about, where it is about one.
    #[serde(default)]
    pub role: Option<Role>,
    /// The person that it is about, where it is about one.
    #[serde(default)]
    pub person: Option<Untrusted>,
    /// Releases behind it, newest first.
    pub releases: Vec<Untrusted>,
    /// Incidents behind it, newest first.
    pub incidents: Vec<Untrusted>,
}

impl MapReading {
    pub(crate) fn new(standing: Standing, sample: u64, statement: impl Into<String>, brief: impl Into<String>) -> Self {
        Self {
            statement: Untrusted::new(statement),
            brief: Untrusted::new(brief),
            limit: None,
            standing,
            fear: false,
            sample,
            metric: None,
            role: None,
            person: None,
            releases: Vec::new(),
            incidents: Vec::new(),
        }
    }

    /// A sign of fear where it is beyond its limit.
    fn feared(mut self) -> Self {
        self.fear = matches!(self.standing, Standing::Contradicted | Standing::Borrowed);
        self
    }

    /// Made of guesses: it may speak against, and not for.
    fn guessed(mut self) -> Self {
        if self.standing == Standing::Earned {
            self.standing = self.standing.guessed();
            self.statement =
                Untrusted::new(format!("{}, which proves nothing: a guess misses some", self.statement.raw()));
        }
        self
    }

    fn at_most(mut self, limit: &str) -> Self {
        self.limit = Some(format!("at most {limit}"));
        self
    }

    fn at_least(mut self, limit: &str) -> Self {
        self.limit = Some(format!("at least {limit}"));
        self
    }

    fn of(mut self, metric: MetricId) -> Self {
        self.metric = Some(metric.name().to_owned());
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
struct Gathered {
    id: StageId,
    readings: Vec<(Source, MapReading)>,
    record: Vec<&'static str>,
}

impl Gathered {
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
        let mut cells = Cells::default();
        let fear = self.readings.iter().any(|(_, reading)| reading.fear);
        for (source, reading) in &self.readings {
            let cell = match source {
                Source::Evidence => &mut cells.evidence,
                Source::Ritual => &mut cells.ritual,
                Source::Timing => &mut cells.timing,
                Source::Person => &mut cells.person,
            };
            cell.standing = cell.standing.max(reading.standing);
            cell.readings.push(reading.clone());
        }
        let trust = Trust::of(&cells, fear);
        let rule = self.rule(trust);
        let record = self.record.into_iter().map(str::to_owned).collect();
        Stage { id: self.id, trust, rule: Untrusted::new(rule), cells, felt: None, record }
    }

    /// Why the stage has its trust, with the reading that decided.
    fn rule(&self, trust: Trust) -> String {
        let find = |wanted: &dyn Fn(Source, &MapReading) -> bool| {
            let found = self.readings.iter().find(|(source, reading)| wanted(*source, reading));
            found.map_or("", |(_, reading)| reading.statement.raw())
        };
        let evidence = |standing| find(&|source, reading| source == Source::Evidence && reading.standing == standing);
        let rests = find(&|_, reading| matches!(reading.standing, Standing::Borrowed | Standing::Contradicted));
        let with = |said: &str, statement: &str| {
            if statement.is_empty() { said.to_owned() } else { format!("{said}: {statement}") }
        };
        match trust {
            Trust::Blind => "there is no record".to_owned(),
            Trust::Unproven => match evidence(Standing::Unproven) {
                "" => with("no evidence of its own", rests),
                unproven => unproven.to_owned(),
            },
            Trust::FearLoaded => format!("no earned evidence, and {}", find(&|_, reading| reading.fear)),
            Trust::HighTrust => with("earned, and nothing borrowed", evidence(Standing::Earned)),
            Trust::Mixed => match evidence(Standing::Earned) {
                "" => with("no earned evidence", rests),
                earned => format!("earned: {earned}; but {rests}"),
            },
        }
    }
}

/// Draws the map.
pub fn draw(analysis: &Analysis<'_>) -> ConfidenceMap {
    let stages =
        [change::stage, verification::stage, decision::stage, rollout::stage, detection::stage, recovery::stage];
    let felt = |stage| felt_of_stage(analysis.facts, analysis.facts.windows.current, stage);
    let of = |stage: fn(&Analysis<'_>) -> Gathered| {
        let mut gathered = stage(analysis);
        declared::add(analysis, &mut gathered);
        let stage = gathered.finish();
        Stage { felt: felt(Some(stage.id)), ..stage }
    };
    ConfidenceMap { stages: stages.map(of).into(), felt: felt(None) }
}

/// A metric against a threshold. Of durations, the share of cases beyond it is held against one half: that is where the
/// median is.
fn against(
    analysis: &Analysis<'_>,
    source: Source,
    id: MetricId,
    threshold: Threshold,
    statement: impl Fn(String) -> String,
    brief: impl Fn(&str) -> String,
) -> Option<MapReading> {
    let measured = analysis.measured(id)?;
    let info = &measured.metric.info;
    let limit = analysis.threshold(threshold);
    let higher = info.better == Some(Better::Higher);
    let (held, shown, short, bound) = match &measured.now.value {
        Value::Ratio { k, n } => {
            let least = if measured.metric.behind == Behind::Incidents {
                analysis.threshold(Threshold::MapIncidents)
            } else {
                analysis.threshold(Threshold::Releases)
            };
            let held = if higher { Held::at_least(limit, *k, *n, least) } else { Held::at_most(limit, *k, *n, least) };
            (held, rate(*k, *n), format!("{k} of {n}"), percent(limit))
        }
        Value::Durations(durations) => {
            let (k, n) = stats::longer_than(limit, durations);
            let reading = measured.now.reading();
            let held = Held::at_most(HALF, k, n, analysis.threshold(Threshold::MapIncidents));
            let shown = format!("{} (n={})", median(reading.value), reading.sample);
            // In little room: not within what was seen.
            let short = reading.value.map_or_else(|| format!("? (n={})", reading.sample), |_| shown.clone());
            (held, shown, short, duration(limit))
        }
        _ => return None,
    };
    let standing = held.standing().said_by(source);
    let said = match (standing, higher) {
        (Standing::Unproven, _) => format!(": too close to {bound} or too few to say"),
        (Standing::Earned, false) => format!(": not above {bound}"),
        (Standing::Earned, true) => format!(": not below {bound}"),
        (_, false) => format!(": above {bound}"),
        (_, true) => format!(": below {bound}"),
    };
    let sample = measured.now.reading().sample;
    let reading = MapReading::new(standing, sample, format!("{}{said}", statement(shown)), brief(&short)).of(id);
    Some(if higher { reading.at_least(&bound) } else { reading.at_most(&bound) })
}

/// What somebody does in a role, as rules say it after the name.
pub fn does(role: Role) -> &'static str {
    match role {
        Role::Releaser => "released",
        Role::Approver => "approved",
        Role::Responder => "responded to failures of",
        Role::Author => "wrote part of",
    }
}

/// How much a role rests on one person: a share above one half does.
fn concentration(analysis: &Analysis<'_>, role: Role, least: Threshold) -> Option<MapReading> {
    let does = does(role);
    let carried = analysis.roles.get(&role)?;
    let (person, k) = carried.top()?;
    let name = analysis.facts.history.person(person).name.raw();
    // What automation made alone says nothing of how much rests on whom.
    let by_people = carried.by_people();
    let least = analysis.threshold(least);
    let held = Held::at_most(HALF, k, carried.known, least);
    let enough = by_people as f64 >= least;
    let standing = if enough { held.standing().said_by(Source::Person) } else { Standing::Unproven };
    let unsure = match standing {
        Standing::Unproven if enough || by_people == carried.known => ", too close to one half or too few to say",
        Standing::Unproven => ", the others are automation's: too few to say",
        _ => "",
    };
    let guessed = analysis.guessed(role);
    let statement = format!("{name} {does} {}{unsure}{guessed}", rate(k, carried.known));
    let mine = |release: &crate::model::Release| {
        let people = if role == Role::Approver { &release.approvers } else { &release.releasers };
        people.contains(&person)
    };
    let releases = match role {
        Role::Releaser | Role::Approver => analysis.releases(|event| analysis.any(event, mine)),
        Role::Responder | Role::Author => Vec::new(),
    };
    let brief = format!("{} {k} of {}", first_name(name), carried.known);
    let reading = MapReading::new(standing, carried.known, statement, brief).at_most(&percent(HALF)).released(releases);
    Some(MapReading { role: Some(role), person: Some(Untrusted::from(name)), ..reading })
}

/// What a person is called in a cell: the first of several names.
fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}
