// What settings say is printed on terminals too, where a link in angle brackets would look odd.
#![allow(rustdoc::bare_urls)]

use std::path::PathBuf;

use super::findings::{Advice, Extras, Risk};
use super::gate::Gate;
use super::import::Imports;
use super::kinds::{
    Assumed, Between, Chances, Day, Duration, FeltWords, Globs, Groups, Kind, Limit, Link, Name, Patterns, People,
    Project, Recovery, Several, Share, Signals, Soon, Window, Word, Zoned,
};
use super::{Origin, Row, Sections, Sourced};
use crate::document::Document;
use crate::model::{Moment, Policy};

/// Makes of a list of settings: [`Config`], how it is read, the policy, and the rows of `relconf config --show`.
///
/// The name of a setting in `policy` is that of its field in [`Policy`], which also has its default.
macro_rules! settings {
    (
        policy { $($name:ident: $kind:ident, $key:literal, $docs:literal;)* }
        sources { $($other:ident: $other_kind:ident, $other_key:literal, $other_docs:literal;)* }
    ) => {
        /// Every setting and where its value came from. Flags and the environment are laid over a file's with
        /// [`Sourced::set`].
        #[derive(Clone, Debug, PartialEq)]
        pub struct Config {
            pub(super) root: PathBuf,
            $(#[doc = $docs] pub $name: Sourced<<$kind as Kind>::Value>,)*
            $(#[doc = $other_docs] pub $other: Sourced<<$other_kind as Kind>::Value>,)*
        }

        impl Config {
            /// The defaults, for a root in which no configuration lies.
            pub fn defaults(root: PathBuf) -> Self {
                let policy = Policy::at(Moment::default());
                Self {
                    root,
                    $($name: Sourced { value: policy.$name, origin: Origin::Default },)*
                    $($other: Sourced { value: Default::default(), origin: Origin::Default },)*
                }
            }

            /// What the settings mean for an analysis that stands at `as_of`.
            pub fn policy(&self, as_of: Moment) -> Policy {
                Policy { $($name: self.$name.value.clone(),)* ..Policy::at(as_of) }
            }

            /// Every setting, in the order of the documentation.
            pub fn rows(&self) -> Vec<Row> {
                vec![
                    $(row::<$kind>($key, &self.$name, $docs),)*
                    $(row::<$other_kind>($other_key, &self.$other, $other_docs),)*
                ]
            }

            pub(super) fn read(&mut self, sections: &mut Sections<'_>, document: &Document) {
                $(read::<$kind>($key, &mut self.$name, sections, document);)*
                $(read::<$other_kind>($other_key, &mut self.$other, sections, document);)*
            }
        }
    };
}

settings! {
    policy {
        project_name: Name, "project.name",
            "What the project is called; by default the last part of its origin's address, else its folder.";
        project: Project, "project.kind",
            "What is released: service, library (withdrawn or patched, never rolled back) or application.";
        tags: Globs, "releases.tags",
            "Globs of release tags, in which * also matches /; without any, tags that read as versions are releases.";
        exclude: Globs, "releases.exclude",
            "Globs of tags that are no releases: the next release ships their commits.";
        maturity: Duration, "releases.maturity",
            "How old a release must be to count as succeeded; younger ones are pending.";
        hotfix_window: Soon, "releases.hotfix_window",
            "How soon after X.Y.0 the first patch is a hotfix: \"scaled\" (a third of the usual gap between releases, at most \
             a week), a duration such as \"72h\", or \"none\": no hotfix is inferred.";
        timezone: Zoned, "releases.timezone",
            "Zone in which weekdays and hours are read; without one, the offset recorded with each tag.";
        working_days: Day, "releases.working_days",
            "Days on which a release is expected.";
        environment: Word, "releases.environment",
            "The environment that counts; log entries that name none count too.";
        components: Groups, "components",
            "Names of components, each with the globs of its tags; without any, what precedes the version names them.";
        attribution_window: Limit, "attribution.window",
            "How long after a release an incident may be attributed to it by time; \"none\": no limit.";
        signals: Signals, "failure.signals",
            "What makes a release failed: incident, rollback, withdrawal, and what git suggests: rule, changelog, said, \
             revert, hotfix, own-lines; by default the first three where an incident log is given, else the others.";
        horizon: Limit, "failure.horizon",
            "How long after a release a failure of it counts; \"none\": no limit.";
        recovery_from: Recovery, "failure.recovery_from",
            "Where recovery is measured from: impact or release.";
        severities: Several, "failure.severities",
            "Severities that count as failures; without any, all.";
        repairs: Globs, "failure.patterns",
            "Globs of tags and of merged branches that only repairs carry, such as \"hotfix/*\": the release before one failed.";
        repair_subjects: Patterns, "failure.subjects",
            "Regular expressions of subjects that only repairs carry, such as \"^fix!:\": the release before one failed.";
        no_failures: Several, "failure.exclude",
            "Tags of releases that git suggests to have failed, and that have not.";
        probabilities: Chances, "failure.p",
            "How often each inferred signal is right, from 0 to 1.";
        aliases: People, "people.aliases",
            "People by the name to show, each with the names, e-mails or handles that are theirs too.";
        bots: Several, "people.bots",
            "Names, e-mails or accounts of bots, beside the well-known ones.";
        humans: Several, "people.humans",
            "Names, e-mails or accounts of people that read like a bot's.";
        required_checks: Several, "checks.required",
            "Checks that every release must have.";
        rituals: Several, "checks.rituals",
            "Checks that are rituals: done, but not evidence by design.";
        felt_words: FeltWords, "felt.words",
            "What words of confidence stand for, from 0 to 1, as in felt = [{ by = \"ana\", confidence = \"sure\" }] of a release log.";
        ignored_controls: Globs, "controls.ignore",
            "Globs of files that declare nothing that holds here, such as \".github/workflows/old-*\".";
        extra_controls: Extras, "controls.extra",
            "Controls that no reader knows: { stage = \"recovery\", name = \"traffic switch\", path = \"ops/switch.sh\" }; each counts \
             for the releases that have its file.";
        risk: Risk, "risk",
            "Classes of risky change, each with the globs of its paths and the checks that it requires.";
        findings: Advice, "findings",
            "Thresholds of findings and of the map, and findings to be silent about, each with a reason and a date.";
        window: Window, "window.last",
            "Which releases are reviewed: those of the last \"90d\", or the last 20; by default the shortest of 90, 180 and \
             365 days that holds 20.";
        commit_link: Link, "links.commit",
            "Where a commit can be looked at: \"https://forge.example/shop/commit/{}\"; by default, as for tag and compare, \
             what follows from an origin at GitHub, GitLab, Gitea or Bitbucket, else no link.";
        tag_link: Link, "links.tag",
            "Where a tag can be looked at: an https address with {} for the tag.";
        compare_link: Between, "links.compare",
            "Where two tags can be compared: an https address with {} twice, the older one first.";
        incident_link: Link, "links.incident",
            "Where an incident can be looked at: an https address with {} for its id; by default its own url, where that is \
             https.";
    }
    sources {
        gate: Gate, "gate",
            "What the gate holds you to; by default a change failure rate of at most 10 points more than before, 15 points for \
             special handling and person dependence, and 1.5 times as long to detect, stop and recover.";
        max_chance: Share, "preflight.max_chance",
            "The highest chance of failure at which relconf preflight --gate passes, from 0 to 1; without one, any.";
        imports: Imports, "import",
            "Foreign exports by name, each with the paths of its fields: relconf import NAME FILE.";
        incidents: Several, "sources.incidents",
            "Incident logs: files, folders or globs; by default incidents.toml, incidents.json, incidents/ and .relconf/.";
        log: Several, "sources.log",
            "Release logs: files, folders or globs; by default releases.toml and releases.json.";
        forge: Several, "controls.forge",
            "Exports of what the forge alone knows (rules of branches, environments), as relconf controls names them.";
        assume_tz: Assumed, "sources.assume_tz",
            "Zone or offset of times in logs that have none; by default releases.timezone.";
    }
}

fn row<K: Kind>(key: &'static str, setting: &Sourced<K::Value>, docs: &'static str) -> Row {
    Row { key, value: K::write(&setting.value), origin: setting.origin.clone(), docs, schema: K::schema }
}

fn read<K: Kind>(key: &'static str, setting: &mut Sourced<K::Value>, sections: &mut Sections<'_>, document: &Document) {
    if let Some(field) = sections.take(key)
        && let Some(value) = K::read(field)
    {
        let (line, _) = document.position(field.at());
        setting.set(value, Origin::File { file: document.file.clone(), line });
    }
}
