//! The configuration to begin with.

use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};

use serde::Serialize;

/// What the template puts in, each text encoded for where it stands: a comment, or a TOML value.
#[derive(Debug, Default, Serialize)]
pub struct Start {
    /// What is released here, where that is known.
    pub kind: Option<String>,
    /// Tags that are releases.
    pub matched: u64,
    /// All tags.
    pub total: u64,
    /// Why tags are no releases, how many, and one of them.
    pub skipped: Vec<(String, usize, String)>,
    /// Components, where there are several.
    pub components: Vec<String>,
    /// Who released lately.
    pub releasers: Vec<String>,
    /// TOML of `people.bots`.
    pub bots: Option<String>,
    /// TOML of `people.humans`.
    pub humans: Option<String>,
    /// TOML of `people.aliases`.
    pub aliases: Option<String>,
    /// Our example for the CI that is used here.
    pub ci: Option<String>,
}

/// A configuration that says what was found, with everything else as comments.
///
/// # Errors
/// None, unless the template is wrong.
pub fn configuration(start: &Start) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).keep_trailing_newline(true).build()?);
    environment.render_str(include_str!("relconf.toml.j2"), Value::from(Serde(start)))
}
