//! From what lies on disk to a [`History`]: the one place where sources meet.

use std::io::Read;

use crate::error::Error;
use crate::history::{self, Inputs};
use crate::model::{CommitId, History, Notice, Policy};
use crate::source::git::Repository;
use crate::source::log::{self, Logs, Sources, TimeRules};

/// Reads a repository (or, without one, the release log alone) and the logs.
///
/// # Errors
/// Where the repository or a log cannot be used at all. A record that cannot be used is set aside and told in
/// [`History::notices`].
pub fn read(
    repository: Option<&Repository>,
    sources: &Sources,
    rules: &TimeRules,
    policy: &Policy,
    stdin: &mut dyn Read,
) -> Result<History, Error> {
    let Logs { incidents, entries, set_aside, incident_log_given, problems } = log::read(sources, rules, stdin)?;
    let mut notices: Vec<Notice> = problems.iter().map(log_notice).collect();

    let tags = match repository {
        Some(repository) => {
            let read = repository.tags()?;
            notices.extend(read.notices);
            read.tags
        }
        None => Vec::new(),
    };
    let selection = history::select(tags, &entries, policy)?;

    let (mut changes, mut head, mut mailmap) = Default::default();
    if let Some(repository) = repository {
        let mut tips: Vec<CommitId> = selection.tips();
        let named = entries.iter().filter_map(|entry| entry.commit.as_ref());
        tips.extend(named.filter_map(|commit| repository.find_commit(commit.raw())));
        let walk = repository.walk(&tips)?;
        notices.extend(walk.notices);
        (changes, head) = (walk.changes, walk.head);
        mailmap = repository.mailmap()?;
    }

    let inputs = Inputs {
        repository: repository.map(|repository| repository.info().clone()),
        changes,
        head,
        mailmap,
        entries,
        incidents,
        incident_log_given,
        set_aside,
        notices,
    };
    let mut history = history::assemble(selection, inputs, policy)?;
    history.notices.extend(emptiness(&history));
    Ok(history)
}

fn log_notice(found: &log::LogProblem) -> Notice {
    let problem = &found.problem;
    let kept = if found.record_kept { "" } else { "; the entry is set aside" };
    Notice::new(
        "log-problem",
        format!("{}:{}:{}: {}{kept}", problem.file.display(), problem.line, problem.column, problem.what),
        problem.help.clone(),
    )
}

/// What must be said loudly: a history that is cut off, or none at all.
fn emptiness(history: &History) -> Option<Notice> {
    let shallow = history.repository.as_ref().is_some_and(|repository| repository.shallow);
    if shallow {
        return Some(Notice::new(
            "shallow-clone",
            "this is a shallow clone: releases and commits are missing, every number here may be wrong",
            "run `git fetch --unshallow --tags`; in GitHub Actions set `fetch-depth: 0` on actions/checkout",
        ));
    }
    if !history.releases.is_empty() {
        return None;
    }
    Some(match (&history.repository, history.tags.total) {
        (None, _) => Notice::new(
            "no-releases",
            "the release log has no release",
            "add a [[release]] with tag and deployed_at, or run without --no-git in a tagged repository",
        ),
        (Some(_), 0) => Notice::new(
            "no-releases",
            "the repository has no tags",
            "run `git fetch --tags`; in GitHub Actions set `fetch-depth: 0` on actions/checkout; or tag your releases",
        ),
        (Some(_), total) => Notice::new(
            "no-releases",
            format!("none of the {total} tags is a release at the as-of time"),
            "see why with `relconf list tags`, and name yours with --tags GLOB",
        ),
    })
}
