//! Tags and log entries become drafts of releases.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::TimeDelta;

use crate::model::{
    ChangeIndex, Changes, CheckRun, DateSource, Kind, Moment, Notice, NoticeCode, Policy, ReleaseEntry, SkippedTag,
    Tag, TagCounts, TagName, TagReading, UnmatchedEntry, Untrusted, Version,
};

use super::draft::{Candidate, Confided, Draft, Prerelease, Stamp, moment};
use super::select::{Selection, counts_here};
use super::siblings;

/// How far a clock may be ahead before its release is told.
const CLOCK: TimeDelta = TimeDelta::days(1);

/// Releases dated well after the moment of the run: a wrong clock, or a date that hides a release from every list. Those
/// between the as-of time and now are later ones, and nothing is wrong with them.
fn ahead(hidden: &[Candidate], drafts: &[Draft], policy: &Policy) -> Option<Notice> {
    let releases = hidden.iter().filter(|candidate| !candidate.prerelease);
    let tagged = releases.filter_map(|candidate| Some((candidate.stamp?.at, candidate.name.raw())));
    let dated = tagged.chain(drafts.iter().map(|draft| (draft.released_at, draft.tag.raw())));
    let mut dated: Vec<_> = dated.filter(|(at, _)| *at - policy.clock > CLOCK).collect();
    dated.sort_unstable();
    let (at, tag) = *dated.last()?;
    Some(Notice::new(
        NoticeCode::ReleaseAhead,
        format!("releases dated more than a day ahead: {} ({tag}: {})", dated.len(), at.format("%Y-%m-%d")),
        "correct the date of the tag or of its deployed_at, or give the time to stand at: --as-of TIME",
    ))
}

pub(super) struct Joined {
    pub drafts: Vec<Draft>,
    pub prereleases: Vec<Prerelease>,
    pub tags: TagCounts,
    pub unmatched: Vec<UnmatchedEntry>,
}

pub(super) fn join(
    selection: Selection,
    changes: &Changes,
    entries: Vec<ReleaseEntry>,
    policy: &Policy,
    notices: &mut Vec<Notice>,
) -> Joined {
    let total = selection.total;
    let mut skipped = selection.skipped;
    let matched = selection.candidates.len() as u64;
    let mut entries: Vec<_> = entries.into_iter().filter(|entry| counts_here(entry, policy)).collect();
    // Earliest deployment first, so that a second one is told from the first whatever the order of the files.
    entries.sort_by_cached_key(|entry| {
        (entry.deployed_at.is_none(), entry.deployed_at.map(|mark| mark.at), entry.origin.clone())
    });
    let logged: HashSet<&Untrusted> = entries.iter().map(|entry| &entry.tag).collect();
    let mut candidates = selection.candidates;
    let rehearsing = candidates.iter().filter(|candidate| candidate.prerelease).map(|candidate| candidate.name.clone());
    let mut known = KnownTags::new(rehearsing.collect(), &skipped);
    siblings::date(&mut candidates, changes, &selection.committed);
    let later = siblings::made_later(&mut candidates, policy, &logged);
    siblings::undo_bulk(&mut candidates, changes, &selection.committed, notices);
    siblings::settle_calendars(&mut candidates);
    siblings::settle_numbered(&mut candidates);
    let (rehearsals, releases): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|candidate| candidate.prerelease);
    notices.extend(in_no_release(&rehearsals));
    known.rehearsals.extend(rehearsals.iter().map(|rehearsal| rehearsal.name.clone()));
    let mut prereleases: Vec<Prerelease> = rehearsals
        .into_iter()
        .map(|rehearsal| Prerelease {
            tag: Some(rehearsal.name),
            component: rehearsal.component,
            version: rehearsal.version,
            component_guessed: rehearsal.rehearsal_prefix,
        })
        .collect();
    let mut drafts = Vec::new();
    let mut missing = 0;
    for group in by_commit(releases) {
        match draft(group, changes) {
            Ok(draft) => drafts.push(draft),
            Err(names) => {
                let reason = "its commit is missing";
                missing += names.len() as u64;
                skipped.extend(names.into_iter().map(|tag| SkippedTag { tag, reason }));
            }
        }
    }
    let mut unmatched = Vec::new();
    if !entries.is_empty() {
        let mut register = Register::new(drafts, changes);
        // What only says how sure somebody was speaks of a release that something else has made.
        let (felt, made): (Vec<_>, Vec<_>) = entries.into_iter().partition(ReleaseEntry::is_only_felt);
        for entry in made.into_iter().chain(felt) {
            register.attach(entry, &known, &mut prereleases, &mut unmatched, notices);
        }
        drafts = register.drafts;
        mark_redeployments(&mut drafts);
    }
    notices.extend(ahead(&later, &drafts, policy));
    let (drafts, future): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|draft| draft.released_at < policy.as_of);
    // Of a version that was deployed again only the second deployment may lie ahead.
    let named: HashSet<&Untrusted> = drafts.iter().map(|draft| &draft.tag).collect();
    let future = future.into_iter().filter(|draft| draft.commit.is_some() && !named.contains(&draft.tag));
    let future: Vec<_> = future.flat_map(|draft| std::iter::once(draft.tag).chain(draft.aliases)).collect();
    skipped.extend(
        later
            .into_iter()
            .map(|candidate| candidate.name)
            .chain(future)
            .map(|tag| SkippedTag { tag, reason: SkippedTag::LATER }),
    );
    skipped.sort_by(|a, b| a.tag.cmp(&b.tag));
    let tags = TagCounts { total, matched: matched - missing, rehearsals: Vec::new(), skipped };
    Joined { drafts, prereleases, tags, unmatched }
}

/// Tags of one component on one commit, the leading one first: annotated, then the highest version, then the longest
/// name.
fn by_commit(candidates: Vec<Candidate>) -> Vec<Vec<Candidate>> {
    fn place(candidate: &Candidate) -> (&str, &[u8; 20]) {
        (&candidate.component, &candidate.commit.0)
    }
    // Places are sorted, and each candidate is moved once: they are large.
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|&a, &b| place(&candidates[a]).cmp(&place(&candidates[b])));
    let mut candidates: Vec<Option<Candidate>> = candidates.into_iter().map(Some).collect();
    let mut groups: Vec<Vec<Candidate>> = Vec::new();
    for candidate in order.into_iter().filter_map(|at| candidates[at].take()) {
        match groups.last_mut() {
            Some(group) if place(&group[0]) == place(&candidate) => group.push(candidate),
            _ => groups.push(vec![candidate]),
        }
    }
    let leading = |candidate: &Candidate| {
        let name = candidate.tag.name.clone();
        (candidate.tag.annotated, candidate.version.clone(), name.len(), std::cmp::Reverse(name))
    };
    for group in groups.iter_mut().filter(|group| group.len() > 1) {
        group.sort_by_cached_key(|candidate| std::cmp::Reverse(leading(candidate)));
    }
    groups
}

fn draft(group: Vec<Candidate>, changes: &Changes) -> Result<Draft, Vec<Untrusted>> {
    let names: Vec<Untrusted> = group.iter().map(|candidate| candidate.name.clone()).collect();
    let mut group = group.into_iter();
    let Some(leader) = group.next() else { return Err(names) };
    let aliases: Vec<Candidate> = group.collect();
    let Some(commit) = changes.index_of(leader.commit) else { return Err(names) };
    let Some(Stamp { at: released_at, source: date_source }) = leader.stamp else { return Err(names) };
    let mut checks: Vec<CheckRun> = Vec::new();
    let further = aliases.iter().flat_map(|alias| &alias.tag.checks);
    for check in leader.tag.checks.iter().chain(further) {
        // The leading tag speaks first.
        if !checks.iter().any(|known| known.name == check.name) {
            checks.push(CheckRun { name: check.name.clone(), result: check.result, ritual: false });
        }
    }
    let confided = std::iter::once(&leader).chain(&aliases).flat_map(|candidate| confided(&candidate.tag)).collect();
    Ok(Draft {
        confided,
        tag: leader.name,
        aliases: names.into_iter().skip(1).collect(),
        version: leader.version,
        component: leader.component,
        commit: Some(commit),
        released_at,
        date_source,
        tagger: leader.tag.tagger.as_ref().map(|tagger| tagger.identity.clone()),
        checks,
        entry: None,
        redeployment: false,
    })
}

fn confided(tag: &Tag) -> impl Iterator<Item = Confided> {
    let at = tag.tagger.as_ref().and_then(|tagger| Some(moment(tagger.time?, tagger.offset)));
    let tagger = tag.tagger.as_ref().map(|tagger| tagger.identity.clone());
    tag.confidence.iter().map(move |said| Confided { said: said.clone(), tagger: tagger.clone(), at })
}

/// Statements of confidence in what is no release.
fn in_no_release(rehearsals: &[Candidate]) -> Option<Notice> {
    let felt: Vec<&str> =
        rehearsals.iter().filter(|tag| !tag.tag.confidence.is_empty()).map(|tag| tag.name.raw()).collect();
    let first = felt.first()?;
    Some(Notice::new(
        NoticeCode::FeltNoRelease,
        format!(
            "pre-releases with a `Confidence:` trailer: {} ({first}); it is no release that they speak of",
            felt.len()
        ),
        "say it of the release: in its tag, or with relconf record release --felt 90%",
    ))
}

/// An entry of the log that says how sure somebody was, of what is no release. It decides nothing.
fn of_no_release(entry: &ReleaseEntry, what: &str, at: &str) -> Notice {
    Notice::new(
        NoticeCode::FeltNoRelease,
        format!("how sure somebody was of {}: that {what} ({at}); it does not count", entry.tag.raw()),
        "correct the tag, or remove the entry",
    )
}

/// Tags that exist and are no releases.
struct KnownTags {
    rehearsals: HashSet<Untrusted>,
    skipped: HashMap<Untrusted, &'static str>,
}

impl KnownTags {
    fn new(rehearsals: HashSet<Untrusted>, skipped: &[SkippedTag]) -> Self {
        Self { rehearsals, skipped: skipped.iter().map(|skipped| (skipped.tag.clone(), skipped.reason)).collect() }
    }
}

/// A version for comparing: 2.3 is 2.3.0.
type VersionKey = (bool, Vec<u64>, Vec<u64>);

fn version_key(version: &Version) -> VersionKey {
    (version.date, version.significant().to_vec(), version.after.clone())
}

/// The drafts, and where each is found by what an entry may call it.
struct Register<'c> {
    drafts: Vec<Draft>,
    changes: &'c Changes,
    /// The names of tags of the repository.
    tags: HashSet<Untrusted>,
    by_tag: HashMap<Untrusted, usize>,
    by_commit: HashMap<ChangeIndex, Vec<usize>>,
    /// Only of tags: in a log that is the history itself, names are names, and v1 beside 1 are two releases.
    by_version: HashMap<VersionKey, Vec<usize>>,
}

impl<'c> Register<'c> {
    fn new(drafts: Vec<Draft>, changes: &'c Changes) -> Self {
        let (mut by_tag, mut by_commit, mut by_version) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (at, draft) in drafts.iter().enumerate() {
            for name in std::iter::once(&draft.tag).chain(&draft.aliases) {
                by_tag.insert(name.clone(), at);
            }
            if let Some(commit) = draft.commit {
                by_commit.entry(commit).or_insert_with(Vec::new).push(at);
            }
            if let Some(version) = &draft.version {
                by_version.entry(version_key(version)).or_insert_with(Vec::new).push(at);
            }
        }
        let tags = by_tag.keys().cloned().collect();
        Self { drafts, changes, tags, by_tag, by_commit, by_version }
    }

    /// Whether a version comes after all releases of its component: it is yet to be made.
    fn is_next(&self, reading: Option<&TagName>) -> bool {
        reading.is_some_and(|name| {
            let mut theirs = self.drafts.iter().filter(|draft| draft.component == name.component).peekable();
            theirs.peek().is_some() && theirs.all(|draft| draft.version.as_ref().is_none_or(|v| *v < name.version))
        })
    }

    /// Joins an entry to the release that it speaks of, or makes one of it.
    fn attach(
        &mut self,
        entry: ReleaseEntry,
        known: &KnownTags,
        prereleases: &mut Vec<Prerelease>,
        unmatched: &mut Vec<UnmatchedEntry>,
        notices: &mut Vec<Notice>,
    ) {
        let at = format!("{}:{}:{}", entry.origin.file.display(), entry.origin.line, entry.origin.column);
        let skipped = known.skipped.get(&entry.tag).copied();
        if skipped.is_some_and(super::select::by_choice) {
            if entry.is_only_felt() {
                notices.push(of_no_release(&entry, "is no release here", &at));
            }
            return;
        }
        // A release that is called by its commit has no version, whatever the digits look like.
        let by_commit = entry.commit.as_ref().is_some_and(|commit| commit.raw().starts_with(entry.tag.raw()));
        let reading = match TagName::read(entry.version.as_ref().unwrap_or(&entry.tag).raw().as_bytes()) {
            TagReading::Version(name) if entry.version.is_some() || !by_commit => Some(name.alone()),
            TagReading::Version(_) | TagReading::No(_) => None,
        };
        let commit = entry.commit.as_ref().and_then(|id| self.changes.find(id.raw()));
        let rehearsal = known.rehearsals.contains(&entry.tag);
        if !rehearsal && let Some(found) = self.find(&entry, reading.as_ref(), commit) {
            self.join(found, entry, &at, notices);
            return;
        }
        let committed =
            commit.map(|commit| moment(self.changes.commit_time(commit), self.changes.commit_offset(commit)));
        // Without a repository the log is the history; with one, a release needs a commit.
        let grounded = !rehearsal && (commit.is_some() || self.changes.is_empty());
        let released_at = entry.deployed_at.map(|mark| mark.at).or(committed);
        let (true, Some(released_at)) = (grounded, released_at) else {
            let (what, help) = match skipped {
                _ if rehearsal => {
                    ("is a pre-release, and those are no releases".to_owned(), "name the tag of the release, or none")
                }
                Some(reason) => (format!("is no release: {reason}"), "correct the tag, or add commit"),
                None if self.changes.is_empty() => ("has no deployed_at".to_owned(), "add deployed_at"),
                None => ("is no tag of this repository".to_owned(), "push the tag, correct the name, or add commit"),
            };
            let planned = skipped.is_none() && !rehearsal && entry.deployed_at.is_none();
            if planned && self.is_next(reading.as_ref()) {
                let tag = entry.tag.raw();
                let (what, help) = ("is no tag yet", format!("relconf preflight --tag {tag} takes what is said of it"));
                notices.push(Notice::new(NoticeCode::PlannedEntry, format!("{tag} {what} ({at})"), help));
            } else if entry.is_only_felt() {
                notices.push(of_no_release(&entry, &what, &at));
            } else {
                notices.push(Notice::new(
                    NoticeCode::UnmatchedEntry,
                    format!("{} {what} ({at})", entry.tag.raw()),
                    help,
                ));
            }
            unmatched.push(UnmatchedEntry { tag: entry.tag.clone(), at: Untrusted::new(at), entry });
            return;
        };
        let prerelease = reading.as_ref().is_some_and(|name| name.prerelease);
        let (component, version) =
            reading.map_or_else(|| ("root".to_owned(), None), |name| (name.component, Some(name.version)));
        let component = entry.component.as_ref().map_or(component, |name| name.raw().to_owned());
        if prerelease {
            prereleases.push(Prerelease { tag: None, component, version, component_guessed: false });
            return;
        }
        // A release of that component on that commit already has a name; the log's is one more.
        let there = commit.and_then(|commit| self.by_commit.get(&commit));
        let same = |&at: &usize| self.drafts[at].component == component;
        if let Some(found) = there.and_then(|there| there.iter().copied().find(same)) {
            self.by_tag.insert(entry.tag.clone(), found);
            self.drafts[found].aliases.push(entry.tag.clone());
            self.join(found, entry, &at, notices);
            return;
        }
        let place = self.drafts.len();
        self.by_tag.insert(entry.tag.clone(), place);
        if let Some(commit) = commit {
            self.by_commit.entry(commit).or_default().push(place);
        }
        let mut draft = Draft {
            tag: entry.tag.clone(),
            aliases: Vec::new(),
            version,
            component,
            commit,
            released_at,
            date_source: DateSource::Committer,
            tagger: None,
            checks: Vec::new(),
            confided: Vec::new(),
            entry: None,
            redeployment: false,
        };
        apply(&mut draft, entry);
        self.drafts.push(draft);
    }

    /// Gives a release its entry; a second one may be a redeployment.
    fn join(&mut self, found: usize, entry: ReleaseEntry, at: &str, notices: &mut Vec<Notice>) {
        let draft = &mut self.drafts[found];
        if draft.entry.is_none() {
            apply(draft, entry);
        } else if entry.is_only_felt() {
            draft.entry.iter_mut().for_each(|there| there.felt.extend(entry.felt.iter().cloned()));
        } else if let Some(again) = redeployed(draft, &entry) {
            self.drafts.push(again);
        } else {
            notices.push(Notice::new(
                NoticeCode::RepeatedEntry,
                format!(
                    "{} is logged twice without a later deployed_at ({at}); the second is not used",
                    entry.tag.raw()
                ),
                "remove one of them, or give the second the time of its deployment",
            ));
        }
    }

    /// Whether a release is of another commit than an entry names: then a name that both have, such as that of a branch,
    /// says nothing of what it is.
    fn of_another_commit(&self, at: usize, entry: &ReleaseEntry, commit: Option<ChangeIndex>) -> bool {
        let draft = &self.drafts[at];
        let logged = draft.entry.as_ref().and_then(|entry| entry.commit.as_ref());
        match (draft.commit, commit, logged, &entry.commit) {
            (Some(one), Some(other), ..) => one != other,
            (.., Some(one), Some(other)) => !(one.raw().starts_with(other.raw()) || other.raw().starts_with(one.raw())),
            _ => false,
        }
    }

    /// By tag, by alias, else by a version that only one release has (on the commit that the entry names, if any).
    fn find(&self, entry: &ReleaseEntry, reading: Option<&TagName>, commit: Option<ChangeIndex>) -> Option<usize> {
        if let Some(&at) = self.by_tag.get(&entry.tag)
            && (self.tags.contains(&entry.tag) || !self.of_another_commit(at, entry, commit))
        {
            return Some(at);
        }
        let name = reading.filter(|name| !name.prerelease)?;
        let component = entry.component.as_ref().map(Untrusted::raw);
        let component = component.or_else(|| Some(name.component.as_str()).filter(|&component| component != "root"));
        let fits = |&at: &usize| {
            let draft = &self.drafts[at];
            component.is_none_or(|component| component == draft.component)
                && (commit.is_none() || commit == draft.commit)
        };
        let mut found = self.by_version.get(&version_key(&name.version))?.iter().copied().filter(fits);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }
}

fn apply(draft: &mut Draft, entry: ReleaseEntry) {
    if let Some(deployed) = entry.deployed_at {
        draft.released_at = deployed.at;
        draft.date_source = DateSource::Log;
    }
    if let Some(component) = &entry.component
        && draft.commit.is_none()
    {
        component.raw().clone_into(&mut draft.component);
    }
    if draft.version.is_none()
        && let Some(version) = &entry.version
    {
        draft.version = Version::parse(version.raw());
    }
    // What the log says of a check replaces the tag's word on it.
    draft.checks.retain(|run| entry.checks.iter().all(|logged| logged.name != run.name));
    draft.checks.extend(entry.checks.iter().cloned());
    draft.entry = Some(Box::new(entry));
}

/// A second entry of a release with a later deployment.
fn redeployed(draft: &Draft, entry: &ReleaseEntry) -> Option<Draft> {
    let again = entry.deployed_at?.at;
    (again > draft.released_at).then(|| Draft {
        released_at: again,
        date_source: DateSource::Log,
        checks: entry.checks.clone(),
        confided: Vec::new(),
        entry: Some(Box::new(entry.clone())),
        redeployment: true,
        aliases: Vec::new(),
        ..draft.clone()
    })
}

/// A redeployment is a return only where something newer was live in between; else it is the same release once more.
fn mark_redeployments(drafts: &mut Vec<Draft>) {
    if drafts.iter().all(|draft| !draft.redeployment) {
        return;
    }
    let mut first: HashMap<&Untrusted, Moment> = HashMap::new();
    let mut live: HashMap<&str, Vec<(Moment, &Untrusted)>> = HashMap::new();
    for draft in drafts.iter() {
        live.entry(&draft.component).or_default().push((draft.released_at, &draft.tag));
        if !draft.redeployment {
            first.entry(&draft.tag).or_insert(draft.released_at);
        }
    }
    for releases in live.values_mut() {
        releases.sort_unstable();
    }
    let mut again = BTreeSet::new();
    for (at, draft) in drafts.iter().enumerate().filter(|(_, draft)| draft.redeployment) {
        let newer = live.get(draft.component.as_str()).zip(first.get(&draft.tag)).is_some_and(|(releases, first)| {
            let after = &releases[releases.partition_point(|(at, _)| at <= first)..];
            let between = after.iter().take_while(|(at, _)| *at < draft.released_at);
            between.map(|(_, tag)| *tag).any(|tag| *tag != draft.tag)
        });
        if !newer {
            again.insert(at);
        }
    }
    let mut at = 0;
    drafts.retain(|_| {
        at += 1;
        !again.contains(&(at - 1))
    });
    for draft in drafts.iter_mut().filter(|draft| draft.redeployment) {
        if let Some(entry) = &mut draft.entry {
            entry.kind = entry.kind.or(Some(Kind::Rollback));
        }
    }
}
