//! `CircleCI`: workflows, jobs and commands of `.circleci/config.yml`; orbs are known by their names alone.

use std::borrow::Cow;
use std::collections::HashMap;

use super::command::Command;
use super::job::{Flow, Job, Starts, Step};
use super::script::commands;
use super::sure::Sure;
use super::yaml::{Node, weight_of};
use super::{File, Found, OF_PIPELINES, Reader, judge};
use crate::model::ControlKind;

pub(super) struct Config;

/// How deep commands use each other.
const DEEPEST: usize = 6;
/// Longest script with what is given for its parameters, bytes.
const LONGEST: usize = 64 << 10;

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
                judge::judge(file, flow, reading.found);
            }
            if workflows.is_empty() && reading.jobs.contains_key("build") {
                let mut job = Job { id: "build".to_owned(), ..Job::default() };
                reading.fill(&mut job, "build", None);
                let starts = Starts { itself: true, ..Starts::default() };
                judge::judge(file, Flow { starts, jobs: vec![job], ..Flow::default() }, reading.found);
            }
        }
    }
}

/// What parameters stand for where a job or command is used: what is given there, else their defaults.
type Given<'r> = HashMap<&'r str, &'r Node>;

struct Reading<'r, 'f> {
    file: &'r File<'f>,
    found: &'r mut Found,
    jobs: HashMap<&'r str, &'r Node>,
    commands: HashMap<&'r str, &'r Node>,
}

impl<'r> Reading<'r, '_> {
    fn flow(&mut self, name: &str, workflow: &'r Node) -> Flow {
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
                self.fill(&mut job, id, given);
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
    fn fill(&mut self, job: &mut Job, id: &str, given: Option<&'r Node>) {
        let Some(&node) = self.jobs.get(id) else {
            job.steps.push(Step { line: job.line, uses: id.to_ascii_lowercase(), ..Step::default() });
            job.elsewhere = true;
            return;
        };
        if job.line == 0 {
            job.line = node.line;
        }
        let stands_for = given_to(node, given, &Given::default());
        let around = |key: &str| given.and_then(|given| given.get(key)).map(Node::items).unwrap_or_default();
        for step in around("pre-steps") {
            self.add(step, job, DEEPEST, false, &Given::default());
        }
        for step in node.get("steps").map(Node::items).unwrap_or_default() {
            self.add(step, job, DEEPEST, false, &stands_for);
        }
        for step in around("post-steps") {
            self.add(step, job, DEEPEST, false, &Given::default());
        }
    }

    fn add(&mut self, node: &'r Node, job: &mut Job, deepest: usize, at_times: bool, stands_for: &Given<'r>) {
        if !self.file.spend(1, self.found) {
            return;
        }
        let entries = node.entries();
        let (name, given) = match (node.text(), &entries[..]) {
            (Some(name), _) => {
                // Steps that whoever uses the job gives it.
                if let Some(steps) = parameter(name).and_then(|name| stands_for.get(name)).filter(|_| deepest > 0) {
                    for step in steps.items() {
                        self.add(step, job, deepest - 1, at_times, &Given::default());
                    }
                    return;
                }
                (name, None)
            }
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
            let own = if choice { stands_for.clone() } else { given_to(inner, given, stands_for) };
            // Their steps may be what is given to them as a whole.
            let steps = inner.get("steps").map(|steps| resolved(steps, stands_for));
            for step in steps.map(Node::items).unwrap_or_default() {
                self.add(step, job, deepest - 1, at_times || choice, &own);
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
            given.and_then(|given| given.text_of("working_directory")).unwrap_or_default().clone_into(&mut step.folder);
            if let Some(script) = script
                && let Some(text) = script.text()
            {
                let asked = text;
                let text = filled(text, stands_for);
                if !self.file.spend(weight_of(&text), self.found) {
                    return;
                }
                step.commands = commands(script.line, &text);
                places(asked, &text, script.line, stands_for, &mut step.commands);
                // Its shell takes the failure of a pipe for its own.
                step.commands.iter_mut().for_each(Command::with_pipefail);
            }
        } else {
            step.uses = name.to_ascii_lowercase();
        }
        job.steps.push(step);
    }
}

/// The parameter that a text stands for as a whole: `<< parameters.script >>`.
fn parameter(text: &str) -> Option<&str> {
    text.trim().strip_prefix("<<")?.strip_suffix(">>")?.trim().strip_prefix("parameters.")
}

/// A value, or what is given for the parameter that it stands for.
fn resolved<'r>(node: &'r Node, stands_for: &Given<'r>) -> &'r Node {
    node.text().and_then(parameter).and_then(|name| stands_for.get(name)).copied().unwrap_or(node)
}

/// What the parameters of a job or command stand for where it is used with these values.
fn given_to<'r>(used: &'r Node, given: Option<&'r Node>, around: &Given<'r>) -> Given<'r> {
    let defaults = used.get("parameters").map(Node::entries).unwrap_or_default();
    let defaults = defaults.into_iter().filter_map(|(_, name, node)| Some((name, node.get("default")?)));
    let given = given.map(Node::entries).unwrap_or_default();
    // What is given for a parameter of what is around stands for that.
    defaults.chain(given.into_iter().map(|(_, name, node)| (name, resolved(node, around)))).collect()
}

/// Tells commands that are given as a parameter where they are given.
fn places(asked: &str, text: &str, first: u32, stands_for: &Given<'_>, commands: &mut [Command]) {
    // Where more lines than one are put in, lines are no longer what they were.
    if asked.lines().count() != text.lines().count() {
        return;
    }
    for command in commands {
        let line = asked.lines().nth(command.line.saturating_sub(first) as usize).unwrap_or_default();
        // What is only an argument is given there, and run here.
        let begins = line.split_once("<<").filter(|(before, _)| before.split_whitespace().count() <= 1);
        let name = begins.and_then(|(_, behind)| behind.split_once(">>"));
        let name = name.and_then(|(name, _)| name.trim().strip_prefix("parameters."));
        if let Some(given) = name.and_then(|name| stands_for.get(name)) {
            command.line = given.line;
        }
    }
}

/// A script with what is given for its parameters; what is given as no text stays as it is.
fn filled<'t>(script: &'t str, stands_for: &Given<'_>) -> Cow<'t, str> {
    if stands_for.is_empty() || !script.contains("<<") {
        return Cow::Borrowed(script);
    }
    let (mut out, mut rest) = (String::new(), script);
    while let Some((before, behind)) = rest.split_once("<<") {
        out.push_str(before);
        let value = behind.split_once(">>").and_then(|(name, after)| {
            let name = name.trim().strip_prefix("parameters.")?;
            Some((stands_for.get(name)?.text()?, after))
        });
        match value.filter(|(value, _)| out.len() + value.len() < LONGEST) {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push_str("<<");
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
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
