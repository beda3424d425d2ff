//! GitHub Actions: workflows, and the workflows and composite actions of the same repository that they use.

use super::job::{Flow, Job, Starts, Step, commands};
use super::yaml::Node;
use super::{File, Found, Reader, documents, inside, is_yaml, judge, words};

pub(super) struct Workflows;

/// How deep workflows and actions that use others are followed.
const DEEPEST: usize = 4;
/// Most steps of a workflow.
const MOST_STEPS: usize = 5_000;

impl Reader for Workflows {
    fn name(&self) -> &'static str {
        "GitHub Actions"
    }

    fn wants(&self, path: &str) -> bool {
        let below = path.strip_prefix(".github/workflows/").or_else(|| path.strip_prefix(".gitea/workflows/"));
        below.is_some_and(|name| !name.contains('/') && is_yaml(name))
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        for document in file.documents(found) {
            if document.get("jobs").is_none() {
                continue;
            }
            let flow = flow(file, &document, found);
            if flow.starts.called && !flow.starts.can_ship() && !flow.starts.requests {
                // Part of whoever calls it, and told there; what it checks is told here too.
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
    let ids: Vec<&str> = jobs.iter().map(|(_, id, _)| *id).collect();
    let mut flow = Flow { starts, guard: document.get("concurrency").map(|node| node.line), ..Flow::default() };
    for (key, id, node) in &jobs {
        let mut job = Job { line: key.line, id: (*id).to_owned(), ..Job::default() };
        node.text_of("name").unwrap_or_default().clone_into(&mut job.title);
        let needs = node.get("needs").map(Node::texts).unwrap_or_default();
        job.needs = needs.iter().filter_map(|(_, name)| ids.iter().position(|id| id == name)).collect();
        job.environment = node.get("environment").and_then(environment);
        job.lax = node.get("continue-on-error").filter(|lax| lax.is_true()).map(|lax| lax.line);
        job.guard = node.get("concurrency").map(|node| node.line);
        job.regions = node.at(&["strategy", "matrix"]).and_then(regions);
        if let Some(condition) = node.get("if") {
            job.people.extend(people(condition));
            job.requests = condition.text().is_some_and(only_requests);
        }
        let mut budget = MOST_STEPS;
        if let Some(uses) = node.get("uses") {
            called(file, uses, &mut job, found, DEEPEST, &mut budget);
            // What a workflow is told not to push, it only builds.
            if node.at(&["with", "push"]).is_some_and(Node::is_false) {
                for step in job.steps.iter_mut().filter(|step| step.given.contains("push=${{ inputs.push }}")) {
                    step.given = step.given.replace("push=${{ inputs.push }}", "push=false");
                }
            }
        }
        for step in node.get("steps").map(Node::items).unwrap_or_default() {
            add_step(file, step, &mut job, None, found, DEEPEST, &mut budget);
        }
        flow.jobs.push(job);
    }
    flow
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

fn regions(matrix: &Node) -> Option<u32> {
    let named = |key: &str| {
        ["region", "regions", "cluster", "clusters", "datacenter", "aws_region"]
            .contains(&key.to_ascii_lowercase().as_str())
    };
    let entries = matrix.entries();
    let found = entries.iter().find(|(_, key, values)| named(key) && values.items().len() > 1);
    found.map(|(key, _, _)| key.line)
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

/// A workflow that a job uses: its jobs' steps become those of the job, what waits for others behind them.
fn called(file: &File<'_>, uses: &Node, job: &mut Job, found: &mut Found, deepest: usize, budget: &mut usize) {
    let Some(name) = uses.text() else { return };
    let Some(path) = own(name).and_then(inside) else {
        job.elsewhere = true;
        let why = if own(name).is_some() {
            "uses a file outside of the repository"
        } else {
            "uses a workflow of another repository, which was not read"
        };
        found.note(file.path, Some(uses.line), why);
        return;
    };
    if deepest == 0 {
        job.elsewhere = true;
        found.note(file.path, Some(uses.line), "uses workflows more than four deep");
        return;
    }
    let Some(text) = file.other(&path, uses.line, found) else {
        job.elsewhere = true;
        return;
    };
    for document in documents(&path, &text, found) {
        let jobs = document.get("jobs").map(Node::entries).unwrap_or_default();
        let mut done = vec![false; jobs.len()];
        // Those that wait for nobody first, then those that wait for what is done.
        for _ in 0..jobs.len() {
            let ready = (0..jobs.len()).find(|&at| {
                let needs = jobs[at].2.get("needs").map(Node::texts).unwrap_or_default();
                !done[at]
                    && needs.iter().all(|(_, need)| {
                        jobs.iter().position(|(_, id, _)| id == need).is_none_or(|needed| done[needed])
                    })
            });
            let Some(at) = ready.or_else(|| done.iter().position(|done| !done)) else { break };
            done[at] = true;
            let (_, id, inner) = &jobs[at];
            job.environment = job.environment.take().or_else(|| inner.get("environment").and_then(environment));
            job.regions = job.regions.or_else(|| inner.at(&["strategy", "matrix"]).and_then(regions));
            if let Some(uses) = inner.get("uses") {
                called(file, uses, job, found, deepest - 1, budget);
            }
            for step in inner.get("steps").map(Node::items).unwrap_or_default() {
                let before = job.steps.len();
                add_step(file, step, job, Some(&path), found, deepest - 1, budget);
                for step in &mut job.steps[before..] {
                    if step.name.is_empty() {
                        (*id).clone_into(&mut step.name);
                    }
                }
            }
        }
    }
}

/// Adds a step; of a composite action of the same repository, its steps.
fn add_step(
    file: &File<'_>,
    node: &Node,
    job: &mut Job,
    path: Option<&str>,
    found: &mut Found,
    deepest: usize,
    budget: &mut usize,
) {
    if *budget == 0 {
        return;
    }
    *budget -= 1;
    let mut step = Step { line: node.line, path: path.map(str::to_owned), ..Step::default() };
    node.text_of("name").unwrap_or_default().clone_into(&mut step.name);
    step.lax = node.get("continue-on-error").filter(|lax| lax.is_true()).map(|lax| lax.line);
    job.people.extend(node.get("if").map(people).unwrap_or_default());
    if let Some(run) = node.get("run")
        && let Some(script) = run.text()
    {
        step.commands = commands(run.line, script);
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
            job.steps.push(step);
            composite(file, folder, uses.map_or(node.line, |uses| uses.line), job, found, deepest, budget);
            return;
        }
    }
    job.steps.push(step);
}

/// The steps of a composite action of the same repository.
fn composite(
    file: &File<'_>,
    folder: &str,
    line: u32,
    job: &mut Job,
    found: &mut Found,
    deepest: usize,
    budget: &mut usize,
) {
    let Some(folder) = inside(folder) else {
        found.note(file.path, Some(line), "uses a file outside of the repository");
        return;
    };
    if deepest == 0 {
        return;
    }
    let names = ["action.yml", "action.yaml"].map(|name| format!("{folder}/{name}"));
    let there = names.iter().find(|path| file.beside.find(path).is_some());
    // An action that another one checks out, or that is made on the way, is not there: nothing is known of it.
    found.asked.extend(names.iter().map(|path| (path.clone(), file.beside.find(path))));
    let Some(path) = there else { return };
    let Some(text) = file.other(path, line, found) else { return };
    for document in documents(path, &text, found) {
        for step in document.at(&["runs", "steps"]).map(Node::items).unwrap_or_default() {
            add_step(file, step, job, Some(path), found, deepest - 1, budget);
        }
    }
}
