//! The integration tests: one binary, so that libgit2 is linked once. A module a subject; [`every_file_is_a_module`]
//! holds that none is forgotten.

mod support;

mod architecture;
#[cfg(unix)]
mod asking;
mod at_fault;
mod attribution;
mod bad_inputs;
mod cache;
mod chance;
mod ci_examples;
mod cli;
mod config;
mod controls;
mod coverage;
mod damage;
mod delivery;
mod demo_fleet;
mod docs;
mod examples;
mod explain;
mod export;
mod felt;
mod findings;
mod fleet;
mod forecast;
mod fuzz_corpus;
mod gate;
mod gate_error_rates;
mod git_source;
mod hand_worked;
mod history;
mod history_properties;
mod imports;
mod inference;
mod logging;
mod logs;
mod mirrors;
mod picture;
mod policy;
mod preflight;
mod releases;
mod render;
mod reports;
mod reverts;
mod review_properties;
mod schemas;
mod stats_oracle;
mod stats_properties;
mod timing;
mod trend;
mod words;
mod writes;

#[test]
fn every_file_is_a_module() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let here = include_str!("main.rs");
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(name == "main" || here.contains(&format!("mod {name};\n")), "{name} is in no run: add `mod {name};`");
    }
}
