//! Bitbucket Pipelines: the steps of each pipeline, one after the other.

use super::job::{Flow, Job, Starts, Step, commands};
use super::yaml::Node;
use super::{File, Found, Reader, judge};

pub(super) struct Pipelines;

impl Reader for Pipelines {
    fn name(&self) -> &'static str {
        "Bitbucket Pipelines"
    }

    fn wants(&self, path: &str) -> bool {
        path == "bitbucket-pipelines.yml"
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
                        judge::judge(file, &flow(name, steps, &starts, found, file), found);
                    }
                } else {
                    judge::judge(file, &flow(kind, node, &starts, found, file), found);
                }
            }
        }
    }
}

/// Steps as jobs that wait for those before; what runs in parallel waits for the same.
fn flow(name: &str, steps: &Node, starts: &Starts, found: &mut Found, file: &File<'_>) -> Flow {
    let mut flow = Flow { starts: starts.clone(), ..Flow::default() };
    if let Some(import) = steps.get("import") {
        found.note(file.path, Some(import.line), "imports a pipeline of another repository, which was not read");
        flow.hidden = true;
    }
    for node in steps.items() {
        let first = flow.jobs.len();
        let before: Vec<usize> = (0..first).collect();
        if let Some(step) = node.get("step") {
            flow.jobs.push(job(name, step, &before, None));
        }
        if let Some(parallel) = node.get("parallel") {
            let steps = parallel.get("steps").unwrap_or(parallel);
            for step in steps.items().iter().filter_map(|node| node.get("step")) {
                flow.jobs.push(job(name, step, &before, None));
            }
        }
        if let Some(stage) = node.get("stage") {
            for step in
                stage.get("steps").map(Node::items).unwrap_or_default().iter().filter_map(|node| node.get("step"))
            {
                let before: Vec<usize> = (0..flow.jobs.len()).collect();
                flow.jobs.push(job(name, step, &before, Some(stage)));
            }
        }
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
    job.manual = of("trigger").filter(|node| node.text() == Some("manual")).map(|node| node.line);
    for part in node.get("script").map(Node::items).unwrap_or_default() {
        let mut step = Step { line: part.line, ..Step::default() };
        if let Some(text) = part.text() {
            step.commands = commands(part.line, text);
        } else if let Some(pipe) = part.text_of("pipe") {
            step.uses = pipe.split(':').next().unwrap_or_default().to_ascii_lowercase();
        }
        job.steps.push(step);
    }
    for part in node.get("after-script").map(Node::items).unwrap_or_default() {
        if let Some(text) = part.text() {
            job.steps.push(Step { line: part.line, commands: commands(part.line, text), ..Step::default() });
        }
    }
    job
}
