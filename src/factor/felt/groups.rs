use std::collections::{BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Before, PEOPLE, people};
use crate::attribution::Facts;
use crate::factor::{HotspotKind, Screening, Split, TimeSlot, TimeWindowKind, checks, local};
use crate::model::{CheckResult, Untrusted};
use crate::stats;

/// A comparison needs this many judged releases on each side.
const EXPOSED: usize = 5;
/// A difference is one at this p, corrected for all that were tested (Holm): of calibrated teams, at most one in twenty is
/// told of any.
const DIFFERENT: f64 = 0.05;

/// How sure people were of releases with something, and how these fared: beside those without it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeltGroup {
    /// What they have: `weekday:Friday`, `check:canary`.
    pub id: Untrusted,
    /// The same, so that "releases …" reads well.
    pub title: Untrusted,
    /// Those with it.
    pub with: FeltSide,
    /// Those without it.
    pub without: FeltSide,
    /// P of confidence as different by chance (permutation test of the means, two-sided), corrected (Holm).
    pub p_said: f64,
    /// P of outcomes as different by chance (Fisher, two-sided), corrected (Holm).
    pub p_held: f64,
    /// In a word.
    pub verdict: GroupVerdict,
    /// Whether the verdict is about those with it, rather than those without; of *earned*, which of the two is feared more.
    pub about_with: bool,
}

/// One side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeltSide {
    /// Mean confidence.
    pub said: f64,
    /// Releases that held.
    pub held: u64,
    /// Of so many.
    pub of: u64,
}

/// What confidence and outcomes say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupVerdict {
    /// Confidence is low, and the outcomes are not as bad as that.
    FearWithoutEvidence,
    /// Confidence is as high as elsewhere or higher, and the outcomes are not.
    FalseComfort,
    /// Where people are less sure, more fails.
    Earned,
    /// Too few to tell either from chance.
    TooFew,
    /// It would tell something, but for the releases of which another comparison tells it already: without these nothing is
    /// left. Where Fridays are feared, people are surer of all other days.
    NothingOfItsOwn,
}

impl FeltSide {
    fn of(releases: &[&Before<'_>]) -> Option<Self> {
        let held = releases.iter().filter(|before| before.held).count() as u64;
        let said = super::mean(releases.iter().map(|before| before.said))?;
        Some(Self { said, held, of: releases.len() as u64 })
    }

    /// The share that held.
    pub fn share(&self) -> f64 {
        self.held as f64 / self.of as f64
    }
}

/// A comparison, and the releases of it by their place: whether each has it.
struct Compared {
    group: FeltGroup,
    members: Vec<(usize, bool)>,
}

/// Every comparison that has enough on both sides, those that tell something first; and how many that are.
pub(super) fn all(facts: &Facts<'_>, screening: &Screening, judged: &[Before<'_>]) -> (Vec<FeltGroup>, u64) {
    let mut all = compared(facts, screening, judged);
    for corrected in [(|group| &mut group.p_said) as fn(&mut FeltGroup) -> &mut f64, |group| &mut group.p_held] {
        let p: Vec<f64> = all.iter_mut().map(|compared| *corrected(&mut compared.group)).collect();
        all.iter_mut().zip(stats::holm(&p)).for_each(|(compared, p)| *corrected(&mut compared.group) = p);
    }
    for Compared { group, .. } in &mut all {
        (group.verdict, group.about_with) = verdict(group);
    }
    keep_own(&mut all, judged);
    let mut groups: Vec<FeltGroup> = all.into_iter().map(|compared| compared.group).collect();
    groups.sort_by(|a, b| a.verdict.cmp(&b.verdict).then_with(|| strength(a).total_cmp(&strength(b))));
    let tested = groups.len() as u64;
    (groups, tested)
}

/// The smaller of both p.
fn strength(group: &FeltGroup) -> f64 {
    group.p_said.min(group.p_held)
}

/// Takes back what would not be told without the releases of which something stronger tells it.
fn keep_own(all: &mut [Compared], judged: &[Before<'_>]) {
    let apart = |compared: &Compared| (compared.group.with.said - compared.group.without.said).abs();
    all.sort_by(|a, b| strength(&a.group).total_cmp(&strength(&b.group)).then_with(|| apart(b).total_cmp(&apart(a))));
    let mut told: BTreeSet<usize> = BTreeSet::new();
    for compared in all.iter_mut().filter(|compared| compared.group.verdict < GroupVerdict::TooFew) {
        let left: Vec<_> = compared.members.iter().copied().filter(|(place, _)| !told.contains(place)).collect();
        let own = left.len() == compared.members.len()
            || one("", "", &sides(&left, judged), 1).is_some_and(|alone| verdict(&alone).0 < GroupVerdict::TooFew);
        if own {
            let about = compared.group.about_with;
            told.extend(compared.members.iter().filter(|(_, with)| *with == about).map(|(place, _)| *place));
        } else {
            compared.group.verdict = GroupVerdict::NothingOfItsOwn;
        }
    }
}

/// The releases with something, and those without.
fn sides<'b>(members: &[(usize, bool)], judged: &'b [Before<'b>]) -> [Vec<&'b Before<'b>>; 2] {
    [true, false].map(|side| {
        members.iter().filter(|(_, with)| *with == side).map(|(place, _)| &judged[*place]).collect::<Vec<_>>()
    })
}

/// Every comparison with enough on both sides, not yet corrected.
fn compared(facts: &Facts<'_>, screening: &Screening, judged: &[Before<'_>]) -> Vec<Compared> {
    let place: HashMap<usize, usize> =
        judged.iter().enumerate().map(|(place, before)| (before.number, place)).collect();
    let components = screening.hotspots.iter().filter(|spot| spot.kind == HotspotKind::Component).count();
    let candidates = screening.traits.len() + components + screening.checks.len() + TimeSlot::all().count();
    let mut all: Vec<Compared> = Vec::new();
    let mut add = |id: String, title: String, events: &mut dyn Iterator<Item = (usize, bool)>| {
        let members: Vec<_> = events.filter_map(|(event, with)| Some((*place.get(&event)?, with))).collect();
        let group = one(&id, &title, &sides(&members, judged), candidates);
        all.extend(group.map(|group| Compared { group, members }));
    };
    let of_split = |split: &Split| -> Vec<(usize, bool)> {
        split.members().iter().map(|member| (member.event as usize, member.with)).collect()
    };
    for found in &screening.traits {
        add(found.id.raw().to_owned(), found.title.raw().to_owned(), &mut of_split(&found.split).into_iter());
    }
    for spot in screening.hotspots.iter().filter(|spot| spot.kind == HotspotKind::Component) {
        let name = spot.name.raw();
        add(format!("component:{name}"), format!("of {name}"), &mut of_split(&spot.split).into_iter());
    }
    for slot in TimeSlot::all().filter(|slot| slot.kind() == TimeWindowKind::Hours) {
        let holds = |before: &Before<'_>| slot.holds(local(facts.events[before.number].released_at, facts.policy));
        let mut members = judged.iter().map(|before| (before.number, holds(before)));
        add(format!("hours:{}", slot.label()), format!("made {}", slot.on()), &mut members);
    }
    for check in &screening.checks {
        let name = check.name.raw();
        let result = |before: &Before<'_>| checks::result(facts, &facts.events[before.number], name);
        let invented = judged.iter().position(|before| result(before).is_some()).unwrap_or(judged.len());
        let passed = |before: &Before<'_>| (before.number, result(before) == Some(CheckResult::Pass));
        let mut members = judged[invented..].iter().map(passed);
        add(format!("check:{name}"), format!("that passed {name}"), &mut members);
    }
    all
}

/// A comparison, not yet corrected; `None` where a side is too small, or too few people stand behind it.
fn one(id: &str, title: &str, sides: &[Vec<&Before<'_>>; 2], tests: usize) -> Option<FeltGroup> {
    let enough = |side: &Vec<&Before<'_>>| side.len() >= EXPOSED && people(side.iter().copied()) >= PEOPLE;
    let [with, without] = sides;
    if !enough(with) || !enough(without) {
        return None;
    }
    let said = |side: &[&Before<'_>]| side.iter().map(|before| before.said).collect::<Vec<_>>();
    let p_said = stats::mean_difference(&said(with), &said(without), tests)?;
    let (with, without) = (FeltSide::of(with)?, FeltSide::of(without)?);
    let p_held = stats::two_rates(with.held, with.of, without.held, without.of)?.fisher_two_sided;
    Some(FeltGroup {
        id: Untrusted::new(id),
        title: Untrusted::new(title),
        with,
        without,
        p_said,
        p_held,
        verdict: GroupVerdict::TooFew,
        about_with: true,
    })
}

/// What the two differences say, and of which side. Outcomes that do not differ beyond chance are no proof that there is no
/// difference: a fear is called one without evidence only where the outcomes exclude (90%, Newcombe) what it says, and do not
/// hint at it.
fn verdict(group: &FeltGroup) -> (GroupVerdict, bool) {
    let (with, without) = (&group.with, &group.without);
    let said = with.said - without.said;
    let held = with.share() - without.share();
    let (said_differs, held_differs) = (group.p_said <= DIFFERENT, group.p_held <= DIFFERENT);
    if said_differs && held_differs && (said < 0.0) == (held < 0.0) {
        return (GroupVerdict::Earned, said < 0.0);
    }
    let Some(interval) = stats::newcombe(with.held, with.of, without.held, without.of, 0.90) else {
        return (GroupVerdict::TooFew, true);
    };
    if (interval.low..=interval.high).contains(&said) {
        return (GroupVerdict::TooFew, true);
    }
    if said_differs {
        // What the outcomes hint at, too, is not without evidence.
        if (said < 0.0 && interval.high < 0.0) || (said > 0.0 && interval.low > 0.0) {
            return (GroupVerdict::TooFew, true);
        }
        let (low, high) = if said < 0.0 { (with, without) } else { (without, with) };
        let (too_afraid, too_sure) = (low.share() - low.said, high.said - high.share());
        return if too_afraid >= too_sure {
            (GroupVerdict::FearWithoutEvidence, said < 0.0)
        } else {
            (GroupVerdict::FalseComfort, said >= 0.0)
        };
    }
    if held_differs {
        return (GroupVerdict::FalseComfort, held < 0.0);
    }
    (GroupVerdict::TooFew, true)
}
