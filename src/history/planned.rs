//! A release that is yet to be made, put at the end of a history.

use crate::model::{
    Approval, ChangeIndex, CheckRun, ComponentIndex, DateSource, History, IdentityIndex, Kind, Moment, Person,
    PersonIndex, Release, ReleaseFlag, ReleaseIndex, Run, Ships, TagName, TagReading, UnmatchedEntry, Untrusted,
};

use super::{borrowed, predecessor};

/// What is known of a release before it is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The commit that would be released.
    pub commit: ChangeIndex,
    /// The tag that it would get, where that is known. An entry of the release log with this tag speaks of it.
    pub tag: Option<Untrusted>,
    /// Who is about to release; without anybody, whoever committed it.
    pub releasers: Vec<Untrusted>,
    /// Checks that have run.
    pub checks: Vec<CheckRun>,
    /// Who has said go.
    pub approvals: Vec<Approval>,
    /// Whether the release log's entry is evidence too.
    pub log: bool,
    /// When.
    pub at: Moment,
}

/// Puts a planned release at the end of a history: it ships what the commit reaches and no release of the components has
/// shipped. `None` where these have no release yet.
pub fn plan(history: &mut History, components: &[ComponentIndex], planned: Planned) -> Option<ReleaseIndex> {
    let newest = |&index: &ReleaseIndex| (history.release(index).released_at, index);
    let of = |component: &ComponentIndex| history.component(*component).releases.iter().copied();
    let component = history.release(components.iter().flat_map(of).max_by_key(newest)?).component;
    let reached = reached(history, planned.commit);
    let mut fresh = reached;
    for &component in components {
        for commit in history.component(component).shipped.iter().flat_map(|run| run.commits()) {
            fresh[commit as usize] = false;
        }
    }
    let commits: Vec<u32> = (0..fresh.len() as u32).filter(|&at| fresh[at as usize]).collect();
    let runs: Vec<Run> = commits.iter().map(|&commit| Run::of(commit)).collect();
    let mut earlier: Vec<ReleaseIndex> = components.iter().flat_map(of).collect();
    earlier.sort_unstable();
    let version = match planned.tag.as_ref().map(|tag| TagName::read(tag.raw().as_bytes())) {
        Some(TagReading::Version(name)) => Some(name.version),
        _ => None,
    };
    let follows = predecessor::of_planned(history, &earlier, version.as_ref(), (planned.commit, &runs));
    let merges = commits.iter().filter(|&&at| history.changes.is_merge(ChangeIndex(at))).count() as u32;

    let entry = planned.tag.as_ref().and_then(|tag| take(&mut history.unmatched, tag));
    let mut releasers = planned.releasers;
    let (mut checks, mut approvals) = (planned.checks, planned.approvals);
    if let Some(entry) = entry.as_ref().filter(|_| planned.log) {
        if releasers.is_empty() {
            releasers.clone_from(&entry.operators);
        }
        // What is said last is said on the spot.
        checks.extend(
            entry
                .checks
                .iter()
                .filter(|run| !checks.iter().any(|said| said.name == run.name))
                .cloned()
                .collect::<Vec<_>>(),
        );
        approvals.extend(entry.approvals.iter().cloned());
    }
    let inferred = releasers.is_empty();
    let releasers = if inferred {
        let committer = history.changes.committer(planned.commit);
        let of = |identity: IdentityIndex| history.person_of[identity];
        // Where a forge committed, the author did.
        let person = of(committer);
        vec![if history.person(person).bot { of(history.changes.author(planned.commit)) } else { person }]
    } else {
        people(history, releasers)
    };
    let approvers = people(history, approvals.iter().map(|approval| approval.by.clone()).collect());

    let index = ReleaseIndex(history.releases.len() as u32);
    let list = &mut history.components[component];
    let start = list.shipped.len() as u32;
    list.shipped.extend(&runs);
    list.releases.push(index);
    history.releases.push(Release {
        tag: planned.tag.unwrap_or_else(|| Untrusted::new("(planned)")),
        aliases: Vec::new(),
        version,
        component,
        commit: Some(planned.commit),
        released_at: planned.at,
        date_source: DateSource::Log,
        kind: entry.as_ref().and_then(|entry| entry.kind).unwrap_or(Kind::Regular),
        predecessor: follows.before,
        base: follows.base,
        ships: Ships::of((start, start + runs.len() as u32), commits.len() as u32, merges),
        rehearsals: 0,
        releasers,
        approvers,
        checks,
        statements: Vec::new(),
        entry: entry.map(Box::new),
        flags: inferred.then_some(ReleaseFlag::ReleaserInferred).into_iter().chain([ReleaseFlag::Planned]).collect(),
    });
    borrowed::set_planned_apart(history, index);
    Some(index)
}

/// Which commits a commit reaches, itself included.
fn reached(history: &History, commit: ChangeIndex) -> Vec<bool> {
    let mut reached = vec![false; history.changes.len()];
    let mut open = vec![commit.0];
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut reached[at as usize], true) {
            open.extend(history.changes.parents(ChangeIndex(at)).iter().filter(|&&parent| !reached[parent as usize]));
        }
    }
    reached
}

fn take(unmatched: &mut Vec<UnmatchedEntry>, tag: &Untrusted) -> Option<crate::model::ReleaseEntry> {
    // What somebody felt may stand in an entry of its own.
    let told = |entry: &UnmatchedEntry| entry.tag == *tag && !entry.entry.is_only_felt();
    let at = unmatched.iter().position(told).or_else(|| unmatched.iter().position(|entry| entry.tag == *tag))?;
    Some(unmatched.remove(at).entry)
}

/// Who has committed under a name or an e-mail.
fn committed(history: &History, name: &Untrusted) -> Option<PersonIndex> {
    let wanted = name.raw().trim().as_bytes();
    let is = |recorded: &[u8]| recorded.eq_ignore_ascii_case(wanted);
    let shown = history.people.iter().position(|person| is(person.name.raw().as_bytes()));
    let identities = history.changes.identities();
    let recorded = || {
        let at = identities.iter().position(|identity| is(&identity.name) || is(&identity.email))?;
        Some(IdentityIndex(at as u32))
    };
    shown.map(|at| PersonIndex(at as u32)).or_else(|| Some(history.person_of[recorded()?]))
}

/// The people of these names; one who was never seen is new.
fn people(history: &mut History, names: Vec<Untrusted>) -> Vec<PersonIndex> {
    let mut found = Vec::new();
    for name in names {
        let person = history.find_person(&name).or_else(|| committed(history, &name)).unwrap_or_else(|| {
            let index = PersonIndex(history.people.len() as u32);
            history.person_names.insert(name.raw().trim().to_lowercase(), index);
            history.people.push(Person { address: name.raw().to_lowercase(), name, bot: false, identities: 1 });
            index
        });
        if !found.contains(&person) {
            found.push(person);
        }
    }
    found
}
