//! What commands run of the repository itself: targets of a Makefile or justfile, scripts of a `package.json`, shell scripts. What
//! they run is believed before what they are called. Looked at is what a pipeline calls a test, or a script that ships.

use std::cell::{LazyCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::command::{Command, Runs, Words};
use super::job::{Flow, Step};
use super::recipes::{Book, LONGEST, UNKNOWN};
use super::settings::{publishes, wheels};
use super::sure::Sure;
use super::wanted::{How, MAKEFILES, Wanted, of_commands};
use super::{Beside, File, ends, inside, script, text, words};
use crate::model::CommitId;

/// How deep scripts that run others are followed, most names that are looked up, and most commands of each.
const DEEPEST: usize = 4;
const MOST: usize = 2_000;
const COMMANDS: usize = 500;
/// Contents of which it is kept what all their names run.
const BOOKS: usize = 8;

/// What was looked up. A name is looked up once, at the newest commit that runs it: a recipe seldom turns into another thing, and
/// looking for its file at each release costs more than all else that is read.
#[derive(Debug, Default)]
pub(super) struct Looked {
    known: RefCell<HashMap<Wanted, Option<Runs>>>,
    books: RefCell<Books>,
}

type Books = Vec<((CommitId, How), Rc<Book>)>;

/// What a target or script runs.
#[derive(Debug, Default)]
struct Content {
    commands: Vec<Command>,
    /// What its commands run of the repository: which of them, and which part.
    runs: Vec<(usize, usize, Vec<Wanted>)>,
    /// Whether it is known to test by what it is, and whether not all of it is known.
    tests: bool,
    open: bool,
}

impl Looked {
    /// What a target or script comes to; none where it is not found, or not to be read.
    fn deeper(&self, wanted: &Wanted, beside: &dyn Beside, deepest: usize) -> Option<Runs> {
        if let Some(known) = self.known.borrow().get(wanted) {
            return *known;
        }
        if deepest == 0 || self.known.borrow().len() >= MOST {
            return None;
        }
        // What runs itself is not known.
        self.known.borrow_mut().insert(wanted.clone(), None);
        let mut content = self.content(wanted, beside)?;
        for (command, part, wanted) in std::mem::take(&mut content.runs) {
            content.commands[command].parts[part].runs = self.all(&wanted, beside, deepest - 1);
        }
        let runs = content.comes_to();
        self.known.borrow_mut().insert(wanted.clone(), Some(runs));
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

    fn content(&self, wanted: &Wanted, beside: &dyn Beside) -> Option<Content> {
        let (id, path) = wanted.paths().into_iter().find_map(|path| Some((beside.find(&path)?, path)))?;
        self.read(wanted, &path, id, beside)
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

    /// What it comes to.
    fn comes_to(&self) -> Runs {
        let commands = &self.commands;
        let tests = if self.tests || commands.iter().any(|command| words::testing(command).next().is_some()) {
            Sure::Yes
        } else if self.open || commands.iter().any(words::may_be_test) {
            Sure::Maybe
        } else {
            Sure::No
        };
        let ships = commands.iter().find_map(words::command_ships);
        let sends = self.open || commands.iter().flat_map(|command| &command.parts).any(words::may_send);
        Runs { tests, ships, sends }
    }
}

/// Looks at what the commands of a pipeline run of the repository, where it decides whether they test or ship.
pub(super) fn look(file: &File<'_>, flow: &mut Flow) {
    for job in &mut flow.jobs {
        let called = LazyCell::new(|| called(&job.id) || called(&job.title));
        for step in &mut job.steps {
            of_step(file, &called, step);
        }
    }
}

/// Whether a name is that of a test or a check.
fn called(name: &str) -> bool {
    words::named_test(name) || words::named_check(name)
}

fn of_step(file: &File<'_>, job_called: &LazyCell<bool, impl FnOnce() -> bool>, step: &mut Step) {
    if step.known.get().is_some() {
        return;
    }
    wheels_and_releases(file, step);
    if step.commands.is_empty() {
        return;
    }
    let called = LazyCell::new(|| **job_called || called(&step.name));
    let runs = of_commands(&step.commands, &step.folder, |part| words::called_so(part) || *called);
    for (command, part, wanted) in runs {
        step.commands[command].parts[part].runs = file.shared.looked.all(&wanted, file.beside, DEEPEST);
    }
}

/// What is built to be uploaded may be tested by its own settings, and what releases may be told to publish nothing.
fn wheels_and_releases(file: &File<'_>, step: &mut Step) {
    let line = step.line;
    let runs = |wanted: Wanted| file.shared.looked.deeper(&wanted, file.beside, DEEPEST);
    let builds = |words: &Words| words.iter().any(|word| word.rsplit('/').next() == Some("cibuildwheel"));
    let by_action = step.uses.contains("pypa/cibuildwheel");
    if by_action || step.commands.iter().flat_map(|command| &command.parts).any(builds) {
        let told = step.given.lines().any(|line| line.starts_with("cibw_test_command"));
        let wanted = Wanted { how: How::Wheels, place: step.folder.clone(), name: String::new() };
        let tests = told || runs(wanted).is_some_and(|runs| runs.tests == Sure::Yes);
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
        if !computed && runs(wanted).is_some_and(|runs| !runs.sends) {
            step.given.push_str("releases=nothing\n");
        }
        if computed {
            step.given.push_str("releases=unknown\n");
        }
    }
}
