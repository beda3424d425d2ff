//! GitLab CI: `.gitlab-ci.yml` with the local files that it includes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::command::Command;
use super::job::{Flow, Job, Starts, Step};
use super::script::commands;
use super::sure::Sure;
use super::yaml::{Node, weight_of};
use super::{File, Found, Listed, OF_PIPELINES, Reader, inside, judge, parsed, words};
use crate::model::ControlKind;

pub(super) struct Pipelines;

/// Most files that a pipeline is put together of, most jobs that a job takes from, and how deep pipelines start others.
const MOST_FILES: usize = 150;
const MOST_EXTENDED: usize = 100;
const DEEPEST: usize = 3;
/// How deep `!reference` is followed.
const REFERENCES: usize = 10;

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

    fn tells(&self) -> &'static [ControlKind] {
        OF_PIPELINES
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        let mut whole = Whole::default();
        whole.take(file, file.path, &file.documents(found), found);
        let mut flow = Flow { starts: Starts { itself: true, ..Starts::default() }, ..Flow::default() };
        whole.into_flow(file, DEEPEST, &mut flow, found);
        judge::judge(file, flow, found);
    }
}

/// Which files of a folder a pipeline includes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    folder: String,
    deep: bool,
    ending: String,
}

impl Pattern {
    fn of(wanted: &str) -> Self {
        let (folder, ending) = wanted.split_once('*').unwrap_or((wanted, ""));
        Self {
            folder: folder.to_owned(),
            deep: ending.starts_with('*'),
            ending: ending.trim_start_matches(['*', '/']).to_owned(),
        }
    }

    /// The paths that fit.
    pub fn fitting(&self, listed: &[Listed]) -> Vec<String> {
        let fits = |path: &&String| {
            let rest = path.strip_prefix(&self.folder);
            rest.is_some_and(|rest| rest.ends_with(&self.ending) && (self.deep || !rest.contains('/')))
        };
        listed.iter().map(|(path, _)| path).filter(fits).cloned().collect()
    }
}

/// What stands at a key of the top level: its file, its line, and the node.
type Definition = (String, u32, Node);

/// A pipeline, put together of its files: later ones go before.
#[derive(Default)]
struct Whole {
    /// Of each key of the top level: the file, where it is another one, and what stands there, the last first.
    keys: BTreeMap<String, Vec<Definition>>,
    order: Vec<String>,
    seen: BTreeSet<String>,
    /// Whether something lies elsewhere.
    hidden: bool,
}

impl Whole {
    fn take(&mut self, file: &File<'_>, path: &str, documents: &[Node], found: &mut Found) {
        if !self.seen.insert(path.to_owned()) {
            return;
        }
        if self.seen.len() > MOST_FILES {
            file.cut(found);
            return;
        }
        // A header and what it is for: more are none of GitLab's.
        for document in documents.iter().take(2) {
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
                    if let Some(scans) = scanner(node) {
                        if !scans.is_empty() {
                            self.scan(path, node);
                        }
                        continue;
                    }
                    let why = match what {
                        Some(&"template") => "includes a template of GitLab, which was not read",
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

    /// A template or component of GitLab that scans: known by its name.
    fn scan(&mut self, path: &str, node: &Node) {
        let name = format!("{SCAN}{path}:{}", node.line);
        self.order.push(name.clone());
        self.keys.insert(name, vec![(path.to_owned(), node.line, node.clone())]);
    }

    fn local(&mut self, file: &File<'_>, path: &str, local: &str, line: u32, found: &mut Found) {
        let Some(wanted) = inside(local) else {
            found.note(path, Some(line), "includes a file outside of the repository");
            return;
        };
        if !wanted.contains('*') {
            self.one(file, &wanted, line, found);
            return;
        }
        // Wildcards are matched among the files that are watched.
        let pattern = Pattern::of(&wanted);
        let matching = pattern.fitting(file.listed);
        found.fitting.push((pattern, matching.clone()));
        if !file.spend(file.listed.len() as u64, found) {
            return;
        }
        if matching.is_empty() {
            self.hidden = true;
            found.unread(path, Some(line), "includes files by a pattern that fits none of those that are looked at");
        }
        for wanted in matching {
            self.one(file, &wanted, line, found);
        }
    }

    fn one(&mut self, file: &File<'_>, wanted: &str, line: u32, found: &mut Found) {
        match file.other(wanted, line, found) {
            Some(documents) => self.take(file, wanted, parsed(&documents), found),
            None => self.hidden = true,
        }
    }

    /// The definitions that a job takes its keys from, the first that has one says: its own, then those of what it extends, of
    /// which the last goes before.
    fn definitions(&self, job: &str) -> Vec<&Definition> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![job];
        while let Some(name) = open.pop() {
            if seen.len() >= MOST_EXTENDED || !seen.insert(name) {
                continue;
            }
            let own = self.keys.get(name).map(Vec::as_slice).unwrap_or_default();
            found.extend(own);
            // Of several definitions, the bases of the first are asked first.
            for (_, _, node) in own.iter().rev() {
                let bases = node.get("extends").map(Node::texts).unwrap_or_default();
                let more = bases.len().saturating_sub(MOST_EXTENDED);
                open.extend(bases.into_iter().skip(more).map(|(_, base)| base));
            }
        }
        found
    }

    /// The commands of a script, `!reference [job, key]` followed.
    fn script(&self, file: &File<'_>, node: &Node, deepest: usize, out: &mut Vec<Command>, found: &mut Found) {
        if !file.spend(node.text().map_or(1, weight_of), found) {
            return;
        }
        if node.tag.as_deref() == Some("reference") {
            let parts: Vec<&str> = node.texts().into_iter().map(|(_, text)| text).collect();
            if let [job, key] = parts[..]
                && deepest > 0
                && let Some((_, value)) = value(&self.definitions(job), key)
            {
                // What stands in another job, and perhaps in another file, is told where it is asked for.
                let first = out.len();
                self.script(file, value, deepest - 1, out, found);
                out[first..].iter_mut().for_each(|command| command.line = node.line);
            }
            return;
        }
        match node.text() {
            Some(text) => out.extend(commands(node.line, text)),
            None => node.items().iter().for_each(|item| self.script(file, item, deepest, out, found)),
        }
    }

    /// Adds the jobs of the pipeline to a flow, and those of the pipelines that it starts.
    fn into_flow(self, file: &File<'_>, deepest: usize, flow: &mut Flow, found: &mut Found) {
        flow.hidden |= self.hidden;
        found.missed |= self.hidden;
        let is_job = |name: &&String| {
            let global = GLOBAL.contains(&name.as_str()) && name.as_str() != "pages";
            !global && self.keys[*name].iter().any(|(_, _, node)| node.is_map())
        };
        let names: Vec<&String> = self.order.iter().filter(is_job).collect();
        let stages: HashMap<&str, usize> = self.keys.get("stages").and_then(|found| found.first()).map_or_else(
            || ["build", "test", "deploy"].into_iter().zip(1..).collect(),
            |(_, _, node)| node.texts().into_iter().map(|(_, stage)| stage).zip(1..).collect(),
        );
        let start = flow.jobs.len();
        let mut jobs: Vec<(&String, usize, Vec<&Definition>)> = Vec::new();
        for name in names {
            let definitions = self.definitions(name);
            let weight: u64 = definitions.iter().map(|(_, _, node)| node.weight()).sum();
            if !file.job(found) || !file.spend(weight, found) {
                break;
            }
            let order = match value(&definitions, "stage").and_then(|(_, node)| node.text()).unwrap_or("test") {
                ".pre" => 0,
                ".post" => usize::MAX,
                stage => stages.get(stage).copied().unwrap_or(usize::MAX - 1),
            };
            jobs.push((name, order, definitions));
        }
        let numbers: HashMap<&str, usize> =
            jobs.iter().enumerate().map(|(at, (name, ..))| (name.as_str(), start + at)).collect();
        let stopped: BTreeSet<&str> = jobs
            .iter()
            .filter_map(|(_, _, definitions)| value(definitions, "environment")?.1.text_of("on_stop"))
            .collect();
        let mut children = Vec::new();
        for (at, (name, order, definitions)) in jobs.iter().enumerate() {
            let (path, line, _) = definitions[0];
            let mut job = Job { line: *line, id: (*name).clone(), hidden: name.starts_with('.'), ..Job::default() };
            job.path = (path != file.path).then(|| path.clone());
            job.needs = match value(definitions, "needs") {
                Some((_, needs)) => {
                    let named = needs.items().iter().filter_map(|node| node.text().or_else(|| node.text_of("job")));
                    named.filter_map(|need| numbers.get(need)).copied().collect()
                }
                // Without needs, a job waits for all of the stages before its own.
                None => jobs
                    .iter()
                    .enumerate()
                    .filter(|(_, (other, before, _))| before < order && !other.starts_with('.'))
                    .map(|(other, _)| start + other)
                    .collect(),
            };
            if !file.spend(job.needs.len() as u64 / 8, found) {
                break;
            }
            self.fill(file, &mut job, definitions, &stopped, found);
            if job.id.starts_with(SCAN)
                && let Some(scans) = scanner(&definitions[0].2)
            {
                "security template".clone_into(&mut job.id);
                job.steps.push(Step { line: job.line, uses: format!("gitlab/{scans}"), ..Step::default() });
            }
            children.extend(value(definitions, "trigger").map(|(path, node)| (start + at, path.to_owned(), node)));
            flow.jobs.push(job);
        }
        for (by, path, trigger) in children {
            child(file, &path, by, trigger, deepest, flow, found);
        }
    }

    fn fill(
        &self,
        file: &File<'_>,
        job: &mut Job,
        definitions: &[&Definition],
        stopped: &BTreeSet<&str>,
        found: &mut Found,
    ) {
        let of = |key: &str| value(definitions, key).map(|(_, node)| node);
        if let Some(environment) = of("environment") {
            let named = environment.text().or_else(|| environment.text_of("name")).unwrap_or_default();
            job.environment = Some((environment.line, named.to_owned()));
            let stops = environment.text_of("action") == Some("stop");
            job.undoes = (stops || stopped.contains(job.id.as_str())).then_some(job.line);
        }
        let lax = of("allow_failure");
        job.lax = lax.filter(|node| node.is_true()).map(|node| node.line);
        job.shaky = lax.is_some_and(|node| node.get("exit_codes").is_some());
        job.guard = of("resource_group").filter(|node| node.text().is_some_and(is_one)).map(|node| node.line);
        runs(job, of("when").and_then(Node::text), of("rules"), lax.is_some());
        let only = of("only").map(Node::texts).unwrap_or_default();
        job.requests |= !only.is_empty() && only.iter().all(|(_, text)| *text == "merge_requests");
        for key in ["only", "except", "rules"] {
            if let Some(node) = of(key)
                && !(key == "rules" && lets_in(node.items()))
            {
                let mut said = job.sometimes.take().unwrap_or_default();
                conditions(node, &mut said);
                job.sometimes = Some(said);
            }
        }
        job.regions = of("parallel").and_then(|node| node.get("matrix")).and_then(|matrix| {
            let mut keys = matrix.items().iter().flat_map(Node::entries);
            keys.find(|(_, key, values)| key.to_ascii_lowercase().contains("region") && values.items().len() > 1)
                .map(|(key, _, _)| (key.line, false))
        });
        let mut step = Step { line: job.line, path: job.path.clone(), ..Step::default() };
        let mut after = Step { line: job.line, path: job.path.clone(), lax: Some(job.line), ..Step::default() };
        after.anyway = Sure::Yes;
        for key in ["before_script", "script", "after_script"] {
            if let Some((path, node)) = value(definitions, key) {
                let mut script = Vec::new();
                self.script(file, node, REFERENCES, &mut script, found);
                // The runner's shell takes the failure of a pipe for its own.
                script.iter_mut().for_each(Command::with_pipefail);
                // What a job takes from another file is told at the job.
                let own = job.path.as_deref().unwrap_or(file.path);
                if path != own || definitions.iter().all(|(_, _, own)| own.get(key).is_none()) {
                    for command in &mut script {
                        command.line = job.line;
                    }
                }
                let step = if key == "after_script" { &mut after } else { &mut step };
                step.commands.extend(script);
            }
        }
        if of("release").is_some() {
            step.commands.push(Command::new(job.line, "release-cli create"));
        }
        job.steps.extend([step, after].into_iter().filter(|step| !step.commands.is_empty()));
    }
}

/// The pipeline that a job starts: its jobs wait for what that job waits for, and that job for them where it says so.
fn child(file: &File<'_>, path: &str, by: usize, trigger: &Node, deepest: usize, flow: &mut Flow, found: &mut Found) {
    let Some(include) = trigger.get("include") else {
        flow.jobs[by].elsewhere = true;
        found.note(path, Some(trigger.line), "starts a pipeline of another project, which was not read");
        return;
    };
    if deepest == 0 {
        flow.jobs[by].elsewhere = true;
        found.note(path, Some(trigger.line), "starts pipelines more than three deep");
        return;
    }
    let mut whole = Whole::default();
    whole.include(file, path, include, found);
    let hidden = std::mem::replace(&mut flow.hidden, false);
    let first = flow.jobs.len();
    whole.into_flow(file, deepest - 1, flow, found);
    let seen = !std::mem::replace(&mut flow.hidden, hidden);
    flow.jobs[by].elsewhere |= !seen;
    let (before, inner) = flow.jobs.split_at_mut(first);
    let starter = &mut before[by];
    for job in inner.iter_mut() {
        if !file.spend(starter.needs.len() as u64 / 8, found) {
            return;
        }
        job.needs.extend(&starter.needs);
        job.elsewhere |= !seen;
        job.requests |= starter.requests;
        job.anyway = job.anyway.max(starter.anyway);
        job.manual = job.manual.or(starter.manual);
    }
    if trigger.text_of("strategy").is_some_and(|strategy| ["depend", "mirror"].contains(&strategy)) {
        starter.needs.extend(first..first + inner.len());
    }
}

/// When a job runs, and who starts it.
fn runs(job: &mut Job, when: Option<&str>, rules: Option<&Node>, says_lax: bool) {
    let line = job.line;
    let run = |job: &mut Job, when: &str, blocks: bool| match when {
        "manual" => {
            job.manual = Some(line);
            job.shaky |= !blocks;
        }
        "always" | "on_failure" => job.anyway = Sure::Yes,
        _ => {}
    };
    // What a rule says of it, or leaves to the job, holds for that rule alone.
    let rules = rules.map(Node::items).unwrap_or_default();
    if rules.is_empty() {
        run(job, when.unwrap_or("on_success"), says_lax && job.lax.is_none());
    }
    let (mut starts, mut by_hand, mut requests, mut anyway) = (0, 0, 0, 0);
    for rule in rules {
        let when = rule.text_of("when").or(when).unwrap_or("on_success");
        if when == "never" {
            continue;
        }
        starts += 1;
        by_hand += usize::from(when == "manual");
        anyway += usize::from(["always", "on_failure"].contains(&when));
        job.shaky |= rule.get("allow_failure").is_some_and(|node| !node.is_false());
        if let Some(condition) = rule.get("if")
            && let Some(text) = condition.text()
        {
            requests += usize::from(text.contains("merge_request") && !text.contains("||"));
            let names = words::named_people(text, &["$GITLAB_USER_LOGIN", "$GITLAB_USER_NAME", "$GITLAB_USER_EMAIL"]);
            job.people.extend(names.into_iter().map(|name| (condition.line, name)));
        }
    }
    if by_hand > 0 && by_hand == starts {
        job.manual = Some(line);
    } else if by_hand > 0 {
        job.shaky = true;
    }
    job.requests = starts > 0 && requests == starts;
    if anyway > 0 {
        job.anyway = if anyway == starts { Sure::Yes } else { Sure::Maybe };
    }
}

/// The value of a key of a job, with the file that says it.
fn value<'w>(definitions: &[&'w Definition], key: &str) -> Option<(&'w str, &'w Node)> {
    definitions.iter().find_map(|(path, _, node)| Some((path.as_str(), node.get(key)?)))
}

/// With what an included template or component of GitLab scans: an empty name where it is known and scans nothing, and none
/// where it is not known.
fn scanner(node: &Node) -> Option<&'static str> {
    const SCANNERS: &[(&str, &str)] = &[
        ("sast", "sast"),
        ("dast", "dast"),
        ("api-security", "dast"),
        ("dependency-scanning", "dependency-scanning"),
        ("container-scanning", "container-scanning"),
        ("cluster-image-scanning", "container-scanning"),
        ("secret-detection", "secret-detection"),
        ("api-fuzzing", "api-fuzzing"),
        ("coverage-fuzzing", "coverage-fuzzing"),
    ];
    let path = node.text_of("template").or_else(|| node.text_of("component"))?.to_ascii_lowercase();
    let path = path.split('@').next().unwrap_or_default();
    let of = |name: &str| {
        let name = name.split('.').next().unwrap_or_default();
        let known = |known: &str| name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        SCANNERS.iter().find(|(name, _)| known(name)).map(|(_, scans)| *scans)
    };
    if let Some(name) = path.strip_prefix("security/") {
        return Some(of(name).unwrap_or_default());
    }
    let component = || path.split_once("/components/").and_then(|(_, component)| component.split('/').next());
    path.strip_prefix("jobs/").or_else(component).and_then(of)
}

/// With what the names of the jobs begin that stand for a template that scans.
const SCAN: &str = "scan of ";

/// Whether a group is the same one for every release.
fn is_one(group: &str) -> bool {
    group.replace("$CI_ENVIRONMENT_NAME", "").replace("$CI_PROJECT_NAME", "").matches('$').count() == 0
}

/// Whether rules let a job in, whatever the pipeline is for.
fn lets_in(rules: &[Node]) -> bool {
    let bare = |rule: &Node| ["if", "changes", "exists"].iter().all(|key| rule.get(key).is_none());
    rules.iter().all(|rule| rule.text_of("when") != Some("never")) && rules.iter().any(bare)
}

/// What rules say, so that two jobs with the same ones are known.
fn conditions(node: &Node, said: &mut String) {
    if let Some(text) = node.text() {
        said.push_str(text);
        said.push('\n');
    }
    node.items().iter().for_each(|item| conditions(item, said));
    for (_, key, value) in node.entries() {
        said.push_str(key);
        said.push('=');
        conditions(value, said);
    }
}
