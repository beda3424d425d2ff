//! The run, its repository, and what its review said.

use sha1::{Digest as _, Sha1};

use crate::attribution::{Facts, Span};
use crate::factor::{Role, carried};
use crate::map;
use crate::metric::Reading;
use crate::model::{CommitId, History, Notice, NoticeCode, Policy};
use crate::review::contract::{Review, Tool};

use super::SCHEMA;
use super::about::About;
use super::key::PersonKey;
use super::names::{list, micros, word};
use super::tables::{ExportRun, FindingRow, MetricSnapshot, RepositoryRow, StageRow};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// There are releases, and all of the history could be read.
    Ok,
    /// There is no release.
    NoReleases,
    /// A part of the history cannot be read; what.
    Unreadable(String),
    /// It could not be done; why.
    Failed(String),
    /// It did not end in time; what the limit was.
    Timeout(String),
    /// It ended as it should not; how.
    Crashed(String),
}

impl RunStatus {
    /// That of a run that came to its end.
    pub fn of(facts: &Facts<'_>) -> Self {
        let unread = [
            NoticeCode::ShallowClone,
            NoticeCode::CommitMissing,
            NoticeCode::TagBroken,
            NoticeCode::HeadBroken,
            NoticeCode::HeadLacking,
        ];
        let all = || facts.history.notices.iter().chain(&facts.notices);
        match all().find(|notice: &&Notice| unread.contains(&notice.code)) {
            Some(notice) => Self::Unreadable(notice.message.raw().to_owned()),
            None if facts.events.is_empty() => Self::NoReleases,
            None => Self::Ok,
        }
    }

    /// As in the table.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NoReleases => "no_releases",
            Self::Unreadable(_) => "unreadable",
            Self::Failed(_) => "failed",
            Self::Timeout(_) => "timeout",
            Self::Crashed(_) => "crashed",
        }
    }

    /// Why it is not ok.
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Ok | Self::NoReleases => None,
            Self::Unreadable(why) | Self::Failed(why) | Self::Timeout(why) | Self::Crashed(why) => Some(why),
        }
    }

    /// The row of a run of which nothing else is known: one that came to no end.
    pub fn row(&self, about: &About) -> ExportRun {
        ExportRun {
            repo_id: about.repo_id.clone(),
            stood_at: about.stood_at,
            status: self.name().to_owned(),
            error: self.error().map(str::to_owned),
            seconds: None,
            tool_version: Tool::current().version,
            schema_version: SCHEMA,
            inputs_key: about.inputs_key.clone(),
            person_key: about.key.as_ref().map(PersonKey::told),
            config_hash: None,
            head: None,
            shallow: None,
            partial: None,
            scope: None,
            components: None,
            signals: None,
            basis: None,
            covers_from: None,
            covers_until: None,
            maturity_s: None,
            horizon_s: None,
            tags_total: None,
            tags_matched: None,
            commits_read: None,
            unattributed: None,
            set_aside: None,
            warnings: None,
        }
    }
}

pub(super) fn run(facts: &Facts<'_>, about: &About) -> ExportRun {
    let History { repository, tags, changes, logs, notices, .. } = facts.history;
    let repository = repository.as_ref();
    let log = facts.coverage.spans().last();
    let unattributed = facts
        .attributions
        .iter()
        .filter(|attribution| matches!(attribution.fate, crate::attribution::Fate::Unattributed(_)));
    ExportRun {
        config_hash: Some(config_hash(facts.policy)),
        head: repository.and_then(|repository| repository.head).map(|head| head.to_string()),
        shallow: repository.map(|repository| repository.shallow),
        partial: repository.map(|repository| repository.partial),
        scope: Some(word(facts.scope.rule)),
        components: Some(facts.scope.components.len() as i64),
        signals: list(facts.signals.iter().map(word)),
        basis: facts.basis(facts.windows.current).map(word),
        covers_from: log.map(|log| micros(log.from)),
        covers_until: log.and_then(|log| log.until).map(micros),
        maturity_s: Some(facts.policy.maturity.num_seconds()),
        horizon_s: facts.policy.horizon.map(|horizon| horizon.num_seconds()),
        tags_total: Some(tags.total as i64),
        tags_matched: Some(tags.matched as i64),
        commits_read: Some(changes.len() as i64),
        unattributed: Some(unattributed.count() as i64),
        set_aside: Some(logs.set_aside as i64),
        warnings: Some((notices.len() + facts.notices.len()) as i64),
        ..RunStatus::of(facts).row(about)
    }
}

/// Of every setting that decides whether and when a release has failed: rates under different ones are different things.
fn config_hash(policy: &Policy) -> String {
    let text = policy.decides().map(|(key, value)| format!("{key}={value}")).join("\n");
    format!("{:.12}", CommitId(Sha1::digest(text).into()))
}

pub(super) fn repository(facts: &Facts<'_>, about: &About) -> RepositoryRow {
    let links = facts.history.repository.as_ref().map(|repository| &repository.links);
    RepositoryRow {
        repo_id: about.repo_id.clone(),
        url: links.and_then(|links| links.home.clone()),
        team: about.owner.as_ref().map(|owner| owner.team.clone()),
        tier: about.tier.clone(),
        owner_source: about.owner.as_ref().map(|owner| owner.source.clone()),
        window_rule: Some(facts.windows.rule.clone()),
    }
}

pub(super) fn findings(review: &Review, about: &About) -> Vec<FindingRow> {
    let rows = review.findings.iter().map(|finding| FindingRow {
        repo_id: about.repo_id.clone(),
        stood_at: about.stood_at,
        finding_id: finding.id.raw().to_owned(),
        code: finding.code.clone(),
        stage: word(finding.stage),
        plan: word(finding.plan),
        owner: word(finding.owner),
        effect_failed_releases: finding.effect.as_ref().and_then(|effect| effect.failed_releases),
        effect_hours: finding.effect.as_ref().and_then(|effect| effect.hours),
    });
    rows.collect()
}

pub(super) fn stages(facts: &Facts<'_>, review: &Review, about: &About) -> Vec<StageRow> {
    // A rule may name whoever carries most in a role: so do reports, and no table does where it was not asked for.
    let named = Role::ALL.iter().filter_map(|&role| {
        let (person, _) = carried(facts, facts.windows.current, role).top()?;
        let does = map::does(role);
        Some((format!("{} {does} ", facts.history.person(person).name.raw()), format!("one person {does} ")))
    });
    let named: Vec<_> = if about.names { Vec::new() } else { named.collect() };
    let rule = |rule: &str| named.iter().fold(rule.to_owned(), |rule, (named, nobody)| rule.replace(named, nobody));
    let rows = review.map.stages.iter().map(|stage| StageRow {
        repo_id: about.repo_id.clone(),
        stood_at: about.stood_at,
        stage: word(stage.id),
        trust: word(stage.trust),
        rule: rule(stage.rule.raw()),
    });
    rows.collect()
}

pub(super) fn snapshots(review: &Review, about: &About) -> Vec<MetricSnapshot> {
    let mut rows = Vec::new();
    let windows = [("current", Some(review.window.current)), ("previous", review.window.previous)];
    for (name, span) in windows.into_iter().filter_map(|(name, span)| Some((name, span?))) {
        for metric in &review.metrics.0 {
            let reading = if name == "current" { Some(&metric.now) } else { metric.previous.as_ref() };
            let row = reading.map(|reading| snapshot(about, (name, span), &metric.id, word(metric.unit), reading));
            rows.extend(row);
        }
    }
    rows
}

fn snapshot(about: &About, (name, span): (&str, Span), id: &str, unit: String, reading: &Reading) -> MetricSnapshot {
    let count = |number: Option<u64>| number.map(|number| number as i64);
    let interval = reading.interval.as_ref();
    MetricSnapshot {
        repo_id: about.repo_id.clone(),
        stood_at: about.stood_at,
        window_name: name.to_owned(),
        metric: id.to_owned(),
        window_start: micros(span.start),
        window_end: micros(span.end),
        k: count(reading.numerator),
        n: count(reading.denominator),
        sample: reading.sample as i64,
        value: reading.value,
        unit,
        low: interval.and_then(|interval| interval.low),
        high: interval.and_then(|interval| interval.high),
        level: interval.map(|interval| interval.level),
        method: interval.map(|interval| interval.method.clone()),
        basis: reading.basis.map(word),
        role: reading.role.map(word),
        undefined_because: reading.undefined_because.clone(),
    }
}
