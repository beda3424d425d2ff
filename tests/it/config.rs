//! `relconf.toml`: where it is found, what it says, where each value came from, and every problem with its place.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Weekday};
use chrono_tz::Tz;
use proptest::prelude::*;
use release_confidence::config::{Config, NAMES, Origin, discover, load, parse_window};
use release_confidence::document::Zone;
use release_confidence::error::Error;
use release_confidence::model::{
    ComponentChoice, ExtraControl, FindingPolicy, GateLimit, GateMode, GatePolicy, HotfixWindow, LinkPattern, Moment,
    Policy, Probabilities, ProjectKind, RecoveryFrom, RiskClass, Signal, Silence, StageId, WindowRequest, Words,
};
use tempfile::TempDir;

use crate::support::scratch;

fn root() -> TempDir {
    scratch()
}

fn write(root: &TempDir, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = root.path().join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(&path, text).expect("a file");
    path
}

fn read(text: impl AsRef<[u8]>) -> Result<Config, Error> {
    let root = root();
    load(&write(&root, "relconf.toml", text))
}

fn problems(text: impl AsRef<[u8]>) -> Vec<String> {
    let error = read(text).expect_err("it has problems");
    assert!(error.to_string().ends_with("relconf.toml cannot be used"), "{error}");
    error.problems().iter().map(|p| format!("{}:{} {}; {}", p.line, p.column, p.what, p.help)).collect()
}

fn as_of() -> Moment {
    DateTime::parse_from_rfc3339("2024-05-01T00:00:00Z").expect("a time")
}

const FULL: &str = r#"[releases]
tags = ["v*", "release/*"]
exclude = "v0.*"
maturity = "3d"
hotfix_window = "none"
timezone = "Europe/Lisbon"
working_days = ["tue", "mon"]
environment = "live"

[components]
zeta = ["v*"]
"a b" = "ab-*"

[attribution]
window = "2w"

[failure]
signals = ["revert", "incident"]
horizon = "90m"
recovery_from = "release"
severities = ["sev1", "sev2"]
patterns = "hotfix/*"
subjects = ["^fix!:"]
exclude = ["v1.0.0"]
p = { said = 0.5 }

[people]
aliases = { "Ana Costa" = ["ana", "ana@old.example"], bo = "b" }
bots = ["deployer"]
humans = ["Jan Bot"]

[checks]
required = ["canary"]
rituals = ["go-no-go"]

[risk.auth]
paths = ["src/auth/**"]
requires = ["pen-test"]

[controls]
ignore = ["old/*"]
extra = [{ stage = "recovery", name = "traffic switch", path = "ops/switch.sh" }]
forge = "rules.json"

[findings]
silence = [{ code = "large-batch", reason = "we are merging two products", until = 2027-01-31 }]
[findings.thresholds]
detect = "2h"
coverage = 0.5

[window]
last = 20

[gate]
mode = "strict"
alpha = 0.02
on_inconclusive = "fail"
minimum_now = 5
minimum_before = 7
max_unattributed = 0.5
time_to_stop = { max = "2h", max_increase = 2 }
[gate.evidence_coverage]
min = 0.8

[preflight]
max_chance = 0.3

[import.tracker]
id = "$.key"
title = "$.summary"

[sources]
incidents = ["ops/*.toml", "-"]
log = "ops/releases.toml"
assume_tz = "+02:00"

[project]
name = "Acme Shop"
kind = "library"

[links]
commit = "https://x.example/c/{}"
tag = "https://x.example/t/{}"
compare = "https://x.example/{}..{}"
incident = "https://i.example/{}"

[felt]
words = { Sure = 0.9, meh = 0.5 }
"#;

#[test]
fn every_setting_reaches_the_policy() {
    let config = read(FULL).expect("it is right");
    let link = |text: &str, holes| LinkPattern::parse(text, holes).ok();
    let expected = Policy {
        as_of: as_of(),
        clock: as_of(),
        project: Some(ProjectKind::Library),
        timezone: Some(Tz::Europe__Lisbon),
        working_days: vec![Weekday::Mon, Weekday::Tue],
        tags: vec!["v*".into(), "release/*".into()],
        exclude: vec!["v0.*".into()],
        environment: "live".into(),
        components: vec![("zeta".into(), vec!["v*".into()]), ("a b".into(), vec!["ab-*".into()])],
        component: ComponentChoice::Auto,
        maturity: TimeDelta::days(3),
        hotfix_window: HotfixWindow::Never,
        attribution_window: Some(TimeDelta::days(14)),
        horizon: Some(TimeDelta::minutes(90)),
        signals: Some(vec![Signal::Incident, Signal::Revert]),
        recovery_from: RecoveryFrom::Release,
        severities: vec!["sev1".into(), "sev2".into()],
        repairs: vec!["hotfix/*".into()],
        repair_subjects: vec!["^fix!:".into()],
        no_failures: vec!["v1.0.0".into()],
        probabilities: {
            let mut chances = Probabilities::default();
            chances.set(Signal::Said, 0.5);
            chances
        },
        aliases: vec![
            ("Ana Costa".into(), vec!["ana".into(), "ana@old.example".into()]),
            ("bo".into(), vec!["b".into()]),
        ],
        bots: vec!["deployer".into()],
        humans: vec!["Jan Bot".into()],
        required_checks: vec!["canary".into()],
        rituals: vec!["go-no-go".into()],
        felt_words: {
            let mut words = Words::default();
            words.set("sure", 0.9);
            words.set("meh", 0.5);
            words
        },
        ignored_controls: vec!["old/*".into()],
        extra_controls: vec![ExtraControl {
            stage: StageId::Recovery,
            name: "traffic switch".into(),
            path: "ops/switch.sh".into(),
        }],
        risk: vec![RiskClass {
            name: "auth".into(),
            paths: vec!["src/auth/**".into()],
            requires: vec!["pen-test".into()],
        }],
        findings: FindingPolicy {
            thresholds: vec![("detect".into(), 7200.0), ("coverage".into(), 0.5)],
            silence: vec![Silence {
                finding: "large-batch".into(),
                reason: "we are merging two products".into(),
                until: "2027-01-31T00:00:00Z".parse().expect("a time"),
            }],
        },
        window: WindowRequest::LastCount(20),
        project_name: Some("Acme Shop".into()),
        commit_link: link("https://x.example/c/{}", 1),
        tag_link: link("https://x.example/t/{}", 1),
        compare_link: link("https://x.example/{}..{}", 2),
        incident_link: link("https://i.example/{}", 1),
    };
    assert_eq!(config.policy(as_of()), expected);
    let limit = |max, min, max_increase| GateLimit { max, min, max_increase };
    let gate = GatePolicy {
        mode: GateMode::Strict,
        alpha: Some(0.02),
        fail_inconclusive: true,
        minimum_now: 5,
        minimum_before: 7,
        max_unattributed: 0.5,
        limits: vec![
            ("time_to_stop".into(), limit(Some(7200.0), None, Some(2.0))),
            ("evidence_coverage".into(), limit(None, Some(0.8), None)),
        ],
    };
    assert_eq!(config.gate.value, gate);
    assert_eq!(config.incident_paths(), [config.root().join("ops/*.toml"), PathBuf::from("-")]);
    assert_eq!(config.log_paths(), [config.root().join("ops/releases.toml")]);
    assert_eq!(config.assumed_zone().map(|zone| zone.to_string()), Some("+02:00".to_owned()));
}

#[test]
fn without_a_file_all_is_default() {
    let config = Config::defaults(PathBuf::new());
    assert_eq!(config.policy(as_of()), Policy::at(as_of()));
    assert_eq!(read("").expect("empty is right").policy(as_of()), Policy::at(as_of()));
    assert!(config.rows().iter().all(|row| row.origin == Origin::Default));
    assert_eq!((config.incident_paths(), config.assumed_zone()), (vec![], None));
}

#[test]
fn rows_cover_every_setting_and_read_back() {
    let config = read(FULL).expect("it is right");
    let rows = config.rows();
    let shown: Vec<String> = rows
        .iter()
        .map(|row| {
            let Origin::File { line, .. } = row.origin else { panic!("{row:?} comes from the file") };
            format!("{} = {} # {line}", row.key, row.value.clone().expect("a value"))
        })
        .collect();
    assert_eq!(
        shown,
        [
            r#"project.name = "Acme Shop" # 78"#,
            r#"project.kind = "library" # 79"#,
            r#"releases.tags = ["v*", "release/*"] # 2"#,
            r#"releases.exclude = ["v0.*"] # 3"#,
            r#"releases.maturity = "72h" # 4"#,
            r#"releases.hotfix_window = "none" # 5"#,
            r#"releases.timezone = "Europe/Lisbon" # 6"#,
            r#"releases.working_days = ["mon", "tue"] # 7"#,
            r#"releases.environment = "live" # 8"#,
            r#"components = { zeta = ["v*"], "a b" = ["ab-*"] } # 10"#,
            r#"attribution.window = "14d" # 15"#,
            r#"failure.signals = ["incident", "revert"] # 18"#,
            r#"failure.horizon = "90m" # 19"#,
            r#"failure.recovery_from = "release" # 20"#,
            r#"failure.severities = ["sev1", "sev2"] # 21"#,
            r#"failure.patterns = ["hotfix/*"] # 22"#,
            r#"failure.subjects = ["^fix!:"] # 23"#,
            r#"failure.exclude = ["v1.0.0"] # 24"#,
            "failure.p = { rule = 1, changelog = 0.98, said = 0.5, revert = 0.87, hotfix = 0.84, own-lines = 0.9 } # 25",
            r#"people.aliases = { "Ana Costa" = ["ana", "ana@old.example"], bo = ["b"] } # 28"#,
            r#"people.bots = ["deployer"] # 29"#,
            r#"people.humans = ["Jan Bot"] # 30"#,
            r#"checks.required = ["canary"] # 33"#,
            r#"checks.rituals = ["go-no-go"] # 34"#,
            "felt.words = { sure = 0.9, fine = 0.85, uneasy = 0.6, afraid = 0.3, meh = 0.5 } # 88",
            r#"controls.ignore = ["old/*"] # 41"#,
            r#"controls.extra = [{ stage = "recovery", name = "traffic switch", path = "ops/switch.sh" }] # 42"#,
            r#"risk = { auth = { paths = ["src/auth/**"], requires = ["pen-test"] } } # 36"#,
            r#"findings = { thresholds = { detect = 7200, coverage = 0.5 }, silence = [{ code = "large-batch", reason = "we are merging two products", until = 2027-01-31T00:00:00+00:00 }] } # 45"#,
            "window.last = 20 # 52",
            r#"links.commit = "https://x.example/c/{}" # 82"#,
            r#"links.tag = "https://x.example/t/{}" # 83"#,
            r#"links.compare = "https://x.example/{}..{}" # 84"#,
            r#"links.incident = "https://i.example/{}" # 85"#,
            r#"gate = { mode = "strict", alpha = 0.02, on_inconclusive = "fail", minimum_now = 5, minimum_before = 7, max_unattributed = 0.5, time_to_stop = { max = "2h", max_increase = 2 }, evidence_coverage = { min = 0.8 } } # 54"#,
            "preflight.max_chance = 0.3 # 66",
            r#"import = { tracker = { id = "$.key", title = "$.summary" } } # 68"#,
            r#"sources.incidents = ["ops/*.toml", "-"] # 73"#,
            r#"sources.log = ["ops/releases.toml"] # 74"#,
            r#"controls.forge = ["rules.json"] # 43"#,
            r#"sources.assume_tz = "+02:00" # 75"#,
        ]
    );
    for rows in [rows, Config::defaults(PathBuf::new()).rows()] {
        let file: String =
            rows.iter().filter_map(|row| Some(format!("{} = {}\n", row.key, row.value.as_ref()?))).collect();
        let again = read(&file).expect("what is shown can be written");
        let values =
            |rows: Vec<release_confidence::config::Row>| rows.into_iter().map(|row| row.value).collect::<Vec<_>>();
        assert_eq!(values(again.rows()), values(rows));
    }
    assert!(config.rows().iter().all(|row| row.docs.ends_with('.') && !row.docs.contains("  ")));
}

#[test]
fn flags_lie_over_the_environment_over_the_file() {
    let mut config = read("[releases]\ntags = ['a*']\n[sources]\nlog = 'here'\n").expect("it is right");
    config.tags.set(vec!["b*".into()], Origin::Environment("RELCONF_TAGS"));
    config.tags.set(vec!["c*".into()], Origin::Flag("--tags"));
    config.log.set(vec!["there".into()], Origin::Flag("--log"));
    config.window.set(WindowRequest::LastSpan(TimeDelta::days(90)), Origin::Flag("--last"));
    assert_eq!(config.policy(as_of()).tags, ["c*"]);
    assert_eq!(config.log_paths(), [PathBuf::from("there")], "a flag's path starts from the current folder");
    let shown: Vec<String> = config
        .rows()
        .iter()
        .filter(|row| row.origin != Origin::Default)
        .map(|row| format!("{} {} {}", row.key, row.value.as_deref().unwrap_or("-"), row.origin))
        .collect();
    assert_eq!(shown, ["releases.tags [\"c*\"] --tags", "window.last \"90d\" --last", "sources.log [\"there\"] --log"]);
}

#[test]
fn the_zone_of_the_releases_is_that_of_the_logs() {
    let config = read("releases.timezone = 'Asia/Tokyo'").expect("it is right");
    assert_eq!(config.assumed_zone(), Some(Zone::Named(Tz::Asia__Tokyo)));
}

#[test]
fn values_must_be_of_their_kind() {
    for (text, problem) in [
        ("releases.tags = 1", "1:17 tags must be a list of globs, not a number; write tags = [\"v*\"]"),
        (
            "releases.tags = ['v*', '[']",
            "1:24 tags \"[\" is not a glob: unclosed character class; missing ']'; write one such as \"v*\"",
        ),
        ("releases.maturity = 7", "1:21 maturity must be a duration, not a number; write maturity = \"72h\""),
        ("releases.maturity = 'none'", "1:21 maturity cannot be \"none\"; write a duration, such as \"7d\" or \"0d\""),
        (
            "releases.maturity = '1 week'",
            "1:21 maturity \"1 week\" is not a duration; write \"72h\", \"7d\", \"90m\", \"30s\", \"2w\" or \"1y\"",
        ),
        (
            "failure.horizon = '9999w'",
            "1:19 horizon \"9999w\" is longer than 100 years; write a shorter one, or \"none\" where there may be no limit",
        ),
        (
            "releases.timezone = 'Europe/Lisboa'",
            "1:21 timezone \"Europe/Lisboa\" is not a time zone; did you mean \"Europe/Lisbon\"?",
        ),
        (
            "releases.timezone = '+01:00'",
            "1:21 timezone must be the name of a zone, not an offset; write one such as \"Europe/Lisbon\"",
        ),
        ("releases.working_days = ['mon', 'tues']", "1:33 working_days cannot be \"tues\"; did you mean \"tue\"?"),
        (
            "releases.working_days = []",
            "1:25 working_days is empty; write [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]",
        ),
        ("releases.environment = ''", "1:24 environment is empty; write a value"),
        ("components.a = []", "1:16 a is empty; write a list such as [\"v*\"]"),
        ("components = ['a']", "1:14 components must be a table, not a list; write components = { … }"),
        ("failure.signals = ['rolback']", "1:20 signals cannot be \"rolback\"; did you mean \"rollback\"?"),
        ("failure.signals = []", "1:19 signals is empty; name a signal, such as \"incident\""),
        ("failure.recovery_from = 'start'", "1:25 recovery_from cannot be \"start\"; known are impact, release"),
        (
            "people.aliases = { A = ['x'], B = ['X'] }",
            "1:18 aliases gives \"X\" to both \"A\" and \"B\"; leave it with one of them",
        ),
        (
            "window.last = 0",
            "1:15 last must be 1 or more, and below 4 billion; write a duration such as \"90d\", \"2w\" or \"1y\", or a number of releases such as 20",
        ),
        ("window.last = 99999999999999999999", "1:15 last is too large a number; write one of at most 18 digits"),
        (
            "window.last = nan",
            "1:15 last must be a duration or a number; write a duration such as \"90d\", \"2w\" or \"1y\", or a number of releases such as 20",
        ),
        (
            "window.last = 'none'",
            "1:15 last \"none\" is neither a duration nor a number; write a duration such as \"90d\", \"2w\" or \"1y\", or a number of releases such as 20",
        ),
        (
            "sources.assume_tz = 'Lisbon'",
            "1:21 assume_tz \"Lisbon\" is not a time zone; write a name such as \"Europe/Lisbon\", \"UTC\", or an offset such as \"+02:00\"",
        ),
        ("releases = 1", "1:12 releases must be a table, not a number; write releases = { … }"),
    ] {
        let found = problems(text);
        assert_eq!(found, [problem], "{text}");
    }
}

#[test]
fn all_problems_are_reported_in_order() {
    let text =
        "\u{feff}[realeses]\r\ntags = 'v*'\r\n[releases]\r\ntag = 1\r\nmaturity = 2\r\n[window]\r\nbanana = 3\r\n";
    assert_eq!(
        problems(text),
        [
            "1:2 unknown key \"realeses\"; did you mean \"releases\"?",
            "4:1 unknown key \"tag\"; did you mean \"tags\"?",
            "5:12 maturity must be a duration, not a number; write maturity = \"72h\"",
            "7:1 unknown key \"banana\"; known are last",
        ]
    );
    assert_eq!(problems("a = 1\na = 2\n[b\n").len(), 2, "syntax errors too");
    assert_eq!(problems(b"# \xff"), ["1:3 byte 0xff is not UTF-8; save the file as UTF-8"]);
}

#[test]
fn it_is_found_in_the_root_and_nowhere_above() {
    let root = root();
    let below = root.path().join("below");
    fs::create_dir(&below).expect("a folder");
    assert_eq!(discover(&below).expect("nothing"), None);
    for name in NAMES {
        let path = write(&root, name, "");
        assert_eq!(discover(root.path()).expect("one"), Some(path.clone()));
        assert_eq!(discover(&below).expect("nothing"), None);
        assert_eq!(load(&path).expect("it is right").root(), root.path(), "{name}");
        fs::remove_file(path).expect("removed");
    }
    write(&root, "relconf.toml", "");
    write(&root, ".config/relconf.toml", "");
    let error = discover(root.path()).expect_err("two");
    assert_eq!(error.to_string(), "both relconf.toml and .config/relconf.toml exist");
    assert_eq!(error.help(), "keep one of them, or choose with --config relconf.toml");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let root = root();
    let path = root.path().join("relconf.toml");
    assert_eq!(load(&path).expect_err("missing").to_string(), format!("{} does not exist", path.display()));
    fs::create_dir(&path).expect("a folder");
    assert_eq!(load(&path).expect_err("a folder").to_string(), format!("{} is a folder, not a file", path.display()));
    assert_eq!(load(Path::new("")).expect_err("no name").to_string(), " does not exist");
}

#[test]
fn windows_are_spans_or_counts() {
    assert_eq!(parse_window("90d").expect("a span"), WindowRequest::LastSpan(TimeDelta::days(90)));
    assert_eq!(parse_window("20").expect("a count"), WindowRequest::LastCount(20));
    for text in ["", "0", "0d", "none", "x", "-1", "4294967296", "2 weeks"] {
        parse_window(text).expect_err(text);
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn damaged_settings_never_panic(at in 0..FULL.len(), byte in any::<u8>()) {
        let mut bytes = FULL.as_bytes().to_vec();
        bytes[at] = byte;
        let _ = read(&bytes);
        let _ = read(&bytes[..at]);
    }

    #[test]
    fn any_text_is_shown_as_toml(text in "\\PC*[\\x00-\\x1f\\x7f\"\\\\]?") {
        let mut config = Config::defaults(PathBuf::new());
        config.bots.set(vec![format!("x{text}")], Origin::Flag("--bots"));
        let row = config.rows().into_iter().find(|row| row.key == "people.bots").expect("a row");
        let again = read(format!("people.bots = {}", row.value.expect("a value"))).expect("TOML");
        prop_assert_eq!(again.bots.value, config.bots.value);
    }
}

#[test]
fn a_link_leads_to_an_https_page() {
    for (setting, why) in [
        ("tag = \"http://x.example/{}\"", "does not begin with https://"),
        ("tag = \"https://ana:secret@x.example/{}\"", "names no plain host"),
        ("tag = \"https://x.example/\"", "has not exactly one {}"),
        ("compare = \"https://x.example/{}\"", "has not exactly two {}"),
        ("commit = \"https://x.example/<{}>\"", "holds a character that no address needs"),
    ] {
        let problems = problems(format!("[links]\n{setting}\n")).join("\n");
        let told = problems.contains(why);
        assert!(told, "{setting}: {problems}");
    }
}

#[test]
fn an_error_says_whose_it_is() {
    use release_confidence::{ErrorKind, Policy, Repository, Sources, TimeRules};
    let root = root();
    write(&root, "relconf.toml", "[gate]\nmode = 1\n");
    assert_eq!(load(&root.path().join("relconf.toml")).expect_err("wrong").kind(), ErrorKind::Config);
    assert_eq!(load(&root.path().join("none.toml")).expect_err("missing").kind(), ErrorKind::Io);
    assert_eq!(Repository::open(root.path()).err().expect("none").kind(), ErrorKind::Repository);
    let log = write(&root, "incidents.toml", "[[incident]\n");
    let sources = Sources { incidents: vec![log], ..Sources::default() };
    let read = |sources: &Sources| {
        let policy = Policy::at(as_of());
        release_confidence::read(None, sources, &TimeRules::default(), &policy, &mut std::io::empty())
    };
    assert_eq!(read(&sources).expect_err("no TOML").kind(), ErrorKind::Input);
}
