//! What a review, a trend and every view make of controls.

use crate::support::Place;

const NOW: &str = "--as-of=2026-06-30T12:00:00Z";

/// Twenty releases; a canary and its runbook from v1.10.0 on.
fn story() -> Place {
    let mut script = "person ana = Ana Costa <ana@example.com>\nperson bo = Bo Lind <bo@example.com>\n".to_owned();
    for n in 0..20 {
        let (month, day) = (1 + n / 4, 1 + 7 * (n % 4));
        let at = |hour: u32| format!("2026-{month:02}-{day:02}T{hour:02}:00:00Z");
        let who = if n % 2 == 0 { "ana" } else { "bo" };
        let files = match n {
            0 => {
                " .github/workflows/ship.yml=\"on: {push: {tags: ['v*']}}\\njobs:\\n  deploy:\\n    if: github.actor == 'ana'\\n    steps:\\n      - run: kubectl apply -f k8s\\n\""
            }
            10 => {
                " deploy/rollout.yaml=\"apiVersion: argoproj.io/v1alpha1\\nkind: Rollout\\nmetadata: {name: web}\\nspec:\\n  strategy:\\n    canary:\\n      steps: [{setWeight: 20}]\\n\" RELEASING.md=\"- [ ] tag it\\n\""
            }
            _ => "",
        };
        script.push_str(&format!(
            "{} {who} commit feat: number {n} | src/{n}.rs{files}\n{} {who} tag v1.{n}.0 | v1.{n}.0\n",
            at(9),
            at(10)
        ));
    }
    Place::repository(&script)
}

#[test]
fn each_control_says_since_when_and_what_to_do_follows() {
    let place = story();
    let json = place.relconf(&["controls", NOW, "--format", "json"]).json();
    let found = json["controls"]["found"].as_array().expect("controls");
    let of =
        |kind: &str| found.iter().find(|found| found["kind"] == kind).unwrap_or_else(|| panic!("{kind}: {found:#?}"));
    assert_eq!(of("untested-publish")["since"]["release"], "v1.0.0");
    assert_eq!(of("canary")["since"]["release"], "v1.10.0");
    assert_eq!((&of("canary")["path"], &of("canary")["line"]), (&"deploy/rollout.yaml".into(), &2.into()));
    assert_eq!(of("runbook")["page"]["authors"], 1);
    assert_eq!(json["controls"]["nothing"], serde_json::json!(["change", "verification", "decision", "detection"]));

    let review = place.relconf(&["review", NOW, "--format", "json"]).json();
    assert_eq!(review["controls"], json["controls"], "a section of the review says the same");
    let codes: Vec<&str> =
        review["findings"].as_array().expect("findings").iter().filter_map(|f| f["code"].as_str()).collect();
    for code in
        ["untested-publish", "no-way-back", "person-in-pipeline", "runbook-one-person", "rollout-without-analysis"]
    {
        assert!(codes.contains(&code), "{code} is not among {codes:?}");
    }
    let canary = review["traits"]
        .as_array()
        .expect("traits")
        .iter()
        .find(|found| found["id"] == "control:canary")
        .expect("a trait");
    assert_eq!(
        (&canary["split"]["judged"], &canary["split"]["judged_without"]),
        (&10.into(), &9.into()),
        "the first ships everything"
    );
    let stage = |review: &serde_json::Value, id: &str| {
        let stages = review["map"]["stages"].as_array().expect("stages");
        stages.iter().find(|stage| stage["id"] == id).expect("a stage").clone()
    };
    let recovery = stage(&review, "recovery");
    assert_eq!(
        (&recovery["trust"], &recovery["cells"]["ritual"]["standing"]),
        (&"unproven".into(), &"unproven".into())
    );
    assert!(
        recovery["cells"]["ritual"]["readings"][0]["statement"]
            .as_str()
            .expect("text")
            .contains("RELEASING.md:1, since v1.10.0")
    );
    assert_eq!(
        stage(&review, "decision")["cells"]["person"]["standing"],
        "borrowed",
        "it rests on whom the pipeline names"
    );
    assert_eq!(stage(&review, "detection")["trust"], "blind", "nothing is declared of it");
}

#[test]
fn a_file_that_only_moved_is_as_old_as_it_was() {
    let page = "\"# How to release\\n\"";
    let flow = "\"on: push\\njobs:\\n  out: {steps: [{run: npm publish}]}\\n\"";
    let place = Place::repository(&format!(
        "person a = Ana Costa <a@example.com>\n\
         2026-01-01T00:00:00Z a commit feat: one | src/a.rs RELEASING.md={page} .github/workflows/a.yml={flow}\n\
         2026-01-02T00:00:00Z a tag v1.0.0 | one\n\
         2026-02-01T00:00:00Z a commit feat: two | src/b.rs -RELEASING.md docs/RELEASE.md={page}\n\
         2026-02-02T00:00:00Z a tag v1.1.0 | two\n\
         2026-03-01T00:00:00Z a commit feat: three | src/c.rs docs/releasing.md={page}\n\
         2026-03-02T00:00:00Z a tag v1.2.0 | three\n\
         2026-04-01T00:00:00Z a commit feat: four | -.github/workflows/a.yml .github/workflows/b.yml={flow}\n"
    ));
    let json = place.relconf(&["controls", NOW, "--format", "json"]).json();
    let found = json["controls"]["found"].as_array().expect("controls");
    let since = |path: &str, kind: &str| {
        let of = found.iter().find(|found| found["path"] == path && found["kind"] == kind);
        of.unwrap_or_else(|| panic!("{path}: {found:#?}"))["since"]["release"].clone()
    };
    assert_eq!(since("docs/RELEASE.md", "runbook"), "v1.0.0", "it lay at the root");
    assert_eq!(since("docs/releasing.md", "runbook"), "v1.2.0", "a copy of what is still there is new");
    assert_eq!(since(".github/workflows/b.yml", "untested-publish"), "v1.0.0", "moved since the newest release");
}

/// Since which release each file of a repository declares what it does, by the path.
fn since(script: &str) -> Vec<(String, serde_json::Value)> {
    let json = Place::repository(script).relconf(&["controls", NOW, "--format", "json"]).json();
    let found = json["controls"]["found"].as_array().expect("controls");
    found.iter().map(|of| (of["path"].as_str().expect("a path").to_owned(), of["since"]["release"].clone())).collect()
}

#[test]
fn a_file_that_was_written_anew_under_another_name_is_as_old_as_the_one_that_is_gone() {
    let scan = |name: &str| {
        format!("\"on: push\\njobs:\\n  {name}: {{steps: [{{uses: github/codeql-action/analyze@v3}}]}}\\n\"")
    };
    let told = since(&format!(
        "person a = Ana Costa <a@example.com>\n\
         2026-01-01T00:00:00Z a commit feat: one | src/a.rs .github/workflows/scan.yml={}\n\
         2026-01-02T00:00:00Z a tag v1.0.0 | one\n\
         2026-02-01T00:00:00Z a commit feat: two | -.github/workflows/scan.yml .github/workflows/supply.yml={}\n\
         2026-02-02T00:00:00Z a tag v1.1.0 | two\n",
        scan("one"),
        scan("other")
    ));
    assert_eq!(told, [(".github/workflows/supply.yml".to_owned(), "v1.0.0".into())]);
    // One that speaks of something else is new, though another one is gone.
    let flow = |job: &str| format!("\"on: push\\njobs:\\n  {job}: {{steps: [{{run: pytest}}]}}\\n\"");
    let told = since(&format!(
        "person a = Ana Costa <a@example.com>\n\
         2026-01-01T00:00:00Z a commit feat: one | src/a.rs .github/workflows/old.yml={}\n\
         2026-01-02T00:00:00Z a tag v1.0.0 | one\n\
         2026-02-01T00:00:00Z a commit feat: two | -.github/workflows/old.yml .github/workflows/new.yml={}\n\
         2026-02-02T00:00:00Z a tag v1.1.0 | two\n",
        flow("browsers"),
        flow("unit")
    ));
    assert_eq!(told, [(".github/workflows/new.yml".to_owned(), "v1.1.0".into())]);
}

#[test]
fn what_another_line_of_development_lacks_does_not_make_a_control_younger() {
    // A maintained branch that never had it has the newest release.
    let told = since(
        "person a = Ana Costa <a@example.com>\n\
         2026-01-01T00:00:00Z a commit feat: one | src/a.rs\n\
         2026-01-02T00:00:00Z a tag v1.0.0 | one\n\
         branch maintained\n\
         checkout main\n\
         2026-02-01T00:00:00Z a commit feat: two | CODEOWNERS=\"* @ana\\n\"\n\
         2026-02-02T00:00:00Z a tag v2.0.0 | two\n\
         checkout maintained\n\
         2026-03-01T00:00:00Z a commit fix: one | src/a.rs\n\
         2026-03-02T00:00:00Z a tag v1.0.1 | one\n\
         checkout main\n",
    );
    assert_eq!(told, [("CODEOWNERS".to_owned(), "v2.0.0".into())]);
}

#[test]
fn what_was_released_on_a_branch_of_its_own_is_released() {
    // HEAD contains the first release alone: the newer ones are made on branches, where it is.
    let told = since(
        "person a = Ana Costa <a@example.com>\n\
         2026-01-01T00:00:00Z a commit feat: one | src/a.rs\n\
         2026-01-02T00:00:00Z a tag v1.0.0 | one\n\
         2026-02-01T00:00:00Z a commit feat: two | CODEOWNERS=\"* @ana\\n\"\n\
         branch two\n\
         2026-02-02T00:00:00Z a commit chore: release | src/b.rs\n\
         2026-02-02T01:00:00Z a tag v2.0.0 | two\n\
         checkout main\n\
         2026-03-01T00:00:00Z a commit feat: three | src/a.rs\n\
         branch three\n\
         2026-03-02T00:00:00Z a commit chore: release | src/b.rs\n\
         2026-03-02T01:00:00Z a tag v3.0.0 | three\n\
         checkout main\n",
    );
    assert_eq!(told, [("CODEOWNERS".to_owned(), "v2.0.0".into())]);
}

#[test]
fn of_parts_that_are_released_apart_each_tells_how_old_a_file_is() {
    let told = since(
        "person a = Ana Costa <a@example.com>\n\
         2026-01-01T00:00:00Z a commit feat: one | a/a.rs b/b.rs CODEOWNERS=\"* @ana\\n\"\n\
         2026-01-02T00:00:00Z a tag web-v1.0.0 | one\n\
         2026-02-01T00:00:00Z a commit feat: two | b/b.rs\n\
         2026-02-02T00:00:00Z a tag api-v1.0.0 | two\n\
         2026-03-01T00:00:00Z a commit feat: three | b/b.rs\n\
         2026-03-02T00:00:00Z a tag api-v1.1.0 | three\n",
    );
    assert_eq!(told, [("CODEOWNERS".to_owned(), "web-v1.0.0".into())]);
}

#[test]
fn where_no_release_is_known_nothing_is_said_of_since_when() {
    let place = Place::repository(
        "person a = Ana Costa <a@example.com>\n\
         2026-01-01T00:00:00Z a commit feat: one | src/a.rs CODEOWNERS=\"* @ana\\n\"\n",
    );
    let said = place.relconf(&["controls", NOW]).stdout;
    assert!(
        said.contains("[CODEOWNERS:1]") && said.contains("no release is known that could tell since when"),
        "{said}"
    );
    let page = place.relconf(&["controls", NOW, "--format", "markdown"]).stdout;
    assert!(page.contains("(`CODEOWNERS:1`)"), "{page}");
}

#[test]
fn a_guess_is_told_as_one_in_every_view_and_opens_no_stage() {
    let flow = "\"on: push\\njobs:\\n  unit-tests: {steps: [{run: ./somehow}]}\\n\"";
    let place = Place::repository(&format!(
        "person a = Ana Costa <a@example.com>\n2026-01-01T00:00:00Z a commit x | .github/workflows/ci.yml={flow}\n\
         2026-01-02T00:00:00Z a tag v1.0.0 | one\n"
    ));
    let guess = "called tests, by name alone: unit-tests";
    for args in [
        &["controls", NOW, "--color", "never"][..],
        &["controls", NOW, "--format", "markdown"],
        &["review", NOW, "--format", "html"],
        &["explain", "tests", NOW],
        &["explain", ".github/workflows/ci.yml", NOW],
    ] {
        let said = place.relconf(args).stdout;
        assert!(said.contains(guess), "{args:?}: {said}");
    }
    let review = place.relconf(&["review", NOW, "--format", "json"]).json();
    assert_eq!(review["controls"]["found"][0]["facts"]["only_by"], "name");
    let stages = review["map"]["stages"].as_array().expect("stages");
    let verification = stages.iter().find(|stage| stage["id"] == "verification").expect("a stage");
    assert_eq!(verification["trust"], "blind");
}

#[test]
fn a_checklist_is_asked_what_it_caught_where_a_log_could_say_it() {
    let place = story();
    let told =
        |place: &Place| place.relconf(&["review", NOW, "--format", "json"]).stdout.contains("checklist-never-caught");
    assert!(!told(&place), "no log says what was caught");
    let entries = (10..20)
        .map(|n| format!("[[release]]\ntag = \"v1.{n}.0\"\nchecks = [{{ name = \"smoke\", result = \"pass\" }}]\n"))
        .collect::<Vec<_>>()
        .concat();
    place.file("releases.toml", &entries);
    assert!(told(&place));
}

#[test]
fn many_jobs_of_one_file_are_told_in_one_line() {
    let jobs = (0..9).map(|n| format!("\\n  out{n}: {{steps: [{{run: npm publish}}]}}")).collect::<Vec<_>>().concat();
    let place = Place::repository(&format!(
        "person a = Ana Costa <a@example.com>\n2026-01-01T00:00:00Z a commit x | .github/workflows/ship.yml=\"on: push\\njobs:{jobs}\\n\"\n"
    ));
    let said = place.relconf(&["controls", NOW, "--color", "never"]).stdout;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains(
            "each of out0, out1, out2, and 6 more ships (npm publish), and no test of its pipeline could stop it"
        ),
        "{said}"
    );
    assert_eq!(said.matches("could stop it").count(), 1, "{said}");
}

#[test]
fn every_view_tells_them() {
    let place = story();
    let said = place.relconf(&["controls", NOW, "--color", "never"]).stdout;
    for part in [
        "a canary rollout: web (1 weight, no analysis) [deploy/rollout.yaml:2, since",
        "v1.10.0]",
        "gh api",
        "Did it help?",
    ] {
        assert!(said.contains(part), "\"{part}\" is missing in:\n{said}");
    }
    let document = place.relconf(&["controls", NOW, "--format", "markdown"]).stdout;
    assert!(document.contains("(`deploy/rollout.yaml:2`, since v1.10.0)"), "{document}");
    let page = place.relconf(&["review", NOW, "--format", "html"]).stdout;
    assert!(page.contains("<h2 id=\"controls\">What the pipeline says</h2>"));
    let explained = place.relconf(&["explain", "canary", NOW]).stdout;
    assert!(explained.contains("A few users get it first.") && explained.contains("rollout.yaml:2"), "{explained}");
    let file = place.relconf(&["explain", ".github/workflows/ship.yml", NOW]).stdout;
    assert!(file.contains("no test of its pipeline could stop it"), "{file}");
}

#[test]
fn settings_ignore_add_and_give_what_the_forge_knows() {
    let place = story();
    place.file("env.json", r#"{"environments":[{"name":"production","protection_rules":[{"type":"required_reviewers","reviewers":[{}]}]}]}"#);
    place.file(
        "relconf.toml",
        "[controls]\nignore = [\".github/*\"]\nforge = [\"env.json\"]\nextra = [{ stage = \"recovery\", name = \"switch\", path = \"src/5.rs\" }]\n",
    );
    let json = place.relconf(&["controls", NOW, "--format", "json"]).json();
    let found = json["controls"]["found"].as_array().expect("controls");
    assert!(found.iter().all(|found| found["path"] != ".github/workflows/ship.yml"), "{found:#?}");
    let extra = found.iter().find(|found| found["kind"] == "configured").expect("the settings' own");
    assert_eq!(
        (&extra["stage"], &extra["subject"], &extra["since"]["release"]),
        (&"recovery".into(), &"switch".into(), &"v1.5.0".into())
    );
    assert_eq!(json["controls"]["forge"][0]["asks"], serde_json::json!(["an approval of 1 reviewer"]));
    place.file("bad.json", r#"{"message":"Not Found"}"#);
    place.relconf(&["controls", NOW, "--forge", "bad.json"]).fails_saying(&[
        "bad.json",
        "error of the forge",
        "relconf controls names",
    ]);
    place.file("relconf.toml", "[controls]\nextra = [{ stage = \"recovry\", name = \"x\", path = \"../y\" }]\n");
    place.relconf(&["controls", NOW]).fails_saying(&["relconf.toml:2", "recovery"]);
    place.file("relconf.toml", "[controls]\nignore = [\"[\"]\n");
    assert_eq!(place.relconf(&["controls", NOW]).code, 2);
}

#[test]
fn the_moment_that_is_stood_at_decides_and_the_gate_reads_none() {
    let place = story();
    let then = place.relconf(&["controls", "--as-of=2026-03-03T00:00:00Z", "--format", "json"]).json();
    let found = then["controls"]["found"].as_array().expect("controls");
    assert!(found.iter().all(|found| found["kind"] != "canary"), "it came later: {found:#?}");
    let gate = place.relconf(&["gate", NOW, "--format", "json"]);
    assert!(!gate.stdout.contains("ship.yml") && !gate.stdout.contains("rollout.yaml"), "{}", gate.stdout);
    let bare = Place::repository("person a = Ana Costa <a@example.com>\n2026-01-01T00:00:00Z a commit x | README.md\n");
    let said = bare.relconf(&["controls", NOW, "--color", "never"]).stdout;
    assert!(said.contains("No pipeline, owners, runbook or alert rule was found"), "{said}");
}

/// Thirty releases over two years with a runbook of the first day, a nightly window, a scan that cannot say no, and owners for
/// part of the paths.
#[test]
fn what_is_old_soft_or_unowned_is_found() {
    let mut script = "person ana = Ana Costa <ana@example.com>\nperson bo = Bo Lind <bo@example.com>\n".to_owned();
    for n in 0..30 {
        let (year, month) = (2024 + n / 12, 1 + n % 12);
        let at = |hour: u32| format!("{year}-{month:02}-05T{hour:02}:00:00Z");
        let who = if n % 2 == 0 { "ana" } else { "bo" };
        let first = " RUNBOOK.md=\"# Run\\nroll back\\n\" CODEOWNERS=\"/a/ @org/team\\n\" .github/workflows/ship.yml=\"on:\\n  schedule: [{cron: '0 9 * * 1'}]\\njobs:\\n  test:\\n    steps:\\n      - run: cargo test || true\\n  out:\\n    steps:\\n      - run: cargo publish\\n\"";
        let files = if n == 0 { first } else { "" };
        let paths = format!("a/{n}.rs a/x{n}.rs b/{n}.rs b/x{n}.rs");
        script.push_str(&format!(
            "{} {who} commit feat: number {n} | {paths}{files}\n{} {who} tag v1.{n}.0 | v1.{n}.0\n",
            at(9),
            at(10)
        ));
    }
    let place = Place::repository(&script);
    let review = place.relconf(&["review", NOW, "--last", "20", "--format", "json"]).json();
    let findings = review["findings"].as_array().expect("findings");
    let of =
        |code: &str| findings.iter().find(|found| found["code"] == code).unwrap_or_else(|| panic!("{code} is missing"));
    for (code, part) in [
        ("check-cannot-fail", "test (.github/workflows/ship.yml:6)"),
        ("window-in-pipeline", "ship.yml (.github/workflows/ship.yml:2)"),
        ("untested-publish", "out (.github/workflows/ship.yml:9)"),
        ("runbook-old", "RUNBOOK.md was last changed on 2024-01-05"),
        ("paths-without-owner", "50% (40 of 80)"),
    ] {
        let statement = of(code)["statement"].as_str().expect("text");
        assert!(statement.contains(part), "{code}: {statement}");
    }
    assert!(findings.iter().all(|found| found["code"] != "no-way-back"), "nothing deploys");
    let owned = &review["controls"]["owned"];
    assert_eq!(
        (&owned["paths"], &owned["owned"], &owned["without"][0]),
        (&80.into(), &40.into(), &serde_json::json!(["b", 40]))
    );
}

#[test]
fn a_control_is_a_milestone_of_the_trend_where_enough_is_known() {
    let mut script = "person ana = Ana Costa <ana@example.com>\n".to_owned();
    for n in 0..60_i64 {
        let at = chrono::DateTime::from_timestamp(1_735_725_600 + n * 7 * 86_400, 0).expect("a time").to_rfc3339();
        let file = if n == 30 {
            " deploy/rollout.yaml=\"apiVersion: argoproj.io/v1alpha1\\nkind: Rollout\\nspec: {strategy: {canary: {}}}\\n\""
        } else {
            ""
        };
        script.push_str(&format!(
            "{at} ana commit feat: number {n} | src/{n}.rs{file}\n{at} ana tag v1.{n}.0 | v1.{n}.0\n"
        ));
    }
    let place = Place::repository(&script);
    // Two of the first thirty failed, and none since.
    let failed = |n: i64| {
        let at =
            chrono::DateTime::from_timestamp(1_735_725_600 + n * 7 * 86_400 + 3600, 0).expect("a time").to_rfc3339();
        format!(
            "[[incident]]\nid = \"I-{n}\"\ntitle = \"x\"\ndetected_at = {at}\ncaused_by = {{ release = \"v1.{n}.0\" }}\n"
        )
    };
    place.file("incidents.toml", &format!("covers_from = 2025-01-01\n{}{}", failed(20), failed(25)));
    let trend = place.relconf(&["trend", NOW, "--by", "10", "--format", "json"]).json();
    let milestones = trend["trend"]["milestones"].as_array().expect("milestones");
    let [one] = &milestones[..] else { panic!("one milestone: {milestones:#?}") };
    assert_eq!(
        (&one["declared"], &one["title"]),
        (&true.into(), &"a canary (deploy/rollout.yaml), since v1.30.0".into())
    );
    assert_eq!(one["metrics"][0]["id"], "change_failure_rate");
    let said = place.relconf(&["trend", NOW, "--by", "10", "--color", "never"]).stdout;
    assert!(said.contains("A canary (deploy/rollout.yaml), since v1.30.0"), "{said}");
    // No window of the past knows what came later.
    assert!(said.contains("New: ") && !said.contains("Found in every window: no-way-back"), "{said}");
    let cell =
        |line: &str| said.lines().find(|found| found.trim_start().starts_with(line)).unwrap_or_default().to_owned();
    assert!(cell("Rollout").contains("···???"), "{said}");
}
