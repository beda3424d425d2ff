//! What is shown, in every format.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{add, history, log, run};
use crate::support::{Place, Random};

/// Two dozen repositories of three teams, one of which stands out: as every view shows it.
pub fn golden() -> Place {
    let place = Place::empty();
    let random = &mut Random(26);
    let mut list = "incidents = \"org.toml\"\n[defaults]\nlast = \"365d\"\n".to_owned();
    for number in 0..26_u32 {
        let name = format!("service-{number:02}");
        let releases = 6 + (random.next() * 26.0) as u32;
        let rate = if number == 7 { 0.9 } else { 0.08 };
        let failed: Vec<u32> = (1..=releases).filter(|_| random.chance(rate)).collect();
        let log = (number != 3).then(|| ("incidents.toml", log(releases, &failed)));
        // One person releases all that the shop has; the others' Ana has another address in each.
        let own = format!("Ana Costa <ana@{name}.example>");
        let releaser = if number % 3 == 1 { "Sam Berg <sam@shop.example>" } else { &own };
        let script = history(&name, releases, &[]).replace(&own, releaser);
        add(&place, &name, &script, log.as_slice());
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
