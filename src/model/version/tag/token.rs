//! A name as runs of letters and of digits.

/// Fewest and most digits of an abbreviated or full commit id.
const ID: std::ops::RangeInclusive<usize> = 7..=40;

/// A run of letters or of digits, and whether something stands between it and the one before.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    pub text: &'a str,
    pub digits: bool,
    /// Whether it touches the one before.
    pub touches: bool,
    pub at: usize,
    /// Whether it is a piece of a commit's id, which says nothing about a version.
    pub opaque: bool,
}

impl Token<'_> {
    /// Where it ends.
    pub fn end(&self) -> usize {
        self.at + self.text.len()
    }

    /// The number that it is. Longer than 19 digits: no two such versions are told apart, and nothing overflows.
    pub fn number(&self) -> u64 {
        self.text.parse().unwrap_or(u64::MAX)
    }

    /// The word that it is.
    pub fn word(&self) -> String {
        self.text.to_ascii_lowercase()
    }
}

/// Takes a name apart.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut end = 0;
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        if !first.is_alphanumeric() {
            continue;
        }
        let digits = first.is_ascii_digit();
        let same = |c: char| c.is_alphanumeric() && c.is_ascii_digit() == digits;
        let mut stop = start + first.len_utf8();
        while let Some((at, next)) = rest.next_if(|(_, c)| same(*c)) {
            stop = at + next.len_utf8();
        }
        let touches = !tokens.is_empty() && end == start;
        tokens.push(Token { text: &text[start..stop], digits, touches, at: start, opaque: false });
        end = stop;
    }
    mark_ids(text, &mut tokens);
    tokens
}

/// Marks the pieces of commit ids: `bbcac864`, `49b9839f`, `g1a2b3c4`. Digits alone are an id only where they end the name
/// behind other digits and are no date: whoever abbreviates ids to seven digits has such a one now and then.
fn mark_ids(text: &str, tokens: &mut [Token<'_>]) {
    let (mut start, mut digits_before) = (0, false);
    while start < tokens.len() {
        let end = (start + 1..tokens.len()).find(|&at| !tokens[at].touches).unwrap_or(tokens.len());
        let part = &text[tokens[start].at..tokens[end - 1].end()];
        // What a dot joins to numbers is one of them before it is anything else.
        let alone = start > 0 && !text[..tokens[start].at].ends_with('.');
        if is_id(part, alone, end == tokens.len() && digits_before) {
            tokens[start..end].iter_mut().for_each(|token| token.opaque = true);
        }
        digits_before |= tokens[start..end].iter().any(|token| token.digits);
        start = end;
    }
}

/// Whether a part of a name is a commit's id; `alone` where it is no further number of a version, `last` where it ends the
/// name behind digits.
fn is_id(part: &str, alone: bool, last: bool) -> bool {
    let described = part.strip_prefix('g').filter(|rest| ID.contains(&rest.len()));
    let hex = described.unwrap_or(part);
    if !ID.contains(&hex.len()) || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return false;
    }
    let digits = hex.bytes().filter(u8::is_ascii_digit).count();
    if digits == hex.len() {
        return last && (described.is_some() || alone && !is_stamp(hex));
    }
    if digits == 0 {
        return last && alone;
    }
    // `20240520a` is a date with a letter, the `5b20240101` of 0.5b20240101 a beta.
    let leading = hex.bytes().take_while(u8::is_ascii_digit).count();
    let beta = !alone && leading > 0 && digits + 1 == hex.len();
    described.is_some() || !(beta || leading >= 8 && is_stamp(&hex[..leading]))
}

/// Whether digits are a date, with a time of day or without.
fn is_stamp(digits: &str) -> bool {
    matches!(digits.len(), 8 | 12 | 14) && {
        let part = |range: std::ops::Range<usize>| digits[range].parse().unwrap_or(0);
        is_date(part(0..4), part(4..6), part(6..8))
    }
}

/// What joins a token to the one before it, where it is one character.
pub fn joined(tag: &str, tokens: &[Token<'_>], at: usize) -> Option<char> {
    let (one, next) = (tokens.get(at.checked_sub(1)?)?, tokens.get(at)?);
    let mut chars = tag[one.end()..next.at].chars();
    match (chars.next(), chars.next()) {
        (Some(joint), None) => Some(joint),
        _ => None,
    }
}

/// Whether three numbers are a day.
pub fn is_date(year: u64, month: u64, day: u64) -> bool {
    (1970..=2999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}
