//! What all repositories say together.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::contract::{
    ByTeam, Count, Counts, DurationReport, FindingCount, Fleet, FleetGate, FleetTool, Lasted, Limits, Missing, Outside,
    Point, QuarterRate, Rate, Read, Regression, RepositoryReport, Routing, Rules, SCHEMA, SharedCause, StageCount,
    Status, Stratum, TeamDurations, TeamRate, TeamReport, Test, Timed, TrustCount,
};
use super::read::quarters;
use crate::attribution::Span;
use crate::gate::Verdict;
use crate::map::Trust;
use crate::model::{Basis, Moment, StageId, Untrusted};
use crate::stats::{self, Observation, Pool, Survival};

/// The level of every interval.
const LEVEL: f64 = 0.95;
/// The level of the limits beyond which a repository stands out.
const FAR: f64 = 0.998;
/// The share of chance among those that the gate names.
const Q: f64 = 0.10;
/// The error that a repository's own gate may make.
const ALONE: f64 = 0.05;
/// Findings listed.
const FINDINGS: usize = 10;
/// Numbers of releases at which the limits of a funnel are computed.
const STEPS: u32 = 40;

/// What the fleet is about.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// The moment it stands at.
    pub as_of: Moment,
    /// The one window.
    pub window: Span,
}

/// How much may be missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Allowed {
    /// A share of all repositories.
    Share(f64),
    /// So many.
    Number(u64),
}

impl Allowed {
    fn of(self, repositories: u64) -> u64 {
        match self {
            Self::Share(share) => (share * repositories as f64 + 1e-9).floor() as u64,
            Self::Number(number) => number,
        }
    }
}

impl Fleet {
    /// Puts together what the repositories yielded, in any order.
    pub fn of(
        about: &About,
        mut repositories: Vec<RepositoryReport>,
        routing: Option<Routing>,
        allowed: Allowed,
    ) -> Self {
        repositories.sort_by(|a, b| a.id.cmp(&b.id));
        let stages = stages(&repositories);
        let all = || repositories.iter().filter_map(|repository| repository.read.as_ref());
        Self {
            schema: SCHEMA,
            tool: FleetTool { name: "relconf".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            as_of: about.as_of,
            window: about.window,
            counts: counts(&repositories, allowed),
            strata: strata(&repositories, about.as_of),
            gate: gate(&repositories),
            teams: teams(&repositories),
            durations: durations(all().flat_map(|read| &read.incidents)),
            routing: routing.map(|mut routing| {
                routing.unrouted.sort_by(|a, b| a.id.cmp(&b.id));
                routing
            }),
            most_blind: most_blind(&stages),
            stages,
            findings: findings(&repositories),
            missing: missing(&repositories),
            causes: causes(&repositories),
            repositories,
        }
    }

    /// The repositories that were not read, with those of which an earlier run's counts stand here.
    pub fn unread(&self) -> impl Iterator<Item = &RepositoryReport> {
        self.repositories.iter().filter(|repository| !repository.status.is_read())
    }
}

fn counts(repositories: &[RepositoryReport], allowed: Allowed) -> Counts {
    let count = |wanted: &dyn Fn(&RepositoryReport) -> bool| repositories.iter().filter(|r| wanted(r)).count() as u64;
    let unread = |repository: &RepositoryReport| !repository.status.is_read();
    Counts {
        repositories: repositories.len() as u64,
        read: count(&|repository| repository.status.is_read()),
        no_releases: count(&|repository| repository.status == Status::NoReleases),
        unread: count(&unread),
        stale: count(&|repository| unread(repository) && repository.stale),
        unread_allowed: allowed.of(repositories.len() as u64),
        no_owner: count(&|repository| repository.team.is_none()),
    }
}

/// A repository with what was counted of it.
type Known<'r> = (&'r RepositoryReport, &'r Read);

fn known(repositories: &[RepositoryReport]) -> impl Iterator<Item = Known<'_>> {
    repositories.iter().filter_map(|repository| Some((repository, repository.read.as_ref()?)))
}

/// Where a team stands among teams: by name, nobody's last.
fn place(team: Option<&Untrusted>) -> (bool, Option<Untrusted>) {
    (team.is_none(), team.cloned())
}

/// Whatever was judged, by what it rests on and by the rules that it stands under.
fn strata(repositories: &[RepositoryReport], as_of: Moment) -> Vec<Stratum> {
    let mut of: BTreeMap<(Basis, &Rules), Vec<(Known<'_>, Count)>> = BTreeMap::new();
    for (repository, read) in known(repositories) {
        for rate in read.rates.iter().filter(|rate| rate.judged > 0) {
            of.entry((rate.basis, &read.rules)).or_default().push(((repository, read), *rate));
        }
    }
    of.into_iter().filter_map(|((basis, rules), members)| stratum(basis, rules, &members, as_of)).collect()
}

fn stratum(basis: Basis, rules: &Rules, members: &[(Known<'_>, Count)], as_of: Moment) -> Option<Stratum> {
    let counts: Vec<(u64, u64)> = members.iter().map(|(_, rate)| (rate.failed, rate.judged)).collect();
    let pool = Pool::of(&counts)?;
    let outside = pool.outside(&counts, FAR);
    // The limits that the others keep: who stands out does not widen them.
    let within: Vec<(u64, u64)> =
        counts.iter().zip(&outside).filter(|(_, side)| side.is_eq()).map(|(count, _)| *count).collect();
    let like = Pool::of(&within).unwrap_or_else(|| pool.clone());
    let points = members.iter().zip(&outside);
    let mut by_team: ByTeam<Vec<&(Known<'_>, Count)>> = ByTeam::new();
    for member in members {
        by_team.entry(place(member.0.0.team.as_ref())).or_default().push(member);
    }
    let all: Vec<&(Known<'_>, Count)> = members.iter().collect();
    let names: Vec<String> = quarters(as_of).into_iter().map(|(name, _)| name).collect();
    let team = |(team, members): (Option<Untrusted>, Vec<&(Known<'_>, Count)>)| TeamRate {
        team,
        rate: together(&pool, &members),
        quarters: by_quarter(basis, &members, &names),
    };
    Some(Stratum {
        basis,
        rules: rules.clone(),
        all: together(&pool, &all),
        spread: pool.tells().then_some(like.spread),
        teams: by_team.into_iter().map(|((_, name), members)| team((name, members))).collect(),
        quarters: by_quarter(basis, &all, &names),
        repositories: points.map(|(((repository, _), rate), side)| point(&pool, repository, rate, *side)).collect(),
        funnel: if pool.tells() { funnel(&like, &counts) } else { Vec::new() },
    })
}

fn together(pool: &Pool, members: &[&(Known<'_>, Count)]) -> Rate {
    let counts: Vec<(u64, u64)> = members.iter().map(|(_, rate)| (rate.failed, rate.judged)).collect();
    let interval = pool.together(&counts, LEVEL);
    Rate {
        repositories: counts.len() as u64,
        failed: counts.iter().map(|(failed, _)| failed).sum(),
        judged: counts.iter().map(|(_, judged)| judged).sum(),
        low: interval.map(|interval| interval.low),
        high: interval.map(|interval| interval.high),
    }
}

fn by_quarter(basis: Basis, members: &[&(Known<'_>, Count)], names: &[String]) -> Vec<QuarterRate> {
    let rate = |name: &String| {
        let of = members.iter().flat_map(|((_, read), _)| &read.quarters);
        let of = of.filter(|quarter| quarter.quarter == *name && quarter.count.basis == basis);
        let (failed, judged) = of.fold((0, 0), |sum, one| (sum.0 + one.count.failed, sum.1 + one.count.judged));
        QuarterRate { quarter: name.clone(), failed, judged }
    };
    names.iter().map(rate).collect()
}

fn point(pool: &Pool, repository: &RepositoryReport, rate: &Count, side: Ordering) -> Point {
    let interval = pool.interval(rate.failed, rate.judged, LEVEL);
    Point {
        id: repository.id.clone(),
        team: repository.team.clone(),
        failed: rate.failed,
        judged: rate.judged,
        believed: pool.believed(rate.failed, rate.judged),
        low: interval.map(|interval| interval.low),
        high: interval.map(|interval| interval.high),
        outside: match side {
            Ordering::Greater => Some(Outside::Above),
            Ordering::Less => Some(Outside::Below),
            Ordering::Equal => None,
        },
    }
}

/// The limits at numbers of releases from one to the most that a repository has, closer together where there are few.
fn funnel(pool: &Pool, counts: &[(u64, u64)]) -> Vec<Limits> {
    let most = counts.iter().map(|(_, judged)| *judged).max().unwrap_or(1).max(2) as f64;
    let mut steps: Vec<u64> =
        (0..=STEPS).map(|step| most.powf(f64::from(step) / f64::from(STEPS)).round() as u64).collect();
    steps.dedup();
    let limits = |judged: u64| {
        let ends = |level, own| pool.limits(judged, level, own).map(|limits| [limits.low, limits.high]);
        Some(Limits { judged, chance: ends(LEVEL, false)?, own: ends(LEVEL, true)?, far: ends(FAR, true)? })
    };
    steps.into_iter().filter_map(limits).collect()
}

/// Over all tests of all repositories: so many are expected to be beyond their limit by chance alone.
fn gate(repositories: &[RepositoryReport]) -> FleetGate {
    // What an earlier run said is not said again as news.
    let today = known(repositories).filter(|(repository, _)| !repository.stale);
    let tests: Vec<(&RepositoryReport, &Test)> =
        today.flat_map(|(repository, read)| read.tests.iter().map(move |test| (repository, test))).collect();
    let q = stats::benjamini_hochberg(&tests.iter().map(|(_, test)| test.p).collect::<Vec<_>>());
    let beyond = |test: &Test| !test.within;
    let regressed =
        tests.iter().zip(&q).filter(|((_, test), q)| beyond(test) && **q <= Q).map(|((repository, test), q)| {
            Regression { id: repository.id.clone(), team: repository.team.clone(), test: (*test).clone(), q: *q }
        });
    let regressed: Vec<Regression> = regressed.collect();
    let tested: BTreeSet<&Untrusted> = tests.iter().map(|(repository, _)| &repository.id).collect();
    FleetGate {
        verdict: match (regressed.is_empty(), tests.is_empty()) {
            (false, _) => Verdict::Regressed,
            (true, true) => Verdict::Inconclusive,
            (true, false) => Verdict::Pass,
        },
        q_limit: Q,
        repositories: tested.len() as u64,
        tests: tests.len() as u64,
        alone: tests.iter().filter(|(_, test)| beyond(test) && test.p <= ALONE).count() as u64,
        regressed,
    }
}

fn teams(repositories: &[RepositoryReport]) -> Vec<TeamReport> {
    let mut by_team: ByTeam<Vec<&RepositoryReport>> = ByTeam::new();
    for repository in repositories {
        by_team.entry(place(repository.team.as_ref())).or_default().push(repository);
    }
    let report = |((_, team), members): ((bool, Option<Untrusted>), Vec<&RepositoryReport>)| TeamReport {
        team,
        repositories: members.len() as u64,
        unread: members.iter().filter(|member| !member.status.is_read()).count() as u64,
        durations: durations(members.iter().filter_map(|member| member.read.as_ref()).flat_map(|read| &read.incidents)),
    };
    by_team.into_iter().map(report).collect()
}

/// Over all incidents, each once, however many repositories it failed a release of: as the first of these has it.
fn durations<'r>(incidents: impl Iterator<Item = &'r Timed>) -> TeamDurations {
    let mut once: BTreeMap<&Untrusted, &Timed> = BTreeMap::new();
    for incident in incidents {
        once.entry(&incident.fleet_incident_id).or_insert(incident);
    }
    let report = |of: fn(&Timed) -> Option<Lasted>| {
        let lasted: Vec<Lasted> = once.values().filter_map(|incident| of(incident)).collect();
        let seen = |lasted: &Lasted| Observation { time: lasted.seconds as f64, ended: lasted.ended };
        let observations: Vec<Observation> = lasted.iter().map(seen).collect();
        DurationReport {
            n: lasted.len() as u64,
            open: lasted.iter().filter(|lasted| !lasted.ended).count() as u64,
            median: Survival::fit(&observations).and_then(|survival| survival.median()),
        }
    };
    TeamDurations { detect: report(|incident| incident.detect), stop: report(|incident| incident.stop) }
}

/// Repositories with a release in the window: of the others there is nothing to trust or to record.
fn active(repositories: &[RepositoryReport]) -> impl Iterator<Item = Known<'_>> {
    known(repositories).filter(|(_, read)| read.releases > 0)
}

fn stages(repositories: &[RepositoryReport]) -> Vec<StageCount> {
    let mut counts: BTreeMap<StageId, Vec<Trust>> = BTreeMap::new();
    for stage in active(repositories).flat_map(|(_, read)| &read.stages) {
        counts.entry(stage.stage).or_default().push(stage.trust);
    }
    let of = |found: &[Trust], trust: Trust| found.iter().filter(|other| **other == trust).count() as u64;
    let trust = |found: &[Trust]| {
        Trust::ALL.iter().map(|&trust| TrustCount { trust, repositories: of(found, trust) }).collect()
    };
    counts.iter().map(|(&stage, found)| StageCount { stage, trust: trust(found) }).collect()
}

fn most_blind(stages: &[StageCount]) -> Option<StageId> {
    let blind = |stage: &StageCount| -> u64 {
        stage.trust.iter().filter(|count| count.trust == Trust::Blind).map(|count| count.repositories).sum()
    };
    // Of equals the first in the order of a release.
    let most = stages.iter().rev().max_by_key(|stage| blind(stage))?;
    (blind(most) > 0).then_some(most.stage)
}

fn findings(repositories: &[RepositoryReport]) -> Vec<FindingCount> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for code in active(repositories).flat_map(|(_, read)| &read.findings) {
        *counts.entry(code).or_default() += 1;
    }
    let mut found: Vec<FindingCount> =
        counts.into_iter().map(|(code, repositories)| FindingCount { code: code.to_owned(), repositories }).collect();
    found.sort_by(|a, b| b.repositories.cmp(&a.repositories).then_with(|| a.code.cmp(&b.code)));
    found.truncate(FINDINGS);
    found
}

fn missing(repositories: &[RepositoryReport]) -> Missing {
    active(repositories).fold(Missing::default(), |missing, (repository, read)| Missing {
        of: missing.of + 1,
        log: missing.log + u64::from(!read.log),
        checks: missing.checks + u64::from(!read.checks),
        owner: missing.owner + u64::from(repository.team.is_none()),
    })
}

fn causes(repositories: &[RepositoryReport]) -> Vec<SharedCause> {
    let mut found: BTreeMap<&Untrusted, (BTreeSet<&Untrusted>, BTreeSet<&Untrusted>)> = BTreeMap::new();
    for (repository, read) in known(repositories) {
        for incident in &read.incidents {
            if let Some(cause) = &incident.cause_key {
                let (incidents, repositories) = found.entry(cause).or_default();
                incidents.insert(&incident.fleet_incident_id);
                repositories.insert(&repository.id);
            }
        }
    }
    let shared = found.into_iter().filter(|(_, (_, repositories))| repositories.len() > 1);
    shared
        .map(|(cause, (incidents, repositories))| SharedCause {
            cause_key: cause.clone(),
            incidents: incidents.len() as u64,
            repositories: repositories.into_iter().cloned().collect(),
        })
        .collect()
}
