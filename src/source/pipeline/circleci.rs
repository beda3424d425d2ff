//! `CircleCI`: workflows, jobs and commands of `.circleci/config.yml`; orbs are known by their names alone.

use std::collections::HashMap;

use super::command::Command;
use super::job::{Flow, Job, Starts, Step, Sure, commands};
use super::yaml::Node;
use super::{File, Found, OF_PIPELINES, Reader, judge};
use crate::model::ControlKind;

pub(super) struct Config;

/// How deep commands use each other.
const DEEPEST: usize = 6;

impl Reader for Config {
    fn name(&self) -> &'static str {
        "CircleCI"
    }

    fn wants(&self, path: &str) -> bool {
        [
            ".circleci/config.yml",
            ".circleci/config.yaml",
            ".circleci/continue_config.yml",
            ".circleci/continue-config.yml",
        ]
        .contains(&path)
    }

    fn tells(&self) -> &'static [ControlKind] {
        OF_PIPELINES
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        for document in file.documents(found) {
            if document.get("setup").is_some_and(Node::is_true) {
                found.unread(
                    file.path,
                    document.get("setup").map(|node| node.line),
                    "makes the pipeline while it runs: what it makes was not read",
                );
            }
            let map = |key: &str| {
                let entries = document.get(key).map(Node::entries).unwrap_or_default();
                entries.into_iter().map(|(_, name, node)| (name, node)).collect()
            };
            let mut reading = Reading { file, found, jobs: map("jobs"), commands: map("commands") };
            let workflows = document.get("workflows").map(Node::entries).unwrap_or_default();
            for (_, name, workflow) in workflows.iter().filter(|(_, name, node)| *name != "version" && node.is_map()) {
                let flow = reading.flow(name, workflow);
                judge::judge(file, &flow, reading.found);
            }
            if workflows.is_empty() && reading.jobs.contains_key("build") {
                let mut job = Job { id: "build".to_owned(), ..Job::default() };
                reading.fill(&mut job, "build");
                let starts = Starts { itself: true, ..Starts::default() };
                judge::judge(file, &Flow { starts, jobs: vec![job], ..Flow::default() }, reading.found);
            }
        }
    }
}

struct Reading<'r, 'f> {
    file: &'r File<'f>,
    found: &'r mut Found,
    jobs: HashMap<&'r str, &'r Node>,
    commands: HashMap<&'r str, &'r Node>,
}

impl Reading<'_, '_> {
    fn flow(&mut self, name: &str, workflow: &Node) -> Flow {
        let starts = Starts { itself: true, ..Starts::default() };
        let mut flow = Flow { starts, title: name.to_owned(), ..Flow::default() };
        let triggers = workflow.get("triggers").map(Node::items).unwrap_or_default();
        if let Some(trigger) = triggers.iter().find(|node| node.get("schedule").is_some()) {
            flow.starts = Starts { times: Some(trigger.line), ..Starts::default() };
        }
        let mut wanted: Vec<Vec<(String, bool)>> = Vec::new();
        for node in workflow.get("jobs").map(Node::items).unwrap_or_default() {
            let entries = node.entries();
            let (id, given) = match (node.text(), &entries[..]) {
                (Some(id), _) => (id, None),
                (None, [(_, id, given), ..]) => (*id, Some(*given)),
                _ => continue,
            };
            if !self.file.job(self.found) || !self.file.spend(node.weight(), self.found) {
                break;
            }
            let text = |key: &str| given.and_then(|given| given.text_of(key));
            let mut job = Job { line: node.line, id: id.to_owned(), ..Job::default() };
            text("name").unwrap_or_default().clone_into(&mut job.title);
            if text("type") == Some("approval") {
                job.manual = Some(node.line);
            }
            job.guard = given
                .and_then(|given| given.get("serial-group"))
                .filter(|node| node.text().is_some_and(is_one))
                .map(|node| node.line);
            job.regions = given.and_then(|given| given.at(&["matrix", "parameters"])).and_then(|parameters| {
                let entries = parameters.entries();
                let found = entries
                    .iter()
                    .find(|(_, key, values)| key.to_ascii_lowercase().contains("region") && values.items().len() > 1);
                found.map(|(key, _, _)| (key.line, false))
            });
            if job.manual.is_none() {
                self.fill(&mut job, id);
            }
            let needs = given.and_then(|given| given.get("requires")).map(Node::items).unwrap_or_default();
            wanted.push(needs.iter().filter_map(required).collect());
            flow.jobs.push(job);
        }
        let names: HashMap<String, usize> = flow
            .jobs
            .iter()
            .enumerate()
            .map(|(at, job)| (if job.title.is_empty() { job.id.clone() } else { job.title.clone() }, at))
            .collect();
        for (job, wanted) in flow.jobs.iter_mut().zip(wanted) {
            for (name, success) in wanted {
                job.needs.extend(names.get(&name));
                if !success {
                    job.anyway = Sure::Yes;
                }
            }
        }
        flow
    }

    /// The steps of a job of the file; of an orb, its name.
    fn fill(&mut self, job: &mut Job, id: &str) {
        let Some(&node) = self.jobs.get(id) else {
            job.steps.push(Step { line: job.line, uses: id.to_ascii_lowercase(), ..Step::default() });
            job.elsewhere = true;
            return;
        };
        if job.line == 0 {
            job.line = node.line;
        }
        for step in node.get("steps").map(Node::items).unwrap_or_default() {
            self.add(step, job, DEEPEST, false);
        }
    }

    fn add(&mut self, node: &Node, job: &mut Job, deepest: usize, at_times: bool) {
        if !self.file.spend(1, self.found) {
            return;
        }
        let entries = node.entries();
        let (name, given) = match (node.text(), &entries[..]) {
            (Some(name), _) => (name, None),
            (None, [(_, name, given), ..]) => (*name, Some(*given)),
            _ => return,
        };
        let choice = ["when", "unless"].contains(&name);
        let command = self.commands.get(name).copied();
        if let Some(inner) = if choice { given } else { command } {
            if deepest == 0 {
                self.found.unread(self.file.path, Some(node.line), "uses commands more than six deep");
                return;
            }
            for step in inner.get("steps").map(Node::items).unwrap_or_default() {
                self.add(step, job, deepest - 1, at_times || choice);
            }
            return;
        }
        let mut step = Step { line: node.line, shaky: at_times, ..Step::default() };
        if given.and_then(|given| given.text_of("when")).is_some_and(|when| ["always", "on_fail"].contains(&when)) {
            step.anyway = Sure::Yes;
        }
        if name == "run" {
            let script = given.and_then(|given| given.text().map(|_| given).or_else(|| given.get("command")));
            given.and_then(|given| given.text_of("name")).unwrap_or_default().clone_into(&mut step.name);
            if let Some(script) = script
                && let Some(text) = script.text()
            {
                step.commands = commands(script.line, text);
                // Its shell takes the failure of a pipe for its own.
                step.commands.iter_mut().for_each(Command::with_pipefail);
            }
        } else {
            step.uses = name.to_ascii_lowercase();
        }
        job.steps.push(step);
    }
}

/// A job that another one waits for, and whether only for its success: `test: [success, failed]` lets both pass.
fn required(node: &Node) -> Option<(String, bool)> {
    match node.text() {
        Some(name) => Some((name.to_owned(), true)),
        None => {
            let entries = node.entries();
            let (_, name, on) = entries.first()?;
            Some(((*name).to_owned(), on.texts().iter().all(|(_, status)| *status == "success")))
        }
    }
}

/// Whether a group is the same one for every release.
fn is_one(group: &str) -> bool {
    !group.replace("<< pipeline.project.slug >>", "").contains("<<")
}
