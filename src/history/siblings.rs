//! What a tag's name does not say by itself: its siblings and the time at which it was made do.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{Datelike, NaiveDate};

use crate::model::{
    Changes, CommitId, DateSource, Moment, Notice, NoticeCode, Policy, Tag, Tagger, Untrusted, Version,
};

use super::draft::{Candidate, Stamp, moment};

/// Says of each tag with a word before its version that may belong to a component's name whether it does: it is a rehearsal
/// only where releases stand beside it. A prefix is read alike for all of its tags.
pub(super) fn settle_prefixes(candidates: &mut [Candidate], policy: &Policy) {
    let as_of = policy.as_of.timestamp();
    let made = |tag: &Tag| tag.tagger.as_ref().and_then(|tagger| tagger.time).is_none_or(|time| time < as_of);
    let mut doubtful: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        if let Some(name) = &candidate.otherwise {
            doubtful.entry(name.component.clone()).or_default().push(at);
        }
    }
    if doubtful.is_empty() {
        return;
    }
    let mut released: HashMap<&str, HashSet<_>> = HashMap::new();
    for candidate in candidates.iter().filter(|candidate| !candidate.prerelease && made(&candidate.tag)) {
        if let Some(version) = &candidate.version {
            released.entry(&candidate.component).or_default().insert(version.key());
        }
    }
    let mut components = Vec::new();
    for places in doubtful.values() {
        let other = |at: usize| candidates[at].otherwise.as_ref();
        let of = |&at: &usize| {
            let components = other(at).into_iter().flat_map(|reading| &reading.rehearses);
            components.filter_map(|component| released.get(component.as_str()))
        };
        let beside = |at: &usize| {
            let key = candidates[*at].version.as_ref().map(Version::key);
            key.is_some_and(|key| of(at).any(|versions| versions.contains(&key)))
        };
        let leads = |at: &usize| other(*at).is_some_and(|reading| reading.place_leads) && of(at).next().is_some();
        let rehearsing = places.iter().filter(|at| beside(at) || leads(at)).count();
        if 2 * rehearsing < places.len() {
            components.extend(places.iter().copied());
        }
    }
    for at in components {
        let candidate = &mut candidates[at];
        if let Some(name) = candidate.otherwise.take() {
            candidate.prerelease = name.prerelease;
            candidate.rehearsal_prefix = false;
            if !name.configured {
                candidate.component = name.component;
            }
        }
    }
}

/// When each tag was made: its tagger says so, else its commit does, which `committed` may know where no release holds it.
pub(super) fn date(candidates: &mut [Candidate], changes: &Changes, committed: &HashMap<CommitId, (i64, i16)>) {
    for candidate in candidates {
        candidate.stamp = match &candidate.tag.tagger {
            Some(Tagger { time: Some(time), offset, .. }) => {
                Some(Stamp { at: moment(*time, *offset), source: DateSource::Tagger })
            }
            _ => {
                commit_time(candidate.commit, changes, committed).map(|at| Stamp { at, source: DateSource::Committer })
            }
        };
    }
}

fn commit_time(commit: CommitId, changes: &Changes, committed: &HashMap<CommitId, (i64, i16)>) -> Option<Moment> {
    let read = changes.index_of(commit).map(|index| (changes.commit_time(index), changes.commit_offset(index)));
    read.or_else(|| committed.get(&commit).copied()).map(|(time, offset)| moment(time, offset))
}

/// Tags with no more than this between them were made in one sitting.
const PAUSE: chrono::TimeDelta = chrono::TimeDelta::hours(1);
/// Fewer tags than this are no event.
const BULK: usize = 5;
/// Releases of old lines may come on one day; their commits do not lie this far apart.
const APART: chrono::TimeDelta = chrono::TimeDelta::days(180);

/// Tags that were made in one sitting for commits of years tell when somebody tagged, not when somebody released: an import,
/// a migration, a team that begins to tag. They get their commits' times.
pub(super) fn undo_bulk(
    candidates: &mut [Candidate],
    changes: &Changes,
    committed: &HashMap<CommitId, (i64, i16)>,
    notices: &mut Vec<Notice>,
) {
    let tagged = |candidate: &Candidate| {
        candidate.stamp.filter(|stamp| stamp.source == DateSource::Tagger).map(|stamp| stamp.at)
    };
    let mut order: Vec<(Moment, usize)> =
        candidates.iter().enumerate().filter_map(|(at, candidate)| Some((tagged(candidate)?, at))).collect();
    order.sort_unstable();
    let sittings = order.chunk_by(|(before, _), (next, _)| *next - *before <= PAUSE).filter(|tags| tags.len() >= BULK);
    for sitting in sittings {
        let times: BTreeMap<CommitId, Moment> = sitting
            .iter()
            .filter_map(|&(_, at)| {
                Some((candidates[at].commit, commit_time(candidates[at].commit, changes, committed)?))
            })
            .collect();
        let (Some(first), Some(last)) = (times.values().min().copied(), times.values().max().copied()) else {
            continue;
        };
        let (began, ended) = (sitting[0].0, sitting[sitting.len() - 1].0);
        if times.len() < BULK || last - first - (ended - began) < APART {
            continue;
        }
        for &(_, at) in sitting {
            if let Some(&committed) = times.get(&candidates[at].commit) {
                candidates[at].stamp = Some(Stamp { at: committed, source: DateSource::Committer });
            }
        }
        notices.push(Notice::new(
            NoticeCode::BulkTags,
            format!(
                "{} annotated tags were made in one sitting on {} for commits from {} to {}: an import or a migration; the \
                 commits' times are used for these releases",
                sitting.len(),
                began.format("%Y-%m-%d"),
                first.format("%Y-%m-%d"),
                last.format("%Y-%m-%d")
            ),
            "where a release went out at another time, say so with deployed_at in the release log",
        ));
    }
}

/// How far from the day in its name a tag may be made: a time zone and a release after midnight.
const ASIDE: i64 = 2;

/// `2023.07.01` is a day, or the first patch to 2023.07. It is a patch where the component has a 2023.07, where it counts
/// beyond the days of a month, or where most such tags were made days away from the day that they would name.
pub(super) fn settle_calendars(candidates: &mut [Candidate]) {
    let mut dotted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        if candidate.version.as_ref().is_some_and(|version| version.as_calendar().is_some()) {
            dotted.entry(candidate.component.clone()).or_default().push(at);
        }
    }
    if dotted.is_empty() {
        return;
    }
    let mut months: HashSet<(&str, &[u64])> = HashSet::new();
    let mut counting: HashSet<&str> = HashSet::new();
    for candidate in candidates.iter() {
        let Some(version) = candidate.version.as_ref().filter(|version| !version.date) else { continue };
        match version.numbers[..] {
            [year, 1..=12] if (1970..=2999).contains(&year) => {
                months.insert((&candidate.component, &version.numbers));
            }
            [year, 1..=12, day] if (1970..=2999).contains(&year) && (day == 0 || day > 31) => {
                counting.insert(&candidate.component);
            }
            _ => {}
        }
    }
    let patches: Vec<usize> = dotted
        .into_iter()
        .filter(|(component, places)| {
            let version = |at: &usize| candidates[*at].version.as_ref();
            let of_month = |at: &usize| {
                version(at).is_some_and(|version| months.contains(&(component.as_str(), &version.numbers[..2])))
            };
            let away = |at: &&usize| days_away(&candidates[**at]).is_some_and(|days| days > ASIDE);
            counting.contains(component.as_str())
                || places.iter().any(of_month)
                || 2 * places.iter().filter(away).count() > places.len()
        })
        .flat_map(|(_, places)| places)
        .collect();
    for at in patches {
        candidates[at].version = candidates[at].version.as_ref().and_then(Version::as_calendar);
    }
}

/// Days between the day in a tag's name and the day on which it was made.
fn days_away(candidate: &Candidate) -> Option<i64> {
    let (version, stamp) = (candidate.version.as_ref()?, candidate.stamp?);
    let part = |at: usize| version.numbers.get(at).and_then(|&number| u32::try_from(number).ok());
    let named = NaiveDate::from_ymd_opt(i32::try_from(part(0)?).ok()?, part(1)?, part(2)?)?;
    Some((i64::from(stamp.at.date_naive().num_days_from_ce()) - i64::from(named.num_days_from_ce())).abs())
}

/// So many versions that were rehearsed by numbers make a habit.
const HABIT: usize = 3;

/// `1.0.1-2` before 1.0.1 is a rehearsal of it, behind it (or without it) a release: a revision. So are builds (`21+34` before
/// 21-ga). Where a component has the habit, what it numbers beyond its newest version rehearses one that is yet to come.
pub(super) fn settle_numbered(candidates: &mut [Candidate]) {
    let mut plain: HashMap<Numbers<'_>, (Moment, BTreeSet<CommitId>)> = HashMap::new();
    for candidate in candidates.iter().filter(|candidate| !candidate.prerelease && !candidate.numbered) {
        if let (Some(version), Some(Stamp { at, .. })) = (&candidate.version, candidate.stamp)
            && version.after.is_empty()
        {
            let entry = plain.entry(numbers(candidate, version)).or_insert_with(|| (at, BTreeSet::new()));
            entry.0 = entry.0.min(at);
            entry.1.insert(candidate.commit);
        }
    }
    let mut rehearsals = Vec::new();
    let mut rehearsed = HashSet::new();
    let mut promoted = Vec::new();
    for (place, candidate) in candidates.iter().enumerate().filter(|(_, candidate)| candidate.numbered) {
        let Some(version) = candidate.version.as_ref() else { continue };
        let numbers = numbers(candidate, version);
        if let (Some((released, commits)), Some(Stamp { at, .. })) = (plain.get(&numbers), candidate.stamp) {
            if at < *released {
                rehearsals.push(place);
                rehearsed.insert(numbers);
            } else if at == *released && commits.contains(&candidate.commit) {
                promoted.push((place, numbers));
            }
        }
    }
    // Two tags of the commit itself on one commit tell no order; what its siblings count, it counts.
    rehearsals.extend(promoted.iter().filter(|(_, numbers)| rehearsed.contains(numbers)).map(|(place, _)| *place));
    rehearsals.extend(yet_to_come(candidates, &plain, &rehearsed));
    for place in rehearsals {
        candidates[place].prerelease = true;
    }
}

/// The numbered tags of versions beyond a component's newest one, where it rehearsed its newest few so, one and all.
fn yet_to_come<V>(
    candidates: &[Candidate],
    plain: &HashMap<Numbers<'_>, V>,
    rehearsed: &HashSet<Numbers<'_>>,
) -> Vec<usize> {
    let mut versions: HashMap<&str, BTreeSet<&[u64]>> = HashMap::new();
    for &(component, numbers) in plain.keys() {
        versions.entry(component).or_default().insert(numbers);
    }
    // The newest version of those that have the habit.
    let newest = |(component, versions): (&'_ str, &BTreeSet<&[u64]>)| {
        let so =
            versions.iter().rev().take(HABIT).filter(|numbers| rehearsed.contains(&(component, **numbers))).count();
        (so == HABIT).then(|| versions.last().map(|numbers| numbers.to_vec())).flatten()
    };
    let newest: HashMap<&str, Vec<u64>> = versions
        .iter()
        .filter_map(|(&component, versions)| Some((component, newest((component, versions))?)))
        .collect();
    let beyond = |candidate: &Candidate| {
        let (component, numbers) = numbers(candidate, candidate.version.as_ref()?);
        Some(numbers > newest.get(component)?.as_slice())
    };
    let numbered = candidates.iter().enumerate().filter(|(_, candidate)| candidate.numbered);
    numbered.filter(|(_, candidate)| beyond(candidate) == Some(true)).map(|(place, _)| place).collect()
}

/// A component and the numbers of a version of it.
type Numbers<'c> = (&'c str, &'c [u64]);

fn numbers<'c>(candidate: &'c Candidate, version: &'c Version) -> Numbers<'c> {
    (&candidate.component, version.significant())
}

/// Takes out what was made at the as-of time or later, unless the release log tells of an earlier deployment.
pub(super) fn made_later(
    candidates: &mut Vec<Candidate>,
    policy: &Policy,
    logged: &HashSet<&Untrusted>,
) -> Vec<Candidate> {
    let later = |candidate: &mut Candidate| {
        candidate.stamp.is_some_and(|stamp| stamp.at >= policy.as_of) && !logged.contains(&candidate.name)
    };
    candidates.extract_if(.., later).collect()
}
