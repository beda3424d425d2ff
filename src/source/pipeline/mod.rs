//! What a repository's pipelines, owners, runbooks and checklists declare: controls, each with its file and line.
//!
//! One reader a format, one line in `READERS`. What runs jobs is brought into one form (`job`) and asked the same questions
//! (`judge`). Nothing is run, filled in or guessed: a template is named, what lies elsewhere is named, and what no reader knows
//! says nothing. Names and lines are quoted, never the bodies of scripts; what looks like a secret is not quoted at all.

mod alerts;
mod azure;
mod bitbucket;
mod called;
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
mod look;
mod matrix;
mod migrations;
mod pages;
mod places;
mod readings;
mod recipes;
mod release_tools;
mod rules;
mod script;
mod settings;
mod sure;
mod wanted;
mod words;
mod yaml;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

pub use codeowners::{Owned, Owners, owner_of_all};
pub use forge::exported;
pub use places::{is_watched_file, watch_folder};
pub use readings::{Declared, Listing, Readings};

use crate::model::{CommitId, Control, ControlKind, ControlUnread, Untrusted};

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
    &release_tools::Goreleaser,
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
    /// What commands run of the repository.
    looked: look::Looked,
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
    /// Names under which other pipelines know this one, where it tests, and whether it surely does.
    tests: Vec<(String, sure::Sure)>,
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
    /// Whether it runs only where another file calls it.
    called: bool,
}

impl Found {
    /// Whether a commit has the same of what was asked for.
    fn is_of(&self, beside: &dyn Beside) -> bool {
        self.asked.iter().all(|(path, id)| beside.find(path) == *id)
    }

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
