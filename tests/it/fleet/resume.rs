//! What is kept beside the tables, and what another run makes of it.

use std::fs;

use super::{AS_OF, TABLES, files, repository, run, three};

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
    // What its rows of this day are of, stands beside them: no row that could not be read hides good ones.
    assert!(of("export_run/").contains("\"status\":\"ok\"") && of("release_event/").lines().count() == 24);
    let said = run(&place, &["--list=list.tsv", "--export=out", "--allow-unread=1", "--export-format=ndjson"]).stdout;
    assert!(said.contains("its counts of 2026-07-01 stand for it"), "{said}");
    // Another day: it has no rows of that day, and says why.
    let at = |day: &str, last: &str| {
        let (day, last) = (format!("--as-of={day}"), format!("--last={last}"));
        let flags = ["fleet", "--list=list.tsv", "--export=out", "--allow-unread=1", "--no-cache", &day, &last];
        place.relconf(&[&flags[..], &TABLES[..]].concat()).json()
    };
    let later = at("2026-07-11T00:00:00Z", "365d");
    let api = repository(&later, "api");
    assert_eq!((&api["stale"], &api["stale_as_of"]), (&true.into(), &"2026-07-01T00:00:00Z".into()));
    let rows = files(&place.path().join("out"));
    let run_of = |day: &str| {
        let of = |name: &String| name.starts_with(&format!("export_run/as_of={day}/")) && name.contains("api");
        rows.iter().find(|(name, _)| of(name)).map(|(_, row)| row.contains("\"status\":\"unreadable\""))
    };
    assert_eq!((run_of("2026-07-01"), run_of("2026-07-11")), (Some(false), Some(true)));
    // Of another length of time, of a later day, or too old: no number of today rests on it.
    for (day, last, why) in [
        ("2026-07-11T00:00:00Z", "200d", "another length of time"),
        ("2026-06-20T00:00:00Z", "365d", "of a later day"),
        ("2027-02-01T00:00:00Z", "365d", "more than half a window old"),
    ] {
        let fleet = at(day, last);
        let api = repository(&fleet, "api");
        assert_eq!((&api["stale"], &api["read"]), (&false.into(), &serde_json::Value::Null), "{why}");
        assert!(
            api["left_out"].as_str().is_some_and(|said| said.contains("2026-07-01") && said.contains(why)),
            "{api:#}"
        );
    }
    assert_eq!(repository(&at("2026-07-12T00:00:00Z", "365d"), "api")["stale"], true, "it is not forgotten");
}

/// The key of what was read tells nothing of the day; what is counted of a window is counted anew for another one.
#[test]
fn another_day_is_counted_anew_of_the_same_inputs() {
    let place = three();
    let at = |day: &str| {
        let day = format!("--as-of={day}T00:00:00Z");
        let ran =
            place.relconf(&[&["fleet", ".", "--no-cache", "--export=out", "--resume", &day], &TABLES[..]].concat());
        repository(&ran.json(), "web")["read"]["rates"][0]["judged"].as_u64()
    };
    assert_eq!([at("2026-07-01"), at("2026-02-01")], [Some(30), Some(15)]);
    let rows = files(&place.path().join("out"));
    let runs = rows.iter().filter(|(name, _)| name.starts_with("export_run/") && name.contains("web"));
    let keys: Vec<_> = runs
        .map(|(_, row)| serde_json::from_str::<serde_json::Value>(row).expect("JSON")["inputs_key"].to_string())
        .collect();
    assert!(keys.len() == 2 && keys[0] == keys[1] && keys[0].len() > 40, "{keys:?}");
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

/// Repositories of others that were opened to see whose they are, and a run that never began, leave no suspicion behind.
#[test]
fn whoever_was_only_passed_by_is_not_told_as_crashed() {
    let place = three();
    let owners = "person ana = Ana <a@x>\n2026-01-01T09:00:00Z ana commit begin | CODEOWNERS=\"* @acme/ops\\n\"\n";
    super::add(&place, "ops", owners, &[]);
    for _ in 0..3 {
        let ran = run(&place, &[&[".", "--export=out", "--team=@acme/ops", "--resume"], &TABLES[..]].concat());
        assert_eq!(ran.json()["counts"]["repositories"], 1);
    }
    let journal = fs::read_to_string(place.path().join("out/fleet.ndjson")).expect("a journal");
    assert!(!journal.contains("begun"), "{journal}");
    // What cannot be used is told before anything is begun.
    place.file("bad.toml", "[window]\nlats = 3\n");
    place.file("org.toml", "[[incident\n");
    for flags in [["--config", "bad.toml"], ["--incidents", "org.toml"]] {
        let ran = place
            .relconf(&[&["fleet", ".", "--export=out", "--no-cache", "--resume"], &flags[..], &TABLES[..]].concat());
        assert_eq!(ran.code, 2, "{}", ran.stdout);
        let journal = fs::read_to_string(place.path().join("out/fleet.ndjson")).expect("a journal");
        assert!(!journal.contains("\"finished\":false") && journal.contains("\"id\":\"ops\""), "{journal}");
    }
}

/// A run that gives up for a reason of its own, before it began or in the middle, suspects no repository.
#[test]
fn whoever_was_read_when_a_run_gave_up_is_not_at_fault() {
    let place = three();
    let export = |format: &str, more: &[&str]| {
        let format = format!("--export-format={format}");
        run(&place, &[&[".", "--export=out", "--format=json", "--jobs=2", &format], more].concat())
    };
    let good = export("ndjson", &[]).json();
    let journal = || fs::read_to_string(place.path().join("out/fleet.ndjson")).expect("a journal");
    // Rows of that day lie there in the other format: told before anything is begun.
    for _ in 0..2 {
        export("parquet", &["--resume"]).fails_saying(&["counted twice", "write it as ndjson again"]);
    }
    assert!(!journal().contains("begun") && !journal().contains("\"finished\":false"), "{}", journal());
    assert_eq!(export("ndjson", &["--resume"]).json(), good);
    // A folder that cannot be written to, twice: what is in the way is told, and no repository is suspected.
    let blocked = place.path().join("new/release_event");
    fs::create_dir_all(place.path().join("new")).expect("made");
    fs::write(&blocked, "no folder").expect("written");
    let flags = [&[".", "--export=new", "--resume"], &TABLES[..]].concat();
    for _ in 0..3 {
        run(&place, &flags).fails_saying(&["cannot write new/release_event"]);
    }
    fs::remove_file(&blocked).expect("removed");
    assert_eq!(run(&place, &flags).json(), good);
}

/// The row of a run that the journal believes to be there, and that is not.
#[test]
fn a_repository_without_its_rows_has_a_row_that_says_why() {
    let place = three();
    place.file("list.tsv", "api\tapi\nweb\tweb\n");
    let flags = [&["--list=list.tsv", "--export=out", "--allow-unread=1"], &TABLES[..]].concat();
    assert_eq!(run(&place, &flags).code, 0);
    let of_api = |name: &String| name.starts_with("export_run/") && name.contains("api");
    let rows = files(&place.path().join("out"));
    let row = place.path().join("out").join(rows.keys().find(|name| of_api(name)).expect("a row"));
    fs::remove_file(&row).expect("removed");
    fs::rename(place.path().join("api"), place.path().join("elsewhere")).expect("moved");
    assert_eq!(repository(&run(&place, &flags).json(), "api")["stale"], true);
    assert!(fs::read_to_string(&row).expect("a row").contains("\"status\":\"unreadable\""));
}
