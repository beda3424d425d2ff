//! Bitbucket Pipelines: the steps of each pipeline, one after the other.

use super::command::Command;
use super::job::{Flow, Job, Starts, Step};
use super::script::commands;
use super::sure::Sure;
use super::yaml::Node;
use super::{File, Found, OF_PIPELINES, Reader, judge};
use crate::model::ControlKind;

pub(super) struct Pipelines;

impl Reader for Pipelines {
    fn name(&self) -> &'static str {
        "Bitbucket Pipelines"
    }

    fn wants(&self, path: &str) -> bool {
        path == "bitbucket-pipelines.yml"
    }

    fn tells(&self) -> &'static [ControlKind] {
        OF_PIPELINES
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        for document in file.documents(found) {
            let pipelines = document.get("pipelines").map(Node::entries).unwrap_or_default();
            for (_, kind, node) in pipelines {
                let starts = Starts {
                    itself: ["default", "branches", "tags"].contains(&kind),
                    hand: (kind == "custom").then_some(node.line),
                    requests: kind == "pull-requests",
                    ..Starts::default()
                };
                if node.items().is_empty() {
                    for (_, name, steps) in node.entries() {
                        judge::judge(file, flow(name, steps, &starts, found, file), found);
                    }
                } else {
                    judge::judge(file, flow(kind, node, &starts, found, file), found);
                }
            }
        }
    }
}

/// Steps as jobs that wait for those before; what runs in parallel waits for the same.
fn flow(name: &str, steps: &Node, starts: &Starts, found: &mut Found, file: &File<'_>) -> Flow {
    let mut flow = Flow { starts: starts.clone(), title: name.to_owned(), ..Flow::default() };
    if let Some(import) = steps.get("import") {
        found.note(file.path, Some(import.line), "imports a pipeline of another repository, which was not read");
        flow.hidden = true;
    }
    // Each step with the steps that it waits for, the first so many, and the stage around it.
    let mut all: Vec<(&Node, usize, Option<&Node>)> = Vec::new();
    let step = |node: &'_ Node| node.get("step").is_some();
    for node in steps.items() {
        let first = all.len();
        all.extend(node.get("step").map(|step| (step, first, None)));
        if let Some(parallel) = node.get("parallel") {
            let steps = parallel.get("steps").unwrap_or(parallel);
            all.extend(steps.items().iter().filter_map(|node| Some((node.get("step")?, first, None))));
        }
        if let Some(stage) = node.get("stage") {
            let steps = stage.get("steps").map(Node::items).unwrap_or_default();
            for (at, node) in steps.iter().filter(|node| step(node)).enumerate() {
                all.extend(node.get("step").map(|step| (step, first + at, Some(stage))));
            }
        }
    }
    for (node, before, stage) in all {
        if !file.job(found) || !file.spend(node.weight() + before as u64 / 8, found) {
            break;
        }
        let before: Vec<usize> = (0..before).collect();
        flow.jobs.push(job(name, node, &before, stage));
    }
    flow
}

fn job(pipeline: &str, node: &Node, before: &[usize], stage: Option<&Node>) -> Job {
    let name = node.text_of("name").unwrap_or(pipeline);
    let mut job = Job { line: node.line, id: name.to_owned(), needs: before.to_vec(), ..Job::default() };
    let of = |key: &str| node.get(key).or_else(|| stage.and_then(|stage| stage.get(key)));
    job.environment = of("deployment").and_then(|node| Some((node.line, node.text()?.to_owned())));
    // A deployment is guarded by itself: Bitbucket lets one at a time into an environment.
    job.guard = of("concurrency-group").map(|node| node.line);
    job.shaky = node.at(&["on-fail", "strategy"]).and_then(Node::text) == Some("ignore");
    // A step of which the changes decide may be passed over.
    job.sometimes = of("condition").map(|_| format!("condition of {name}"));
    job.manual = of("trigger").filter(|node| node.text() == Some("manual")).map(|node| node.line);
    let mut pipefail = false;
    for part in node.get("script").map(Node::items).unwrap_or_default() {
        let mut step = Step { line: part.line, ..Step::default() };
        if let Some(text) = part.text() {
            step.commands = commands(part.line, text);
            if pipefail {
                step.commands.iter_mut().for_each(Command::with_pipefail);
            }
            pipefail |= text.contains("pipefail");
        } else if let Some(pipe) = part.text_of("pipe") {
            step.uses = pipe.split(':').next().unwrap_or_default().to_ascii_lowercase();
        }
        job.steps.push(step);
    }
    for part in node.get("after-script").map(Node::items).unwrap_or_default() {
        if let Some(text) = part.text() {
            // It runs whatever came before, and stops nothing.
            job.steps.push(Step {
                line: part.line,
                commands: commands(part.line, text),
                lax: Some(part.line),
                anyway: Sure::Yes,
                ..Step::default()
            });
        }
    }
    job
}
