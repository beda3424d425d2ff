//! Commands that look: review, map, plans, trend, lists and explanations.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use super::{Input, Output};
use crate::render::terminal::SECTIONS;

/// `relconf review`.
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// Only these sections of the long form [default: what fits a screen]
    #[arg(value_name = "SECTION", value_parser = PossibleValuesParser::new(SECTIONS.iter().map(|section| section.name)))]
    pub sections: Vec<String>,
    /// Every section
    #[arg(long, conflicts_with = "sections")]
    pub full: bool,
    #[command(flatten)]
    pub earlier: Earlier,
    /// A template of yours for markdown or html; begin with `relconf generate template markdown`
    #[arg(long, value_name = "FILE", env = "RELCONF_TEMPLATE", hide_env = true, help_heading = "Output")]
    pub template: Option<PathBuf>,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub output: Output,
}

/// `relconf map`.
#[derive(Debug, Args)]
pub struct MapArgs {
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub output: Output,
}

/// `relconf trend`.
#[derive(Debug, Args)]
pub struct TrendArgs {
    /// How history is cut: month, quarter, or a number of judged releases [default: as many as the review's window has]
    #[arg(long, value_name = "HOW", env = "RELCONF_TREND_BY", hide_env = true)]
    pub by: Option<String>,
    /// A saved review's JSON: it is held against the review of today; given twice, the two against each other
    #[arg(long, value_name = "FILE")]
    pub against: Vec<PathBuf>,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub output: Output,
}

/// `relconf controls`.
#[derive(Debug, Args)]
pub struct ControlsArgs {
    /// An export of what only the forge knows, as the command names them (repeatable)
    #[arg(long, value_name = "FILE")]
    pub forge: Vec<PathBuf>,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub output: Output,
}

/// `relconf plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Which plan; without it, all three
    pub plan: Option<PlanWhat>,
    #[command(flatten)]
    pub earlier: Earlier,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub output: Output,
}

/// The three plans.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum PlanWhat {
    /// Strengthen weak signals, remove theatre, let risky changes earn more
    Controls,
    /// Notice, stop and repair: staging, alerting, rollback, roles
    Operability,
    /// Rest on fewer people and windows
    Repeatability,
}

/// An earlier review to look back at.
#[derive(Clone, Debug, Default, Args)]
pub struct Earlier {
    /// An earlier review's JSON: what became of its plans
    #[arg(long, value_name = "FILE", env = "RELCONF_PREVIOUS_REVIEW", hide_env = true)]
    pub previous_review: Option<PathBuf>,
}

/// `relconf list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// What to list
    pub what: ListWhat,
    /// Only what failed: releases that did, incidents that failed one
    #[arg(long)]
    pub failed: bool,
    /// All history, not only the window
    #[arg(long)]
    pub all: bool,
    /// At most so many, the newest first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub output: Output,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ListWhat {
    /// The releases of the window, or of --all history: outcome, what it ships, who released it
    Releases,
    /// The incidents of the window, or of --all history: where each was attributed and by which rule
    Incidents,
    /// Who carried the window's releases, by role
    People,
    /// Checks and rituals: what each caught and missed, and whether it tells anything
    Checks,
    /// Every tag: a release, another name of one, a rehearsal, or no release and why
    Tags,
}

/// `relconf explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A metric, finding, stage of the map, release, incident, cause, person, folder, check, setting, …; without one, what can be
    /// explained is listed
    #[arg(value_name = "SUBJECT")]
    pub subjects: Vec<String>,
    /// With felt: how sure this person was, against what happened; for that person's eyes
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    #[command(flatten)]
    pub input: Input,
}
