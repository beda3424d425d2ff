//! `CircleCI`: workflows, jobs and commands of `.circleci/config.yml`; orbs are known by their names alone.

use super::job::{Flow, Job, Starts, Step, commands};
use super::yaml::Node;
use super::{File, Found, Reader, judge};

pub(super) struct Config;

/// How deep commands use each other, and most steps.
const DEEPEST: usize = 6;
const MOST: usize = 2_000;

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

    fn read(&self, file: &File<'_>, found: &mut Found) {
        for document in file.documents(found) {
            if document.get("setup").is_some_and(Node::is_true) {
                found.note(
                    file.path,
                    document.get("setup").map(|node| node.line),
                    "makes the pipeline while it runs: what it makes was not read",
                );
            }
            let workflows = document.get("workflows").map(Node::entries).unwrap_or_default();
            for (_, _, workflow) in workflows.iter().filter(|(_, name, node)| *name != "version" && node.is_map()) {
                judge::judge(file, &flow(&document, workflow), found);
            }
            if workflows.is_empty() && document.at(&["jobs", "build"]).is_some() {
                let mut job = Job { id: "build".to_owned(), ..Job::default() };
                fill(&document, &mut job, "build");
                let starts = Starts { itself: true, ..Starts::default() };
                judge::judge(file, &Flow { starts, jobs: vec![job], ..Flow::default() }, found);
            }
        }
    }
}

fn flow(document: &Node, workflow: &Node) -> Flow {
    let mut flow = Flow { starts: Starts { itself: true, ..Starts::default() }, ..Flow::default() };
    let triggers = workflow.get("triggers").map(Node::items).unwrap_or_default();
    if let Some(trigger) = triggers.iter().find(|node| node.get("schedule").is_some()) {
        flow.starts = Starts { times: Some(trigger.line), ..Starts::default() };
    }
    let mut wanted: Vec<Vec<String>> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for node in workflow.get("jobs").map(Node::items).unwrap_or_default() {
        let entries = node.entries();
        let (id, given) = match (node.text(), &entries[..]) {
            (Some(id), _) => (id, None),
            (None, [(_, id, given), ..]) => (*id, Some(*given)),
            _ => continue,
        };
        let text = |key: &str| given.and_then(|given| given.text_of(key));
        let mut job = Job { line: node.line, id: id.to_owned(), ..Job::default() };
        text("name").unwrap_or_default().clone_into(&mut job.title);
        if text("type") == Some("approval") {
            job.manual = Some(node.line);
        }
        job.guard = given.and_then(|given| given.get("serial-group")).map(|node| node.line);
        job.regions = given.and_then(|given| given.at(&["matrix", "parameters"])).and_then(|parameters| {
            let entries = parameters.entries();
            let found = entries
                .iter()
                .find(|(_, key, values)| key.to_ascii_lowercase().contains("region") && values.items().len() > 1);
            found.map(|(key, _, _)| key.line)
        });
        if job.manual.is_none() {
            fill(document, &mut job, id);
        }
        let needs = given.and_then(|given| given.get("requires"));
        let needs = needs.map(|needs| {
            let each = needs
                .items()
                .iter()
                .filter_map(|node| node.text().or_else(|| node.entries().first().map(|(_, key, _)| *key)));
            each.map(str::to_owned).collect()
        });
        wanted.push(needs.unwrap_or_default());
        names.push(if job.title.is_empty() { id.to_owned() } else { job.title.clone() });
        flow.jobs.push(job);
    }
    for (job, wanted) in flow.jobs.iter_mut().zip(wanted) {
        job.needs = (0..names.len()).filter(|&at| wanted.contains(&names[at])).collect();
    }
    flow
}

/// The steps of a job of the file; of an orb, its name.
fn fill(document: &Node, job: &mut Job, id: &str) {
    let Some(node) = document.at(&["jobs", id]) else {
        job.steps.push(Step { line: job.line, uses: id.to_ascii_lowercase(), ..Step::default() });
        job.elsewhere = true;
        return;
    };
    if job.line == 0 {
        job.line = node.line;
    }
    let mut left = MOST;
    for step in node.get("steps").map(Node::items).unwrap_or_default() {
        add(document, step, job, DEEPEST, &mut left);
    }
}

fn add(document: &Node, node: &Node, job: &mut Job, deepest: usize, left: &mut usize) {
    if *left == 0 {
        return;
    }
    *left -= 1;
    let entries = node.entries();
    let (name, given) = match (node.text(), &entries[..]) {
        (Some(name), _) => (name, None),
        (None, [(_, name, given), ..]) => (*name, Some(*given)),
        _ => return,
    };
    if ["when", "unless"].contains(&name) {
        for step in given.and_then(|given| given.get("steps")).map(Node::items).unwrap_or_default() {
            add(document, step, job, deepest.saturating_sub(1), left);
        }
        return;
    }
    if let Some(command) = document.at(&["commands", name]).filter(|_| deepest > 0) {
        for step in command.get("steps").map(Node::items).unwrap_or_default() {
            add(document, step, job, deepest - 1, left);
        }
        return;
    }
    let mut step = Step { line: node.line, ..Step::default() };
    if name == "run" {
        let script = given.and_then(|given| given.text().map(|_| given).or_else(|| given.get("command")));
        given.and_then(|given| given.text_of("name")).unwrap_or_default().clone_into(&mut step.name);
        if let Some(script) = script
            && let Some(text) = script.text()
        {
            step.commands = commands(script.line, text);
        }
    } else {
        step.uses = name.to_ascii_lowercase();
    }
    job.steps.push(step);
}
