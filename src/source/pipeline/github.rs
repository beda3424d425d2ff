//! GitHub Actions: workflows, and the workflows and composite actions of the same repository that they use.

mod conditions;
mod given;

use std::collections::{BTreeSet, HashMap};

use super::command::Command;
use super::job::{Flow, Job, Starts, Step};
use super::matrix::Matrix;
use super::script::{commands, last_counts};
use super::sure::Sure;
use super::yaml::Node;
use super::{BYTES, File, Found, OF_PIPELINES, Reader, inside, is_yaml, judge, parsed, words};
use crate::model::ControlKind;

use conditions::{
    anyway, asked, asks_needs, at_times, environment, guard, is_version, only_requests, passed, people, regions, starts,
};
use given::{Around, given_commands, never, tests_wheels};

pub(super) struct Workflows;

/// How deep workflows and actions that use others are followed.
const DEEPEST: usize = 4;

impl Reader for Workflows {
    fn name(&self) -> &'static str {
        "GitHub Actions"
    }

    fn wants(&self, path: &str) -> bool {
        let below = [".github/workflows/", ".gitea/workflows/", ".forgejo/workflows/"]
            .iter()
            .find_map(|folder| path.strip_prefix(folder));
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
            let mut flow = flow(file, &document, found);
            judge::recall(file, &mut flow);
            if flow.starts.called && !flow.starts.can_ship() && !flow.starts.requests {
                // Part of whoever calls it, and told there; what it checks is told here too, where somebody here calls it.
                found.called = true;
                let alone = Flow { starts: Starts::default(), ..flow };
                judge::judge(file, alone, found);
                continue;
            }
            let tests = flow.jobs.iter().map(words::job_tests).max().unwrap_or_default();
            let name = document.text_of("name").unwrap_or(file.path);
            found.tests.extend([name, file.path].map(|name| (name.to_owned(), tests)));
            judge::judge(file, flow, found);
        }
    }
}

fn flow(file: &File<'_>, document: &Node, found: &mut Found) -> Flow {
    let starts = starts(document);
    let jobs = document.get("jobs").map(Node::entries).unwrap_or_default();
    let numbers: HashMap<&str, usize> = jobs.iter().enumerate().map(|(at, (_, id, _))| (*id, at)).collect();
    let title = document.text_of("name").unwrap_or_default().to_owned();
    let mut flow = Flow { starts, title, guard: document.get("concurrency").and_then(guard), ..Flow::default() };
    let around = Around::default().of(document);
    let mut of =
        Follow { file, found, around, matrix: Matrix::default(), asked: BTreeSet::new(), path: None, deepest: DEEPEST };
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
    /// What holds for steps that say nothing else.
    around: Around,
    /// What the keys of the job's matrix stand for.
    matrix: Matrix,
    /// Steps of the job of which somebody asks later how they ended.
    asked: BTreeSet<String>,
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
            around: Around { wheels: self.around.wheels, ..Around::default() },
            matrix: Matrix::default(),
            asked: BTreeSet::new(),
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
        let inner = self.around.of(node);
        let around = std::mem::replace(&mut self.around, inner);
        self.matrix = Matrix::of(node);
        self.asked = asked(node);
        if node.get("if").is_some_and(never) {
            // It never runs, nor does what waits for it.
            job.hidden = true;
        } else {
            let steps = node.get("steps").map(Node::items).unwrap_or_default();
            for step in steps {
                self.step(step, &mut job);
            }
            // It runs whatever came before, and looks at how that ended.
            if job.anyway == Sure::Yes && steps.iter().any(asks_needs) {
                job.anyway = Sure::Maybe;
            }
        }
        self.around = around;
        Some(job)
    }

    /// A workflow that a job uses: its jobs wait for what that job waits for, and that job for them.
    fn called(&mut self, uses: &Node, by: usize, flow: &mut Flow) {
        let Some(name) = uses.text() else { return };
        let Some(path) = own(name).and_then(inside) else {
            let job = &mut flow.jobs[by];
            job.elsewhere = true;
            job.steps.push(Step { line: uses.line, path: job.path.clone(), uses: action(name), ..Step::default() });
            // A repository may call itself by its name.
            let path = action(name).find("/.github/").map(|at| name[at + 1..].split('@').next().unwrap_or_default());
            let here = path.is_some_and(|path| self.file.beside.find(path).is_some());
            return self.note(
                uses,
                if own(name).is_some() {
                    "uses a file outside of the repository"
                } else if here {
                    "uses a workflow by the name of a repository, which was not read: it may be this one's"
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
            let around = Around::default().of(document);
            let mut inner = Follow { around, path: Some(path.clone()), ..self.into() };
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
        if !self.file.spend(1, self.found) || node.get("if").is_some_and(never) {
            return;
        }
        let mut step = Step { line: node.line, path: self.path.clone(), ..Step::default() };
        node.text_of("name").unwrap_or_default().clone_into(&mut step.name);
        node.text_of("working-directory").unwrap_or(&self.around.folder).clone_into(&mut step.folder);
        if self.around.wheels || tests_wheels(node) {
            step.given.push_str("cibw_test_command=\n");
        }
        step.lax = node.get("continue-on-error").filter(|lax| lax.is_true()).map(|lax| lax.line);
        let judged = step.lax.is_some() && node.text_of("id").is_some_and(|id| self.asked.contains(id));
        if judged {
            step.lax = None;
        }
        if let Some(condition) = node.get("if") {
            job.people.extend(people(condition));
            step.anyway = condition.text().map_or(Sure::No, anyway);
            step.shaky = condition.text().is_some_and(at_times);
        }
        step.shaky |= judged;
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
            match node.text_of("shell").or(self.around.shell.as_deref()) {
                Some("bash") => step.commands.iter_mut().for_each(Command::with_pipefail),
                Some("pwsh" | "powershell" | "cmd") => last_counts(&mut step.commands),
                _ => {}
            }
        }
        let uses = node.get("uses");
        if let Some(name) = uses.and_then(Node::text) {
            step.uses = action(name);
            step.manual = name.contains("manual-approval");
            step.commands = given_commands(&step.uses, node);
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
                // Of one that is no list of steps nothing is seen.
                job.steps[before - 1].followed = job.steps.len() > before;
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
