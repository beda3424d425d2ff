//! What was typed: the commands by the groups of the help, and the flags that several have. What it means is decided in
//! [`super::settings`].

mod feed;
mod look;
mod many;
mod rest;
mod settle;
mod ship;

use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand};

pub use feed::*;
pub use look::*;
pub use many::*;
pub use rest::*;
pub use ship::*;

/// Answers one question with evidence: why is our next release safe, and which part of that belief is luck?
#[derive(Debug, Parser)]
#[command(name = "relconf", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    #[command(flatten)]
    pub global: Global,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The release confidence review: how often releases fail, what that rests on, what to do first
    Review(ReviewArgs),
    /// The release confidence map: where confidence comes from, stage by stage
    Map(MapArgs),
    /// The plans: what to do, why, who, and how to see that it worked
    Plan(PlanArgs),
    /// Is trust becoming real? Metrics, map and findings over the last windows: what changed, and since when
    Trend(TrendArgs),
    /// What pipeline, owners, runbooks and checklists declare, since which release, and what only the forge knows
    Controls(ControlsArgs),
    /// The CI step: has a metric regressed, beyond chance? Exit 0 no, 1 yes
    Gate(GateArgs),
    /// Before the tag: what ships since the last release, its odds, what it must earn first
    Preflight(PreflightArgs),
    /// Write down the window as it is, for later gates to compare with
    Baseline(BaselineArgs),
    /// Turn exports of other tools into a native log; without --into it is printed
    Import(ImportArgs),
    /// Append to a log: an incident, a near miss, what is special about a release
    Record(RecordArgs),
    /// Look at the repository; write relconf.toml and an incident log that is true
    Init(InitArgs),
    /// Read every input and report every problem, with its place and the fix
    Validate(ValidateArgs),
    /// List releases, incidents, people, checks or tags
    List(ListArgs),
    /// Why it says so: a metric, finding, stage, release, incident, person, folder, check, setting, …
    Explain(ExplainArgs),
    /// What was found, as tables for a warehouse: one row a release event, incident, person's part, reading, …
    Export(ExportArgs),
    /// Many repositories at once: how often their releases fail, which stand out, where evidence is missing
    Fleet(FleetArgs),
    /// A small realistic history with its logs, built and reviewed
    Demo(DemoArgs),
    /// Show every setting with its value and where it comes from
    Config(ConfigArgs),
    /// Show or clear what is kept of repositories, so that no commit is read twice
    Cache(CacheArgs),
    /// Print shell completions, the manual page, a report's template, a JSON Schema or parts of the documents
    Generate(GenerateArgs),
}

/// Flags of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// When to colour the output
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        env = "RELCONF_COLOR",
        hide_env = true,
        help_heading = "Everywhere"
    )]
    pub color: ColorChoice,

    /// Draw with ASCII characters only
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub ascii: bool,

    /// Say nothing on stderr but errors
    #[arg(long, short, global = true, conflicts_with = "verbose", help_heading = "Everywhere")]
    pub quiet: bool,

    /// Say more in reports
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    pub verbose: bool,
}

/// Where to read, and what to look at. Every flag has an environment variable: `--as-of` is `RELCONF_AS_OF`.
#[derive(Clone, Debug, Default, Args)]
pub struct Input {
    /// The repository, or any folder in it
    #[arg(long, value_name = "DIR", env = "RELCONF_REPO", hide_env = true, help_heading = "Input")]
    pub repo: Option<PathBuf>,

    /// The configuration [default: relconf.toml, .relconf.toml or .config/relconf.toml in the repository's root]
    #[arg(long, value_name = "FILE", env = "RELCONF_CONFIG", hide_env = true, help_heading = "Input")]
    pub config: Option<PathBuf>,

    /// Incident logs: files, folders, globs, or - for standard input [default: incidents.toml, incidents.json,
    /// incidents/, .relconf/ where they exist]
    #[arg(
        long,
        value_name = "FILE",
        num_args = 1..,
        env = "RELCONF_INCIDENTS",
        value_delimiter = None,
        hide_env = true,
        help_heading = "Input"
    )]
    pub incidents: Vec<PathBuf>,

    /// Release log [default: releases.toml, releases.json where they exist]
    #[arg(long, value_name = "FILE", env = "RELCONF_LOG", hide_env = true, help_heading = "Input")]
    pub log: Vec<PathBuf>,

    /// Take the releases from the release log alone
    #[arg(long, help_heading = "Input")]
    pub no_git: bool,

    /// Read everything anew, and keep nothing of it for the next run
    #[arg(long, help_heading = "Input")]
    pub no_cache: bool,

    /// Tags that are releases; * also matches / (repeatable) [default: tags that read as versions]
    #[arg(long, value_name = "GLOB", env = "RELCONF_TAGS", hide_env = true, help_heading = "Input")]
    pub tags: Vec<String>,

    /// The zone of times in the logs that have none, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", env = "RELCONF_ASSUME_TZ", hide_env = true, help_heading = "Input")]
    pub assume_tz: Option<String>,

    /// The component to review, or all [default: the one with more than half of the last year's releases, else all]
    #[arg(long, value_name = "NAME", env = "RELCONF_COMPONENT", hide_env = true, help_heading = "Window")]
    pub component: Option<String>,

    /// The window: a time (90d, 2w, 1y) or a number of judged releases (20)
    #[arg(long, value_name = "SPAN", env = "RELCONF_LAST", hide_env = true, help_heading = "Window")]
    pub last: Option<String>,

    /// The window's start, inclusive: 2026-01-31, yesterday, "30d ago"
    #[arg(long, value_name = "TIME", env = "RELCONF_SINCE", hide_env = true, help_heading = "Window")]
    pub since: Option<String>,

    /// The window's end, exclusive
    #[arg(long, value_name = "TIME", env = "RELCONF_UNTIL", hide_env = true, help_heading = "Window")]
    pub until: Option<String>,

    /// The moment to stand at: nothing after it is known yet [default: now]
    #[arg(long, value_name = "TIME", env = "RELCONF_AS_OF", hide_env = true, help_heading = "Window")]
    pub as_of: Option<String>,

    /// The configuration of a repository that has none of its own: never typed here, a fleet's list says so.
    #[arg(skip)]
    pub fallback: Option<PathBuf>,

    /// The variables that gave a value, filled in after parsing.
    #[arg(skip)]
    pub from_environment: Vec<&'static str>,
}

/// Where the output goes, and in what form.
#[derive(Clone, Debug, Default, Args)]
#[expect(clippy::struct_field_names, reason = "flags are called as they are typed")]
pub struct Output {
    /// How the output is written; with =PATH to a file (repeatable)
    #[arg(long, value_name = "NAME[=PATH]", env = "RELCONF_FORMAT", hide_env = true, help_heading = "Output")]
    pub format: Vec<String>,

    /// The file of the one format that names none; without --format its ending chooses: .html, .md, .json, .xml, .txt
    #[arg(long, short, value_name = "PATH", env = "RELCONF_OUTPUT", hide_env = true, help_heading = "Output")]
    pub output: Option<PathBuf>,

    /// Which of them a variable gave, filled in after parsing: it may be meant for another command.
    #[arg(skip)]
    pub of_variables: Variables,
}

/// Which flags of the output a variable gave.
#[derive(Clone, Copy, Debug, Default)]
pub struct Variables {
    /// `RELCONF_FORMAT`.
    pub format: bool,
    /// `RELCONF_OUTPUT`.
    pub output: bool,
}

impl Command {
    /// The output flags of the command, where it has any.
    fn output_mut(&mut self) -> Option<&mut Output> {
        match self {
            Self::Review(args) => Some(&mut args.output),
            Self::Map(args) => Some(&mut args.output),
            Self::Plan(args) => Some(&mut args.output),
            Self::Trend(args) => Some(&mut args.output),
            Self::Controls(args) => Some(&mut args.output),
            Self::Gate(args) => Some(&mut args.output),
            Self::Preflight(args) => Some(&mut args.output),
            Self::Validate(args) => Some(&mut args.output),
            Self::List(args) => Some(&mut args.output),
            Self::Demo(args) => Some(&mut args.output),
            Self::Fleet(_) => self.fleet_mut().map(|run| &mut run.output),
            _ => None,
        }
    }

    /// The input flags of the command, where it has any.
    pub fn input_mut(&mut self) -> Option<&mut Input> {
        match self {
            Self::Review(args) => Some(&mut args.input),
            Self::Map(args) => Some(&mut args.input),
            Self::Plan(args) => Some(&mut args.input),
            Self::Trend(args) => Some(&mut args.input),
            Self::Controls(args) => Some(&mut args.input),
            Self::Gate(args) => Some(&mut args.input),
            Self::Preflight(args) => Some(&mut args.input),
            Self::Baseline(args) => match &mut args.what {
                BaselineWhat::Write { input, .. } => Some(input),
                BaselineWhat::Show { .. } => None,
            },
            Self::Record(args) => Some(match &mut args.what {
                RecordWhat::Incident(args) | RecordWhat::NearMiss(args) => &mut args.target.input,
                RecordWhat::Release(args) => &mut args.target.input,
            }),
            Self::Import(args) => Some(&mut args.input),
            Self::Init(args) => Some(&mut args.input),
            Self::Validate(args) => Some(&mut args.input),
            Self::List(args) => Some(&mut args.input),
            Self::Explain(args) => Some(&mut args.input),
            Self::Export(args) => Some(&mut args.input),
            Self::Config(args) => Some(&mut args.input),
            Self::Demo(_) | Self::Generate(_) | Self::Cache(_) | Self::Fleet(_) => None,
        }
    }

    /// Which repositories a command for many is about, where it is one.
    fn fleet_mut(&mut self) -> Option<&mut FleetRun> {
        match self {
            Self::Fleet(FleetArgs { what: Some(FleetWhat::Gate(run)), .. } | FleetArgs { what: None, run }) => {
                Some(run)
            }
            _ => None,
        }
    }
}
