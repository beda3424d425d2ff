//! Inputs that fuzzing found worth keeping, one folder a target, hold what the target holds.

#![expect(clippy::print_stdout, reason = "names the input, which a panic would not")]

#[path = "../fuzz/targets.rs"]
mod targets;

#[test]
fn every_input_that_was_kept_holds() {
    for (name, target) in targets::TARGETS {
        let folder = std::path::Path::new("tests/data/fuzz").join(name);
        let mut read = 0;
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            let bytes = std::fs::read(&path).expect("a readable file");
            println!("{}", path.display());
            target(&bytes);
            read += 1;
        }
        assert!(read > 0, "{} is empty", folder.display());
    }
}
