//! `relconf validate`.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use crate::attribution::Facts;
use crate::cli::args::{Input, ValidateArgs};
use crate::cli::exit::Exit;
use crate::cli::output::Outputs;
use crate::cli::settings::{Place, Settings};
use crate::cli::terminal::Terminal;
use crate::config::Config;
use crate::error::{Error, Problem};
use crate::gate;
use crate::model::{Notice, NoticeCode, NoticeWeight, Untrusted};
use crate::pipeline;
use crate::render::validation::{Flaw, Mismatch, VALIDATION_FORMATS, Validation};
use crate::source::log;

/// What changes no verdict, and is wrong all the same, or only if you say so.
const WORTH_A_LOOK: [NoticeCode; 5] = [
    NoticeCode::LikelyOnePerson,
    NoticeCode::TakenForBots,
    NoticeCode::FeltUnread,
    NoticeCode::FeltNoRelease,
    NoticeCode::TagConfidence,
];

/// The largest file that a line is quoted from, in bytes.
const QUOTED: u64 = 64 << 20;

pub(super) fn run(args: &ValidateArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, VALIDATION_FORMATS)?;
    let mut found = Found::default();
    terminal.working("reading the inputs", || found.look(&args.input))?;
    let validation = found.validation();
    outputs.write(&validation, terminal)?;
    Ok(if validation.valid { Exit::Done } else { Exit::CouldNot })
}

#[derive(Default)]
struct Found {
    /// From where files are named.
    root: PathBuf,
    problems: Vec<Problem>,
    mismatches: Vec<Mismatch>,
    notes: Vec<Mismatch>,
    doubts: Vec<Mismatch>,
    incidents: u64,
    releases: u64,
    milestones: u64,
    logs: u64,
}

impl Found {
    /// Reads everything, as far as it can be read.
    fn look(&mut self, input: &Input) -> Result<(), Error> {
        let place = Place::open(input)?;
        self.root.clone_from(&place.root);
        let config = match place.config(input) {
            Ok(config) => config,
            Err(error) => {
                self.take(error)?;
                Config::defaults(place.root.clone())
            }
        };
        let settings = match Settings::over(place, config, input) {
            Ok(settings) => settings,
            Err(error) => return self.take(error),
        };
        let logs = match log::read(&settings.sources, &settings.rules, &mut io::stdin().lock()) {
            Ok(logs) => logs,
            Err(error) => return self.take(error),
        };
        self.problems.extend(logs.problems.iter().map(|found| found.problem.clone()));
        self.incidents = logs.incidents.len() as u64;
        self.releases = logs.entries.len() as u64;
        self.milestones = logs.milestones.len() as u64;
        self.logs = logs.read.files.len() as u64;
        let history = pipeline::beside(settings.repository.as_ref(), logs, &settings.policy)?;
        let facts = Facts::derive(&history, &settings.policy)?;
        // A problem of a record stands in the list already, with its place. A log may be looked at before there is a
        // release beside it.
        let stands = |code| code == NoticeCode::LogProblem || code == NoticeCode::NoReleases;
        let weighs = |weight| {
            matches!(weight, NoticeWeight::EndsTheGate | NoticeWeight::LogMistake | NoticeWeight::Inconclusive)
        };
        let mistake = |notice: &&Notice| weighs(notice.code.weight()) && !stands(notice.code);
        let worth_a_look = |notice: &&Notice| WORTH_A_LOOK.contains(&notice.code);
        let told = |notice: &Notice| Mismatch { what: notice.message.clone(), help: notice.help.clone() };
        let all = || history.notices.iter().chain(&facts.notices);
        self.mismatches.extend(all().filter(mistake).map(told));
        self.notes.extend(all().filter(worth_a_look).map(told));
        let policy = &settings.config.gate.value;
        // Files alone were asked for.
        if settings.repository.is_none() && facts.events.is_empty() {
            return Ok(());
        }
        self.doubts.extend(match gate::judge(&facts, policy, None, &BTreeMap::new(), false) {
            Ok(report) => {
                let stands = |what: &str| self.mismatches.iter().any(|told| what.starts_with(told.what.raw()));
                report.open().into_iter().filter(|what| !stands(what)).map(|what| doubt(what, "")).collect()
            }
            // What is wrong stands above.
            Err(_) if !self.problems.is_empty() || !self.mismatches.is_empty() => Vec::new(),
            Err(error) => vec![doubt(error.to_string(), error.help())],
        });
        Ok(())
    }

    /// Keeps the problems that an error stands for; an error without any is passed on.
    fn take(&mut self, error: Error) -> Result<(), Error> {
        if error.problems().is_empty() {
            return Err(error);
        }
        self.problems.extend(error.problems().iter().cloned());
        Ok(())
    }

    fn validation(self) -> Validation {
        let mut texts: HashMap<PathBuf, Option<String>> = HashMap::new();
        let problems: Vec<Flaw> = self
            .problems
            .into_iter()
            .map(|problem| {
                let text = texts.entry(problem.file.clone()).or_insert_with_key(|file| {
                    // What lies in the repository is named from its root, what was typed from here.
                    text(&self.root.join(file)).or_else(|| text(file))
                });
                let line = problem.line.checked_sub(1).map(|line| line as usize);
                let source = line.and_then(|line| text.as_ref()?.lines().nth(line)).map(Untrusted::new);
                Flaw {
                    file: Untrusted::new(problem.file.to_string_lossy()),
                    line: problem.line,
                    column: problem.column,
                    what: Untrusted::new(problem.what),
                    help: Untrusted::new(problem.help),
                    source,
                }
            })
            .collect();
        Validation {
            valid: problems.is_empty() && self.mismatches.is_empty(),
            incidents: self.incidents,
            releases: self.releases,
            milestones: self.milestones,
            logs: self.logs,
            problems,
            mismatches: self.mismatches,
            notes: self.notes,
            doubts: self.doubts,
        }
    }
}

/// Something that no file is wrong about.
fn doubt(what: String, help: &str) -> Mismatch {
    Mismatch { what: Untrusted::new(what), help: Untrusted::new(help) }
}

/// A file's text, to quote lines from.
fn text(file: &Path) -> Option<String> {
    let metadata = std::fs::metadata(file).ok()?;
    if !metadata.is_file() || metadata.len() > QUOTED {
        return None;
    }
    Some(String::from_utf8_lossy(&std::fs::read(file).ok()?).trim_start_matches('\u{feff}').to_owned())
}
