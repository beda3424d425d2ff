//! How the help reads: commands by what they are for, each with the formats that it has.

use clap::CommandFactory;

use super::args::Cli;
use crate::render::fleet::{FLEET_FORMATS, FLEET_GATE_FORMATS};
use crate::render::gate::GATE_FORMATS;
use crate::render::list::LIST_FORMATS;
use crate::render::map::MAP_FORMATS;
use crate::render::plan::PLAN_FORMATS;
use crate::render::preflight::PREFLIGHT_FORMATS;
use crate::render::validation::VALIDATION_FORMATS;
use crate::render::{CONTROLS_FORMATS, FORMATS, Format, TREND_FORMATS};

/// Where to begin, and how a run ends.
const AFTER: &str = "\
Start here:
  relconf demo       a small realistic history, reviewed
  relconf review     this repository

Exit codes: 0 done, gate passed; 1 gate: regressed, preflight --gate: not ready; 2 could not do it (usage, config, input, repository);
3 gate: inconclusive, where on_inconclusive = \"fail\".";

/// The commands by what they are for, as the help lists them.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Look", &["review", "map", "plan", "trend", "controls", "explain", "list"]),
    ("Ship", &["preflight", "gate", "baseline"]),
    ("Feed", &["init", "record", "import", "validate"]),
    ("Many", &["fleet", "export"]),
    ("Else", &["demo", "config", "cache", "generate"]),
];

/// Every command, in the order of the help.
pub fn in_order() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|(_, names)| names.iter().copied())
}

/// The commands that have formats, each with their names.
fn formats() -> [(&'static str, Vec<&'static str>); 11] {
    fn names<T>(formats: &[Format<T>]) -> Vec<&'static str> {
        formats.iter().map(|format| format.name).collect()
    }
    [
        ("review", names(FORMATS)),
        ("demo", names(FORMATS)),
        ("map", names(MAP_FORMATS)),
        ("plan", names(PLAN_FORMATS)),
        ("trend", names(TREND_FORMATS)),
        ("controls", names(CONTROLS_FORMATS)),
        ("list", names(LIST_FORMATS)),
        ("preflight", names(PREFLIGHT_FORMATS)),
        ("gate", names(GATE_FORMATS)),
        ("validate", names(VALIDATION_FORMATS)),
        ("fleet", names(FLEET_FORMATS)),
    ]
}

/// Whether some command has a format of this name.
pub fn is_a_format(name: &str) -> bool {
    formats().iter().any(|(_, names)| names.contains(&name))
        || FLEET_GATE_FORMATS.iter().any(|format| format.name == name)
}

/// The command line, its help grouped, with the formats that each command has.
pub fn command() -> clap::Command {
    let mut command = Cli::command();
    for (name, formats) in formats() {
        let help = format!("{}; with =PATH to write a file (repeatable)", formats.join(", "));
        command = command.mut_subcommand(name, |command| command.mut_arg("format", |format| format.help(help)));
    }
    command = command.mut_subcommand("fleet", |fleet| {
        let names: Vec<_> = FLEET_GATE_FORMATS.iter().map(|format| format.name).collect();
        let help = format!("{}; with =PATH to write a file (repeatable)", names.join(", "));
        fleet.mut_subcommand("gate", |gate| gate.mut_arg("format", |format| format.help(help)))
    });
    let mut groups = String::new();
    for (title, names) in GROUPS {
        groups.push_str(&format!("{title}:\n"));
        for name in names {
            let about = command.find_subcommand(name).and_then(clap::Command::get_about);
            groups.push_str(&format!("  {name:<10} {}\n", about.map_or_else(String::new, ToString::to_string)));
        }
        groups.push('\n');
    }
    let options = "Options:\n{options}{after-help}";
    command
        .after_help(AFTER)
        .help_template(format!("{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}{options}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_command_stands_in_one_group() {
        let grouped: Vec<&str> = in_order().collect();
        let command = Cli::command();
        let known: BTreeSet<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(grouped.len(), known.len());
        assert_eq!(grouped.into_iter().collect::<BTreeSet<_>>(), known);
    }
}
