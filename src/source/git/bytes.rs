//! Finding and decoding bytes: what the parsers here share.

use std::io::BufRead as _;

use crate::model::CommitId;

/// Where `byte` stands first. std's vectorised search is only reachable through `BufRead`; reading memory cannot fail.
pub fn find(text: &[u8], byte: u8) -> Option<usize> {
    let mut rest = text;
    let taken = rest.skip_until(byte).unwrap_or(0);
    (taken > 0 && text[taken - 1] == byte).then(|| taken - 1)
}

/// Takes the next line off `text`, without its newline; `None` at the end.
pub fn take_line<'a>(text: &mut &'a [u8]) -> Option<&'a [u8]> {
    if text.is_empty() {
        return None;
    }
    let (line, rest) = match find(text, b'\n') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (*text, &text[text.len()..]),
    };
    *text = rest;
    Some(line)
}

/// Stands for "no hex digit" in [`DIGITS`].
const NONE: u8 = 0x80;

/// The value of each hex digit, of either case.
const DIGITS: [u8; 256] = {
    let mut digits = [NONE; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value] as usize] = value as u8;
        digits[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

/// The id at the start of `text`; what follows its 40 digits does not matter.
pub fn id(text: &[u8]) -> Option<CommitId> {
    let text = text.first_chunk::<40>()?;
    let mut id = [0_u8; 20];
    let mut bad = 0;
    for (byte, pair) in id.iter_mut().zip(text.chunks_exact(2)) {
        let (high, low) = (DIGITS[pair[0] as usize], DIGITS[pair[1] as usize]);
        bad |= high | low;
        *byte = high << 4 | low;
    }
    // One test at the end: ids are read by the hundred thousand and are hardly ever wrong.
    (bad & NONE == 0).then_some(CommitId(id))
}

/// Decimal digits at the start of `text`, as a number that stops growing at the largest `i64`; `None` without digits.
/// The second value is what follows.
pub fn number(text: &[u8]) -> Option<(i64, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let value =
        text[..end].iter().fold(0_i64, |value, byte| value.saturating_mul(10).saturating_add(i64::from(byte - b'0')));
    (end > 0).then(|| (value, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::{find, id, number, take_line};

    #[test]
    fn finds_and_takes_lines() {
        assert_eq!(find(b"ab", b'b'), Some(1));
        assert_eq!(find(b"ab", b'c'), None);
        assert_eq!(find(b"", b'c'), None);
        let mut text: &[u8] = b"a\n\nb";
        assert_eq!(take_line(&mut text), Some(&b"a"[..]));
        assert_eq!(take_line(&mut text), Some(&b""[..]));
        assert_eq!(take_line(&mut text), Some(&b"b"[..]));
        assert_eq!(take_line(&mut text), None);
    }

    #[test]
    fn decodes_ids_and_numbers() {
        assert_eq!(id(&[b'f'; 40]).map(|id| id.0), Some([255; 20]));
        assert_eq!(id(&[b'f'; 39]), None);
        assert_eq!(id(&[b'g'; 40]), None);
        assert_eq!(number(b"12 +"), Some((12, &b" +"[..])));
        assert_eq!(number(b"99999999999999999999").map(|(value, _)| value), Some(i64::MAX));
        assert_eq!(number(b"-1"), None);
    }
}
