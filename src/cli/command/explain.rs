//! `relconf explain`.

use crate::attribution::Facts;
use crate::cli::args::ExplainArgs;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::error::Error;
use crate::finding::{self, Rule};
use crate::metric::{self, METRICS};
use crate::model::{History, Moment, Policy, ReleaseIndex, Untrusted, Version};
use crate::render::explain::{self, CommitLine, ReleaseExtra, RuleText};
use crate::render::map;
use crate::review::{
    self,
    contract::{Review, TagReport},
};
use crate::source::git::PathChange;

/// How many commits of a release are shown.
const COMMITS: usize = 20;

pub(super) fn run(args: &ExplainArgs, terminal: &Terminal) -> anyhow::Result<()> {
    let Some(subject) = &args.subject else {
        let infos: Vec<_> = METRICS.iter().map(|metric| &metric.info).collect();
        let rules: Vec<_> = finding::rules().map(|rule| rule_text(rule, &Policy::at(Moment::default()))).collect();
        return terminal.data(&explain::metrics(&infos, &rules, &terminal.options()));
    };
    let settings = Settings::resolve(&args.input)?;
    let history = terminal.working("reading the history", || settings.read_all())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let review = Review::of(&facts);
    let options = terminal.options();
    if let Some(metric) = metric::find(subject)
        && let Some(text) = explain::metric(&review, subject, &metric.info, &options)
    {
        return terminal.data(&text);
    }
    let code = subject.split(':').next().unwrap_or_default();
    if let Some(rule) = finding::rules().find(|rule| rule.code == code) {
        return terminal.data(&explain::finding(&review, &rule_text(rule, &settings.policy), &options));
    }
    if let Some(text) = map::stage(&review, subject, &options) {
        return terminal.data(&text);
    }
    if let Some(index) = find_release(&history, &facts, subject) {
        let extra = extra(&settings, &history, index)?;
        let tag = history.release(index).tag.raw();
        if let Some(text) = explain::release(&review, tag, &extra, &options) {
            return terminal.data(&text);
        }
    }
    if let Some(text) = explain::incident(&review, subject, &options) {
        return terminal.data(&text);
    }
    let tags = review::tags(&history);
    if let Some(text) = explain::tag(&tags, subject, &options) {
        return terminal.data(&text);
    }
    Err(unknown(subject, &review, &tags).into())
}

fn rule_text(rule: &Rule, policy: &Policy) -> RuleText {
    let thresholds = rule
        .thresholds
        .iter()
        .map(|threshold| (threshold.key(), threshold.value(policy), threshold.unit(), threshold.about()));
    RuleText { code: rule.code, about: rule.about, reference: rule.reference, thresholds: thresholds.collect() }
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

/// What the review does not hold: the release's commits and what they changed.
fn extra(settings: &Settings, history: &History, index: ReleaseIndex) -> anyhow::Result<ReleaseExtra> {
    let release = history.release(index);
    let changes = &history.changes;
    let commits = history
        .plain_commits(index)
        .take(COMMITS)
        .map(|commit| CommitLine {
            id: format!("{:.9}", changes.id(commit)),
            subject: changes.subject(commit),
            author: history.person(history.author(commit)).name.clone(),
        })
        .collect();
    let (mut changed_paths, mut total_paths) = (Vec::new(), None);
    if let (Some(repository), Some(commit), Some(base)) = (&settings.repository, release.commit, release.base) {
        let paths = repository.changed_paths(Some(changes.id(base)), changes.id(commit))?;
        total_paths = Some(paths.len() as u64);
        changed_paths = paths.into_iter().map(|changed| (letter(changed.change), changed.path)).collect();
    }
    Ok(ReleaseExtra { commits, changed_paths, total_commits: u64::from(release.ships.commits), total_paths })
}

/// The letters of `git diff --name-status`.
fn letter(change: PathChange) -> char {
    match change {
        PathChange::Added => 'A',
        PathChange::Deleted => 'D',
        PathChange::Modified => 'M',
    }
}

fn unknown(subject: &str, review: &Review, tags: &[TagReport]) -> Error {
    let metrics = METRICS.iter().map(|metric| metric.info.id.name()).chain(finding::rules().map(|rule| rule.code));
    let tags = tags.iter().map(|tag| tag.tag.raw());
    let incidents = review.incidents.iter().map(|incident| incident.id.raw());
    let near = metrics
        .chain(tags)
        .chain(incidents)
        .map(|name| (strsim::jaro_winkler(name, subject), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let help = match near {
        Some((_, name)) => format!("did you mean \"{}\"?", Untrusted::from(name).raw()),
        None => "see `relconf explain` for metrics and findings, `relconf list releases` and `relconf list incidents`"
            .to_owned(),
    };
    Error::usage(format!("\"{subject}\" is no metric, finding, stage, release or incident here"), help)
}
