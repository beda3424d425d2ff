//! Repositories written from a script that people can read: for demonstrations and for tests.
//!
//! The same script always gives the same ids: identities and times stand in it, and nothing else goes in.
//!
//! ```text
//! # A line that begins with # is a comment; empty lines do not count.
//! as-of 2026-06-30T12:00:00Z
//! person ana = Ana Costa <ana@example.com>
//! person bo = Bo Lind <bo@example.com>
//!
//! 2026-01-05T10:00:00+01:00 ana commit feat(cart): remember the basket | src/cart.rs src/api.rs
//! 2026-01-05T11:00:00+01:00 ana tag v1.0.0 | Release 1.0.0\n\nCheck: canary=pass
//! branch topic
//! 2026-01-06T09:00:00+01:00 ana/bo commit @broken fix: be quick | src/cart.rs -src/api.rs
//! checkout main
//! 2026-01-06T10:00:00+01:00 bo merge topic | Merge branch 'topic'
//! 2026-01-06T11:00:00+01:00 bo lighttag v1.0.1
//! 2026-01-07T08:00:00+01:00 bo revert @broken
//! 2026-01-07T09:00:00+01:00 bo commit fix: again\n\nFixes: ${broken} | src/cart.rs
//! ```
//!
//! | line | what it does |
//! |---|---|
//! | `as-of TIME` | the moment at which the story is told; once, anywhere |
//! | `person KEY = NAME <E-MAIL>` | names someone; before the first use |
//! | `branch NAME [from REV]` | makes a branch at REV (default: where we stand) and switches to it |
//! | `checkout NAME` | switches to a branch |
//! | `TIME WHO commit [@LABEL] MESSAGE [\| PATH …]` | commits; every PATH gets a new content, `PATH="TEXT"` that one (`\n` is a line break), `-PATH` is deleted |
//! | `TIME WHO merge BRANCH … [@LABEL] [\| MESSAGE]` | merges one branch or more into the current one |
//! | `TIME WHO revert @LABEL [\| PATH …]` | commits as `git revert` words it; without PATH, the files of the culprit change |
//! | `TIME WHO tag NAME [\| MESSAGE]` | makes an annotated tag |
//! | `TIME WHO lighttag NAME` | makes a lightweight tag; its time and person are only for the reader |
//!
//! TIME is RFC 3339 with an offset, which is kept. WHO is a KEY, or `AUTHOR/COMMITTER`. REV is a branch, a tag or a
//! `@LABEL`. In a MESSAGE, `\n` is a line break, `\\` a backslash and `${LABEL}` the full id of a labelled commit; its
//! last ` | ` ends it. The first branch is `main`.

mod write;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use chrono::DateTime;

use crate::error::Error;
use crate::model::Moment;

/// A parsed history script.
#[derive(Clone, Debug)]
pub struct Script {
    as_of: Option<Moment>,
    steps: Vec<Step>,
}

/// One line.
#[derive(Clone, Debug)]
struct Step {
    /// From 1.
    line: usize,
    action: Action,
}

#[derive(Clone, Debug)]
enum Action {
    Branch { name: String, from: Option<String> },
    Checkout(String),
    Commit { by: By, label: Option<String>, message: String, paths: Vec<PathEdit> },
    Merge { by: By, label: Option<String>, branches: Vec<String>, message: String },
    Revert { by: By, culprit: String, paths: Vec<PathEdit> },
    Tag { by: By, name: String, message: String },
    LightTag(String),
}

/// Who and when.
#[derive(Clone, Debug)]
struct By {
    author: Person,
    committer: Person,
    at: Moment,
}

#[derive(Clone, Debug)]
struct Person {
    name: String,
    email: String,
}

/// What a commit does to a path.
#[derive(Clone, Debug)]
enum PathEdit {
    /// With that content, or one that tells what was done to it, and when.
    Write(String, Option<String>),
    Delete(String),
}

/// What is wrong with a line, and what to write instead.
type Fault = (String, &'static str);

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    ///
    /// The first line that cannot be read, by its number, and what to write instead.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut parser = Parser::default();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match parser.line(line) {
                Ok(Some(action)) => parser.steps.push(Step { line: at + 1, action }),
                Ok(None) => {}
                Err((what, help)) => {
                    return Err(Error::input(format!("{what} (history script, line {})", at + 1), help));
                }
            }
        }
        Ok(Self { as_of: parser.as_of, steps: parser.steps })
    }

    /// The moment at which the story is told, where the script says so.
    pub fn as_of(&self) -> Option<Moment> {
        self.as_of
    }

    /// Writes the repository into `dir`, which may exist but not be a repository, and checks `main` out.
    ///
    /// # Errors
    ///
    /// When `dir` is a repository already or cannot be written; when a name is one that git refuses.
    pub fn write(&self, dir: &Path) -> Result<(), Error> {
        write::write(self, dir, true)
    }

    /// As [`Script::write`], with a file for each object: for whoever is going to damage some.
    ///
    /// # Errors
    ///
    /// As [`Script::write`].
    pub fn write_loose(&self, dir: &Path) -> Result<(), Error> {
        write::write(self, dir, false)
    }
}

/// What is known while reading, so that a mistake is told by its line before anything is written.
struct Parser {
    as_of: Option<Moment>,
    people: HashMap<String, Person>,
    branches: HashSet<String>,
    tags: HashSet<String>,
    labels: HashSet<String>,
    /// Whether the current branch has a commit.
    born: bool,
    steps: Vec<Step>,
}

impl Default for Parser {
    fn default() -> Self {
        Self {
            as_of: None,
            people: HashMap::new(),
            branches: HashSet::from(["main".to_owned()]),
            tags: HashSet::new(),
            labels: HashSet::new(),
            born: false,
            steps: Vec::new(),
        }
    }
}

impl Parser {
    fn line(&mut self, line: &str) -> Result<Option<Action>, Fault> {
        let (first, rest) = word(line);
        match first {
            "as-of" => {
                self.as_of = Some(time(rest)?);
                Ok(None)
            }
            "person" => self.person(rest).map(|()| None),
            "branch" => self.branch(rest).map(Some),
            "checkout" if self.branches.contains(rest) => Ok(Some(Action::Checkout(rest.to_owned()))),
            "checkout" => Err((format!("there is no branch `{rest}`"), "make it first: `branch NAME`")),
            _ => self.event(time(first)?, rest).map(Some),
        }
    }

    fn person(&mut self, text: &str) -> Result<(), Fault> {
        let fault = || (format!("cannot read the person `{text}`"), "write `person KEY = NAME <E-MAIL>`");
        let (key, who) = text.split_once('=').ok_or_else(fault)?;
        let (name, email) = who.trim().strip_suffix('>').and_then(|who| who.split_once('<')).ok_or_else(fault)?;
        let (key, name, email) = (key.trim(), name.trim(), email.trim());
        let plain = |text: &str| !text.is_empty() && !text.contains(['<', '>']);
        if key.is_empty() || key.contains([' ', '/']) || !plain(name) || !plain(email) {
            return Err(fault());
        }
        self.people.insert(key.to_owned(), Person { name: name.to_owned(), email: email.to_owned() });
        Ok(())
    }

    fn branch(&mut self, text: &str) -> Result<Action, Fault> {
        let (name, rest) = word(text);
        let from = match word(rest) {
            ("", _) => None,
            ("from", rev) => Some(self.rev(rev)?),
            _ => return Err((format!("cannot read `{rest}` after the branch"), "write `branch NAME from REV`")),
        };
        ref_name("heads", name)?;
        if from.is_none() && !self.born {
            return Err(("there is no commit to branch from".to_owned(), "commit something first"));
        }
        if !self.branches.insert(name.to_owned()) {
            return Err((format!("there is a branch `{name}` already"), "switch to it: `checkout NAME`"));
        }
        Ok(Action::Branch { name: name.to_owned(), from })
    }

    fn rev(&self, rev: &str) -> Result<String, Fault> {
        let known = rev.strip_prefix('@').map_or_else(
            || self.tags.contains(rev) || self.branches.contains(rev),
            |label| self.labels.contains(label),
        );
        if known {
            Ok(rev.to_owned())
        } else {
            Err((format!("nothing is called `{rev}` yet"), "name a branch, a tag or a `@LABEL` of a line above"))
        }
    }

    fn event(&mut self, at: Moment, text: &str) -> Result<Action, Fault> {
        let (who, rest) = word(text);
        let (verb, rest) = word(rest);
        let by = self.by(at, who)?;
        let (head, tail) = match rest.strip_prefix("| ") {
            Some(tail) => ("", Some(tail)),
            None => rest.rsplit_once(" | ").map_or((rest, None), |(head, tail)| (head.trim_end(), Some(tail))),
        };
        if !self.born && verb != "commit" {
            return Err((format!("there is no commit to {verb} yet"), "commit something first"));
        }
        match verb {
            "commit" => {
                let (label, message) = label_first(head);
                let action = Action::Commit {
                    by,
                    label: self.label(label)?,
                    message: self.message(message)?,
                    paths: paths(tail.unwrap_or(""))?,
                };
                self.born = true;
                Ok(action)
            }
            "merge" => {
                let mut branches = Vec::new();
                let mut label = None;
                for name in head.split_whitespace() {
                    match name.strip_prefix('@') {
                        Some(name) => label = Some(name),
                        None if self.branches.contains(name) => branches.push(name.to_owned()),
                        None => return Err((format!("there is no branch `{name}`"), "make it first: `branch NAME`")),
                    }
                }
                if branches.is_empty() {
                    return Err(("nothing to merge".to_owned(), "write `TIME WHO merge BRANCH | MESSAGE`"));
                }
                let message = match tail {
                    Some(message) => self.message(message)?,
                    None => format!("Merge branch '{}'", branches.join("', '")),
                };
                Ok(Action::Merge { by, label: self.label(label)?, branches, message })
            }
            "revert" => {
                let culprit = self.rev(head)?;
                if !culprit.starts_with('@') {
                    return Err((format!("`{head}` is no label"), "write `TIME WHO revert @LABEL`"));
                }
                Ok(Action::Revert { by, culprit, paths: paths(tail.unwrap_or(""))? })
            }
            "tag" | "lighttag" => {
                ref_name("tags", head)?;
                if !self.tags.insert(head.to_owned()) {
                    return Err((format!("there is a tag `{head}` already"), "give it another name"));
                }
                let name = head.to_owned();
                match (verb, tail) {
                    ("tag", tail) => Ok(Action::Tag { by, name, message: self.message(tail.unwrap_or(head))? }),
                    (_, None) => Ok(Action::LightTag(name)),
                    (_, Some(_)) => Err(("a lightweight tag has no message".to_owned(), "use `tag`")),
                }
            }
            _ => {
                Err((format!("cannot read `{verb}`"), "write commit, merge, revert, tag or lighttag after the person"))
            }
        }
    }

    fn by(&self, at: Moment, who: &str) -> Result<By, Fault> {
        let (author, committer) = who.split_once('/').unwrap_or((who, who));
        let person = |key: &str| {
            let fault = || (format!("nobody is called `{key}`"), "name them first: `person KEY = NAME <E-MAIL>`");
            self.people.get(key).cloned().ok_or_else(fault)
        };
        Ok(By { author: person(author)?, committer: person(committer)?, at })
    }

    fn label(&mut self, label: Option<&str>) -> Result<Option<String>, Fault> {
        let Some(label) = label else { return Ok(None) };
        if label.is_empty() || label.contains(['{', '}']) || !self.labels.insert(label.to_owned()) {
            return Err((format!("cannot use the label `@{label}`"), "give every label once, as one word"));
        }
        Ok(Some(label.to_owned()))
    }

    /// Resolves escapes, and checks that every `${LABEL}` is known.
    fn message(&self, text: &str) -> Result<String, Fault> {
        if text.trim().is_empty() {
            return Err(("the message is empty".to_owned(), "say what happened"));
        }
        for after in text.split("${").skip(1) {
            let label = after.split('}').next().unwrap_or(after);
            if !self.labels.contains(label) {
                return Err((
                    format!("no commit has the label `@{label}` yet"),
                    "write `commit @LABEL …` on a line above",
                ));
            }
        }
        let mut message = String::with_capacity(text.len() + 1);
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            match char {
                '\\' => match chars.next() {
                    Some('n') => message.push('\n'),
                    Some('\\') => message.push('\\'),
                    _ => return Err(("cannot read a backslash".to_owned(), "write `\\n` or `\\\\`")),
                },
                char => message.push(char),
            }
        }
        message.push('\n');
        Ok(message)
    }
}

/// The first word, and the rest without the blanks around it.
fn word(text: &str) -> (&str, &str) {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (first, rest.trim())
}

/// A label at the start of a message.
fn label_first(text: &str) -> (Option<&str>, &str) {
    match text.strip_prefix('@').map(word) {
        Some((label, message)) => (Some(label), message),
        None => (None, text),
    }
}

fn time(text: &str) -> Result<Moment, Fault> {
    DateTime::parse_from_rfc3339(text).map_err(|_| {
        let help = "begin with a time such as 2026-01-05T10:00:00+01:00, or with as-of, person, branch or checkout";
        (format!("cannot read the time `{text}`"), help)
    })
}

fn ref_name(kind: &str, name: &str) -> Result<(), Fault> {
    if git2::Reference::is_valid_name(&format!("refs/{kind}/{name}")) {
        Ok(())
    } else {
        Err((format!("git refuses the name `{name}`"), "see git check-ref-format"))
    }
}

fn paths(text: &str) -> Result<Vec<PathEdit>, Fault> {
    let mut edits = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (path, after) = word(rest);
        let (path, content, after) = match path.split_once("=\"") {
            None => (path, None, after),
            Some((path, _)) => {
                let quoted = &rest[path.len() + 2..];
                let help = "write PATH=\"TEXT\", with \\n for a line break";
                let (text, after) = quoted.split_once('"').ok_or((format!("the text of {path} has no end"), help))?;
                (path, Some(text.replace("\\n", "\n")), after.trim())
            }
        };
        rest = after;
        let (delete, path) = path.strip_prefix('-').map_or((false, path), |path| (true, path));
        let bad = |part: &str| part.is_empty() || part == "." || part == ".." || part.eq_ignore_ascii_case(".git");
        if path.split('/').any(bad) {
            return Err((format!("cannot use the path `{path}`"), "write paths from the root, as src/a.rs"));
        }
        let path = path.to_owned();
        edits.push(if delete { PathEdit::Delete(path) } else { PathEdit::Write(path, content) });
    }
    Ok(edits)
}

#[cfg(test)]
mod tests {
    use super::Script;

    const START: &str = "person a = Ana <a@x>\n2026-01-05T10:00:00+01:00 a commit @one first | f\n";

    fn fault(line: &str) -> String {
        Script::parse(&format!("{START}{line}\n")).map_or_else(|error| error.to_string(), |_| "fine".to_owned())
    }

    #[test]
    fn every_mistake_names_its_line() {
        for line in [
            "bogus",
            "person b",
            "person b = <x>",
            "checkout nowhere",
            "branch main",
            "branch x from nowhere",
            "branch a..b",
            "2026-01-05 a commit x",
            "2026-01-05T10:00:00Z nobody commit x",
            "2026-01-05T10:00:00Z a dance",
            "2026-01-05T10:00:00Z a commit",
            "2026-01-05T10:00:00Z a commit @one again",
            "2026-01-05T10:00:00Z a commit see ${two}",
            "2026-01-05T10:00:00Z a commit x\\y",
            "2026-01-05T10:00:00Z a commit x | ../etc",
            "2026-01-05T10:00:00Z a commit x | .git/hooks/x",
            "2026-01-05T10:00:00Z a commit x | f=\"no end",
            "2026-01-05T10:00:00Z a merge nowhere",
            "2026-01-05T10:00:00Z a revert @two",
            "2026-01-05T10:00:00Z a lighttag v1 | message",
            "2026-01-05T10:00:00Z a tag v 1",
        ] {
            assert!(fault(line).ends_with("(history script, line 3)"), "{line}: {}", fault(line));
        }
        assert_eq!(
            fault("2026-01-05T10:00:00Z a/a tag v1 | said | twice\\n${one}"),
            "git refuses the name `v1 | said` (history script, line 3)"
        );
        assert_eq!(fault("# comment"), "fine");
    }
}
