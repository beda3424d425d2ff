/// Longest text that is compared: nobody mistypes more, and comparing is quadratic.
const LONGEST: usize = 40;

/// The known word that was probably meant: at most one slip in three characters, case, hyphens and blanks aside.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if given.is_empty() || given.chars().count() > LONGEST {
        return None;
    }
    let given = normal(given);
    let slips = |word: &str| strsim::damerau_levenshtein(&given, &normal(word));
    known
        .into_iter()
        .map(|word| (slips(word), word))
        .filter(|(slips, word)| *slips <= (given.chars().count().max(word.chars().count()) / 3).max(1))
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, word)| word)
}

fn normal(word: &str) -> String {
    word.to_lowercase().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let known = ["started_at", "detected_at", "id", "for", "near_miss"];
        for (given, meant) in [
            ("started-at", Some("started_at")),
            ("startedAt", Some("started_at")),
            ("detcted_at", Some("detected_at")),
            ("foo", Some("for")),
            ("Near Miss", Some("near_miss")),
            ("banana", None),
            ("", None),
        ] {
            assert_eq!(nearest(given, known), meant, "{given}");
        }
        assert_eq!(nearest(&"x".repeat(1 << 20), known), None);
    }
}
