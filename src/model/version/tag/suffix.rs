//! What follows the numbers of a version.

use super::super::Version;
use super::token::{Token, joined};
use super::words::{ENVIRONMENTS, PRERELEASE, PRERELEASE_LETTERS, RELEASE};

/// What a suffix says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suffix {
    /// This is a release; whether a number is all that it adds (`1.0.1-2`, `21+35`).
    Release { numbered: bool },
    /// This is a rehearsal.
    Prerelease,
    /// Nobody knows.
    Unrecognised,
}

/// Reads what stands behind the numbers, which end at `end`, and gives the version what counts its revisions.
pub fn read(tag: &str, end: usize, tokens: &[Token<'_>], version: &mut Version) -> Suffix {
    // What follows a plus is a build, whatever it says.
    let plus = tag[end..].find('+').map_or(tag.len(), |at| end + at);
    let (known, build) = tokens.split_at(tokens.partition_point(|token| token.at < plus));
    let known: Vec<&Token<'_>> = known.iter().filter(|token| !token.opaque).collect();
    let rehearsal = |token: &&Token<'_>| {
        let word = token.word();
        PRERELEASE.contains(&word.as_str()) || ENVIRONMENTS.contains(&word.as_str())
    };
    if known.iter().any(rehearsal) {
        return Suffix::Prerelease;
    }
    for (at, token) in known.iter().enumerate() {
        if token.digits {
            version.after.push(token.number());
            continue;
        }
        let touched = known.get(at + 1).filter(|next| next.touches);
        let numbered = touched.is_some_and(|next| next.digits);
        let word = token.word();
        let letter = word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase();
        if PRERELEASE_LETTERS.contains(&word.as_str()) && numbered || word == "pr" {
            return Suffix::Prerelease;
        }
        if at == 0 && letter && !numbered && token.at == end {
            version.after.push(u64::from(word.as_bytes()[0] - b'a') + 1);
        } else if let Some(counter) = roman(token, version.date).filter(|_| touched.is_none() && !token.touches) {
            version.after.push(counter);
        } else if !RELEASE.contains(&word.as_str()) {
            return Suffix::Unrecognised;
        }
    }
    let revision = matches!(known[..], [only] if only.digits && tag[end..only.at] == *"-");
    Suffix::Release {
        numbered: read_build(tag, plus, build, version) && known.is_empty() || revision && build.is_empty(),
    }
}

/// Reads a build: a number (`21+35`), or a packager's words with a revision (`2.3.0+dfsg-1`). Tells whether it is a number.
fn read_build(tag: &str, plus: usize, build: &[Token<'_>], version: &mut Version) -> bool {
    if let [only] = build
        && only.digits
        && !only.opaque
        && only.at == plus + 1
    {
        version.build = only.number();
        return true;
    }
    let revision = (1..build.len()).rev().find(|&at| joined(tag, build, at) == Some('-'));
    if let Some(from) = revision
        && build[from].digits
    {
        let numbers = build[from..].iter().filter(|token| token.digits && !token.opaque);
        version.after.extend(numbers.map(Token::number));
    }
    false
}

/// `II`, `IV`, `XII`: a counter up to 39. Behind a date in small letters too, where it is more than one.
fn roman(token: &Token<'_>, date: bool) -> Option<u64> {
    let text = token.text;
    let value = |byte: u8| match byte {
        b'I' => Some(1_u64),
        b'V' => Some(5),
        b'X' => Some(10),
        _ => None,
    };
    let upper = if date && text.len() > 1 { text.to_ascii_uppercase() } else { text.to_owned() };
    let values = upper.bytes().map(value).collect::<Option<Vec<_>>>()?;
    let counted = |at: usize| values.get(at + 1).is_some_and(|&next| next > values[at]);
    let (less, more): (Vec<_>, Vec<_>) = (0..values.len()).partition(|&at| counted(at));
    let sum = |places: &[usize]| places.iter().map(|&at| values[at]).sum::<u64>();
    let number = sum(&more).checked_sub(sum(&less))?;
    // Only as it would be written: `IIX` is no number.
    (written(number) == upper).then_some(number)
}

fn written(number: u64) -> String {
    const ONES: [&str; 10] = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
    match number {
        1..40 => format!("{}{}", "X".repeat((number / 10) as usize), ONES[(number % 10) as usize]),
        _ => String::new(),
    }
}
