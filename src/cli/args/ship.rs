//! Commands around a release: preflight, gate, baseline.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Input, Output};

/// `relconf gate`.
#[derive(Debug, Args)]
pub struct GateArgs {
    /// What to compare with: a file of `relconf baseline write` [default: the window before]
    #[arg(long, value_name = "FILE", env = "RELCONF_BASELINE", hide_env = true)]
    pub baseline: Option<PathBuf>,

    /// The commit whose settings, baseline and log entries decide, such as origin/main: what a change says of them does not
    /// judge that change
    #[arg(long, value_name = "REF", env = "RELCONF_POLICY_FROM", hide_env = true, conflicts_with = "no_git")]
    pub policy_from: Option<String>,

    /// Judge although tags of the baseline were moved or deleted since
    #[arg(long, requires = "baseline")]
    pub accept_moved: bool,

    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub output: Output,
}

/// `relconf preflight`.
#[derive(Debug, Args)]
pub struct PreflightArgs {
    /// What would be released: a branch, a tag or a commit [default: HEAD]
    #[arg(value_name = "REV")]
    pub rev: Option<String>,

    /// Exit 1 where required evidence is missing, or the odds exceed the limit of [preflight]
    #[arg(long)]
    pub gate: bool,

    /// The commit whose settings and log entries decide, such as origin/main: what a change says of them does not
    /// judge that change
    #[arg(long, value_name = "REF", env = "RELCONF_POLICY_FROM", hide_env = true, conflicts_with = "no_git")]
    pub policy_from: Option<String>,

    /// What counts as evidence: all, or flags alone; a commit under review can say of itself what it likes
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = EvidenceFrom::All)]
    pub evidence: EvidenceFrom,

    /// The tag that it would get: an entry of the release log with this tag speaks of it
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,

    /// Who is about to release (repeatable) [default: whoever committed it]
    #[arg(long, value_name = "NAME", env = "RELCONF_BY", hide_env = true)]
    pub by: Vec<String>,

    /// A check and how it ended: canary=pass (or fail, skip, override; repeatable)
    #[arg(long = "check", value_name = "NAME=RESULT")]
    pub checks: Vec<String>,

    /// Who has said go (repeatable)
    #[arg(long, value_name = "NAME")]
    pub approved_by: Vec<String>,

    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub output: Output,
}

/// Where evidence may come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EvidenceFrom {
    /// Flags, the release log, and trailers of the commit.
    #[default]
    All,
    /// What was typed.
    Flags,
}

/// Where a baseline lies that nobody named.
pub const DEFAULT_BASELINE: &str = "relconf-baseline.json";

/// `relconf baseline`.
#[derive(Debug, Args)]
pub struct BaselineArgs {
    #[command(subcommand)]
    pub what: BaselineWhat,
}

/// What to do with a baseline.
#[derive(Debug, Subcommand)]
pub enum BaselineWhat {
    /// Write down the counts and durations of the window; commit the file on the base branch
    Write {
        /// The file, or - for stdout
        #[arg(default_value = DEFAULT_BASELINE)]
        file: PathBuf,
        #[command(flatten)]
        input: Box<Input>,
    },
    /// Show what a baseline holds
    Show {
        /// The file
        #[arg(default_value = DEFAULT_BASELINE)]
        file: PathBuf,
    },
}
