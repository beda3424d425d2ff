//! Commands for many repositories at once.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ExportFormat, Output};
use crate::error::Error;

/// `relconf fleet`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct FleetArgs {
    #[command(subcommand)]
    pub what: Option<FleetWhat>,
    #[command(flatten)]
    pub run: Box<FleetRun>,
}

/// What else a fleet is asked.
#[derive(Debug, Subcommand)]
pub enum FleetWhat {
    /// Has some repository regressed, beyond what chance does among so many? Exit 0 no, 1 yes
    Gate(Box<FleetRun>),
}

/// Which repositories, and how they are read.
#[derive(Debug, Args)]
pub struct FleetRun {
    /// A folder with repositories in it (three folders deep), or - for a list on standard input
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,

    /// The repositories: fleet.toml, or lines of name, path and team with tabs between
    #[arg(long, value_name = "FILE", env = "RELCONF_LIST", hide_env = true, help_heading = "Input")]
    pub list: Option<PathBuf>,

    /// Only repositories of this team (repeatable)
    #[arg(long, value_name = "TEAM", help_heading = "Input")]
    pub team: Vec<String>,

    /// Only repositories of such names, as in payments-*
    #[arg(long = "match", value_name = "GLOB", help_heading = "Input")]
    pub matching: Option<String>,

    /// The organisation's incident logs, beside those of fleet.toml: an entry goes to the repository that it names, by
    /// repository, service or commit, never to all
    #[arg(long, value_name = "FILE", num_args = 1.., value_delimiter = None, help_heading = "Input")]
    pub incidents: Vec<PathBuf>,

    /// The configuration of every repository that has none of its own
    #[arg(long, value_name = "FILE", env = "RELCONF_CONFIG", hide_env = true, help_heading = "Input")]
    pub config: Option<PathBuf>,

    /// The zone of times in the logs that have none, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", env = "RELCONF_ASSUME_TZ", hide_env = true, help_heading = "Input")]
    pub assume_tz: Option<String>,

    /// Read everything anew, and keep nothing of it for the next run
    #[arg(long, help_heading = "Input")]
    pub no_cache: bool,

    /// The one window of all repositories: 365d, 26w, 1y [default: 365d]
    #[arg(long, value_name = "SPAN", env = "RELCONF_LAST", hide_env = true, help_heading = "Window")]
    pub last: Option<String>,

    /// The moment to stand at: nothing after it is known yet [default: now]
    #[arg(long, value_name = "TIME", env = "RELCONF_AS_OF", hide_env = true, help_heading = "Window")]
    pub as_of: Option<String>,

    /// Repositories read at once [default: as many as there are processors]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024), help_heading = "Run")]
    pub jobs: Option<u32>,

    /// How long one repository may take, or none
    #[arg(long, value_name = "TIME", default_value = "120s", help_heading = "Run")]
    pub timeout: String,

    /// How many repositories may be unread, or their gates not asked, before it ends in 2: a share (5%) or a number (3)
    #[arg(long, value_name = "HOW MANY", default_value = "5%", help_heading = "Run")]
    pub allow_unread: String,

    /// Show how far it is, even where stderr is no terminal
    #[arg(long, help_heading = "Run")]
    pub progress: bool,

    /// Write the tables of all repositories into this folder, as `relconf export` does for one, and what was counted beside them
    #[arg(long, value_name = "DIR", help_heading = "Tables")]
    pub export: Option<PathBuf>,

    /// Read only what failed or has changed since it was counted in the folder of --export; goes on with a run that was ended
    #[arg(long, requires = "export", help_heading = "Tables")]
    pub resume: bool,

    /// As what the tables are written
    #[arg(long, value_name = "NAME", value_enum, requires = "export", help_heading = "Tables")]
    pub export_format: Option<ExportFormat>,

    /// A file with a secret: people have the same id in all repositories [default: a number in each]
    #[arg(long, value_name = "FILE", env = "RELCONF_PERSON_KEY", hide_env = true, help_heading = "Tables")]
    pub person_key: Option<PathBuf>,

    #[command(flatten)]
    pub output: Output,
}

impl FleetRun {
    /// Passes over what a variable says that was set for another command, and does not fit this one.
    ///
    /// # Errors
    /// What was typed does not fit.
    pub fn settle(&mut self, from_environment: impl Fn(&str) -> bool) -> Result<(), Error> {
        if let (Some(folder), Some(list)) = (&self.folder, &self.list) {
            if !from_environment("list") {
                let (folder, list) = (folder.display(), list.display());
                return Err(Error::usage(format!("{folder} and --list {list} are both named"), "name one of them"));
            }
            self.list = None;
        }
        // A number of releases is the window of one repository.
        if from_environment("last")
            && self.last.as_ref().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()))
        {
            self.last = None;
        }
        if self.person_key.is_some() && self.export.is_none() {
            if !from_environment("person_key") {
                let help = "write them with --export DIR, or leave it out";
                return Err(Error::usage("--person-key is for the tables, and none are written", help));
            }
            self.person_key = None;
        }
        Ok(())
    }
}
