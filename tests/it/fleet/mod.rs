//! Many repositories: each as by itself, one that is bad harming no other, entries of the organisation's log where they
//! belong, and the same words and bytes however many are read at once.

mod gate;
mod grouping;
mod people;
mod reading;
mod resume;
mod routing;
mod views;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Place, Ran};

const AS_OF: &str = "--as-of=2026-07-01T00:00:00Z";

/// The day of the release of this number, counted from the newest.
fn day(number: u32) -> String {
    let last = chrono::NaiveDate::from_ymd_opt(2026, 6, 16).expect("a day");
    (last - chrono::Days::new(u64::from(number) * 10)).format("%Y-%m-%d").to_string()
}

/// A history of so many releases, ten days apart, the last a fortnight before the fleet looks. Those of these numbers,
/// counted from the newest, were taken back by the next.
fn history(name: &str, releases: u32, broken: &[u32]) -> String {
    let mut script = format!(
        "person ana = Ana Costa <ana@{name}.example>\n\n2025-01-01T09:00:00Z ana commit begin {name} | src/main.rs\n"
    );
    for number in (0..releases).rev() {
        let (at, version) = (day(number), releases - number);
        if broken.contains(&(number + 1)) {
            script.push_str(&format!("{at}T08:00:00Z ana revert @change{}\n", number + 1));
        }
        script.push_str(&format!(
            "{at}T09:00:00Z ana commit @change{number} feat: change {version} | src/part{number}.rs\n"
        ));
        script.push_str(&format!("{at}T10:00:00Z ana tag v1.{version}.0 | Release\n"));
    }
    script
}

/// A log in which of so many releases those of these versions failed on their day, and were noticed as many minutes later.
fn log(releases: u32, failed: &[u32]) -> String {
    let mut text = "covers_from = 2020-01-01\n".to_owned();
    for version in failed {
        let (at, minutes) = (day(releases - version), version % 50);
        text.push_str(&format!(
            "\n[[incident]]\nid = \"INC-{version}\"\ntitle = \"Down\"\ncause_key = \"timeout\"\ndetected_by = \"alert\"\n\
             started_at = {at}T12:00:00Z\ndetected_at = {at}T12:{minutes:02}:00Z\n\
             mitigated_at = {at}T13:00:00Z\ncaused_by = {{ release = \"v1.{version}.0\" }}\n\
             remediation = {{ type = \"rollback\", at = {at}T12:55:00Z }}\n"
        ));
    }
    text
}

/// Writes a repository into a fleet.
fn add(fleet: &Place, name: &str, script: &str, files: &[(&str, String)]) {
    let folder = fleet.path().join(name);
    fs::create_dir_all(&folder).expect("a folder");
    release_confidence::source::git::Script::parse(script).expect("a script").write(&folder).expect("a repository");
    for (file, text) in files {
        fs::write(folder.join(file), text).expect("written");
    }
}

/// Three good ones: by a log, by git, and without a release.
fn three() -> Place {
    let fleet = Place::empty();
    add(&fleet, "api", &history("api", 24, &[]), &[("incidents.toml", log(24, &[20, 22]))]);
    add(&fleet, "web", &history("web", 30, &[4, 9]), &[]);
    add(&fleet, "notes", "person ana = Ana <a@x>\n2026-01-01T09:00:00Z ana commit begin | a\n", &[]);
    fleet
}

fn repository<'v>(fleet: &'v Value, id: &str) -> &'v Value {
    let all = fleet["repositories"].as_array().expect("a list");
    all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("{id} is not there"))
}

fn run(place: &Place, more: &[&str]) -> Ran {
    place.relconf(&[&["fleet", AS_OF, "--no-cache"], more].concat())
}

fn json(place: &Place, more: &[&str]) -> Value {
    run(place, &[more, &["--format=json"]].concat()).json()
}

/// All files below a folder, by their path.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(at).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let name = entry.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
            if entry.is_dir() {
                open.push(entry);
            } else {
                found.insert(name, fs::read_to_string(&entry).expect("text"));
            }
        }
    }
    found
}

const TABLES: [&str; 3] = ["--export-format=ndjson", "--format=json", "--jobs=2"];
