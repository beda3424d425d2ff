//! What precedes a version: a component, words that name none, and places where releases are rehearsed.

use super::words::{ENVIRONMENTS, NOISE, PRERELEASE};

/// What a prefix says.
pub struct Prefix {
    /// The component; empty where it names none.
    pub component: String,
    /// Whether a word of it says that this is a rehearsal.
    pub rehearsal: bool,
    /// The component where that word belongs to its name.
    pub named: Option<String>,
}

const SEPARATORS: [char; 6] = ['-', '_', '/', '@', '.', ' '];
/// Places in two words.
const DOUBLE: [&str; 4] = ["pre-prod", "pre-production", "non-prod", "non-production"];

/// Reads a prefix: without separators and noise words at its ends, and without a word that ends it and says that this is a
/// rehearsal.
pub fn read(before: &str) -> Prefix {
    // Before an `@` stands a package's name as it is, be it called `dev` or `next`.
    let bare = before.strip_suffix(['v', 'V']).filter(|bare| bare.ends_with('@')).unwrap_or(before);
    if let Some(package) = bare.strip_suffix('@')
        && !package.is_empty()
        && !is(package, &NOISE)
    {
        return Prefix { component: package.to_owned(), rehearsal: false, named: None };
    }
    let before = before.trim_start_matches(|c| c != '@' && SEPARATORS.contains(&c));
    let mut rest = before.trim_end_matches(SEPARATORS);
    let (mut rehearsal, mut marked, mut named, mut sure) = (false, false, None, false);
    let all_noise = |text: &str| text.split(SEPARATORS).all(|word| is(word, &NOISE));
    loop {
        let (last, place) = last_word(rest);
        let says_rehearsal = place || is(last, &PRERELEASE);
        if last.is_empty() || !(says_rehearsal || is(last, &NOISE)) {
            break;
        }
        // A folder deep in a path is a module (`internal/test/v1.2.3`).
        let parent = &rest[..rest.len() - last.len()];
        if says_rehearsal
            && !place
            && parent.len() > 1
            && parent.ends_with('/')
            && before[rest.len()..].starts_with('/')
        {
            break;
        }
        // Behind an explicit `v` the words belong to a name (`cargo-smart-release-v0.9.0`), unless they are all of it.
        if marked && !says_rehearsal && !all_noise(rest) {
            break;
        }
        if says_rehearsal && !rehearsal {
            named = Some(rest);
        }
        marked |= last.eq_ignore_ascii_case("v");
        rehearsal |= says_rehearsal;
        sure |= place;
        rest = parent.trim_end_matches(SEPARATORS);
    }
    let mut component = without_noise(rest);
    let mut named = named.map(without_noise).filter(|_| !sure && !component.is_empty());
    let first = component.split(SEPARATORS).next().unwrap_or_default();
    if !rehearsal && is(first, &ENVIRONMENTS) && first.len() < component.len() {
        (rehearsal, named) = (true, Some(component));
        component = component[first.len()..].trim_start_matches(SEPARATORS);
    }
    Prefix { component: component.to_owned(), rehearsal, named: named.map(str::to_owned) }
}

fn is(word: &str, words: &[&str]) -> bool {
    words.contains(&word.to_ascii_lowercase().as_str())
}

/// The last word, and whether it is a place where releases are rehearsed.
fn last_word(text: &str) -> (&str, bool) {
    let double = DOUBLE.iter().find_map(|place| {
        let from = text.len().checked_sub(place.len())?;
        let last = text.get(from..)?;
        let whole = from == 0 || text[..from].ends_with(SEPARATORS);
        (whole && last.replace(SEPARATORS, "-").eq_ignore_ascii_case(place)).then_some(last)
    });
    double.map_or_else(
        || {
            let last = text.rsplit(SEPARATORS).next().unwrap_or_default();
            (last, is(last, &ENVIRONMENTS))
        },
        |last| (last, true),
    )
}

/// Without the noise words that lead.
fn without_noise(mut text: &str) -> &str {
    loop {
        let first = text.split(SEPARATORS).next().unwrap_or_default();
        if first.is_empty() || !is(first, &NOISE) {
            return text;
        }
        text = text[first.len()..].trim_start_matches(SEPARATORS);
    }
}
