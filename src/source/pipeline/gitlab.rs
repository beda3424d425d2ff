//! GitLab CI: `.gitlab-ci.yml` with the local files that it includes.

use std::collections::{BTreeMap, BTreeSet};

use super::command::Command;
use super::job::{Flow, Job, Starts, Step, commands};
use super::yaml::Node;
use super::{File, Found, Reader, documents, inside, judge, words};

pub(super) struct Pipelines;

/// Most files that a pipeline is put together of, and most jobs that a job takes from.
const MOST_FILES: usize = 150;
const MOST_EXTENDED: usize = 11;

/// Keys of the top level that are no jobs.
const GLOBAL: &[&str] = &[
    "stages",
    "variables",
    "default",
    "include",
    "workflow",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "pages",
    "spec",
    "types",
];

impl Reader for Pipelines {
    fn name(&self) -> &'static str {
        "GitLab CI"
    }

    fn wants(&self, path: &str) -> bool {
        [".gitlab-ci.yml", ".gitlab-ci.yaml"].contains(&path)
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        let mut whole = Whole::default();
        whole.take(file, file.path, file.documents(found), found);
        let flow = whole.flow();
        judge::judge(file, &flow, found);
    }
}

/// A pipeline, put together of its files: later ones go before.
#[derive(Default)]
struct Whole {
    /// Of each key of the top level: the file, where it is another one, and what stands there, the last first.
    keys: BTreeMap<String, Vec<(String, u32, Node)>>,
    order: Vec<String>,
    seen: BTreeSet<String>,
    /// Whether something lies elsewhere.
    hidden: bool,
    root: String,
}

impl Whole {
    fn take(&mut self, file: &File<'_>, path: &str, documents: Vec<Node>, found: &mut Found) {
        if self.seen.is_empty() {
            path.clone_into(&mut self.root);
        }
        if !self.seen.insert(path.to_owned()) || self.seen.len() > MOST_FILES {
            return;
        }
        for document in documents {
            if let Some(include) = document.get("include") {
                self.include(file, path, include, found);
            }
            for (key, name, node) in document.entries() {
                if name != "include" {
                    let known = self.keys.entry(name.to_owned()).or_default();
                    if known.is_empty() {
                        self.order.push(name.to_owned());
                    }
                    known.insert(0, (path.to_owned(), key.line, node.clone()));
                }
            }
        }
    }

    fn include(&mut self, file: &File<'_>, path: &str, include: &Node, found: &mut Found) {
        let one = std::slice::from_ref(include);
        let each = if include.items().is_empty() { one } else { include.items() };
        for node in each {
            let local = match node.text() {
                Some(text) if text.contains("://") => None,
                Some(text) => Some(text),
                None => node.text_of("local"),
            };
            match local {
                Some(local) if local.contains('$') => {
                    self.hidden = true;
                    found.note(
                        path,
                        Some(node.line),
                        "includes a file whose name is made of variables, which was not read",
                    );
                }
                Some(local) => self.local(file, path, local, node.line, found),
                None => {
                    let what = ["remote", "project", "template", "component", "artifact"]
                        .iter()
                        .find(|key| node.get(key).is_some());
                    let why = match what {
                        Some(&"template") => {
                            let scans = node.text_of("template").is_some_and(|name| {
                                name.starts_with("Security/")
                                    || name.starts_with("Jobs/SAST")
                                    || name.starts_with("Jobs/Secret")
                                    || name.starts_with("Jobs/Dependency")
                            });
                            if scans {
                                self.scan(path, node);
                                continue;
                            }
                            "includes a template of GitLab, which was not read"
                        }
                        Some(&"project") => "includes a file of another project, which was not read",
                        Some(&"component") => "includes a component, which was not read",
                        _ => "includes a remote file, which was not read",
                    };
                    self.hidden = true;
                    found.note(path, Some(node.line), why);
                }
            }
        }
    }

    /// A template of GitLab that scans: known by its name.
    fn scan(&mut self, path: &str, node: &Node) {
        let name = format!("sast of {path}:{}", node.line);
        self.order.push(name.clone());
        self.keys.insert(name, vec![(path.to_owned(), node.line, node.clone())]);
    }

    fn local(&mut self, file: &File<'_>, path: &str, local: &str, line: u32, found: &mut Found) {
        let Some(wanted) = inside(local) else {
            found.note(path, Some(line), "includes a file outside of the repository");
            return;
        };
        if !wanted.contains('*') {
            if let Some(text) = file.other(&wanted, line, found) {
                let documents = documents(&wanted, &text, found);
                self.take(file, &wanted, documents, found);
            } else {
                self.hidden = true;
            }
            return;
        }
        // Wildcards are matched among the files that are watched.
        let (folder, ending) = wanted.split_once('*').unwrap_or((&wanted, ""));
        let deep = ending.starts_with('*');
        let ending = ending.trim_start_matches(['*', '/']);
        let matching: Vec<String> = file
            .listed
            .iter()
            .map(|(path, _)| path)
            .filter(|path| {
                path.strip_prefix(folder).is_some_and(|rest| rest.ends_with(ending) && (deep || !rest.contains('/')))
            })
            .cloned()
            .collect();
        if matching.is_empty() {
            self.hidden = true;
            found.note(path, Some(line), "includes files by a pattern that fits none of those that are looked at");
        }
        for wanted in matching {
            if let Some(text) = file.other(&wanted, line, found) {
                let documents = documents(&wanted, &text, found);
                self.take(file, &wanted, documents, found);
            }
        }
    }

    /// The value of a key of a job, taken from what it extends where it has none itself: with the file that says it.
    fn value(&self, job: &str, key: &str, deepest: usize) -> Option<(&str, &Node)> {
        let definitions = self.keys.get(job)?;
        for (path, _, node) in definitions {
            if let Some(value) = node.get(key) {
                return Some((path, value));
            }
        }
        if deepest == 0 {
            return None;
        }
        for (_, _, node) in definitions {
            let bases = node.get("extends").map(Node::texts).unwrap_or_default();
            // The last one goes before.
            if let Some(found) = bases.iter().rev().find_map(|(_, base)| self.value(base, key, deepest - 1)) {
                return Some(found);
            }
        }
        None
    }

    /// The commands of a script, `!reference [job, key]` followed.
    fn script(&self, node: &Node, deepest: usize, out: &mut Vec<Command>) {
        if node.tag.as_deref() == Some("reference") {
            let parts: Vec<&str> = node.texts().into_iter().map(|(_, text)| text).collect();
            if let [job, key] = parts[..]
                && deepest > 0
                && let Some((_, value)) = self.value(job, key, MOST_EXTENDED)
            {
                // What stands in another job, and perhaps in another file, is told where it is asked for.
                let first = out.len();
                self.script(value, deepest - 1, out);
                out[first..].iter_mut().for_each(|command| command.line = node.line);
            }
            return;
        }
        match node.text() {
            Some(text) => out.extend(commands(node.line, text)),
            None => node.items().iter().for_each(|item| self.script(item, deepest, out)),
        }
    }

    fn flow(&self) -> Flow {
        let is_job = |name: &&String| {
            let global = GLOBAL.contains(&name.as_str()) && name.as_str() != "pages";
            !global && self.keys[*name].iter().any(|(_, _, node)| node.is_map())
        };
        let names: Vec<&String> = self.order.iter().filter(is_job).collect();
        let stages: Vec<String> = self.keys.get("stages").and_then(|found| found.first()).map_or_else(
            || [".pre", "build", "test", "deploy", ".post"].map(str::to_owned).to_vec(),
            |(_, _, node)| node.texts().into_iter().map(|(_, stage)| stage.to_owned()).collect(),
        );
        let stage_of = |name: &str| {
            let stage = self.value(name, "stage", MOST_EXTENDED).and_then(|(_, node)| node.text()).unwrap_or("test");
            match stage {
                ".pre" => 0,
                ".post" => usize::MAX,
                stage => stages.iter().position(|known| known == stage).map_or(usize::MAX - 1, |at| at + 1),
            }
        };
        let orders: Vec<usize> = names.iter().map(|name| stage_of(name)).collect();
        let stopped: BTreeSet<&str> = names
            .iter()
            .filter_map(|name| self.value(name, "environment", MOST_EXTENDED)?.1.text_of("on_stop"))
            .collect();
        let mut flow =
            Flow { starts: Starts { itself: true, ..Starts::default() }, hidden: self.hidden, ..Flow::default() };
        for (at, name) in names.iter().enumerate() {
            let (path, line, _) = &self.keys[*name][0];
            let mut job = Job { line: *line, id: (*name).clone(), hidden: name.starts_with('.'), ..Job::default() };
            job.path = (*path != self.root).then(|| path.clone());
            job.needs = match self.value(name, "needs", MOST_EXTENDED) {
                Some((_, needs)) => {
                    let named = needs.items().iter().filter_map(|node| node.text().or_else(|| node.text_of("job")));
                    named.filter_map(|need| names.iter().position(|name| *name == need)).collect()
                }
                // Without needs, a job waits for all of the stages before its own.
                None => (0..names.len())
                    .filter(|&other| orders[other] < orders[at] && !names[other].starts_with('.'))
                    .collect(),
            };
            self.fill(&mut job, name, &stopped);
            if job.id.starts_with("sast of ") {
                "security template".clone_into(&mut job.id);
                job.steps.push(Step {
                    line: job.line,
                    name: String::new(),
                    uses: "gitlab/sast".to_owned(),
                    ..Step::default()
                });
            }
            flow.jobs.push(job);
        }
        flow
    }

    fn fill(&self, job: &mut Job, name: &str, stopped: &BTreeSet<&str>) {
        let value = |key: &str| self.value(name, key, MOST_EXTENDED).map(|(_, node)| node);
        if let Some(environment) = value("environment") {
            let named = environment.text().or_else(|| environment.text_of("name")).unwrap_or_default();
            job.environment = Some((environment.line, named.to_owned()));
            let stops = environment.text_of("action") == Some("stop");
            job.undoes = (stops || stopped.contains(name)).then_some(job.line);
        }
        job.lax = value("allow_failure").filter(|node| node.is_true()).map(|node| node.line);
        job.guard = value("resource_group").map(|node| node.line);
        job.elsewhere = value("trigger").is_some_and(|node| node.get("include").is_none());
        if value("when").is_some_and(|node| node.text() == Some("manual")) {
            job.manual = Some(job.line);
        }
        let rules = value("rules").map(Node::items).unwrap_or_default();
        let mut starts = 0;
        let mut by_hand = 0;
        let mut requests = 0;
        for rule in rules {
            let when = rule.text_of("when").unwrap_or("on_success");
            if when == "never" {
                continue;
            }
            starts += 1;
            by_hand += usize::from(when == "manual");
            if let Some(condition) = rule.get("if")
                && let Some(text) = condition.text()
            {
                requests += usize::from(text.contains("merge_request") && !text.contains("||"));
                let names =
                    words::named_people(text, &["$GITLAB_USER_LOGIN", "$GITLAB_USER_NAME", "$GITLAB_USER_EMAIL"]);
                job.people.extend(names.into_iter().map(|name| (condition.line, name)));
            }
        }
        if by_hand > 0 && by_hand == starts {
            job.manual = Some(job.line);
        }
        job.requests = starts > 0 && requests == starts;
        let only = value("only").map(Node::texts).unwrap_or_default();
        job.requests |= !only.is_empty() && only.iter().all(|(_, text)| *text == "merge_requests");
        job.regions = value("parallel").and_then(|node| node.get("matrix")).and_then(|matrix| {
            let mut keys = matrix.items().iter().flat_map(Node::entries);
            keys.find(|(_, key, values)| key.to_ascii_lowercase().contains("region") && values.items().len() > 1)
                .map(|(key, _, _)| key.line)
        });
        let mut step = Step { line: job.line, path: job.path.clone(), ..Step::default() };
        for key in ["before_script", "script", "after_script"] {
            if let Some((path, node)) = self.value(name, key, MOST_EXTENDED) {
                let mut script = Vec::new();
                self.script(node, 4, &mut script);
                // What a job takes from another file is told at the job.
                let other =
                    Some(path) != job.path.as_deref() && path != self.root || job.path.is_some() && path == self.root;
                if other || self.keys[name].iter().all(|(_, _, own)| own.get(key).is_none()) {
                    for command in &mut script {
                        command.line = job.line;
                    }
                }
                step.commands.extend(script);
            }
        }
        if value("release").is_some() {
            step.commands.push(Command::new(job.line, "release-cli create"));
        }
        if !step.commands.is_empty() {
            job.steps.push(step);
        }
    }
}
