//! Azure Pipelines: stages, jobs and steps, with the templates of the same repository.

use std::collections::{BTreeSet, HashMap};

use super::job::{Flow, Job, Starts, Step};
use super::script::{commands, last_counts};
use super::sure::Sure;
use super::yaml::Node;
use super::{File, Found, OF_PIPELINES, Reader, inside, is_yaml, judge, parsed, words};
use crate::model::ControlKind;

pub(super) struct Pipelines;

/// How deep templates are followed, and most of them.
const DEEPEST: usize = 10;
const MOST: usize = 200;

impl Reader for Pipelines {
    fn name(&self) -> &'static str {
        "Azure Pipelines"
    }

    fn wants(&self, path: &str) -> bool {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let yaml = is_yaml(name);
        let named = name.starts_with("azure-pipelines")
            || name.starts_with(".azure-pipelines")
            || name.starts_with("azure-pipeline.");
        let first = folder.split('/').next().unwrap_or_default();
        yaml && (named
            && (folder.is_empty()
                || [
                    "build",
                    "ci",
                    ".ci",
                    "eng",
                    ".azure-pipelines",
                    "azure-pipelines",
                    ".azure",
                    ".azuredevops",
                    "pipelines",
                    ".pipelines",
                    ".github",
                ]
                .contains(&first))
            || [".azure-pipelines", "azure-pipelines", "azdo-pipelines", ".azuredevops"].contains(&folder))
    }

    fn tells(&self) -> &'static [ControlKind] {
        OF_PIPELINES
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        for document in file.documents(found) {
            // A template by itself starts nothing: it has parameters of its own, or lies where templates do and names no start. A
            // pipeline of the root needs to name none: then every push starts it.
            let starts_something = ["stages", "jobs", "steps", "extends"].iter().any(|key| document.get(key).is_some());
            let template = document.get("parameters").is_some_and(Node::is_map)
                || file.path.contains('/')
                    && ["trigger", "pr", "pool", "schedules", "resources", "name"]
                        .iter()
                        .all(|key| document.get(key).is_none());
            if !starts_something || template {
                continue;
            }
            let mut reading = Reading { file, found, flow: Flow::default(), left: MOST };
            reading.flow.starts = starts(&document);
            reading.stages(file.path, &document);
            let Reading { flow, .. } = reading;
            judge::judge(file, flow, found);
        }
    }
}

fn starts(document: &Node) -> Starts {
    let none = |key: &str| document.get(key).is_some_and(|node| node.text() == Some("none"));
    let requests = document.get("pr").is_some() && !none("pr");
    let hand = none("trigger").then(|| document.get("trigger").map_or(1, |node| node.line));
    let times = document.get("schedules").map(|node| node.line);
    // Without a trigger, every push starts it.
    Starts { itself: !none("trigger"), hand, times, requests, ..Starts::default() }
}

/// Stages that were read, with their jobs.
#[derive(Default)]
struct Stages {
    jobs: HashMap<String, std::ops::Range<usize>>,
    last: Option<std::ops::Range<usize>>,
}

/// Whether a condition lets a stage, job or step run though what came before it failed.
fn anyway(condition: &str) -> Sure {
    let squeezed: String = condition.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let any = ["always()", "succeededorfailed()", "failed()", "canceled()"].iter().any(|said| squeezed.contains(said));
    // A condition of its own takes the place of the one that what came before has succeeded.
    if squeezed.contains("succeeded()") || squeezed.contains("succeeded(") && !squeezed.contains("not(succeeded(") {
        if any { Sure::Maybe } else { Sure::No }
    } else if squeezed.contains(".result") || squeezed.contains("status") {
        Sure::Maybe
    } else if ["always()", "succeededorfailed()", "failed()"].contains(&squeezed.as_str()) {
        Sure::Yes
    } else {
        // `eq(variables[…], …)` alone runs after a failure too.
        Sure::Maybe
    }
}

struct Reading<'r, 'f> {
    file: &'r File<'f>,
    found: &'r mut Found,
    flow: Flow,
    left: usize,
}

impl Reading<'_, '_> {
    /// The stages of a document; without any, its jobs; without any, its steps.
    fn stages(&mut self, path: &str, document: &Node) {
        if let Some(extends) = document.get("extends") {
            self.flow.hidden |=
                self.template(path, extends, 0, &mut |reading, path, document| reading.stages(path, document));
        }
        let Some(stages) = document.get("stages") else {
            self.jobs(path, document, &[], None, 0);
            return;
        };
        let mut names = Stages::default();
        self.stage_list(path, stages, &mut names, 0);
    }

    fn stage_list(&mut self, path: &str, stages: &Node, names: &mut Stages, depth: usize) {
        for node in each(stages) {
            if node.get("template").is_some() {
                let unseen = self.template(path, node, depth, &mut |reading, path, document| {
                    if let Some(stages) = document.get("stages") {
                        reading.stage_list(path, stages, names, depth + 1);
                    }
                });
                self.flow.hidden |= unseen;
                continue;
            }
            let Some(name) = node.text_of("stage") else { continue };
            let before: Vec<usize> = match node.get("dependsOn").map(Node::texts) {
                // Stages wait for the one before, unless they say otherwise.
                None => names.last.clone().into_iter().flatten().collect(),
                Some(wanted) => {
                    let wanted: BTreeSet<&str> = wanted.into_iter().map(|(_, name)| name).collect();
                    wanted.into_iter().filter_map(|name| names.jobs.get(name)).flat_map(Clone::clone).collect()
                }
            };
            let first = self.flow.jobs.len();
            self.jobs(path, node, &before, Some(name), depth);
            let jobs = first..self.flow.jobs.len();
            if let Some(condition) = node.text_of("condition") {
                let runs = anyway(condition);
                self.flow.jobs[first..].iter_mut().for_each(|job| job.anyway = job.anyway.max(runs));
            }
            names.last = Some(jobs.clone());
            names.jobs.insert(name.to_owned(), jobs);
        }
    }

    fn jobs(&mut self, path: &str, holder: &Node, before: &[usize], stage: Option<&str>, depth: usize) {
        let Some(jobs) = holder.get("jobs") else {
            if let Some(steps) = holder.get("steps") {
                let Some(mut job) = self.job(path, holder, stage.unwrap_or("steps"), before) else { return };
                self.steps(path, steps, &mut job, depth);
                self.flow.jobs.push(job);
            }
            return;
        };
        let first = self.flow.jobs.len();
        let mut waits: Vec<(usize, Vec<String>)> = Vec::new();
        self.job_list(path, jobs, before, stage, depth, &mut waits);
        let mut numbers: HashMap<String, usize> = HashMap::new();
        for (at, job) in self.flow.jobs.iter().enumerate().skip(first) {
            numbers.entry(job.id.clone()).or_insert(at);
        }
        for (at, wanted) in waits {
            self.flow.jobs[at].needs.extend(wanted.iter().filter_map(|name| numbers.get(name)));
        }
    }

    fn job_list(
        &mut self,
        path: &str,
        jobs: &Node,
        before: &[usize],
        stage: Option<&str>,
        depth: usize,
        waits: &mut Vec<(usize, Vec<String>)>,
    ) {
        for node in each(jobs) {
            if node.get("template").is_some() {
                let unseen = self.template(path, node, depth, &mut |reading, path, document| {
                    if let Some(jobs) = document.get("jobs") {
                        reading.job_list(path, jobs, before, stage, depth + 1, waits);
                    }
                });
                self.flow.hidden |= unseen;
                continue;
            }
            let Some(id) = node.text_of("job").or_else(|| node.text_of("deployment")) else { continue };
            let name = if id.is_empty() { stage.unwrap_or("job") } else { id };
            let Some(mut job) = self.job(path, node, name, before) else { return };
            if let Some(stage) = stage {
                job.title = format!("{stage} {}", job.title);
            }
            if let Some(steps) = node.get("steps") {
                self.steps(path, steps, &mut job, depth);
            }
            if let Some(strategy) = node.get("strategy") {
                for (_, kind, lifecycle) in strategy.entries() {
                    // How a deployment goes out is said by its strategy.
                    if kind == "canary" {
                        job.title.push_str(" canary deploy");
                    }
                    for hook in ["preDeploy", "deploy", "routeTraffic", "postRouteTraffic"] {
                        if let Some(steps) = lifecycle.at(&[hook, "steps"]) {
                            self.steps(path, steps, &mut job, depth);
                        }
                    }
                    if let Some(back) =
                        lifecycle.at(&["on", "failure", "steps"]).filter(|steps| !steps.items().is_empty())
                    {
                        let step = Step { line: back.line, name: "roll back on failure".to_owned(), ..Step::default() };
                        let named =
                            back.items().iter().any(|node| node.text_of("displayName").is_some_and(words::named_back));
                        job.steps.extend(named.then_some(step));
                    }
                }
            }
            let wanted = node.get("dependsOn").map(Node::texts).unwrap_or_default();
            waits.push((self.flow.jobs.len(), wanted.into_iter().map(|(_, name)| name.to_owned()).collect()));
            self.flow.jobs.push(job);
        }
    }

    fn job(&mut self, path: &str, node: &Node, id: &str, before: &[usize]) -> Option<Job> {
        let values = node.weight() + before.len() as u64 / 8;
        if !self.file.job(self.found) || !self.file.spend(values, self.found) {
            return None;
        }
        let mut job = Job { line: node.line, id: id.to_owned(), needs: before.to_vec(), ..Job::default() };
        job.path = (path != self.file.path).then(|| path.to_owned());
        node.text_of("displayName").unwrap_or_default().clone_into(&mut job.title);
        job.lax = node.get("continueOnError").filter(|lax| lax.is_true()).map(|lax| lax.line);
        if let Some(environment) = node.get("environment") {
            let name = environment.text().or_else(|| environment.text_of("name")).unwrap_or_default();
            job.environment = Some((environment.line, name.split('.').next().unwrap_or_default().to_owned()));
        }
        if let Some(condition) = node.get("condition")
            && let Some(text) = condition.text()
        {
            job.requests = text.contains("'PullRequest'")
                && text.contains("eq(")
                && !text.contains("ne(")
                && !text.contains("or(");
            job.people = people(condition.line, text);
            job.anyway = anyway(text);
        }
        Some(job)
    }

    fn steps(&mut self, path: &str, steps: &Node, job: &mut Job, depth: usize) {
        for node in each(steps) {
            if node.get("template").is_some() {
                let unseen = self.template(path, node, depth, &mut |reading, path, document| {
                    if let Some(steps) = document.get("steps") {
                        reading.steps(path, steps, job, depth + 1);
                    }
                });
                job.elsewhere |= unseen;
                continue;
            }
            let mut step = Step { line: node.line, ..Step::default() };
            step.path = (path != self.file.path).then(|| path.to_owned());
            node.text_of("displayName").unwrap_or_default().clone_into(&mut step.name);
            step.lax = node.get("continueOnError").filter(|lax| lax.is_true()).map(|lax| lax.line);
            node.text_of("workingDirectory").unwrap_or_default().clone_into(&mut step.folder);
            if !self.file.spend(1, self.found) {
                return;
            }
            if node.get("condition").is_some_and(Node::is_false) {
                continue;
            }
            if let Some(condition) = node.text_of("condition") {
                step.anyway = anyway(condition);
                step.shaky = condition.replace(' ', "") != "succeeded()";
            }
            for key in ["script", "bash", "pwsh", "powershell"] {
                if let Some(script) = node.get(key)
                    && let Some(text) = script.text()
                {
                    step.commands.extend(commands(script.line, text));
                }
            }
            if let Some(task) = node.text_of("task") {
                step.uses = task.to_ascii_lowercase();
                step.manual =
                    step.uses.starts_with("manualvalidation@") || step.uses.starts_with("manualintervention@");
                for (_, key, value) in node.get("inputs").map(Node::entries).unwrap_or_default() {
                    match value.text() {
                        Some(text) if ["script", "inlinescript"].contains(&key.to_ascii_lowercase().as_str()) => {
                            step.commands.extend(commands(value.line, text));
                        }
                        Some(text) if text.len() < 1000 => {
                            step.given.push_str(&format!(
                                "{}={}\n",
                                key.to_ascii_lowercase(),
                                text.to_ascii_lowercase()
                            ));
                        }
                        _ => {}
                    }
                }
            }
            // Its shells go on after a command that fails, unless they are told.
            last_counts(&mut step.commands);
            job.steps.push(step);
        }
    }

    /// Reads a template of the same repository. Gives whether it could not be seen.
    fn template(
        &mut self,
        path: &str,
        node: &Node,
        depth: usize,
        take: &mut dyn FnMut(&mut Self, &str, &Node),
    ) -> bool {
        let Some(name) = node.text_of("template") else { return false };
        if name.contains('@') && !name.ends_with("@self") {
            self.found.note(path, Some(node.line), "uses a template of another repository, which was not read");
            return true;
        }
        if name.contains("${{") || name.contains("$(") {
            self.found.note(
                path,
                Some(node.line),
                "uses a template whose name is made of variables, which was not read",
            );
            return true;
        }
        let name = name.trim_end_matches("@self");
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let full = if name.starts_with('/') { inside(name) } else { inside(&format!("{folder}/{name}")) };
        let Some(full) = full else {
            self.found.note(path, Some(node.line), "uses a file outside of the repository");
            return true;
        };
        if depth >= DEEPEST || self.left == 0 {
            self.found.unread(path, Some(node.line), "uses more templates than are followed");
            return true;
        }
        self.left -= 1;
        let Some(documents) = self.file.other(&full, node.line, self.found) else { return true };
        for document in parsed(&documents) {
            take(self, &full, document);
        }
        false
    }
}

/// The items of a list; of `${{ if … }}:` and `${{ each … }}:` between them, what they hold.
fn each(list: &Node) -> Vec<&Node> {
    let mut found = Vec::new();
    let mut open: Vec<(&Node, usize)> = list.items().iter().rev().map(|node| (node, 0)).collect();
    while let Some((node, depth)) = open.pop() {
        let entries = node.entries();
        match &entries[..] {
            [(_, key, inner)] if key.starts_with("${{") && depth < 8 => {
                open.extend(inner.items().iter().rev().map(|node| (node, depth + 1)));
            }
            _ => found.push(node),
        }
    }
    found
}

fn people(line: u32, condition: &str) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for variable in ["Build.RequestedFor", "Build.RequestedForEmail", "Build.QueuedBy"] {
        for (at, _) in condition.match_indices(variable) {
            let rest = &condition[at + variable.len()..];
            let asked = rest.trim_start_matches(['\'', ']', ')', '"']).trim_start();
            let equal = condition[..at].trim_end_matches(['[', '\'', '$', '(']).trim_end().ends_with("eq(variables");
            if let Some(rest) = asked.strip_prefix(',').filter(|_| equal)
                && let Some(name) = rest.trim_start().strip_prefix('\'').and_then(|rest| rest.split('\'').next())
                && !name.is_empty()
                && !words::is_machine(name)
            {
                found.push((line, name.to_owned()));
            }
        }
    }
    found
}
