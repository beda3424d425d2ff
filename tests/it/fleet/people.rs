//! On whom the releases of several repositories rest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use super::{AS_OF, add, day, files, history, json, run};
use crate::support::{Place, Random};

/// A history of which each release, the oldest first, was made by one of these people.
fn by(name: &str, people: &[&str], releasers: &[usize]) -> String {
    let mut script = String::new();
    for (at, person) in people.iter().enumerate() {
        script.push_str(&format!("person p{at} = {person}\n"));
    }
    script.push_str(&format!("\n2025-01-01T09:00:00Z p0 commit begin {name} | src/main.rs\n"));
    for (number, releaser) in releasers.iter().enumerate() {
        let at = day((releasers.len() - 1 - number) as u32);
        script.push_str(&format!("{at}T09:00:00Z p0 commit feat: change {number} | src/part{number}.rs\n"));
        script.push_str(&format!("{at}T10:00:00Z p{releaser} tag v1.{number}.0 | Release\n"));
    }
    script
}

const ANA: &str = "Ana Costa <ana@acme.example>";
const BO: &str = "Bo Lind <bo@acme.example>";

fn several(fleet: &Value) -> Vec<String> {
    let told = |one: &Value| {
        let rest = one["rest"].as_array().expect("a list").iter().map(|of| {
            let alone = if of["alone"] == true { "alone" } else { "mostly" };
            format!("{} {} of {} {alone}", of["repository"].as_str().expect("text"), of["releases"], of["known"])
        });
        let rest: Vec<String> = rest.collect();
        format!("{} in {}: {}", one["person"].as_str().expect("text"), one["repositories"], rest.join(", "))
    };
    fleet["people"]["several"].as_array().expect("a list").iter().map(told).collect()
}

/// Worked by hand: Ana alone in one, mostly in another, one of two in a third; a bot elsewhere; few releases in two.
fn acme() -> Place {
    let place = Place::empty();
    let old = "Ana C. <ana@old.example>";
    let mailmap = format!("{ANA} <ana@old.example>\n");
    add(&place, "api", &by("api", &[ANA], &[0; 12]), &[]);
    // Under her old address, which the mailmap joins.
    add(&place, "web", &by("web", &[old, BO], &[0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]), &[(".mailmap", mailmap)]);
    add(&place, "jobs", &by("jobs", &[ANA, BO], &[0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]), &[]);
    let bot = "release-please[bot] <rp@users.noreply.github.com>";
    add(&place, "bots", &by("bots", &[ANA, bot], &[1; 12]), &[]);
    add(&place, "young", &by("young", &[ANA], &[0]), &[]);
    // Another release account: it is called like the project.
    add(&place, "gate", &by("gate", &[ANA, "Gate Team <gate@acme.example>"], &[1; 12]), &[]);
    place
}

#[test]
fn who_carries_several_repositories_is_told_once() {
    let place = acme();
    let fleet = json(&place, &["."]);
    assert_eq!(several(&fleet), ["Ana Costa in 3: api 12 of 12 alone, web 11 of 12 mostly"]);
    let people = &fleet["people"];
    let numbers = ["told", "too_few", "on_one", "alone"].map(|key| people[key].as_u64().expect("a number"));
    assert_eq!(numbers, [5, 1, 2, 1], "of one release nothing is claimed");
    assert_eq!(people["several"][0]["person_id"], Value::Null, "no table, no id");
    let said = run(&place, &["."]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in [
        "2 of 5 repositories each rest on one person, who made most of its releases; in 1 of these nobody else released. Besides: 1 has \
         too few releases to tell.",
        "- Ana Costa: carries releases of 3 of 5 repositories; is the only one who released in 1: api (12 of 12); made most in 1: \
         web (11 of 12)",
    ] {
        assert!(said.contains(sentence), "{sentence}\n{said}");
    }
    for format in ["markdown", "html"] {
        let shown = run(&place, &[".", &format!("--format={format}")]).stdout;
        assert!(shown.contains("carries releases of 3 of 5 repositories; is the only one"), "{format}: {shown}");
        assert!(!shown.contains("ana@"), "no address: {shown}");
    }
    // Teams of which none rests on anybody are no list of noughts.
    place.file("teams.tsv", "api\tapi\njobs\tjobs\tops\n");
    let said = run(&place, &["--list=teams.tsv"]).stdout;
    assert!(said.contains("1 of 2 repositories rests on one person") && !said.contains("By team: "), "{said}");
    // Without the mailmap she is two, which is told: no rule joins them beyond a repository.
    fs::remove_file(place.path().join("web/.mailmap")).expect("removed");
    let script = by("web", &["Ana Costa <ana@old.example>"], &[0; 12]);
    fs::remove_dir_all(place.path().join("web")).expect("removed");
    add(&place, "web", &script, &[]);
    let apart = json(&place, &["."]);
    assert_eq!(several(&apart), Vec::<String>::new());
    assert_eq!(apart["people"]["perhaps_one"][0]["repositories"], serde_json::json!(["api", "web"]));
    let said = run(&place, &["."]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("Ana Costa may be one person under several addresses, on whom 2 repositories rest: api, web."),
        "{said}"
    );
    assert!(said.contains("No two rest on the same person"), "{said}");
    // Of nothing but few releases nothing is told.
    let young = run(&place, &[".", "--match=young"]).stdout;
    assert!(young.contains("Of no repository it can be told"), "{young}");
}

/// What the next run knows of an unchanged repository and of one that is gone is what was counted of it.
#[test]
fn people_are_kept_for_the_next_run_and_tables_have_their_ids() {
    let place = acme();
    place.file("key", "0123456789abcdef0123456789abcdef\n");
    let flags = [".", "--export=out", "--person-key=key", "--export-format=ndjson", "--jobs=1"];
    let first = json(&place, &flags);
    assert_eq!(several(&first).len(), 1);
    let resumed = json(&place, &[&flags[..], &["--resume"]].concat());
    assert_eq!(resumed["people"], first["people"]);
    assert_eq!(json(&place, &[".", "--jobs=7"])["people"]["told"], first["people"]["told"]);
    let id = first["people"]["several"][0]["person_id"].as_str().expect("an id").to_owned();
    let rows = files(&place.path().join("out"));
    let roles: String =
        rows.iter().filter(|(name, _)| name.starts_with("person_role/")).map(|(_, text)| text.as_str()).collect();
    assert!(roles.contains(&id) && !roles.contains("Ana") && !roles.contains("ana@"), "{id}");
    assert!(!rows["fleet.ndjson"].contains("ana@"), "no address lies there");
    let named = rows.iter().find(|(name, text)| *name != "fleet.ndjson" && text.contains("Ana"));
    assert_eq!(named, None, "no table has a name");
    // Gone today: an earlier run's stand for it.
    fs::rename(place.path().join("web"), place.path().join("elsewhere")).expect("moved");
    place.file("list.tsv", "api\tapi\nweb\tweb\n");
    let list = ["--list=list.tsv", "--export=out", "--person-key=key", "--export-format=ndjson", "--allow-unread=1"];
    let stale = json(&place, &list);
    assert_eq!(several(&stale), ["Ana Costa in 2: api 12 of 12 alone, web 11 of 12 mostly"]);
}

/// A repository's rows: who released what, machines and accounts of the project told apart.
fn rows(place: &Place, table: &str) -> Vec<Value> {
    let files = files(&place.path().join("out"));
    let of = files.iter().filter(|(name, _)| name.starts_with(&format!("{table}/")));
    of.flat_map(|(_, text)| text.lines()).map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Releases by person, and whether that is an account of the project's.
type Parts = BTreeMap<(String, bool), u64>;

/// Whatever the fleet: one job and several give the same, and so does whoever counts the rows, as the SQL of the examples does.
#[test]
fn rows_counted_and_any_number_of_jobs_say_the_same() {
    for seed in [3, 14, 159] {
        let random = &mut Random(seed);
        let place = Place::empty();
        place.file("key", "0123456789abcdef0123456789abcdef\n");
        let people =
            [ANA, BO, "Cy Dee <cy@acme.example>", "ci-bot <ci-bot@acme.example>", "Acme Team <team@acme.example>"];
        for number in 0..7 {
            let releases = 6 + (random.next() * 16.0) as usize;
            let usual = (random.next() * 5.0) as usize;
            let loyal = [0.6, 0.9, 1.0][(random.next() * 3.0) as usize];
            let releasers: Vec<usize> = (0..releases)
                .map(|_| if random.chance(loyal) { usual } else { (random.next() * 5.0) as usize })
                .collect();
            let settings = ("relconf.toml", "[project]\nname = \"acme\"\n".to_owned());
            add(&place, &format!("r{number}"), &by("r", &people, &releasers), &[settings]);
        }
        let one = json(&place, &[".", "--export=out", "--export-format=ndjson", "--person-key=key", "--jobs=1"]);
        let many = json(&place, &[".", "--export=again", "--export-format=ndjson", "--person-key=key", "--jobs=5"]);
        assert_eq!(one, many);
        let start: std::collections::HashMap<Value, Value> = rows(&place, "metric_snapshot")
            .iter()
            .filter(|row| row["window_name"] == "current")
            .map(|row| (row["repo_id"].clone(), row["window_start"].clone()))
            .collect();
        let key = |row: &Value| (row["repo_id"].to_string(), row["event_id"].to_string());
        let known: BTreeSet<_> = rows(&place, "release_event")
            .iter()
            .filter(|row| row["exposed"] == true && row["releaser_known"] == true)
            .filter(|row| row["released_at"].as_str() >= start[&row["repo_id"]].as_str())
            .map(key)
            .collect();
        let mut of: BTreeMap<String, (u64, Parts)> = BTreeMap::new();
        for (repository, _) in &known {
            of.entry(repository.clone()).or_default().0 += 1;
        }
        for row in rows(&place, "person_role") {
            if row["role"] == "releaser" && row["bot"] == false && known.contains(&key(&row)) {
                let person = (row["person_id"].as_str().expect("text").to_owned(), row["shared"] == true);
                *of.entry(key(&row).0).or_default().1.entry(person).or_default() += 1;
            }
        }
        let mut found: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (known, people) in of.into_values().filter(|(known, _)| *known >= 10) {
            let alone = people.len() == 1;
            let top: Vec<_> = people.iter().filter(|(_, k)| **k as f64 > 0.75 * known as f64).collect();
            if let [((id, false), _)] = top[..] {
                let rests = found.entry(id.clone()).or_default();
                *rests = (rests.0 + 1, rests.1 + u64::from(alone));
            }
        }
        found.retain(|_, (rest, _)| *rest > 1);
        let told: BTreeMap<String, (u64, u64)> = one["people"]["several"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|of| {
                let rest = of["rest"].as_array().expect("a list");
                let alone = rest.iter().filter(|rests| rests["alone"] == true).count() as u64;
                (of["person_id"].as_str().expect("an id").to_owned(), (rest.len() as u64, alone))
            })
            .collect();
        assert_eq!(told, found, "seed {seed}");
    }
}

/// The demo's fleet shows at least one.
#[test]
fn the_demo_has_a_team_that_rests_on_one() {
    let place = Place::empty();
    assert_eq!(place.relconf(&["demo", "fleet", "--into", "fleet"]).code, 0);
    let at = "--as-of=2026-06-30T12:00:00Z";
    let ran =
        place.relconf(&["fleet", "--list=fleet/fleet.toml", at, "--no-cache", "--allow-unread=9", "--format=json"]);
    let hal = "Hal Berg in 6: accounts 14 of 18 mostly, reports 12 of 12 alone, shipping 32 of 32 alone";
    assert_eq!(several(&ran.json()), [hal]);
    let logistics =
        ran.json()["teams"].as_array().expect("a list").iter().find(|of| of["team"] == "logistics").cloned();
    assert_eq!(logistics.expect("there")["people"], serde_json::json!({ "told": 2, "on_one": 2 }));
}

/// The same history under the same rule: the fleet names whom the repository's own review names.
#[test]
fn a_repository_rests_on_whom_its_own_review_names() {
    let place = Place::empty();
    add(&place, "api", &history("api", 24, &[]), &[]);
    let fleet = json(&place, &["."]);
    let review = place.relconf(&["review", "--repo=api", AS_OF, "--no-cache", "--last=365d", "--format=json"]).json();
    let single = review["findings"].as_array().expect("a list").iter().any(|of| of["code"] == "single-releaser");
    assert_eq!((single, &fleet["people"]["on_one"]), (true, &1.into()));
}
