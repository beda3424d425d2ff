//! Controls that the repository declares, as milestones of the failure rate.

use std::collections::BTreeMap;

use crate::attribution::{Facts, Span};
use crate::metric::MetricId;
use crate::model::{Control, ControlKind, ControlSince, Controls, ReleaseIndex, Untrusted};

use super::course::{Course, TrendVerdict};
use super::milestones::{Compared, MilestonePlace, MilestoneTrend, correct};

/// Controls that the repository declares since a release of the windows, one milestone a release, where enough is known before
/// and after: how often releases failed. They part no others, and are corrected among themselves.
pub fn declared(facts: &Facts<'_>, courses: &[Option<Course>], compared: Option<Span>) -> Vec<MilestoneTrend> {
    let (Some(controls), Some(compared)) = (&facts.history.controls, compared) else { return Vec::new() };
    let rate = |course: &&Course| course.metric.info.id == MetricId::ChangeFailureRate;
    let Some(course) = courses.iter().flatten().find(rate) else { return Vec::new() };
    let by = Compared { facts, named: BTreeMap::new(), carried: None };
    let mut found: Vec<MilestoneTrend> = Vec::new();
    for (index, added) in introduced(facts, controls) {
        let release = facts.history.release(index);
        if release.released_at <= compared.start || release.released_at >= compared.end {
            continue;
        }
        let metric = by.compare(course, release.released_at, compared);
        if metric.verdict != TrendVerdict::TooFew {
            let first =
                added.iter().take(NAMED).map(|control| format!("{} ({})", control.kind.title(), control.path.raw()));
            let more = added.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            let title = format!("{}{more}, since {}", first.collect::<Vec<_>>().join(", "), release.tag.raw());
            let place = MilestonePlace::InWindows;
            let at = release.released_at;
            found.push(MilestoneTrend {
                at,
                title: Untrusted::new(title),
                place,
                declared: true,
                metrics: vec![metric],
            });
        }
    }
    correct(&mut found);
    found
}

/// Controls that a milestone names; the others are counted.
const NAMED: usize = 2;

/// The controls of a kind that was not there before, by the release that has them first.
fn introduced<'f>(facts: &Facts<'f>, controls: &'f Controls) -> BTreeMap<ReleaseIndex, Vec<&'f Control>> {
    let at = |index: ReleaseIndex| facts.history.release(index).released_at;
    let mut first: BTreeMap<ControlKind, Option<(ReleaseIndex, &'f Control)>> = BTreeMap::new();
    // What is only called so says nothing of when it came.
    let seen = controls.found.iter().zip(&controls.since).filter(|(control, _)| control.facts.only_by.is_none());
    for (control, since) in seen {
        let here = match since {
            ControlSince::Release(index) => Some((*index, control)),
            // It was there before anything that was looked at, in one place at least.
            ControlSince::Before(_) => None,
            ControlSince::Unknown | ControlSince::Unreleased => continue,
        };
        let known = first.entry(control.kind).or_insert(here);
        let earlier = known.zip(here).is_some_and(|((known, _), (here, _))| at(here) < at(known));
        if here.is_none() || earlier {
            *known = here;
        }
    }
    let mut found: BTreeMap<ReleaseIndex, Vec<&'f Control>> = BTreeMap::new();
    for (index, control) in first.into_values().flatten().filter(|(_, control)| !control.kind.is_weakness()) {
        found.entry(index).or_default().push(control);
    }
    found
}
