//! `relconf init`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::attribution::Facts;
use crate::cli::args::InitArgs;
use crate::cli::exit::Exit;
use crate::cli::file;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::document::{toml_text, toml_texts};
use crate::model::Moment;
use crate::render::encode;
use crate::render::terminal::{reason, suspicion};
use crate::review::contract::{ReleaseReport, Review};

/// The first incident log. Under its own name it would be read, and say that nothing has failed.
const PROPOSAL: &str = "incidents.proposed.toml";
/// Proposed entries in the first incident log.
const PROPOSED: usize = 20;
/// Files by which a CI is known.
const CI: [(&str, &str); 4] = [
    (".github/workflows", "examples/ci/github.yml"),
    (".gitlab-ci.yml", "examples/ci/gitlab.yml"),
    ("Jenkinsfile", "examples/ci/Jenkinsfile"),
    (".circleci", "examples/ci/gate.sh"),
];

pub(super) fn run(args: &InitArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let settings = Settings::resolve(&args.input)?;
    let history = terminal.working("reading the history", || settings.read_history())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let review = Review::of(&facts);
    let root = settings.sources.root.clone().unwrap_or_default();
    let ci = CI.iter().find(|(file, _)| root.join(file).exists()).map(|(_, example)| *example);
    let files = [("relconf.toml", config(&review, ci)), (PROPOSAL, incidents(&review))];
    let mut wrote = false;
    for (name, text) in files {
        let file = root.join(name);
        if args.dry_run {
            terminal.data(&format!("# {name}\n\n{text}\n"))?;
        } else if taken(&file, &root, &settings, name) {
            terminal.note(&format!("{name} is not written: it, or what it is for, is there already"));
        } else {
            file::write(&file, &text)?;
            terminal.note(&format!("wrote {}", encode::terminal(&file.display().to_string())));
            wrote = true;
        }
    }
    if wrote {
        terminal
            .note("read them; rename incidents.proposed.toml to incidents.toml once it is true; then: relconf review");
    }
    Ok(Exit::Done)
}

/// Whether a file, or another one in its place, is there.
fn taken(file: &Path, root: &Path, settings: &Settings, name: &str) -> bool {
    let others: &[&str] = match name {
        "relconf.toml" => &[".relconf.toml", ".config/relconf.toml"],
        _ => &["incidents.toml", "incidents.json", "incidents"],
    };
    let configured = name == PROPOSAL && !settings.sources.incidents.is_empty();
    file.symlink_metadata().is_ok() || configured || others.iter().any(|other| root.join(other).exists())
}

fn config(review: &Review, ci: Option<&str>) -> String {
    let mut text = "# What relconf holds to be a release, a failure, and too much. Everything is optional:\n\
                    # relconf config --show --verbose says what each setting does.\n\n[releases]\n"
        .to_owned();
    let tags = &review.data.tags;
    text.push_str(&format!(
        "# {} of {} tags read as versions and are releases. Others can be named:\n# tags = [\"v*\"]\n",
        tags.matched, tags.total
    ));
    let mut reasons: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for skipped in &tags.skipped {
        reasons.entry(&skipped.reason).or_insert((0, skipped.tag.raw())).0 += 1;
    }
    for (reason, (count, example)) in reasons {
        text.push_str(&format!("# skipped {count}: {reason}, such as {}\n", comment(example)));
    }
    text.push_str("# timezone = \"Europe/Berlin\"   # weekdays and hours; default: as recorded with each tag\n");
    text.push_str("# maturity = \"7d\"              # a younger release is not judged yet\n");
    let names: Vec<&str> = review.scope.components.iter().map(crate::model::Untrusted::raw).collect();
    if names.len() > 1 || !review.scope.others.is_empty() {
        let others = review.scope.others.iter().map(|other| other.name.raw());
        let all: Vec<&str> = names.iter().copied().chain(others).take(12).collect();
        text.push_str(&format!(
            "\n# Components, by what precedes the version: {}.\n# Tags of several can be joined:\n# [components]\n# engine = [\"v*\", \"engine-v*\"]\n",
            all.iter().map(|name| comment(name)).collect::<Vec<_>>().join(", ")
        ));
    }
    text.push_str("\n[failure]\n# horizon = \"30d\"              # a later failure is listed, not counted\n# severities = [\"sev1\", \"sev2\"]  # default: all\n");
    text.push_str("\n[people]\n");
    let releasers = review.people.get(&crate::review::contract::Role::Releaser).map_or(&[][..], Vec::as_slice);
    let shown: Vec<_> = releasers.iter().take(6).map(|who| comment(who.person.raw())).collect();
    if shown.is_empty() {
        text.push_str("# Nobody is known to have released in this window.\n");
    } else {
        text.push_str(&format!("# Released in this window: {}.\n", shown.join(", ")));
    }
    text.push_str("# Accounts that are no people:\n# bots = [\"release-bot\"]\n# aliases = { \"Ana Costa\" = [\"ana\", \"ana@old.example\"] }   # .mailmap is read too\n");
    text.push_str("\n[checks]\n# What every release must have passed, once it is recorded (in the release log, or as a line Check: canary=pass in the tag):\n# required = [\"canary\"]\n");
    text.push_str("\n# Changes that deserve more:\n# [risk.migrations]\n# paths = [\"migrations/*\"]\n# requires = [\"canary\"]\n");
    text.push_str("\n[gate]\n# The CI step: relconf gate. Its defaults are good; limits are a table for each metric:\n# [gate.change_failure_rate]\n# max_increase = 0.10\n");
    if let Some(example) = ci {
        text.push_str(&format!("# An example for the CI that is used here: {example} in relconf's repository.\n"));
    }
    text
}

fn incidents(review: &Review) -> String {
    let mut text = "# What really failed. id and title are required, and detected_at or started_at; all else makes more visible.\n\
                    # Rename this file to incidents.toml once it says what is true: until then it is not read.\n\
                    # relconf record incident appends one; relconf validate checks them.\n\nschema = 1\n"
        .to_owned();
    let failed: Vec<&ReleaseReport> =
        review.releases.iter().rev().filter(|release| release.failures.iter().any(|f| f.signal.inferred())).collect();
    if failed.is_empty() {
        text.push_str(
            "\n# [[incident]]\n# id = \"INC-1\"\n# title = \"Checkout answers 500\"\n# started_at = 2024-05-01T09:58:00Z\n\
             # detected_at = 2024-05-01T10:04:00Z\n# resolved_at = 2024-05-01T11:00:00Z\n# detected_by = \"alert\"\n\
             # caused_by = { release = \"v1.2.3\" }\n",
        );
        return text;
    }
    text.push_str(&format!(
        "\n# Proposed: git says that these releases may have failed ({} in all, the newest first). Take the # away from what is\n\
         # true, add when it was noticed and resolved, and delete the rest. With an incident log, nothing is guessed any more.\n",
        failed.len()
    ));
    for (number, release) in failed.iter().take(PROPOSED).enumerate() {
        let Some(failure) = release.failures.iter().find(|failure| failure.signal.inferred()) else { continue };
        let why = reason(failure, &review.incidents);
        let tag = release.tag.raw();
        let lines = [
            "[[incident]]".to_owned(),
            format!("id = \"INC-{}\"", number + 1),
            format!("title = {}   # {why}", toml_text(&format!("What was wrong with {tag}?"))),
            format!("detected_at = {}", day(failure.surfaced_at.unwrap_or(release.released_at))),
            format!("caused_by = {{ release = {} }}", toml_text(tag)),
            format!("responders = {}", toml_texts(release.people.releaser.iter().map(crate::model::Untrusted::raw))),
        ];
        text.push('\n');
        for line in lines {
            text.push_str(&format!("# {line}\n"));
        }
    }
    let suspects = &review.data.suspects;
    if !suspects.is_empty() {
        text.push_str(&format!(
            "\n# Suspects: too unsure to count ({} in all, the newest first). Did one of them fail?\n",
            suspects.len()
        ));
    }
    for suspect in suspects.iter().rev().take(PROPOSED) {
        text.push_str(&format!("# {}: {}\n", comment(suspect.tag.raw()), suspicion(suspect)));
    }
    text
}

/// Text from outside in a comment: on one line, and visible.
fn comment(text: &str) -> String {
    encode::terminal(text)
}

/// A bare date: the hour is not known.
fn day(at: Moment) -> String {
    at.format("%Y-%m-%d").to_string()
}
