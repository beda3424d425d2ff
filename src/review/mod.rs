//! The review: the one versioned, serializable result. Every output is a view of it, and none computes a number.

mod against;
pub mod contract;
mod controls;
mod data;
mod incidents;
mod parts;
mod releases;
mod rolling;
mod tags;

pub use against::{Saved, against};
pub use incidents::{not_counted, written};
pub use parts::{PartReport, part, part_names};
pub use tags::tags;

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate, TimeZone, Utc};

use crate::analysis::{Analysis, Threshold};
use crate::attribution::{Event, Facts, Failure, Fate, Rate, Span};
use crate::factor::{Role, Screening, carried};
use crate::finding::{self, Findings};
use crate::forecast::{Base, Forecaster};
use crate::map;
use crate::metric::{self, Measured};
use crate::model::{Basis, Cause, LinkReport, Release, ReleaseFlag, Untrusted};
use crate::stats;
use crate::trend::{By, Measured as Course, Now, Trend};

use contract::{
    Chance, Doubts, Earlier, FailureShift, Headline, MetricReport, Metrics, MilestoneReport, OtherComponent, Period,
    Project, RateReport, Repository, Review, Scope, Screened, SeenBy, SeenInGit, Tool, Window,
};

/// How many months the periods reach back.
const MONTHS: u32 = 24;

/// What a review may hold beside what it always does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// An earlier review: what became of its plans.
    pub earlier: Option<&'a Earlier>,
    /// The last windows, cut so.
    pub trend: Option<By>,
    /// How good forecasts of single releases have been.
    pub forecasts: bool,
}

impl Review {
    /// Computes the review.
    pub fn of(facts: &Facts<'_>) -> Self {
        Self::asked(facts, &Asked::default())
    }

    /// Computes the review, and what else is asked for.
    pub fn asked(facts: &Facts<'_>, asked: &Asked<'_>) -> Self {
        let windows = &facts.windows;
        let analysis = Analysis::of(facts);
        let map = map::draw(&analysis);
        let Findings { findings, silenced } = finding::all(&analysis);
        let since = asked.earlier.map(|earlier| finding::since(earlier.as_of, &earlier.findings, &analysis, &findings));
        let course = Course::of(facts, By::Window);
        let trend = asked.trend.map(|by| {
            let now = Now { map: &map, findings: &findings };
            let other = (by != course.by).then(|| Course::of(facts, by));
            Trend::of(&analysis, &now, other.as_ref().unwrap_or(&course))
        });
        let limit = analysis.threshold(Threshold::FailureRate);
        let Analysis { metrics: measured, values, screening, felt, timing, roles, .. } = analysis;
        let Screening { checks, checks_tested, traits, traits_tested, hotspots, clusters: _ } = screening;
        Self {
            schema: contract::SCHEMA,
            tool: Tool::current(),
            as_of: facts.policy.as_of,
            project: project(facts),
            repository: facts.history.repository.as_ref().map(|repository| Repository {
                path: Untrusted::new(repository.path.to_string_lossy()),
                head: repository.head.map(|id| id.to_string()),
                shallow: repository.shallow,
            }),
            scope: scope(facts),
            window: Window {
                rule: windows.rule.clone(),
                current: windows.current,
                previous: windows.previous,
                basis: facts.basis(windows.current),
                previous_basis: windows.previous.and_then(|span| facts.basis(span)),
                not_compared: facts.not_compared(),
            },
            data: data::of(facts),
            headline: headline(facts),
            metrics: metrics(facts, &measured, &course),
            shift: shift(facts),
            map,
            periods: periods(facts),
            rolling: rolling::of(facts, limit),
            trend,
            milestones: milestones(facts),
            people: roles.iter().map(|(role, carried)| (*role, carried.shares(facts))).collect(),
            concentration: roles.iter().map(|(role, carried)| (*role, carried.concentration())).collect(),
            timing,
            felt,
            controls: controls::of(facts),
            checks,
            traits,
            hotspots,
            forecasts: asked.forecasts.then(|| Forecaster::of(facts, &values).quality()),
            screened: Screened { checks: checks_tested, traits: traits_tested, basis: facts.learned },
            plans: finding::plans(&findings),
            first: finding::first(&findings),
            findings,
            silenced,
            since,
            releases: releases::all(facts),
            incidents: incidents::all(facts),
        }
    }

    /// The JSON Schema of the contract.
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(Review)
    }
}

/// What the project is called where neither its settings nor its repository tell.
const UNNAMED: &str = "this project";

fn project(facts: &Facts<'_>) -> Project {
    let policy = facts.policy;
    let repository = facts.history.repository.as_ref();
    let named = policy.project_name.as_deref().map(Untrusted::from);
    Project {
        name: named
            .or_else(|| repository.and_then(|repository| repository.name.clone()))
            .unwrap_or_else(|| Untrusted::from(UNNAMED)),
        links: LinkReport::of(policy, repository),
    }
}

fn milestones(facts: &Facts<'_>) -> Vec<MilestoneReport> {
    let known = facts.history.milestones.iter().filter(|milestone| milestone.at.at < facts.policy.as_of);
    known.map(|milestone| MilestoneReport { at: milestone.at.at, title: milestone.title.clone() }).collect()
}

fn scope(facts: &Facts<'_>) -> Scope {
    let history = facts.history;
    let mut components: Vec<_> =
        facts.scope.components.iter().map(|&index| history.component(index).name.clone()).collect();
    components.sort();
    let mut others: Vec<_> = history
        .components
        .iter()
        .enumerate()
        .filter(|(at, _)| !facts.scope.holds(crate::model::ComponentIndex(*at as u32)))
        .map(|(_, component)| OtherComponent {
            name: component.name.clone(),
            releases: component.releases.len() as u64,
            newest: component.releases.last().map(|&index| history.release(index).tag.clone()),
        })
        .collect();
    others.sort_by(|a, b| b.releases.cmp(&a.releases).then_with(|| a.name.cmp(&b.name)));
    Scope { components, rule: facts.scope.rule, others }
}

fn headline(facts: &Facts<'_>) -> Headline {
    let current = facts.windows.current;
    let chance = Base::of(facts).map(|Base { probability, low, high, failed, judged, basis, .. }| Chance {
        probability,
        low,
        high,
        failed,
        judged,
        basis,
    });
    let rates: Vec<RateReport> = facts.rates(current).iter().map(|rate| rate_report(facts, current, rate)).collect();
    // As the metrics have it: what is still open counts for as long as it has lasted.
    let noticed = metric::durations(facts, current, |timeline| timeline.detect).reading();
    let stopped = metric::durations(facts, current, |timeline| timeline.hurt).reading();
    let able: std::collections::BTreeSet<_> = [Role::Releaser, Role::Responder]
        .into_iter()
        .flat_map(|role| carried(facts, current, role).teams)
        .flatten()
        .collect();
    let known = |release: &Release| !release.releasers.is_empty() && !release.has(ReleaseFlag::ReleaserInferred);
    let recorded = |event: &Event| facts.releases_of(event).any(known);
    let releasers = facts.exposed(current).flat_map(|event| facts.releases_of(event)).filter(|release| known(release));
    let mut on_record: std::collections::BTreeSet<_> =
        releasers.flat_map(|release| release.releasers.iter().copied()).collect();
    on_record.extend(carried(facts, current, Role::Responder).teams.into_iter().flatten());
    on_record.retain(|person| able.contains(person));
    Headline {
        basis: facts.basis(current),
        no_rate_because: rates.is_empty().then(|| facts.unjudged(current).to_owned()),
        rates,
        doubts: doubts(facts),
        next_release_fails: chance,
        seconds_to_notice: noticed.value,
        notices: noticed.sample,
        seconds_to_stop: stopped.value,
        stops: stopped.sample,
        people_who_can_stop: (!able.is_empty()).then_some(able.len() as u64),
        people_on_record: on_record.len() as u64,
        releasers_on_record: facts.exposed(current).filter(|event| recorded(event)).count() as u64,
        releases: facts.exposed(current).count() as u64,
        inferred: facts.basis(current) == Some(Basis::Inferred),
        seen: facts.judged(current).any(|event| event.basis == Some(Basis::Inferred)).then(|| seen(facts)),
    }
}

fn seen(facts: &Facts<'_>) -> SeenInGit {
    let seen = facts.seen(facts.windows.current);
    let git = facts.rates(facts.windows.current).into_iter().find(|rate| rate.basis == Basis::Inferred);
    let interval = git.and_then(|rate| metric::rate_interval(facts, facts.windows.current, &rate));
    let p = |signal| facts.policy.probabilities.of(signal);
    SeenInGit {
        failed: seen.failed,
        judged: seen.judged,
        expected: seen.expected,
        low: interval.as_ref().and_then(|interval| interval.low),
        high: interval.and_then(|interval| interval.high),
        by: seen.by.into_iter().map(|(signal, failed)| SeenBy { signal, failed, p: p(signal) }).collect(),
        change_log: facts.history.change_logs.iter().any(|log| facts.scope.holds(log.component)),
    }
}

/// What could still change the window's rate. An entry that could not be read may speak of any time.
fn doubts(facts: &Facts<'_>) -> Doubts {
    let current = facts.windows.current;
    let unattributed = facts.covered_incidents(current, |a| matches!(a.fate, Fate::Unattributed(_))).len() as u64;
    let unknown = |failure: &Failure| {
        failure.incident.is_some_and(|index| facts.history.incidents[index].cause() == Cause::Unknown)
    };
    let only_unknown =
        |event: &&Event| event.failed() && facts.failures_of(event).filter(|failure| !failure.late).all(unknown);
    Doubts {
        set_aside: facts.history.logs.set_aside,
        unattributed,
        unknown_cause: facts.judged(current).filter(only_unknown).count() as u64,
    }
}

fn metrics(facts: &Facts<'_>, measured: &[Measured], course: &Course) -> Metrics {
    let report = |(position, Measured { metric, now, before }): (usize, &Measured)| {
        let change = before.as_ref().and_then(|before| {
            let comparable = !matches!(now.value, metric::Value::Undefined(_))
                && !matches!(before.value, metric::Value::Undefined(_));
            let comparable = comparable && metric::comparable(now, before);
            comparable.then(|| metric::change(now, before, metric.info.better))
        });
        MetricReport {
            id: metric.info.id.name().to_owned(),
            position: position as u32,
            title: metric.info.title.to_owned(),
            definition: metric.info.definition.to_owned(),
            unit: metric.info.unit,
            better: metric.info.better,
            behind: metric.behind,
            now: now.reading(),
            previous: before.as_ref().map(metric::Measurement::reading),
            past: course.values(metric.info.id),
            change,
            not_compared: before.as_ref().and_then(|before| not_compared(facts, now, before)),
        }
    };
    Metrics(measured.iter().enumerate().map(report).collect())
}

/// Why two measurements are not compared: they rest on different things.
fn not_compared(facts: &Facts<'_>, now: &metric::Measurement, before: &metric::Measurement) -> Option<String> {
    if now.role != before.role && now.role.is_some() && before.role.is_some() {
        return Some("about another role than before".to_owned());
    }
    let apart = now.basis.is_some() && before.basis.is_some() && !metric::comparable(now, before);
    if apart { facts.not_compared() } else { None }
}

fn rate_report(facts: &Facts<'_>, span: Span, rate: &Rate) -> RateReport {
    let &Rate { basis, failed, judged } = rate;
    RateReport { basis, failed, judged, interval: metric::rate_interval(facts, span, rate) }
}

fn shift(facts: &Facts<'_>) -> Option<FailureShift> {
    if facts.not_compared().is_some() {
        return None;
    }
    let count = |span| facts.rates(span).first().map_or((0, 0), |rate| (rate.judged, rate.failed));
    let (judged_before, failed_before) = count(facts.windows.previous?);
    let (judged_now, failed_now) = count(facts.windows.current);
    let split = stats::kitagawa(judged_before, failed_before, judged_now, failed_now)?;
    Some(FailureShift {
        judged_before,
        failed_before,
        judged_now,
        failed_now,
        from_count: split.fewer_releases,
        from_rate: split.rate,
    })
}

/// Calendar months (UTC) up to `as_of`, from the first release on but at most [`MONTHS`].
fn periods(facts: &Facts<'_>) -> Vec<Period> {
    let Some(oldest) = facts.events.iter().map(|event| event.released_at).min() else { return Vec::new() };
    let first_of_month = |date: NaiveDate| date.with_day(1).unwrap_or(date);
    let last = first_of_month(facts.policy.as_of.with_timezone(&Utc).date_naive());
    let earliest = last.checked_sub_months(Months::new(MONTHS - 1)).unwrap_or(last);
    let mut month = first_of_month(oldest.with_timezone(&Utc).date_naive()).max(earliest);
    let midnight = |date: NaiveDate| Utc.from_utc_datetime(&date.and_time(chrono::NaiveTime::MIN)).fixed_offset();
    let mut periods = Vec::new();
    while month <= last {
        let Some(next) = month.checked_add_months(Months::new(1)) else { break };
        let span = Span { start: midnight(month), end: midnight(next) };
        let within = |event: &&Event| event.exposed && span.contains(event.released_at);
        let rates = facts.rates(span);
        let (judged, failed) = rates.first().map_or((0, 0), |rate| (rate.judged, rate.failed));
        periods.push(Period {
            span,
            releases: facts.events.iter().filter(within).count() as u64,
            judged,
            failed,
            interval: if let [rate] = &rates[..] { metric::rate_interval(facts, span, rate) } else { None },
            basis: facts.basis(span),
        });
        month = next;
    }
    periods
}

/// Counts things by a key.
fn tally<K: Ord>(keys: impl IntoIterator<Item = K>) -> BTreeMap<K, u64> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    counts
}
