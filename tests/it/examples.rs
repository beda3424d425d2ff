//! Every example gives the report that lies beside it. To renew them after a change that is meant:
//! `RELCONF_UPDATE=1 cargo test examples`, and read the difference.

use std::fs;
use std::path::Path;

use crate::support::Place;

#[test]
fn every_example_gives_its_expected_report() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut seen = 0;
    for entry in fs::read_dir(examples).expect("examples") {
        let folder = entry.expect("entry").path();
        if !folder.join("history.txt").exists() {
            continue;
        }
        seen += 1;
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        // One analysis gives all of them but the long form.
        let place = Place::empty();
        let mut typed = vec!["demo", &name, "--color", "never", "--format", "terminal"];
        for format in ["markdown=expected.md", "markdown-brief=expected.brief.md", "html=expected.html"] {
            typed.extend(["--format", format]);
        }
        let screen = place.relconf(&typed);
        let whole = place.relconf(&["demo", &name, "--color", "never", "--full"]);
        assert_eq!((screen.code, whole.code), (0, 0), "{}{}", screen.stderr, whole.stderr);
        place.file("expected.txt", &screen.stdout);
        place.file("expected.full.txt", &whole.stdout);
        for file in ["expected.txt", "expected.full.txt", "expected.md", "expected.brief.md", "expected.html"] {
            let given = fs::read_to_string(place.path().join(file)).expect("written");
            let expected = folder.join(file);
            if std::env::var_os("RELCONF_UPDATE").is_some() {
                fs::write(&expected, &given).expect("written");
            }
            let expected = fs::read_to_string(&expected).unwrap_or_default();
            assert!(
                given == expected,
                "{name}/{file} differs; run with RELCONF_UPDATE=1 and look at the difference:\n{given}"
            );
        }
    }
    assert_eq!(seen, 5);
}

#[test]
fn a_kept_demo_is_a_repository_to_look_around_in() {
    let place = Place::empty();
    let ran = place.relconf(&["demo", "--into", "shop"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("relconf review --repo shop --as-of 2026-06-30T12:00:00+00:00"), "{}", ran.stderr);
    let again = place.relconf(&["review", "--repo", "shop", "--as-of", "2026-06-30T12:00:00+00:00"]);
    assert_eq!(ran.stdout, again.stdout);
    place.relconf(&["demo", "--into", "shop"]).fails_saying(&["shop is not empty"]);
    place
        .relconf(&["demo", "nothing"])
        .fails_saying(&["no example \"nothing\"", "quickstart, monorepo, hotfix-heavy, uneasy-fridays, recovery"]);
}
