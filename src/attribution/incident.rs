use std::cell::LazyCell;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use crate::history::{Shipping, Takebacks, fixes_of};
use crate::model::{
    Arena, Cause, CausedBy, ChangeIndex, Component, ComponentIndex, History, Incident, IncidentKind, Mark, Moment,
    Notice, Policy, Precision, Release, ReleaseIndex, Untrusted, Version, VersionKey, VersionRange,
};

use super::by_version::{ByVersion, Slice};
use super::untraced::{Untraced, ambiguous, releases_nothing, unknown_release};
use super::{Scope, Tier};

/// Why an incident of a component without releases belongs to none.
const RELEASES_NOTHING: &str = "of a component that releases nothing here";
/// What became of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It counts as a failure of the release that it is attributed to.
    Failure,
    /// Attributed to none; why.
    Unattributed(&'static str),
    /// Its named cause is no change.
    NotChange,
    /// Caught in time.
    NearMiss,
    /// An exercise.
    Drill,
    /// Of a severity that does not count.
    OtherSeverity,
    /// Of another environment.
    OtherEnvironment,
    /// Of a component that is not reviewed.
    OtherComponent,
    /// Its release was made when no log was kept: what git suggests decides over that release.
    Uncovered,
    /// Not known yet at `as_of`.
    Later,
}

/// The releases at fault, and the rule that named them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The release that introduced the fault: of several, the earliest that users met. The incident stands in time where it
    /// does, and is measured from it.
    pub release: ReleaseIndex,
    /// The others at fault, in order: only a log that names several has them.
    pub others: Vec<ReleaseIndex>,
    /// The rule.
    pub tier: Tier,
}

impl Link {
    fn to(release: ReleaseIndex, tier: Tier) -> Self {
        Self { release, others: Vec::new(), tier }
    }

    /// Every release at fault, the one that is measured from first.
    pub fn releases(&self) -> impl Iterator<Item = ReleaseIndex> + '_ {
        std::iter::once(self.release).chain(self.others.iter().copied())
    }

    /// With those releases alone that satisfy a condition; `None` where none does.
    pub(super) fn only(&self, wanted: impl Fn(ReleaseIndex) -> bool) -> Option<Self> {
        let mut releases = self.releases().filter(|&release| wanted(release));
        Some(Self { release: releases.next()?, others: releases.collect(), tier: self.tier })
    }
}

/// What became of an incident, and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribution {
    /// Whether it counts, and if not, why.
    pub fate: Fate,
    /// The release, where one was found. Near misses may have one too: it is shown, never counted.
    pub link: Option<Link>,
    /// Releases in which the fault is, the introducing ones included, where a range or a list named them.
    pub affected: Affected,
}

/// Releases in which a fault is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected(Faulty);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Faulty {
    /// As a list named them, in order.
    Listed(Vec<ReleaseIndex>),
    /// As a range named them: one slice for each list of releases that was searched. A range may hold thousands, and so may
    /// a log of ranges.
    Range(Vec<Slice>),
}

impl Default for Faulty {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl Affected {
    /// The releases: in order where a list named them, by time where a range did.
    pub fn releases(&self, history: &History) -> Vec<ReleaseIndex> {
        match &self.0 {
            Faulty::Listed(releases) => releases.clone(),
            Faulty::Range(slices) => {
                let mut releases: Vec<_> = slices.iter().flat_map(Slice::releases).copied().collect();
                releases.sort_unstable_by_key(|&index| (history.release(index).released_at, index));
                releases
            }
        }
    }
}

/// Attributes every incident.
pub(super) fn attribute(
    history: &History,
    policy: &Policy,
    scope: &Scope,
    takebacks: &Takebacks<'_>,
    notices: &mut Vec<Notice>,
) -> Vec<Attribution> {
    if history.incidents.is_empty() {
        return Vec::new();
    }
    let finder = Finder::new(history, policy, scope, takebacks);
    // Why a tag is no release; asked for where an incident names one.
    let skipped = LazyCell::new(|| {
        history.tags.skipped.iter().map(|skipped| (&skipped.tag, skipped.reason)).collect::<HashMap<_, _>>()
    });
    let mut elsewhere: Vec<&Incident> = Vec::new();
    let attributions = history
        .incidents
        .iter()
        .map(|incident| {
            let (attribution, untraced) = finder.attribute(incident);
            notices.extend(unknown_release(incident, &untraced.unknown, |tag| skipped.get(tag).copied()));
            notices.extend(ambiguous(incident, &untraced.ambiguous).filter(|_| attribution.link.is_some()));
            if attribution.fate == Fate::Unattributed(RELEASES_NOTHING) {
                elsewhere.push(incident);
            }
            attribution
        })
        .collect();
    notices.extend(releases_nothing(&elsewhere));
    attributions
}

struct Finder<'a> {
    history: &'a History,
    policy: &'a Policy,
    scope: &'a Scope,
    takebacks: &'a Takebacks<'a>,
    shipping: Shipping,
    /// Of each component, what users met and when, oldest first.
    live: Arena<ComponentIndex, Vec<(Moment, ReleaseIndex)>>,
    /// The same of all reviewed components together.
    live_here: Vec<(Moment, ReleaseIndex)>,
    /// Components by name.
    components: HashMap<&'a str, ComponentIndex>,
    /// Releases by tag and alias.
    tagged: HashMap<&'a str, Vec<ReleaseIndex>>,
    /// Releases by version.
    versioned: HashMap<VersionKey<'a>, Vec<ReleaseIndex>>,
    /// What ranges are looked for in, made when first asked: each component, the reviewed ones together, the others.
    ranged: Arena<ComponentIndex, OnceCell<ByVersion>>,
    ranged_here: OnceCell<ByVersion>,
    ranged_elsewhere: OnceCell<ByVersion>,
    times: OnceCell<Times>,
}

/// Releases by when they were made; of one moment, by their place in the history.
struct Times {
    /// The place of each release.
    place: Vec<u32>,
    /// The release at each place.
    order: Vec<ReleaseIndex>,
}

/// Components that are searched together.
enum Searched {
    /// Those that the incident names.
    Named(Vec<ComponentIndex>),
    /// The reviewed ones.
    Here,
    /// All others.
    Elsewhere,
}

/// What looking for the release of an incident gave.
enum Found {
    Link(Link, Affected),
    Nothing { why: &'static str, affected: Affected },
}

impl Found {
    fn nothing(why: &'static str) -> Self {
        Self::Nothing { why, affected: Affected::default() }
    }
}

/// What a name means.
enum Named {
    Release(ReleaseIndex),
    Ambiguous,
}

impl<'a> Finder<'a> {
    fn new(history: &'a History, policy: &'a Policy, scope: &'a Scope, takebacks: &'a Takebacks<'a>) -> Self {
        let mut live: Arena<ComponentIndex, Vec<_>> = history.components.iter().map(|_| Vec::new()).collect();
        let mut tagged: HashMap<_, Vec<_>> = HashMap::new();
        let mut versioned: HashMap<_, Vec<_>> = HashMap::new();
        for (at, release) in history.releases.iter().enumerate() {
            let index = ReleaseIndex(at as u32);
            if exposed(release) {
                live[release.component].push((release.released_at, index));
            }
            for name in std::iter::once(&release.tag).chain(&release.aliases) {
                tagged.entry(name.raw()).or_default().push(index);
            }
            if let Some(version) = &release.version {
                versioned.entry(version.key()).or_default().push(index);
            }
        }
        let mut live_here = Vec::new();
        for component in history.components.indices() {
            live[component].sort_unstable();
            if scope.holds(component) {
                live_here.extend_from_slice(&live[component]);
            }
        }
        live_here.sort_unstable();
        let name = |(index, component): (ComponentIndex, &'a Component)| (component.name.raw(), index);
        Self {
            history,
            policy,
            scope,
            takebacks,
            shipping: Shipping::of(
                history,
                history.incidents.iter().flat_map(|incident| culprits(history, takebacks, incident)),
            ),
            live,
            live_here,
            components: history.components.indexed().map(name).collect(),
            tagged,
            versioned,
            ranged: history.components.iter().map(|_| OnceCell::new()).collect(),
            ranged_here: OnceCell::new(),
            ranged_elsewhere: OnceCell::new(),
            times: OnceCell::new(),
        }
    }

    fn attribute<'i>(&self, incident: &'i Incident) -> (Attribution, Untraced<'i>) {
        let bare = |fate| (Attribution { fate, link: None, affected: Affected::default() }, Untraced::default());
        if incident.anchor().is_some_and(|surfaced| surfaced >= self.policy.as_of) {
            return bare(Fate::Later);
        }
        if incident.environment.as_ref().is_some_and(|name| !name.raw().eq_ignore_ascii_case(&self.policy.environment))
        {
            return bare(Fate::OtherEnvironment);
        }
        let named = self.named_components(incident);
        let elsewhere = !named.is_empty() && named.iter().all(|&component| !self.scope.holds(component));
        if elsewhere && incident.caused_by.is_none() {
            return bare(Fate::OtherComponent);
        }
        let verdict = match (incident.kind, incident.cause()) {
            (IncidentKind::NearMiss, _) => Some(Fate::NearMiss),
            (IncidentKind::Drill, _) => Some(Fate::Drill),
            (_, Cause::External | Cause::Capacity) => Some(Fate::NotChange),
            (_, Cause::Change | Cause::Unknown) => None,
        };
        // What never counts is linked only to a release that it names: time alone would invent one.
        let mut untraced = Untraced::default();
        let found = self.find(incident, &named, verdict.is_none(), &mut untraced);
        let (link, affected, why) = match found {
            Found::Link(link, affected) => {
                let ours = |release| self.scope.holds(self.history.release(release).component);
                let Some(link) = link.only(ours) else { return bare(Fate::OtherComponent) };
                (Some(link), affected, "")
            }
            // What hurt elsewhere and cannot be traced to a release of ours stays there.
            Found::Nothing { .. } if elsewhere => return bare(Fate::OtherComponent),
            Found::Nothing { why, affected } => (None, affected, why),
        };
        let counts = self.policy.severities.is_empty()
            || incident.severity.as_ref().is_some_and(|severity| {
                self.policy.severities.iter().any(|wanted| wanted.eq_ignore_ascii_case(severity.raw()))
            });
        let fate = match (verdict, &link) {
            (Some(fate), _) => fate,
            (None, _) if !counts => Fate::OtherSeverity,
            (None, Some(_)) => Fate::Failure,
            (None, None) => Fate::Unattributed(why),
        };
        (Attribution { fate, link, affected }, untraced)
    }

    /// The components of the history that the incident names, in its order.
    fn named_components(&self, incident: &Incident) -> Vec<ComponentIndex> {
        let named = incident.components.iter().filter_map(|name| self.components.get(name.raw()));
        let mut named: Vec<ComponentIndex> = named.copied().collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    fn find<'i>(
        &self,
        incident: &'i Incident,
        named: &[ComponentIndex],
        by_time: bool,
        untraced: &mut Untraced<'i>,
    ) -> Found {
        // The component says where it hurt: it comes first, and forbids nothing that is named. Then the reviewed ones, then
        // the others: a release of another component is a real answer ("not ours"), but never better than one of ours. What
        // was not found in a named component is not found there again.
        let searched = [Searched::Named(named.to_vec()), Searched::Here, Searched::Elsewhere];
        match &incident.caused_by {
            Some(CausedBy::Nothing) => Found::nothing("the log says that no release caused it"),
            Some(CausedBy::Releases(names)) => self.by_names(names, &searched, untraced),
            Some(CausedBy::Commit(_)) => self
                .by_commits(&culprits(self.history, self.takebacks, incident), &searched, Tier::Commit)
                .unwrap_or(Found::nothing("names a commit that no release ships")),
            Some(CausedBy::FixedBy(id)) => match self.history.changes.find(id.raw()) {
                None => Found::nothing("names a fix that no release ships"),
                Some(_) => self
                    .by_commits(&culprits(self.history, self.takebacks, incident), &searched, Tier::Revert)
                    .unwrap_or(Found::nothing("names a fix that points at no released commit")),
            },
            Some(CausedBy::Range(text)) => match VersionRange::parse(text.raw()) {
                Err(_) => Found::nothing("names a range that cannot be read"),
                Ok(range) => self.by_range(&range, &searched),
            },
            None if !by_time => Found::nothing("names no release"),
            None if named.is_empty() && self.releases_nothing(incident) => Found::nothing(RELEASES_NOTHING),
            None => self.by_time(incident, named),
        }
    }

    /// Whether the components of an incident are others than those that release here. Where `root` is the only one, they
    /// are parts of it.
    fn releases_nothing(&self, incident: &Incident) -> bool {
        let root = |name: &Untrusted| name.raw() == "root";
        let parts = self.history.components.iter().all(|component| root(&component.name));
        !incident.components.is_empty() && !parts
    }

    /// Each name means a release of its own, or says nothing: the others are at fault all the same.
    fn by_names<'i>(&self, names: &'i [Untrusted], searched: &[Searched], untraced: &mut Untraced<'i>) -> Found {
        let mut releases = Vec::new();
        let mut seen = HashSet::new();
        for name in names.iter().filter(|name| seen.insert(name.raw())) {
            match searched.iter().find_map(|searched| self.by_name(name, searched)) {
                Some(Named::Release(release)) => releases.push(release),
                Some(Named::Ambiguous) => untraced.ambiguous.push(name),
                None => untraced.unknown.push(name),
            }
        }
        // What users never met did not hurt them: where they met another one, that one is measured from.
        let order = |&release: &ReleaseIndex| (!exposed(self.history.release(release)), release);
        releases.sort_unstable_by_key(order);
        releases.dedup();
        match releases.split_first() {
            Some((&first, [])) => Found::Link(Link::to(first, Tier::Explicit), Affected::default()),
            Some((&first, others)) => {
                let link = Link { release: first, others: others.to_vec(), tier: Tier::Explicit };
                releases.sort_unstable();
                Found::Link(link, Affected(Faulty::Listed(releases)))
            }
            None if untraced.unknown.is_empty() => {
                Found::nothing("names a version that several components have: add component")
            }
            None => Found::nothing("names an unknown release"),
        }
    }

    fn by_name(&self, name: &Untrusted, searched: &Searched) -> Option<Named> {
        let place = |release: ReleaseIndex| {
            let component = self.history.release(release).component;
            self.holds(searched, component).then_some((component, release))
        };
        let among = |found: Option<&Vec<ReleaseIndex>>| -> Vec<_> {
            found.into_iter().flatten().filter_map(|&release| place(release)).collect()
        };
        let text = name.raw().trim();
        let text = text.strip_prefix("refs/tags/").unwrap_or(text);
        // As it stands first: the release log may name a release by whatever it likes.
        let tagged = [name.raw(), text].into_iter().find_map(|text| among(self.tagged.get(text)).into_iter().min());
        if let Some((_, release)) = tagged {
            return Some(Named::Release(release));
        }
        let version = Version::parse(text)?;
        let mut same = among(self.versioned.get(&version.key()));
        // The whole text decides first: `1.0.0` is not `1.0.0+arm`, though their numbers are the same.
        let written = |release: ReleaseIndex| {
            let release = self.history.release(release);
            std::iter::once(&release.tag).chain(&release.aliases).any(|tag| ends_in(tag.raw(), text))
        };
        if same.iter().any(|&(_, release)| written(release)) {
            same.retain(|&(_, release)| written(release));
        }
        match same[..] {
            [] => None,
            [(_, release)] => Some(Named::Release(release)),
            _ => Some(Named::Ambiguous),
        }
    }

    fn by_commits(&self, commits: &[ChangeIndex], searched: &[Searched], tier: Tier) -> Option<Found> {
        let places: Vec<_> = commits.iter().flat_map(|&commit| self.shipping.places(commit)).collect();
        searched.iter().find_map(|searched| {
            let here = places.iter().filter(|place| self.holds(searched, place.component)).map(|place| place.release);
            let first = here.min_by_key(|&release| (self.history.release(release).released_at, release))?;
            Some(Found::Link(Link::to(first, tier), Affected::default()))
        })
    }

    fn holds(&self, searched: &Searched, component: ComponentIndex) -> bool {
        match searched {
            Searched::Named(components) => components.contains(&component),
            Searched::Here => self.scope.holds(component),
            Searched::Elsewhere => !self.scope.holds(component),
        }
    }

    fn times(&self) -> &Times {
        self.times.get_or_init(|| {
            let mut order: Vec<ReleaseIndex> = self.history.releases.indices().collect();
            order.sort_by_key(|&index| (self.history.release(index).released_at, index));
            let mut place = vec![0; order.len()];
            for (at, index) in (0..).zip(&order) {
                place[index.0 as usize] = at;
            }
            Times { place, order }
        })
    }

    /// The releases of a component by version.
    fn ranged(&self, component: ComponentIndex) -> &ByVersion {
        let releases = || self.history.component(component).releases.iter().copied();
        self.ranged[component].get_or_init(|| ByVersion::of(self.history, &self.times().place, releases()))
    }

    /// What of some components lies in a range.
    fn in_range(&self, range: &VersionRange, searched: &Searched) -> Vec<Slice> {
        let together = |cell: &'_ OnceCell<ByVersion>| {
            let of = |&index: &ReleaseIndex| self.holds(searched, self.history.release(index).component);
            let releases = self.history.releases.indices().filter(of);
            let ranged = cell.get_or_init(|| ByVersion::of(self.history, &self.times().place, releases));
            ranged.within(self.history, range).into_iter().collect()
        };
        match searched {
            Searched::Named(components) => {
                let within = |&component: &ComponentIndex| self.ranged(component).within(self.history, range);
                components.iter().filter_map(within).collect()
            }
            Searched::Here => together(&self.ranged_here),
            Searched::Elsewhere => together(&self.ranged_elsewhere),
        }
    }

    fn by_range(&self, range: &VersionRange, searched: &[Searched]) -> Found {
        for searched in searched {
            let slices = self.in_range(range, searched);
            let Some(earliest) = slices.iter().map(|slice| slice.earliest).min() else { continue };
            let component = self.history.release(self.times().order[earliest as usize]).component;
            let introducing = self.ranged(component).within(self.history, range).map(|slice| slice.first);
            let affected = Affected(Faulty::Range(slices));
            return match introducing {
                Some(release) if self.range_begins_here(range, component) => {
                    Found::Link(Link::to(release, Tier::Range), affected)
                }
                _ => Found::Nothing { why: "names a range whose first release is unknown", affected },
            };
        }
        Found::nothing("names a range that no release is in")
    }

    /// Whether the range says where the fault began: a lower bound that is not below the component's first release.
    fn range_begins_here(&self, range: &VersionRange, component: ComponentIndex) -> bool {
        let lower = range.lower_bounds();
        let lowest = self.ranged(component).lowest;
        let first = lowest.and_then(|index| self.history.release(index).version.as_ref());
        match (lower.max(), first) {
            // By numbers: what begins at 2.3 begins at 2.3.0.
            (Some(bound), Some(first)) => bound.compare_numbers(first).is_ge(),
            _ => false,
        }
    }

    /// What users met last, of the components that the incident names, else of the reviewed ones.
    fn by_time(&self, incident: &Incident, named: &[ComponentIndex]) -> Found {
        let Some(start) = incident.started_at.or(incident.detected_at) else {
            return Found::nothing("has no time");
        };
        let start = latest_moment(start);
        let last = |releases: &[(Moment, ReleaseIndex)]| {
            releases[..releases.partition_point(|&(released_at, _)| released_at <= start)].last().copied()
        };
        let live = match named {
            [] => last(&self.live_here),
            named => named.iter().filter_map(|&component| last(&self.live[component])).max(),
        };
        match live {
            None => Found::nothing("began before the first release"),
            Some((released_at, release)) => match self.policy.attribution_window {
                Some(window) if start - released_at >= window => {
                    Found::nothing("began too long after the last release")
                }
                _ => Found::Link(Link::to(release, Tier::Time), Affected::default()),
            },
        }
    }
}

/// The commits that an incident blames: the one that it names, or those that its fix is about.
fn culprits(history: &History, takebacks: &Takebacks<'_>, incident: &Incident) -> Vec<ChangeIndex> {
    match &incident.caused_by {
        Some(CausedBy::Commit(id)) => history.changes.find(id.raw()).into_iter().collect(),
        Some(CausedBy::FixedBy(id)) => {
            history.changes.find(id.raw()).map_or_else(Vec::new, |fix| fixes_of(&history.changes, takebacks, fix))
        }
        _ => Vec::new(),
    }
}

/// Whether a tag is a version as it is written, behind a component and a `v`.
fn ends_in(tag: &str, version: &str) -> bool {
    let bare = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let before = |before: &str| {
        let before = before.strip_suffix(['v', 'V']).unwrap_or(before);
        !before.ends_with(|c: char| c.is_ascii_digit() || c == '.')
    };
    tag.strip_suffix(bare).is_some_and(before)
}

/// A bare date says no more than "that day": its last second, so that a release of the same day can be the cause.
fn latest_moment(mark: Mark) -> Moment {
    match mark.precision {
        Precision::Exact => mark.at,
        Precision::Day => mark.at + chrono::TimeDelta::seconds(86_399),
    }
}

/// Whether users ever met the release.
pub(super) fn exposed(release: &Release) -> bool {
    !release.entry.as_ref().is_some_and(|entry| entry.blocked || entry.exclude)
}
