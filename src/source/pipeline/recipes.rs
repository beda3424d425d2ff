//! Files of a repository that say what a name runs: targets of a Makefile or justfile, scripts of a `package.json`. They are
//! read as text; what a make computes is not known.

use std::collections::HashMap;

/// Longest file that is looked into, bytes; most lines of a recipe, and how often variables in variables are put in.
pub(super) const LONGEST: usize = 512 << 10;
const LINES: usize = 400;
const ROUNDS: usize = 3;
/// What stands for a part that only a make, or what runs it, could work out: no known command.
pub(super) const UNKNOWN: &str = "something-computed";

/// What names of a file run; no name stands for what is run where none is given.
#[derive(Debug, Default)]
pub(super) struct Book(HashMap<String, Recipe>);

/// What a name runs: other names of the file first, then commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Recipe {
    /// The names that it needs.
    pub needs: Vec<String>,
    /// Its commands.
    pub script: String,
}

impl Book {
    /// What a name runs.
    pub fn recipe(&self, name: &str) -> Option<&Recipe> {
        self.0.get(name)
    }

    fn with_default(mut self, default: Option<String>) -> Self {
        self.0.extend(default.map(|name| (String::new(), Recipe { needs: vec![name], script: String::new() })));
        self
    }

    /// The targets of a Makefile.
    pub fn of_make(text: &str) -> Self {
        let joined = text.replace("\\\r\n", "\\\n");
        let lines = logical(&joined);
        let mut variables: HashMap<&str, &str> = HashMap::new();
        let mut rules: Vec<(Vec<&str>, Vec<&str>, Vec<&str>)> = Vec::new();
        // A rule goes on until a line stands at the margin that is none of its own.
        let mut within = false;
        let mut defines = false;
        for line in &lines {
            let said = line.trim();
            if defines {
                defines = said != "endef";
                continue;
            }
            if let Some(command) = line.strip_prefix('\t') {
                if within
                    && let Some((_, _, commands)) = rules.last_mut()
                    && commands.len() < LINES
                {
                    commands.push(command);
                }
                continue;
            }
            if said.is_empty() || said.starts_with('#') {
                continue;
            }
            if said.starts_with("define ") {
                defines = true;
                continue;
            }
            // What stands under a condition may hold: both branches are taken.
            if ["ifeq", "ifneq", "ifdef", "ifndef", "else", "endif", "-include", "include", "export"]
                .iter()
                .any(|word| said.split_whitespace().next() == Some(word))
                && !said.contains('=')
            {
                continue;
            }
            within = false;
            if let Some((name, value)) = assignment(said) {
                variables.entry(name).or_insert(value);
            } else if let Some((targets, behind)) = said.split_once(':') {
                let behind = behind.trim_start_matches(':');
                let (needs, first) = behind.split_once(';').unwrap_or((behind, ""));
                let needs = needs.split('#').next().unwrap_or_default();
                if needs.contains('=') {
                    continue;
                }
                within = true;
                let first = first.trim();
                let commands = if first.is_empty() { Vec::new() } else { vec![first] };
                let needs = needs.split_whitespace().filter(|need| *need != "|").collect();
                rules.push((targets.split_whitespace().collect(), needs, commands));
            }
        }
        let filled = |text: &str| filled(text, &variables);
        let mut book: HashMap<String, Recipe> = HashMap::new();
        let mut default = variables.get(".DEFAULT_GOAL").map(|goal| filled(goal));
        for (targets, needs, commands) in rules {
            let needs: Vec<String> = needs
                .iter()
                .flat_map(|need| filled(need).split_whitespace().map(str::to_owned).collect::<Vec<_>>())
                .collect();
            let mut script = String::new();
            for command in commands {
                script.push_str(&of_make(command, &filled));
                script.push('\n');
            }
            for target in targets.iter().filter(|target| !target.contains(['%', '$']) && !target.starts_with('.')) {
                default.get_or_insert_with(|| (*target).to_owned());
                let recipe = book.entry((*target).to_owned()).or_default();
                recipe.needs.extend(needs.iter().cloned());
                recipe.script.push_str(&script);
            }
        }
        Self(book).with_default(default)
    }

    /// The recipes of a justfile.
    pub fn of_just(text: &str) -> Self {
        let mut book: HashMap<String, Recipe> = HashMap::new();
        let mut default = None;
        let mut name: Option<String> = None;
        for line in logical(text) {
            if line.starts_with([' ', '\t']) {
                if let Some(recipe) = name.as_ref().and_then(|name| book.get_mut(name))
                    && recipe.script.lines().count() < LINES
                {
                    let command = line.trim_start().trim_start_matches(['@', '-']);
                    recipe.script.push_str(&without(command, "{{", "}}"));
                    recipe.script.push('\n');
                }
                continue;
            }
            let said = line.trim_end();
            if said.is_empty() || said.starts_with(['#', '[']) {
                continue;
            }
            name = None;
            let Some((head, needs)) = said.split_once(':').filter(|(_, behind)| !behind.starts_with('=')) else {
                continue;
            };
            if let Some(called) = head.split_whitespace().next() {
                let called = called.trim_start_matches('@').to_owned();
                let needs = needs.split('#').next().unwrap_or_default().replace("&&", " ");
                let needs = needs.split_whitespace().map(|need| need.trim_matches(['(', ')']).to_owned()).collect();
                default.get_or_insert_with(|| called.clone());
                book.insert(called.clone(), Recipe { needs, script: String::new() });
                name = Some(called);
            }
        }
        Self(book).with_default(default)
    }

    /// The scripts of a `package.json`.
    pub fn of_package(text: &str) -> Self {
        let document: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let scripts = document.get("scripts").and_then(serde_json::Value::as_object);
        let of = |(name, script): (&String, &serde_json::Value)| {
            let script = script.as_str()?.to_owned();
            Some((name.clone(), Recipe { needs: Vec::new(), script }))
        };
        Self(scripts.into_iter().flatten().filter_map(of).collect())
    }
}

/// The lines of a text, joined where one goes on.
fn logical(text: &str) -> Vec<std::borrow::Cow<'_, str>> {
    let mut lines: Vec<std::borrow::Cow<'_, str>> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let more = line.ends_with('\\');
        let line_of = line.strip_suffix('\\').unwrap_or(line);
        match lines.last_mut().filter(|_| goes_on) {
            Some(before) => {
                let before = before.to_mut();
                before.push(' ');
                before.push_str(line_of.trim_start());
            }
            None => lines.push(line_of.into()),
        }
        goes_on = more;
    }
    lines
}

/// A variable of a Makefile and its value.
fn assignment(said: &str) -> Option<(&str, &str)> {
    let (name, value) = said.split_once('=')?;
    let name = name.trim_end_matches([':', '?', '+', '!']).trim();
    let name = name.strip_prefix("export ").or_else(|| name.strip_prefix("override ")).unwrap_or(name).trim();
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    (plain && !name.is_empty()).then(|| (name, value.trim()))
}

/// A command of a Makefile as a shell sees it: without its marks, its variables put in.
fn of_make(command: &str, filled: &impl Fn(&str) -> String) -> String {
    let bare = command.trim_start().trim_start_matches(['@', '+', ' ']);
    let (bare, whatever) = bare.strip_prefix('-').map_or((bare, false), |bare| (bare, true));
    let text = filled(bare.trim_start_matches(['@', '+', ' ']));
    if whatever { format!("{text} || true") } else { text }
}

/// A text with the values of its variables; what is computed stands as one word that is no known command.
fn filled(text: &str, variables: &HashMap<&str, &str>) -> String {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        if !text.contains("$(") && !text.contains("${") {
            break;
        }
        text = once(&text, variables);
    }
    without(&text.replace("$$", "\u{1}"), "$(", ")").replace('\u{1}', "$")
}

fn once(text: &str, variables: &HashMap<&str, &str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let named = [('(', ')'), ('{', '}')].iter().find_map(|(open, close)| {
            let inner = behind.strip_prefix(*open)?;
            let end = inner.find(*close)?;
            Some((&inner[..end], &inner[end + 1..]))
        });
        match named {
            _ if behind.starts_with('$') => {
                out.push_str("$$");
                rest = &behind[1..];
            }
            Some(("MAKE", after)) => {
                out.push_str("make");
                rest = after;
            }
            Some((name, after)) if variables.contains_key(name) && out.len() < LONGEST => {
                out.push_str(variables[name]);
                rest = after;
            }
            _ => {
                out.push('$');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A text in which a word stands for each pair of marks with what is between them.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(open) {
        out.push_str(before);
        out.push_str(UNKNOWN);
        // What is computed of what is computed ends with the last mark.
        let inner = behind
            .match_indices(close)
            .map(|(at, _)| at)
            .find(|at| behind[..*at].matches(&open[open.len() - 1..]).count() == behind[..*at].matches(close).count());
        rest = inner.map_or("", |at| &behind[at + close.len()..]);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script<'b>(book: &'b Book, name: &str) -> Option<&'b str> {
        book.recipe(name).map(|recipe| recipe.script.as_str())
    }

    #[test]
    fn targets_of_a_makefile() {
        let book = Book::of_make(
            "GO ?= go\nTEST = $(GO) test\n.PHONY: check\ncheck: lint | fmt ## looks\n\t@echo a\n\t-$(TEST) ./... \\\n\t  -v\n\n\t$(MAKE) \
             more\nlint:; golint\nall: X = 1\nother:\n\t$(call run,$(foo)) x\n\tfor a in $$(ls); do :; done\n%.o: %.c\n\tcc\n",
        );
        let check = book.recipe("check").expect("a target");
        assert_eq!(check.needs, ["lint", "fmt"]);
        assert_eq!(check.script, "echo a\ngo test ./...  -v || true\nmake more\n");
        assert_eq!(script(&book, "lint"), Some("golint\n"));
        assert_eq!(script(&book, "other"), Some("something-computed x\nfor a in $(ls); do :; done\n"));
        assert_eq!(book.recipe("").expect("the first").needs, ["check"]);
        let told = Book::of_make(".DEFAULT_GOAL := test\nlint:\n\techo\ntest:\n\techo\n");
        assert_eq!(told.recipe("").expect("a default").needs, ["test"]);
        assert!(Book::of_make("").recipe("").is_none());
        assert!(book.recipe("all").is_none() && book.recipe("%.o").is_none() && book.recipe(".PHONY").is_none());
    }

    #[test]
    fn recipes_of_a_justfile_and_scripts_of_a_package() {
        let book = Book::of_just(
            "set shell := [\"bash\"]\n# all\n[group('x')]\ntest *args: build (fmt \"x\")\n    @cargo test {{args}}\n\
             build:\n  cargo build\n",
        );
        assert_eq!(script(&book, "test"), Some("cargo test something-computed\n"));
        assert_eq!(book.recipe("test").expect("a recipe").needs, ["build", "fmt", "\"x\""]);
        assert_eq!(book.recipe("").expect("the first").needs, ["test"]);
        let book = Book::of_package("{\"scripts\": {\"test\": \"vitest\", \"x\": 1}}");
        assert_eq!(script(&book, "test"), Some("vitest"));
        assert!(book.recipe("x").is_none() && Book::of_package("[").recipe("x").is_none());
    }
}
