//! One repository of a fleet: the same review as by itself, what of it the fleet counts, and its rows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::list::{Member, is_repository};
use crate::attribution::Facts;
use crate::cli::args::{ExportFormat, Input};
use crate::cli::settings::Settings;
use crate::cli::tables;
use crate::error::{Error, ErrorKind};
use crate::export::{About, BUCKETS, Owner, PersonKey, Place, Rows, RunStatus};
use crate::fleet::contract::{OwnerSource, Read};
use crate::fleet::{Releasers, RepositoryReport, Status};
use crate::gate;
use crate::model::{CODEOWNERS, GateMode, Moment, Stop, Untrusted, WideNames};
use crate::review::contract::Review;
use crate::source::git::Repository;
use crate::source::log::Routed;
use crate::source::pipeline;

/// What every repository is read with.
#[derive(Debug)]
pub struct Job {
    /// The flags: the window, the moment, the cache.
    pub input: Input,
    /// The moment that all are looked at from.
    pub as_of: Moment,
    /// What the organisation's log says, by place of the repository.
    pub routed: BTreeMap<usize, Routed>,
    /// Teams that were asked for; none: all.
    pub teams: Vec<String>,
    /// The folder that paths are shown from.
    pub root: PathBuf,
    /// How rows are written; `None`: not at all.
    pub tables: Option<Tables>,
    /// From what earlier runs counted, by name: what is still so need not be read again.
    pub known: BTreeMap<String, String>,
}

/// How rows are written.
#[derive(Debug)]
pub struct Tables {
    /// As what.
    pub format: ExportFormat,
    /// With what people are told apart across repositories.
    pub person_key: Option<PersonKey>,
}

/// What became of a repository.
#[derive(Debug)]
pub enum Done {
    /// It was counted, or could not be.
    Counted(Box<Counted>),
    /// Nothing has changed since it was counted.
    Unchanged,
    /// It was read, and is none of the teams' that were asked for: whose it is, where somebody says so.
    Elsewhere(Option<Untrusted>),
}

/// A repository and its rows.
#[derive(Debug)]
pub struct Counted {
    /// What the fleet counts.
    pub report: RepositoryReport,
    /// Who released in the window, where it was read.
    pub releasers: Option<Releasers>,
    /// Of everything that it was counted from, where that is of use.
    pub key: Option<String>,
    /// The files of its rows, below the folder of the tables.
    pub files: Vec<(String, Vec<u8>)>,
}

/// What is known of a repository before it is opened.
pub fn blank(member: &Member) -> RepositoryReport {
    let text = |text: &Option<String>| text.clone().map(Untrusted::new);
    RepositoryReport {
        id: Untrusted::new(member.listed.name.clone()),
        team: text(&member.listed.team),
        owner_source: member.owner_source,
        tier: text(&member.listed.tier),
        status: Status::Ok,
        stale: false,
        stale_as_of: None,
        left_out: None,
        error: None,
        help: None,
        read: None,
    }
}

/// Reads one repository, and again where what was read did not fit together: somebody may be pushing to it.
pub fn read(job: &Job, member: &Member, at: usize, stop: &Stop) -> Done {
    let mut report = blank(member);
    let mut outcome = once(job, member, at, stop, &mut report);
    if matches!(&outcome, Err(error) if error.kind() == ErrorKind::Repository) && !stop.asked() {
        outcome = once(job, member, at, stop, &mut report);
    }
    // Whose one is that cannot be read, nobody may know: then it may be theirs.
    if !job.asks_for(report.team.as_ref(), outcome.is_err()) {
        return Done::Elsewhere(report.team);
    }
    match outcome {
        Ok(None) => Done::Unchanged,
        Ok(Some(found)) => {
            report.status = found.status;
            report.read = Some(found.read);
            let Found { releasers, key, files, .. } = found;
            Done::Counted(Box::new(Counted { report, releasers: Some(releasers), key, files }))
        }
        Err(error) => {
            let status = match error.kind() {
                _ if stop.asked() => Status::Timeout,
                ErrorKind::Repository | ErrorKind::Io => Status::Unreadable,
                ErrorKind::Usage | ErrorKind::Config | ErrorKind::Input => Status::Failed,
            };
            let error = error.named_from(&job.root);
            Done::Counted(Box::new(unread(job, report, status, in_full(&error), error.help())))
        }
    }
}

/// A repository that could not be read, with the row that says so. What there was of it stays.
pub fn unread(job: &Job, mut report: RepositoryReport, status: Status, error: String, help: &str) -> Counted {
    let run = match status {
        Status::Ok => RunStatus::Ok,
        Status::NoReleases => RunStatus::NoReleases,
        Status::Unreadable => RunStatus::Unreadable(error.clone()),
        Status::Failed => RunStatus::Failed(error.clone()),
        Status::Timeout => RunStatus::Timeout(error.clone()),
        Status::Crashed => RunStatus::Crashed(error.clone()),
    };
    let about = about(job, &report);
    let rows = Rows { export_run: vec![run.row(&about)], ..Rows::default() };
    // The row of the run alone: all others stay as an earlier run wrote them.
    let mut files = job.files(&rows, &about).unwrap_or_default();
    files.retain(|(name, _)| name.starts_with("export_run/"));
    report.status = status;
    report.error = Some(Untrusted::new(error));
    report.help = Some(Untrusted::new(help)).filter(|help| !help.raw().is_empty());
    Counted { report, releasers: None, key: None, files }
}

impl Job {
    /// Whether a repository of this team was asked for; where nobody says whose it is, `unknown` decides.
    pub fn asks_for(&self, team: Option<&Untrusted>, unknown: bool) -> bool {
        let wanted = |team: &Untrusted| self.teams.iter().any(|wanted| wanted == team.raw());
        self.teams.is_empty() || team.map_or(unknown, wanted)
    }

    /// The files of rows, where rows are written.
    fn files(&self, rows: &Rows, about: &About) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let Some(Tables { format, .. }) = &self.tables else { return Ok(Vec::new()) };
        tables::files(*format, rows, &place(self.as_of, &about.repo_id), &about.repo_id)
    }
}

/// The day of a moment, as the folders of the tables have it.
pub fn day(at: Moment) -> String {
    at.to_utc().format("%Y-%m-%d").to_string()
}

/// Where the rows of a repository lie.
pub fn place(as_of: Moment, id: &str) -> Place {
    Place { day: day(as_of), buckets: BUCKETS, slice: Place::slice_of(id) }
}

fn about(job: &Job, report: &RepositoryReport) -> About {
    let source = |source: Option<OwnerSource>| match source {
        Some(OwnerSource::Catalog) => "catalog",
        Some(OwnerSource::Codeowners) => "CODEOWNERS",
        Some(OwnerSource::List) | None => "list",
    };
    let owner = report
        .team
        .as_ref()
        .map(|team| Owner { team: team.raw().to_owned(), source: source(report.owner_source).to_owned() });
    let key = job.tables.as_ref().and_then(|tables| tables.person_key.clone());
    let tier = report.tier.as_ref().map(|tier| tier.raw().to_owned());
    About { owner, tier, key, ..About::new(report.id.raw(), job.as_of) }
}

/// An error with the first problem that it stands for.
fn in_full(error: &Error) -> String {
    match error.problems() {
        [] => error.to_string(),
        // Some say it themselves.
        [only] if error.to_string().contains(&only.what) => error.to_string(),
        [first, rest @ ..] => {
            let more = if rest.is_empty() { String::new() } else { format!(", and {} more", rest.len()) };
            format!("{error}: {}:{}: {}{more}", first.file.display(), first.line, first.what)
        }
    }
}

/// What was found in a repository.
struct Found {
    read: Read,
    releasers: Releasers,
    status: Status,
    key: Option<String>,
    files: Vec<(String, Vec<u8>)>,
}

/// Reads it; `None` where nothing has changed since an earlier run. Whose it is goes into the report.
fn once(
    job: &Job,
    member: &Member,
    at: usize,
    stop: &Stop,
    report: &mut RepositoryReport,
) -> Result<Option<Found>, Error> {
    // git looks for a repository in the folders above too: there it would be another one.
    if !is_repository(&member.path) {
        let gone = if member.path.exists() { "is no repository" } else { "does not exist" };
        let help = "clone it there, or correct its path in the list";
        return Err(Error::repository(format!("{} {gone}", member.listed.path.display()), help));
    }
    let input = Input {
        repo: Some(member.path.clone()),
        config: member.config.clone(),
        component: member.listed.component.clone(),
        ..job.input.clone()
    };
    let mut settings = Settings::resolve(&input)?;
    if let Some(repository) = &mut settings.repository {
        repository.stop_on(stop.clone());
        if repository.info().shallow {
            return Err(Error::repository(
                "it is a shallow clone: releases and commits are missing",
                "run `git fetch --unshallow --tags` in it",
            ));
        }
        if report.team.is_none()
            && let Some(owner) = owner(repository)
        {
            report.team = Some(Untrusted::new(owner));
            report.owner_source = Some(OwnerSource::Codeowners);
        }
    }
    let nothing = Routed::default();
    let routed = job.routed.get(&at).unwrap_or(&nothing);
    let (logs, added) = settings.read_logs(routed)?;
    let mut about = about(job, report);
    if let Some(tables) = &job.tables {
        let key = settings.inputs_key(
            &input,
            &logs,
            &[
                format!("fleet {:?} {:?}", about.owner, about.tier),
                format!("as {} {:?}", about.repo_id, tables.format),
                format!("person key {}", about.key.as_ref().map(PersonKey::told).unwrap_or_default()),
            ],
        )?;
        if job.known.get(&member.listed.name) == Some(&key) {
            return Ok(None);
        }
        about.inputs_key = Some(key);
    }
    let wide = WideNames { repository: member.listed.name.clone(), routed: added };
    let history = settings.read_beside(logs)?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let status = match RunStatus::of(&facts) {
        RunStatus::NoReleases => Status::NoReleases,
        RunStatus::Unreadable(why) => {
            return Err(Error::repository(why, "check the repository with `git fsck`, or clone it again"));
        }
        _ => Status::Ok,
    };
    let review = Review::of(&facts);
    let told = settings.told(&input);
    let policy = &settings.config.gate.value;
    let judged =
        gate::judge(&facts, policy, None, &told, false).map_err(|error| error.named_from(&job.root).to_string());
    let read = Read::of(&wide, &facts, &review, (&judged, policy.mode == GateMode::Strict));
    about.wide = Some(wide);
    let releasers = Releasers::of(&facts, |person| {
        about.key.as_ref().unwrap_or(&PersonKey::nobodys()).id(&person.beyond(&about.repo_id))
    });
    let files = match job.tables {
        Some(_) => job.files(&Rows::of(&facts, &review, &about), &about)?,
        None => Vec::new(),
    };
    // What was cut off is not whole.
    settings.repository.as_ref().map_or(Ok(()), Repository::in_time)?;
    Ok(Some(Found { read, releasers, status, key: about.inputs_key, files }))
}

/// Whose it is by its own CODEOWNERS at HEAD. One that cannot be read says nothing.
fn owner(repository: &Repository) -> Option<String> {
    let head = repository.info().head?;
    let mut files = CODEOWNERS.iter().filter_map(|path| {
        let files = repository.files_at(head, path).ok()?;
        files.into_iter().find(|(found, _)| found == path)
    });
    let (_, bytes) = files.next()?;
    pipeline::owner_of_all(&String::from_utf8_lossy(&bytes)).map(str::to_owned)
}

/// Which of these commits a repository has.
pub fn having(path: &Path, commits: &[String]) -> Vec<usize> {
    let Some(repository) = is_repository(path).then(|| Repository::open(path).ok()).flatten() else {
        return Vec::new();
    };
    (0..commits.len()).filter(|&at| repository.find_commit(&commits[at]).is_some()).collect()
}
