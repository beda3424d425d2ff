//! The review of a repository as JSON: `cargo run --example review -- DIR`.

use std::path::Path;

use release_confidence::{Error, Facts, Policy, Repository, Review, Sources, TimeRules, read, touch};

fn main() -> Result<(), Error> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let repository = Repository::open(Path::new(&folder))?;
    #[expect(clippy::disallowed_methods, reason = "a program decides what now is")]
    let policy = Policy::at(chrono::Utc::now().fixed_offset());
    let sources = Sources { root: Some(repository.root().to_owned()), use_defaults: true, ..Sources::default() };
    let mut history = read(Some(&repository), &sources, &TimeRules::default(), &policy, &mut std::io::empty())?;
    touch(&repository, &mut history, &policy)?;
    let review = Review::of(&Facts::derive(&history, &policy)?);
    #[expect(clippy::print_stdout, reason = "what it is for")]
    serde_json::to_string_pretty(&review).map(|json| println!("{json}")).map_err(|e| Error::io(e.to_string(), ""))
}
