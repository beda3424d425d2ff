//! `relconf preflight`: what ships, its odds, what it must earn, and how it ends.

use std::fmt::Write;

use crate::render::plain;
use crate::support::markdown::{live, ragged};
use crate::support::{Place, Ran};
use release_confidence::preflight::Preflight;
use release_confidence::render::preflight::PREFLIGHT_FORMATS;
use release_confidence::render::{Links, TerminalOptions};
use serde_json::Value;

const AS_OF: &str = "2026-03-02T10:00:00Z";

/// Two releases, the second on a branch of its own for its last commit, and then what is not released: three commits and
/// a merge by two people, one of them on a migration.
const HISTORY: &str = "\
person ana = Ana Costa <ana@example.com>
person bo = Bo Lind <bo@example.com>
2026-01-05T10:00:00Z ana commit feat: one | src/a
2026-01-05T11:00:00Z ana tag v1.0.0
2026-02-02T10:00:00Z ana commit fix: two | src/b
2026-02-02T11:00:00Z ana tag v1.1.0
2026-02-20T10:00:00Z bo commit feat: three | migrations/3.sql
2026-02-28T10:00:00Z ana commit fix(deps): four | src/c
2026-03-01T10:00:00Z ana commit five | src/d
";

const CONFIG: &str = "[checks]\nrequired = [\"canary\"]\n[risk.migration]\npaths = [\"migrations/*\"]\nrequires = \
                      [\"second-approver\", \"dry-run\"]\n";

fn place() -> Place {
    let place = Place::repository(HISTORY);
    place.file("relconf.toml", CONFIG);
    place
}

fn preflight(place: &Place, more: &[&str]) -> Ran {
    place.relconf(&[&["preflight", "--as-of", AS_OF], more].concat())
}

fn json(place: &Place, more: &[&str]) -> Value {
    let ran = preflight(place, &[&["--format", "json"], more].concat());
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr))
}

#[test]
fn what_ships_since_the_last_release() {
    let place = place();
    let report = json(&place, &[]);
    let change = &report["change"];
    assert_eq!(report["since"], "v1.1.0");
    assert_eq!((&change["commits"], &change["merges"], &change["authors"]), (&3.into(), &0.into(), &2.into()));
    assert_eq!(change["types"], serde_json::json!({ "deps": 1, "feat": 1, "fix": 1 }));
    assert_eq!(change["risk"], serde_json::json!(["migration"]));
    // Ten days old, two days and one.
    assert_eq!((&change["oldest_seconds"], &change["median_age_seconds"]), (&864_000.0.into(), &172_800.0.into()));
    // v1.1.0 ships one commit; the first release ships all that came before and is no measure.
    assert_eq!((&change["smaller"], &change["compared"]), (&1.into(), &1.into()));
    let releaser = &change["releasers"][0];
    assert_eq!(
        (&releaser["person"], &releaser["releases"], &releaser["inferred"]),
        (&"Ana Costa".into(), &2.into(), &true.into())
    );
    let labels: Vec<_> = change["windows"]
        .as_array()
        .expect("windows")
        .iter()
        .map(|window| window["label"].as_str().expect("text"))
        .collect();
    assert_eq!(labels, ["Monday", "08-12"]);
    assert!(report["forecast"].is_null() && report["quality"]["usable"] == false);
    assert_eq!((&report["base"]["failed"], &report["base"]["judged"]), (&0.into(), &2.into()));
    assert_eq!(report["verdict"], "not_ready");

    let schema = serde_json::from_str(&place.relconf(&["generate", "schema", "preflight"]).stdout).expect("JSON");
    assert!(jsonschema::is_valid(&schema, &report));
    // Who is about to release is somebody else, and new.
    let releaser = json(&place, &["--by", "Chidi"])["change"]["releasers"][0].clone();
    assert_eq!(
        (&releaser["person"], &releaser["releases"], &releaser["inferred"]),
        (&"Chidi".into(), &0.into(), &false.into())
    );
}

#[test]
fn a_revision_is_a_branch_a_tag_or_a_commit() {
    let place = place();
    let repository = git2::Repository::open(place.path()).expect("a repository");
    let head = repository.head().expect("HEAD").peel_to_commit().expect("a commit");
    let before = head.parent_id(0).expect("a parent").to_string();
    repository.branch("side", &head.parent(0).expect("a parent"), false).expect("a branch");
    for rev in ["HEAD~1", "side", &before, &before[..10]] {
        assert_eq!(json(&place, &[rev])["change"]["commits"], 2, "{rev}");
        assert_eq!(json(&place, &[rev])["commit"], before.as_str());
    }
    let released = json(&place, &["v1.1.0"]);
    assert_eq!((&released["verdict"], &released["change"]["commits"]), (&"nothing".into(), &0.into()));
    assert_eq!(preflight(&place, &["v1.1.0", "--gate"]).code, 0, "nothing is not ready");
    preflight(&place, &["nowhere"]).fails_saying(&["nowhere leads to no commit", "help: name a branch"]);
    preflight(&place, &["v1.1.0^{tree}"]).fails_saying(&["leads to no commit"]);
    preflight(&place, &["--check", "canary"]).fails_saying(&["--check canary cannot be read", "canary=pass"]);
    preflight(&place, &["--no-git"]).fails_saying(&["preflight looks at commits"]);
}

fn standings(report: &Value) -> Vec<(&str, &str)> {
    let evidence = report["evidence"].as_array().expect("evidence").iter();
    evidence.map(|one| (one["name"].as_str().expect("text"), one["standing"].as_str().expect("text"))).collect()
}

#[test]
fn evidence_comes_from_flags_the_log_and_the_commit() {
    let place = place();
    assert_eq!(
        standings(&json(&place, &[])),
        [("canary", "missing"), ("second-approver", "missing"), ("dry-run", "missing")]
    );
    let gate = preflight(&place, &["--gate"]);
    assert_eq!(gate.code, 1, "{}{}", gate.stdout, gate.stderr);
    assert!(gate.stdout.contains("dry-run is missing: required by migration"), "{}", gate.stdout);
    assert_eq!(preflight(&place, &[]).code, 0, "only --gate has a say");

    let flags = [
        "--check",
        "canary=pass",
        "--check",
        "dry-run=override",
        "--approved-by",
        "Bo Lind",
        "--approved-by",
        "Ana Costa",
    ];
    let report = json(&place, &flags);
    // Ana is about to release: her word is no second one. An overruled check has not passed.
    assert_eq!(standings(&report), [("canary", "there"), ("second-approver", "missing"), ("dry-run", "failed")]);
    // The release log speaks of the tag that is yet to be made, and flags go before it.
    place.file(
        "releases.toml",
        "[[release]]\ntag = \"v1.2.0\"\nchecks = [{ name = \"canary\", result = \"fail\" }, { name = \"dry-run\", result = \
         \"pass\" }]\napprovals = [{ by = \"Bo Lind\" }, { by = \"Chidi\" }]\n",
    );
    let report = json(&place, &["--tag", "v1.2.0"]);
    assert_eq!(standings(&report), [("canary", "failed"), ("second-approver", "there"), ("dry-run", "there")]);
    let ready = preflight(&place, &["--tag", "v1.2.0", "--check", "canary=pass", "--gate"]);
    assert!(ready.code == 0 && ready.stdout.starts_with("Preflight: ready\n"), "{}", ready.stdout);
    // Such an entry breaks nothing else.
    assert_eq!(place.relconf(&["gate", "--as-of", AS_OF]).code, 0);
    assert_eq!(place.relconf(&["validate", "--as-of", AS_OF]).code, 0);

    // The message of the commit.
    let repository = git2::Repository::open(place.path()).expect("a repository");
    let head = repository.head().expect("HEAD").peel_to_commit().expect("a commit");
    let (author, tree) = (head.author(), head.tree().expect("a tree"));
    let message = "six\n\nCheck: canary=pass\nCheck: dry-run=pass\n";
    repository.commit(Some("HEAD"), &author, &author, message, &tree, &[&head]).expect("a commit");
    assert_eq!(standings(&json(&place, &[]))[0], ("canary", "there"));
    assert_eq!(standings(&json(&place, &["--check", "dry-run=fail"]))[2], ("dry-run", "failed"));
}

/// Releases are made on branches of their own, so that none is in the history of what comes next: it follows the one that it
/// shares most with all the same.
#[test]
fn paths_are_those_of_what_ships_wherever_the_last_release_stands() {
    let place = Place::repository(
        "person ana = Ana Costa <ana@example.com>\n\
         2026-01-05T10:00:00Z ana commit one | migrations/1.sql\n\
         branch release-1\n2026-01-05T11:00:00Z ana commit prepare | VERSION\n2026-01-05T12:00:00Z ana tag v1.0.0\n\
         checkout main\n2026-02-20T10:00:00Z ana commit two | src/a\n",
    );
    place.file("relconf.toml", CONFIG);
    let report = json(&place, &[]);
    assert_eq!((&report["since"], &report["newest"]), (&Value::from("v1.0.0"), &"v1.0.0".into()));
    assert_eq!((&report["change"]["commits"], &report["change"]["risk"]), (&1.into(), &serde_json::json!([])));
    place.file("relconf.toml", &CONFIG.replace("migrations/*", "src/*"));
    assert_eq!(json(&place, &[])["change"]["risk"], serde_json::json!(["migration"]));
}

#[test]
fn what_is_yet_to_ship_changes_no_outcome_of_the_past() {
    let place = Place::repository(&format!(
        "{}2026-03-01T11:00:00Z ana revert @two\n",
        HISTORY.replace("ana commit fix: two", "ana commit @two fix: two")
    ));
    let report = json(&place, &[]);
    assert_eq!((&report["base"]["failed"], &report["change"]["types"]["revert"]), (&0.into(), &1.into()));
}

#[test]
fn over_several_components_what_one_has_released_is_released() {
    let script = HISTORY.replace("tag v1.0.0", "tag a-1.0.0").replace("tag v1.1.0", "tag b-1.1.0");
    let place = Place::repository(&script);
    let report = json(&place, &["--component", "all"]);
    assert_eq!((&report["change"]["commits"], &report["newest"]), (&3.into(), &"b-1.1.0".into()));
    assert_eq!(json(&place, &["b-1.1.0", "--component", "all"])["verdict"], "nothing");
    // Alone, a has not released what b has.
    let alone = json(&place, &["--component", "a"]);
    assert_eq!((&alone["change"]["commits"], &alone["since"]), (&4.into(), &"a-1.0.0".into()));
}

#[test]
fn odds_beyond_the_limit_are_not_ready() {
    let place = place();
    place.file("relconf.toml", "[preflight]\nmax_chance = 0.2\n");
    // No failure of two leaves a chance of 1 in 4.
    let gate = preflight(&place, &["--gate"]);
    assert_eq!(gate.code, 1);
    assert!(gate.stdout.contains("a chance of 25%, more than the 20%"), "{}", gate.stdout);
    place.file("relconf.toml", "[preflight]\nmax_chance = 0.3\n");
    assert_eq!(preflight(&place, &["--gate"]).code, 0);
    place.file("relconf.toml", "[preflight]\nmax_chance = 30\n");
    preflight(&place, &["--gate"]).fails_saying(&["relconf.toml:2:14"]);
}

#[test]
fn an_effect_in_the_log_is_forecast_trait_by_trait() {
    let mut log = String::new();
    let start = chrono::DateTime::parse_from_rfc3339("2024-01-01T09:00:00Z").expect("a time");
    for number in 0..150 {
        let at = start + chrono::TimeDelta::days(5 * number);
        let result = if number % 3 == 0 { "skip" } else { "pass" };
        writeln!(log, "[[release]]\ntag = \"0.{number}.0\"\ncommit = \"COMMIT\"\ndeployed_at = {}\nchecks = [{{ name = \"canary\", result = \"{result}\" }}]", at.to_rfc3339()).expect("text");
        // Where the canary was skipped half fail, and hardly any other.
        if (number % 3 == 0 && number % 2 == 0) || number % 50 == 1 {
            writeln!(log, "[[incident]]\nid = \"{number}\"\ntitle = \"x\"\ndetected_at = {}\ncaused_by = {{ release = \"0.{number}.0\" }}", (at + chrono::TimeDelta::hours(2)).to_rfc3339()).expect("text");
        }
    }
    let mut script = "person ana = Ana Costa <ana@example.com>\n".to_owned();
    for number in 0..150 {
        let at = start + chrono::TimeDelta::days(5 * number) - chrono::TimeDelta::hours(1);
        writeln!(
            script,
            "{} ana commit change {number} | src/{number}\n{} ana tag 0.{number}.0",
            at.to_rfc3339(),
            at.to_rfc3339()
        )
        .expect("text");
    }
    let last = start + chrono::TimeDelta::days(760);
    writeln!(script, "{} ana commit last | src/last", last.to_rfc3339()).expect("text");
    let place = Place::repository(&script);
    place.file("releases.toml", &log.replace("commit = \"COMMIT\"\n", ""));
    let at = |check: &str| {
        let ran =
            place.relconf(&["preflight", "--as-of", "2026-03-02T10:00:00Z", "--format", "json", "--check", check]);
        serde_json::from_str::<Value>(&ran.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr))
    };
    let (skipped, passed) = (at("canary=skip"), at("canary=pass"));
    assert_eq!(skipped["quality"]["usable"], true, "{}", skipped["quality"]);
    let chance = |report: &Value| report["forecast"]["probability"].as_f64().expect("a forecast");
    assert!(chance(&skipped) > 0.35 && chance(&passed) < 0.12, "{} {}", chance(&skipped), chance(&passed));
    let first = &skipped["forecast"]["contributions"][0];
    assert_eq!((&first["id"], &first["title"]), (&"check:canary".into(), &"canary has not passed".into()));
    assert!(first["factor"].as_f64() > Some(2.0));
    let (low, high) = (skipped["forecast"]["low"].as_f64(), skipped["forecast"]["high"].as_f64());
    assert!(low < Some(chance(&skipped)) && Some(chance(&skipped)) < high);
    // Those most like it are those in which the canary was skipped.
    let failed = |report: &Value| {
        report["alike"].as_array().expect("releases").iter().filter(|one| one["failed"] == true).count()
    };
    assert!(failed(&skipped) >= 3 && failed(&passed) <= 1, "{} {}", failed(&skipped), failed(&passed));
    // The review says the same of the same forecasts, but for the planned release itself.
    let review = place.relconf(&["review", "--as-of", "2026-03-02T10:00:00Z", "--format", "json"]).json();
    assert_eq!(review["forecasts"], skipped["quality"]);
}

#[test]
fn a_brief_preflight_fits_a_comment() {
    let place = Place::repository(&HISTORY.replace("Bo Lind", "B|o @octocat ::error::"));
    place.file("relconf.toml", &CONFIG.replace("dry-run", "d|r `y` ::warning::x"));
    let text = preflight(&place, &["--format", "markdown-brief", "--by", "::error::<b>"]).stdout;
    assert!(text.starts_with("<!-- relconf:preflight -->\n**Release preflight: not ready.** "), "{text}");
    assert!(text.lines().count() <= 15 && text.ends_with("</details>\n"), "{text}");
    let rows: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.replace("\\|", "").matches('|').count())
        .collect();
    // The header, its rule, and the three that are missing.
    assert!(rows.len() == 5 && rows.iter().all(|&count| count == 5), "{text}");
    assert!(text.contains("octocat") && text.contains("3 commits"), "{text}");
    assert_eq!((live(&text).iter().find(|one| *one != "HTML <br>"), ragged(&text)), (None, None), "{text}");
    let nothing = Place::repository(HISTORY);
    let text = preflight(&nothing, &["--format", "markdown-brief"]).stdout;
    assert!(
        text.contains("**Release preflight: nothing is required, so nothing was checked.** ")
            && !text.contains("ready"),
        "{text}"
    );
}

#[test]
fn tags_and_the_commit_lead_to_the_forge() {
    let place = place();
    let links = "[links]\ntag = \"https://forge.example/tag/{}\"\ncommit = \"https://forge.example/commit/{}\"\n";
    place.file("relconf.toml", &format!("{links}{CONFIG}"));
    let report: Preflight = serde_json::from_value(json(&place, &[])).expect("a report");
    let id = report.commit.clone().expect("a commit");
    let drawn = |name: &str| {
        let format = PREFLIGHT_FORMATS.iter().find(|format| format.name == name).expect("a format");
        format.draw(&report, &TerminalOptions { links: Links::Osc8, ..plain(100) }).text()
    };
    for (format, tag, commit) in [
        (
            "terminal",
            "\u{1b}]8;;https://forge.example/tag/v1.1.0\u{1b}\\v1.1.0".to_owned(),
            format!("\u{1b}]8;;https://forge.example/commit/{id}\u{1b}\\{}", &id[..12]),
        ),
        (
            "markdown",
            "[`v1.1.0`](<https://forge.example/tag/v1.1.0>)".to_owned(),
            format!("[`{}`](<https://forge.example/commit/{id}>)", &id[..12]),
        ),
        (
            "markdown-brief",
            "[`v1.1.0`](<https://forge.example/tag/v1.1.0>)".to_owned(),
            format!("[`{}`](<https://forge.example/commit/{id}>)", &id[..12]),
        ),
    ] {
        let text = drawn(format);
        assert!(text.contains(&tag) && text.contains(&commit), "{format}: {text}");
    }
    let (json, github) = (drawn("json"), drawn("github"));
    assert!(!json.contains('\u{1b}') && !github.contains("forge.example") && !github.contains('`'), "{github}");
}

#[test]
fn every_format_says_the_same_and_commands_nothing() {
    let place = Place::repository(&HISTORY.replace("Bo Lind", "B|o @octocat ::error::"));
    place.file("relconf.toml", &CONFIG.replace("dry-run", "d|r `y` ::warning::x"));
    let markdown = preflight(&place, &["--format", "markdown", "--by", "::error::<b>"]).stdout;
    assert!(markdown.starts_with("## Release preflight: not ready\n"), "{markdown}");
    let rows: Vec<_> = markdown
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.replace("\\|", "").matches('|').count())
        .collect();
    assert!(rows.len() == 5 && rows.iter().all(|&count| count == 5), "{markdown}");
    assert_eq!((live(&markdown), ragged(&markdown)), (Vec::new(), None), "{markdown}");
    let summary = place.file("summary.md", "before\n");
    let variables = [("GITHUB_STEP_SUMMARY", summary.to_str().expect("UTF-8"))];
    let github = place.relconf_with(&["preflight", "--as-of", AS_OF, "--format", "github"], &variables).stdout;
    let summary = std::fs::read_to_string(&summary).expect("there");
    assert!(summary.starts_with("before\n## Release preflight: not ready\n"), "{summary}");
    assert!(github.contains(". None of 2 releases failed, as far as git shows"), "{github}");
    assert!(
        github.lines().all(|line| line.starts_with("::error title=") || line.starts_with("::notice title=")),
        "{github}"
    );
    assert_eq!(github.lines().filter(|line| line.starts_with("::error")).count(), 3, "{github}");
    let terminal = preflight(&place, &["--by", "::error::x"]).stdout;
    assert!(!terminal.lines().any(|line| line.trim_start().starts_with("::")), "{terminal}");
}

#[test]
fn nothing_is_said_of_what_cannot_be_seen() {
    let empty = Place::repository("person a = A B <a@x>\n2026-01-01T00:00:00Z a commit one | x\n");
    preflight(&empty, &[]).fails_saying(&["nothing was released yet", "git fetch --tags"]);
    let place = place();
    let head =
        git2::Repository::open(place.path()).expect("a repository").head().expect("HEAD").target().expect("an id");
    place.file(".git/shallow", &format!("{head}\n"));
    preflight(&place, &["--gate"]).fails_saying(&["this is a shallow clone", "fetch-depth: 0"]);
    // An incident that cannot be read would make the odds look better than they are.
    let place = self::place();
    place.file("incidents.toml", "[[incident]]\nid = \"A\"\ntitle = \"x\"\nstarted_at = 1\n");
    preflight(&place, &["--gate"]).fails_saying(&["the logs cannot be trusted", "incidents.toml:4:14"]);
    assert_eq!(preflight(&place, &[]).code, 0);
}
