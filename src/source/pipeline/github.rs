//! GitHub Actions: workflows, and the workflows and composite actions of the same repository that they use.

use std::collections::HashMap;

use super::command::Command;
use super::job::{Flow, Job, Starts, Step, Sure};
use super::matrix::Matrix;
use super::script::{commands, last_counts};
use super::yaml::Node;
use super::{BYTES, File, Found, OF_PIPELINES, Reader, inside, is_yaml, judge, parsed, words};
use crate::model::ControlKind;

pub(super) struct Workflows;

/// How deep workflows and actions that use others are followed.
const DEEPEST: usize = 4;

impl Reader for Workflows {
    fn name(&self) -> &'static str {
        "GitHub Actions"
    }

    fn wants(&self, path: &str) -> bool {
        let below = path.strip_prefix(".github/workflows/").or_else(|| path.strip_prefix(".gitea/workflows/"));
        below.is_some_and(|name| !name.contains('/') && is_yaml(name))
    }

    fn tells(&self) -> &'static [ControlKind] {
        OF_PIPELINES
    }

    /// Without the versions of actions and what is said of them: many changes of a workflow change nothing else.
    fn bare(&self, text: &str) -> Option<String> {
        let mut bare = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let said = line.trim_start();
            let uses = said.strip_prefix("- ").unwrap_or(said).starts_with("uses: ");
            match line.split_once('@').filter(|(before, _)| {
                uses && !before.contains(['"', '\'', '#', '&', '*', '$']) && !before.contains(": .")
            }) {
                Some((before, behind)) if is_version(behind.trim_end()) => bare.extend([before, "\n"]),
                _ => bare.push_str(line),
            }
        }
        Some(bare)
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        for document in file.documents(found) {
            if document.get("jobs").is_none() {
                continue;
            }
            let flow = flow(file, &document, found);
            judge::recall(file, &flow);
            if flow.starts.called && !flow.starts.can_ship() && !flow.starts.requests {
                // Part of whoever calls it, and told there; what it checks is told here too, where somebody here calls it.
                found.called = true;
                let alone = Flow { starts: Starts::default(), ..flow };
                judge::judge(file, &alone, found);
                continue;
            }
            if flow.jobs.iter().any(words::job_tests) {
                let name = document.text_of("name").unwrap_or(file.path);
                found.tests.extend([name.to_owned(), file.path.to_owned()]);
            }
            judge::judge(file, &flow, found);
        }
    }
}

fn flow(file: &File<'_>, document: &Node, found: &mut Found) -> Flow {
    let starts = starts(document);
    let jobs = document.get("jobs").map(Node::entries).unwrap_or_default();
    let numbers: HashMap<&str, usize> = jobs.iter().enumerate().map(|(at, (_, id, _))| (*id, at)).collect();
    let title = document.text_of("name").unwrap_or_default().to_owned();
    let mut flow = Flow { starts, title, guard: document.get("concurrency").and_then(guard), ..Flow::default() };
    let shell = document.at(&["defaults", "run", "shell"]).and_then(Node::text).map(str::to_owned);
    let mut of = Follow { file, found, shell, matrix: Matrix::default(), path: None, deepest: DEEPEST };
    let mut used = Vec::new();
    for (key, id, node) in &jobs {
        let Some(job) = of.job(key.line, id, node, &numbers) else { break };
        used.extend(node.get("uses").map(|uses| (flow.jobs.len(), uses, *node)));
        flow.jobs.push(job);
    }
    let known = flow.jobs.len();
    flow.jobs.iter_mut().for_each(|job| job.needs.retain(|&need| need < known));
    for (at, uses, node) in used {
        // What a workflow is told not to push, it only builds.
        let builds = node.at(&["with", "push"]).is_some_and(Node::is_false);
        let first = flow.jobs.len();
        of.called(uses, at, &mut flow);
        for step in flow.jobs[first..].iter_mut().flat_map(|job| &mut job.steps).filter(|_| builds) {
            step.given = step.given.replace("push=${{ inputs.push }}", "push=false");
        }
    }
    flow
}

/// The line of a guard that is the same for every release: one for each branch, commit or run lets any number run.
fn guard(node: &Node) -> Option<u32> {
    let group = node.text().or_else(|| node.text_of("group"))?;
    let mut rest = group;
    while let Some((_, behind)) = rest.split_once("${{") {
        let (said, after) = behind.split_once("}}")?;
        if !["github.workflow", "github.repository", "github.repository_owner"].contains(&said.trim()) {
            return None;
        }
        rest = after;
    }
    Some(node.line)
}

/// Whether a condition lets a job or step run though what came before it failed.
fn anyway(condition: &str) -> Sure {
    let squeezed: String = condition.chars().filter(|c| !c.is_whitespace()).collect();
    let looks = ["always()", "cancelled()", "failure()"].iter().any(|function| squeezed.contains(function));
    let stops = squeezed.contains("!failure()");
    if !looks || stops && !squeezed.contains("||") && !squeezed.contains("always()") {
        return Sure::No;
    }
    let asks = [".result", ".outcome", ".conclusion", "success()", "job.status", "!failure()"];
    if asks.iter().any(|asked| squeezed.contains(asked)) { Sure::Maybe } else { Sure::Yes }
}

/// Whether a condition asks that the workflow before this one has passed.
fn passed(condition: &str) -> bool {
    let squeezed: String = condition.chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
    squeezed.contains("github.event.workflow_run.conclusion=='success'")
}

/// Whether a condition lets a step run at times only: which of a matrix it is for does not count.
fn at_times(condition: &str) -> bool {
    let squeezed: String =
        condition.chars().filter(|c| !c.is_whitespace() && !matches!(c, '$' | '{' | '}' | '(' | ')' | '!')).collect();
    let always = |part: &str| {
        ["success", "cancelled"].contains(&part) || part.starts_with("matrix.") || part.starts_with("runner.os")
    };
    !squeezed.split("&&").flat_map(|part| part.split("||")).all(always)
}

/// Whether what stands behind an action is its version, and a comment, and no more.
fn is_version(behind: &str) -> bool {
    let (version, comment) = behind.split_once(" #").unwrap_or((behind, ""));
    let of_version = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/');
    version.trim_end().bytes().all(of_version) && !comment.contains('\t')
}

/// What starts a workflow.
fn starts(document: &Node) -> Starts {
    let mut starts = Starts::default();
    // YAML 1.1 takes a bare `on` for a truth value, and some tools write it so.
    let Some(on) = document.get("on").or_else(|| document.get("true")) else { return starts };
    let mut take = |line: u32, event: &str, node: Option<&Node>| match event {
        "schedule" => starts.times = Some(line),
        "workflow_dispatch" => starts.hand = Some(line),
        "repository_dispatch" | "push" | "release" | "create" | "deployment" | "registry_package" => {
            starts.itself = true;
        }
        "workflow_call" => starts.called = true,
        "workflow_run" => {
            starts.itself = true;
            let names = node.and_then(|node| node.get("workflows")).map(Node::texts).unwrap_or_default();
            starts.after.extend(names.into_iter().map(|(_, name)| name.to_owned()));
        }
        "pull_request" | "pull_request_target" | "merge_group" => starts.requests = true,
        _ => {}
    };
    for (key, event, node) in on.entries() {
        take(key.line, event, Some(node));
    }
    for (line, event) in on.texts() {
        take(line, event, None);
    }
    starts
}

fn environment(node: &Node) -> Option<(u32, String)> {
    let name = node.text().or_else(|| node.text_of("name"))?;
    Some((node.line, name.to_owned()))
}

/// The line of a matrix of regions, and whether one is done after the other.
fn regions(strategy: &Node) -> Option<(u32, bool)> {
    let named = |key: &str| {
        ["region", "regions", "cluster", "clusters", "datacenter", "aws_region"]
            .contains(&key.to_ascii_lowercase().as_str())
    };
    let entries = strategy.get("matrix")?.entries();
    let found = entries.iter().find(|(_, key, values)| named(key) && values.items().len() > 1);
    found.map(|(key, _, _)| (key.line, strategy.text_of("max-parallel") == Some("1")))
}

fn people(condition: &Node) -> Vec<(u32, String)> {
    let Some(text) = condition.text() else { return Vec::new() };
    let names = words::named_people(text, &["github.actor", "github.triggering_actor", "github.event.sender.login"]);
    names.into_iter().map(|name| (condition.line, name)).collect()
}

/// Whether a condition lets only requests through.
fn only_requests(condition: &str) -> bool {
    let squeezed: String = condition.chars().filter(|c| !c.is_whitespace()).collect();
    squeezed.contains("github.event_name=='pull_request") && !squeezed.contains("||")
}

/// The action, without its version, in lower case.
fn action(uses: &str) -> String {
    uses.split('@').next().unwrap_or(uses).to_ascii_lowercase()
}

/// The path of what lies in the same repository.
fn own(uses: &str) -> Option<&str> {
    uses.strip_prefix("./").or_else(|| uses.strip_prefix("$/"))
}

/// How many values scripts count as.
fn values_of(scripts: &[String]) -> u64 {
    scripts.iter().map(|script| script.len() as u64 / BYTES + 1).sum()
}

/// Follows what a job does into the workflows and actions of the same repository.
struct Follow<'r, 'f> {
    file: &'r File<'f>,
    found: &'r mut Found,
    /// The shell of steps that name none.
    shell: Option<String>,
    /// What the keys of the job's matrix stand for.
    matrix: Matrix,
    /// The file that is followed, where it is another one than the workflow.
    path: Option<String>,
    deepest: usize,
}

impl<'f> Follow<'_, 'f> {
    /// The same, one deeper.
    fn into(&mut self) -> Follow<'_, 'f> {
        Follow {
            file: self.file,
            found: self.found,
            shell: None,
            matrix: Matrix::default(),
            path: self.path.clone(),
            deepest: self.deepest.saturating_sub(1),
        }
    }

    fn line_of(&self, node: &Node) -> (String, u32) {
        (self.path.clone().unwrap_or_else(|| self.file.path.to_owned()), node.line)
    }

    fn note(&mut self, node: &Node, why: &'static str) {
        let (path, line) = self.line_of(node);
        self.found.note(&path, Some(line), why);
    }

    /// A job, with its steps; `None` where there is no room for it.
    fn job(&mut self, line: u32, id: &str, node: &Node, numbers: &HashMap<&str, usize>) -> Option<Job> {
        let needs = node.get("needs").map(Node::texts).unwrap_or_default();
        if !self.file.job(self.found) || !self.file.spend(node.weight() + needs.len() as u64, self.found) {
            return None;
        }
        let mut job = Job { line, id: id.to_owned(), path: self.path.clone(), ..Job::default() };
        node.text_of("name").unwrap_or_default().clone_into(&mut job.title);
        job.needs = needs.iter().filter_map(|(_, name)| numbers.get(name)).copied().collect();
        job.environment = node.get("environment").and_then(environment);
        job.lax = node.get("continue-on-error").filter(|lax| lax.is_true()).map(|lax| lax.line);
        job.guard = node.get("concurrency").and_then(guard);
        job.regions = node.get("strategy").and_then(regions);
        if let Some(condition) = node.get("if") {
            job.people.extend(people(condition));
            job.requests = condition.text().is_some_and(only_requests);
            job.anyway = condition.text().map_or(Sure::No, anyway);
            job.passed = condition.text().is_some_and(passed);
        }
        let around = self.shell.take();
        let own = node.at(&["defaults", "run", "shell"]).and_then(Node::text).map(str::to_owned);
        self.shell = own.or_else(|| around.clone());
        self.matrix = Matrix::of(node);
        for step in node.get("steps").map(Node::items).unwrap_or_default() {
            self.step(step, &mut job);
        }
        self.shell = around;
        Some(job)
    }

    /// A workflow that a job uses: its jobs wait for what that job waits for, and that job for them.
    fn called(&mut self, uses: &Node, by: usize, flow: &mut Flow) {
        let Some(name) = uses.text() else { return };
        let Some(path) = own(name).and_then(inside) else {
            let job = &mut flow.jobs[by];
            job.elsewhere = true;
            job.steps.push(Step { line: uses.line, path: job.path.clone(), uses: action(name), ..Step::default() });
            return self.note(
                uses,
                if own(name).is_some() {
                    "uses a file outside of the repository"
                } else {
                    "uses a workflow of another repository, which was not read"
                },
            );
        };
        if self.deepest == 0 {
            flow.jobs[by].elsewhere = true;
            return self.note(uses, "uses workflows more than four deep");
        }
        let Some(documents) = self.file.other(&path, uses.line, self.found) else {
            flow.jobs[by].elsewhere = true;
            return;
        };
        for document in parsed(&documents) {
            let jobs = document.get("jobs").map(Node::entries).unwrap_or_default();
            let first = flow.jobs.len();
            let numbers = jobs.iter().enumerate().map(|(at, (_, id, _))| (*id, first + at)).collect();
            let shell = document.at(&["defaults", "run", "shell"]).and_then(Node::text).map(str::to_owned);
            let mut inner = Follow { shell, path: Some(path.clone()), ..self.into() };
            let mut used = Vec::new();
            for (key, id, node) in &jobs {
                let Some(mut job) = inner.job(key.line, id, node, &numbers) else { break };
                let around = &flow.jobs[by];
                if !inner.file.spend(around.needs.len() as u64, inner.found) {
                    break;
                }
                if job.needs.is_empty() {
                    job.anyway = job.anyway.max(around.anyway);
                }
                job.needs.extend(&around.needs);
                job.requests |= around.requests;
                job.passed |= around.passed;
                job.guard = job.guard.or(around.guard);
                used.extend(node.get("uses").map(|uses| (flow.jobs.len(), uses)));
                flow.jobs.push(job);
            }
            let last = flow.jobs.len();
            for (at, uses) in used {
                inner.called(uses, at, flow);
            }
            flow.jobs[by].needs.extend(first..last);
        }
    }

    /// Adds a step; of a composite action of the same repository, its steps.
    fn step(&mut self, node: &Node, job: &mut Job) {
        if !self.file.spend(1, self.found) {
            return;
        }
        let mut step = Step { line: node.line, path: self.path.clone(), ..Step::default() };
        node.text_of("name").unwrap_or_default().clone_into(&mut step.name);
        step.lax = node.get("continue-on-error").filter(|lax| lax.is_true()).map(|lax| lax.line);
        if let Some(condition) = node.get("if") {
            job.people.extend(people(condition));
            step.anyway = condition.text().map_or(Sure::No, anyway);
            step.shaky = condition.text().is_some_and(at_times);
        }
        if let Some(run) = node.get("run")
            && let Some(script) = run.text()
        {
            match self.matrix.scripts(script) {
                // One after the other: what one of the jobs runs, the job as a whole runs.
                Some((scripts, partly)) if self.file.spend(values_of(&scripts), self.found) => {
                    step.commands = scripts.iter().flat_map(|script| commands(run.line, script)).collect();
                    step.partly = partly;
                }
                _ => step.commands = commands(run.line, script),
            }
            match node.text_of("shell").or(self.shell.as_deref()) {
                Some("bash") => step.commands.iter_mut().for_each(Command::with_pipefail),
                Some("pwsh" | "powershell" | "cmd") => last_counts(&mut step.commands),
                _ => {}
            }
        }
        let uses = node.get("uses");
        if let Some(name) = uses.and_then(Node::text) {
            step.uses = action(name);
            step.manual = name.contains("manual-approval");
            for (_, key, value) in node.get("with").map(Node::entries).unwrap_or_default() {
                if let Some(value) = value.text().filter(|value| value.len() < 1000) {
                    step.given.push_str(&format!("{}={}\n", key.to_ascii_lowercase(), value.to_ascii_lowercase()));
                }
            }
            if let Some(folder) = own(name) {
                let (lax, anyway, shaky) = (step.lax, step.anyway, step.shaky);
                job.steps.push(step);
                let before = job.steps.len();
                self.composite(folder, uses.unwrap_or(node), job);
                for step in &mut job.steps[before..] {
                    step.lax = step.lax.or(lax);
                    step.anyway = step.anyway.max(anyway);
                    step.shaky |= shaky;
                }
                return;
            }
        }
        job.steps.push(step);
    }

    /// The steps of a composite action of the same repository.
    fn composite(&mut self, folder: &str, uses: &Node, job: &mut Job) {
        let Some(folder) = inside(folder) else {
            return self.note(uses, "uses a file outside of the repository");
        };
        if self.deepest == 0 {
            return self.note(uses, "uses actions more than four deep");
        }
        let beside = self.file.beside;
        let names = ["action.yml", "action.yaml"].map(|name| format!("{folder}/{name}"));
        let there = names.iter().find(|path| beside.find(path).is_some());
        // An action that another step checks out, or that is made on the way, is not there: what it does cannot be seen.
        self.found.asked.extend(names.iter().map(|path| (path.clone(), beside.find(path))));
        let Some(path) = there else {
            job.elsewhere = true;
            return;
        };
        let Some(documents) = self.file.other(path, uses.line, self.found) else { return };
        let mut inner = Follow { path: Some(path.clone()), ..self.into() };
        for document in parsed(&documents) {
            for step in document.at(&["runs", "steps"]).map(Node::items).unwrap_or_default() {
                inner.step(step, job);
            }
        }
    }
}
