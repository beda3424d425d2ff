//! How tags spell versions: `[component sep][v]VERSION[suffix]`.

mod number;
mod prefix;
mod suffix;
mod token;
mod words;

use super::Version;
use suffix::Suffix;
use token::{Token, joined, tokens};

/// The component of a tag that has nothing before its version.
pub(super) const ROOT: &str = "root";

/// What a tag's name reads as, by itself: its siblings may say otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagName {
    /// What precedes the version, `root` where nothing does.
    pub component: String,
    /// The version.
    pub version: Version,
    /// Whether the suffix (or a word before the version) says that it is a rehearsal.
    pub prerelease: bool,
    /// Whether it was a word before the version that said so (`rc-8_17_0-1`, `staging/2024-05-01`).
    pub rehearsal_prefix: bool,
    /// What it reads as where that word belongs to the component's name: `tokio-test-0.4.1` rehearses tokio 0.4.1, or
    /// releases `tokio-test`. `None` where it can only be a rehearsal.
    pub otherwise: Option<Box<TagName>>,
    /// Whether a number is all that follows the version's own (`1.0.1-2`, `21+35`): before 1.0.1 that counts its
    /// rehearsals, behind it its revisions.
    pub numbered: bool,
}

/// The outcome of reading a tag's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagReading {
    /// It reads as a version.
    Version(TagName),
    /// It does not: the reason, as a short phrase that groups well.
    No(&'static str),
}

const NO_VERSION: &str = "no version in the name";
const BAD_SUFFIX: &str = "unrecognised suffix";

/// Folders of packagers (DEP-14): what follows is a version, even of one number.
const PACKAGERS: [&str; 3] = ["debian", "ubuntu", "upstream"];

impl TagName {
    /// What it reads as where nothing but the name is known: a word that may belong to a component's name does.
    #[must_use]
    pub fn alone(mut self) -> Self {
        match self.otherwise.take() {
            Some(name) => *name,
            None => self,
        }
    }

    /// The components whose releases it would rehearse: its own, and those that have a word for production where it has
    /// one for a rehearsal (`api-prod` of `api-staging`).
    pub fn rehearses(&self) -> Vec<String> {
        let (bare, named) = (&self.component, self.otherwise.as_ref().map(|name| name.component.as_str()));
        let mut components = vec![bare.clone()];
        if let Some(place) = named.and_then(|named| named.strip_prefix(bare.as_str())) {
            let joint = place.chars().next().unwrap_or('-');
            components.extend(words::PRODUCTION.iter().map(|word| format!("{bare}{joint}{word}")));
        } else if let Some(place) = named.and_then(|named| named.strip_suffix(bare.as_str())) {
            let joint = place.chars().next_back().unwrap_or('-');
            components.extend(words::PRODUCTION.iter().map(|word| format!("{word}{joint}{bare}")));
        }
        components
    }

    /// Whether a place precedes the component (`staging-api-1.2.3`): where that component is released at all, it is rehearsed
    /// there.
    pub fn place_leads(&self) -> bool {
        let named = self.otherwise.as_ref().map(|name| name.component.as_str());
        named.is_some_and(|named| !named.starts_with(self.component.as_str()))
    }

    /// Reads a tag's name.
    pub fn read(tag: &[u8]) -> TagReading {
        let Ok(tag) = std::str::from_utf8(tag) else { return TagReading::No("the name is no UTF-8") };
        let all = tokens(tag);
        let mut reason = NO_VERSION;
        for start in (0..all.len()).filter(|&at| all[at].digits) {
            match read_at(tag, &all, start) {
                Candidate::Decides(reading) => return reading,
                Candidate::Hints(why) => reason = why,
                Candidate::None => {}
            }
        }
        TagReading::No(reason)
    }
}

/// What a run of digits is.
enum Candidate {
    /// A version, or two numbers and more with a suffix that nobody knows: nothing further right counts.
    Decides(TagReading),
    /// One number alone that something unknown follows: a version may still come (`7zip-21.07`, `v8-10.2`).
    Hints(&'static str),
    /// No version begins there.
    None,
}

/// Reads the version that begins with a token.
fn read_at(tag: &str, all: &[Token<'_>], start: usize) -> Candidate {
    let first = all[start];
    let (epoch, from) = epoch(tag, all, start);
    let before = &tag[..from];
    // Inside a longer run of numbers no version begins.
    if start > 0 && all[start - 1].digits && before.ends_with(['.', '_']) {
        return Candidate::None;
    }
    let read = number::date(tag, &all[start..]).or_else(|| number::numbers(tag, &all[start..]));
    let Some((mut version, used)) = read else { return Candidate::None };
    let prefix = prefix::read(before);
    let suffix = &all[start + used..];
    let end = all[start + used - 1].end();
    let single = version.numbers.len() < 2;
    if single && !counts_alone(tag, all, start, &prefix.component, suffix) {
        return Candidate::None;
    }
    let component = if single && first.touches { String::new() } else { prefix.component };
    let (prerelease, numbered) = match suffix::read(tag, end, suffix, &mut version) {
        Suffix::Release { .. } if single && numbers_follow(tag, suffix) => return Candidate::None,
        Suffix::Release { numbered } => (false, numbered && !version.date),
        Suffix::Prerelease => (true, false),
        Suffix::Unrecognised if single => return Candidate::Hints(BAD_SUFFIX),
        Suffix::Unrecognised => return Candidate::Decides(TagReading::No(BAD_SUFFIX)),
    };
    version.epoch = epoch;
    tag[from..].clone_into(&mut version.written);
    let otherwise = prefix.named.map(|component| {
        let version = version.clone();
        Box::new(TagName { component, version, prerelease, rehearsal_prefix: false, otherwise: None, numbered })
    });
    Candidate::Decides(TagReading::Version(TagName {
        component: if component.is_empty() { ROOT.to_owned() } else { component },
        version,
        prerelease: prerelease || prefix.rehearsal,
        rehearsal_prefix: prefix.rehearsal,
        otherwise,
        numbered,
    }))
}

/// The epoch that a packager puts before a version (`1%2.3.0`, for 1:2.3.0; Python writes `1!2.3.0`), and where the version
/// with it begins.
fn epoch(tag: &str, all: &[Token<'_>], start: usize) -> (u64, usize) {
    let at = all[start].at;
    match start.checked_sub(1).map(|before| &all[before]) {
        Some(number) if number.digits && !number.touches && matches!(&tag[number.end()..at], "%" | "!") => {
            (number.number(), number.at)
        }
        _ => (0, at),
    }
}

/// Whether one number alone is a version: without a component (`v1`, `233`, `b1234`), in a packager's folder, or where what
/// follows says so (`jdk-21+35`, `jdk-21-ga`).
fn counts_alone(tag: &str, all: &[Token<'_>], start: usize, component: &str, suffix: &[Token<'_>]) -> bool {
    let number = all[start];
    if number.touches {
        return touches_word(all, start) && (component.is_empty() || start == 1);
    }
    let packaged = || PACKAGERS.contains(&component.to_ascii_lowercase().as_str()) && tag[..number.at].contains('/');
    let said = || match suffix {
        [build] if build.digits => tag[number.end()..build.at] == *"+",
        [word] => words::FINAL.contains(&word.word().as_str()),
        _ => false,
    };
    component.is_empty() || packaged() || said()
}

/// Whether a number touches a word that names no component and begins the name, or a bare `v`.
fn touches_word(all: &[Token<'_>], start: usize) -> bool {
    let Some(before) = start.checked_sub(1).map(|at| &all[at]).filter(|_| all[start].touches) else { return false };
    let word = before.word();
    !before.touches && (word == "v" || start == 1 && words::TOUCHING.contains(&word.as_str()))
}

/// Whether a suffix holds numbers joined as a version's are.
fn numbers_follow(tag: &str, suffix: &[Token<'_>]) -> bool {
    (1..suffix.len())
        .any(|at| suffix[at - 1].digits && suffix[at].digits && matches!(joined(tag, suffix, at), Some('.' | '_')))
}

#[cfg(test)]
mod tests;
