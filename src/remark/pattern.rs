use regex::bytes::{Regex, RegexBuilder};

/// Largest compiled pattern, bytes: no pattern of a subject needs more.
const SIZE: usize = 1 << 20;

/// A regular expression of the team's own. Matching takes time in proportion to the text, whatever the pattern.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles it. Letters are those of ASCII.
    ///
    /// # Errors
    /// What is wrong with it, in a line.
    pub fn new(text: &str) -> Result<Self, String> {
        RegexBuilder::new(text).unicode(false).size_limit(SIZE).build().map(Self).map_err(|error| {
            let text = error.to_string();
            text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        })
    }

    /// Whether a text has it.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.0.is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_are_checked_and_bounded() {
        assert!(
            Pattern::new("^fix!:").is_ok_and(|pattern| pattern.is_match(b"fix!: x") && !pattern.is_match(b"a fix!: x"))
        );
        assert!(Pattern::new("(").is_err_and(|why| why.contains("unclosed group")));
        assert!(Pattern::new("a{1000}{1000}{1000}").is_err_and(|why| why.contains("size limit")));
    }
}
