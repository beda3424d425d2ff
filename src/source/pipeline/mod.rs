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
mod forge;
mod github;
mod gitlab;
mod jenkins;
mod job;
mod judge;
mod kubernetes;
mod migrations;
mod pages;
mod places;
mod release_tools;
mod rules;
mod words;
mod yaml;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

pub use codeowners::{Owned, Owners};
pub use forge::exported;
pub use places::{is_watched_file, watch_folder};

use crate::model::{CommitId, Control, ControlKind, ControlUnread, ExtraControl, ForgeKind, Untrusted};

/// Reads one format.
trait Reader: Sync {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// Whether a file of this path is of the format, as far as the path tells.
    fn wants(&self, path: &str) -> bool;

    /// Reads a file.
    fn read(&self, file: &File<'_>, found: &mut Found);

    /// Whether what a file holds may be of interest: all else is passed over unread.
    fn may_hold(&self, _bytes: &[u8]) -> bool {
        true
    }

    /// Whether the path alone says it: the file is not opened.
    fn by_path(&self) -> bool {
        false
    }
}

/// Every format.
const READERS: &[&dyn Reader] = &[
    &github::Workflows,
    &gitlab::Pipelines,
    &jenkins::Declarative,
    &azure::Pipelines,
    &circleci::Config,
    &bitbucket::Pipelines,
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
        documents(self.path, self.text, found)
    }

    /// Another file of the commit, by its path from the root; what cannot be used is told at the line that names it.
    fn other(&self, path: &str, line: u32, found: &mut Found) -> Option<String> {
        let id = self.beside.find(path);
        found.asked.push((path.to_owned(), id));
        let Some(id) = id else {
            found.note(self.path, Some(line), "names a file that is not there");
            return None;
        };
        match self.beside.read(id).and_then(|bytes| text(&bytes)) {
            Ok(text) => Some(text),
            Err(why) => {
                found.note(path, None, why);
                None
            }
        }
    }
}

/// The documents of a text; where it is no YAML, that is told.
fn documents(path: &str, text: &str, found: &mut Found) -> Vec<yaml::Node> {
    yaml::documents(text).unwrap_or_else(|fault| {
        found.note(path, fault.line, fault.why);
        Vec::new()
    })
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
    asked: Vec<(String, Option<CommitId>)>,
}

impl Found {
    fn add(&mut self, control: Control) {
        self.controls.push(control);
    }

    fn extend(&mut self, controls: impl IntoIterator<Item = Control>) {
        self.controls.extend(controls);
    }

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
    /// Files that were looked at.
    pub files: u64,
    /// Owners of paths.
    pub owners: Option<Rc<Owners>>,
    /// Which forge its files are of.
    pub forge: Option<ForgeKind>,
}

/// Files that were read, over many commits: the same content is read once.
#[derive(Default)]
pub struct Readings {
    known: HashMap<(usize, String, CommitId), Vec<Rc<Found>>>,
    last: Option<(Vec<Listed>, Rc<Declared>)>,
    /// Of files that are read for what few of them hold: how many versions in a row held nothing.
    dull: HashMap<(usize, String), u32>,
}

/// After so many versions of a file without what few files hold, from the newest on, older ones are taken to be the same:
/// manifests are many and large.
const DULL: u32 = 3;

/// Most files of a commit that are read.
const MOST_FILES: usize = 2_000;

impl Readings {
    /// What a commit declares, of whose tree these files are watched.
    pub fn declared(&mut self, listed: Vec<Listed>, extra: &[ExtraControl], beside: &dyn Beside) -> Rc<Declared> {
        // Files that are not watched are asked for only by those that are: where nothing asks, the listing says all.
        let asks = |found: &Rc<Found>| !found.asked.is_empty();
        if let Some((before, declared)) = &self.last
            && *before == listed
            && extra.is_empty()
            && !self.known.values().flatten().any(asks)
        {
            return Rc::clone(declared);
        }
        let mut declared = Declared::default();
        let mut all = Vec::new();
        for (path, id) in listed.iter().take(MOST_FILES) {
            let mut read = false;
            for (number, reader) in READERS.iter().enumerate().filter(|(_, reader)| reader.wants(path)) {
                all.push(self.file(number, *reader, path, *id, &listed, beside));
                read = true;
            }
            declared.files += u64::from(read);
        }
        let tested: Vec<String> = all.iter().flat_map(|found| found.tests.iter().cloned()).collect();
        for found in &all {
            declared.controls.extend(found.controls.iter().cloned());
            declared.unread.extend(found.unread.iter().cloned());
            declared.controls.extend(found.after.iter().map(|control| waits_for(control, &tested)));
            declared.owners = declared.owners.take().or_else(|| found.owners.clone());
        }
        for extra in extra {
            if beside.find(&extra.path).is_some() {
                declared.controls.push(configured(extra));
            }
        }
        declared.forge = forge::kind(&listed);
        merge(&mut declared.controls);
        declared.unread.sort();
        declared.unread.dedup();
        let declared = Rc::new(declared);
        self.last = Some((listed, Rc::clone(&declared)));
        declared
    }

    fn file(
        &mut self,
        number: usize,
        reader: &dyn Reader,
        path: &str,
        id: CommitId,
        listed: &[Listed],
        beside: &dyn Beside,
    ) -> Rc<Found> {
        let known = self.known.entry((number, path.to_owned(), id)).or_default();
        let same = |found: &&Rc<Found>| found.asked.iter().all(|(path, id)| beside.find(path) == *id);
        if let Some(found) = known.iter().find(same) {
            return Rc::clone(found);
        }
        let mut found = Found::default();
        if reader.by_path() {
            reader.read(&File { path, text: "", beside, listed }, &mut found);
        } else {
            let dull = self.dull.entry((number, path.to_owned())).or_default();
            let bytes = if *dull < DULL { beside.read(id) } else { Ok(Arc::default()) };
            let holds = *dull < DULL && bytes.as_ref().map_or(true, |bytes| reader.may_hold(bytes));
            *dull = if holds { 0 } else { *dull + 1 };
            if holds {
                match bytes.and_then(|bytes| text(&bytes)) {
                    Ok(text) => reader.read(&File { path, text: &text, beside, listed }, &mut found),
                    Err(why) => found.note(path, None, why),
                }
            }
        }
        let found = Rc::new(found);
        known.push(Rc::clone(&found));
        found
    }
}

/// A pipeline that starts when another one ends: tested, where that one tests.
fn waits_for(control: &Control, tested: &[String]) -> Control {
    let tests = control.with.iter().any(|name| tested.iter().any(|known| known == name.raw()));
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
