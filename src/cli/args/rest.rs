//! The other commands: examples, settings, what is kept, what is generated.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Input, Output};
use crate::export::BUCKETS;

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

/// `relconf export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The folder to write to: TABLE/as_of=DATE/bucket=NN/part-SLICE; or - for NDJSON on stdout
    #[arg(long, short, value_name = "DIR", help_heading = "Output")]
    pub output: PathBuf,

    /// How the tables are written [default: parquet where it is built in, ndjson to stdout]
    #[arg(long, value_name = "NAME", value_enum, help_heading = "Output")]
    pub format: Option<ExportFormat>,

    /// The repository's stable name, the key of every row [default: [project] name, else its origin's or its folder's name]
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    pub repo_id: Option<String>,

    /// A file with a secret: people have the same id in all repositories exported with it [default: a number in each]
    #[arg(long, value_name = "FILE", env = "RELCONF_PERSON_KEY", hide_env = true, help_heading = "Output")]
    pub person_key: Option<PathBuf>,

    /// Write people's names, too
    #[arg(long, help_heading = "Output")]
    pub names: bool,

    /// Over how many folders repositories are spread
    #[arg(
        long,
        value_name = "N",
        default_value_t = BUCKETS,
        value_parser = clap::value_parser!(u32).range(1..=10_000),
        help_heading = "Output"
    )]
    pub buckets: u32,

    /// What tells this run's files from those of others [default: the repository's name]
    #[arg(long, value_name = "NAME", value_parser = slice, help_heading = "Output")]
    pub slice: Option<String>,

    #[command(flatten)]
    pub input: Input,
}

/// In what form tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Apache Parquet
    Parquet,
    /// One JSON object a line
    Ndjson,
}

/// A part of a file's name.
fn slice(text: &str) -> Result<String, String> {
    let fine = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if fine { Ok(text.to_owned()) } else { Err("only letters, digits, - and _ go into a file's name".to_owned()) }
}

/// `relconf demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Which example history, or fleet: twenty repositories with the log of their organisation
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
    /// Every kind of control that is read, and of which stage it is
    Controls,
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
    /// Every table of an export, with its columns
    Tables,
}

/// What has a JSON Schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SchemaOf {
    /// `relconf review --format json`
    Review,
    /// `relconf trend --format json`
    Trend,
    /// `relconf controls --format json`
    Controls,
    /// `relconf gate --format json`
    Gate,
    /// `relconf preflight --format json`
    Preflight,
    /// `relconf fleet --format json`
    Fleet,
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
    /// The tables of `relconf export`
    Export,
}
