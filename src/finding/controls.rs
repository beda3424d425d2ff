//! What the pipeline declares, and what it lacks: read from files, so each is told with its file, line and release.

use super::{Look, Owner, Plan, Proposal, Rule};
use crate::analysis::Threshold;
use crate::map::StageId;
use crate::model::{Control, ControlKind, ControlSince, Controls, ProjectKind, Untrusted};
use crate::phrase::{at, boxes, control, count, date, duration, percent, placed, rate, shortened};

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: "untested-publish",
        stage: StageId::Verification,
        plan: Plan::Controls,
        owner: Owner::Qa,
        reference: "artifact: strengthen weak signals",
        about: "A job publishes or deploys, and nothing that it waits for tests.",
        thresholds: &[],
        find: untested,
    },
    Rule {
        code: "check-cannot-fail",
        stage: StageId::Verification,
        plan: Plan::Controls,
        owner: Owner::Qa,
        reference: "decision: which rituals are valuable and which are comfort theater",
        about: "A test or scan of the pipeline may fail and stops nothing.",
        thresholds: &[],
        find: cannot_fail,
    },
    Rule {
        code: "no-way-back",
        stage: StageId::Recovery,
        plan: Plan::Operability,
        owner: Owner::TechLead,
        reference: "artifact: staged rollout, pause, rollback",
        about: "The pipeline deploys, and neither it nor a page says how to go back.",
        thresholds: &[],
        find: no_way_back,
    },
    Rule {
        code: "person-in-pipeline",
        stage: StageId::Decision,
        plan: Plan::Repeatability,
        owner: Owner::EngineeringManager,
        reference: "artifact: roles and escalation",
        about: "A condition of the pipeline names a person.",
        thresholds: &[],
        find: person,
    },
    Rule {
        code: "window-in-pipeline",
        stage: StageId::Rollout,
        plan: Plan::Repeatability,
        owner: Owner::ReleaseOwner,
        reference: "decision: which rituals are valuable and which are comfort theater",
        about: "What releases starts at set times alone, or a step keeps releases out of certain times.",
        thresholds: &[],
        find: window,
    },
    Rule {
        code: "checklist-never-caught",
        stage: StageId::Recovery,
        plan: Plan::Controls,
        owner: Owner::ReleaseOwner,
        reference: "follow-up: prune theater as stronger controls arrive",
        about: "A checklist was there for many releases, and no catch of any check is on record.",
        thresholds: &[Threshold::Releases],
        find: checklist,
    },
    Rule {
        code: "runbook-old",
        stage: StageId::Recovery,
        plan: Plan::Operability,
        owner: Owner::Sre,
        reference: "artifact: roles and escalation",
        about: "A page about releasing or repairing was not changed for long, while releases went on.",
        thresholds: &[Threshold::RunbookAge, Threshold::Releases],
        find: old_runbook,
    },
    Rule {
        code: "runbook-one-person",
        stage: StageId::Recovery,
        plan: Plan::Repeatability,
        owner: Owner::EngineeringManager,
        reference: "artifact: roles and escalation",
        about: "All of a page about releasing or repairing is by one person.",
        thresholds: &[],
        find: one_person,
    },
    Rule {
        code: "paths-without-owner",
        stage: StageId::Change,
        plan: Plan::Controls,
        owner: Owner::TechLead,
        reference: "artifact: roles and escalation",
        about: "CODEOWNERS has owners for part of what the window shipped, and for too little of it.",
        thresholds: &[Threshold::OwnedPaths],
        find: unowned,
    },
    Rule {
        code: "rollout-without-analysis",
        stage: StageId::Detection,
        plan: Plan::Operability,
        owner: Owner::Sre,
        reference: "artifact: staged rollout, pause, rollback",
        about: "A rollout goes in stages, and nothing looks at measurements between them.",
        thresholds: &[],
        find: no_analysis,
    },
];

/// Places that a statement names; the others are counted.
const NAMED: usize = 3;
/// From this share of paths with an owner on, owners are meant for the whole of it.
const MEANT: f64 = 0.20;
/// Paths that a share of them needs.
const PATHS: u64 = 20;

fn declared<'a>(analysis: &Look<'a>, kinds: &[ControlKind]) -> Vec<(&'a Control, &'a ControlSince)> {
    // A guess is no ground for advice.
    let seen = analysis.facts.declared().filter(|(control, _)| control.facts.only_by.is_none());
    seen.filter(|(control, _)| kinds.contains(&control.kind)).collect()
}

fn controls<'a>(analysis: &Look<'a>) -> Option<&'a Controls> {
    analysis.facts.history.controls.as_ref()
}

/// Where a control stands and since when.
fn place(analysis: &Look<'_>, control: &Control, from: ControlSince) -> String {
    placed(control, from, |index| analysis.facts.history.release(index).tag.raw())
}

/// One finding for all that is declared of a kind: each in a line of what is behind it.
fn of_all(
    analysis: &Look<'_>,
    found: &[(&Control, &ControlSince)],
    statement: impl Fn(&str) -> String,
    action: impl Into<String>,
    counted: &str,
) -> Vec<Proposal> {
    if found.is_empty() {
        return Vec::new();
    }
    let named: Vec<String> =
        found.iter().map(|(control, _)| format!("{} ({})", control.subject.raw(), at(control))).collect();
    let mut proposal = Proposal::new(statement(&shortened(&named, NAMED)), action);
    for (declared, from) in found {
        proposal = proposal.because(format!("{} ({}).", control(declared), place(analysis, declared, **from)));
    }
    vec![proposal.count(counted, found.len() as u64, 0)]
}

fn untested(analysis: &Look<'_>) -> Vec<Proposal> {
    let found = declared(analysis, &[ControlKind::UntestedPublish]);
    of_all(
        analysis,
        &found,
        |named| format!("What ships is stopped by no test of its pipeline: {named}."),
        "Let it wait for the tests (needs, requires, an earlier stage), or start it only where they have passed.",
        "jobs that ship untested",
    )
}

fn cannot_fail(analysis: &Look<'_>) -> Vec<Proposal> {
    let found = declared(analysis, &[ControlKind::CannotFail]);
    of_all(
        analysis,
        &found,
        |named| format!("Checks that may fail and stop nothing: {named}."),
        "Let each of them stop the pipeline, or drop it: a check that cannot say no says nothing.",
        "checks that cannot fail",
    )
}

fn no_way_back(analysis: &Look<'_>) -> Vec<Proposal> {
    let policy = analysis.facts.policy;
    let all: Vec<&Control> = analysis.facts.declared().map(|(control, _)| control).collect();
    // What a pipeline deploys: a manifest or a chart may be there for others, who deploy it and go back by themselves.
    let deploys = |control: &&&Control| control.facts.deploys == Some(true);
    let Some(first) = all.iter().find(deploys) else { return Vec::new() };
    let back = all.iter().any(|control| {
        control.stage == StageId::Recovery
            && (matches!(control.kind, ControlKind::Rollback | ControlKind::DownMigrations | ControlKind::Configured)
                || control.facts.goes_back == Some(true))
    });
    if back || policy.project == Some(ProjectKind::Library) {
        return Vec::new();
    }
    vec![
        Proposal::new(
            format!("The pipeline deploys ({}), and neither it nor a page says how to go back.", at(first)),
            "Make going back a job that whoever is on call may start, or write down the commands; then rehearse it.",
        )
        .because(
            "Looked for: a rollback job or step, on_stop, helm --atomic, rollout undo, down-migrations, a runbook that speaks \
             of going back. What lies elsewhere: [controls] extra.",
        )
        .count("ways back", 0, 1),
    ]
}

fn person(analysis: &Look<'_>) -> Vec<Proposal> {
    let found = declared(analysis, &[ControlKind::NamedPerson]);
    of_all(
        analysis,
        &found,
        |named| format!("The pipeline names people: {named}."),
        "Let a team or a role stand there, so that releases go on without that person.",
        "people named in the pipeline",
    )
}

fn window(analysis: &Look<'_>) -> Vec<Proposal> {
    let found = declared(analysis, &[ControlKind::Window]);
    of_all(
        analysis,
        &found,
        |named| format!("The pipeline keeps releases to set times: {named}."),
        "Hold the window against the outcomes (relconf review timing); keep it only where it helps.",
        "windows in the pipeline",
    )
}

fn checklist(analysis: &Look<'_>) -> Vec<Proposal> {
    let found = declared(analysis, &[ControlKind::Checklist]);
    let Some(controls) = controls(analysis) else { return Vec::new() };
    let history = analysis.facts.history;
    // Where no log says anything of a release, nobody knows what was caught there.
    let had = |(index, kinds): &(&crate::model::ReleaseIndex, &std::collections::BTreeSet<ControlKind>)| {
        let release = history.release(**index);
        kinds.contains(&ControlKind::Checklist)
            && release.entry.is_some()
            && release.released_at < analysis.facts.policy.as_of
    };
    let with = controls.present.iter().filter(had).count() as u64;
    let caught = analysis.screening.checks.iter().any(|check| check.catches > 0)
        || history.releases.iter().any(|release| release.entry.as_ref().is_some_and(|entry| entry.blocked));
    if (with as f64) < analysis.limit(Threshold::Releases) || caught {
        return Vec::new();
    }
    let number: u64 = found.iter().filter_map(|(control, _)| control.number).sum();
    of_all(
        analysis,
        &found,
        |named| {
            format!(
                "{} to tick stood there for {} that the log has, and no catch is on record: {named}.",
                boxes(number),
                count(with, "release")
            )
        },
        "Write beside each box what it last caught. Make those with an answer checks that can fail; drop the others.",
        "checklists without a catch",
    )
}

/// Runbooks whose past is known.
fn runbooks<'a>(analysis: &Look<'a>) -> Vec<(&'a Control, &'a ControlSince, &'a crate::model::PageHistory)> {
    let Some(controls) = controls(analysis) else { return Vec::new() };
    let pages = declared(analysis, &[ControlKind::Runbook]).into_iter();
    pages.filter_map(|(control, from)| Some((control, from, controls.pages.get(&control.path)?))).collect()
}

fn old_runbook(analysis: &Look<'_>) -> Vec<Proposal> {
    let (limit, least) = (analysis.limit(Threshold::RunbookAge), analysis.limit(Threshold::Releases));
    let facts = analysis.facts;
    let old = |control: &Control, from: &ControlSince, changed: crate::model::Moment| {
        let age = (facts.policy.as_of - changed).num_seconds() as f64;
        let later = facts.events.iter().filter(|event| event.exposed && event.released_at > changed).count() as u64;
        (age > limit && later as f64 >= least).then(|| {
            Proposal::new(
                format!(
                    "{} was last changed on {}, {} ago, and {} were made since.",
                    control.path.raw(),
                    date(changed),
                    duration(age),
                    count(later, "release")
                ),
                format!(
                    "Follow {} word for word at the next release, and correct what is no longer true.",
                    control.path.raw()
                ),
            )
            .about(control.path.raw())
            .because(format!("{} ({}).", crate::phrase::control(control), place(analysis, control, *from)))
            .count("runbooks that are old", 1, 0)
        })
    };
    let known = runbooks(analysis).into_iter();
    known.filter_map(|(control, from, page)| old(control, from, page.changed_at?)).collect()
}

fn one_person(analysis: &Look<'_>) -> Vec<Proposal> {
    let history = analysis.facts.history;
    // Where only one person releases at all, nobody else could have written it.
    let several =
        history.releases.iter().flat_map(|release| &release.releasers).filter(|&&person| !history.person(person).bot);
    let several = several.collect::<std::collections::BTreeSet<_>>().len() > 1;
    let alone = runbooks(analysis).into_iter().filter(|(_, _, page)| several && page.whole && page.authors.len() == 1);
    alone
        .map(|(control, from, page)| {
            let author = page.authors.first().map_or("", |&person| history.person(person).name.raw());
            Proposal::new(
                format!("{} is by {author} alone.", control.path.raw()),
                format!("Let somebody else release by {}, and write down what they had to ask.", control.path.raw()),
            )
            .about(control.path.raw())
            .because(format!("{} ({}).", crate::phrase::control(control), place(analysis, control, *from)))
            .count("people who wrote it", 1, 2)
        })
        .collect()
}

fn unowned(analysis: &Look<'_>) -> Vec<Proposal> {
    let limit = analysis.limit(Threshold::OwnedPaths);
    let Some(owned) = analysis.facts.declared_now().and_then(|controls| controls.owned.as_ref()) else {
        return Vec::new();
    };
    let share = if owned.paths == 0 { 1.0 } else { owned.owned as f64 / owned.paths as f64 };
    // A file that names a few paths was never meant for the whole.
    if share >= limit || share < MEANT || owned.paths < PATHS {
        return Vec::new();
    }
    let folders: Vec<String> = owned.without.iter().map(|(folder, n)| format!("{} ({n})", folder.raw())).collect();
    let first = owned.without.first().map_or("", |(folder, _)| Untrusted::raw(folder));
    vec![
        Proposal::new(
            format!(
                "{} paths shipped in the window have an owner; without one: {}.",
                rate(owned.owned, owned.paths),
                shortened(&folders, NAMED)
            ),
            format!("Give {first} an owner in CODEOWNERS, a team before a person."),
        )
        .because(format!("At least {} are asked for.", percent(limit)))
        .share("share of shipped paths with an owner", (owned.owned, owned.paths), limit),
    ]
}

fn no_analysis(analysis: &Look<'_>) -> Vec<Proposal> {
    let staged = declared(analysis, &[ControlKind::Canary, ControlKind::BlueGreen]);
    let found: Vec<_> = staged.into_iter().filter(|(control, _)| control.facts.analysed == Some(false)).collect();
    of_all(
        analysis,
        &found,
        |named| format!("Rollouts go in stages that nothing looks at: {named}."),
        "Add an analysis of what users would notice (errors, latency), and let it stop the rollout.",
        "staged rollouts without analysis",
    )
}
