//! What was typed. What it means is decided in [`super::settings`].

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

use super::given::Given;
use crate::model::{Incident, ReleaseEntry, StageId, Word};
use crate::render::terminal::SECTIONS;

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
    #[arg(long, conflicts_with = "repo", help_heading = "Input")]
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
    #[arg(
        long,
        value_name = "SPAN",
        env = "RELCONF_LAST",
        hide_env = true,
        conflicts_with_all = ["since", "until"],
        help_heading = "Window"
    )]
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

    /// The variables that gave a value, filled in after parsing.
    #[arg(skip)]
    pub from_environment: Vec<&'static str>,
}

/// Where the output goes, and in what form.
#[derive(Clone, Debug, Default, Args)]
pub struct Output {
    /// How the output is written; with =PATH to a file (repeatable)
    #[arg(long, value_name = "NAME[=PATH]", env = "RELCONF_FORMAT", hide_env = true, help_heading = "Output")]
    pub format: Vec<String>,

    /// The file of the one format that names none; without --format its ending chooses: .html, .md, .json, .xml, .txt
    #[arg(long, short, value_name = "PATH", env = "RELCONF_OUTPUT", hide_env = true, help_heading = "Output")]
    pub output: Option<PathBuf>,
}

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
    #[arg(long, value_name = "FILE", conflicts_with = "by")]
    pub against: Vec<PathBuf>,
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

/// `relconf gate`.
#[derive(Debug, Args)]
pub struct GateArgs {
    /// What to compare with: a file of `relconf baseline write` [default: the window before]
    #[arg(long, value_name = "FILE", env = "RELCONF_BASELINE", hide_env = true)]
    pub baseline: Option<PathBuf>,

    /// The commit whose settings, baseline and log entries decide, such as origin/main: what a change says of them does not
    /// judge that change
    #[arg(long, value_name = "REF", env = "RELCONF_POLICY_FROM", hide_env = true, conflicts_with_all = ["config", "no_git"])]
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
    #[arg(long, value_name = "REF", env = "RELCONF_POLICY_FROM", hide_env = true, conflicts_with_all = ["config", "no_git"])]
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

/// `relconf cache`.
#[derive(Debug, Args)]
pub struct CacheArgs {
    #[command(subcommand)]
    pub what: CacheWhat,
}

/// What to do with what is kept.
#[derive(Debug, Subcommand)]
pub enum CacheWhat {
    /// Show where it lies, how much it is, and what it knows of this repository
    Show {
        /// The repository, or any folder in it
        #[arg(long, value_name = "DIR", env = "RELCONF_REPO", hide_env = true)]
        repo: Option<PathBuf>,
    },
    /// Remove it, of all repositories
    Clear,
}

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

fn stages() -> clap::builder::PossibleValuesParser {
    StageId::WORDS.iter().map(|(word, _)| *word).collect::<Vec<_>>().into()
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

/// `relconf demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Which example history
    #[arg(default_value = "quickstart")]
    pub example: String,

    /// Build it in this new folder and keep it
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,

    /// Every section, not only what fits a screen
    #[arg(long)]
    pub full: bool,

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
    /// A mapping that comes with relconf, to be changed in relconf.toml: jira, servicenow, datadog, …
    Mapping {
        /// Which; see `relconf import --formats`
        name: String,
    },
    /// The parts of the documents that relconf knows itself, as Markdown
    Docs {
        /// Which part; without it, all
        #[arg(value_enum)]
        of: Option<DocsOf>,
    },
    /// The JSON Schema of a file that relconf reads or writes, for scripts and editors
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
    /// `relconf review --format markdown-brief`
    MarkdownBrief,
    /// `relconf review --format html`
    Html,
}

/// What is documented out of its registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DocsOf {
    /// Every command, and what it is for
    Commands,
    /// Every metric: definition, unit, what the gate allows, source
    Metrics,
    /// Every finding: when it fires, its stage, plan and owner
    Findings,
    /// Every threshold of findings and of the map
    Thresholds,
    /// Every setting of `relconf.toml` with its default
    Settings,
    /// Every field of an incident
    Incidents,
    /// Every field of a release
    Releases,
    /// Every field of a milestone
    Milestones,
    /// Every format of `relconf import`, and how to get it
    Formats,
    /// Every notice, and what it means to the gate
    Notices,
}

/// What has a JSON Schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SchemaOf {
    /// `relconf review --format json`
    Review,
    /// `relconf trend --format json`
    Trend,
    /// `relconf gate --format json`
    Gate,
    /// `relconf preflight --format json`
    Preflight,
    /// `relconf baseline write`
    Baseline,
    /// `relconf validate --format json`
    Validation,
    /// The incident log (release entries may stand in it too)
    Incidents,
    /// The release log (incidents may stand in it too)
    Releases,
    /// `relconf.toml`
    Config,
}

impl Command {
    /// The input flags of the command, where it has any.
    pub fn input_mut(&mut self) -> Option<&mut Input> {
        match self {
            Self::Review(args) => Some(&mut args.input),
            Self::Map(args) => Some(&mut args.input),
            Self::Plan(args) => Some(&mut args.input),
            Self::Trend(args) => Some(&mut args.input),
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
            Self::Config(args) => Some(&mut args.input),
            Self::Demo(_) | Self::Generate(_) | Self::Cache(_) => None,
        }
    }
}
