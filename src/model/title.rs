//! What a subject says once the marks of forges are off it.

/// A subject without the request number that a forge puts around it: `Merged PR 12: x` and `x (#12)` are `x`.
pub fn title(subject: &[u8]) -> &[u8] {
    let mut text = subject.trim_ascii();
    if let Some((_, rest)) = merged_pr(text) {
        text = rest.trim_ascii_start();
    }
    while let Some((before, _)) = trailing(text) {
        text = before;
    }
    text
}

/// The number of the pull or merge request that the commit of a subject brings in, in the words of GitHub, GitLab,
/// Bitbucket, Azure, Gitea and bors.
pub fn request(subject: &[u8]) -> Option<u64> {
    let text = subject.trim_ascii();
    if let Some((_, number)) = trailing(text) {
        return Some(number);
    }
    if let Some((number, _)) = merged_pr(text) {
        return Some(number);
    }
    // Gitea quotes the title before the number.
    if text.starts_with(b"Merge pull request '") {
        let from = find_last(text, b" from ")?;
        return trailing(&text[..from]).map(|(_, number)| number);
    }
    let lead = [&b"Merge pull request #"[..], b"Auto merge of #", b"Rollup merge of #", b"Merge #"];
    let rest = lead.iter().find_map(|lead| text.strip_prefix(*lead))?;
    let (number, rest) = digits(rest)?;
    // A batch of bors names several: none of them is its own.
    (!rest.trim_ascii_start().starts_with(b"#")).then_some(number)
}

/// `Merged PR 12: `, the number and what follows.
fn merged_pr(text: &[u8]) -> Option<(u64, &[u8])> {
    let (number, rest) = digits(text.strip_prefix(b"Merged PR ")?)?;
    Some((number, rest.strip_prefix(b":")?))
}

/// What precedes a closing `(#12)`, `(!12)` or `(pull request #12)`, and its number.
fn trailing(text: &[u8]) -> Option<(&[u8], u64)> {
    let inner = text.strip_suffix(b")")?;
    let open = inner.iter().rposition(|&byte| byte == b'(')?;
    let mark = &inner[open + 1..];
    let mark = ["pull request ", "PR "].iter().find_map(|word| mark.strip_prefix(word.as_bytes())).unwrap_or(mark);
    let mark = mark.strip_prefix(b"#").or_else(|| mark.strip_prefix(b"!"))?;
    let (number, rest) = digits(mark)?;
    rest.is_empty().then(|| (inner[..open].trim_ascii_end(), number))
}

/// Digits at the start, as a number.
fn digits(text: &[u8]) -> Option<(u64, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let number = std::str::from_utf8(&text[..end]).ok()?.parse().ok()?;
    Some((number, &text[end..]))
}

fn find_last(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).rposition(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::{request, title};

    #[test]
    fn marks_of_forges_are_no_part_of_a_title() {
        for (subject, bare, number) in [
            ("feat: bad", "feat: bad", None),
            ("feat: bad (#12)", "feat: bad", Some(12)),
            ("feat: bad (#12) (#15)", "feat: bad", Some(15)),
            ("feat: bad (!12)", "feat: bad", Some(12)),
            ("Merged in topic (pull request #12)", "Merged in topic", Some(12)),
            ("Merged PR 12: feat: bad", "feat: bad", Some(12)),
            ("Merge pull request #12 from ana/topic", "Merge pull request #12 from ana/topic", Some(12)),
            ("Merge pull request 'bad' (#12) from a into b", "Merge pull request 'bad' (#12) from a into b", Some(12)),
            ("Auto merge of #12 - ana:topic, r=bo", "Auto merge of #12 - ana:topic, r=bo", Some(12)),
            ("Merge #12 #13", "Merge #12 #13", None),
            ("feat: bad (fixes #12)", "feat: bad (fixes #12)", None),
            ("feat: bad (#x)", "feat: bad (#x)", None),
            ("(#99999999999999999999999)", "(#99999999999999999999999)", None),
            ("", "", None),
        ] {
            assert_eq!(
                (title(subject.as_bytes()), request(subject.as_bytes())),
                (bare.as_bytes(), number),
                "{subject}"
            );
        }
    }
}
