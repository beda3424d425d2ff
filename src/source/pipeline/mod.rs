//! What a repository's pipelines, owners, runbooks and checklists declare: controls, each with its file and line.
//!
//! One reader a format, one line in `READERS`. What runs jobs is brought into one form (`job`) and asked the same questions
//! (`judge`). Nothing is run, filled in or guessed: a template is named, what lies elsewhere is named, and what no reader knows
//! says nothing. Names and lines are quoted, never the bodies of scripts; what looks like a secret is not quoted at all.

mod alerts;
mod azure;
mod bitbucket;
mod circleci;
mod codeowners;
mod command;
mod foreign;
mod forge;
mod github;
mod gitlab;
mod jenkins;
mod job;
mod judge;
mod kubernetes;
mod matrix;
mod migrations;
mod pages;
mod places;
mod release_tools;
mod rules;
mod script;
mod words;
mod yaml;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

pub use codeowners::{Owned, Owners, owner_of_all};
pub use forge::exported;
pub use places::{is_watched_file, watch_folder};

use crate::model::{CommitId, Control, ControlKind, ControlUnread, ExtraControl, FastMap, ForgeKind, Untrusted};

/// Reads one format.
trait Reader: Sync {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// Whether a file of this path is of the format, as far as the path tells.
    fn wants(&self, path: &str) -> bool;

    /// The kinds that files of the format tell of: where one of them is not read, these are not known to be absent.
    fn tells(&self) -> &'static [ControlKind];

    /// Reads a file.
    fn read(&self, _file: &File<'_>, _found: &mut Found) {}

    /// A text without what changes nothing of what a file tells, line by line: of two that are the same then, one is read. `None`
    /// where only the same text tells the same.
    fn bare(&self, _text: &str) -> Option<String> {
        None
    }

    /// Whether what a file holds may be of interest: all else is passed over unread.
    fn may_hold(&self, _bytes: &[u8]) -> bool {
        true
    }

    /// Whether the paths alone say it: no file is opened, and all of them are listed at once.
    fn by_path(&self) -> bool {
        false
    }

    /// Reads the paths of a commit that are of the format, where they alone say it.
    fn list(&self, _paths: &[&str], _found: &mut Found) {}

    /// Which of the files of the format hold, where only one of them does.
    fn holds(&self, _path: &str, _listed: &[Listed]) -> bool {
        true
    }
}

/// What a pipeline may tell of, whoever runs it.
const OF_PIPELINES: &[ControlKind] = &[
    ControlKind::ChangeTypes,
    ControlKind::ChangeRules,
    ControlKind::TestedPublish,
    ControlKind::Tests,
    ControlKind::ContractTests,
    ControlKind::Scans,
    ControlKind::UntestedPublish,
    ControlKind::CannotFail,
    ControlKind::Environment,
    ControlKind::ManualStep,
    ControlKind::NamedPerson,
    ControlKind::Canary,
    ControlKind::BlueGreen,
    ControlKind::FeatureFlag,
    ControlKind::Regions,
    ControlKind::Concurrency,
    ControlKind::Window,
    ControlKind::ReleaseAutomation,
    ControlKind::ReleaseByHand,
    ControlKind::SmokeTest,
    ControlKind::Rollback,
];

/// Every format.
const READERS: &[&dyn Reader] = &[
    &github::Workflows,
    &gitlab::Pipelines,
    &jenkins::Declarative,
    &azure::Pipelines,
    &circleci::Config,
    &bitbucket::Pipelines,
    &foreign::Foreign,
    &kubernetes::Manifests,
    &alerts::Rules,
    &alerts::Dashboards,
    &codeowners::CodeOwners,
    &rules::ChangeRules,
    &release_tools::Tools,
    &pages::Pages,
    &migrations::Migrations,
];

/// The formats by name.
pub fn formats() -> impl Iterator<Item = &'static str> {
    READERS.iter().map(|reader| reader.name())
}

/// A file of a commit, as a listing has it.
pub type Listed = (String, CommitId);

/// What a commit's tree holds, for whoever follows a reference to another file of it.
pub trait Beside {
    /// The object of a path; `None` where there is no such file.
    fn find(&self, path: &str) -> Option<CommitId>;
    /// What a file holds; an error says why it cannot be read, as a predicate.
    fn read(&self, id: CommitId) -> Result<Arc<Vec<u8>>, &'static str>;
}

/// A file that is read.
struct File<'f> {
    path: &'f str,
    text: &'f str,
    beside: &'f dyn Beside,
    /// The paths of the same commit that are watched.
    listed: &'f [Listed],
    shared: &'f Shared,
}

/// What a text is parsed to.
type Parsed = Rc<Result<Vec<yaml::Node>, yaml::Fault>>;

/// What all files of all commits share: how much may still be read, and what was parsed already.
#[derive(Default)]
struct Shared {
    left: Left,
    /// Files that others use, by their content.
    parsed: RefCell<HashMap<CommitId, Parsed>>,
    /// What steps come to.
    steps: words::KnownSteps,
}

/// How much may still be read: what a hostile file makes of itself ends here, and is told. It is counted in values that are
/// looked through, each time that they are; a real repository needs a small part of it.
#[derive(Default)]
struct Left {
    file: Cell<u64>,
    jobs: Cell<usize>,
    commit: Cell<u64>,
    all: Cell<u64>,
}

/// Values of one file with all that it uses, of one commit and of all commits; and jobs of a file.
const OF_FILE: u64 = 500_000;
const OF_COMMIT: u64 = 5_000_000;
const OF_ALL: u64 = 50_000_000;
const MOST_JOBS: usize = 1_000;
/// Bytes of a text that count as one value, and files that others use whose values are kept.
const BYTES: u64 = 16;
const KEPT: usize = 256;

impl Left {
    /// Whether there was enough left for so many values, which are taken.
    fn spend(&self, values: u64) -> bool {
        let all = [&self.file, &self.commit, &self.all];
        let enough = all.iter().all(|left| left.get() >= values);
        all.iter().filter(|_| enough).for_each(|left| left.set(left.get() - values));
        enough
    }
}

impl File<'_> {
    /// The name of the file.
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// The name without its ending.
    fn stem(&self) -> &str {
        self.name().split('.').next().unwrap_or_default()
    }

    /// The documents of the file; where it is no YAML, that is told.
    fn documents(&self, found: &mut Found) -> Vec<yaml::Node> {
        yaml::documents(self.text).unwrap_or_else(|fault| {
            found.unread(self.path, fault.line, fault.why);
            Vec::new()
        })
    }

    /// Whether there is enough left of what may be read to look through so many values. Where there is not, that is told once, and
    /// what would need more is left out.
    fn spend(&self, values: u64, found: &mut Found) -> bool {
        !found.cut && self.shared.left.spend(values) || self.cut(found)
    }

    /// Whether there is room for another job.
    fn job(&self, found: &mut Found) -> bool {
        let left = &self.shared.left.jobs;
        let room = left.get() > 0;
        left.set(left.get().saturating_sub(1));
        room && !found.cut || self.cut(found)
    }

    /// Tells that not all of it is read.
    fn cut(&self, found: &mut Found) -> bool {
        if !std::mem::replace(&mut found.cut, true) {
            found.unread(self.path, None, "is more than is followed, with all that it uses: a part of it was not read");
        }
        false
    }

    /// The documents of another file of the commit, by its path from the root; what cannot be used is told at the line that names
    /// it. The same content is parsed once.
    fn other(&self, path: &str, line: u32, found: &mut Found) -> Option<Parsed> {
        let id = self.beside.find(path);
        found.asked.insert(path.to_owned(), id);
        let Some(id) = id else {
            found.unread(self.path, Some(line), "names a file that is not there");
            return None;
        };
        let known = self.shared.parsed.borrow().get(&id).map(Rc::clone);
        let parsed = match known {
            Some(known) => known,
            None => match self.beside.read(id).and_then(|bytes| text(&bytes)) {
                Ok(text) => {
                    if !self.spend(text.len() as u64 / BYTES, found) {
                        return None;
                    }
                    let parsed = Rc::new(yaml::documents(&text));
                    let mut all = self.shared.parsed.borrow_mut();
                    if all.len() >= KEPT {
                        all.clear();
                    }
                    all.insert(id, Rc::clone(&parsed));
                    parsed
                }
                Err(why) => {
                    found.unread(path, None, why);
                    return None;
                }
            },
        };
        let documents = match &*parsed {
            Ok(documents) => documents,
            Err(fault) => {
                found.unread(path, fault.line, fault.why);
                return None;
            }
        };
        let weight = documents.iter().map(yaml::Node::weight).sum();
        self.spend(weight, found).then_some(parsed)
    }
}

/// The documents of a text that was parsed.
fn parsed(of: &Result<Vec<yaml::Node>, yaml::Fault>) -> &[yaml::Node] {
    of.as_deref().unwrap_or_default()
}

/// Whether a name has an ending: tools look for these as they are written.
fn ends(name: &str, ending: &str) -> bool {
    name.ends_with(ending)
}

fn is_yaml(name: &str) -> bool {
    ends(name, ".yml") || ends(name, ".yaml")
}

/// A path that a file of the repository names, from the root: `None` where it leads outside.
fn inside(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part if part.contains(['\\', '\0']) => return None,
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn text(bytes: &[u8]) -> Result<String, &'static str> {
    if bytes.len() > yaml::LARGEST {
        return Err("is larger than 1 MiB and was not read");
    }
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| "is no UTF-8 text")
}

/// What was found in a file.
#[derive(Clone, Debug, Default)]
struct Found {
    controls: Vec<Control>,
    unread: Vec<ControlUnread>,
    /// What ships after another pipeline, told by the name of that one.
    after: Vec<Control>,
    /// Names under which other pipelines know this one, where it tests.
    tests: Vec<String>,
    /// Owners of paths.
    owners: Option<Rc<Owners>>,
    /// Files of the commit that were asked for, and what was there.
    asked: BTreeMap<String, Option<CommitId>>,
    /// Patterns that paths of the commit were held against, and which of them fit.
    fitting: Vec<(gitlab::Pattern, Vec<String>)>,
    /// Whether something of it could not be read: what is not found is not known to be absent.
    missed: bool,
    /// Whether it is more than is followed.
    cut: bool,
}

impl Found {
    fn add(&mut self, control: Control) {
        self.controls.push(control);
    }

    fn extend(&mut self, controls: impl IntoIterator<Item = Control>) {
        self.controls.extend(controls);
    }

    /// Tells what could not be read.
    fn unread(&mut self, path: &str, line: Option<u32>, why: impl Into<String>) {
        self.missed = true;
        self.note(path, line, why);
    }

    /// Tells what lies elsewhere, or cannot be seen.
    fn note(&mut self, path: &str, line: Option<u32>, why: impl Into<String>) {
        let path = Untrusted::new(words::quotable_path(path));
        self.unread.push(ControlUnread { path, line, why: Untrusted::new(why) });
    }
}

/// What a commit declares.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// Controls, in the order of stage, kind, path and line.
    pub controls: Vec<Control>,
    /// What could not be read, or lies elsewhere.
    pub unread: Vec<ControlUnread>,
    /// Kinds of which a file that may tell of them was not read, or not all of it: where none is found, none is known to be absent.
    pub unknown: BTreeSet<ControlKind>,
    /// The files of which that holds.
    pub missed: BTreeSet<String>,
    /// Files that were looked at.
    pub files: u64,
    /// Owners of paths.
    pub owners: Option<Rc<Owners>>,
    /// Which forge its files are of.
    pub forge: Option<ForgeKind>,
}

/// What was found in a content, at a path.
type Known = (String, Rc<Found>);

/// The readers that want a path, by their numbers.
type Wanted = Rc<[usize]>;

/// Files that were read, over many commits: the same content is read once.
#[derive(Default)]
pub struct Readings {
    known: HashMap<(usize, CommitId), Vec<Known>>,
    /// What was found in texts that tell the same, by what they have in common; and the length of these.
    alike: FastMap<String, Vec<Known>>,
    alike_bytes: usize,
    wanted: HashMap<String, Wanted>,
    last: Option<(Listing, Rc<Declared>)>,
    /// Whether what was read asks for other files of its commit.
    asks: bool,
    /// Of large files that are read for what few of them hold: how many versions in a row held nothing.
    dull: HashMap<(usize, String), u32>,
    shared: Shared,
}

/// What is watched of a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The files, by path.
    pub files: Vec<Listed>,
    /// Whether they are all of them.
    pub whole: bool,
}

/// After so many versions of a file without what few files hold, from the newest on, older ones are not read where they are
/// large: manifests are many.
const DULL: u32 = 3;
const LARGE: usize = 32 << 10;

/// Most bytes of texts of which it is kept what was found in others like them.
const ALIKE: usize = 8 << 20;

/// Most files of a commit that are read.
const MOST_FILES: usize = 2_000;

impl Readings {
    /// What a commit declares, of whose tree these files are watched.
    pub fn declared(&mut self, listing: Listing, extra: &[ExtraControl], beside: &dyn Beside) -> Rc<Declared> {
        // Files that are not watched are asked for only by those that are: where nothing asks, the listing says all.
        if let Some((before, declared)) = &self.last
            && *before == listing
            && extra.is_empty()
            && !self.asks
        {
            return Rc::clone(declared);
        }
        let listed = &listing.files;
        let mut declared = Declared { forge: forge::kind(listed), ..Declared::default() };
        let mut all: Vec<(usize, &str, Rc<Found>)> = Vec::new();
        let mut by_path: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        let mut more = 0;
        self.shared.left.commit.set(OF_COMMIT);
        if self.known.is_empty() {
            self.shared.left.all.set(OF_ALL);
        }
        for (path, id) in listed {
            let wanted = self.wanted(path);
            let (listing, reading): (Vec<usize>, Vec<usize>) =
                wanted.iter().partition(|number| READERS[**number].by_path());
            for number in listing {
                by_path.entry(number).or_default().push(path);
            }
            let reading: Vec<usize> =
                reading.into_iter().filter(|number| READERS[*number].holds(path, listed)).collect();
            if declared.files >= MOST_FILES as u64 && !reading.is_empty() {
                more += 1;
                declared.miss(path, &reading);
                continue;
            }
            declared.files += u64::from(!wanted.is_empty());
            for number in reading {
                all.push((number, path, self.file(number, path, *id, listed, beside)));
            }
        }
        for (number, paths) in by_path {
            let mut found = Found::default();
            READERS[number].list(&paths, &mut found);
            all.push((number, "", Rc::new(found)));
        }
        let note = |why: String| ControlUnread {
            path: Untrusted::from("the repository"),
            line: None,
            why: Untrusted::new(why),
        };
        if more > 0 {
            declared.unread.push(note(format!("has more than {MOST_FILES} files of a pipeline: {more} were not read")));
        }
        if !listing.whole {
            declared
                .unread
                .push(note("has folders that were not looked into: they are too many, or cannot be read".to_owned()));
            declared.unknown.extend(ControlKind::ALL);
        }
        let tested: BTreeSet<&str> = all.iter().flat_map(|(_, _, found)| &found.tests).map(String::as_str).collect();
        for (number, path, found) in &all {
            declared.controls.extend(found.controls.iter().cloned());
            declared.unread.extend(found.unread.iter().cloned());
            declared.controls.extend(found.after.iter().map(|control| waits_for(control, &tested)));
            declared.owners = declared.owners.take().or_else(|| found.owners.clone());
            if found.missed {
                declared.miss(path, std::slice::from_ref(number));
            }
        }
        for extra in extra {
            if beside.find(&extra.path).is_some() {
                declared.controls.push(configured(extra));
            }
        }
        merge(&mut declared.controls);
        declared.unread.sort();
        declared.unread.dedup();
        let declared = Rc::new(declared);
        self.last = Some((listing, Rc::clone(&declared)));
        declared
    }

    /// The readers that want a path.
    fn wanted(&mut self, path: &str) -> Wanted {
        if let Some(known) = self.wanted.get(path) {
            return Rc::clone(known);
        }
        let of = |(number, reader): (usize, &&dyn Reader)| reader.wants(path).then_some(number);
        let wanted: Wanted = READERS.iter().enumerate().filter_map(of).collect();
        self.wanted.insert(path.to_owned(), Rc::clone(&wanted));
        wanted
    }

    fn file(&mut self, number: usize, path: &str, id: CommitId, listed: &[Listed], beside: &dyn Beside) -> Rc<Found> {
        let reader = READERS[number];
        let known = self.known.entry((number, id)).or_default();
        let same = |(of, found): &&Known| {
            of == path
                && found.asked.iter().all(|(path, id)| beside.find(path) == *id)
                && found.fitting.iter().all(|(pattern, fitting)| pattern.fitting(listed) == *fitting)
        };
        let mut bare = None;
        if let Some((_, found)) = known.iter().find(same) {
            return Rc::clone(found);
        }
        let mut found = Found::default();
        let dull = self.dull.entry((number, path.to_owned())).or_default();
        if *dull >= DULL {
            found.missed = true;
        } else {
            let bytes = beside.read(id);
            let holds = bytes.as_ref().map_or(true, |bytes| reader.may_hold(bytes));
            let large = bytes.as_ref().is_ok_and(|bytes| bytes.len() > LARGE);
            *dull = if holds || !large { 0 } else { *dull + 1 };
            if holds {
                self.shared.left.file.set(OF_FILE);
                self.shared.left.jobs.set(MOST_JOBS);
                match bytes.and_then(|bytes| text(&bytes)) {
                    Ok(text) => {
                        bare = reader.bare(&text);
                        let alike = bare.as_ref().and_then(|bare| self.alike.get(bare));
                        if let Some(alike) = alike.and_then(|known| known.iter().find(same)) {
                            known.push(alike.clone());
                            return Rc::clone(&alike.1);
                        }
                        let file = File { path, text: &text, beside, listed, shared: &self.shared };
                        if file.spend(text.len() as u64 / BYTES, &mut found) {
                            reader.read(&file, &mut found);
                        }
                    }
                    Err(why) => found.unread(path, None, why),
                }
            }
        }
        self.asks |= !found.asked.is_empty() || !found.fitting.is_empty();
        let found = Rc::new(found);
        known.push((path.to_owned(), Rc::clone(&found)));
        if let Some(bare) = bare {
            if self.alike_bytes + bare.len() > ALIKE {
                self.alike.clear();
                self.alike_bytes = 0;
            }
            self.alike_bytes += bare.len();
            self.alike.entry(bare).or_default().push((path.to_owned(), Rc::clone(&found)));
        }
        found
    }
}

impl Declared {
    /// Says that a file of some readers was not read, or not all of it.
    fn miss(&mut self, path: &str, readers: &[usize]) {
        self.unknown.extend(readers.iter().flat_map(|number| READERS[*number].tells()));
        self.missed.insert(path.to_owned());
    }
}

/// A pipeline that starts when another one ends: tested, where that one tests.
fn waits_for(control: &Control, tested: &BTreeSet<&str>) -> Control {
    let tests = control.with.iter().any(|name| tested.contains(name.raw()));
    Control { kind: if tests { ControlKind::TestedPublish } else { ControlKind::UntestedPublish }, ..control.clone() }
}

/// What the settings say is a control, where its file is there.
fn configured(extra: &ExtraControl) -> Control {
    let control = Control::new(ControlKind::Configured, &extra.path, 1, extra.name.clone());
    Control { stage: extra.stage, ..control }
}

/// Puts what is the same in one place together, and everything in order.
fn merge(controls: &mut Vec<Control>) {
    let mut by_key: BTreeMap<_, Control> = BTreeMap::new();
    for control in controls.drain(..) {
        match by_key.get_mut(&control.key()) {
            None => drop(by_key.insert(control.key(), control)),
            Some(known) => {
                known.line = known.line.min(control.line);
                for with in control.with {
                    if !known.with.contains(&with) {
                        known.with.push(with);
                    }
                }
                known.number =
                    known.number.zip(control.number).map(|(a, b)| a.max(b)).or(known.number).or(control.number);
            }
        }
    }
    controls.extend(by_key.into_values());
    controls.sort_by(|a, b| {
        (a.stage, a.kind, &a.path, a.line, &a.subject).cmp(&(b.stage, b.kind, &b.path, b.line, &b.subject))
    });
}
