//! What a fleet says, in the words of every view. Names from outside stand in it as they are: each view encodes them.

use crate::fleet::contract::{
    DurationReport, FindingCount, Fleet, Limits, Outside, Point, Rate, Regression, RepositoryReport, Rules, Stratum,
    TeamReport,
};
use crate::gate::{Side, Verdict};
use crate::model::{Basis, Unit, Untrusted};
use crate::render::phrase::{
    Shown, capital, count, date, decimal, duration, percent, percents, rate, shortened, trust, value,
};

/// Names listed in a sentence; the others are counted.
const NAMED: usize = 4;
/// Rows of what is listed one by one; the others are counted.
pub const LISTED: usize = 12;

/// Repositories from which on one can be said to stand out.
const TELLING: u64 = 20;

/// The names of the sections, in their order.
pub const OUTSIDE: &str = "Standing out";
pub const REGRESSED: &str = "Regressed";
pub const TEAMS: &str = "By team";
pub const QUARTERS: &str = "By quarter and team";
pub const MISSING: &str = "Where evidence is missing";
pub const TRUST: &str = "How far each stage can be trusted";
pub const ROUTING: &str = "The organisation's log";
pub const UNREAD: &str = "Not read";

/// Why nobody is ranked; the same wherever it is said.
pub const NO_RANKS: &str = "Nobody is ranked: most differences between two repositories are chance.";

/// What is looked at, a few words each.
pub fn about(fleet: &Fleet) -> Vec<String> {
    let counts = &fleet.counts;
    let read = if counts.unread == 0 {
        format!("{} read", count(counts.read, "repository"))
    } else {
        format!("{} of {} read", counts.read, count(counts.repositories, "repository"))
    };
    let mut parts = vec![read, format!("{} – {}", date(fleet.window.start), date(fleet.window.end))];
    let teams = fleet.teams.iter().filter(|team| team.team.is_some()).count() as u64;
    if teams > 0 {
        parts.push(count(teams, "team"));
    }
    parts
}

/// How often releases fail, a sentence a stratum: the verdict, and what follows it.
pub fn rates(fleet: &Fleet) -> Vec<(String, String)> {
    fleet.strata.iter().map(|stratum| sentence(fleet, stratum)).collect()
}

fn sentence(fleet: &Fleet, stratum: &Stratum) -> (String, String) {
    let Rate { repositories, failed, judged, .. } = stratum.all;
    let releases = count(judged, "release");
    let repositories = count(repositories, "repository");
    let plausible = plausible(&stratum.all);
    let (first, told) = match stratum.basis {
        Basis::Inferred if failed == 0 => (format!("None of {releases} failed, as far as git shows"), "without a log"),
        Basis::Inferred => (format!("At least {failed} of {releases} failed, seen in git"), "without a log"),
        _ if failed == 0 => (format!("None of {releases} failed"), "whose log tells"),
        _ => (format!("{failed} of {releases} failed"), "whose log tells"),
    };
    let rules = if several_rules(fleet) { format!("; {}", rules(&stratum.rules)) } else { String::new() };
    (first, format!("{plausible}, in {repositories} {told}{rules}."))
}

/// ` (12%, plausible 8 to 17%)`.
fn plausible(of: &Rate) -> String {
    let share = percent(of.failed as f64 / of.judged.max(1) as f64);
    of.low
        .zip(of.high)
        .map_or_else(|| format!(" ({share})"), |(low, high)| format!(" ({share}, plausible {})", percents(low, high)))
}

/// What git misses, where any of it is git's: no rate of the two is the same thing.
pub fn git_misses(fleet: &Fleet) -> Option<&'static str> {
    fleet.strata.iter().any(|stratum| stratum.basis == Basis::Inferred).then_some(
        "Of failures that projects wrote down, git alone shows about 1 in 3, and with a change log half: what logs tell \
         and what git shows are never one number.",
    )
}

/// How far repositories differ.
pub fn spread(stratum: &Stratum) -> Option<String> {
    let spread = stratum.spread?;
    let by = if stratum.basis == Basis::Inferred { "By git" } else { "By their logs" };
    let outside = stratum.repositories.iter().any(|point| point.outside.is_some());
    let whose = if outside {
        format!("{by}, all repositories but those that stand out")
    } else {
        format!("{by}, repositories")
    };
    Some(if spread < 0.001 {
        format!("{whose} differ no more than chance makes them.")
    } else {
        format!("{whose} differ more than chance makes them (correlation within one: {spread:.2}).")
    })
}

/// Whether not all stand under the same rules.
fn several_rules(fleet: &Fleet) -> bool {
    fleet.strata.windows(2).any(|pair| pair[0].rules != pair[1].rules)
}

/// What decides what a failed release is.
pub fn rules(rules: &Rules) -> String {
    let horizon = rules.horizon.map_or_else(
        || "failures at any time count".to_owned(),
        |horizon| format!("failures within {} count", duration(horizon as f64)),
    );
    let mut text = format!("judged after {}, {horizon}", duration(rules.maturity as f64));
    if !rules.severities.is_empty() {
        let names: Vec<&str> = rules.severities.iter().map(Untrusted::raw).collect();
        text.push_str(&format!(", severity {}", names.join(" or ")));
    }
    if rules.signals.is_some() {
        text.push_str(", signals of its own");
    }
    text
}

/// The column of a stratum.
pub fn column(fleet: &Fleet, stratum: &Stratum) -> String {
    let of = if stratum.basis == Basis::Inferred { "git" } else { "log" };
    let same: Vec<&Stratum> = fleet.strata.iter().filter(|other| other.basis == stratum.basis).collect();
    let number = same.iter().position(|other| other.rules == stratum.rules).unwrap_or_default();
    if same.len() > 1 { format!("{of}, rules {}", number + 1) } else { of.to_owned() }
}

/// A repository that stands out.
pub struct Stands {
    /// Its name.
    pub id: Untrusted,
    /// What is the case.
    pub says: String,
    /// Whether more of its releases fail.
    pub above: bool,
}

/// Repositories that stand out, by name.
pub fn outside(stratum: &Stratum) -> Vec<Stands> {
    let share = |k: u64, n: u64| percent(k as f64 / n.max(1) as f64);
    let all = share(stratum.all.failed, stratum.all.judged);
    let seen = if stratum.basis == Basis::Inferred { ", seen in git" } else { "" };
    let says = |point: &Point, side: Outside| {
        let Point { failed, judged, .. } = point;
        let than = if side == Outside::Above { "more" } else { "fewer" };
        format!(
            "{failed} of {judged} failed{seen} ({}), {than} than its like; all together {all}",
            share(*failed, *judged)
        )
    };
    let stands = |point: &Point| {
        let side = point.outside?;
        Some(Stands { id: point.id.clone(), says: says(point, side), above: side == Outside::Above })
    };
    stratum.repositories.iter().filter_map(stands).collect()
}

/// What standing out means here, or why nobody does.
pub fn about_outside(stratum: &Stratum) -> String {
    let of = if stratum.basis == Basis::Inferred { "seen in git" } else { "told by logs" };
    let repositories = stratum.all.repositories;
    let any = stratum.repositories.iter().any(|point| point.outside.is_some());
    if repositories < TELLING {
        let them =
            if repositories == 1 { "1 repository is".to_owned() } else { format!("{repositories} repositories are") };
        return format!(
            "Failures {of}: {them} too few to say how far they differ, so none can stand out ({TELLING} are needed)."
        );
    }
    if !any {
        return format!("Failures {of}: none of {repositories} repositories stands out from how they all differ.");
    }
    let question = if stratum.basis == Basis::Inferred {
        " What git shows depends on how a project writes its commits: a question, no verdict."
    } else {
        ""
    };
    format!("Failures {of}, outside of where 998 in 1000 of such repositories would lie.{question}")
}

/// The gate's verdict, and what it rests on.
pub fn gate(fleet: &Fleet) -> (String, String) {
    let gate = &fleet.gate;
    let tested = format!("{} of {}", count(gate.tests, "metric"), count(gate.repositories, "repository"));
    match gate.verdict {
        Verdict::Inconclusive => (
            "Could not tell".to_owned(),
            "no repository has enough data for a test: 10 releases now and 20 before.".to_owned(),
        ),
        Verdict::Pass => {
            let alone = match gate.alone {
                0 => String::new(),
                1 => " A gate for each would name 1: as many as chance does.".to_owned(),
                n => format!(" A gate for each would name {n}: no more than chance does."),
            };
            ("Nothing regressed".to_owned(), format!("{tested} tested.{alone}"))
        }
        Verdict::Regressed => {
            let alone = gate.alone.saturating_sub(gate.regressed.len() as u64);
            let alone = if alone > 0 {
                format!(" A gate for each would name {alone} more, too many to be true.")
            } else {
                String::new()
            };
            let named = count(gate.regressed.len() as u64, "metric");
            (format!("{named} regressed"), format!("of {tested} tested; of such, 1 in 10 may be chance.{alone}"))
        }
    }
}

/// What of a repository regressed.
pub fn regression(regression: &Regression) -> String {
    let test = &regression.test;
    let before = test.before.as_ref().map_or_else(|| "no value".to_owned(), |before| side(before, test.unit));
    format!("{}: {} now, {before} before", test.title, side(&test.now, test.unit))
}

fn side(side: &Side, unit: Unit) -> String {
    match (side.value, side.numerator) {
        (Some(_), Some(k)) => rate(k, side.sample),
        (Some(number), None) => format!("{} (n={})", value(number, Shown::of(unit, Some(number))), side.sample),
        (None, _) => "no data".to_owned(),
    }
}

/// A team's name.
pub fn team(team: Option<&Untrusted>) -> String {
    team.map_or_else(|| "no owner".to_owned(), |team| team.raw().to_owned())
}

/// The header of the table of teams.
pub fn team_header(fleet: &Fleet) -> Vec<String> {
    let rates = fleet.strata.iter().map(|stratum| format!("failed, by {}", column(fleet, stratum)));
    let timed = timed(fleet).then(|| ["noticed after".to_owned(), "stopped after".to_owned()]).into_iter().flatten();
    ["team".to_owned(), "repositories".to_owned()].into_iter().chain(rates).chain(timed).collect()
}

/// Whether any incident was timed.
fn timed(fleet: &Fleet) -> bool {
    fleet.durations.detect.n + fleet.durations.stop.n > 0
}

/// A row of that table.
pub fn team_row(fleet: &Fleet, report: &TeamReport) -> Vec<String> {
    let unread = if report.unread > 0 { format!(", {} unread", report.unread) } else { String::new() };
    let rates = fleet.strata.iter().map(|stratum| {
        let found = stratum.teams.iter().find(|rate| rate.team == report.team);
        found.map_or_else(|| "no data".to_owned(), |found| team_rate(&found.rate))
    });
    let durations = &report.durations;
    let timed = timed(fleet).then(|| [lasted(&durations.detect), lasted(&durations.stop)]).into_iter().flatten();
    [team(report.team.as_ref()), format!("{}{unread}", report.repositories)]
        .into_iter()
        .chain(rates)
        .chain(timed)
        .collect()
}

/// `3 of 41 (7%, 2 to 19%)`.
fn team_rate(of: &Rate) -> String {
    let Rate { failed, judged, .. } = of;
    let share = percent(*failed as f64 / (*judged).max(1) as f64);
    let between = of.low.zip(of.high).map_or_else(String::new, |(low, high)| format!(", {}", percents(low, high)));
    format!("{failed} of {judged} ({share}{between})")
}

fn lasted(of: &DurationReport) -> String {
    let open = if of.open > 0 { format!(", {} open", of.open) } else { String::new() };
    match (of.n, of.median) {
        (0, _) => "no data".to_owned(),
        (n, Some(median)) => format!("{} (n={n}{open})", duration(median)),
        (n, None) => format!("not half ended (n={n}{open})"),
    }
}

/// How many repositories have how much trust in each stage: a header, and a row a stage.
pub fn trust_table(fleet: &Fleet) -> (Vec<String>, Vec<Vec<String>>) {
    let kinds = fleet.stages.first().map(|stage| stage.trust.iter().map(|of| trust(of.trust).to_owned()));
    let header = [String::new()].into_iter().chain(kinds.into_iter().flatten()).collect();
    let row = |stage: &crate::fleet::contract::StageCount| {
        let counts = stage.trust.iter().map(|of| of.repositories.to_string());
        [stage.stage.title().to_owned()].into_iter().chain(counts).collect()
    };
    (header, fleet.stages.iter().map(row).collect())
}

/// What is missing, a sentence each.
pub fn missing(fleet: &Fleet) -> Vec<String> {
    let missing = &fleet.missing;
    if missing.of == 0 {
        return vec!["No repository has a release in the window.".to_owned()];
    }
    let of = |n: u64, what: &str, help: &str| (n > 0).then(|| format!("{what}: {n} of {}. {help}", missing.of));
    let lines = [
        of(missing.log, "No incident log", "Their failures are only guessed from git. In one of them: relconf init"),
        of(missing.checks, "No check on record", "In one of them: relconf explain evidence_coverage"),
        of(missing.owner, "No owner", "Name the team in the list, a catalogue, or the line for * in CODEOWNERS."),
    ];
    let blind = fleet.most_blind.map(|stage| format!("Most often blind: {}.", stage.title()));
    lines.into_iter().flatten().chain(blind).chain(findings(&fleet.findings)).chain(causes(fleet)).collect()
}

fn findings(found: &[FindingCount]) -> Option<String> {
    let named: Vec<String> = found.iter().map(|of| format!("{} ({})", of.code, of.repositories)).collect();
    let first = found.first()?;
    let code = &first.code;
    Some(format!("Most frequent findings: {}. In one of them: relconf explain {code}", shortened(named, 5)))
}

fn causes(fleet: &Fleet) -> Vec<String> {
    let cause = |cause: &crate::fleet::contract::SharedCause| {
        let names: Vec<&str> = cause.repositories.iter().map(Untrusted::raw).collect();
        let incidents = count(cause.incidents, "incident");
        format!("The same cause in several: {} ({incidents}), in {}.", cause.cause_key.raw(), shortened(names, NAMED))
    };
    fleet.causes.iter().map(cause).collect()
}

/// Where the entries of the organisation's log went.
pub fn routing(fleet: &Fleet) -> Option<String> {
    let routing = fleet.routing.as_ref()?;
    let by = [
        (routing.by_repository, "by the repository they name"),
        (routing.by_service, "by a service"),
        (routing.by_commit, "by a commit"),
    ];
    let by: Vec<String> = by.iter().filter(|(n, _)| *n > 0).map(|(n, how)| format!("{n} {how}")).collect();
    let routed = if by.is_empty() { "none belongs to a repository".to_owned() } else { by.join(", ") };
    let aside = match routing.set_aside {
        0 => String::new(),
        n => format!("; {n} could not be read"),
    };
    let nowhere = routing.entries - routing.by_repository - routing.by_service - routing.by_commit;
    let nowhere = match nowhere {
        0 => String::new(),
        1 => ". 1 belongs nowhere and counts nowhere".to_owned(),
        n => format!(". {n} belong nowhere and count nowhere"),
    };
    Some(format!("{}: {routed}{aside}{nowhere}.", capital(&count(routing.entries, "entry"))))
}

/// Why a repository was not read.
pub fn unread(report: &RepositoryReport) -> String {
    let why = report.error.as_ref().map_or_else(String::new, |error| format!(": {}", error.raw()));
    let stale = if report.stale { "; an earlier run's counts stand for it" } else { "" };
    // What is to be typed stays as it is typed.
    let help = |help: &str| if help.starts_with("git ") { help.to_owned() } else { capital(help) };
    let help = report.help.as_ref().map_or_else(String::new, |text| format!(". {}", help(text.raw())));
    format!("{}{why}{stale}{help}", report.status.words())
}

/// What the picture of a funnel says.
pub fn funnel(stratum: &Stratum) -> String {
    let all = &stratum.all;
    let outside = stratum.repositories.iter().filter(|point| point.outside.is_some()).count() as u64;
    let most = stratum.funnel.last().map_or(0, |limits: &Limits| limits.judged);
    let stand = if outside == 1 { "1 stands".to_owned() } else { format!("{outside} stand") };
    format!(
        "{} with 1 to {most} judged releases; all together {}; {stand} outside of what the spread of all leaves to chance \
         in 2 of 1000.",
        count(all.repositories, "repository"),
        rate(all.failed, all.judged),
    )
}

/// The rest of a list that was cut.
pub fn more(all: usize) -> Option<String> {
    (all > LISTED).then(|| format!("and {} more, in --format json", decimal((all - LISTED) as f64)))
}
