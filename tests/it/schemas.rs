//! The published schemas are those of the program. To renew them after a change that is meant:
//! `RELCONF_UPDATE=1 cargo test schemas`, and read the difference.

use std::fs;
use std::path::Path;

use crate::support::Place;

const SCHEMAS: [&str; 12] = [
    "review",
    "trend",
    "controls",
    "gate",
    "preflight",
    "fleet",
    "baseline",
    "validation",
    "incidents",
    "releases",
    "config",
    "export",
];

#[test]
fn published_schemas_are_the_programs_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema");
    let place = Place::empty();
    for name in SCHEMAS {
        let schema = place.relconf(&["generate", "schema", name]);
        assert_eq!(schema.code, 0, "{name}: {}", schema.stderr);
        let file = folder.join(format!("{name}.json"));
        if std::env::var_os("RELCONF_UPDATE").is_some() {
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(&file, &schema.stdout).expect("written");
        }
        let published = fs::read_to_string(&file).expect("published");
        assert!(published == schema.stdout, "docs/schema/{name}.json differs: run with RELCONF_UPDATE=1");
    }
    let others = fs::read_dir(&folder).expect("the folder is there").count();
    assert_eq!(others, SCHEMAS.len(), "a schema is published that the program does not give");
}
