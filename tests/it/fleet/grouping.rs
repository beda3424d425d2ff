//! Whose each repository is, and which of them may be counted together.

use std::fs;

use serde_json::Value;

use super::{add, files, history, json, repository, run};
use crate::support::Place;

#[test]
fn owners_come_from_the_list_a_catalog_or_the_repository() {
    let place = Place::empty();
    let owners = "2026-06-01T09:00:00Z ana commit owners | CODEOWNERS=\"* @acme/web @acme/ops\\n\"\n";
    add(&place, "web", &(history("web", 3, &[]) + owners), &[]);
    add(&place, "api", &history("api", 3, &[]), &[]);
    add(&place, "jobs", &history("jobs", 3, &[]), &[]);
    place.file(
        "teams/one.json",
        r#"[{ "repository": "api", "team": "payments", "tier": 1 }, { "repository": "jobs", "tier": "gold" }]"#,
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
    assert_eq!(owner("jobs"), ["-", "-", "gold"]);
    // The tables say the same.
    assert_eq!(run(&place, &["--list=fleet.toml", "--export=out", "--export-format=ndjson"]).code, 0);
    let rows = files(&place.path().join("out"));
    let mut tiers: Vec<_> = rows
        .iter()
        .filter(|(name, _)| name.starts_with("repository/"))
        .map(|(_, text)| serde_json::from_str::<Value>(text).expect("JSON"))
        .map(|row| format!("{} {} {}", row["repo_id"], row["team"], row["tier"]).replace('"', ""))
        .collect();
    tiers.sort();
    assert_eq!(tiers, ["api payments 1", "jobs null gold", "web @acme/web null"]);
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
    let found: Vec<_> = strata
        .iter()
        .map(|one| (one["rules"]["maturity"].as_str().expect("text"), one["all"]["repositories"].as_u64()))
        .collect();
    assert_eq!(found, [("1d", Some(1)), ("7d", Some(1))]);
    // A configuration for those that have none: now both stand under one rule.
    place.file("all.toml", "[releases]\nmaturity = \"1d\"\n");
    let fleet = json(&place, &[".", "--config=all.toml"]);
    assert_eq!(fleet["strata"].as_array().map(Vec::len), Some(1));
    let said = run(&place, &["."]).stdout;
    assert!(said.contains("under maturity 1d") && said.contains("under maturity 7d"), "{said}");
    // Whatever the tables' hash of the rules tells apart, the strata do.
    fs::write(place.path().join("a/relconf.toml"), "[releases]\nhotfix_window = \"3d\"\n").expect("written");
    let ran = run(&place, &[".", "--config=all.toml", "--export=out", "--export-format=ndjson", "--format=json"]);
    let rows = files(&place.path().join("out"));
    let runs = rows.iter().filter(|(name, _)| name.starts_with("export_run/"));
    let hashes: std::collections::BTreeSet<_> = runs
        .map(|(_, row)| serde_json::from_str::<Value>(row).expect("JSON")["config_hash"].as_str().map(str::to_owned))
        .collect();
    assert_eq!((ran.json()["strata"].as_array().map(Vec::len), hashes.len()), (Some(2), 2));
}

/// Whose a repository is that cannot be read, nobody may know: then it is missing for every team that is asked for.
#[test]
fn a_team_is_told_what_may_be_its_own_and_a_team_that_there_is_not_is_an_error() {
    let place = Place::empty();
    let owners = "2026-06-01T09:00:00Z ana commit owners | CODEOWNERS=\"* @acme/web\\n\"\n";
    add(&place, "web", &(history("web", 3, &[]) + owners), &[]);
    add(&place, "api", &history("api", 3, &[]), &[]);
    add(&place, "torn", &history("torn", 3, &[]), &[]);
    fs::write(place.path().join("torn/.git/packed-refs"), "no ref at all\n").expect("written");
    let ran = run(&place, &[".", "--team=@acme/web", "--format=json"]);
    ran.fails_saying(&["1 of 2 repositories could not be read"]);
    let fleet: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(
        (&repository(&fleet, "torn")["team"], &repository(&fleet, "web")["team"]),
        (&Value::Null, &"@acme/web".into())
    );
    fs::remove_dir_all(place.path().join("torn")).expect("removed");
    run(&place, &[".", "--team=@acme/wbe"])
        .fails_saying(&["no repository is owned by @acme/wbe", "did you mean \"@acme/web\""]);
    place.file("list.tsv", "web\tweb\tshop\napi\tapi\tpay\n");
    run(&place, &["--list=list.tsv", "--team=paj"])
        .fails_saying(&["no repository is owned by paj", "did you mean \"pay\""]);
    assert_eq!(json(&place, &["--list=list.tsv", "--team=pay"])["counts"]["read"], 1);
}

/// One that is far off changes nothing of what the others are believed to be.
#[test]
fn who_stands_out_is_no_light_in_which_others_are_seen() {
    let place = super::views::golden();
    let all = json(&place, &["--list=fleet.toml", "--allow-unread=1"]);
    let others = json(&place, &["--list=fleet.toml", "--match={service-0[0-689],service-[12]*}"]);
    let points = |fleet: &Value, but: &str| -> Vec<Value> {
        let points = fleet["strata"][0]["repositories"].as_array().expect("a list").iter();
        points.filter(|point| point["id"] != but).cloned().collect()
    };
    assert_eq!(points(&all, "service-07"), points(&others, ""));
    assert_eq!(all["strata"][0]["spread"], others["strata"][0]["spread"]);
    let shop = |fleet: &Value| fleet["strata"][0]["teams"].as_array().expect("a list")[0]["rate"].clone();
    assert_eq!(shop(&all), shop(&others), "a team without the one");
}
