//! `relconf preflight`.

use std::collections::BTreeMap;

use super::record;
use crate::attribution::{Facts, Scope};
use crate::cli::args::{EvidenceFrom, FeltArgs, PreflightArgs};
use crate::cli::ask::Ask;
use crate::cli::exit::Exit;
use crate::cli::feeling;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::summary;
use crate::cli::terminal::Terminal;
use crate::error::Error;
use crate::gate;
use crate::history::{self, Planned};
use crate::model::{Approval, CheckResult, CheckRun, History, Untrusted, Word};
use crate::pipeline;
use crate::preflight::{Asked, EvidenceSource, Preflight, Verdict};
use crate::render::preflight::{PREFLIGHT_FORMATS, markdown};

pub(super) fn run(args: &PreflightArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, PREFLIGHT_FORMATS)?;
    let mut checks = args.checks.iter().map(|typed| check(typed)).collect::<Result<Vec<_>, Error>>()?;
    let no_repository = || {
        Error::usage("preflight looks at commits: there is no repository", "run it in the repository, without --no-git")
    };
    let mut settings = Settings::resolve_from(&args.input, args.policy_from.as_deref())?;
    let rev = args.rev.as_deref().unwrap_or("HEAD");
    let tag = args.tag.as_ref().map(|tag| Untrusted::new(tag.clone()));
    if let Some(rev) = &args.rev {
        settings.repository.as_mut().ok_or_else(no_repository)?.stand_at(rev)?;
    }
    let decided = terminal.working("reading the history", || settings.read_decided())?;
    let Settings { repository, policy, config, .. } = &settings;
    let repository = repository.as_ref().ok_or_else(no_repository)?;
    if repository.info().shallow {
        return Err(Error::repository(
            "this is a shallow clone: what ships since the last release cannot be told",
            "run `git fetch --unshallow --tags`; in GitHub Actions set `fetch-depth: 0` on actions/checkout",
        )
        .into());
    }
    // What was said on the command line comes first.
    let flags_alone = args.evidence == EvidenceFrom::Flags;
    let mut said = typed(&checks, args);
    let trailers = match repository.info().head {
        Some(id) if !flags_alone => repository.checks_at(id),
        _ => Vec::new(),
    };
    for trailer in &trailers {
        said.entry(trailer.name.raw().to_owned()).or_insert(EvidenceSource::Commit);
    }
    checks.extend(trailers.into_iter().map(|said| CheckRun { name: said.name, result: said.result, ritual: false }));
    let look = |mut history: History| -> anyhow::Result<Preflight> {
        let Some(commit) = repository.info().head.and_then(|id| history.changes.index_of(id)) else {
            return Err(
                Error::repository(format!("{rev} leads to no commit"), "name a branch, a tag or a commit").into()
            );
        };
        let planned = Planned {
            commit,
            tag: tag.clone(),
            releasers: args.by.iter().map(|name| Untrusted::new(name.clone())).collect(),
            checks: checks.clone(),
            approvals: args
                .approved_by
                .iter()
                .map(|name| Approval { by: Untrusted::new(name.clone()), at: None })
                .collect(),
            log: !flags_alone,
            at: policy.as_of,
        };
        let scope = Scope::choose(&history, policy)?;
        let Some(planned) = history::plan(&mut history, &scope.components, planned) else {
            return Err(Error::repository(
                "nothing was released yet: there is nothing to compare with",
                "run `git fetch --tags`, or name your releases with --tags GLOB; relconf list tags shows what was skipped",
            )
            .into());
        };
        pipeline::touch(repository, &mut history, policy)?;
        let facts = Facts::derive(&history, policy)?;
        if args.gate {
            gate::usable(&facts)?;
        }
        let said = said.clone();
        let asked = Asked { rev: Untrusted::new(rev), tag: tag.clone(), max_chance: config.max_chance.value, said };
        let nowhere =
            || Error::usage(format!("{rev} is in no component that is reviewed"), "name one with --component");
        Ok(Preflight::of(&facts, planned, asked).ok_or_else(nowhere)?)
    };
    // What is out already is not asked for.
    let out = args.tag.as_deref().is_some_and(|tag| decided.history.releases.iter().any(|made| made.tag.raw() == tag));
    let mut report = look(decided.history)?;
    let mut from = decided.from;
    if let Some(alone) = decided.alone {
        let without = look(alone)?;
        // What a change adds to the logs can hold it up, and not let it pass.
        if without.verdict == Verdict::NotReady && report.verdict != Verdict::NotReady {
            report = without;
            if let Some(from) = &mut from {
                from.held = true;
            }
        }
    }
    report.policy_from = from;
    outputs.write(&report, terminal)?;
    if outputs.holds("github") {
        summary::append(&markdown(&report), terminal);
    }
    let ask = !args.gate && !out && report.verdict != Verdict::Nothing && outputs.holds("terminal");
    if let Some(tag) = args.tag.as_deref().filter(|_| ask) {
        feel(tag, &settings, terminal)?;
    }
    Ok(if args.gate && report.verdict == Verdict::NotReady { Exit::Regressed } else { Exit::Done })
}

/// Asks whoever is there how sure they are of the release that they look at, and keeps the answer.
fn feel(tag: &str, settings: &Settings, terminal: &Terminal) -> anyhow::Result<()> {
    let ask = Ask::new(terminal, false);
    if !ask.is_on() {
        return Ok(());
    }
    match feeling::statement(&FeltArgs::default(), settings, settings.policy.as_of, Some(&ask))? {
        Some(statement) => record::felt(settings, tag, &statement, terminal),
        None => Ok(()),
    }
}

/// What was typed: checks by name, and approvals.
fn typed(checks: &[CheckRun], args: &PreflightArgs) -> BTreeMap<String, EvidenceSource> {
    let approvals = if args.approved_by.is_empty() { &[][..] } else { &["approver", "second-approver"] };
    let names = checks.iter().map(|run| run.name.raw()).chain(approvals.iter().copied());
    names.map(|name| (name.to_owned(), EvidenceSource::Flag)).collect()
}

/// Reads `canary=pass`.
fn check(typed: &str) -> Result<CheckRun, Error> {
    let read = typed.rsplit_once('=').and_then(|(name, result)| {
        let (_, result) = *CheckResult::WORDS.iter().find(|(known, _)| *known == result)?;
        (!name.trim().is_empty()).then(|| CheckRun { name: Untrusted::new(name.trim()), result, ritual: false })
    });
    read.ok_or_else(|| {
        Error::usage(format!("--check {typed} cannot be read"), "write --check canary=pass, or fail, skip, override")
    })
}
