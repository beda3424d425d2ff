//! What starts a workflow, and the conditions of its jobs and steps.

use std::collections::BTreeSet;

use super::super::job::Starts;
use super::super::sure::Sure;
use super::super::words;
use super::super::yaml::Node;

/// The line of a guard that is the same for every release: one for each branch, commit or run lets any number run.
pub fn guard(node: &Node) -> Option<u32> {
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
pub fn anyway(condition: &str) -> Sure {
    let squeezed: String = condition.chars().filter(|c| !c.is_whitespace()).collect();
    let looks = ["always()", "cancelled()", "failure()"].iter().any(|function| squeezed.contains(function));
    let stops = squeezed.contains("!failure()");
    if !looks || stops && !squeezed.contains("||") && !squeezed.contains("always()") {
        return Sure::No;
    }
    let asks = [".result", ".outcome", ".conclusion", "success()", "job.status", "!failure()"];
    if asks.iter().any(|asked| squeezed.contains(asked)) { Sure::Maybe } else { Sure::Yes }
}

/// The steps of a job of which another step, or what the job gives on, asks how they ended: `steps.ID.outcome`.
pub fn asked(job: &Node) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut look = |text: &str| {
        for (at, _) in text.match_indices("steps.") {
            let mut parts = text[at + "steps.".len()..].split(|c: char| !c.is_alphanumeric() && !"-_".contains(c));
            if let (Some(id), Some("outcome" | "conclusion")) = (parts.next(), parts.next()) {
                found.insert(id.to_owned());
            }
        }
    };
    let steps = job.get("steps").map(Node::items).unwrap_or_default();
    for node in steps.iter().chain([job]) {
        ["if", "run"].iter().filter_map(|key| node.text_of(key)).for_each(&mut look);
        for key in ["env", "with", "outputs"] {
            let entries = node.get(key).map(Node::entries).unwrap_or_default();
            entries.iter().filter_map(|(_, _, value)| value.text()).for_each(&mut look);
        }
    }
    found
}

/// Whether a step asks how the jobs ended that its own waits for.
pub fn asks_needs(step: &Node) -> bool {
    let asks = |text: &str| text.contains("needs.") && text.contains(".result");
    ["if", "run"].iter().filter_map(|key| step.text_of(key)).any(asks)
        || step.text_of("uses").is_some_and(|uses| uses.starts_with("re-actors/alls-green"))
}

/// Whether a condition asks that the workflow before this one has passed.
pub fn passed(condition: &str) -> bool {
    let squeezed: String = condition.chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
    squeezed.contains("github.event.workflow_run.conclusion=='success'")
}

/// Whether a condition lets a step run at times only: which of a matrix it is for does not count.
pub fn at_times(condition: &str) -> bool {
    let squeezed: String =
        condition.chars().filter(|c| !c.is_whitespace() && !matches!(c, '$' | '{' | '}' | '(' | ')' | '!')).collect();
    let always = |part: &str| {
        ["success", "cancelled"].contains(&part) || part.starts_with("matrix.") || part.starts_with("runner.os")
    };
    !squeezed.split("&&").flat_map(|part| part.split("||")).all(always)
}

/// Whether what stands behind an action is its version, and a comment, and no more.
pub fn is_version(behind: &str) -> bool {
    let (version, comment) = behind.split_once(" #").unwrap_or((behind, ""));
    let of_version = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/');
    version.trim_end().bytes().all(of_version) && !comment.contains('\t')
}

/// What starts a workflow.
pub fn starts(document: &Node) -> Starts {
    let mut starts = Starts::default();
    // YAML 1.1 takes a bare `on` for a truth value, and some tools write it so.
    let Some(on) = document.get("on").or_else(|| document.get("true")) else { return starts };
    let mut take = |line: u32, event: &str, node: Option<&Node>| match event {
        "schedule" => {
            starts.times = Some(line);
            let crons: Vec<&str> =
                node.map(Node::items).unwrap_or_default().iter().filter_map(|item| item.text_of("cron")).collect();
            starts.daily = !crons.is_empty() && crons.into_iter().all(is_daily);
        }
        "workflow_dispatch" => starts.hand = Some(line),
        "repository_dispatch"
        | "push"
        | "release"
        | "create"
        | "deployment"
        | "registry_package"
        | "status"
        | "check_run"
        | "check_suite"
        | "deployment_status"
        | "milestone" => starts.itself = true,
        "workflow_call" => starts.called = true,
        "workflow_run" => {
            starts.itself = true;
            let names = node.and_then(|node| node.get("workflows")).map(Node::texts).unwrap_or_default();
            starts.after.extend(names.into_iter().map(|(_, name)| name.to_owned()));
        }
        "pull_request" | "pull_request_target" => {
            // What asks whether a closed request was merged is started by the merge.
            let closed = node.and_then(|node| node.get("types")).map(Node::texts).unwrap_or_default();
            let closed = closed.iter().any(|(_, event)| *event == "closed");
            if closed && asks_whether_merged(document) { starts.itself = true } else { starts.requests = true }
        }
        "merge_group" => starts.requests = true,
        _ => {}
    };
    let mut events = 0;
    for (key, event, node) in on.entries() {
        take(key.line, event, Some(node));
        events += 1;
    }
    for (line, event) in on.texts() {
        take(line, event, None);
        events += 1;
    }
    starts.only_hand = events == 1 && starts.hand.is_some();
    starts
}

/// Whether a job of a workflow asks whether the request was merged.
fn asks_whether_merged(document: &Node) -> bool {
    let jobs = document.get("jobs").map(Node::entries).unwrap_or_default();
    jobs.iter().any(|(_, _, job)| job.text_of("if").is_some_and(|asked| asked.contains("pull_request.merged")))
}

/// Whether a schedule is one of every day, or of every day at which people work.
pub fn is_daily(cron: &str) -> bool {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    matches!(fields[..], [_, _, "*", "*", weekday] if weekday == "*" || weekday.contains('-'))
}

pub fn environment(node: &Node) -> Option<(u32, String)> {
    let name = node.text().or_else(|| node.text_of("name"))?;
    Some((node.line, name.to_owned()))
}

/// The line of a matrix of regions, and whether one is done after the other.
pub fn regions(strategy: &Node) -> Option<(u32, bool)> {
    let named = |key: &str| {
        ["region", "regions", "cluster", "clusters", "datacenter", "aws_region"]
            .contains(&key.to_ascii_lowercase().as_str())
    };
    let entries = strategy.get("matrix")?.entries();
    let found = entries.iter().find(|(_, key, values)| named(key) && values.items().len() > 1);
    found.map(|(key, _, _)| (key.line, strategy.text_of("max-parallel") == Some("1")))
}

pub fn people(condition: &Node) -> Vec<(u32, String)> {
    let Some(text) = condition.text() else { return Vec::new() };
    let names = words::named_people(text, &["github.actor", "github.triggering_actor", "github.event.sender.login"]);
    names.into_iter().map(|name| (condition.line, name)).collect()
}

/// Whether a condition lets only requests through.
pub fn only_requests(condition: &str) -> bool {
    let squeezed: String = condition.chars().filter(|c| !c.is_whitespace()).collect();
    squeezed.contains("github.event_name=='pull_request") && !squeezed.contains("||")
}
