//! Commands that feed: logs, imports, what a repository begins with, whether all of it can be read.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Input, Output};
use crate::cli::given::Given;
use crate::model::{Incident, ReleaseEntry, StageId, Word};

/// `relconf record`.
#[derive(Debug, Args)]
pub struct RecordArgs {
    #[command(subcommand)]
    pub what: RecordWhat,
}

/// What can be recorded.
#[derive(Debug, Subcommand)]
pub enum RecordWhat {
    /// An incident: users were hurt
    Incident(RecordIncident),
    /// A near miss: it was caught in time
    NearMiss(RecordIncident),
    /// What git does not know of a release: who ran it, what was checked, what was special
    Release(RecordRelease),
}

/// Flags of `relconf record incident`. Times: now, 10:04, 25m ago, yesterday 14:00, 2024-05-01 10:04, or RFC 3339.
#[derive(Debug, Args)]
pub struct RecordIncident {
    #[command(flatten)]
    pub given: Given<Incident>,
    /// The release that caused it (repeatable)
    #[arg(long, value_name = "TAG", conflicts_with = "caused_by_commit")]
    pub caused_by: Vec<String>,
    /// The commit that caused it
    #[arg(long, value_name = "COMMIT")]
    pub caused_by_commit: Option<String>,
    /// How it was stopped: rollback, pause, `flag_off`, rollforward or none
    #[arg(long, value_name = "HOW")]
    pub stopped: Option<String>,
    /// When it was stopped
    #[arg(long, value_name = "TIME", requires = "stopped", allow_hyphen_values = true)]
    pub stopped_at: Option<String>,
    #[command(flatten)]
    pub target: RecordTarget,
}

/// Flags of `relconf record release`. Without --tag, it is the newest release.
#[derive(Debug, Args)]
pub struct RecordRelease {
    #[command(flatten)]
    pub given: Given<ReleaseEntry>,
    /// Who said go (repeatable)
    #[arg(long = "approved-by", value_name = "NAME")]
    pub approvals: Vec<String>,
    /// A check and how it ended: canary=pass (or fail, skip, override; repeatable)
    #[arg(long = "check", value_name = "NAME=RESULT")]
    pub checks: Vec<String>,
    #[command(flatten)]
    pub felt: FeltArgs,
    #[command(flatten)]
    pub target: RecordTarget,
}

/// How sure somebody is that a release holds, before it is made.
#[derive(Clone, Debug, Default, Args)]
pub struct FeltArgs {
    /// How sure you are that it holds, said before it is made: 90%, 0.9, or a word such as sure, fine, uneasy, afraid
    #[arg(long, value_name = "HOW SURE")]
    pub felt: Option<String>,
    /// Who is so sure [default: git's user.name]
    #[arg(long, value_name = "NAME", requires = "felt")]
    pub by: Option<String>,
    /// Why, in a few words
    #[arg(long, value_name = "TEXT", requires = "felt")]
    pub because: Option<String>,
    /// The stage of the map that you are so sure of [default: the release as a whole]
    #[arg(long, value_name = "STAGE", requires = "felt", value_parser = stages())]
    pub stage: Option<String>,
}

/// Where a record goes.
#[derive(Debug, Args)]
pub struct RecordTarget {
    /// The log to append to [default: incidents.toml or releases.toml in the repository's root]
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Show the record and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Ask nothing, even on a terminal
    #[arg(long, short)]
    pub yes: bool,
    #[command(flatten)]
    pub input: Box<Input>,
}

/// `relconf import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The format (else it is recognised), then the exports; - is standard input
    #[arg(value_name = "[FORMAT] FILE", num_args = 0..)]
    pub what: Vec<String>,
    /// Append what is new to this log: ids and tags that are there already stay as they are
    #[arg(long, value_name = "FILE")]
    pub into: Option<PathBuf>,
    /// List the formats
    #[arg(long)]
    pub formats: bool,
    #[command(flatten)]
    pub input: Input,
}

/// `relconf init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Show the files and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Ask nothing, even on a terminal
    #[arg(long, short)]
    pub yes: bool,
    #[command(flatten)]
    pub input: Input,
}

/// `relconf validate`.
#[derive(Debug, Args)]
pub struct ValidateArgs {
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub output: Output,
}

fn stages() -> clap::builder::PossibleValuesParser {
    StageId::WORDS.iter().map(|(word, _)| *word).collect::<Vec<_>>().into()
}
