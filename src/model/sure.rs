/// How sure somebody is that a release holds, as it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Sure {
    /// A share, 0 to 1.
    Share(f64),
    /// A word, in lower case; what it stands for is a setting.
    Word(String),
}

impl Sure {
    /// Longest word.
    const LONGEST: usize = 40;

    /// Reads `90%`, `0.9` or a word.
    ///
    /// # Errors
    /// What is none of these, as a predicate of it.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        // Neither holds nan, which reads as a number.
        if let Some(percent) = text.strip_suffix('%') {
            let percent: f64 = percent.trim_end().parse().map_err(|_| "is no percentage")?;
            return if (0.0..=100.0).contains(&percent) {
                Ok(Self::Share(percent / 100.0))
            } else {
                Err("is not between 0% and 100%")
            };
        }
        if let Ok(share) = text.parse::<f64>() {
            return if (0.0..=1.0).contains(&share) { Ok(Self::Share(share)) } else { Err("is not between 0 and 1") };
        }
        let is_word = text.len() <= Self::LONGEST && text.chars().next().is_some_and(char::is_alphabetic);
        if is_word { Ok(Self::Word(text.to_lowercase())) } else { Err("is no share, no percentage and no word") }
    }
}

/// What words of confidence stand for, as shares from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Words(Vec<(String, f64)>);

impl Default for Words {
    fn default() -> Self {
        let words = [("sure", 0.95), ("fine", 0.85), ("uneasy", 0.6), ("afraid", 0.3)];
        Self(words.map(|(word, share)| (word.to_owned(), share)).into())
    }
}

impl Words {
    /// Sets what a word stands for.
    pub fn set(&mut self, word: &str, share: f64) {
        let word = word.trim().to_lowercase();
        match self.0.iter_mut().find(|(known, _)| *known == word) {
            Some((_, known)) => *known = share,
            None => self.0.push((word, share)),
        }
    }

    /// All, in their order.
    pub fn all(&self) -> &[(String, f64)] {
        &self.0
    }

    /// All, as a person may type them: `sure, fine, uneasy or afraid`.
    pub fn listed(&self) -> String {
        let words: Vec<&str> = self.0.iter().map(|(word, _)| word.as_str()).collect();
        match words.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => words.concat(),
        }
    }

    /// Reads the value of a trailer: how sure, and after it why, as in `90%, canary was quiet` or `fingers crossed, no canary`.
    /// `None` where it begins with no share, no percentage and no word that is known.
    pub fn read_with_reason<'t>(&self, text: &'t str) -> Option<(f64, Option<&'t str>)> {
        let text = text.trim();
        let ends = |c: char| c.is_whitespace() || ",;:(".contains(c);
        // A word may be several.
        let known = |word: &String| {
            let begins = text.get(..word.len()).is_some_and(|head| head.to_lowercase() == *word);
            begins && text[word.len()..].chars().next().is_none_or(|c| ends(c) || ".!".contains(c))
        };
        let word = self.0.iter().map(|(word, _)| word).filter(|word| known(word)).map(String::len).max();
        let end = word.unwrap_or_else(|| {
            let end = text.find(ends).unwrap_or(text.len());
            // A space may stand before the sign.
            let sign = text[end..].trim_start().starts_with('%');
            text[end..].find('%').filter(|_| sign).map_or(end, |at| end + at + 1)
        });
        let (sure, rest) = text.split_at(end);
        let rest = rest.trim_matches(|c: char| c.is_whitespace() || ",;:-–—().!".contains(c));
        let reason = rest.strip_prefix("because").filter(|rest| rest.starts_with(char::is_whitespace)).unwrap_or(rest);
        let share = self.share(&Sure::read(sure.trim_end_matches('.')).ok()?)?;
        Some((share, Some(reason.trim_start()).filter(|reason| !reason.is_empty())))
    }

    /// The share that is meant; `None` for a word that is none of these.
    pub fn share(&self, sure: &Sure) -> Option<f64> {
        match sure {
            Sure::Share(share) => Some(*share),
            Sure::Word(word) => self.0.iter().find(|(known, _)| known == word).map(|(_, share)| *share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sure, Words};

    #[test]
    fn shares_percentages_and_words() {
        for (text, share) in [("90%", 0.9), ("0.9", 0.9), (" 100 % ", 1.0), ("0", 0.0), ("1", 1.0), ("62.5%", 0.625)] {
            assert_eq!(Sure::read(text), Ok(Sure::Share(share)), "{text}");
        }
        assert_eq!(Sure::read("Sure"), Ok(Sure::Word("sure".to_owned())));
        for text in ["900%", "-1%", "90", "-0.1", "inf", "nan%", "%", "", "!", "12 of 20"] {
            assert!(Sure::read(text).is_err(), "{text}");
        }
        assert!(Sure::read(&"x".repeat(41)).is_err());
    }

    #[test]
    fn a_trailer_may_say_why() {
        let mut words = Words::default();
        words.set("fingers crossed", 0.5);
        let read = |text| words.read_with_reason(text).expect("a statement");
        assert_eq!(read("90%"), (0.9, None));
        assert_eq!(read("90%."), (0.9, None));
        assert_eq!(read("90 %, 5% more than usual"), (0.9, Some("5% more than usual")));
        assert_eq!(read("0.9 5% more than usual").1, Some("5% more than usual"));
        assert_eq!(read("90%, canary was quiet"), (0.9, Some("canary was quiet")));
        assert_eq!(read("90% because canary was quiet."), (0.9, Some("canary was quiet")));
        assert_eq!(read("uneasy (big migration)"), (0.6, Some("big migration")));
        assert_eq!(read("Fingers crossed, no canary"), (0.5, Some("no canary")));
        assert_eq!(read("Fine!"), (0.85, None));
        assert_eq!(read("sure: becausal").1, Some("becausal"));
        for text in ["900% sure", "surely", "fingers", "restore trust in CI", "", "é"] {
            assert_eq!(words.read_with_reason(text), None, "{text}");
        }
    }

    #[test]
    fn words_are_settings() {
        let mut words = Words::default();
        assert_eq!(words.listed(), "sure, fine, uneasy or afraid");
        words.set("Fine", 0.8);
        words.set("meh", 0.5);
        let share = |word: &str| words.share(&Sure::Word(word.to_owned()));
        assert_eq!((share("fine"), share("meh"), share("very")), (Some(0.8), Some(0.5), None));
    }
}
