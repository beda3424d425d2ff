//! What was typed. What it means is decided in [`super::settings`].

use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

/// Answers one question with evidence: why is our next release safe, and which part of that belief is luck?
#[derive(Debug, Parser)]
#[command(name = "relconf", version, about, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    #[command(flatten)]
    pub global: Global,
}

const AFTER_HELP: &str = "\
Start here:
  relconf demo       a small realistic history, reviewed
  relconf review     this repository

Exit codes: 0 done, gate passed; 1 gate: regressed; 2 could not do it (usage, config, input, repository);
3 gate: inconclusive, where on_inconclusive = \"fail\".";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The release confidence review: headline, map, what to do first, metrics now and before, failures, people, timing
    Review(ReviewArgs),
    /// The release confidence map: where confidence comes from, stage by stage
    Map(MapArgs),
    /// The plans: what to do, why, who, and how to see that it worked
    Plan(PlanArgs),
    /// The CI step: has a metric regressed, beyond chance? Exit 0 no, 1 yes, 2 could not tell, 3 inconclusive if so asked
    Gate(GateArgs),
    /// Write down the window as it is, for later gates to compare with; or show what was written
    Baseline(BaselineArgs),
    /// List releases, incidents, people, checks or tags
    List(ListArgs),
    /// Explain a metric, a finding, a release or an incident: the definition, the data, the arithmetic
    Explain(ExplainArgs),
    /// Build a small realistic repository with its logs in a temporary folder, and review it
    Demo(DemoArgs),
    /// Show every setting with its value and where it comes from
    Config(ConfigArgs),
    /// Print shell completions, the manual page, a report's template or a JSON Schema
    Generate(GenerateArgs),
}

/// Flags of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// When to colour the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", env = "RELCONF_COLOR", hide_env = true)]
    pub color: ColorChoice,

    /// Draw with ASCII characters only
    #[arg(long, global = true)]
    pub ascii: bool,

    /// Say nothing on stderr but errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say more in reports
    #[arg(long, short, global = true)]
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
    #[arg(long, conflicts_with = "repo", help_heading = "Input")]
    pub no_git: bool,

    /// Tags that are releases; * also matches / (repeatable) [default: tags that read as versions]
    #[arg(long, value_name = "GLOB", env = "RELCONF_TAGS", hide_env = true, help_heading = "Input")]
    pub tags: Vec<String>,

    /// The zone of times in the logs that have none, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", env = "RELCONF_ASSUME_TZ", hide_env = true, help_heading = "Input")]
    pub assume_tz: Option<String>,

    /// The component to review, or all [default: the one with more than half of the last year's releases, else all]
    #[arg(long, value_name = "NAME", env = "RELCONF_COMPONENT", hide_env = true, help_heading = "Window")]
    pub component: Option<String>,

    /// The window: a time (90d, 12w) or a number of judged releases (20)
    #[arg(
        long,
        value_name = "SPAN",
        env = "RELCONF_LAST",
        hide_env = true,
        conflicts_with_all = ["since", "until"],
        help_heading = "Window"
    )]
    pub last: Option<String>,

    /// The window's start, inclusive
    #[arg(long, value_name = "TIME", env = "RELCONF_SINCE", hide_env = true, help_heading = "Window")]
    pub since: Option<String>,

    /// The window's end, exclusive
    #[arg(long, value_name = "TIME", env = "RELCONF_UNTIL", hide_env = true, help_heading = "Window")]
    pub until: Option<String>,

    /// The moment to stand at: nothing after it is known yet [default: now]
    #[arg(long, value_name = "TIME", env = "RELCONF_AS_OF", hide_env = true, help_heading = "Window")]
    pub as_of: Option<String>,

    /// The variables that gave a value, filled in after parsing.
    #[arg(skip)]
    pub from_environment: Vec<&'static str>,
}

/// Where the output goes, and in what form.
#[derive(Clone, Debug, Default, Args)]
pub struct Output {
    /// terminal or json; a review also markdown and html, a plan markdown, the gate markdown, github and junit; with =PATH
    /// to write a file (repeatable)
    #[arg(long, value_name = "NAME[=PATH]", env = "RELCONF_FORMAT", hide_env = true, help_heading = "Output")]
    pub format: Vec<String>,

    /// The file of the one format that names none
    #[arg(long, short, value_name = "PATH", env = "RELCONF_OUTPUT", hide_env = true, help_heading = "Output")]
    pub output: Option<PathBuf>,
}

/// `relconf review`.
#[derive(Debug, Args)]
pub struct ReviewArgs {
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
    /// Strengthen weak signals, remove theater, let risky changes earn more
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

/// `relconf gate`.
#[derive(Debug, Args)]
pub struct GateArgs {
    /// What to compare with: a file of `relconf baseline write` [default: the window before]
    #[arg(long, value_name = "FILE", env = "RELCONF_BASELINE", hide_env = true)]
    pub baseline: Option<PathBuf>,

    /// Judge although tags of the baseline were moved or deleted since
    #[arg(long, requires = "baseline")]
    pub accept_moved: bool,

    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub output: Output,
}

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
        #[arg(default_value = "relconf-baseline.json")]
        file: PathBuf,
        #[command(flatten)]
        input: Box<Input>,
    },
    /// Show what a baseline holds
    Show {
        /// The file
        #[arg(default_value = "relconf-baseline.json")]
        file: PathBuf,
    },
}

/// `relconf list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// What to list
    pub what: ListWhat,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub output: Output,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ListWhat {
    /// Every release: outcome, what it ships, who released it
    Releases,
    /// Every incident: where it was attributed and by which rule
    Incidents,
    /// Who carried the window's releases, by role
    People,
    /// Checks and rituals: what each caught and missed, and whether it tells anything
    Checks,
    /// Tags that are no releases, and why
    Tags,
}

/// `relconf explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A metric's id, a finding's code, a tag or an incident's id; without one, metrics and findings are listed
    pub subject: Option<String>,
    #[command(flatten)]
    pub input: Input,
}

/// `relconf demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Which example history
    #[arg(default_value = "quickstart")]
    pub example: String,

    /// Build it in this new folder and keep it
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,

    #[command(flatten)]
    pub output: Output,
}

/// `relconf config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Print each value with its origin (the only thing this command does; the flag is optional)
    #[arg(long)]
    pub show: bool,
    #[command(flatten)]
    pub input: Input,
}

/// `relconf generate`.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    #[command(subcommand)]
    pub what: Generate,
}

/// What can be generated.
#[derive(Debug, Subcommand)]
pub enum Generate {
    /// Completions for a shell, such as `relconf generate completions bash`
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The manual page of relconf, or of one command
    Man {
        /// The command; without it, relconf's own page
        command: Option<String>,
    },
    /// The template of a report, to be changed and given to `relconf review --template`
    Template {
        /// Of which report
        of: TemplateOf,
    },
    /// The JSON Schema of a file that relconf writes
    Schema {
        /// Which
        #[arg(value_enum, default_value_t = SchemaOf::Review)]
        of: SchemaOf,
    },
}

/// What has a template.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum TemplateOf {
    /// `relconf review --format markdown`
    Markdown,
    /// `relconf review --format html`
    Html,
}

/// What has a JSON Schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SchemaOf {
    /// `relconf review --format json`
    Review,
    /// `relconf gate --format json`
    Gate,
    /// `relconf baseline write`
    Baseline,
}

impl Command {
    /// The input flags of the command, where it has any.
    pub fn input_mut(&mut self) -> Option<&mut Input> {
        match self {
            Self::Review(args) => Some(&mut args.input),
            Self::Map(args) => Some(&mut args.input),
            Self::Plan(args) => Some(&mut args.input),
            Self::Gate(args) => Some(&mut args.input),
            Self::Baseline(args) => match &mut args.what {
                BaselineWhat::Write { input, .. } => Some(input),
                BaselineWhat::Show { .. } => None,
            },
            Self::List(args) => Some(&mut args.input),
            Self::Explain(args) => Some(&mut args.input),
            Self::Config(args) => Some(&mut args.input),
            Self::Demo(_) | Self::Generate(_) => None,
        }
    }
}
