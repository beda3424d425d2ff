//! Many repositories: each as by itself, one that is bad harming no other, entries of the organisation's log where they
//! belong, and the same words and bytes however many are read at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Place, Ran, Random};

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

#[test]
fn each_repository_counts_as_it_does_by_itself() {
    let place = three();
    let fleet = json(&place, &["."]);
    for name in ["api", "web"] {
        let alone =
            place.relconf(&["review", "--repo", name, AS_OF, "--last=365d", "--no-cache", "--format=json"]).json();
        let read = &repository(&fleet, name)["read"];
        let rates = alone["headline"]["rates"].as_array().expect("a list");
        for (counted, rate) in read["rates"].as_array().expect("a list").iter().zip(rates) {
            assert_eq!(
                [&counted["basis"], &counted["failed"], &counted["judged"]],
                [&rate["basis"], &rate["failed"], &rate["judged"]]
            );
        }
        assert_eq!(read["rates"].as_array().map(Vec::len), Some(rates.len()));
        assert_eq!(read["releases"], alone["headline"]["releases"]);
        let trust = |stage: &Value| stage["trust"].clone();
        let stages = |of: &Value| of.as_array().expect("a list").iter().map(trust).collect::<Vec<_>>();
        assert_eq!(stages(&read["stages"]), stages(&alone["map"]["stages"]));
    }
    // By hand: 2 of 24 by the log; the two that were taken back of 30 by git.
    let rate = |name: &str| {
        let rate = &repository(&fleet, name)["read"]["rates"][0];
        (rate["basis"].as_str().expect("text").to_owned(), rate["failed"].as_u64(), rate["judged"].as_u64())
    };
    assert_eq!(rate("api"), ("declared".to_owned(), Some(2), Some(24)));
    assert_eq!(rate("web"), ("inferred".to_owned(), Some(2), Some(30)));
    // Two strata, in no number together.
    let strata = fleet["strata"].as_array().expect("a list");
    assert_eq!(strata.len(), 2);
    assert_eq!((&strata[0]["all"]["judged"], &strata[1]["all"]["judged"]), (&24.into(), &30.into()));
    assert_eq!(repository(&fleet, "notes")["status"], "no_releases");
    assert_eq!((&fleet["counts"]["read"], &fleet["counts"]["no_releases"]), (&3.into(), &1.into()));
    // 20 and 22 minutes until somebody noticed.
    assert_eq!(fleet["durations"]["detect"], serde_json::json!({ "n": 2, "open": 0, "median": 1260.0 }));
}

#[test]
fn the_same_bytes_with_one_job_and_sixteen() {
    let place = three();
    for format in ["json", "markdown", "terminal", "html"] {
        let format = format!("--format={format}");
        let one = run(&place, &[".", "--jobs=1", &format]);
        let sixteen = run(&place, &[".", "--jobs=16", &format]);
        assert_eq!((one.code, &one.stdout), (0, &sixteen.stdout), "{}", one.stderr);
        assert!(one.stderr.is_empty() && !one.stdout.is_empty(), "progress is for terminals: {}", one.stderr);
    }
    let asked = run(&place, &[".", "--progress"]);
    assert!(asked.stderr.contains("3 of 3 repositories"), "{}", asked.stderr);
}

#[test]
fn a_bad_repository_is_a_row_and_never_an_end() {
    let place = three();
    let good = json(&place, &["."]);
    let list = "api\tapi\nweb\tweb\nnotes\tnotes\n\
                gone\tnowhere\nempty\tfolder\ninner\tweb/src\nbroken\tbroken\nlog\tlog\nshallow\tshallow\ncorrupt\tcorrupt\n";
    fs::create_dir_all(place.path().join("folder")).expect("a folder");
    add(&place, "broken", &history("broken", 4, &[]), &[("relconf.toml", "[window]\nlats = \"30d\"\n".to_owned())]);
    add(&place, "log", &history("log", 4, &[]), &[("incidents.toml", "[[incident\n".to_owned())]);
    add(&place, "shallow", &history("shallow", 4, &[]), &[]);
    let head = fs::read_to_string(place.path().join("shallow/.git/refs/heads/main")).expect("a branch");
    fs::write(place.path().join("shallow/.git/shallow"), head).expect("written");
    add(&place, "corrupt", &history("corrupt", 4, &[]), &[]);
    fs::write(place.path().join("corrupt/.git/packed-refs"), "no ref at all\n").expect("written");
    place.file("list.tsv", list);
    let ran = run(&place, &["--list=list.tsv", "--format=json"]);
    // Everything is written, then it ends in 2: seven of ten are more than 5%.
    ran.fails_saying(&["7 of 10 repositories could not be read", "--allow-unread"]);
    let fleet: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    for name in ["api", "web", "notes"] {
        assert_eq!(repository(&fleet, name), repository(&good, name), "{name} is as it was");
    }
    assert_eq!(fleet["strata"], good["strata"]);
    let status = |name: &str| {
        let found = repository(&fleet, name);
        assert!(found["read"].is_null() && found["error"].is_string() && found["help"].is_string(), "{found:#}");
        (found["status"].as_str().expect("text").to_owned(), found["error"].as_str().expect("text").to_owned())
    };
    for (name, kind, says) in [
        ("gone", "unreadable", "nowhere does not exist"),
        ("empty", "unreadable", "folder is no repository"),
        // A folder in a repository is not that repository under another name.
        ("inner", "unreadable", "is no repository"),
        ("broken", "failed", "relconf.toml:2"),
        ("log", "failed", "incidents.toml"),
        ("shallow", "unreadable", "shallow"),
    ] {
        let (found, error) = status(name);
        assert!(found == kind && error.contains(says), "{name}: {found}: {error}");
        assert!(!error.contains(&*place.path().to_string_lossy()), "{error}");
    }
    assert_eq!(status("corrupt").0, "unreadable");
    // All of it is told where people look.
    let told = run(&place, &["--list=list.tsv", "--allow-unread=70%"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(
        told.stdout.contains("Not read: 7 of 10")
            && told.stdout.contains("gone: cannot be read: nowhere does not exist")
    );
    assert_eq!(run(&place, &["--list=list.tsv", "--allow-unread=6"]).code, 2);
    assert_eq!(run(&place, &["--list=list.tsv", "--allow-unread=7"]).code, 0);
}

/// The organisation's log: by repository, to two of them; by service; by commit; and those that fit none or several.
#[test]
fn entries_of_the_organisations_log_go_where_they_belong() {
    let place = three();
    add(&place, "jobs", &history("jobs", 30, &[]), &[]);
    let commit = |name: &str| {
        let tag = fs::read_to_string(place.path().join(name).join(".git/refs/heads/main")).expect("a branch");
        tag.trim()[..12].to_owned()
    };
    let entry = |id: &str, more: &str| {
        format!(
            "[[incident]]\nid = \"{id}\"\ntitle = \"Down\"\nstarted_at = 2026-06-17T10:00:00Z\ndetected_at = 2026-06-17T11:00:00Z\n{more}\n"
        )
    };
    // Some days before, in the one as in the others.
    let tag = "caused_by = { release = [\"v1.29.0\", \"v1.23.0\"] }";
    let entries = [
        entry("ORG-1", &format!("repository = [\"web\", \"jobs\"]\n{tag}")),
        entry("ORG-2", &format!("service = \"payments\"\n{tag}")),
        entry("ORG-3", &format!("caused_by = {{ commit = \"{}\" }}", commit("jobs"))),
        entry("ORG-4", tag),
        entry("ORG-5", &format!("service = \"shared\"\n{tag}")),
        entry("ORG-6", &format!("repository = \"else\"\n{tag}")),
        entry("ORG-7", "caused_by = { commit = \"0123456789ab\" }"),
        // The repository's own log knows it better.
        entry("INC-20", "repository = \"api\"\ncaused_by = { release = \"v1.1.0\" }"),
    ];
    place.file("org/incidents.toml", &entries.concat());
    let list = |log: &str| {
        format!(
            "{log}[[repository]]\nname = \"api\"\npath = \"api\"\nservices = [\"payments\", \"shared\"]\nteam = \"pay\"\n\
             [[repository]]\nname = \"web\"\npath = \"web\"\nservices = \"shared\"\nteam = \"shop\"\n\
             [[repository]]\nname = \"jobs\"\npath = \"jobs\"\nteam = \"shop\"\n\
             [[repository]]\nname = \"notes\"\npath = \"notes\"\n"
        )
    };
    place.file("without.toml", &list(""));
    place.file("fleet.toml", &list("incidents = [\"org/*.toml\"]\n"));
    let (without, with) = (json(&place, &["--list=without.toml"]), json(&place, &["--list=fleet.toml"]));
    let routing = &with["routing"];
    assert_eq!(
        [&routing["entries"], &routing["by_repository"], &routing["by_service"], &routing["by_commit"]],
        [8, 2, 1, 1]
    );
    let unrouted: Vec<_> = routing["unrouted"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (one["id"].as_str().expect("text"), one["why"].as_str().expect("text")))
        .collect();
    assert_eq!(
        unrouted,
        [
            ("ORG-4", "it names a tag alone, which many repositories have"),
            ("ORG-5", "several repositories have its service: api, web"),
            ("ORG-6", "no repository of the list is called else"),
            ("ORG-7", "no repository has the commit 0123456789ab"),
        ]
    );
    let ids = |name: &str| {
        let found = repository(&with, name)["read"]["incidents"].as_array().expect("a list");
        found.iter().map(|one| one["fleet_incident_id"].as_str().expect("text").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids("web"), ["ORG-1"]);
    assert_eq!(ids("jobs"), ["ORG-1", "ORG-3"]);
    let mut api = ids("api");
    api.sort();
    assert_eq!(api, ["ORG-2", "api/INC-20", "api/INC-22"]);
    // One incident that fails releases of two repositories is one in the team's durations: ORG-1 and ORG-3.
    let shop = with["teams"].as_array().expect("a list").iter().find(|team| team["team"] == "shop").expect("a team");
    assert_eq!((&shop["durations"]["detect"]["n"], &shop["repositories"]), (&2.into(), &2.into()));
    // Whoever nothing was sent to is as without the log.
    assert_eq!(repository(&with, "notes"), repository(&without, "notes"));
    let said = run(&place, &["--list=fleet.toml"]).stdout;
    assert!(said.contains("8 entries: 2 by the repository they name, 1 by a service, 1 by a commit"), "{said}");
    assert!(said.contains("ORG-4: it names a tag alone"), "{said}");
}

/// Twelve incidents of one service, given to a fleet whose repositories have the same tags: they count in one of them.
#[test]
fn a_log_given_to_all_would_be_poison() {
    let place = Place::empty();
    for name in ["one", "two", "three"] {
        add(&place, name, &history(name, 12, &[]), &[]);
    }
    let entries: Vec<String> = (1..=12)
        .map(|version| {
            format!(
                "[[incident]]\nid = \"P-{version}\"\ntitle = \"Down\"\nservice = \"pay\"\ndetected_at = 2026-06-20T11:00:00Z\n\
                 caused_by = {{ release = \"v1.{version}.0\" }}\n"
            )
        })
        .collect();
    place.file("org.toml", &entries.concat());
    place.file(
        "fleet.toml",
        "incidents = \"org.toml\"\n[[repository]]\nname = \"one\"\npath = \"one\"\nservices = \"pay\"\n\
         [[repository]]\nname = \"two\"\npath = \"two\"\n[[repository]]\nname = \"three\"\npath = \"three\"\n",
    );
    let fleet = json(&place, &["--list=fleet.toml"]);
    for (name, routed, basis) in [("one", 12, "declared"), ("two", 0, "inferred"), ("three", 0, "inferred")] {
        let read = &repository(&fleet, name)["read"];
        assert_eq!((&read["routed"], read["log"].as_bool()), (&routed.into(), Some(routed > 0)), "{name}");
        let last = read["rates"].as_array().expect("a list").first().expect("a rate");
        assert_eq!((last["basis"].as_str(), last["failed"].as_u64() > Some(0)), (Some(basis), routed > 0), "{name}");
    }
}

#[test]
fn owners_come_from_the_list_a_catalog_or_the_repository() {
    let place = Place::empty();
    let owners = "2026-06-01T09:00:00Z ana commit owners | CODEOWNERS=\"* @acme/web @acme/ops\\n\"\n";
    add(&place, "web", &(history("web", 3, &[]) + owners), &[]);
    add(&place, "api", &history("api", 3, &[]), &[]);
    add(&place, "jobs", &history("jobs", 3, &[]), &[]);
    place.file(
        "teams/one.json",
        r#"[{ "repository": "api", "team": "payments", "tier": 1 }, { "repository": "jobs", "tier": 2 }]"#,
    );
    let list = "teams = \"teams/*.json\"\n[[repository]]\nname = \"web\"\npath = \"web\"\n[[repository]]\nname = \"api\"\npath = \"api\"\n\
                [[repository]]\nname = \"jobs\"\npath = \"jobs\"\n";
    place.file("fleet.toml", list);
    let fleet = json(&place, &["--list=fleet.toml"]);
    let owner = |name: &str| {
        let found = repository(&fleet, name);
        [&found["team"], &found["owner_source"], &found["tier"]].map(|value| value.as_str().unwrap_or("-").to_owned())
    };
    assert_eq!(owner("web"), ["@acme/web", "codeowners", "-"]);
    assert_eq!(owner("api"), ["payments", "catalog", "1"]);
    assert_eq!(owner("jobs"), ["-", "-", "2"]);
    assert_eq!((&fleet["counts"]["no_owner"], &fleet["missing"]["owner"]), (&1.into(), &1.into()));
    let teams: Vec<_> = fleet["teams"].as_array().expect("a list").iter().map(|team| team["team"].clone()).collect();
    assert_eq!(teams, ["@acme/web".into(), "payments".into(), Value::Null]);
    let ids = |more: &[&str]| {
        let fleet = json(&place, &[&["--list=fleet.toml"], more].concat());
        let ids = fleet["repositories"].as_array().expect("a list").iter();
        ids.map(|one| one["id"].as_str().expect("text").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&["--team=@acme/web"]), ["web"]);
    assert_eq!(ids(&["--team=payments", "--team=@acme/web"]), ["api", "web"]);
    assert_eq!(ids(&["--match=*b*"]), ["jobs", "web"]);
    run(&place, &["--list=fleet.toml", "--match=x*"]).fails_saying(&["none of 3 repositories", "--match"]);
}

#[test]
fn different_rules_are_never_one_number() {
    let place = Place::empty();
    add(&place, "a", &history("a", 12, &[]), &[]);
    add(&place, "b", &history("b", 12, &[]), &[("relconf.toml", "[releases]\nmaturity = \"1d\"\n".to_owned())]);
    let fleet = json(&place, &["."]);
    let strata = fleet["strata"].as_array().expect("a list");
    let found: Vec<_> =
        strata.iter().map(|one| (one["rules"]["maturity"].as_u64(), one["all"]["repositories"].as_u64())).collect();
    assert_eq!(found, [(Some(86_400), Some(1)), (Some(604_800), Some(1))]);
    // A configuration for those that have none: now both stand under one rule.
    place.file("all.toml", "[releases]\nmaturity = \"1d\"\n");
    let fleet = json(&place, &[".", "--config=all.toml"]);
    assert_eq!(fleet["strata"].as_array().map(Vec::len), Some(1));
    let said = run(&place, &["."]).stdout;
    assert!(said.contains("judged after 24 h") && said.contains("judged after 7 d"), "{said}");
}

/// One repository of which half failed lately and none before, among others that did not change.
#[test]
fn the_gate_names_what_regressed_among_many() {
    let place = Place::empty();
    let failed: Vec<u32> = (61..=80).filter(|version| version % 2 == 0).collect();
    for (name, failed) in [("bad", &failed[..]), ("good", &[]), ("other", &[30])] {
        add(&place, name, &history(name, 80, &[]), &[("incidents.toml", log(80, failed))]);
    }
    let flags = ["fleet", "gate", ".", AS_OF, "--no-cache", "--last=200d"];
    let ran = place.relconf(&flags);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("bad: Change failure rate: 53% (10 of 19) now, 0% (0 of 20) before"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("good:") && !ran.stdout.contains("other:"), "{}", ran.stdout);
    let markdown = place.relconf(&[&flags[..], &["--format=markdown"]].concat()).stdout;
    assert!(markdown.starts_with("<!-- relconf:fleet-gate -->\n**1 metric regressed:**"), "{markdown}");
    let fine = place.relconf(&[&flags[..], &["--match=[go]*"]].concat());
    assert_eq!(fine.code, 0, "{}{}", fine.stdout, fine.stderr);
    assert!(fine.stdout.starts_with("Nothing regressed: "), "{}", fine.stdout);
    // Too little data is no pass in words, and no failure.
    let little = place.relconf(&["fleet", "gate", ".", AS_OF, "--no-cache", "--last=30d"]);
    assert!(little.code == 0 && little.stdout.starts_with("Could not tell"), "{}", little.stdout);
}

#[test]
fn what_cannot_be_asked_is_said() {
    let place = three();
    run(&place, &[]).fails_saying(&["no repositories are named", "--list fleet.toml"]);
    run(&place, &["gone"]).fails_saying(&["gone does not exist"]);
    run(&place, &[".", "--last=20"]).fails_saying(&["--last", "counts releases", "365d"]);
    run(&place, &[".", "--timeout=soon"]).fails_saying(&["--timeout soon is no duration"]);
    run(&place, &[".", "--allow-unread=many"]).fails_saying(&["--allow-unread many", "5% or 3"]);
    run(&place, &[".", "--format=csv"]).fails_saying(&["there is no format \"csv\"", "html"]);
    run(&place, &[".", "--config=gone.toml"]).fails_saying(&["gone.toml"]);
    place.file("fleet.toml", "nmae = 1\n[[repository]]\nname = \"a\"\npath = \"a\"\nteem = \"x\"\n[[repository]]\nname = \"a\"\npath = \"b\"\n");
    run(&place, &["--list=fleet.toml"]).fails_saying(&[
        "fleet.toml:1:1: unknown key \"nmae\"",
        "fleet.toml:5:1: unknown key \"teem\"",
        "did you mean \"team\"",
        "fleet.toml:7:8: the name \"a\" is given twice, first in line 3",
    ]);
    place.file("twice.tsv", "a\tapi\na\tweb\n");
    run(&place, &["--list=twice.tsv"]).fails_saying(&["twice.tsv:2:1: the name \"a\" is given twice"]);
    place.file("org.toml", "[[incident\n");
    run(&place, &[".", "--incidents", "org.toml"]).fails_saying(&["org.toml"]);
}

/// Three hundred of them: what is kept of each is small, and no more than two are read at once.
#[test]
fn many_repositories_cost_little_each() {
    let place = Place::empty();
    add(&place, "one", &history("one", 12, &[3]), &[]);
    let list: Vec<String> = (0..300).map(|number| format!("r{number:03}\tone\n")).collect();
    place.file("list.tsv", &list.concat());
    let ran = run(&place, &["--list=list.tsv", "--jobs=2", "--format=json"]);
    let fleet = ran.json();
    assert_eq!(fleet["counts"]["read"], 300);
    assert!(ran.stdout.len() < 300 * 8 * 1024, "{} bytes", ran.stdout.len());
    // All alike: no spread, and nobody stands out.
    let stratum = &fleet["strata"][0];
    assert_eq!((stratum["spread"].as_f64(), stratum["all"]["repositories"].as_u64()), (Some(0.0), Some(300)));
    assert!(stratum["repositories"].as_array().expect("a list").iter().all(|point| point["outside"].is_null()));
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

#[test]
fn a_run_that_was_ended_is_gone_on_with_and_gives_the_same_bytes() {
    let place = three();
    let whole = run(&place, &[&[".", "--export=whole"], &TABLES[..]].concat());
    assert_eq!(whole.code, 0, "{}", whole.stderr);
    let expected = files(&place.path().join("whole"));
    // Twelve tables of three repositories, what was counted, and the lock.
    assert_eq!(expected.len(), 12 * 3 + 2, "{:?}", expected.keys().collect::<Vec<_>>());
    let run_row =
        expected.iter().find(|(name, _)| name.starts_with("export_run/") && name.contains("notes")).expect("a row");
    assert!(run_row.1.contains("\"status\":\"no_releases\""), "{}", run_row.1);
    // The same as that of one repository by itself, but for whose it is.
    let alone = place.relconf(&[
        "export",
        "--repo=api",
        AS_OF,
        "--repo-id=api",
        "--last=365d",
        "--no-cache",
        "--format=ndjson",
        "--output=-",
    ]);
    let events =
        expected.iter().find(|(name, _)| name.starts_with("release_event/") && name.contains("api")).expect("rows");
    let by_itself = alone.stdout.lines().filter_map(|line| line.strip_prefix("{\"table\":\"release_event\","));
    assert!(events.1.lines().map(|line| &line[1..]).eq(by_itself));

    // Ended after the first was done, while it wrote of the second.
    run(&place, &[&[".", "--export=ended"], &TABLES[..]].concat());
    let ended = place.path().join("ended");
    let journal = fs::read_to_string(ended.join("fleet.ndjson")).expect("a journal");
    let mut lines: Vec<&str> = journal.lines().collect();
    assert_eq!(lines.len(), 5, "the version, the run, three repositories: {journal}");
    let running = lines[1].replace("true", "false");
    lines[1] = &running;
    let cut = format!("{}\n{{\"begun\":\"notes\"}}\n{}", lines[..3].join("\n"), &lines[3][..40]);
    fs::write(ended.join("fleet.ndjson"), cut).expect("written");
    for name in files(&ended).keys().filter(|name| name.contains("notes") || name.contains("web")) {
        fs::remove_file(ended.join(name)).expect("removed");
    }
    // At the moment of the run that was ended, without that it is said again.
    let resumed = place.relconf(&[&["fleet", ".", "--no-cache", "--export=ended", "--resume"], &TABLES[..]].concat());
    assert_eq!((resumed.code, &resumed.stdout), (0, &whole.stdout), "{}", resumed.stderr);
    assert!(resumed.stderr.contains("going on with the run of 2026-07-01"), "{}", resumed.stderr);
    assert_eq!(files(&ended), expected);
}

#[test]
fn only_what_changed_is_read_again_and_what_is_gone_today_is_stale() {
    let place = three();
    let export = |more: &[&str]| run(&place, &[&[".", "--export=out", "--allow-unread=3"], &TABLES[..], more].concat());
    assert_eq!(export(&[]).code, 0);
    let journal = place.path().join("out/fleet.ndjson");
    let text = fs::read_to_string(&journal).expect("a journal");
    // What nobody counted: if it is still there afterwards, it was not counted anew.
    fs::write(&journal, text.replace("\"judged\":24", "\"judged\":2400").replace("\"judged\":30", "\"judged\":3000"))
        .expect("written");
    place.file(
        "web/incidents.toml",
        "[[incident]]\nid = \"W-1\"\ntitle = \"Down\"\ndetected_at = 2026-06-17T10:00:00Z\n",
    );
    let resumed = export(&["--resume"]).json();
    assert_eq!(repository(&resumed, "api")["read"]["rates"][0]["judged"], 2400, "as it was");
    let web = &repository(&resumed, "web")["read"];
    assert!(
        web["log"] == true && web["rates"].to_string().contains("\"judged\":") && !web.to_string().contains("3000"),
        "{web:#}"
    );
    // Without its rows nothing of it is there.
    let rows = files(&place.path().join("out"));
    let of_api = rows.keys().find(|name| name.starts_with("export_run/") && name.contains("api")).expect("a row");
    fs::remove_file(place.path().join("out").join(of_api)).expect("removed");
    assert_eq!(repository(&export(&["--resume"]).json(), "api")["read"]["rates"][0]["judged"], 24, "counted again");

    // Gone today: its rows stay, its counts stand as those of an earlier run, and the row of the run says so.
    fs::rename(place.path().join("api"), place.path().join("elsewhere")).expect("moved");
    place.file("list.tsv", "api\tapi\nweb\tweb\n");
    let stale =
        run(&place, &[&["--list=list.tsv", "--export=out", "--resume", "--allow-unread=1"], &TABLES[..]].concat())
            .json();
    let api = repository(&stale, "api");
    assert_eq!(
        (&api["status"], &api["stale"], &api["read"]["rates"][0]["judged"]),
        (&"unreadable".into(), &true.into(), &24.into())
    );
    assert_eq!((&stale["counts"]["unread"], &stale["counts"]["stale"]), (&1.into(), &1.into()));
    let after = files(&place.path().join("out"));
    let of =
        |table: &str| after.iter().find(|(name, _)| name.starts_with(table) && name.contains("api")).expect("a file").1;
    assert!(of("export_run/").contains("\"status\":\"unreadable\"") && of("release_event/").lines().count() == 24);
    let said = run(&place, &["--list=list.tsv", "--export=out", "--allow-unread=1", "--export-format=ndjson"]).stdout;
    assert!(said.contains("an earlier run's counts stand for it"), "{said}");
}

/// A repository during which run after run was ended: it is told as such, and the others are read.
#[test]
fn what_ends_every_run_is_not_begun_with_for_ever() {
    let place = three();
    let flags = [&[".", "--export=out", "--allow-unread=3"], &TABLES[..]].concat();
    let good = run(&place, &flags).json();
    let journal = place.path().join("out/fleet.ndjson");
    fs::write(
        &journal,
        "{\"schema\":1}\n{\"run\":{\"as_of\":\"2026-07-01T00:00:00Z\",\"finished\":false}}\n{\"begun\":\"api\"}\n{\"begun\":\"web\"}\n{\"begun\":\"api\"}\n",
    )
    .expect("written");
    let fleet = run(&place, &[&flags[..], &["--resume"]].concat()).json();
    let api = repository(&fleet, "api");
    assert!(api["status"] == "crashed" && api["error"].as_str().is_some_and(|said| said.contains("memory")), "{api:#}");
    assert_eq!(repository(&fleet, "web"), repository(&good, "web"), "once is no habit");
    // Begun anew, it has another chance.
    assert_eq!(run(&place, &flags).json(), good);
    run(&place, &[".", "--resume"]).fails_saying(&["--export"]);
}

/// Two dozen repositories of three teams, one of which stands out: as every view shows it.
fn golden() -> Place {
    let place = Place::empty();
    let random = &mut Random(26);
    let mut list = "incidents = \"org.toml\"\n[defaults]\nlast = \"365d\"\n".to_owned();
    for number in 0..26_u32 {
        let name = format!("service-{number:02}");
        let releases = 6 + (random.next() * 26.0) as u32;
        let rate = if number == 7 { 0.9 } else { 0.08 };
        let failed: Vec<u32> = (1..=releases).filter(|_| random.chance(rate)).collect();
        let log = (number != 3).then(|| ("incidents.toml", log(releases, &failed)));
        add(&place, &name, &history(&name, releases, &[]), log.as_slice());
        let team = ["payments", "shop", ""][(number % 3) as usize];
        let team = if team.is_empty() { String::new() } else { format!("team = \"{team}\"\n") };
        list.push_str(&format!(
            "[[repository]]\nname = \"{name}\"\npath = \"{name}\"\n{team}services = \"s{number}\"\n"
        ));
    }
    list.push_str("[[repository]]\nname = \"<b>gone</b>\"\npath = \"nowhere\"\nteam = \"shop\"\n");
    place.file("fleet.toml", &list);
    place.file(
        "org.toml",
        "[[incident]]\nid = \"ORG-1\"\ntitle = \"Network\"\nservice = \"s3\"\ndetected_at = 2026-05-01T10:00:00Z\n\
         cause_key = \"timeout\"\ncaused_by = { release = \"v1.2.0\" }\n\
         [[incident]]\nid = \"ORG-2\"\ntitle = \"DNS\"\ndetected_at = 2026-05-01T10:00:00Z\ncaused_by = { release = \"v1.2.0\" }\n",
    );
    place
}

#[test]
fn every_view_is_as_it_was_read() {
    let place = golden();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fleet");
    let renew = std::env::var_os("RELCONF_UPDATE").is_some();
    for (file, format) in [
        ("expected.txt", "--format=terminal"),
        ("expected.md", "--format=markdown"),
        ("expected.html", "--format=html"),
        ("expected.json", "--format=json"),
    ] {
        let ran = run(&place, &["--list=fleet.toml", format]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let path = folder.join(file);
        if renew {
            fs::write(&path, &ran.stdout).expect("written");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            expected == ran.stdout,
            "{file} differs: run with RELCONF_UPDATE=1 and read the difference\n{}",
            ran.stdout
        );
    }
    // A name from outside is nothing but text.
    let page = fs::read_to_string(folder.join("expected.html")).expect("a page");
    assert!(page.contains("&lt;b&gt;gone&lt;/b&gt;") && !page.contains("<b>gone"));
    let json: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("expected.json")).expect("a file")).expect("JSON");
    let outside: Vec<_> = json["strata"][0]["repositories"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|point| !point["outside"].is_null())
        .map(|point| point["id"].as_str().expect("text"))
        .collect();
    assert_eq!(outside, ["service-07"], "the one of which most releases fail, and no other");
    let schema = place.relconf(&["generate", "schema", "fleet"]).json();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(
        validator.validate(&json).is_ok(),
        "{:?}",
        validator.iter_errors(&json).map(|error| error.to_string()).next()
    );
}
