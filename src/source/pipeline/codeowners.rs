//! CODEOWNERS, as GitHub and GitLab read it: which paths have an owner, and which of these is one person.

use std::cell::OnceCell;
use std::rc::Rc;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::{File, Found, Listed, Reader};
use crate::model::{CODEOWNERS, Control, ControlKind};

pub(super) struct CodeOwners;

/// Most rules that are read.
const MOST: usize = 10_000;

/// Who must look at which paths.
#[derive(Debug)]
pub struct Owners {
    globs: Vec<Glob>,
    /// All of them at once, as soon as a path is held against them; `None` where they are too much for that.
    set: OnceCell<Option<GlobSet>>,
    /// Of each glob: its rule.
    of: Vec<usize>,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    /// The section, of which the last rule that fits holds.
    section: usize,
    owners: usize,
    person: bool,
}

/// Who must look at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owned {
    /// Nobody.
    Nobody,
    /// One person alone.
    OnePerson,
    /// Several, or a team.
    Several,
}

impl Reader for CodeOwners {
    fn name(&self) -> &'static str {
        "CODEOWNERS"
    }

    fn wants(&self, path: &str) -> bool {
        CODEOWNERS.contains(&path)
    }

    fn tells(&self) -> &'static [ControlKind] {
        &[ControlKind::Owners]
    }

    /// Of the places where it may lie, the first that is there holds.
    fn holds(&self, path: &str, listed: &[Listed]) -> bool {
        let place = |path: &str| CODEOWNERS.iter().position(|known| *known == path);
        !listed.iter().any(|(other, _)| place(other).is_some_and(|at| Some(at) < place(path)))
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        let (owners, first, unread) = read(file.text);
        for line in unread {
            found.note(file.path, Some(line), "has a pattern that cannot be read");
        }
        if file.text.lines().nth(MOST).is_some() {
            found.unread(file.path, Some(MOST as u32 + 1), "has more rules than are read: the others were not");
        }
        let Some(line) = first else { return };
        let alone = owners.rules.iter().filter(|rule| rule.owners == 1 && rule.person).count() as u64;
        let owned = owners.rules.iter().filter(|rule| rule.owners > 0).count() as u64;
        let mut control = Control::new(ControlKind::Owners, file.path, line, "");
        control.number = Some(owned);
        control.facts.alone = Some((alone, owned));
        found.add(control);
        found.owners = Some(Rc::new(owners));
    }
}

/// The rules of a text, the line of the first, and the lines that cannot be read.
fn read(text: &str) -> (Owners, Option<u32>, Vec<u32>) {
    let (mut all, mut of, mut rules) = (Vec::new(), Vec::new(), Vec::new());
    let (mut first, mut unread) = (None, Vec::new());
    let (mut section, mut inherited) = (0, Vec::new());
    for (number, line) in said(text).take_while(|(number, _)| *number as usize <= MOST) {
        if (line.starts_with('[') || line.starts_with("^[")) && line.contains(']') {
            section += 1;
            let rest = line.rsplit(']').next().unwrap_or_default();
            inherited = rest.split_whitespace().filter(|word| is_owner(word)).map(str::to_owned).collect();
            continue;
        }
        let mut words = split(line).into_iter();
        let Some(pattern) = words.next() else { continue };
        let mut owners: Vec<String> = words.filter(|word| is_owner(word)).collect();
        if owners.is_empty() && section > 0 {
            owners.clone_from(&inherited);
        }
        let globs: Vec<_> = globs(&pattern)
            .iter()
            .filter_map(|glob| GlobBuilder::new(glob).literal_separator(true).backslash_escape(true).build().ok())
            .collect();
        if globs.is_empty() {
            unread.push(number);
            continue;
        }
        for glob in globs {
            all.push(glob);
            of.push(rules.len());
        }
        if !owners.is_empty() {
            first = first.or(Some(number));
        }
        rules.push(Rule { section, owners: owners.len(), person: owners.iter().all(|owner| is_person(owner)) });
    }
    (Owners { globs: all, set: OnceCell::new(), of, rules }, first, unread)
}

/// The owner of everything, as a CODEOWNERS file says: the first name of the last line for `*`, as the last match counts.
pub fn owner_of_all(text: &str) -> Option<&str> {
    let everything = said(text).filter_map(|(_, line)| {
        let mut words = line.split_whitespace();
        // Written so or so, it is everything; a line without a name takes the owner away again.
        ["*", "/*", "**", "/**"].contains(&words.next()?).then(|| words.next())
    });
    everything.last().flatten()
}

/// The lines of a text, by their numbers from 1, without comments and the mark of its encoding.
fn said(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let lines = text.trim_start_matches('\u{feff}').lines().zip(1..);
    let bare = |line: &str| !line.starts_with('#');
    lines
        .map(|(line, number)| (number, line.trim()))
        .filter(move |(_, line)| bare(line))
        .map(|(number, line)| (number, line.split(" #").next().unwrap_or_default().trim()))
        .filter(|(_, line)| !line.is_empty())
}

/// The words of a line; a blank behind a backslash belongs to the word.
fn split(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, words.last_mut()) {
            ('\\', Some(word)) => word.extend(chars.next()),
            (c, _) if c.is_whitespace() => words.push(String::new()),
            (c, Some(word)) => word.push(c),
            _ => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_owner(word: &str) -> bool {
    word.starts_with('@') && word.len() > 1 || word.contains('@') && !word.starts_with('#')
}

/// Whether an owner is one person, as far as the name tells: a team has a slash, a role of GitLab two signs, and an account
/// that many use is called after what they do.
fn is_person(owner: &str) -> bool {
    const SHARED: &[&str] = &[
        "admin",
        "admins",
        "team",
        "teams",
        "bot",
        "robot",
        "ci",
        "maintainers",
        "owners",
        "reviewers",
        "oncall",
        "devops",
        "sre",
    ];
    // Written in one word too, `docsteam`: of GitLab's groups a name shows no more.
    const MANY: &[&str] =
        &["team", "teams", "group", "groups", "maintainers", "owners", "reviewers", "admins", "developers"];
    // Of an address, only what stands before the sign names somebody.
    let name = if owner.starts_with('@') { owner } else { owner.split('@').next().unwrap_or_default() };
    let shared = |part: &str| {
        let part = part.to_ascii_lowercase();
        SHARED.contains(&part.as_str()) || MANY.iter().any(|many| part.ends_with(many))
    };
    !owner.contains('/') && !owner.starts_with("@@") && !name.split(|c: char| !c.is_ascii_alphanumeric()).any(shared)
}

/// The globs of a pattern: what it names, and what lies below that.
fn globs(pattern: &str) -> Vec<String> {
    let anchored = pattern.trim_end_matches('/').contains('/');
    let body = pattern.trim_start_matches('/').trim_end_matches('/');
    if body.is_empty() {
        return vec!["**".to_owned()];
    }
    let base = if anchored || pattern.starts_with('/') { body.to_owned() } else { format!("**/{body}") };
    let below = format!("{base}/**");
    if pattern.ends_with('/') {
        vec![below]
    } else if body.ends_with("/*") {
        vec![base]
    } else {
        vec![base, below]
    }
}

impl Owners {
    /// Whether paths can be held against them: their patterns are not too much for that.
    pub fn can_be_asked(&self) -> bool {
        self.set().is_some()
    }

    fn set(&self) -> Option<&GlobSet> {
        let build = || {
            let mut set = GlobSetBuilder::new();
            for glob in &self.globs {
                set.add(glob.clone());
            }
            set.build().ok()
        };
        self.set.get_or_init(build).as_ref()
    }

    /// Who must look at a path: of each section the last rule that fits. Nobody, where they cannot be asked.
    pub fn of(&self, path: &str) -> Owned {
        let mut last: Vec<(usize, usize)> = Vec::new();
        for glob in self.set().map(|set| set.matches(path)).unwrap_or_default() {
            let rule = self.of[glob];
            let section = self.rules[rule].section;
            match last.iter_mut().find(|(known, _)| *known == section) {
                Some((_, best)) => *best = rule.max(*best),
                None => last.push((section, rule)),
            }
        }
        let owners: usize = last.iter().map(|(_, rule)| self.rules[*rule].owners).sum();
        match owners {
            0 => Owned::Nobody,
            1 if last.iter().any(|(_, rule)| self.rules[*rule].owners == 1 && self.rules[*rule].person) => {
                Owned::OnePerson
            }
            _ => Owned::Several,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_rule_that_fits_holds() {
        let (owners, first, unread) = read(
            "# comment\n*  @org/all\n/docs/ @ana\n*.js @bo @cy\napps/* @dan\n/apps/github\n/build/logs/ @eve # note\nmy\\ file @fay\n",
        );
        assert_eq!((first, unread.len()), (Some(2), 0));
        for (path, owned) in [
            ("src/main.rs", Owned::Several),
            ("docs/a/b.md", Owned::OnePerson),
            ("x/docs/a.md", Owned::Several),
            ("docs/a.js", Owned::Several),
            ("apps/one", Owned::OnePerson),
            ("apps/one/deep", Owned::Several),
            ("apps/github/x", Owned::Nobody),
            ("build/logs/x.txt", Owned::OnePerson),
            ("my file", Owned::OnePerson),
        ] {
            assert_eq!(owners.of(path), owned, "{path}");
        }
    }

    #[test]
    fn patterns_that_are_too_much_say_of_no_path_that_nobody_owns_it() {
        let line = format!("/{}?{} @a\n", "x*y".repeat(20), "z?".repeat(20));
        let many = line.repeat(3_000);
        let (owners, first, unread) = read(&many);
        assert_eq!((first, unread.len(), owners.can_be_asked()), (Some(1), 0, false));
        assert!(read("* @a\n").0.can_be_asked());
    }

    #[test]
    fn sections_of_gitlab_give_their_owners_to_rules_without() {
        let (owners, ..) = read("* @org/team\n[Docs][2] @ana\n/docs/\n/other/ @bo\n^[Optional]\n/x/ @cy\n");
        assert_eq!(owners.of("docs/x.md"), Owned::Several, "of the team, and of the section");
        let (owners, ..) = read("[Docs] @ana\n/docs/\n");
        assert_eq!((owners.of("docs/x.md"), owners.of("src/x")), (Owned::OnePerson, Owned::Nobody));
    }

    #[test]
    fn the_last_line_for_everything_names_the_owner() {
        let owners = "# all\n*  @acme/old\n/docs @acme/docs\n* @acme/web @acme/ops # both\n*.js @acme/js\n";
        assert_eq!(owner_of_all(owners), Some("@acme/web"));
        assert_eq!(owner_of_all("* @acme/web\n*\n"), None, "nobody's again");
        assert_eq!((owner_of_all("/docs @a\n"), owner_of_all("")), (None, None));
        assert_eq!(owner_of_all("\u{feff}* ana@example.com\r\n"), Some("ana@example.com"));
    }

    #[test]
    fn a_mark_of_the_encoding_is_no_part_of_a_pattern() {
        let (owners, first, unread) = read("\u{feff}* @org/team\r\n");
        assert_eq!((owners.of("src/x"), first, unread.len()), (Owned::Several, Some(1), 0));
    }
}
