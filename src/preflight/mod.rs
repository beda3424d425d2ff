//! What is about to ship, its odds, and what it must earn first.

mod evidence;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::{Facts, LogReport};
use crate::factor::{Hotspot, HotspotKind, Screening, TimeWindow, Values, conventional, local, timing};
use crate::forecast::{Alike, Forecast, Forecaster, Quality};
use crate::model::{Basis, ChangeIndex, LinkReport, Moment, PolicyFrom, ReleaseFlag, ReleaseIndex, Untrusted};
use crate::stats;

pub use crate::forecast::Base;
pub use evidence::{Evidence, EvidenceSource, EvidenceState};

/// The contract's number; it grows when a script could break.
const SCHEMA: u32 = 1;
/// Authors named.
const NAMED: usize = 10;

/// The planned release, its odds, and what it must earn first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Preflight {
    /// The contract's number.
    pub schema: u32,
    /// The moment it stands at.
    pub as_of: Moment,
    /// What was asked about, as typed.
    pub rev: Untrusted,
    /// Its commit; null without git.
    pub commit: Option<String>,
    /// The tag it would get, where that was said.
    pub tag: Option<Untrusted>,
    /// The components whose releases it follows.
    pub components: Vec<Untrusted>,
    /// The newest release of these components.
    pub newest: Untrusted,
    /// The newest release in its own history; null where there is none.
    pub since: Option<Untrusted>,
    /// What it ships.
    pub change: Change,
    /// The incident log.
    pub log: LogReport,
    /// Where commits and tags can be looked at.
    pub links: LinkReport,
    /// Whether failures are inferred from git, instead of declared.
    pub inferred: bool,
    /// The chance that any release of the window fails.
    pub base: Option<Base>,
    /// Why there is none.
    pub no_base_because: Option<String>,
    /// The forecast for this one; null where history supports nothing better than the base rate.
    pub forecast: Option<Forecast>,
    /// What such forecasts have been worth.
    pub quality: Quality,
    /// Past releases that are most like it, nearest first.
    pub alike: Vec<Alike>,
    /// What is required of it.
    pub evidence: Vec<Evidence>,
    /// The highest chance of failure that the configuration allows.
    pub max_chance: Option<f64>,
    /// Whether it may ship.
    pub verdict: Verdict,
    /// Why not, or what to know.
    pub reasons: Vec<Untrusted>,
    /// The commit whose settings and log entries decide; null where it is what is checked out.
    pub policy_from: Option<PolicyFrom>,
}

/// What was asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The revision, as typed.
    pub rev: Untrusted,
    /// The tag that it would get.
    pub tag: Option<Untrusted>,
    /// The highest chance of failure that is allowed.
    pub max_chance: Option<f64>,
    /// Who says what: names of evidence that did not come from the release log.
    pub said: BTreeMap<String, EvidenceSource>,
}

/// Whether it may ship.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything that is required is there, and the odds are within the limit.
    Ready,
    /// Something is missing, or the odds exceed the limit.
    NotReady,
    /// There is nothing to ship.
    Nothing,
}

/// What is about to ship.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Commits without merges.
    pub commits: u64,
    /// Merge commits.
    pub merges: u64,
    /// How many wrote them.
    pub authors: u64,
    /// Who, by name; at most ten.
    pub author_names: Vec<Untrusted>,
    /// Age of the oldest commit, by author date, seconds.
    pub oldest_seconds: Option<f64>,
    /// Median age, seconds.
    pub median_age_seconds: Option<f64>,
    /// Commits by declared type.
    pub types: BTreeMap<String, u64>,
    /// Classes of risky change that it touches; null where the paths could not be read.
    pub risk: Option<Vec<String>>,
    /// Parts of the code it touches whose releases fail more often, beyond chance.
    pub hot: Vec<Hotspot>,
    /// Past releases with fewer commits.
    pub smaller: u64,
    /// Of how many.
    pub compared: u64,
    /// The weekday and the hours it is now.
    pub windows: Vec<TimeWindow>,
    /// Seconds since the newest release.
    pub since_last_seconds: Option<f64>,
    /// Who is about to release.
    pub releasers: Vec<Releaser>,
}

/// Who is about to release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Releaser {
    /// Who.
    pub person: Untrusted,
    /// Releases before.
    pub releases: u64,
    /// Of them judged.
    pub judged: u64,
    /// Of them failed.
    pub failed: u64,
    /// Inferred from the commit: nobody said who.
    pub inferred: bool,
}

impl Preflight {
    /// Looks at a planned release. `None` where it, or any release before it, is not in the scope of the history.
    pub fn of(facts: &Facts<'_>, planned: ReleaseIndex, asked: Asked) -> Option<Self> {
        let Asked { rev, tag, max_chance, said } = asked;
        let number = facts.event_of[planned]? as usize;
        let release = facts.history.release(planned);
        let before = facts.events.iter().filter(|event| event.exposed).flat_map(|event| event.releases.iter().copied());
        let newest = before
            .filter(|&index| index != planned)
            .max_by_key(|&index| (facts.history.release(index).released_at, index))?;
        let values = Values::of(facts);
        let screening = Screening::of(facts, &values);
        let forecaster = Forecaster::of(facts, &values);
        let quality = forecaster.quality();
        let change = change(facts, planned, &screening);
        let forecast = quality.usable.then(|| forecaster.forecast(number)).flatten();
        let base = Base::of(facts);
        let evidence =
            evidence::of(facts, release, change.risk.as_deref().unwrap_or_default(), &screening.checks, &said);
        let chance = forecast.as_ref().map(|forecast| forecast.probability).or(base.as_ref().map(|b| b.probability));
        let nothing = change.commits + change.merges == 0;
        let reasons = if nothing { Vec::new() } else { reasons(facts, &change, &evidence, chance, max_chance) };
        let verdict = match (nothing, &reasons[..]) {
            (true, _) => Verdict::Nothing,
            (false, []) => Verdict::Ready,
            (false, _) => Verdict::NotReady,
        };
        Some(Self {
            schema: SCHEMA,
            as_of: facts.policy.as_of,
            rev,
            commit: release.commit.map(|commit| facts.history.changes.id(commit).to_string()),
            tag,
            components: facts.scope.components.iter().map(|&c| facts.history.component(c).name.clone()).collect(),
            newest: facts.history.release(newest).tag.clone(),
            since: release.predecessor.map(|index| facts.history.release(index).tag.clone()),
            change,
            log: facts.log(),
            links: LinkReport::of(facts.policy, facts.history.repository.as_ref()),
            inferred: base.as_ref().is_some_and(|base| base.basis == Basis::Inferred),
            no_base_because: base.is_none().then(|| facts.unjudged(facts.windows.current).to_owned()),
            base,
            forecast,
            quality,
            alike: forecaster.alike(number),
            evidence,
            max_chance,
            verdict,
            reasons: reasons.into_iter().map(Untrusted::new).collect(),
            policy_from: None,
        })
    }
}

fn reasons(
    facts: &Facts<'_>,
    change: &Change,
    evidence: &[Evidence],
    chance: Option<f64>,
    limit: Option<f64>,
) -> Vec<String> {
    let mut reasons = Vec::new();
    for evidence in evidence.iter().filter(|evidence| evidence.standing != EvidenceState::There) {
        let by = evidence.required_by.iter().map(Untrusted::raw).collect::<Vec<_>>().join(", ");
        let how = if evidence.standing == EvidenceState::Failed { "did not pass" } else { "is missing" };
        reasons.push(format!("{} {how}: required by {by}", evidence.name.raw()));
    }
    // What cannot be looked at must not pass as harmless.
    if change.risk.is_none() && facts.policy.risk.iter().any(|class| !class.requires.is_empty()) {
        reasons.push("its paths could not be read: which classes of risky change it has is not known".to_owned());
    }
    match (limit, chance) {
        (Some(limit), Some(chance)) if chance > limit => {
            reasons.push(format!(
                "it fails with a chance of {:.0}%, more than the {:.0}% that [preflight] max_chance allows",
                chance * 100.0,
                limit * 100.0
            ));
        }
        (Some(_), None) => reasons.push("no past release is judged yet: its odds are not known".to_owned()),
        _ => {}
    }
    reasons
}

fn change(facts: &Facts<'_>, planned: ReleaseIndex, screening: &Screening) -> Change {
    let changes = &facts.history.changes;
    // Over several components a commit that is tagged already shares its event: what is new is the planned release's own.
    let commits: Vec<ChangeIndex> = facts.history.plain_work(planned).collect();
    let mut by_author: BTreeMap<_, u64> = BTreeMap::new();
    let mut types: BTreeMap<String, u64> = BTreeMap::new();
    for &commit in &commits {
        *by_author.entry(facts.history.author(commit)).or_default() += 1;
        let declared: BTreeSet<_> = conventional(changes.subject(commit).raw()).collect();
        for kind in declared {
            *types.entry(kind.to_owned()).or_default() += 1;
        }
    }
    let mut authors: Vec<_> = by_author.into_iter().collect();
    authors.sort_by_key(|&(person, count)| (std::cmp::Reverse(count), person));
    let now = facts.policy.as_of.timestamp();
    // A clock that runs ahead makes no commit younger than now.
    let ages: Vec<f64> = commits.iter().map(|&commit| (now - changes.author_time(commit)).max(0) as f64).collect();
    let past = || facts.events.iter().filter(|past| past.exposed && !past.first && !past.releases.contains(&planned));
    let touched = facts.history.touched.get(&planned);
    let hot = screening.hotspots.iter().filter(|spot| {
        let within = spot.kind == HotspotKind::Folder
            && touched.is_some_and(|touched| touched.folders.contains(spot.name.raw()));
        within && spot.split.differs() && spot.split.fails_more()
    });
    let newest = past().map(|past| past.released_at).max();
    Change {
        commits: commits.len() as u64,
        merges: u64::from(facts.history.release(planned).ships.merges),
        authors: authors.len() as u64,
        author_names: authors
            .iter()
            .take(NAMED)
            .map(|&(person, _)| facts.history.person(person).name.clone())
            .collect(),
        oldest_seconds: ages.iter().copied().reduce(f64::max),
        median_age_seconds: stats::median(&ages),
        types,
        risk: touched.map(|touched| touched.risk.iter().cloned().collect()),
        hot: hot.cloned().collect(),
        smaller: past().filter(|past| facts.commits(past).count() < commits.len()).count() as u64,
        compared: past().count() as u64,
        windows: windows(facts),
        since_last_seconds: newest.map(|newest| (facts.policy.as_of - newest).num_seconds() as f64),
        releasers: releasers(facts, planned),
    }
}

/// The weekday and the hours of now, over the releases of the window.
fn windows(facts: &Facts<'_>) -> Vec<TimeWindow> {
    let now = local(facts.policy.as_of, facts.policy);
    let holds = |window: &TimeWindow| window.slot.holds(now);
    timing(facts, facts.windows.current).windows.into_iter().filter(holds).collect()
}

fn releasers(facts: &Facts<'_>, planned: ReleaseIndex) -> Vec<Releaser> {
    let release = facts.history.release(planned);
    let inferred = release.has(ReleaseFlag::ReleaserInferred);
    let record = |&person: &crate::model::PersonIndex| {
        let theirs = || {
            facts.events.iter().filter(|event| !event.releases.contains(&planned)).filter(move |event| {
                event.releases.iter().any(|&index| facts.history.release(index).releasers.contains(&person))
            })
        };
        Releaser {
            person: facts.history.person(person).name.clone(),
            releases: theirs().count() as u64,
            judged: theirs().filter(|event| facts.learns_from(event)).count() as u64,
            failed: theirs().filter(|event| facts.learns_from(event) && event.failed()).count() as u64,
            inferred,
        }
    };
    release.releasers.iter().map(record).collect()
}
