//! What commands run of the repository itself: targets of a Makefile or justfile, scripts of a `package.json`, shell scripts. What
//! they run is believed before what they are called. Looked at is what a pipeline calls a test, or a script that ships.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::command::{Command, Runs, Words};
use super::job::{Flow, Step};
use super::recipes::{Book, LONGEST, UNKNOWN};
use super::settings::{publishes, wheels};
use super::sure::Sure;
use super::wanted::{How, MAKEFILES, Wanted, of_commands};
use super::{Beside, File, Found, ends, inside, script, text, words};
use crate::model::CommitId;

/// How deep scripts that run others are followed, most of them of a commit and of a file, and most commands of each.
const DEEPEST: usize = 4;
const OF_COMMIT: usize = 500;
const OF_FILE: usize = 100;
const COMMANDS: usize = 500;
/// Commits at which a name is looked up: HEAD and the newest releases. In older ones it is taken for what it was in the oldest of
/// these: a recipe seldom turns into another thing, and looking for its file costs as much as all else that is read.
const COMMITS: usize = 12;
/// Contents of which it is kept what they run, and such files that say it of many names.
const KEPT: usize = 2_000;
const BOOKS: usize = 8;

/// What was looked at: of the commit that is read, and of contents, whichever commits have them.
#[derive(Debug, Default)]
pub(super) struct Looked {
    now: RefCell<HashMap<Wanted, Option<Runs>>>,
    contents: RefCell<Contents>,
    /// At how many commits each name was looked up, and what it ran at the last of them.
    newest: RefCell<Newest>,
    books: RefCell<Books>,
}

/// What names of contents run; none where that cannot be read.
type Contents = HashMap<(CommitId, Wanted), Option<Rc<Content>>>;
type Newest = HashMap<Wanted, (usize, Option<Rc<Content>>)>;
type Books = Vec<((CommitId, How), Rc<Book>)>;

/// What a target or script runs, and what it came to when it was asked last.
#[derive(Debug, Default)]
struct Content {
    commands: Vec<Command>,
    /// What its commands run of the repository: which of them, and which part.
    runs: Vec<(usize, usize, Vec<Wanted>)>,
    /// Whether it is known to test by what it is, and whether not all of it is known.
    tests: bool,
    open: bool,
    last: RefCell<Option<(Vec<Option<Runs>>, Runs)>>,
}

impl Looked {
    /// Begins with another commit.
    pub fn begin(&self) {
        self.now.borrow_mut().clear();
    }

    /// What a target or script comes to at the commit that is read; none where it is not found there, or not to be read.
    pub fn runs(&self, wanted: &Wanted, beside: &dyn Beside) -> Option<Runs> {
        self.deeper(wanted, beside, DEEPEST)
    }

    fn deeper(&self, wanted: &Wanted, beside: &dyn Beside, deepest: usize) -> Option<Runs> {
        if let Some(known) = self.now.borrow().get(wanted) {
            return *known;
        }
        if deepest == 0 || self.now.borrow().len() >= OF_COMMIT {
            return None;
        }
        // What runs itself is not known.
        self.now.borrow_mut().insert(wanted.clone(), None);
        let content = self.content(wanted, beside)?;
        let inner: Vec<Option<Runs>> =
            content.runs.iter().map(|(_, _, of)| self.all(of, beside, deepest - 1)).collect();
        let runs = content.comes_to(inner);
        self.now.borrow_mut().insert(wanted.clone(), Some(runs));
        Some(runs)
    }

    /// What several come to, one after the other: none where one of them is not known.
    fn all(&self, wanted: &[Wanted], beside: &dyn Beside, deepest: usize) -> Option<Runs> {
        let mut whole: Option<Runs> = None;
        for wanted in wanted {
            whole = Some(whole.unwrap_or_default().and(self.deeper(wanted, beside, deepest)?));
        }
        whole
    }

    fn content(&self, wanted: &Wanted, beside: &dyn Beside) -> Option<Rc<Content>> {
        if let Some((COMMITS.., last)) = self.newest.borrow().get(wanted) {
            return last.clone();
        }
        let content = self.content_here(wanted, beside);
        let mut newest = self.newest.borrow_mut();
        if newest.len() >= KEPT {
            newest.clear();
        }
        let known = newest.entry(wanted.clone()).or_default();
        *known = (known.0 + 1, content.clone());
        content
    }

    fn content_here(&self, wanted: &Wanted, beside: &dyn Beside) -> Option<Rc<Content>> {
        let (id, path) = wanted.paths().into_iter().find_map(|path| Some((beside.find(&path)?, path)))?;
        let key = (id, wanted.clone());
        if let Some(known) = self.contents.borrow().get(&key) {
            return known.clone();
        }
        let content = self.read(wanted, &path, id, beside).map(Rc::new);
        let mut all = self.contents.borrow_mut();
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(key, content.clone());
        content
    }

    fn read(&self, wanted: &Wanted, path: &str, id: CommitId, beside: &dyn Beside) -> Option<Content> {
        let name = path.rsplit('/').next().unwrap_or(path);
        if wanted.how == How::Make && !MAKEFILES.contains(&name) {
            // Whatever a configured make is told to check, by the convention of GNU these are its tests.
            let tests = ["check", "test", "installcheck", "distcheck"].contains(&wanted.name.as_str());
            return tests.then(|| Content { tests, ..Content::default() });
        }
        let bytes = beside.read(id).ok().filter(|bytes| bytes.len() <= LONGEST)?;
        match wanted.how {
            How::Script => {
                let text = text(&bytes).ok()?;
                let shell = text.lines().next().filter(|first| first.starts_with("#!"));
                let is_shell = shell.map_or(ends(path, ".sh"), |first| first.contains("sh"));
                is_shell.then(|| Content::of(script::commands(1, &text), ""))
            }
            How::Wheels => {
                let tests = wheels(&text(&bytes).ok()?);
                Some(Content { tests, ..Content::default() })
            }
            How::Goreleaser => {
                let open = publishes(&text(&bytes).ok()?);
                Some(Content { open, ..Content::default() })
            }
            How::Make | How::Just | How::Package => {
                let book = self.book(wanted.how, id, &bytes)?;
                let recipe = book.recipe(&wanted.name)?;
                let mut content = Content::of(script::commands(1, &recipe.script), &wanted.place);
                content.open |= recipe.needs.len() > COMMANDS || recipe.needs.iter().any(|need| need.contains(UNKNOWN));
                // What it needs is run before; what no rule makes is a file.
                for need in recipe.needs.iter().filter(|need| book.recipe(need).is_some()).take(COMMANDS) {
                    let need = Wanted { name: need.clone(), ..wanted.clone() };
                    content.commands.push(Command::new(1, UNKNOWN));
                    content.runs.push((content.commands.len() - 1, 0, vec![need]));
                }
                Some(content)
            }
        }
    }

    fn book(&self, how: How, id: CommitId, bytes: &[u8]) -> Option<Rc<Book>> {
        if let Some((_, book)) = self.books.borrow().iter().find(|(key, _)| *key == (id, how)) {
            return Some(Rc::clone(book));
        }
        let text = text(bytes).ok()?;
        let book = Rc::new(match how {
            How::Just => Book::of_just(&text),
            How::Package => Book::of_package(&text),
            _ => Book::of_make(&text),
        });
        let mut all = self.books.borrow_mut();
        if all.len() >= BOOKS {
            all.remove(0);
        }
        all.push(((id, how), Rc::clone(&book)));
        Some(book)
    }
}

impl Content {
    fn of(mut commands: Vec<Command>, folder: &str) -> Self {
        let open = commands.len() > COMMANDS;
        commands.truncate(COMMANDS);
        // Of what a script runs, what is called a test is taken for one: large files would be read for each of its versions.
        let runs = of_commands(&commands, folder, |words| !words::is_called_test(words));
        Self { commands, runs, open, ..Self::default() }
    }

    /// What it comes to, where what it runs of the repository comes to this.
    fn comes_to(&self, inner: Vec<Option<Runs>>) -> Runs {
        if let Some((_, runs)) = self.last.borrow().as_ref().filter(|(before, _)| *before == inner) {
            return *runs;
        }
        let mut commands = self.commands.clone();
        for ((command, part, _), runs) in self.runs.iter().zip(&inner) {
            commands[*command].parts[*part].runs = *runs;
        }
        let tests = if self.tests || commands.iter().any(|command| words::testing(command).next().is_some()) {
            Sure::Yes
        } else if self.open || commands.iter().any(words::may_be_test) {
            Sure::Maybe
        } else {
            Sure::No
        };
        let ships = commands.iter().find_map(words::command_ships);
        let sends = self.open || commands.iter().flat_map(|command| &command.parts).any(words::may_send);
        let runs = Runs { tests, ships, sends };
        *self.last.borrow_mut() = Some((inner, runs));
        runs
    }
}

/// Looks at what the commands of a pipeline run of the repository, where it decides whether they test or ship.
pub(super) fn look(file: &File<'_>, flow: &mut Flow, found: &mut Found) {
    for job in &mut flow.jobs {
        let called = [&job.id, &job.title].iter().any(|name| words::named_test(name) || words::named_check(name));
        for step in &mut job.steps {
            of_step(file, called, step, found);
        }
    }
}

fn of_step(file: &File<'_>, called: bool, step: &mut Step, found: &mut Found) {
    if step.known.get().is_some() {
        return;
    }
    wheels_and_releases(file, step, found);
    if step.commands.is_empty() {
        return;
    }
    let called = called || words::named_test(&step.name) || words::named_check(&step.name);
    let runs = of_commands(&step.commands, &step.folder, |part| called || words::called_so(part));
    for (command, part, wanted) in runs {
        let mut whole: Option<Runs> = None;
        for wanted in wanted {
            whole = asked(file, wanted, found).map(|runs| whole.unwrap_or_default().and(runs));
            if whole.is_none() {
                break;
            }
        }
        step.commands[command].parts[part].runs = whole;
    }
}

/// What a target or script comes to; that it was asked is kept, for the same file in another commit.
fn asked(file: &File<'_>, wanted: Wanted, found: &mut Found) -> Option<Runs> {
    if let Some((_, runs)) = found.looked.iter().find(|(known, _)| *known == wanted) {
        return *runs;
    }
    if found.looked.len() >= OF_FILE {
        return None;
    }
    let runs = file.shared.looked.runs(&wanted, file.beside);
    found.looked.push((wanted, runs));
    runs
}

/// What is built to be uploaded may be tested by its own settings, and what releases may be told to publish nothing.
fn wheels_and_releases(file: &File<'_>, step: &mut Step, found: &mut Found) {
    let line = step.line;
    let builds = |words: &Words| words.iter().any(|word| word.rsplit('/').next() == Some("cibuildwheel"));
    let by_action = step.uses.contains("pypa/cibuildwheel");
    if by_action || step.commands.iter().flat_map(|command| &command.parts).any(builds) {
        let told = step.given.lines().any(|line| line.starts_with("cibw_test_command"));
        let wanted = Wanted { how: How::Wheels, place: step.folder.clone(), name: String::new() };
        let tests = told || asked(file, wanted, found).is_some_and(|runs| runs.tests == Sure::Yes);
        let runs = Some(Runs { tests: if tests { Sure::Yes } else { Sure::No }, ..Runs::default() });
        if by_action {
            step.commands.push(Command::new(line, "cibuildwheel"));
        }
        let parts = step.commands.iter_mut().flat_map(|command| &mut command.parts);
        let builds = |words: &Words| builds(words) && !words.has(&["--print-build-identifiers"]);
        parts.filter(|words| builds(words)).for_each(|words| words.runs = runs);
    }
    let action = step.uses.contains("goreleaser/goreleaser-action");
    if action || step.commands.iter().flat_map(|command| &command.parts).any(|words| words.has(&["goreleaser"])) {
        let by_command = step.commands.iter().flat_map(|command| &command.parts).flat_map(Words::as_written);
        let words: Vec<&str> = step.given.split(char::is_whitespace).chain(by_command.map(String::as_str)).collect();
        let at = words.iter().position(|word| ["-f", "--config", "args=-f", "args=--config"].contains(word));
        let named = at.and_then(|at| words.get(at + 1)).copied();
        let joined = words.iter().find_map(|word| word.strip_prefix("--config="));
        let place = named.or(joined).map(|path| path.trim_matches(['"', '\''])).unwrap_or_default();
        let wanted = Wanted { how: How::Goreleaser, place: inside(place).unwrap_or_default(), name: String::new() };
        let computed = place.contains('$');
        if !computed && asked(file, wanted, found).is_some_and(|runs| !runs.sends) {
            step.given.push_str("releases=nothing\n");
        }
        if computed {
            step.given.push_str("releases=unknown\n");
        }
    }
}
