//! What the commits of a repository declare: each content is read once, whichever commits have it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::sure::Sure;
use super::{
    BYTES, Beside, File, Found, Listed, MOST_JOBS, OF_ALL, OF_COMMIT, OF_FILE, Owners, READERS, Reader, Shared, forge,
    text,
};
use crate::model::{
    CommitId, Control, ControlKind, ControlUnread, ExtraControl, FastMap, ForgeKind, Ground, Untrusted,
};

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
    last: Option<Last>,
    /// Of large files that are read for what few of them hold: how many versions in a row held nothing.
    dull: HashMap<(usize, String), u32>,
    shared: Shared,
}

/// The commit that was read last: what is watched of it, what was found that asks for other files, and what it declares.
struct Last {
    listing: Listing,
    asks: Vec<Rc<Found>>,
    declared: Rc<Declared>,
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
        // Files that are not watched are asked for only by those that are.
        if let Some(last) = &self.last
            && last.listing == listing
            && extra.is_empty()
            && last.asks.iter().all(|found| found.is_of(beside))
        {
            return Rc::clone(&last.declared);
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
        let mut tested: BTreeMap<&str, Sure> = BTreeMap::new();
        for (name, sure) in all.iter().flat_map(|(_, _, found)| &found.tests) {
            let known = tested.entry(name).or_default();
            *known = (*known).max(*sure);
        }
        let asked: BTreeSet<&str> =
            all.iter().flat_map(|(_, _, found)| found.asked.keys()).map(String::as_str).collect();
        for (number, path, found) in &all {
            // What nobody here calls is for other repositories.
            if !found.called || asked.contains(path) {
                declared.controls.extend(found.controls.iter().cloned());
            }
            declared.unread.extend(found.unread.iter().cloned());
            declared.controls.extend(found.after.iter().filter_map(|control| waits_for(control, &tested)));
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
        let asks = all.into_iter().map(|(_, _, found)| found).filter(|found| !found.asked.is_empty()).collect();
        let declared = Rc::new(declared);
        self.last = Some(Last { listing, asks, declared: Rc::clone(&declared) });
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
                && found.is_of(beside)
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

/// A pipeline that starts when another one ends: tested, where that one tests; nothing is said where it may.
fn waits_for(control: &Control, tested: &BTreeMap<&str, Sure>) -> Option<Control> {
    let kind = match control.with.iter().filter_map(|name| tested.get(name.raw())).max() {
        Some(Sure::Yes) => ControlKind::TestedPublish,
        Some(Sure::Maybe) => return None,
        _ => ControlKind::UntestedPublish,
    };
    Some(Control { kind, ..control.clone() })
}

/// What the settings say is a control, where its file is there.
fn configured(extra: &ExtraControl) -> Control {
    let control = Control::new(ControlKind::Configured, &extra.path, 1, extra.name.clone());
    Control { stage: extra.stage, ..control }
}

/// Of jobs that one pipeline calls and somebody starts in another one, takes away that only somebody starts them.
fn by_hand_alone(controls: &mut Vec<Control>) {
    let place = |control: &Control| (control.kind, control.path.clone());
    let mut seen: BTreeMap<_, BTreeSet<Untrusted>> = BTreeMap::new();
    for control in controls.iter().filter(|control| control.facts.only_by.is_none()) {
        seen.entry(place(control)).or_default().extend(control.with.iter().cloned());
    }
    controls.retain_mut(|control| {
        let known = seen.get(&place(control)).filter(|_| control.facts.only_by == Some(Ground::Hand));
        let Some(known) = known else { return true };
        control.with.retain(|name| !known.contains(name));
        control.number = control.number.map(|_| control.with.len() as u64);
        !control.with.is_empty()
    });
}

/// Puts what is the same in one place together, and everything in order.
fn merge(controls: &mut Vec<Control>) {
    by_hand_alone(controls);
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
