//! `relconf demo fleet`: twenty small repositories with the incident log of their organisation, nine of them broken, each in a way of
//! its own. The same every time.

use std::fs;
use std::io;
use std::path::Path;

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use crate::error::Error;
use crate::model::CommitId;
use crate::source::git::Script;

/// The moment at which the fleet's story is told.
pub const AS_OF: &str = "2026-06-30T12:00:00Z";

/// What is wrong with a repository.
#[derive(Clone, Copy, PartialEq)]
enum Broken {
    Pack,
    Gone,
    Untagged,
    Blank,
    Shallow,
    Settings,
    Refs,
    Log,
    Filtered,
}

/// A repository of the fleet.
struct Member {
    name: &'static str,
    team: &'static str,
    /// Services whose incidents are its own.
    services: &'static [&'static str],
    /// Releases.
    releases: i64,
    /// Every so many releases one fails.
    fails: i64,
    /// A mirror: a bare clone.
    bare: bool,
    broken: Option<(Broken, &'static str)>,
}

const fn sound(
    name: &'static str,
    team: &'static str,
    services: &'static [&'static str],
    releases: i64,
    fails: i64,
) -> Member {
    Member { name, team, services, releases, fails, bare: false, broken: None }
}

const fn broken(name: &'static str, team: &'static str, broken: Broken, how: &'static str) -> Member {
    Member { name, team, services: &[], releases: 8, fails: 0, bare: false, broken: Some((broken, how)) }
}

const MEMBERS: [Member; 20] = [
    sound("payments-api", "payments", &["payments", "checkout"], 34, 5),
    sound("ledger", "payments", &["ledger"], 22, 7),
    sound("checkout-web", "web", &["shop-front"], 40, 4),
    sound("catalog", "web", &["catalog"], 30, 9),
    sound("search", "web", &["search"], 26, 6),
    sound("accounts", "identity", &["login"], 18, 8),
    sound("notifications", "identity", &["mail"], 28, 14),
    Member { bare: true, ..sound("gateway", "platform", &["gateway"], 24, 6) },
    Member { bare: true, ..sound("pricing", "payments", &["prices"], 20, 11) },
    sound("shipping", "logistics", &["shipping"], 32, 8),
    sound("reports", "logistics", &["reports"], 12, 13),
    broken("legacy-billing", "payments", Broken::Pack, "a pack that is none: the disk was full when it was copied"),
    broken("retired", "web", Broken::Gone, "listed, and there is no such folder"),
    broken("sandbox", "web", Broken::Untagged, "commits and no tag: there is no release"),
    broken("blank", "identity", Broken::Blank, "no commit at all"),
    broken("cut-off", "platform", Broken::Shallow, "a shallow clone: early releases are missing"),
    broken("misspelt", "platform", Broken::Settings, "a relconf.toml with a section that there is not"),
    broken("torn", "logistics", Broken::Refs, "a packed-refs with a line that is none"),
    broken("half-written", "logistics", Broken::Log, "an incident log that is no TOML"),
    Member {
        bare: true,
        ..broken("filtered", "payments", Broken::Filtered, "a partial clone that lacks its incident log")
    },
];

const PEOPLE: [(&str, &str); 8] = [
    ("ana", "Ana Costa"),
    ("bo", "Bo Lind"),
    ("chidi", "Chidi Okafor"),
    ("dana", "Dana Kim"),
    ("eli", "Eli Novak"),
    ("fay", "Fay Moreau"),
    ("gita", "Gita Rao"),
    ("hal", "Hal Berg"),
];

const WORK: [&str; 6] = [
    "accept vouchers",
    "honour the timeout",
    "name the states",
    "sort by rating",
    "trim the image",
    "keep the session",
];

/// Builds the fleet in an empty folder, and tells how many repositories it has and how many of them are broken.
///
/// # Errors
/// Something cannot be written.
pub fn build(folder: &Path) -> Result<(usize, usize), Error> {
    let failed = |error: io::Error| {
        Error::io(format!("cannot write {}", folder.display()), "name a new folder, on a disk with room")
            .caused_by(error)
    };
    let mut incidents = Vec::new();
    for (number, member) in (0..).zip(&MEMBERS) {
        let story = Story::of(number, member);
        incidents.extend(story.incidents.clone());
        story.write(&folder.join("repos"), member)?.map_err(failed)?;
    }
    incidents.extend(elsewhere());
    incidents.sort_by_key(|incident| incident["detected_at"].as_str().unwrap_or_default().to_owned());
    for (incident, number) in incidents.iter_mut().zip(1..) {
        incident["id"] = format!("ORG-{number}").into();
    }
    let log = json!({ "schema": 1, "covers_from": "2025-06-01T00:00:00Z", "incident": incidents });
    let text = |value: &Value| serde_json::to_string_pretty(value).map(|text| text + "\n").unwrap_or_default();
    let line = |member: &Member| format!("{}\trepos/{}\t{}\n", member.name, place(member), member.team);
    let list = MEMBERS.iter().map(line).collect::<Vec<_>>().concat();
    let files = [("incidents.json", text(&log)), ("fleet.toml", listed()), ("list.tsv", list), ("README.md", readme())];
    files.iter().try_for_each(|(name, text)| fs::write(folder.join(name), text)).map_err(failed)?;
    Ok((MEMBERS.len(), MEMBERS.iter().filter(|member| member.broken.is_some()).count()))
}

/// The folder of a repository.
fn place(member: &Member) -> String {
    format!("{}{}", member.name, if member.bare { ".git" } else { "" })
}

fn listed() -> String {
    let mut text =
        "schema = 1\nroot = \"repos\"\nincidents = [\"incidents.json\"]\n\n[defaults]\nlast = \"365d\"\n".to_owned();
    for member in &MEMBERS {
        let services: Vec<_> = member.services.iter().map(|service| format!("\"{service}\"")).collect();
        text.push_str(&format!(
            "\n[[repository]]\nname = \"{}\"\npath = \"{}\"\nteam = \"{}\"\nservices = [{}]\n",
            member.name,
            place(member),
            member.team,
            services.join(", ")
        ));
    }
    text
}

fn readme() -> String {
    let mut text = format!(
        "# A fleet to try things on\n\nTwenty small repositories (`repos/`), listed in `fleet.toml` and, name, path and team \
            with tabs between, in `list.tsv`; \
         and `incidents.json`, the one incident log of the whole organisation, whose entries name the repository or the \
             service that they belong to. \
         It stands at {AS_OF}. These are broken:\n\n| repository | how |\n|---|---|\n"
    );
    for member in &MEMBERS {
        if let Some((_, how)) = member.broken {
            text.push_str(&format!("| `{}` | {how} |\n", member.name));
        }
    }
    text
}

/// Entries that belong to no repository of the fleet, or to several.
fn elsewhere() -> [Value; 3] {
    let entry = |title: &str, at: &str, until: &str| json!({ "id": "", "title": title, "severity": "sev2", "started_at": at, "detected_at": at, "resolved_at": until });
    let mut mainframe = entry("The mainframe was late", "2026-02-03T04:00:00Z", "2026-02-03T07:30:00Z");
    mainframe["service"] = "mainframe".into();
    let mut nobody = entry("v1.4.0 answers 500", "2026-03-05T09:10:00Z", "2026-03-05T10:00:00Z");
    nobody["caused_by"] = json!({ "release": "v1.4.0" });
    let mut both = entry("Amounts are rounded twice", "2026-05-12T13:05:00Z", "2026-05-12T16:40:00Z");
    both["repository"] = json!(["payments-api", "ledger"]);
    both["cause_key"] = "rounding".into();
    both["detected_by"] = "customer".into();
    [mainframe, nobody, both]
}

/// What happened in a repository.
struct Story {
    script: String,
    incidents: Vec<Value>,
}

impl Story {
    fn of(number: i64, member: &Member) -> Self {
        let mut script = format!("as-of {AS_OF}\n");
        for (key, name) in PEOPLE {
            script.push_str(&format!("person {key} = {name} <{key}@fleet.example>\n"));
        }
        let mut story = Self { script, incidents: Vec::new() };
        if member.broken.is_some_and(|(how, _)| how == Broken::Blank) {
            return story;
        }
        let releases = member.releases;
        // A year of releases, the last of them three days before the end.
        let end = DateTime::parse_from_rfc3339(AS_OF).unwrap_or_default() - TimeDelta::days(3);
        let step = TimeDelta::minutes(360 * 24 * 60 / releases);
        let mut own = "src/main.rs=\"fn main() {}\\n\"".to_owned();
        if member.bare {
            own.push_str(" relconf.toml=\"[releases]\\nworking_days = ['mon', 'tue', 'wed', 'thu']\\n\" .mailmap=\"Ana Costa <ana@fleet.example>\\n\"");
        }
        if member.broken.is_some_and(|(how, _)| how == Broken::Filtered) {
            own.push_str(&format!(" incidents.toml=\"{}\"", LOG.replace('\n', "\\n")));
        }
        for release in 0..releases {
            let at = end - step * i32::try_from(releases - 1 - release).unwrap_or_default();
            story.release(number, member, release, at, &own);
        }
        story
    }

    fn release(&mut self, number: i64, member: &Member, release: i64, at: DateTime<FixedOffset>, own: &str) {
        let who = |turn: i64| PEOPLE[((number * 3 + turn) % PEOPLE.len() as i64) as usize].0;
        for commit in 0..=(release + number) % 3 {
            let work = WORK[((number + release * 2 + commit) % WORK.len() as i64) as usize];
            let paths =
                if release + commit == 0 { own.to_owned() } else { format!("src/part{}.rs", (release + commit) % 4) };
            let at = at - TimeDelta::hours(30 - commit * 7);
            self.script.push_str(&format!(
                "{} {} commit feat: {work} | {paths}\n",
                at.to_rfc3339(),
                who(release + commit)
            ));
        }
        let untagged = member.broken.is_some_and(|(how, _)| how == Broken::Untagged);
        let patch = member.fails > 0 && release % member.fails == member.fails - 1;
        let tag = format!("v1.{release}.0");
        if !untagged {
            // One of three carries most of them; all that logistics has rests on one.
            let releaser = match member.team {
                "logistics" => "hal",
                _ => who(if release % 3 == 0 { release % 4 } else { 0 }),
            };
            self.script.push_str(&format!("{} {releaser} tag {tag} | Release {tag}\n", at.to_rfc3339()));
        }
        if patch && !untagged {
            self.incidents.push(incident(number, member, release, at, &tag));
        }
    }

    /// Writes the repository.
    fn write(&self, folder: &Path, member: &Member) -> Result<io::Result<()>, Error> {
        let how = member.broken.map(|(how, _)| how);
        if how == Some(Broken::Gone) {
            return Ok(Ok(()));
        }
        let work = folder.join(member.name);
        let written = fs::create_dir_all(&work);
        if written.is_err() {
            return Ok(written);
        }
        let script = Script::parse(&self.script)?;
        // What a filter left out is a file that is taken away.
        if how == Some(Broken::Filtered) { script.write_loose(&work) } else { script.write(&work) }?;
        let git = work.join(".git");
        Ok(how
            .map_or(Ok(()), |how| how.done_to(&work, &git))
            .and_then(|()| if member.bare { bare(&work, &folder.join(place(member))) } else { Ok(()) }))
    }
}

/// An incident of a release, as the organisation writes it down.
fn incident(number: i64, member: &Member, release: i64, at: DateTime<FixedOffset>, tag: &str) -> Value {
    let turn = number + release;
    let after = |minutes: i64| (at + TimeDelta::minutes(minutes)).to_rfc3339();
    let (detected, stopped, restored) = (20 + turn * 13 % 400, 30 + turn * 29 % 500, 90 + turn * 31 % 900);
    let mut incident = json!({
        "id": "",
        "title": format!("{} answers with errors", member.name),
        "severity": (["sev1", "sev2", "sev3"][(turn % 3) as usize]),
        "started_at": after(5),
        "detected_at": after(5 + detected),
        "detected_by": (["alert", "customer", "alert", "person", "test"][(turn % 5) as usize]),
        "cause_key": (["missing-index", "slow-query", "timeout", "rounding"][(turn % 4) as usize]),
        "caused_by": { "release": tag },
        "responders": [PEOPLE[(turn % PEOPLE.len() as i64) as usize].1],
    });
    // Every fourth is still open; of the others half were rolled back.
    if turn % 4 != 0 {
        incident["resolved_at"] = after(5 + detected + stopped.max(restored)).into();
    }
    if turn % 2 == 0 {
        incident["remediation"] = json!({ "type": "rollback", "at": after(5 + detected + stopped) });
    }
    // By its service, where it has one and the turn says so; else by its name.
    match member.services.first().filter(|_| turn % 3 == 0) {
        Some(service) => incident["service"] = (*service).into(),
        None => incident["repository"] = member.name.into(),
    }
    incident
}

/// The incident log that a mirror has and a partial clone lacks.
const LOG: &str = "covers_from = 2025-06-01T00:00:00Z\n";

impl Broken {
    /// Breaks a repository.
    fn done_to(self, work: &Path, git: &Path) -> io::Result<()> {
        match self {
            Self::Pack => {
                let pack = git.join("objects/pack");
                fs::create_dir_all(&pack)?;
                let name = "pack-0123456789abcdef0123456789abcdef01234567";
                fs::write(pack.join(format!("{name}.idx")), "no index")?;
                fs::write(pack.join(format!("{name}.pack")), "PACK and nothing else")
            }
            Self::Shallow => fs::copy(git.join("refs/heads/main"), git.join("shallow")).map(|_| ()),
            Self::Settings => fs::write(work.join("relconf.toml"), "[releses]\nmaturity = \"7d\"\n"),
            Self::Refs => fs::write(git.join("packed-refs"), "this is no ref\n"),
            Self::Log => fs::write(work.join("incidents.toml"), "[[incident]\nid = \"INC-1\"\n"),
            Self::Filtered => {
                let blob = Sha1::digest(format!("blob {}\0{LOG}", LOG.len()));
                let id = CommitId(blob.into()).to_string();
                fs::remove_file(git.join("objects").join(&id[..2]).join(&id[2..]))?;
                let config = fs::read_to_string(git.join("config"))?;
                let remote = "[remote \"origin\"]\n\turl = https://git.example/filtered.git\n\tpromisor = true\n\tpartialclonefilter = blob:none\n";
                fs::write(git.join("config"), config + remote)
            }
            Self::Gone | Self::Untagged | Self::Blank => Ok(()),
        }
    }
}

/// Makes a bare repository of one with a work tree.
fn bare(work: &Path, target: &Path) -> io::Result<()> {
    fs::rename(work.join(".git"), target)?;
    let config = fs::read_to_string(target.join("config"))?;
    fs::write(target.join("config"), config.replace("bare = false", "bare = true"))?;
    fs::remove_dir_all(work)
}
