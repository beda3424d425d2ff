//! Entries of the organisation's log go where they belong, and nowhere else.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::{add, files, history, json, repository, run, three};
use crate::support::Place;

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
        entry("ORG-1", &format!("repository = [\"web\", \"lost\", \"jobs\"]\n{tag}")),
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
    // What it names besides is not lost in silence.
    assert_eq!(
        routing["partly"],
        serde_json::json!([{ "id": "ORG-1", "why": "no repository of the list is called lost" }])
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
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let alone =
        "A command typed in one repository reads its own log alone, without the organisation's (4 entries routed).";
    assert!(line.contains(alone), "{line}");
    assert!(said.contains("8 entries: 2 by the repository they name, 1 by a service, 1 by a commit"), "{said}");
    assert!(said.contains("ORG-4: it names a tag alone"), "{said}");
    assert!(said.contains("ORG-1: no repository of the list is called lost"), "{said}");
    // The tables have the same names of incidents.
    assert_eq!(run(&place, &["--list=fleet.toml", "--export=out", "--export-format=ndjson"]).code, 0);
    let rows = files(&place.path().join("out"));
    let incidents = rows.iter().filter(|(name, _)| name.starts_with("incident/")).flat_map(|(_, text)| text.lines());
    let names: BTreeSet<(String, String)> = incidents
        .map(|line| {
            let row: Value = serde_json::from_str(line).expect("JSON");
            let text = |key: &str| row[key].as_str().unwrap_or("null").to_owned();
            (text("repo_id"), text("fleet_incident_id"))
        })
        .collect();
    let expected = [
        ("api", "ORG-2"),
        ("api", "api/INC-20"),
        ("api", "api/INC-22"),
        ("jobs", "ORG-1"),
        ("jobs", "ORG-3"),
        ("web", "ORG-1"),
    ];
    assert!(names.iter().map(|(repository, name)| (repository.as_str(), name.as_str())).eq(expected), "{names:#?}");
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
fn every_broken_entry_is_listed() {
    let place = three();
    let broken = |id: &str| format!("[[incident]]\nid = \"{id}\"\ntitle = \"x\"\ndetected_at = 4\n");
    let good = "[[incident]]\nid = \"D\"\ntitle = \"x\"\nrepository = \"api\"\ndetected_at = 2026-06-17T10:00:00Z\n";
    place.file("org.toml", &(broken("A") + &broken("B") + &broken("C") + good));
    let fleet = json(&place, &[".", "--incidents", "org.toml"]);
    let unrouted = fleet["routing"]["unrouted"].as_array().expect("a list");
    let at: Vec<_> = unrouted.iter().map(|one| one["id"].as_str().expect("text")).collect();
    assert_eq!(
        (at, &fleet["routing"]["set_aside"]),
        (vec!["org.toml:12:15", "org.toml:4:15", "org.toml:8:15"], &3.into())
    );
}

/// How many name more than is listed is a number.
#[test]
fn how_many_name_more_is_counted() {
    let place = three();
    let entry = |id: &str| {
        format!(
            "[[incident]]\nid = \"{id}\"\ntitle = \"Down\"\ndetected_at = 2026-06-01T10:00:00Z\nrepository = [\"api\", \"lost\"]\n"
        )
    };
    place.file("org.toml", &["A", "B", "C"].map(entry).concat());
    let said = run(&place, &[".", "--incidents=org.toml"]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("3 entries: 3 by the repository they name. 3 name a repository besides that is not in the list."),
        "{said}"
    );
}
