//! `relconf fleet`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use chrono::{SubsecRound, TimeDelta, Utc};

use crate::attribution::Span;
use crate::cli::args::{ExportFormat, FleetArgs, FleetRun, FleetWhat, Input};
use crate::cli::exit::Exit;
use crate::cli::fleet::{self, Chosen, Counted, Done, Job, Journal, Known, Member, Tables};
use crate::cli::many::{self, Ended, Event, Limits};
use crate::cli::output::Outputs;
use crate::cli::settings::exact;
use crate::cli::tables;
use crate::cli::terminal::{Progress, Terminal};
use crate::document::{Zone, duration_text};
use crate::error::Error;
use crate::fleet::contract::{Counts, Fleet, Routing};
use crate::fleet::{About, RepositoryReport, Route, Router, Status, Yield};
use crate::gate::Verdict;
use crate::model::{Moment, Untrusted};
use crate::phrase::count;
use crate::render::fleet::{FLEET_FORMATS, FLEET_GATE_FORMATS};
use crate::source::log::{self, Logs, Routed, Sources, TimeRules};

pub(super) fn run(args: &FleetArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    match &args.what {
        None => {
            let outputs = Outputs::parse(&args.run.output, FLEET_FORMATS)?;
            let fleet = read(&args.run, terminal)?;
            outputs.write(&fleet, terminal)?;
            Ok(whole(&fleet, 0, terminal))
        }
        Some(FleetWhat::Gate(run)) => {
            let outputs = Outputs::parse(&run.output, FLEET_GATE_FORMATS)?;
            let fleet = read(run, terminal)?;
            outputs.write(&fleet, terminal)?;
            // What regressed is known, whatever else is not.
            Ok(match (fleet.gate.verdict, whole(&fleet, fleet.gate.unasked(), terminal)) {
                (Verdict::Regressed, _) => Exit::Regressed,
                (_, whole) => whole,
            })
        }
    }
}

/// Whether enough of it could be read and, by the gate, asked.
fn whole(fleet: &Fleet, unasked: u64, terminal: &Terminal) -> Exit {
    let Counts { unread, unread_allowed: allowed, repositories: all, .. } = fleet.counts;
    if unread + unasked <= allowed {
        return Exit::Done;
    }
    let all = count(all, "repository");
    let allowed = if allowed == 0 { "none may be".to_owned() } else { format!("{allowed} may be") };
    let what = match unasked {
        0 => format!("{unread} of {all} could not be read, {allowed}"),
        _ if unread == 0 => format!("the gate of {unasked} of {all} could not be asked, {allowed} missing"),
        _ => format!("{unread} of {all} could not be read and the gate of {unasked} not be asked, {allowed} missing"),
    };
    let help = format!("see what is wrong with each above; --allow-unread {} lets them be missing", unread + unasked);
    terminal.error(&Error::repository(what, help).into());
    Exit::CouldNot
}

fn read(args: &FleetRun, terminal: &Terminal) -> anyhow::Result<Fleet> {
    let limits = Limits {
        jobs: args.jobs.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), |jobs| jobs as usize),
        timeout: fleet::timeout(&args.timeout)?,
    };
    let allowed = fleet::allowed(&args.allow_unread)?;
    let zone: Option<Zone> = args
        .assume_tz
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|error: Error| Error::usage(format!("--assume-tz: {error}"), error.help()))?;
    let chosen = fleet::choose(args)?;
    let person_key = args.person_key.as_deref().map(tables::person_key).transpose()?;
    let mut journal = args.export.as_deref().map(Journal::open).transpose()?;
    let as_of = as_of(args, zone, journal.as_ref(), terminal)?;
    let input = Input {
        as_of: Some(as_of.to_rfc3339()),
        last: Some(duration_text(Some(chosen.window))),
        fallback: chosen.fallback.clone(),
        assume_tz: args.assume_tz.clone(),
        no_cache: args.no_cache,
        ..Input::default()
    };
    // One that cannot be used would be told of every repository.
    if let Some(path) = &chosen.fallback {
        crate::config::load(path)?;
    }
    let Chosen { members, window, incidents, teams, root, selection, .. } = chosen;
    let members: Arc<[Member]> = members.into();
    let window = Span { start: as_of - window, end: as_of };
    let sent = send(&members, &incidents, zone, limits)?;
    let format = args.export_format.unwrap_or(tables::DEFAULT);
    if let Some(folder) = &args.export {
        one_format(folder, &members, as_of, format)?;
    }
    // Whatever could not be used has been told by now: a run that never began leaves no trace.
    if let Some(journal) = &mut journal {
        journal.run(as_of, args.resume)?;
    }
    let known = match (&journal, &args.export) {
        (Some(journal), Some(folder)) if args.resume => counted(journal, folder, &members, window),
        _ => BTreeMap::new(),
    };
    let keyed = person_key.is_some();
    let tables = args.export.is_some().then_some(Tables { format, person_key });
    let job = Arc::new(Job { input, as_of, routed: sent.routed, teams, root, tables, known });
    let order = fleet::order(&members);
    let progress = terminal.progress(order.len(), args.progress);
    let yielded = Vec::with_capacity(order.len());
    let run = Run { members, job, journal, args, terminal, progress, yielded, window, others: BTreeSet::new() };
    let yielded = run.all(order, limits)?;
    let about = About { as_of, window, keyed, chosen: selection };
    Ok(Fleet::of(&about, yielded, sent.routing, allowed))
}

/// Holds that the rows of no repository would lie there in two formats.
fn one_format(folder: &Path, members: &[Member], as_of: Moment, format: ExportFormat) -> Result<(), Error> {
    let run = |member: &Member| {
        let name = &member.listed.name;
        fleet::place(as_of, name).file("export_run", name, tables::ending(format))
    };
    let runs: Vec<String> = members.iter().filter(|member| member.wanted).map(run).collect();
    tables::one_format(folder, runs.iter().map(String::as_str))
}

/// What earlier runs counted in this window, whose rows are still there, by name: from what it was counted. In another window other
/// releases are counted, whatever has not changed.
fn counted(journal: &Journal, folder: &Path, members: &[Member], window: Span) -> BTreeMap<String, String> {
    let whole = |member: &Member| {
        let name = &member.listed.name;
        let there = tables::are_there(folder, &fleet::place(window.end, name), name);
        let known = journal.known(name).filter(|known| there && known.window == Some(window))?;
        Some((name.clone(), known.key.clone()?))
    };
    members.iter().filter_map(whole).collect()
}

/// A run over the repositories.
struct Run<'a> {
    members: Arc<[Member]>,
    job: Arc<Job>,
    journal: Option<Journal>,
    args: &'a FleetRun,
    terminal: &'a Terminal,
    progress: Progress,
    yielded: Vec<Yield>,
    window: Span,
    /// Teams that were met and not asked for.
    others: BTreeSet<String>,
}

impl Run<'_> {
    /// Reads them all. Those at which an earlier run was ended come last, one by one; those that ended several are told as such.
    fn all(mut self, order: Vec<usize>, limits: Limits) -> Result<Vec<Yield>, Error> {
        let journal = self.journal.as_ref().filter(|_| self.args.resume);
        let suspect = |at: &usize| journal.is_some_and(|journal| journal.is_suspect(&self.members[*at].listed.name));
        let ends = |at: &usize| journal.is_some_and(|journal| journal.ends_runs(&self.members[*at].listed.name));
        let (bad, order): (Vec<usize>, Vec<usize>) = order.into_iter().partition(ends);
        let (suspects, order): (Vec<usize>, Vec<usize>) = order.into_iter().partition(suspect);
        let alone = Limits { jobs: 1, ..limits };
        let read = bad.into_iter().try_for_each(|at| self.left_out(at));
        let read = read.and_then(|()| self.some(order, limits)).and_then(|()| self.some(suspects, alone));
        if let (Err(_), Some(journal)) = (&read, &mut self.journal) {
            journal.give_up();
        }
        read?;
        if let Some(journal) = self.journal.take() {
            // What is in the list no more is nothing that a later run could stand on.
            journal.finish(|id| self.members.iter().any(|member| member.listed.name == id))?;
        }
        self.no_such_team()?;
        Ok(self.yielded)
    }

    /// Tells one that ended several runs, and does not begin with it.
    fn left_out(&mut self, at: usize) -> Result<(), Error> {
        let help = "look at it with `relconf review`; without --resume it is begun with again";
        let error = "two runs were ended while they read it: it may need more memory than there is".to_owned();
        let counted = fleet::unread(&self.job, fleet::blank(&self.members[at]), Status::Crashed, error, help);
        self.keep(at, counted)
    }

    fn some(&mut self, order: Vec<usize>, limits: Limits) -> Result<(), Error> {
        let (members, job) = (Arc::clone(&self.members), Arc::clone(&self.job));
        many::run(
            order,
            limits,
            move |at, stop| fleet::read(&job, &members[at], at, stop),
            |event| match event {
                Event::Begins(at) => match &mut self.journal {
                    Some(journal) => journal.begin(&self.members[at].listed.name),
                    None => Ok(()),
                },
                Event::Ends(at, ended) => self.ended(at, ended),
            },
        )
    }

    fn ended(&mut self, at: usize, ended: Ended<Done>) -> Result<(), Error> {
        let member = &self.members[at];
        let (status, error, help) = match ended {
            Ended::Returned(Done::Counted(counted)) => return self.keep(at, *counted),
            Ended::Returned(Done::Elsewhere(team)) => return self.aside(at, team),
            Ended::Returned(Done::Unchanged) => return self.unchanged(at),
            Ended::Late => (
                Status::Timeout,
                format!("it was not done after {} and did not stop", self.args.timeout),
                "look at it with `relconf review`, or allow more with --timeout",
            ),
            Ended::Panicked(said) => (
                Status::Crashed,
                said,
                "this is a mistake of relconf: please report it with the output of `relconf --version`",
            ),
        };
        self.keep(at, fleet::unread(&self.job, fleet::blank(member), status, error, help))
    }

    /// Keeps what stands in the journal already.
    fn unchanged(&mut self, at: usize) -> Result<(), Error> {
        let name = &self.members[at].listed.name;
        if let Some(journal) = &mut self.journal
            && let Some(known) = journal.known(name).cloned()
        {
            self.yielded.push(Yield { report: known.report.clone(), releasers: known.releasers.clone() });
            journal.done(known)?;
        }
        self.progress.step(false, self.terminal);
        Ok(())
    }

    /// Passes by one that is none of the teams' that were asked for.
    fn aside(&mut self, at: usize, team: Option<Untrusted>) -> Result<(), Error> {
        if let Some(journal) = &mut self.journal {
            journal.aside(&self.members[at].listed.name)?;
        }
        self.others.extend(team.map(|team| team.raw().to_owned()));
        self.progress.step(false, self.terminal);
        Ok(())
    }

    /// Writes the rows of a repository and then, that they are there. One that cannot be read today keeps what it had.
    fn keep(&mut self, at: usize, counted: Counted) -> Result<(), Error> {
        let Counted { mut report, mut releasers, key, mut files } = counted;
        let mut window = report.status.is_read().then_some(self.window);
        if let (Some(journal), Some(folder)) = (&mut self.journal, &self.args.export) {
            let earlier = journal.known(report.id.raw()).filter(|known| known.report.read.is_some());
            if let Some(earlier) = earlier.filter(|_| !report.status.is_read()) {
                report.team = report.team.or_else(|| earlier.report.team.clone());
                // Now that somebody says whose it is.
                if !self.job.asks_for(report.team.as_ref(), true) {
                    let team = report.team;
                    return self.aside(at, team);
                }
                window = earlier.window;
                stand_in(&mut report, earlier, self.window);
                releasers.clone_from(&earlier.releasers);
                // The row of the run that the rows of this day are of stays beside them, where it is there.
                let today = window.filter(|window| fleet::day(window.end) == fleet::day(self.window.end));
                let name = report.id.raw();
                if today.is_some_and(|today| tables::are_there(folder, &fleet::place(today.end, name), name)) {
                    files.clear();
                }
            }
            tables::write(folder, &files)?;
            journal.done(Known { key, window, report: report.clone(), releasers: releasers.clone() })?;
        }
        self.progress.step(!report.status.is_read(), self.terminal);
        // What does not stand in for today is kept for another day, and not counted.
        if report.left_out.is_some() {
            report.read = None;
            releasers = None;
        }
        self.yielded.push(Yield { report, releasers });
        Ok(())
    }

    /// A team that no repository has was not what somebody meant.
    fn no_such_team(&self) -> Result<(), Error> {
        let listed = |wanted: &String| self.members.iter().any(|member| member.listed.team.as_ref() == Some(wanted));
        // Whose one is that could not be read, nobody may know.
        let has = |wanted: &String| {
            let theirs = |report: &RepositoryReport| report.team.as_ref().is_none_or(|team| team.raw() == wanted);
            listed(wanted) || self.yielded.iter().any(|one| theirs(&one.report))
        };
        let Some(missing) = self.job.teams.iter().find(|wanted| !has(wanted)) else { return Ok(()) };
        let listed = self.members.iter().filter_map(|member| member.listed.team.clone());
        Err(fleet::no_such_team(missing, self.args.matching.as_deref(), self.others.iter().cloned().chain(listed)))
    }
}

/// Puts what an earlier run counted in the place of what cannot be read today, where it is of a window like today's.
fn stand_in(report: &mut RepositoryReport, earlier: &Known, today: Span) {
    report.read.clone_from(&earlier.report.read);
    let Some(window) = earlier.window else { return };
    let length = |span: Span| span.end - span.start;
    let why = if length(window) != length(today) {
        Some("was counted over another length of time")
    } else if window.end > today.end {
        Some("is of a later day")
    } else if today.end - window.end > length(today) / 2 {
        Some("is more than half a window old")
    } else {
        None
    };
    match why {
        Some(why) => {
            let day = window.end.format("%Y-%m-%d");
            report.left_out =
                Some(Untrusted::new(format!("what is known of it, from {day}, {why} and counts nowhere")));
        }
        None => {
            report.stale = true;
            report.stale_as_of = Some(window.end);
        }
    }
}

/// The moment that all repositories are looked at from.
fn as_of(args: &FleetRun, zone: Option<Zone>, journal: Option<&Journal>, terminal: &Terminal) -> Result<Moment, Error> {
    if let Some(text) = &args.as_of {
        return exact("--as-of", text, zone);
    }
    // What was counted of some holds for that moment alone.
    if let Some(open) = journal.filter(|_| args.resume).and_then(Journal::open_since) {
        terminal.note(&format!("going on with the run of {}", open.to_rfc3339()));
        return Ok(open);
    }
    // As for one repository, what was tagged a moment ago is there: git counts in seconds.
    #[expect(clippy::disallowed_methods, reason = "\"now\" is the default of --as-of and is passed on from here")]
    let now = Utc::now().trunc_subsecs(0).fixed_offset() + TimeDelta::seconds(1);
    Ok(now)
}

/// What was sent where.
struct Sent {
    routed: BTreeMap<usize, Routed>,
    routing: Option<Routing>,
}

/// Sends each entry of the organisation's log to the repository that it belongs to.
fn send(members: &Arc<[Member]>, incidents: &[PathBuf], zone: Option<Zone>, limits: Limits) -> Result<Sent, Error> {
    if incidents.is_empty() {
        return Ok(Sent { routed: BTreeMap::new(), routing: None });
    }
    let sources = Sources { incidents: incidents.to_vec(), ..Sources::default() };
    let Logs { incidents, read, problems, .. } =
        log::read(&sources, &TimeRules { assume: zone }, &mut std::io::empty())?;
    let name = Untrusted::from("the organisation's log");
    let nothing = Routed::nothing(&read.coverage, &name);
    let places: Vec<_> = members.iter().map(Member::place).collect();
    let router = Router::new(&places);
    let mut routing = Routing { entries: incidents.len() as u64, set_aside: read.set_aside, ..Routing::default() };
    for broken in problems.iter().filter(|problem| !problem.record_kept) {
        let found = &broken.problem;
        let at = format!("{}:{}:{}", found.file.display(), found.line, found.column);
        routing.nowhere(&Untrusted::new(at), found.what.clone());
    }
    // A log that is said to be complete speaks of the repositories whose services are named, also where nothing happened.
    let spoken_of = members.iter().enumerate().filter(|(_, member)| !member.listed.services.is_empty());
    let mut routed: BTreeMap<usize, Routed> =
        spoken_of.filter(|_| !nothing.covers.is_empty()).map(|(at, _)| (at, nothing.clone())).collect();
    let mut commits: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut add = |at: usize, incident: usize| {
        let incident = incidents[incident].clone();
        routed.entry(at).or_insert_with(|| nothing.clone()).incidents.push(incident);
    };
    for (number, incident) in incidents.iter().enumerate() {
        match router.route(incident) {
            Route::Named(all, besides) => {
                routing.by_repository += 1;
                if let Some(why) = besides {
                    routing.partly(&incident.id, why);
                }
                for at in all {
                    add(at, number);
                }
            }
            Route::Service(at) => {
                routing.by_service += 1;
                add(at, number);
            }
            Route::Commit(commit) => commits.entry(commit.raw().to_owned()).or_default().push(number),
            Route::Nowhere(why) => routing.nowhere(&incident.id, why),
        }
    }
    let having = having(members, commits.keys().cloned().collect(), limits)?;
    for ((commit, numbers), having) in commits.iter().zip(&having) {
        for &number in numbers {
            match router.by_commit(&Untrusted::new(commit.clone()), having) {
                Ok(at) => {
                    routing.by_commit += 1;
                    add(at, number);
                }
                Err(why) => routing.nowhere(&incidents[number].id, why),
            }
        }
    }
    Ok(Sent { routed, routing: Some(routing) })
}

/// The repositories that have each of these commits.
fn having(members: &Arc<[Member]>, commits: Vec<String>, limits: Limits) -> Result<Vec<Vec<usize>>, Error> {
    let mut having = vec![Vec::new(); commits.len()];
    if commits.is_empty() {
        return Ok(having);
    }
    let theirs = Arc::clone(members);
    many::run(
        (0..members.len()).collect(),
        limits,
        move |at, _| fleet::having(&theirs[at].path, &commits),
        |event| -> Result<(), Error> {
            if let Event::Ends(at, Ended::Returned(found)) = event {
                for commit in found {
                    having[commit].push(at);
                }
            }
            Ok(())
        },
    )?;
    for repositories in &mut having {
        repositories.sort_unstable();
    }
    Ok(having)
}
