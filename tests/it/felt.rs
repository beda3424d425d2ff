//! What people feel, against what happens: simulated teams, and a repository by hand.

use std::fmt::Write;

use chrono::{DateTime, Datelike, FixedOffset, TimeDelta, Weekday};
use release_confidence::attribution::Facts;
use release_confidence::factor::{FeltReport, FeltVerdict, GroupVerdict, HalvesVerdict, Screening, Values, felt};
use release_confidence::model::Policy;
use release_confidence::pipeline;
use release_confidence::source::log::{Sources, TimeRules};

use serde_json::Value;

use crate::support::{Place, Random};

const PEOPLE: [&str; 5] = ["Ana Costa", "Bo Lind", "Chidi Okafor", "Dana Kim", "Eli Novak"];

/// Simulated histories of a team, and the releases of each.
const HISTORIES: u64 = 100;
const RELEASES: usize = 80;

/// A simulated release: when it is made, and its place among all.
struct Simulated {
    at: DateTime<FixedOffset>,
    number: usize,
}

impl Simulated {
    fn friday(&self) -> bool {
        self.at.weekday() == Weekday::Fri
    }
}

/// How sure one person is of a release (`None`: nothing is said of it), and how often such a release holds.
type Team = fn(&Simulated, &mut Random) -> (Option<f64>, f64);

/// As sure as releases of very unlike risk deserve.
fn calibrated(_: &Simulated, random: &mut Random) -> (Option<f64>, f64) {
    let risk = [0.97, 0.92, 0.85, 0.7][(random.next() * 4.0) as usize];
    (Some(risk), risk)
}

fn too_sure(_: &Simulated, _: &mut Random) -> (Option<f64>, f64) {
    (Some(0.92), 0.78)
}

fn afraid_without_reason(release: &Simulated, _: &mut Random) -> (Option<f64>, f64) {
    (Some(if release.friday() { 0.55 } else { 0.92 }), 0.9)
}

fn afraid_with_reason(release: &Simulated, _: &mut Random) -> (Option<f64>, f64) {
    if release.friday() { (Some(0.5), 0.45) } else { (Some(0.92), 0.92) }
}

/// Never fears a release without its canary, of which every other fails.
fn comforted(release: &Simulated, _: &mut Random) -> (Option<f64>, f64) {
    (Some(0.9), if release.number.is_multiple_of(3) { 0.5 } else { 0.97 })
}

fn too_afraid(_: &Simulated, _: &mut Random) -> (Option<f64>, f64) {
    (Some(0.6), 0.92)
}

/// Right on the whole: certain of what fails every other time, and doubtful of what always holds.
fn turned(release: &Simulated, _: &mut Random) -> (Option<f64>, f64) {
    if release.number.is_multiple_of(2) { (Some(0.95), 0.6) } else { (Some(0.6), 0.97) }
}

/// Surer in the second half, of releases that hold as often.
fn talked_up(release: &Simulated, _: &mut Random) -> (Option<f64>, f64) {
    (Some(if release.number < RELEASES / 2 { 0.7 } else { 0.95 }), 0.8)
}

/// Surer in the second half, of releases that hold more often.
fn stronger(release: &Simulated, _: &mut Random) -> (Option<f64>, f64) {
    if release.number < RELEASES / 2 { (Some(0.6), 0.55) } else { (Some(0.92), 0.95) }
}

/// Says less and less.
fn quiet(release: &Simulated, random: &mut Random) -> (Option<f64>, f64) {
    let says = random.chance(if release.number < RELEASES / 2 { 0.9 } else { 0.4 });
    (says.then_some(0.9), 0.9)
}

/// Releases on all working days in turn, each with one or two statements, a few points off what the team thinks.
fn simulate(team: Team, seed: u64) -> String {
    let random = &mut Random(seed);
    let mut at = DateTime::parse_from_rfc3339("2026-01-05T00:00:00Z").expect("a time");
    let mut log = "covers_from = 2026-01-01\n".to_owned();
    for number in 0..RELEASES {
        let hour = TimeDelta::minutes((8.5 * 60.0 + random.next() * 9.0 * 60.0) as i64);
        let release = Simulated { at: at + hour, number };
        at += TimeDelta::days(if release.friday() { 3 } else { 1 });
        let (sure, holds) = team(&release, random);
        let when = release.at.to_rfc3339();
        writeln!(log, "[[release]]\ntag = \"1.{number}.0\"\ndeployed_at = {when}").expect("text");
        if !number.is_multiple_of(3) {
            log.push_str("checks = [{ name = \"canary\", result = \"pass\" }]\n");
        }
        if let Some(sure) = sure {
            let voices = 1 + usize::from(random.chance(0.5));
            let first = (random.next() * 5.0) as usize;
            let statement = |voice: usize| {
                let off = ((random.next() - 0.5) * 6.0).round() / 100.0;
                let (by, sure) = (PEOPLE[(first + voice) % 5], (sure + off).clamp(0.0, 1.0));
                format!("{{ by = \"{by}\", confidence = {sure:.2} }}")
            };
            let statements: Vec<_> = (0..voices).map(statement).collect();
            writeln!(log, "felt = [{}]", statements.join(", ")).expect("text");
        }
        if !random.chance(holds) {
            let noticed = (release.at + TimeDelta::hours(1)).to_rfc3339();
            writeln!(
                log,
                "[[incident]]\nid = \"{number}\"\ntitle = \"x\"\ndetected_at = {noticed}\ncaused_by = {{ release = \"1.{number}.0\" }}"
            )
            .expect("text");
        }
    }
    log
}

/// What a log says of feelings.
fn report(log: &str) -> Option<FeltReport> {
    let sources = Sources { log: vec!["-".into()], use_defaults: false, ..Sources::default() };
    let policy = Policy::at(DateTime::parse_from_rfc3339("2026-12-01T00:00:00Z").expect("a time"));
    let history =
        pipeline::read(None, &sources, &TimeRules::default(), &policy, &mut log.as_bytes()).expect("a history");
    let facts = Facts::derive(&history, &policy).expect("facts");
    felt(&facts, &Screening::of(&facts, &Values::of(&facts)))
}

/// Whether somebody is told something of a group.
fn told(report: &FeltReport, id: &str) -> Option<(GroupVerdict, bool)> {
    let group = report.groups.iter().find(|group| group.id.raw() == id)?;
    Some((group.verdict, group.about_with))
}

fn verdict_of(report: &FeltReport) -> Option<FeltVerdict> {
    report.calibration.as_ref().map(|calibration| calibration.verdict)
}

fn is_calibrated(report: &FeltReport) -> bool {
    let halves = report.halves.as_ref().expect("eighty releases are enough").verdict;
    verdict_of(report) == Some(FeltVerdict::Calibrated)
        && report.groups.iter().all(|group| group.verdict >= GroupVerdict::TooFew)
        && halves == HalvesVerdict::NotTold
}

/// Of a hundred histories, those in which a team is called what it is.
fn called(team: Team, right: fn(&FeltReport) -> bool) -> usize {
    (0..HISTORIES).filter(|seed| report(&simulate(team, 1 + seed * 7919)).is_some_and(|report| right(&report))).count()
}

/// At least so many of a hundred histories are called what they are. The numbers are drawn with fixed seeds: no chance is
/// left in the outcome.
#[track_caller]
fn assert_called(team: Team, least: usize, right: fn(&FeltReport) -> bool) {
    let times = called(team, right);
    assert!(times >= least, "{times} of {HISTORIES}");
}

#[test]
fn a_calibrated_team_is_told_nothing_else() {
    assert_called(calibrated, 90, is_calibrated);
}

#[test]
fn a_team_that_is_too_sure_is_told_so() {
    assert_called(too_sure, 80, |report| verdict_of(report) == Some(FeltVerdict::TooSure));
}

#[test]
fn fear_of_fridays_without_reason_is_told_apart_from_fear_with_one() {
    assert_called(afraid_without_reason, 80, |report| {
        told(report, "weekday:Friday") == Some((GroupVerdict::FearWithoutEvidence, true))
    });
    assert_called(afraid_with_reason, 80, |report| {
        told(report, "weekday:Friday") == Some((GroupVerdict::Earned, true))
    });
}

#[test]
fn comfort_that_the_outcomes_do_not_share_is_called_false() {
    assert_called(comforted, 80, |report| told(report, "check:canary") == Some((GroupVerdict::FalseComfort, false)));
}

#[test]
fn a_team_that_is_too_afraid_or_right_on_the_whole_alone_is_told_so() {
    assert_called(too_afraid, 80, |report| verdict_of(report) == Some(FeltVerdict::TooAfraid));
    assert_called(turned, 80, |report| verdict_of(report) == Some(FeltVerdict::OnTheWhole));
}

#[test]
fn what_became_of_confidence_is_told_with_what_became_of_releases() {
    let halves = |report: &FeltReport| report.halves.as_ref().map(|halves| halves.verdict);
    let alone = called(talked_up, |report| {
        report.halves.as_ref().is_some_and(|halves| halves.verdict == HalvesVerdict::ConfidenceAlone)
    });
    let together = (0..HISTORIES).filter(|seed| {
        report(&simulate(stronger, 1 + seed * 7919))
            .is_some_and(|report| halves(&report) == Some(HalvesVerdict::Stronger))
    });
    let together = together.count();
    assert!(alone >= 80 && together >= 80, "{alone} alone, {together} together, of {HISTORIES}");
}

/// Of one release nothing is said, however sure everybody was.
#[test]
fn one_release_is_no_verdict() {
    let log = "covers_from = 2026-01-01\n[[release]]\ntag = \"1.0.0\"\ndeployed_at = 2026-01-05T09:00:00Z\n[[release]]\ntag = \"1.1.0\"\n\
               deployed_at = 2026-01-06T09:00:00Z\nfelt = [{ by = \"Ana Costa\", confidence = 1 }, { by = \"Bo Lind\", confidence = 1 }, \
               { by = \"Cy Dee\", confidence = 1 }]\n[[incident]]\nid = \"I\"\ntitle = \"x\"\ndetected_at = 2026-01-06T10:00:00Z\n\
               caused_by = { release = \"1.1.0\" }\n";
    let found = report(log).expect("somebody spoke").calibration.expect("three people");
    assert_eq!((found.held, found.of, found.verdict), (0, 1, FeltVerdict::TooFew));
    assert_eq!((found.reliability, found.resolution), (None, None), "no group is large enough for either");
}

/// Of what somebody says more than once, the last in time counts, in whatever order it is written.
#[test]
fn the_last_in_time_counts() {
    let said = |felt: &str| {
        let mut log = simulate(calibrated, 3);
        log.push_str(&format!(
            "[[release]]\ntag = \"9.0.0\"\ndeployed_at = 2026-06-01\nfelt = [{felt}, {{ by = \"B\", confidence = 0.5 }}, {{ by = \"C\", \
             confidence = 0.5 }}]\n"
        ));
        let place = Place::empty();
        place.file("releases.toml", &log);
        let flags = ["--no-git", "--as-of=2026-12-01T00:00:00Z"];
        flat(&place.relconf(&[&["explain", "felt", "--by", "A"], &flags[..]].concat()).stdout)
    };
    let one = |sure: &str, at: &str| format!("{{ by = \"A\", confidence = {sure}{at} }}");
    let at = |hour: u32| format!(", at = 2026-05-31T{hour:02}:00:00Z");
    for (felt, share) in [
        (vec![one("0.9", &at(9)), one("0.1", &at(8))], "90%"),
        (vec![one("0.1", &at(8)), one("0.9", &at(9))], "90%"),
        // What has no time was said before the release: last of all.
        (vec![one("0.9", &at(9)), one("0.5", ""), one("0.1", &at(8))], "50%"),
        // Of a release that is known by its day, what is said on that day is not late.
        (vec![one("0.7", ", at = 2026-06-01T18:00:00Z")], "70%"),
    ] {
        let page = said(&felt.join(", "));
        assert!(page.contains(&format!("A said {share}")), "{share}: {page}");
    }
}

#[test]
fn a_team_that_says_less_is_called_quieter() {
    assert_called(quiet, 80, |report| {
        report.halves.as_ref().is_some_and(|halves| halves.verdict == HalvesVerdict::Quieter)
    });
}

/// Four releases by four people, each of which held.
const HISTORY: &str = r"
person ana = Ana Costa <ana@example.com>
person bo = Bo Lind <bo@example.com>
person cy = Cy Dee <cy@example.com>
person dana = Dana Kim <dana@example.com>
person robot = renovate[bot] <bot@example.com>
2026-01-05T09:00:00Z ana commit one | a
2026-01-05T10:00:00Z ana tag v1.0.0 | first\n\nConfidence: 90%, canary was quiet
2026-01-06T09:00:00Z bo commit two\n\nConfidence: uneasy | a
2026-01-06T10:00:00Z ana lighttag v1.1.0
2026-01-07T09:00:00Z cy commit three | a
2026-01-07T10:00:00Z cy tag v1.2.0-rc.1 | rehearsed\n\nConfidence: 99%
2026-01-07T11:00:00Z cy tag v1.2.0 | third\n\nConfidence: high
2026-01-08T09:00:00Z dana commit four | a
2026-01-08T10:00:00Z dana tag v1.3.0 | fourth
";
const AS_OF: &str = "--as-of=2026-03-01T12:00:00Z";

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The messages of the warnings with a code.
fn warned(review: &Value, code: &str) -> Vec<String> {
    let warnings = review["data"]["warnings"].as_array().expect("a list");
    let of = warnings.iter().filter(|warning| warning["code"] == code);
    of.map(|warning| warning["message"].as_str().expect("text").to_owned()).collect()
}

/// By hand: Ana said 0.9 of v1.0.0 in the tag, Bo a word for 0.6 of v1.1.0 in its commit, Cy 0.8 and Dana a word of their
/// own for 0.7 of v1.2.0 in the log, Ana and Bo 1 and 0.5 of v1.3.0: 0.9, 0.6, 0.75 and 0.75, mean 0.75, and all four held.
#[test]
fn trailers_and_the_log_by_hand() {
    let place = Place::repository(HISTORY);
    place.file("relconf.toml", "[felt]\nwords = { meh = 0.7 }\n");
    place.file(
        "releases.toml",
        r#"
[[release]]
tag = "v1.2.0"
felt = [{ by = "cy", confidence = "80%", at = 2026-01-07T10:30:00Z }, { by = "Dana Kim", confidence = "meh" }]

[[release]]
tag = "v1.3.0"
felt = [{ by = "Ana Costa", confidence = 1 }, { by = "Bo Lind", confidence = 0.5, because = "no canary", stage = "recovery" }]

[[release]]
tag = "v1.3.0"
felt = [{ by = "Bo Lind", confidence = 0.5, because = "no canary" }]
"#,
    );
    place.file("incidents.toml", "covers_from = 2026-01-01\n");
    let review = place.relconf(&["review", AS_OF, "--format", "json"]).json();
    let felt = &review["felt"];
    assert_eq!((&felt["statements"], &felt["releases"], &felt["of"]), (&6.into(), &4.into(), &4.into()), "{felt:#}");
    let calibration = &felt["calibration"];
    let near = |key: &str, expected: f64| {
        let value = calibration[key].as_f64().expect("a number");
        assert!((value - expected).abs() < 1e-9, "{key}: {value}");
    };
    near("said", 0.75);
    // (0.1² + 0.4² + 0.25² + 0.25²) / 4.
    near("brier", 0.074);
    near("uncertainty", 0.0);
    // Twice the chance that all four hold: 2 x 0.9 x 0.6 x 0.75 x 0.75.
    near("p", 0.6075);
    assert_eq!((&calibration["held"], &calibration["verdict"]), (&4.into(), &"too_few".into()));
    assert_eq!(warned(&review, "tag-confidence").len(), 1, "{}", review["data"]["warnings"]);
    let told = &warned(&review, "tag-confidence")[0];
    assert!(told.contains("1 (v1.2.0)") && !told.contains("high"), "what somebody felt is quoted in no report: {told}");
    assert!(warned(&review, "felt-no-release")[0].contains("v1.2.0-rc.1"));
    // What is said of a stage stands beside its trust once three people spoke of it, and changes nothing else.
    assert_eq!(review["map"]["stages"][5]["felt"], Value::Null);
    assert_eq!(review["map"]["felt"]["people"], 4);
    // What cannot be read is shown to whoever asks whether all is well, and is no mistake of the log.
    let validated = place.relconf(&["validate", AS_OF]);
    let shown = flat(&validated.stdout);
    assert!(shown.contains("trailers that cannot be read, and do not count: 1 (v1.2.0)"), "{shown}");
    assert!(shown.contains("pre-releases with a `Confidence:` trailer: 1 (v1.2.0-rc.1)"), "{shown}");
}

/// Whatever does not count is told, and the entry that holds it stays.
#[test]
fn what_does_not_count_is_told_and_set_aside() {
    let place = Place::repository(HISTORY);
    place.file("incidents.toml", "covers_from = 2026-01-01\n[[incident]]\nid = \"I\"\ntitle = \"x\"\nstarted_at = 2026-01-08T11:00:00Z\ndetected_at = 2026-01-08T12:00:00Z\ncaused_by = { release = \"v1.3.0\" }\n");
    place.file(
        "releases.toml",
        r#"[[release]]
tag = "v1.0.0"
felt = [{ by = "Bo Lind", confidence = "900%" }, { by = "Cy Dee", confidence = 0.8 }]
[[release]]
tag = "v1.1.0"
felt = [{ by = "Ana Costa", confidence = "very" }, { by = "renovate[bot]", confidence = 0.99 }]
[[release]]
tag = "v1.2.0"
felt = [{ by = "ana costa", confidence = 0.4 }, { by = "Ana Costa", confidence = 0.7 }, { by = "Bo Lind", confidence = 0.9, at = 2026-01-07T12:00:00Z }]
[[release]]
tag = "v1.3.0"
deployed_at = 2026-01-08T14:00:00Z
operators = ["Dana Kim"]
felt = [{ by = "Cy Dee", confidence = 0.2, at = 2026-01-08T13:00:00Z }, { by = "Bo Lind" }]
[[release]]
tag = "v9.9.9-nothing-of-ours"
felt = [{ by = "Ana Costa", confidence = 0.7 }]
"#,
    );
    let review = place.relconf(&["review", AS_OF, "--format", "json"]).json();
    assert!(warned(&review, "log-problem").is_empty() && warned(&review, "unmatched-entry").is_empty());
    let problems = [warned(&review, "felt-problem"), warned(&review, "felt-unread")].concat();
    let told = |part: &str| problems.iter().any(|problem| problem.contains(part));
    assert!(
        told("releases.toml:3:40: confidence \"900%\" is not between 0% and 100%; it is set aside"),
        "{problems:?}"
    );
    assert!(told("releases.toml:14:73: confidence is missing; it is set aside"), "{problems:?}");
    assert!(told("v1.1.0: a confidence is no word that is known, and does not count (") && told("releases.toml:4:1"));
    assert!(warned(&review, "felt-by-machine")[0].contains("1 (v1.1.0)"));
    assert!(warned(&review, "felt-twice")[0].contains("1 (v1.2.0)"));
    // After the release, and after the incident had begun, though before the release was all out.
    assert!(warned(&review, "felt-late")[0].contains("2 (v1.2.0, v1.3.0)"));
    assert!(warned(&review, "felt-no-release")[1].contains("v9.9.9-nothing-of-ours"));
    let felt = &review["felt"];
    assert_eq!(felt["aside"], serde_json::json!({ "late": 2, "by_machines": 1, "replaced": 1 }));
    // Ana and Cy of v1.0.0, Bo of v1.1.0, Ana of v1.2.0.
    assert_eq!((&felt["statements"], &felt["people"]), (&4.into(), &3.into()));
    // 0.85, 0.6 and 0.7: 0.7167, in whole points.
    assert_eq!(felt["calibration"]["said"], 0.72);
    let release = review["releases"].as_array().expect("a list").last().expect("one").clone();
    assert_eq!(release["released_at"], "2026-01-08T14:00:00Z", "the entry stays");
    let validated = place.relconf(&["validate", AS_OF]);
    assert_eq!(validated.code, 2);
    assert!(validated.stdout.contains("900%") && validated.stdout.contains("no word"), "{}", validated.stdout);
    // Whatever is wrong with a feeling, it decides nothing.
    let gate = place.relconf(&["gate", AS_OF, "--format", "json"]);
    place.file(
        "releases.toml",
        "[[release]]\ntag = \"v1.3.0\"\ndeployed_at = 2026-01-08T14:00:00Z\noperators = [\"Dana Kim\"]\n",
    );
    let without = place.relconf(&["gate", AS_OF, "--format", "json"]);
    assert_eq!(
        (gate.code, gate.stdout.lines().find(|line| line.contains("\"verdict\""))),
        (without.code, without.stdout.lines().find(|line| line.contains("\"verdict\""))),
        "{}",
        gate.stderr
    );
}

/// A log of which the same is true whoever said it.
fn of_a_team(people: &[&str]) -> String {
    let mut log = simulate(afraid_without_reason, 5);
    for (at, name) in PEOPLE.iter().enumerate() {
        log = log.replace(name, &format!("person-{at}"));
    }
    for (at, name) in people.iter().enumerate() {
        log = log.replace(&format!("person-{at}"), name);
    }
    log
}

const ALL_FORMATS: [&str; 6] = ["terminal", "json", "markdown", "markdown-brief", "html", "badge"];

/// Every report of a log without a repository.
fn reports(log: &str) -> Vec<String> {
    let place = Place::empty();
    place.file("releases.toml", log);
    let review = |format: &str, more: &[&str]| {
        let flags = ["review", "--no-git", "--as-of=2026-12-01T00:00:00Z", "--format", format];
        let ran = place.relconf(&[&flags[..], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout
    };
    let mut all: Vec<String> = ALL_FORMATS.iter().map(|format| review(format, &[])).collect();
    all.push(review("terminal", &["--full"]));
    all
}

/// Who said what may be exchanged among the people of a team, and no report changes: none tells one person's calibration.
#[test]
fn no_report_tells_what_one_person_felt() {
    let mut others = PEOPLE;
    others.rotate_left(2);
    let (reported, exchanged) = (reports(&of_a_team(&PEOPLE)), reports(&of_a_team(&others)));
    assert!(reported[6].contains("What people felt") && reported[1].contains("\"felt\""));
    for (format, (one, other)) in ALL_FORMATS.iter().chain(&["--full"]).zip(reported.iter().zip(&exchanged)) {
        assert!(one == other, "{format} tells who felt what");
    }
    let json: Value = serde_json::from_str(&reported[1]).expect("JSON");
    let felt = json["felt"].to_string();
    assert!(PEOPLE.iter().all(|name| !felt.contains(name)), "{felt}");
}

/// Nor does any by what it leaves out: of one person's word, two points more or less change no report of eighty releases by more
/// than the point that everything is rounded to.
#[test]
fn one_word_of_one_person_cannot_be_read_off_a_report() {
    let log = simulate(afraid_without_reason, 5);
    let at = log.find("confidence = ").expect("a statement") + "confidence = ".len();
    let sure: f64 = log[at..at + 4].parse().expect("a share");
    let changed = format!("{}{:.2}{}", &log[..at], sure - 0.02, &log[at + 4..]);
    let (one, other) = (report(&log).expect("felt"), report(&changed).expect("felt"));
    let said = |report: &FeltReport| -> Vec<f64> {
        let groups = report.groups.iter().flat_map(|group| [group.with.said, group.without.said]);
        groups
            .chain(report.bins.iter().map(|bin| bin.said))
            .chain(report.calibration.iter().map(|all| all.said))
            .collect()
    };
    let points = |share: f64| (share * 100.0 - (share * 100.0).round()).abs() < 1e-9;
    assert!(said(&one).iter().copied().all(points), "whole points: {:?}", said(&one));
    let moved = said(&one).iter().zip(said(&other)).filter(|(a, b)| (*a - b).abs() > 1e-9).count();
    assert!(moved <= 1, "{moved} of {}", said(&one).len());
}

/// What fewer than three people felt is told to none but themselves.
#[test]
fn two_people_are_no_team() {
    // By three names: the third is likely one of the others.
    let two = of_a_team(&["Ana Costa", "Bo Lind", "Costa Ana", "Bo Lind", "Ana Costa"]);
    let all = reports(&two);
    assert!(all[1].contains("likely one person each"), "{}", all[1]);
    let two = of_a_team(&["Ana Costa", "Bo Lind", "Ana Costa", "Bo Lind", "Ana Costa"]);
    for report in [&all[1], &reports(&two)[1]] {
        let json: Value = serde_json::from_str(report).expect("JSON");
        assert_eq!((&json["felt"]["people"], &json["felt"]["calibration"]), (&2.into(), &Value::Null));
    }
    let all = reports(&two);
    let json: Value = serde_json::from_str(&all[1]).expect("JSON");
    let felt = &json["felt"];
    assert_eq!((&felt["people"], &felt["calibration"]), (&2.into(), &Value::Null));
    for nothing in ["bins", "groups", "reasons"] {
        assert_eq!(felt[nothing], serde_json::json!([]), "{nothing}");
    }
    assert_eq!((&felt["halves"], &json["map"]["felt"]), (&Value::Null, &Value::Null));
    assert!(all.iter().all(|report| !report.contains("The team says")));
    assert!(flat(&all[6]).contains("it is told of three people or more"), "{}", all[6]);
    let place = Place::empty();
    place.file("releases.toml", &two);
    let flags = ["--no-git", "--as-of=2026-12-01T00:00:00Z"];
    let own = place.relconf(&[&["explain", "felt", "--by", "Ana Costa"], &flags[..]].concat());
    assert_eq!(own.code, 0, "{}", own.stderr);
    assert!(flat(&own.stdout).contains("Ana Costa said") && !own.stdout.contains("Bo Lind"), "{}", own.stdout);
    place
        .relconf(&[&["explain", "felt", "--by", "Ana Cost"], &flags[..]].concat())
        .fails_saying(&["nobody here is called \"Ana Cost\"", "did you mean \"ana costa\""]);
    place
        .relconf(&[&["explain", "change", "--by", "Ana Costa"], &flags[..]].concat())
        .fails_saying(&["explain felt --by"]);
}

/// Where nobody ever said how sure they were, nobody hears of it.
#[test]
fn nobody_is_asked_for_a_feeling_in_a_report() {
    for format in ALL_FORMATS {
        let report = Place::empty().relconf(&["demo", "--format", format]).stdout;
        let lower = report.to_lowercase();
        let silent = if format == "json" { lower.replace("\"felt\": null", "") } else { lower };
        // Colours and places of the page are no words.
        let body = silent.split_once("</style>").map_or(silent.as_str(), |(_, body)| body);
        assert!(!body.contains("felt") && !body.contains("how sure people"), "{format}");
    }
    let full = Place::empty().relconf(&["demo", "--full"]).stdout;
    assert!(!full.to_lowercase().contains("felt"), "{full}");
}

/// The example tells its story, in words and in the picture's text.
#[test]
fn uneasy_fridays_are_told_in_every_report() {
    let demo = |format: &str, more: &[&str]| {
        let ran = Place::empty().relconf(&[&["demo", "uneasy-fridays", "--format", format], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout
    };
    let json: Value = serde_json::from_str(&demo("json", &[])).expect("JSON");
    let groups = json["felt"]["groups"].as_array().expect("a list");
    assert_eq!((&groups[0]["id"], &groups[0]["verdict"]), (&"weekday:Friday".into(), &"fear_without_evidence".into()));
    let fear = "Fear without evidence: releases made on a Friday";
    for text in [demo("terminal", &["--full"]), demo("markdown", &[]), demo("html", &[])] {
        assert!(flat(&text).contains(fear), "{text}");
        assert!(flat(&text).contains("The team says"), "{text}");
    }
    let html = demo("html", &[]);
    let picture = html.split("id=\"felt-text\">").nth(1).expect("a picture").split("</desc>").next().expect("its text");
    for bin in json["felt"]["bins"].as_array().expect("a list") {
        let held = format!("({} of {}) held", bin["held"], bin["releases"]);
        assert!(picture.contains(&held), "{held} is missing in {picture}");
    }
}

#[test]
fn a_statement_costs_one_line() {
    let place = Place::repository(HISTORY);
    let config = std::fs::read_to_string(place.path().join(".git/config")).expect("a configuration");
    let record =
        |more: &[&str]| place.relconf(&[&["record", "release", "--tag", "v1.4.0", AS_OF, "--felt"], more].concat());
    record(&["90%"]).fails_saying(&["git does not say who you are", "--by NAME"]);
    place.file(".git/config", &format!("{config}[user]\n\tname = Ana Costa\n"));
    let ran = record(&["90%", "--because", "canary was quiet"]);
    assert_eq!(
        ran.stdout,
        "[[release]]\ntag = \"v1.4.0\"\nfelt = [{ by = \"Ana Costa\", confidence = 0.9, because = \"canary was quiet\", at = \
         2026-03-01T12:00:00Z }]\n"
    );
    assert_eq!(record(&["uneasy", "--by", "Bo Lind", "--stage", "recovery"]).code, 0);
    record(&["900%"]).fails_saying(&["--felt 900% is not between 0% and 100%", "write 90%, 0.9, or sure"]);
    record(&["shure"]).fails_saying(&["--felt shure is no word", "did you mean sure?"]);
    assert_eq!(record(&["sure", "--stage", "kitchen"]).code, 2);
    // Of a release that is out, it is told at once that it does not count.
    let late = place.relconf(&["record", "release", "--tag", "v1.3.0", AS_OF, "--felt", "sure"]);
    assert!(late.code == 0 && late.stderr.contains("it will not count"), "{}", late.stderr);
    let log = std::fs::read_to_string(place.path().join("releases.toml")).expect("a log");
    assert_eq!(log.matches("[[release]]").count(), 3, "{log}");
    // Both of v1.4.0 count once it is made: what is said of a release may stand in several entries.
    let review = place.relconf(&["review", AS_OF, "--format", "json"]).json();
    assert!(warned(&review, "repeated-entry").is_empty() && warned(&review, "planned-entry").len() == 2);
}
