//! What a fleet says, in the words of every view. Names from outside stand in it as they are: each view encodes them.

use chrono::SecondsFormat;

use crate::fleet::contract::{
    DurationReport, FindingCount, Fleet, Limits, Outside, Point, Rate, RepositoryReport, Routing, Rules, Stratum,
    TeamReport, Unrouted,
};
use crate::fleet::{FEWEST, Status};
use crate::model::{Basis, Untrusted, short};
use crate::render::phrase::{self, capital, count, date, decimal, duration, percent, percents, rate, shortened, trust};

/// Names listed in a sentence; the others are counted.
pub const NAMED: usize = 4;
/// Rows of what is listed one by one; the others are counted.
pub const LISTED: usize = 12;

/// The names of the sections, in their order.
pub const OUTSIDE: &str = "Standing out";
pub const REGRESSED: &str = "Regressed";
pub const TEAMS: &str = "By team";
pub const QUARTERS: &str = "By quarter and team";
pub const MISSING: &str = "Where evidence is missing";
pub const TRUST: &str = "How far each stage can be trusted";
pub const ROUTING: &str = "The organisation's log";
pub const UNREAD: &str = "Not read";

/// That nobody is ranked; the same wherever it is said.
pub const NO_RANKS: &str = "Nobody is ranked: repositories and teams stand by name.";

/// What is looked at, a few words each.
pub fn about(fleet: &Fleet) -> Vec<String> {
    let counts = &fleet.counts;
    let read = if counts.unread == 0 {
        format!("{} read", count(counts.read, "repository"))
    } else {
        format!("{} of {} read", counts.read, count(counts.repositories, "repository"))
    };
    let quiet = fleet.repositories.iter().filter_map(|repository| repository.read.as_ref());
    let none = match quiet.filter(|read| read.releases == 0).count() {
        0 => String::new(),
        n => format!(", {n} without a release in the window"),
    };
    let read = format!("{read}{none}");
    let mut parts = vec![read, format!("{} – {}", date(fleet.window.start), date(fleet.window.end))];
    if let Some(chosen) = &fleet.chosen {
        parts.push(format!("of {} listed: {}", chosen.listed, chosen.typed().join(" and ")));
    }
    let teams = fleet.teams.iter().filter(|team| team.team.is_some()).count() as u64;
    if teams > 0 {
        parts.push(count(teams, "team"));
    }
    parts
}

/// Why there is no rate, where there is none.
pub fn nothing(fleet: &Fleet) -> Option<&'static str> {
    let why = if is_known(fleet) { "No repository has a judged release in the window." } else { NONE_READ };
    fleet.strata.is_empty().then_some(why)
}

/// Whether anything is known of any repository, today or from an earlier run.
pub fn is_known(fleet: &Fleet) -> bool {
    fleet.repositories.iter().any(|repository| repository.read.is_some())
}

/// What is said where nothing is known.
const NONE_READ: &str = "No repository could be read.";

/// How often releases fail, a sentence a stratum: the verdict, and what follows it.
pub fn rates(fleet: &Fleet) -> Vec<(String, String)> {
    fleet.strata.iter().map(|stratum| sentence(fleet, stratum)).collect()
}

fn sentence(fleet: &Fleet, stratum: &Stratum) -> (String, String) {
    let Rate { repositories, failed, judged, .. } = stratum.all;
    let releases = count(judged, "release");
    let repositories = count(repositories, "repository");
    let (first, told) = match stratum.basis {
        Basis::Inferred => (phrase::at_least(failed, judged, ends(&stratum.all), ""), "without a log"),
        _ if failed == 0 => (format!("None of {releases} failed{}", plausible(&stratum.all)), "whose log tells"),
        _ => (format!("{failed} of {releases} failed{}", plausible(&stratum.all)), "whose log tells"),
    };
    let rules = rules(fleet, &stratum.rules).map_or_else(String::new, |rules| format!("; {rules}"));
    (first, format!(", in {repositories} {told}{rules}."))
}

/// ` (12%, plausible 8 to 17%)`.
fn plausible(of: &Rate) -> String {
    let share = percent(of.failed as f64 / of.judged.max(1) as f64);
    of.low
        .zip(of.high)
        .map_or_else(|| format!(" ({share})"), |(low, high)| format!(" ({share}, plausible {})", percents(low, high)))
}

/// The ends of the interval of what all say together.
fn ends(of: &Rate) -> (f64, f64) {
    (of.low.unwrap_or(0.0), of.high.unwrap_or(1.0))
}

/// What git misses, where any of it is git's, by whether there is a change log: and that no rate of the two is the same thing.
pub fn git_misses(fleet: &Fleet) -> Option<String> {
    let by_git = |basis| fleet.strata.iter().any(|stratum| (stratum.basis == Basis::Inferred) == basis);
    let read = fleet.repositories.iter().filter_map(|repository| repository.read.as_ref());
    let seen = read.filter(|read| read.rates.iter().any(|rate| rate.basis == Basis::Inferred && rate.judged > 0));
    let with: Vec<bool> = seen.map(|read| read.change_log).collect();
    let kinds: Vec<bool> = [false, true].into_iter().filter(|kind| with.contains(kind)).collect();
    let apart = if by_git(false) { " What logs tell and what git shows are never one number." } else { "" };
    (!kinds.is_empty()).then(|| format!("{}{apart}", phrase::git_misses_by(&kinds)))
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

/// Of what decides what a failed release is, what is not the same for all: `under maturity 24h`.
fn rules(fleet: &Fleet, rules: &Rules) -> Option<String> {
    let differs = |(name, value): &(&String, &Untrusted)| {
        fleet.strata.iter().any(|other| other.rules.0.get(name.as_str()) != Some(*value))
    };
    let differing: Vec<String> =
        rules.0.iter().filter(differs).map(|(name, value)| format!("{name} {}", value.raw())).collect();
    (!differing.is_empty()).then(|| format!("under {}", differing.join(", ")))
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
        // What git does not show may be there all the same.
        let share = match (failed, stratum.basis) {
            (0, Basis::Inferred) => String::new(),
            _ => format!(" ({})", share(*failed, *judged)),
        };
        format!("{failed} of {judged} failed{seen}{share}, {than} than its like; all together {all}")
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
    if stratum.repositories.len() < FEWEST {
        let them =
            if repositories == 1 { "1 repository is".to_owned() } else { format!("{repositories} repositories are") };
        return format!(
            "Failures {of}: {them} too few to say how far they differ, so none can stand out ({FEWEST} are needed)."
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

/// A command to type in one of the repositories, which then looks at what the fleet looks at.
pub fn typed(fleet: &Fleet, command: &str) -> String {
    let window = fleet.window.end - fleet.window.start;
    let at = fleet.as_of.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true);
    format!("relconf {command} --last {} --as-of {at}", short(window))
}

/// What a command that is typed in one repository does not know: it reads that one's own log.
pub fn by_itself(fleet: &Fleet) -> Option<String> {
    let routed = fleet.routing.as_ref().map_or(0, Routing::routed);
    (routed > 0).then(|| {
        let entries = count(routed, "entry");
        format!(
            "A command typed in one repository reads its own log alone, without the organisation's ({entries} routed)."
        )
    })
}

/// A team's name.
pub fn team(team: Option<&Untrusted>) -> String {
    team.map_or_else(|| "no owner".to_owned(), |team| team.raw().to_owned())
}

/// The header of the table of teams.
pub fn team_header(fleet: &Fleet) -> Vec<String> {
    let rates = fleet.strata.iter().map(|stratum| format!("failed, by {}", column(fleet, stratum)));
    let times = ["detect, median".to_owned(), "stop, median".to_owned()];
    let timed = timed(fleet).then_some(times).into_iter().flatten();
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
        found.map_or_else(|| "no data".to_owned(), |found| team_rate(stratum.basis, &found.rate))
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
fn team_rate(basis: Basis, of: &Rate) -> String {
    let Rate { failed, judged, .. } = of;
    match (judged, failed) {
        (0, _) => return "no data".to_owned(),
        // What git does not show may be there all the same: no share, and no interval of it.
        (_, 0) if basis == Basis::Inferred => return format!("none seen in {judged}"),
        _ => {}
    }
    let share = percent(*failed as f64 / *judged as f64);
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
        let why = if is_known(fleet) { "No repository has a release in the window." } else { NONE_READ };
        return vec![why.to_owned()];
    }
    let of = |n: u64, what: &str, help: &str| (n > 0).then(|| format!("{what}: {n} of {}. {help}", missing.of));
    let lines = [
        of(missing.log, "No incident log", "Their failures are only guessed from git. In one of them: relconf init"),
        of(
            missing.checks,
            "No check on record",
            &format!("In one of them: {}", typed(fleet, "explain evidence_coverage")),
        ),
        of(missing.owner, "No owner", "Name the team in the list, a catalogue, or the line for * in CODEOWNERS."),
    ];
    let findings = findings(fleet);
    lines.into_iter().flatten().chain(blind(fleet)).chain(findings).chain(causes(fleet)).collect()
}

/// The stages that are blind in most repositories: of equals, all.
fn blind(fleet: &Fleet) -> Option<String> {
    let titles: Vec<&str> = fleet.most_blind.iter().map(|stage| stage.title()).collect();
    let blind = fleet.stages.iter().find(|stage| fleet.most_blind.contains(&stage.stage))?.blind();
    let each = if titles.len() > 1 { " each" } else { "" };
    Some(format!("Most often blind: {}, in {blind} of {}{each}.", titles.join(" and "), fleet.missing.of))
}

fn findings(fleet: &Fleet) -> Option<String> {
    let (found, of): (&[FindingCount], u64) = (&fleet.findings, fleet.missing.of);
    let mut named: Vec<String> = found.iter().map(|of| format!("{} ({})", of.code, of.repositories)).collect();
    let first = found.first()?;
    let code = &first.code;
    named[0] = format!("{code} ({} of {of})", first.repositories);
    let explain = typed(fleet, &format!("explain {code}"));
    Some(format!("Most frequent findings: {}. In one of them: {explain}", shortened(named, 5)))
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
    let nowhere = routing.entries - routing.routed();
    let nowhere = match nowhere {
        0 => String::new(),
        1 => ". 1 belongs nowhere and counts nowhere".to_owned(),
        n => format!(". {n} belong nowhere and count nowhere"),
    };
    let partly = match routing.partly.len() {
        0 => "",
        1 => ". 1 names a repository besides that is not in the list",
        n => &format!(". {n} name a repository besides that is not in the list"),
    };
    Some(format!("{}: {routed}{aside}{nowhere}{partly}.", capital(&count(routing.entries, "entry"))))
}

/// The entries of the organisation's log that did not go wherever they should.
pub fn astray(fleet: &Fleet) -> Vec<&Unrouted> {
    fleet.routing.iter().flat_map(|routing| routing.unrouted.iter().chain(&routing.partly)).collect()
}

/// Why a repository was not read, and what to do about it.
pub fn unread(report: &RepositoryReport) -> String {
    let why = match (&report.error, report.status) {
        // The error says what cannot be used.
        (Some(error), Status::Failed) => error.raw().to_owned(),
        (Some(error), status) => format!("{}: {}", status.words(), error.raw()),
        (None, status) => status.words().to_owned(),
    };
    let stale = match (report.stale_as_of, &report.left_out) {
        (Some(at), _) => format!("; its counts of {} stand for it", date(at)),
        (None, Some(why)) => format!("; {}", why.raw()),
        (None, None) => String::new(),
    };
    let says = format!("{why}{stale}");
    match report.help.as_ref().map(Untrusted::raw) {
        None => says,
        // What is to be typed stays as it is typed.
        Some(command) if command.starts_with("git ") => format!("{says}. Type: {command}"),
        Some(help) => format!("{says}. {}", capital(help)),
    }
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

/// k of n of one repository.
pub fn point(basis: Basis, point: &Point) -> String {
    match (point.failed, basis) {
        (0, Basis::Inferred) => format!("none seen in {}", point.judged),
        _ => rate(point.failed, point.judged),
    }
}

/// The rest of a list that was cut.
pub fn more(all: usize) -> Option<String> {
    (all > LISTED).then(|| format!("and {} more, in --format json", decimal((all - LISTED) as f64)))
}
