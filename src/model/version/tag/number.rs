//! The numbers of a version: joined by dots, or a date with a time of day.

use super::super::Version;
use super::token::{Token, is_date, joined};

/// What begins with a token: a version without its suffix, and how many tokens it takes.
pub type Numbers = (Version, usize);

/// `YYYY-MM-DD` or with other joints, `YYYYMMDD[hhmm[ss]]`, with a time of day behind it or without. A further number
/// behind a dot counts that day's.
pub fn date(tag: &str, tokens: &[Token<'_>]) -> Option<Numbers> {
    let first = tokens.first().filter(|first| !first.opaque)?;
    let part = |range: std::ops::Range<usize>| first.text.get(range)?.parse::<u64>().ok();
    let (mut numbers, mut used) = match first.text.len() {
        8 | 12 | 14 => {
            let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
            if !is_date(year, month, day) {
                return None;
            }
            let times = [8..10, 10..12, 12..14].into_iter().filter_map(part);
            (vec![year, month, day].into_iter().chain(times).collect::<Vec<_>>(), 1)
        }
        4 => {
            let (month, day) = (tokens.get(1)?, tokens.get(2)?);
            let joint = joined(tag, tokens, 1)?;
            let alike = joined(tag, tokens, 2) == Some(joint) && ['-', '.', '_', '/'].contains(&joint);
            let written = |token: &Token<'_>| token.digits && token.text.len() == 2;
            let (year, month, day) =
                (first.number(), written(month).then(|| month.number())?, written(day).then(|| day.number())?);
            if !alike || !is_date(year, month, day) {
                return None;
            }
            (vec![year, month, day], 3)
        }
        _ => return None,
    };
    if numbers.len() == 3
        && let Some((time, taken)) = time_of_day(tag, tokens, used)
    {
        numbers.extend(time);
        used += taken;
    }
    let mut after = Vec::new();
    if let Some(counter) = tokens.get(used)
        && counter.digits
        && !counter.opaque
        && joined(tag, tokens, used) == Some('.')
    {
        after.push(counter.number());
        used += 1;
    }
    Some((Version { numbers, date: true, after, ..Version::default() }, used))
}

/// `-113634`, `_1030`, `_10.30`, `T10-30-00Z`: hours and minutes, with seconds or without, and the tokens that they take.
fn time_of_day(tag: &str, tokens: &[Token<'_>], from: usize) -> Option<(Vec<u64>, usize)> {
    let marked = tokens.get(from).is_some_and(|token| token.text.eq_ignore_ascii_case("t"));
    let at = from + usize::from(marked);
    if !marked && !matches!(joined(tag, tokens, from), Some('-' | '_' | '/')) {
        return None;
    }
    let first = tokens.get(at).filter(|token| token.digits && !token.opaque)?;
    let zone = |end: usize| {
        usize::from(tokens.get(end).is_some_and(|token| token.touches && token.text.eq_ignore_ascii_case("z")))
    };
    let within = |time: &[u64]| time.iter().zip([24, 60, 61]).all(|(&number, limit)| number < limit);
    let (time, end): (Vec<u64>, usize) = match first.text.len() {
        4 | 6 => {
            let pairs = (0..first.text.len()).step_by(2).filter_map(|from| first.text[from..from + 2].parse().ok());
            (pairs.collect(), at + 1)
        }
        2 => {
            let pair = |&at: &usize| {
                let joint = joined(tag, tokens, at);
                tokens.get(at).is_some_and(|token| token.digits && token.text.len() == 2)
                    && matches!(joint, Some('.' | '-' | '_' | 'h'))
            };
            let more = (at + 1..at + 3).take_while(pair).count();
            if more == 0 {
                return None;
            }
            (tokens[at..=at + more].iter().map(Token::number).collect(), at + more + 1)
        }
        _ => return None,
    };
    let end = end + zone(end);
    let touched = tokens.get(end).is_some_and(|next| next.touches);
    (within(&time) && !touched).then_some((time, end - from))
}

/// Numbers joined by `.` or `_`.
pub fn numbers(tag: &str, tokens: &[Token<'_>]) -> Option<Numbers> {
    let mut numbers = vec![tokens.first().filter(|first| !first.opaque)?.number()];
    while let Some(token) = tokens.get(numbers.len()) {
        if !token.digits || token.opaque || !matches!(joined(tag, tokens, numbers.len()), Some('.' | '_')) {
            break;
        }
        numbers.push(token.number());
    }
    let used = numbers.len();
    Some((Version { numbers, ..Version::default() }, used))
}
