//! What jobs are, by what they do and by how they are called: tests, looks at what was deployed, what publishes and deploys.

use super::command::Command;
use super::job::{Flow, Job, Step};
use super::sure::Sure;
use super::words;

/// Whether each job tests. One that looks at what was just deployed is no test of what goes out, where nothing goes out behind it.
pub(super) fn tests(flow: &Flow) -> Vec<Sure> {
    let mut tests: Vec<Sure> = flow.jobs.iter().map(words::job_tests).collect();
    let smoke = |job: &Job| words::named_smoke(&job.id) || words::named_smoke(&job.title);
    let smokes: Vec<usize> = (0..tests.len()).filter(|&at| tests[at] > Sure::No && smoke(&flow.jobs[at])).collect();
    if smokes.is_empty() {
        return tests;
    }
    let before = flow.before(|_| true);
    let deploys: Vec<bool> = flow.jobs.iter().map(deploys).collect();
    for at in smokes {
        let behind = before.iter().zip(&deploys).any(|(before, deploys)| *deploys && before.has(at));
        if !behind && before[at].iter().any(|earlier| deploys[earlier]) {
            tests[at] = Sure::No;
        }
    }
    tests
}

/// Whether a job deploys or hands out, by what it does or by how it is called.
fn deploys(job: &Job) -> bool {
    let named = |name: &str| {
        let mut words = name.split(|c: char| !c.is_alphanumeric()).map(str::to_ascii_lowercase);
        words.any(|word| ["deploy", "deployment", "rollout", "promote"].contains(&word.as_str()))
    };
    !words::is_no_release(&job.id)
        && !words::is_no_release(&job.title)
        && (named(&job.id) || named(&job.title) || job.steps.iter().any(|step| words::step_ships(step).is_some()))
}

/// Whether a job is called after publishing: what it does may lie in a script.
pub(super) fn publishes_by_name(job: &Job) -> bool {
    let named = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let mut words = lower.split(|c: char| !c.is_alphanumeric());
        words.any(|word| ["publish", "release"].contains(&word)) && !words::is_no_release(name)
    };
    (named(&job.id) || named(&job.title))
        && !prepares(job)
        && !job.requests
        && words::job_tests(job) == Sure::No
        && (!job.steps.is_empty() || job.elsewhere)
}

/// Whether a job is called after deploying: what it does may lie in a script.
pub(super) fn deploys_by_name(job: &Job) -> bool {
    [&job.id, &job.title].into_iter().any(|name| {
        let lower = name.to_ascii_lowercase();
        let deploys = lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| ["deploy", "deployment", "rollout", "promote"].contains(&word));
        deploys && !words::is_no_release(name)
    }) && !prepares(job)
        && !job.requests
}

/// Whether a job makes a request, or what is published later: by its name, its steps' names, or what it ends with.
fn prepares(job: &Job) -> bool {
    let said = |name: &str| {
        let lower = name.to_ascii_lowercase().replace(['-', '_'], " ");
        let prepares = lower.split(' ').any(|word| ["prepare", "prepares", "preparation"].contains(&word));
        prepares || ["pull request", "merge request", "open pr", "create pr"].iter().any(|asked| lower.contains(asked))
    };
    let asks = |step: &Step| {
        let opens = |command: &Command| {
            command.parts.iter().any(|words| words.begins_with(&["gh"]) && words.has(&["pr"]) && words.has(&["create"]))
        };
        said(&step.name) || step.uses.contains("create-pull-request") || step.commands.iter().any(opens)
    };
    said(&job.id) || said(&job.title) || job.steps.iter().any(asks)
}
