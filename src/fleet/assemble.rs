//! What all repositories say together.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::contract::{
    ByTeam, Count, Counts, DurationReport, FindingCount, Fleet, FleetGate, FleetTool, Lasted, Limits, Missing, Outside,
    People, Point, QuarterRate, Rate, Read, Regression, RepositoryReport, Routing, Rules, SCHEMA, Selection,
    SharedCause, StageCount, Status, Stratum, TeamDurations, TeamRate, TeamReport, Test, Timed, TrustCount, Untold,
};
use super::people::{self, Releasers};
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
    /// Whether people have the ids of the tables, made with a key.
    pub keyed: bool,
    /// By what the repositories were chosen; `None`: all are here.
    pub chosen: Option<Selection>,
}

/// What a repository yields.
#[derive(Clone, Debug, PartialEq)]
pub struct Yield {
    /// What is counted of it.
    pub report: RepositoryReport,
    /// Who released in the window, where it was read.
    pub releasers: Option<Releasers>,
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
    pub fn of(about: &About, mut yielded: Vec<Yield>, routing: Option<Routing>, allowed: Allowed) -> Self {
        yielded.sort_by(|a, b| a.report.id.cmp(&b.report.id));
        let (people, teams) = (everyone(&yielded, about.keyed), teams(&yielded));
        let repositories: Vec<RepositoryReport> = yielded.into_iter().map(|one| one.report).collect();
        let stages = stages(&repositories);
        let all = || repositories.iter().filter_map(|repository| repository.read.as_ref());
        Self {
            schema: SCHEMA,
            tool: FleetTool { name: "relconf".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            as_of: about.as_of,
            window: about.window,
            chosen: about.chosen.clone(),
            counts: counts(&repositories, allowed),
            strata: strata(&repositories, about.as_of),
            gate: gate(&repositories),
            teams,
            people,
            durations: durations(all().flat_map(|read| &read.incidents)),
            routing: routing.map(|mut routing| {
                routing.unrouted.sort_by(|a, b| a.id.cmp(&b.id));
                routing.partly.sort_by(|a, b| a.id.cmp(&b.id));
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
    let like = |rules: &Rules| known(repositories).filter(|(_, read)| read.rules == *rules).collect::<Vec<_>>();
    let one = |((basis, rules), members): ((Basis, &Rules), Vec<(Known<'_>, Count)>)| {
        stratum((basis, rules), &members, &like(rules), as_of)
    };
    of.into_iter().filter_map(one).collect()
}

/// The stratum of what was judged in the window. A quarter has members of its own: of all under the same rules, also those
/// without a judged release in the window.
fn stratum(
    (basis, rules): (Basis, &Rules),
    members: &[(Known<'_>, Count)],
    ever: &[Known<'_>],
    as_of: Moment,
) -> Option<Stratum> {
    let counts: Vec<(u64, u64)> = members.iter().map(|(_, rate)| (rate.failed, rate.judged)).collect();
    let pool = Pool::of(&counts)?;
    let outside = pool.outside(&counts, FAR);
    // The limits that the others keep: who stands out does not widen them.
    let within: Vec<(u64, u64)> =
        counts.iter().zip(&outside).filter(|(_, side)| side.is_eq()).map(|(count, _)| *count).collect();
    let like = Pool::of(&within).unwrap_or_else(|| pool.clone());
    // Whoever is like the others is seen in the light of those alone: one that is far off changes nothing of theirs.
    let light = |far: bool| if far { &pool } else { &like };
    let points = members.iter().zip(&outside);
    let mut by_team: ByTeam<OfTeam<'_>> = ByTeam::new();
    for (((repository, _), rate), side) in points.clone() {
        let of_team = by_team.entry(place(repository.team.as_ref())).or_default();
        of_team.counts.push(((rate.failed, rate.judged), side.is_ne()));
    }
    for known in ever.iter().filter(|(_, read)| read.quarters.iter().any(|quarter| quarter.count.basis == basis)) {
        by_team.entry(place(known.0.team.as_ref())).or_default().ever.push(*known);
    }
    let all: Vec<Counted> = counts.iter().copied().zip(outside.iter().map(|side| side.is_ne())).collect();
    let names: Vec<String> = quarters(as_of).into_iter().map(|(name, _)| name).collect();
    let together = |counts: &[Counted]| together(light(counts.iter().any(|(_, far)| *far)), counts);
    let team = |((_, team), of_team): ((bool, Option<Untrusted>), OfTeam<'_>)| TeamRate {
        team,
        rate: together(&of_team.counts),
        quarters: by_quarter(basis, &of_team.ever, &names),
    };
    // Where those that are like each other are too few to tell, all of them do.
    let alone = |far: bool| if like.tells() { light(far) } else { &pool };
    Some(Stratum {
        basis,
        rules: rules.clone(),
        all: together(&all),
        spread: pool.tells().then_some(like.spread),
        teams: by_team.into_iter().map(team).collect(),
        quarters: by_quarter(basis, ever, &names),
        repositories: points
            .map(|(((repository, _), rate), side)| point(alone(side.is_ne()), repository, rate, *side))
            .collect(),
        funnel: if pool.tells() { funnel(&like, &counts) } else { Vec::new() },
    })
}

/// What a team has in a stratum: of the window, and of the quarters.
#[derive(Default)]
struct OfTeam<'r> {
    counts: Vec<Counted>,
    ever: Vec<Known<'r>>,
}

/// Failed of judged releases of a repository, and whether it stands out.
type Counted = ((u64, u64), bool);

fn together(pool: &Pool, members: &[Counted]) -> Rate {
    let counts: Vec<(u64, u64)> = members.iter().map(|(count, _)| *count).collect();
    let interval = pool.together(&counts, LEVEL);
    Rate {
        repositories: counts.len() as u64,
        failed: counts.iter().map(|(failed, _)| failed).sum(),
        judged: counts.iter().map(|(_, judged)| judged).sum(),
        low: interval.map(|interval| interval.low),
        high: interval.map(|interval| interval.high),
    }
}

fn by_quarter(basis: Basis, ever: &[Known<'_>], names: &[String]) -> Vec<QuarterRate> {
    let rate = |name: &String| {
        let of = ever.iter().flat_map(|(_, read)| &read.quarters);
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

/// Over all tests of all repositories: so many are expected to be beyond their limit by chance alone. Where the value itself
/// decides there is nothing to correct.
fn gate(repositories: &[RepositoryReport]) -> FleetGate {
    // What an earlier run said is not said again as news.
    let today: Vec<Known<'_>> = known(repositories).filter(|(repository, _)| !repository.stale).collect();
    let all = || today.iter().flat_map(|(repository, read)| read.tests.iter().map(move |test| (*repository, test)));
    let tests: Vec<(&RepositoryReport, &Test, f64)> =
        all().filter_map(|(repository, test)| Some((repository, test, test.p?))).collect();
    let q = stats::benjamini_hochberg(&tests.iter().map(|(_, _, p)| *p).collect::<Vec<_>>());
    let named = |repository: &RepositoryReport, test: &Test, q: Option<f64>| Regression {
        id: repository.id.clone(),
        team: repository.team.clone(),
        test: test.clone(),
        q,
    };
    let by_test = tests.iter().zip(&q).filter(|((_, test, _), q)| !test.within && **q <= Q);
    let by_test = by_test.map(|((repository, test, _), q)| named(repository, test, Some(*q)));
    let by_value = all().filter(|(_, test)| test.p.is_none()).map(|(repository, test)| named(repository, test, None));
    let mut regressed: Vec<Regression> = by_test.chain(by_value).collect();
    regressed.sort_by(|a, b| (&a.id, &a.test.metric).cmp(&(&b.id, &b.test.metric)));
    let tested: BTreeSet<&Untrusted> = tests.iter().map(|(repository, ..)| &repository.id).collect();
    let silent = |read: &Read| read.releases > 0 && read.tests.is_empty() && read.untested_because.is_none();
    FleetGate {
        verdict: match (regressed.is_empty(), tests.is_empty()) {
            (false, _) => Verdict::Regressed,
            (true, true) => Verdict::Inconclusive,
            (true, false) => Verdict::Pass,
        },
        q_limit: Q,
        repositories: tested.len() as u64,
        tests: tests.len() as u64,
        alone: all().filter(|(_, test)| test.verdict == Verdict::Regressed).count() as u64,
        // A sum of nothing would be -0.
        by_chance: tests.iter().fold(0.0, |sum, (_, test, _)| sum + test.alpha),
        regressed,
        too_few: today.iter().filter(|(_, read)| silent(read)).count() as u64,
        unasked: untold(&today, |read| read.untested_because.iter().collect()),
        doubted: untold(&today, |read| read.doubts.iter().collect()),
    }
}

/// Repositories by what their own gates say of themselves.
fn untold<'r>(today: &[Known<'r>], why: impl Fn(&'r Read) -> Vec<&'r Untrusted>) -> Vec<Untold> {
    let mut by_why: BTreeMap<&Untrusted, Vec<Untrusted>> = BTreeMap::new();
    for (repository, read) in today {
        for because in why(read) {
            by_why.entry(because).or_default().push(repository.id.clone());
        }
    }
    let untold =
        |(because, repositories): (&Untrusted, Vec<Untrusted>)| Untold { because: because.clone(), repositories };
    by_why.into_iter().map(untold).collect()
}

fn teams(yielded: &[Yield]) -> Vec<TeamReport> {
    let mut by_team: ByTeam<Vec<&Yield>> = ByTeam::new();
    for one in yielded {
        by_team.entry(place(one.report.team.as_ref())).or_default().push(one);
    }
    let report = |((_, team), members): ((bool, Option<Untrusted>), Vec<&Yield>)| {
        let read = members.iter().filter_map(|member| member.report.read.as_ref());
        TeamReport {
            team,
            repositories: members.len() as u64,
            unread: members.iter().filter(|member| !member.report.status.is_read()).count() as u64,
            durations: durations(read.flat_map(|read| &read.incidents)),
            people: people::of_team(members.iter().map(|member| member.releasers.as_ref())),
        }
    };
    by_team.into_iter().map(report).collect()
}

/// On whom the repositories with a release in the window rest.
fn everyone(yielded: &[Yield], keyed: bool) -> People {
    let active = yielded.iter().filter(|one| one.report.read.as_ref().is_some_and(|read| read.releases > 0));
    people::people(active.map(|one| (&one.report.id, one.releasers.as_ref())), keyed)
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

fn most_blind(stages: &[StageCount]) -> Vec<StageId> {
    let most = stages.iter().map(StageCount::blind).max().filter(|most| *most > 0);
    stages.iter().filter(|stage| Some(stage.blind()) == most).map(|stage| stage.stage).collect()
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
