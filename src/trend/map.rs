//! The map over time: where each cell stood in each window, and what moved from borrowed to earned or back.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::{Facts, Span};
use crate::factor::{Role, carried};
use crate::map::{Cell, Cells, ConfidenceMap, MapReading, Source, StageId, Standing};
use crate::model::{Moment, Untrusted};

/// A cell of the map in each window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Strip {
    /// The stage.
    pub stage: StageId,
    /// The source.
    pub source: Source,
    /// How it stood in each window, oldest first.
    pub windows: Vec<StripCell>,
}

/// A cell of the map in one window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StripCell {
    /// Its standing.
    pub standing: Standing,
    /// What decided it, in a few words; null where nothing is on record.
    pub brief: Option<Untrusted>,
}

/// A cell that supports confidence now and did not, or the other way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Move {
    /// The stage.
    pub stage: StageId,
    /// The source.
    pub source: Source,
    /// The window that it last stood otherwise in.
    pub window: u32,
    /// The end of that window.
    pub then_until: Moment,
    /// How it stood then.
    pub then: Standing,
    /// How it stands now.
    pub now: Standing,
    /// What decided then, in a few words.
    pub then_says: Untrusted,
    /// What decides now.
    pub now_says: Untrusted,
    /// Where it is about one person: the same person's part then and now.
    pub person: Option<PersonThenNow>,
}

/// One person's part in a role, then and now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PersonThenNow {
    /// Who.
    pub person: Untrusted,
    /// Releases carried then.
    pub then: u64,
    /// Of how many.
    pub then_of: u64,
    /// Releases carried now.
    pub now: u64,
    /// Of how many.
    pub now_of: u64,
}

/// The cells of a stage, in the order of the map.
fn cells(cells: &Cells) -> [(Source, &Cell); 4] {
    [
        (Source::Evidence, &cells.evidence),
        (Source::Ritual, &cells.ritual),
        (Source::Timing, &cells.timing),
        (Source::Person, &cells.person),
    ]
}

fn decides(cell: &Cell) -> Option<&MapReading> {
    cell.readings.iter().find(|reading| reading.standing == cell.standing)
}

/// Each of the 24 cells in each window.
pub fn strips(maps: &[ConfidenceMap]) -> Vec<Strip> {
    let Some(last) = maps.last() else { return Vec::new() };
    let strip = |(stage, source): (usize, usize)| {
        let then = |cell: &Cell| StripCell {
            standing: cell.standing,
            brief: decides(cell).map(|reading| reading.brief.clone()),
        };
        let at = |map: &'_ ConfidenceMap| -> StripCell { then(cells(&map.stages[stage].cells)[source].1) };
        Strip {
            stage: last.stages[stage].id,
            source: cells(&last.stages[stage].cells)[source].0,
            windows: maps.iter().map(at).collect(),
        }
    };
    (0..last.stages.len()).flat_map(|stage| (0..4).map(move |source| (stage, source))).map(strip).collect()
}

/// Whether a standing is for or against confidence; `None` where it says neither.
fn supports(standing: Standing) -> Option<bool> {
    match standing {
        Standing::Earned => Some(true),
        Standing::Borrowed | Standing::Contradicted => Some(false),
        Standing::Unmeasured | Standing::Unproven => None,
    }
}

/// Of the windows before the last run, so many stand otherwise where something has moved and is no flutter.
const MOST: f64 = 2.0 / 3.0;
/// From so many windows that say something, a run of one is no move yet.
const SEVERAL: usize = 5;

/// A cell in one window that is for or against confidence.
struct Stand<'m> {
    window: usize,
    cell: &'m Cell,
    reading: &'m MapReading,
    /// Who it rests on, where on one person, by the first of that person's names. Who writes changes all the time.
    on: Option<&'m Untrusted>,
}

impl Stand<'_> {
    /// Whether it stands as another: on the same side, and on the same person where on one.
    fn like(&self, other: &Self) -> bool {
        supports(self.cell.standing) == supports(other.cell.standing) && self.on == other.on
    }
}

/// The first of all names that are likely one person's, by each of the others.
struct Names<'f>(HashMap<&'f Untrusted, &'f Untrusted>);

impl<'f> Names<'f> {
    fn of(facts: &'f Facts<'_>) -> Self {
        let name = |person| &facts.history.person(person).name;
        let others = facts.history.people_doubts.likely_one.names();
        Self(others.map(|(other, first)| (name(other), name(first))).collect())
    }

    fn first<'n>(&self, name: &'n Untrusted) -> &'n Untrusted
    where
        'f: 'n,
    {
        self.0.get(name).copied().unwrap_or(name)
    }
}

/// What a cell moved from and to: how it last stood otherwise, and how it stands now. Nothing where it flutters.
fn moved<'m>(stands: &'m [Stand<'m>]) -> Option<(&'m Stand<'m>, &'m Stand<'m>)> {
    let now = stands.last()?;
    let before = stands.iter().rposition(|stand| !stand.like(now))?;
    let then = &stands[before];
    let run = stands.len() - 1 - before;
    let alike = stands[..=before].iter().filter(|stand| stand.like(then)).count();
    let held = alike as f64 >= MOST * (before + 1) as f64;
    (held && (run > 1 || stands.len() < SEVERAL)).then_some((then, now))
}

/// The cells that stand otherwise now than in earlier windows, and those that rest on somebody else; of windows from `from`
/// on, which may be compared.
pub fn moves(facts: &Facts<'_>, windows: &[Span], maps: &[ConfidenceMap], from: usize) -> Vec<Move> {
    let Some(last) = maps.last() else { return Vec::new() };
    let places = last.stages.iter().enumerate().flat_map(|(at, stage)| {
        cells(&stage.cells)
            .map(|(source, _)| source)
            .into_iter()
            .enumerate()
            .map(move |(place, source)| (at, stage.id, place, source))
    });
    let names = Names::of(facts);
    let mut moves = Vec::new();
    for (at, stage, place, source) in places {
        let mut stands = Vec::new();
        for (window, map) in maps.iter().enumerate().skip(from) {
            let cell = cells(&map.stages[at].cells)[place].1;
            let reading = decides(cell).filter(|_| supports(cell.standing).is_some());
            stands.extend(reading.map(|reading| {
                let about = cell.standing == Standing::Borrowed && reading.role != Some(Role::Author);
                let on = reading.person.as_ref().filter(|_| about).map(|person| names.first(person));
                Stand { window, cell, reading, on }
            }));
        }
        // What nobody knows of the last window has not moved.
        let Some((then, now)) = moved(&stands).filter(|(_, now)| now.window + 1 == maps.len()) else { continue };
        let earned = now.cell.standing == Standing::Earned;
        let rests = if earned { then.reading } else { now.reading };
        let (then_window, now_window) = (windows[then.window], windows[now.window]);
        let person = rests.person.as_ref().zip(rests.role).map(|(person, role)| {
            let (then, then_of) = part(facts, &names, then_window, role, person);
            let (now, now_of) = part(facts, &names, now_window, role, person);
            PersonThenNow { person: person.clone(), then, then_of, now, now_of }
        });
        // Whoever carries more than half by another name, too, has not let go, or not just begun.
        let (was, is) = (then.cell.standing == Standing::Earned, earned);
        if person.as_ref().is_some_and(|p| (was && 2 * p.then > p.then_of) || (is && 2 * p.now > p.now_of)) {
            continue;
        }
        moves.push(Move {
            stage,
            source,
            window: then.window as u32,
            then_until: then_window.end,
            then: then.cell.standing,
            now: now.cell.standing,
            then_says: then.reading.brief.clone(),
            now_says: now.reading.brief.clone(),
            person,
        });
    }
    moves
}

/// How many of the known releases of a window somebody carried, by whatever name.
fn part(facts: &Facts<'_>, names: &Names<'_>, window: Span, role: Role, person: &Untrusted) -> (u64, u64) {
    let carried = carried(facts, window, role);
    carried.part_of(window, |index| names.first(&facts.history.person(index).name) == names.first(person))
}

#[cfg(test)]
mod tests {
    use super::{Cell, MapReading, Stand, Standing, moved};

    /// The window that a cell last stood otherwise in, by the marks of a strip.
    fn last_otherwise(marks: &str) -> Option<usize> {
        let cells: Vec<Cell> = marks
            .chars()
            .map(|mark| {
                let standing = if mark == '+' { Standing::Earned } else { Standing::Borrowed };
                Cell { standing, readings: vec![MapReading { standing, ..reading() }] }
            })
            .collect();
        let stand =
            |(window, cell): (usize, &'static Cell)| Stand { window, cell, reading: &cell.readings[0], on: None };
        let cells: &'static [Cell] = Box::leak(cells.into_boxed_slice());
        let stands: Vec<Stand<'_>> = cells.iter().enumerate().map(stand).collect();
        moved(&stands).map(|(then, _)| then.window)
    }

    fn reading() -> MapReading {
        MapReading::new(Standing::Unmeasured, 20, "", "")
    }

    #[test]
    fn what_flutters_has_not_moved() {
        assert_eq!(last_otherwise("~~~~++++"), Some(3));
        assert_eq!(last_otherwise("~~+~++++"), Some(3));
        assert_eq!(last_otherwise("+++++~++"), None, "one window in between is no move");
        assert_eq!(last_otherwise("++~+~++~"), None, "nor is the last one alone");
        assert_eq!(last_otherwise("~+"), Some(0));
        assert_eq!(last_otherwise("++++"), None);
        assert_eq!(last_otherwise(""), None);
    }
}
