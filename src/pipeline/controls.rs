//! What the repository declares about how it is released: at the commit that is looked at, and at each of the newest releases.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::error::Error;
use crate::model::{
    ChangeIndex, CommitId, ComponentIndex, Control, ControlKey, ControlKind, ControlSince, ControlUnread, Controls,
    ForgeRule, Ground, History, Moment, OwnedPaths, PageHistory, Policy, ReleaseIndex, Untrusted,
};
use crate::source::git::{Repository, Watched, WatchedFile};
use crate::source::pipeline::{Beside, Declared, Listing, Owned, Owners, Readings, is_watched_file, watch_folder};

use super::TOUCHED;

/// Most commits of which is looked whether they changed a page.
const LOOKED_AT: usize = 3_000;
/// Most releases of a window whose paths are held against their owners, and most paths.
const OWNED_RELEASES: usize = 60;
const OWNED_PATHS: usize = 100_000;
/// Folders that are named of those without an owner.
const NAMED: usize = 5;

/// Of so many of the newest releases HEAD contains one, where releases are made on its own line of development.
const CONTAINED: usize = 10;

/// A commit's files, for whoever follows a reference to another one.
struct Tree<'r> {
    repository: &'r Repository,
    commit: CommitId,
    found: RefCell<HashMap<String, Option<CommitId>>>,
}

impl<'r> Tree<'r> {
    fn of(repository: &'r Repository, commit: CommitId) -> Self {
        Self { repository, commit, found: RefCell::default() }
    }
}

impl Beside for Tree<'_> {
    fn find(&self, path: &str) -> Option<CommitId> {
        if let Some(known) = self.found.borrow().get(path) {
            return *known;
        }
        let found = self.repository.find_file(self.commit, path);
        self.found.borrow_mut().insert(path.to_owned(), found);
        found
    }

    fn read(&self, id: CommitId) -> Result<Arc<Vec<u8>>, &'static str> {
        self.repository.content(id)
    }
}

/// Looks for the files in which controls may be declared.
pub fn watch(repository: &Repository) -> Watched<'_> {
    repository.watch(watch_folder, is_watched_file)
}

/// Reads the controls into a history: those of HEAD (where that is later than the moment that is stood at, of the newest release
/// before it), and which kinds each of the newest releases has. Gives who must look at which paths, where that is said.
///
/// # Errors
/// A glob of `[controls] ignore` that is none.
pub fn controls(
    repository: &Repository,
    watched: &mut Watched<'_>,
    history: &mut History,
    policy: &Policy,
    forge: Vec<ForgeRule>,
) -> Result<Option<Rc<Owners>>, Error> {
    let ignored = ignored(policy)?;
    let Some(at) = looked_at(repository, history, policy) else {
        history.controls = Some(Controls { forge, ..Controls::default() });
        return Ok(None);
    };
    let mut readings = Readings::default();
    let mut declared = |commit: CommitId| {
        let (mut files, whole) = watched.files(commit);
        files.retain(|(path, _)| !ignored.is_match(path));
        readings.declared(Listing { files, whole }, &policy.extra_controls, &Tree::of(repository, commit))
    };
    let here = declared(at);
    let mut of_release: BTreeMap<ReleaseIndex, Rc<Declared>> = BTreeMap::new();
    for index in newest(history) {
        if let Some(commit) = history.release(index).commit {
            of_release.insert(index, declared(history.changes.id(commit)));
        }
    }
    // What rests on a name alone, or on somebody who starts it, is neither there nor known to be absent.
    let kinds = |declared: &Declared| {
        let sure = declared.controls.iter().filter(|control| control.facts.only_by.is_none());
        sure.map(|control| control.kind).collect::<BTreeSet<_>>()
    };
    // Most releases share what they declare with the one before.
    let mut known: HashMap<*const Declared, BTreeSet<ControlKind>> = HashMap::new();
    let present = of_release
        .iter()
        .map(|(index, declared)| (*index, known.entry(Rc::as_ptr(declared)).or_insert_with(|| kinds(declared)).clone()))
        .collect();
    let not_known = |declared: &Declared| {
        let guessed = declared.controls.iter().filter(|control| control.facts.only_by.is_some());
        let mut unknown = declared.unknown.clone();
        unknown.extend(guessed.map(|control| control.kind));
        unknown
    };
    let unknown = of_release
        .iter()
        .map(|(index, declared)| (*index, not_known(declared)))
        .filter(|(_, unknown)| !unknown.is_empty())
        .collect();
    let mut unread = here.unread.clone();
    let owners = here.owners.clone().filter(|owners| owners.can_be_asked());
    if let (Some(_), None) = (&here.owners, &owners) {
        let file = here.controls.iter().find(|control| control.kind == ControlKind::Owners);
        unread.extend(file.map(|file| ControlUnread {
            path: file.path.clone(),
            line: None,
            why: Untrusted::from("has more patterns, or longer ones, than paths can be held against"),
        }));
    }
    let mut listings: HashMap<Option<ReleaseIndex>, Files> = HashMap::new();
    let mut files = |index: Option<ReleaseIndex>| {
        let commit = index.map_or(Some(at), |index| Some(history.changes.id(history.release(index).commit?)));
        let read = || Rc::new(commit.map(|commit| watched.files(commit).0).unwrap_or_default());
        Rc::clone(listings.entry(index).or_insert_with(read))
    };
    let since = Past { history, at, here: &here, of_release: &of_release, files: &mut files }.since();
    let pages = pages(repository, history, at, &here, &of_release);
    history.controls = Some(Controls {
        since,
        pages,
        present,
        unknown,
        forge,
        found: here.controls.clone(),
        unread,
        files: here.files,
        read_at: repository
            .committed_at(at)
            .and_then(|(seconds, _)| chrono::DateTime::from_timestamp(seconds, 0))
            .map(|at| at.fixed_offset()),
        owned: None,
        forge_kind: here.forge,
    });
    Ok(owners)
}

fn ignored(policy: &Policy) -> Result<GlobSet, Error> {
    let wrong = |error: globset::Error| {
        Error::config(format!("[controls] ignore: {error}"), "write a glob such as \".github/workflows/old-*\"")
    };
    let mut set = GlobSetBuilder::new();
    for glob in &policy.ignored_controls {
        set.add(Glob::new(glob).map_err(wrong)?);
    }
    set.build().map_err(wrong)
}

/// The commit whose declarations hold: HEAD, unless it was made after the moment that is stood at.
fn looked_at(repository: &Repository, history: &History, policy: &Policy) -> Option<CommitId> {
    let before = |seconds: i64| seconds < policy.as_of.timestamp();
    let head =
        repository.info().head.filter(|&head| repository.committed_at(head).is_some_and(|(time, _)| before(time)));
    head.or_else(|| {
        let newest = newest(history).into_iter().next()?;
        history.release(newest).commit.map(|commit| history.changes.id(commit))
    })
}

/// The releases that are looked at, the newest first.
fn newest(history: &History) -> Vec<ReleaseIndex> {
    let mut newest: Vec<_> = (0..history.releases.len() as u32).map(ReleaseIndex).collect();
    newest.sort_by_key(|&index| std::cmp::Reverse((history.release(index).released_at, index)));
    newest.truncate(TOUCHED);
    newest
}

/// What a commit holds of what is watched, by path: of a release, or of the commit that is looked at.
type Files = Rc<Vec<WatchedFile>>;

/// What is declared here, and what the newest releases declared and held.
struct Past<'p> {
    history: &'p History,
    /// The commit that is looked at.
    at: CommitId,
    here: &'p Declared,
    of_release: &'p BTreeMap<ReleaseIndex, Rc<Declared>>,
    files: &'p mut dyn FnMut(Option<ReleaseIndex>) -> Files,
}

impl Past<'_> {
    /// Since when each control is there: back from the newest release of each component, through its predecessors, without a
    /// gap; the first release of all these lines that has it. What the commit that is looked at contains tells first of its
    /// past, unless it contains hardly any, because each is made on a branch of its own. What none of these has may have been
    /// released on another line: that of the component with the most of the newest releases, or of the newest of all.
    fn since(&mut self) -> Vec<ControlSince> {
        let newest = newest(self.history);
        if self.of_release.is_empty() {
            return vec![ControlSince::Unknown; self.here.controls.len()];
        }
        let contained = self.contained();
        let here = |index: &ReleaseIndex| self.history.release(*index).commit.is_some_and(&contained);
        let mut contained: Vec<ReleaseIndex> = newest.iter().copied().filter(here).collect();
        if contained.len() * CONTAINED < newest.len() {
            contained.clear();
        }
        let mut first: BTreeMap<ComponentIndex, ReleaseIndex> = BTreeMap::new();
        for index in contained {
            first.entry(self.history.release(index).component).or_insert(index);
        }
        let at = |since: ControlSince| Some(self.history.release(since.release()?.0).released_at);
        let mut since = vec![ControlSince::Unreleased; self.here.controls.len()];
        let lines: Vec<_> = first.into_values().map(|newest| self.line_since(newest)).collect();
        for line in lines {
            for (known, here) in since.iter_mut().zip(line) {
                if at(here).is_some_and(|here| at(*known).is_none_or(|known| here < known)) {
                    *known = here;
                }
            }
        }
        for other in [self.of_most(&newest), newest.first().copied()].into_iter().flatten() {
            if !since.contains(&ControlSince::Unreleased) {
                break;
            }
            for (known, other) in since.iter_mut().zip(self.line_since(other)) {
                if *known == ControlSince::Unreleased {
                    *known = other;
                }
            }
        }
        since
    }

    /// Whether the commit that is looked at contains another one.
    fn contained(&self) -> impl Fn(ChangeIndex) -> bool + use<> {
        let changes = &self.history.changes;
        let mut reached = vec![false; changes.len()];
        let mut open: Vec<u32> = changes.index_of(self.at).map(|ChangeIndex(at)| at).into_iter().collect();
        while let Some(commit) = open.pop() {
            if !std::mem::replace(&mut reached[commit as usize], true) {
                open.extend(changes.parents(ChangeIndex(commit)));
            }
        }
        move |ChangeIndex(commit)| reached[commit as usize]
    }

    /// The newest release of the component that has the most of them.
    fn of_most(&self, newest: &[ReleaseIndex]) -> Option<ReleaseIndex> {
        let of = |index: &ReleaseIndex| self.history.release(*index).component;
        let mut counts: HashMap<ComponentIndex, usize> = HashMap::new();
        for index in newest {
            *counts.entry(of(index)).or_default() += 1;
        }
        let (most, _) = counts.into_iter().max_by_key(|&(component, count)| (count, std::cmp::Reverse(component)))?;
        newest.iter().copied().find(|index| of(index) == most)
    }

    /// Since when each control is there, back from one release.
    fn line_since(&mut self, newest: ReleaseIndex) -> Vec<ControlSince> {
        let line = std::iter::successors(Some(newest), |&index| self.history.release(index).predecessor);
        let line: Vec<ReleaseIndex> =
            line.take_while(|index| self.of_release.contains_key(index)).take(TOUCHED).collect();
        let keys: Vec<BTreeSet<ControlKey>> =
            line.iter().map(|index| self.of_release[index].controls.iter().map(Control::key).collect()).collect();
        let here = self.here;
        here.controls.iter().map(|control| self.control_since(control, &line, &keys)).collect()
    }

    fn control_since(
        &mut self,
        control: &Control,
        line: &[ReleaseIndex],
        keys: &[BTreeSet<ControlKey>],
    ) -> ControlSince {
        let mut key = control.key();
        let mut run = 0;
        while let Some(known) = keys.get(run) {
            if !has(known, &key) {
                let newer = run.checked_sub(1).map(|at| line[at]);
                let before = self.moved(&key, newer, line[run]).filter(|before| has(known, before));
                let Some(before) = before else { break };
                key = before;
            }
            run += 1;
        }
        match run.checked_sub(1) {
            None => ControlSince::Unreleased,
            Some(last) if run == line.len() => {
                // The very first release of all has nothing before it.
                let first = self.history.release(line[last]).predecessor.is_none();
                if first { ControlSince::Release(line[last]) } else { ControlSince::Before(line[last]) }
            }
            // Where the file of the one before was not read, it may have been there already.
            Some(last) if self.of_release[&line[last + 1]].missed.contains(key.2.raw()) => {
                ControlSince::Before(line[last])
            }
            Some(last) => ControlSince::Release(line[last]),
        }
    }

    /// What a control was in an older release, where its file lay at another path with the same content.
    fn moved(&mut self, key: &ControlKey, newer: Option<ReleaseIndex>, older: ReleaseIndex) -> Option<ControlKey> {
        let (kind, stage, path, subject, ground) = key;
        let (new, old) = ((self.files)(newer), (self.files)(Some(older)));
        let find = |files: &Files, path: &str| files.binary_search_by(|(known, _)| known.as_str().cmp(path)).ok();
        // A file that is still there was copied, and a path that was taken already held something else.
        let (_, content) = &new[find(&new, path.raw()).filter(|_| find(&old, path.raw()).is_none())?];
        let gone = |path: &str| find(&new, path).is_none();
        let is_it = |(path, id): &&WatchedFile| id == content && gone(path);
        let same = old.iter().find(is_it).map(|(before, _)| before.as_str());
        // Or it was written anew on the way: where one file alone is gone that spoke of the same.
        let like = || {
            let declared = newer.map_or(self.here, |newer| &self.of_release[&newer]);
            let control = declared.controls.iter().find(|control| control.key() == *key)?;
            let same = |of: &Control| of.with.iter().any(|with| control.with.contains(with));
            let is_like = |of: &&Control| of.kind == *kind && of.stage == *stage && gone(of.path.raw()) && same(of);
            let controls = &self.of_release[&older].controls;
            let paths: BTreeSet<&str> = controls.iter().filter(is_like).map(|of| of.path.raw()).collect();
            paths.first().copied().filter(|_| paths.len() == 1)
        };
        let before = same.or_else(like)?;
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        // What is called after its file was called after that one.
        let renamed = subject.raw() == name(path.raw());
        let subject = if renamed { Untrusted::new(name(before)) } else { subject.clone() };
        Some((*kind, *stage, Untrusted::new(before), subject, *ground))
    }
}

/// Whether a control is among others, whatever it rested on there.
fn has(known: &BTreeSet<ControlKey>, key: &ControlKey) -> bool {
    let on = |ground| {
        let mut key = key.clone();
        key.4 = ground;
        known.contains(&key)
    };
    known.contains(key) || [None, Some(Ground::Name), Some(Ground::Hand)].into_iter().any(on)
}

/// Who wrote the pages about releasing, and when they were changed last: of the commits of those releases in which a page
/// differs from what it was before.
fn pages(
    repository: &Repository,
    history: &History,
    at: CommitId,
    here: &Declared,
    of_release: &BTreeMap<ReleaseIndex, Rc<Declared>>,
) -> BTreeMap<Untrusted, PageHistory> {
    let paths: BTreeSet<&Untrusted> = here
        .controls
        .iter()
        .filter(|control| matches!(control.kind, ControlKind::Runbook | ControlKind::Checklist))
        .map(|control| &control.path)
        .collect();
    let mut left = LOOKED_AT;
    let mut found = BTreeMap::new();
    for path in paths {
        // A commit is mostly the parent of another one.
        let known: RefCell<HashMap<ChangeIndex, Option<CommitId>>> = RefCell::default();
        let id = |commit: ChangeIndex| {
            let find = || repository.find_file(history.changes.id(commit), path.raw());
            *known.borrow_mut().entry(commit).or_insert_with(find)
        };
        let mut page = PageHistory { changed_at: None, authors: BTreeSet::new(), whole: true };
        let mut newest = None;
        // The newest first: what is no longer looked at is the oldest.
        let mut releases: Vec<ReleaseIndex> = of_release.keys().copied().collect();
        releases.sort_by_key(|&index| std::cmp::Reverse((history.release(index).released_at, index)));
        for index in releases {
            let release = history.release(index);
            let Some(commit) = release.commit else { continue };
            let now = id(commit);
            newest = newest.max(Some((release.released_at, now)));
            let Some(base) = release.base else {
                page.whole &= now.is_none() || history.changes.parents(commit).is_empty();
                continue;
            };
            if now == id(base) {
                continue;
            }
            for change in history.plain_commits(index) {
                if left == 0 {
                    page.whole = false;
                    break;
                }
                left -= 1;
                let before = history.changes.parents(change).first().and_then(|&parent| id(ChangeIndex(parent)));
                if id(change) != before {
                    page.authors.insert(history.author(change));
                    page.changed_at = page.changed_at.max(Some(recorded(history, change)));
                }
            }
        }
        // Changed since the newest release: as new as the commit that is looked at.
        let now = repository.find_file(at, path.raw());
        if newest.is_some_and(|(_, released)| released != now) {
            page.changed_at = None;
        } else if page.changed_at.is_none() {
            page.whole = false;
            let oldest = of_release.keys().map(|&index| history.release(index).released_at).min();
            page.changed_at = oldest;
        }
        let oldest_has = of_release.keys().min_by_key(|&&index| history.release(index).released_at);
        page.whole &= oldest_has.is_none_or(|&index| history.release(index).commit.and_then(id).is_none());
        page.authors.retain(|&person| !history.person(person).bot);
        found.insert(path.clone(), page);
    }
    found
}

/// When a commit was recorded.
fn recorded(history: &History, commit: ChangeIndex) -> Moment {
    let utc = chrono::DateTime::from_timestamp(history.changes.commit_time(commit), 0).unwrap_or_default();
    utc.fixed_offset()
}

/// Holds the paths that releases shipped against their owners.
pub fn owned(repository: &Repository, history: &mut History, owners: &Owners, releases: &[ReleaseIndex]) {
    let mut paths: BTreeSet<String> = BTreeSet::new();
    let mut whole = releases.len() <= OWNED_RELEASES;
    for &index in releases.iter().rev().take(OWNED_RELEASES) {
        let release = history.release(index);
        let (Some(base), Some(commit)) = (release.base, release.commit) else { continue };
        let ids = [base, commit].map(|commit| history.changes.id(commit));
        let read = repository.each_changed(Some(ids[0]), ids[1], |path| {
            if !paths.contains(path) {
                paths.insert(path.to_owned());
            }
            if paths.len() >= OWNED_PATHS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        whole &= read.is_ok() && paths.len() < OWNED_PATHS;
    }
    let mut found = OwnedPaths { paths: paths.len() as u64, whole, ..OwnedPaths::default() };
    let mut without: BTreeMap<&str, u64> = BTreeMap::new();
    for path in &paths {
        match owners.of(path) {
            Owned::Nobody => {
                let folder = path.split_once('/').map_or(".", |(folder, _)| folder);
                *without.entry(folder).or_default() += 1;
            }
            Owned::OnePerson => (found.owned, found.alone) = (found.owned + 1, found.alone + 1),
            Owned::Several => found.owned += 1,
        }
    }
    let mut without: Vec<_> = without.into_iter().map(|(folder, n)| (Untrusted::new(folder), n)).collect();
    without.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    without.truncate(NAMED);
    found.without = without;
    if let Some(controls) = &mut history.controls {
        controls.owned = Some(found);
    }
}
