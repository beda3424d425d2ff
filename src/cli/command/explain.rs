//! `relconf explain`: whatever a review names, by itself. Each kind of thing is an entry of [`KINDS`].

use chrono::DateTime;

use crate::analysis::Threshold;
use crate::attribution::Facts;
use crate::cli::args::ExplainArgs;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::config::{GATE_SETTINGS, gate_value};
use crate::document::nearest;
use crate::error::Error;
use crate::factor;
use crate::finding::{self, Plan, Rule};
use crate::metric::{self, METRICS};
use crate::model::{
    ChangeIndex, ControlKind, History, Moment, NoticeCode, PersonIndex, Policy, ReleaseIndex, Signal, Untrusted,
    Version,
};
use crate::render::explain::{self, CommitLine, KindText, Patch, PersonText, ReleaseExtra, RuleText, SettingText};
use crate::render::plan::{PLAN_FORMATS, Planned};
use crate::render::terminal::{Extent, SECTIONS};
use crate::render::{TerminalOptions, docs, map, terminal};
use crate::review::{self, contract::Review};
use crate::source::git::PathChange;

/// How many commits of a release are shown.
const COMMITS: usize = 20;
/// How many of a release that shows a failure.
const PATCH_COMMITS: usize = 5;
/// Fewer digits of an id name no commit here: a word or a version may look like them.
const ID_DIGITS: usize = 7;

/// Everything that an explanation may need.
struct Known<'k> {
    settings: &'k Settings,
    history: &'k History,
    facts: &'k Facts<'k>,
    review: &'k Review,
    options: TerminalOptions,
    /// Whose feeling is asked for.
    by: Option<&'k str>,
}

/// A kind of thing that can be explained.
struct Kind {
    text: KindText,
    /// The names of all of it, for whoever mistypes one.
    names: fn(&Known<'_>) -> Vec<String>,
    /// The page about one; `None` where there is none of that name.
    page: fn(&Known<'_>, &str) -> anyhow::Result<Option<String>>,
}

const fn kind(
    what: &'static str,
    (example, listed): (&'static str, &'static str),
    names: fn(&Known<'_>) -> Vec<String>,
    page: fn(&Known<'_>, &str) -> anyhow::Result<Option<String>>,
) -> Kind {
    Kind { text: KindText { what, example, listed }, names, page }
}

/// Every kind. A name that is of several is that of the first.
const KINDS: &[Kind] = &[
    kind("metric", ("change_failure_rate", "below"), metric_names, |known, name| {
        let metric = metric::find(name);
        Ok(metric.and_then(|metric| explain::metric(known.review, name, &metric.info, &known.options)))
    }),
    kind("finding", ("single-releaser", "below"), finding_names, |known, name| Ok(finding_page(known, name))),
    kind("stage of the map", ("recovery", "relconf map"), stage_names, |known, name| {
        Ok(map::stage(known.review, name, &known.options))
    }),
    kind("cell of the map", ("change.person", "relconf map"), cell_names, |known, name| {
        let cell = name.split_once(['.', ' ']);
        Ok(cell.and_then(|(stage, source)| explain::cell(known.review, stage, source, &known.options)))
    }),
    kind("what people felt", ("felt", "relconf review felt"), felt_name, felt_page),
    kind("plan", ("operability", "relconf plan"), plan_names, |known, name| Ok(plan_page(known, name))),
    kind("section of the long form", ("people", "relconf review --full"), section_names, |known, name| {
        Ok(section_page(known, name))
    }),
    kind("control, or a file that declares one", ("canary", "relconf controls"), control_names, |known, name| {
        Ok(explain::declared(known.review, name, &known.options))
    }),
    kind("release", ("TAG", "relconf list releases"), release_names, release_page),
    kind("incident", ("ID", "relconf list incidents"), incident_names, |known, id| {
        Ok(explain::incident(known.review, id, &known.options))
    }),
    kind(
        "tag",
        ("TAG", "relconf list tags"),
        |_| Vec::new(),
        |known, name| Ok(explain::tag(&review::tags(known.history), name, &known.options)),
    ),
    kind("cause", ("CAUSE_KEY", "relconf list incidents"), cause_names, |known, key| {
        Ok(explain::cause(known.review, key, &known.options))
    }),
    kind("person, by any name", ("NAME", "relconf list people"), person_names, |known, name| {
        Ok(person_page(known, name))
    }),
    kind(
        "component, folder or path",
        ("FOLDER", "relconf review tested"),
        |known| review::part_names(known.facts),
        |known, name| {
            let part = review::part(known.facts, name);
            Ok(part.map(|part| explain::part(known.review, &part, &known.options)))
        },
    ),
    kind("check", ("CHECK", "relconf list checks"), check_names, |known, name| {
        Ok(explain::check(known.review, name, &known.options))
    }),
    kind("trait of releases", ("TRAIT", "relconf review tested"), trait_names, |known, id| {
        Ok(explain::trait_of(known.review, id, &known.options))
    }),
    kind("day or hours", ("Friday", "relconf review timing"), window_names, |known, name| {
        Ok(explain::time_window(known.review, name, &known.options))
    }),
    kind("setting", ("gate.change_failure_rate", "relconf config --verbose"), setting_names, |known, key| {
        Ok(setting_page(known, key))
    }),
    kind("warning", ("coverage-assumed", "relconf review data"), notice_names, |known, name| {
        let code = NoticeCode::ALL.iter().find(|code| code.name() == name);
        Ok(code.map(|code| explain::notice(known.review, *code, &known.options)))
    }),
    kind("sign of failure", ("revert", "relconf review failures"), sign_names, |known, name| {
        Ok(explain::sign(known.review, name, &known.options))
    }),
    kind(
        "source of confidence",
        ("evidence", "relconf map"),
        |_| SOURCES.map(str::to_owned).into(),
        |known, name| Ok(explain::column(known.review, name, &known.options)),
    ),
    kind(
        "word of the map",
        ("fear-loaded", "relconf map"),
        |_| Vec::new(),
        |known, word| Ok(explain::word(known.review, word, &known.options)),
    ),
    kind("commit", ("COMMIT", "git log"), |_| Vec::new(), |known, id| Ok(commit_page(known, id))),
];

/// What people felt, as it is asked for.
const FELT: &str = "felt";

/// Where confidence comes from, as the map's columns are called.
const SOURCES: [&str; 4] = ["evidence", "ritual", "timing", "person"];

pub(super) fn run(args: &ExplainArgs, terminal: &Terminal) -> anyhow::Result<()> {
    let options = terminal.options();
    if args.subjects.is_empty() && args.by.is_none() {
        let kinds: Vec<_> = KINDS.iter().map(|kind| kind.text).collect();
        let infos: Vec<_> = METRICS.iter().map(|metric| &metric.info).collect();
        let rules: Vec<_> = finding::rules().map(|rule| rule_text(rule, &Policy::at(Moment::default()))).collect();
        return terminal.data(&explain::index(&kinds, &infos, &rules, &options));
    }
    if args.by.is_some() && (args.subjects.is_empty() || args.subjects.iter().any(|subject| subject.trim() != FELT)) {
        return Err(Error::usage("--by is of what people felt", "write relconf explain felt --by NAME").into());
    }
    let settings = Settings::resolve(&args.input)?;
    let history = terminal.working("reading the history", || settings.read_all())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let review = Review::of(&facts);
    let by = args.by.as_deref();
    let known = Known { settings: &settings, history: &history, facts: &facts, review: &review, options, by };
    let pages = args.subjects.iter().map(|subject| page(&known, subject));
    terminal.data(&pages.collect::<anyhow::Result<Vec<_>>>()?.join("\n"))
}

/// The page about something: of the first kind that has one of that name.
fn page(known: &Known<'_>, subject: &str) -> anyhow::Result<String> {
    for kind in KINDS {
        if let Some(text) = (kind.page)(known, subject.trim())? {
            return Ok(text);
        }
    }
    Err(unknown(known, subject).into())
}

/// What was probably meant, of all names that can be explained.
fn unknown(known: &Known<'_>, subject: &str) -> Error {
    let names: Vec<String> = KINDS.iter().flat_map(|kind| (kind.names)(known)).collect();
    if subject.trim() == FELT {
        return Error::usage(
            format!("nothing here is called \"{FELT}\": nobody has said yet how sure they were of a release"),
            "say it before the next: relconf record release --tag NEXT --felt 90%; then relconf explain felt tells",
        );
    }
    let help = match nearest(subject.trim(), names.iter().map(String::as_str)) {
        Some(name) => format!("did you mean \"{name}\"?"),
        None => "see `relconf explain` for what can be explained, `relconf list releases --all`, `relconf list incidents --all` \
                 and `relconf list people` for names"
            .to_owned(),
    };
    Error::usage(format!("nothing here is called \"{subject}\""), help)
}

fn metric_names(_: &Known<'_>) -> Vec<String> {
    METRICS.iter().map(|metric| metric.info.id.name().to_owned()).collect()
}

fn finding_names(known: &Known<'_>) -> Vec<String> {
    let found = known.review.findings.iter().flat_map(|finding| std::iter::once(&finding.id).chain(&finding.members));
    let found = found.map(|id| id.raw().to_owned());
    finding::rules().map(|rule| rule.code.to_owned()).chain(found).collect()
}

fn finding_page(known: &Known<'_>, name: &str) -> Option<String> {
    let (code, about) = name.split_once(':').map_or((name, None), |(code, _)| (code, Some(name)));
    // One that is not found any more is told as its rule.
    let findings = &known.review.findings;
    let mut names = findings.iter().flat_map(|finding| std::iter::once(&finding.id).chain(&finding.members));
    let id = about.filter(|id| names.any(|name| name.raw() == *id));
    let rule = finding::rules().find(|rule| rule.code == code);
    let text = |rule| explain::finding(known.review, &rule_text(rule, &known.settings.policy), id, &known.options);
    rule.map(text)
}

fn rule_text(rule: &Rule, policy: &Policy) -> RuleText {
    let thresholds = rule
        .thresholds
        .iter()
        .map(|threshold| (threshold.key(), threshold.value(policy), threshold.unit(), threshold.about()));
    RuleText { code: rule.code, about: rule.about, reference: rule.reference, thresholds: thresholds.collect() }
}

fn stage_names(known: &Known<'_>) -> Vec<String> {
    known.review.map.stages.iter().map(|stage| stage.id.title().to_lowercase()).collect()
}

fn cell_names(known: &Known<'_>) -> Vec<String> {
    let stages = stage_names(known).into_iter();
    stages.flat_map(|stage| SOURCES.map(|source| format!("{stage}.{source}"))).collect()
}

fn section_names(_: &Known<'_>) -> Vec<String> {
    SECTIONS.iter().map(|section| section.name.to_owned()).collect()
}

fn section_page(known: &Known<'_>, name: &str) -> Option<String> {
    let extent = Extent::of(&[name.to_owned()]);
    let silent = name == FELT && known.review.felt.is_none();
    let section = SECTIONS.iter().any(|section| section.name == name) && !silent;
    section.then(|| terminal::review(known.review, &TerminalOptions { extent, ..known.options }))
}

fn plan_names(_: &Known<'_>) -> Vec<String> {
    Plan::ALL.map(|plan| plan.id().to_owned()).into()
}

fn plan_page(known: &Known<'_>, name: &str) -> Option<String> {
    let plan = Plan::ALL.into_iter().find(|plan| plan.id() == name);
    let draw = |plan| Planned { review: known.review.clone(), plan: Some(plan) };
    plan.map(draw).map(|planned| PLAN_FORMATS[0].draw(&planned, &known.options).text())
}

fn release_names(known: &Known<'_>) -> Vec<String> {
    review::tags(known.history).into_iter().map(|tag| tag.tag.raw().to_owned()).collect()
}

fn release_page(known: &Known<'_>, name: &str) -> anyhow::Result<Option<String>> {
    let Some(index) = find_release(known.history, known.facts, name) else { return Ok(None) };
    let extra = extra(known, index)?;
    let tag = known.history.release(index).tag.raw();
    Ok(explain::release(known.review, tag, &extra, &known.options))
}

fn find_release(history: &History, facts: &Facts<'_>, subject: &str) -> Option<ReleaseIndex> {
    let named = |index: &ReleaseIndex| {
        let release = history.release(*index);
        release.tag.raw() == subject || release.aliases.iter().any(|alias| alias.raw() == subject)
    };
    let version = |index: &ReleaseIndex| history.release(*index).version.as_ref();
    let written = |index: &ReleaseIndex| version(index).is_some_and(|version| version.written == subject);
    let wanted = Version::parse(subject);
    let equal = |index: &ReleaseIndex| {
        version(index).zip(wanted.as_ref()).is_some_and(|(version, wanted)| version.key() == wanted.key())
    };
    let scoped = || history.releases.indices().filter(|&index| facts.event_of[index].is_some());
    scoped().find(named).or_else(|| scoped().find(written)).or_else(|| scoped().find(equal))
}

/// What the review does not hold: the release's commits and what they changed, and those of what shows its failures.
fn extra(known: &Known<'_>, index: ReleaseIndex) -> anyhow::Result<ReleaseExtra> {
    let history = known.history;
    let release = history.release(index);
    let changes = &history.changes;
    let (mut changed_paths, mut total_paths) = (Vec::new(), None);
    if let (Some(repository), Some(commit), Some(base)) = (&known.settings.repository, release.commit, release.base) {
        let paths = repository.changed_paths(Some(changes.id(base)), changes.id(commit))?;
        total_paths = Some(paths.len() as u64);
        changed_paths = paths.into_iter().map(|changed| (letter(changed.change), changed.path)).collect();
    }
    let showing = known.facts.failures[index].iter().chain(&known.facts.suspected[index]);
    let patch = |tag: &Untrusted| {
        let patch = history.releases.indices().find(|&index| history.release(index).tag == *tag)?;
        let total = u64::from(history.release(patch).ships.commits);
        Some(Patch { tag: tag.clone(), commits: commits(history, patch, PATCH_COMMITS), total })
    };
    Ok(ReleaseExtra {
        commits: commits(history, index, COMMITS),
        changed_paths,
        total_commits: u64::from(release.ships.commits),
        total_paths,
        patches: showing
            .filter(|failure| failure.signal.inferred())
            .filter_map(|failure| failure.by.as_ref())
            .filter_map(patch)
            .collect(),
    })
}

/// The newest commits that a release ships, merges apart.
fn commits(history: &History, index: ReleaseIndex, most: usize) -> Vec<CommitLine> {
    history.plain_commits(index).take(most).map(|commit| commit_line(history, commit)).collect()
}

fn commit_line(history: &History, commit: ChangeIndex) -> CommitLine {
    let changes = &history.changes;
    CommitLine {
        id: format!("{:.9}", changes.id(commit)),
        subject: changes.subject(commit),
        author: history.person(history.author(commit)).name.clone(),
        committed_at: DateTime::from_timestamp(changes.commit_time(commit), 0).map(|at| at.fixed_offset()),
    }
}

/// The letters of `git diff --name-status`.
fn letter(change: PathChange) -> char {
    match change {
        PathChange::Added => 'A',
        PathChange::Deleted => 'D',
        PathChange::Modified => 'M',
    }
}

fn control_names(_: &Known<'_>) -> Vec<String> {
    ControlKind::ALL.iter().map(|kind| kind.name().to_owned()).collect()
}

fn incident_names(known: &Known<'_>) -> Vec<String> {
    known.review.incidents.iter().map(|incident| incident.id.raw().to_owned()).collect()
}

fn cause_names(known: &Known<'_>) -> Vec<String> {
    known.review.incidents.iter().filter_map(|incident| Some(incident.cause_key.as_ref()?.raw().to_owned())).collect()
}

fn person_names(known: &Known<'_>) -> Vec<String> {
    let shown = known.review.people.values().flatten().map(|share| share.person.raw().to_owned());
    // An address is nobody's to read here.
    let recorded = known.history.person_names.keys().filter(|name| !name.contains('@')).cloned();
    shown.chain(recorded).collect()
}

fn find_person(history: &History, name: &str) -> Option<PersonIndex> {
    let shown = |index: &PersonIndex| history.person(*index).name.raw() == name;
    let everybody = || (0..history.people.len() as u32).map(PersonIndex);
    history.find_person(&Untrusted::from(name)).or_else(|| everybody().find(shown))
}

/// What the team felt, or, for whoever asks about themselves, what one person felt.
/// Where nobody ever said how sure they were, nothing has that name.
fn felt_name(known: &Known<'_>) -> Vec<String> {
    known.review.felt.iter().map(|_| FELT.to_owned()).collect()
}

fn felt_page(known: &Known<'_>, name: &str) -> anyhow::Result<Option<String>> {
    if name != FELT {
        return Ok(None);
    }
    let Some(by) = known.by else {
        // Where nobody has said so, another thing may have that name.
        return Ok(known.review.felt.as_ref().map(|_| explain::felt(known.review, &known.options)));
    };
    let Some(person) = find_person(known.history, by) else {
        let names = person_names(known);
        let help = nearest(by, names.iter().map(String::as_str)).map_or_else(
            || "relconf list people has their names".to_owned(),
            |near| format!("did you mean \"{near}\"?"),
        );
        return Err(Error::usage(format!("nobody here is called \"{by}\""), help).into());
    };
    let name = &known.history.person(person).name;
    Ok(Some(explain::felt_by(known.review, name, &factor::felt_by(known.facts, person), &known.options)))
}

fn person_page(known: &Known<'_>, name: &str) -> Option<String> {
    let history = known.history;
    let index = find_person(history, name)?;
    let person = history.person(index);
    let own = person.name.raw().to_lowercase();
    let theirs = history.person_names.iter().filter(|(name, other)| **other == index && !name.contains('@'));
    let also = theirs.map(|(name, _)| name).filter(|name| **name != own);
    let who = PersonText {
        name: person.name.clone(),
        also: also.map(|name| Untrusted::from(name.as_str())).collect(),
        bot: person.bot,
    };
    Some(explain::person(known.review, &who, &known.options))
}

fn check_names(known: &Known<'_>) -> Vec<String> {
    known.review.checks.iter().map(|check| check.name.raw().to_owned()).collect()
}

fn trait_names(known: &Known<'_>) -> Vec<String> {
    known.review.traits.iter().map(|found| found.id.raw().to_owned()).collect()
}

fn window_names(known: &Known<'_>) -> Vec<String> {
    known.review.timing.windows.iter().map(|window| window.slot.label()).collect()
}

const GATE: &str = "gate.";
const THRESHOLDS: &str = "findings.thresholds.";

fn setting_names(known: &Known<'_>) -> Vec<String> {
    let rows = known.settings.config.rows().into_iter().map(|row| row.key.to_owned());
    let gate = GATE_SETTINGS.iter().map(|(key, _)| *key);
    let limited = METRICS.iter().filter(|metric| metric.info.better.is_some()).map(|metric| metric.info.id.name());
    let gate = gate.chain(limited).map(|key| format!("{GATE}{key}"));
    let thresholds = Threshold::ALL.iter().map(|threshold| format!("{THRESHOLDS}{}", threshold.key()));
    rows.chain(gate).chain(thresholds).collect()
}

fn setting_page(known: &Known<'_>, key: &str) -> Option<String> {
    let config = &known.settings.config;
    let key = key.trim_start_matches('[').trim_end_matches(']');
    let text = if let Some(row) = config.rows().into_iter().find(|row| row.key == key) {
        SettingText {
            key: row.key.to_owned(),
            value: row.value,
            origin: row.origin.to_string(),
            docs: row.docs.to_owned(),
        }
    } else if let Some(name) = key.strip_prefix(GATE) {
        let metric = METRICS.iter().find(|metric| metric.info.id.name() == name && metric.info.better.is_some());
        let limits = |metric: &metric::Metric| {
            format!(
                "What the gate holds {name} to: max, min, max_increase. {} where nothing is set. The metric: relconf explain \
                 {name}",
                docs::allowed(metric.default_limit, metric.info.unit)
            )
        };
        let own = GATE_SETTINGS.iter().find(|(own, _)| *own == name).map(|(_, docs)| (*docs).to_owned());
        let docs = metric.map(limits).or(own)?;
        let value = gate_value(&config.gate.value, name);
        let origin = if value.is_some() { config.gate.origin.to_string() } else { "default".to_owned() };
        SettingText { key: key.to_owned(), value, origin, docs }
    } else {
        let threshold = Threshold::find(key.strip_prefix(THRESHOLDS).unwrap_or(key))?;
        let policy = &known.settings.policy;
        let configured = policy.findings.thresholds.iter().any(|(name, _)| name == threshold.key());
        let origin = if configured { config.findings.origin.to_string() } else { "default".to_owned() };
        SettingText {
            key: format!("{THRESHOLDS}{}", threshold.key()),
            value: Some(explain::amount(threshold.value(policy), threshold.unit())),
            origin,
            docs: format!("Where a number begins to say something: {}.", threshold.about()),
        }
    };
    Some(explain::setting(&text, &known.options))
}

fn notice_names(_: &Known<'_>) -> Vec<String> {
    NoticeCode::ALL.iter().map(|code| code.name().to_owned()).collect()
}

fn sign_names(_: &Known<'_>) -> Vec<String> {
    Signal::ALL.iter().map(|signal| signal.name().to_owned()).collect()
}

fn commit_page(known: &Known<'_>, id: &str) -> Option<String> {
    let history = known.history;
    let commit = history.changes.find(id).filter(|_| id.len() >= ID_DIGITS)?;
    let scoped = history.releases.indices().filter(|&index| known.facts.event_of[index].is_some());
    let ships = |index: &ReleaseIndex| history.shipped(*index).any(|at| at == commit);
    let shipped = scoped.filter(ships).min_by_key(|&index| history.release(index).released_at);
    let tag = shipped.map(|index| history.release(index).tag.raw());
    let id = history.changes.id(commit).to_string();
    Some(explain::commit(known.review, &id, &commit_line(history, commit), tag, &known.options))
}
