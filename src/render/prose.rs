//! Our own sentences quote what is typed and what is written in files: that stands as code, the rest as text. What looks like
//! it in a name from outside stands as code too, which is as harmless.

use super::encode;

/// A part of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Words.
    Text(&'t str),
    /// What is typed, or stands in a file.
    Code(&'t str),
}

/// A sentence of ours in Markdown.
pub fn markdown(text: &str) -> String {
    let mut before = None;
    let mut shown = String::new();
    for piece in pieces(text) {
        shown.push_str(&match piece {
            Piece::Text(text) => encode::markdown_after(before, text),
            Piece::Code(code) => encode::markdown_code(code),
        });
        before = Some('`');
    }
    shown
}

/// Commands that take the name of something.
const NAMING: [&str; 6] = ["explain", "plan", "list", "import", "record", "generate"];

/// How what we put between backticks begins. A name from outside may have backticks too.
const OURS: [&str; 5] = ["relconf ", "git ", "Check: ", "fetch-depth:", "refs/"];

/// Takes a sentence apart.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut begun, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        match code(rest, text[..at].chars().next_back()) {
            Some(length) => {
                if begun < at {
                    pieces.push(Piece::Text(&text[begun..at]));
                }
                let whole = &rest[..length];
                let quoted = whole.strip_prefix('`').and_then(|inner| inner.strip_suffix('`'));
                pieces.push(Piece::Code(quoted.unwrap_or(whole)));
                at += length;
                begun = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    if begun < text.len() {
        pieces.push(Piece::Text(&text[begun..]));
    }
    pieces
}

/// The length of a commit's id as we abbreviate it, or whole.
fn commit(text: &str) -> Option<usize> {
    let length = text.find(|c: char| !matches!(c, '0'..='9' | 'a'..='f')).unwrap_or(text.len());
    let ends = !text[length..].starts_with(|c: char| c.is_alphanumeric() || "_-./".contains(c));
    let mixed =
        text[..length].bytes().any(|b| b.is_ascii_digit()) && text[..length].bytes().any(|b| b.is_ascii_lowercase());
    (ends && mixed && matches!(length, 9 | 12 | 40)).then_some(length)
}

/// The commands of git that we name. In "git shows", "git sees" git is who, not what to type.
const GIT: [&str; 8] = ["clone", "config", "fetch", "fsck", "log", "pack-refs", "push", "tag"];

fn is_git(text: &str) -> bool {
    text.strip_prefix("git ").is_some_and(|rest| GIT.contains(&&rest[..word(rest)]))
}

/// How many bytes of code a text begins with.
fn code(text: &str, before: Option<char>) -> Option<usize> {
    let first = text.chars().next()?;
    if before.is_some_and(|before| before.is_alphanumeric() || "_-/".contains(before)) {
        return None;
    }
    match first {
        '`' => quoted(text),
        '[' => table(text),
        'r' if text.starts_with("relconf ") => command(text, "relconf "),
        // With a folder and quotes in it, it is the rest of what is said: nothing of it may be broken.
        'g' if text.starts_with("git -C ") => Some(text.len()),
        'g' if is_git(text) => command(text, "git "),
        _ if first.is_ascii_hexdigit() && commit(text).is_some() => commit(text),
        _ if first.is_ascii_lowercase() => assignment(text),
        // A flag, as settings are told.
        _ => text.strip_prefix("--").and_then(assignment).map(|length| length + 2),
    }
}

/// What stands between two backticks and is plainly a thing of ours.
fn quoted(text: &str) -> Option<usize> {
    let (inner, _) = text[1..].split_once('`')?;
    let plain = inner.chars().all(|c| c.is_ascii_alphanumeric() || " :=._/-".contains(c));
    (plain && OURS.iter().any(|begins| inner.starts_with(begins))).then(|| inner.len() + 2)
}

/// `[[release]]`, `[checks] required`, `[gate] on_inconclusive = "fail"`.
fn table(text: &str) -> Option<usize> {
    if let Some(inner) = text.strip_prefix("[[") {
        let name = word(inner);
        return (name > 0 && inner[name..].starts_with("]]")).then_some(name + 4);
    }
    let name = text[1..].find(|c: char| !c.is_ascii_lowercase() && !"_.".contains(c)).filter(|name| *name > 0)?;
    let rest = text[1 + name..].strip_prefix("] ")?;
    let key = word(rest);
    let here = 1 + name + 2;
    (key > 0).then(|| here + assignment(rest).unwrap_or(key))
}

/// `checks = [{ name = "canary" }]`, `covers_from = 2026-01-01`, `releases.timezone = "UTC"`.
fn assignment(text: &str) -> Option<usize> {
    let name = text.find(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && !"_-.".contains(c))?;
    let value = text.get(name..)?.strip_prefix(" = ").filter(|_| name > 0)?;
    let length = match value.chars().next()? {
        '"' => value[1..].find('"')? + 2,
        open @ ('[' | '{') => closed(value, open)?,
        c if c.is_ascii_digit() => value.find(|c: char| c.is_whitespace() || ",;".contains(c)).unwrap_or(value.len()),
        _ => ["true", "false"].into_iter().find(|bool| value.starts_with(bool))?.len(),
    };
    Some(name + 3 + length)
}

/// Up to the bracket that closes the first one.
fn closed(text: &str, open: char) -> Option<usize> {
    let close = if open == '[' { ']' } else { '}' };
    let mut depth = 0_u32;
    for (at, c) in text.char_indices() {
        depth = if c == open { depth + 1 } else { depth - u32::from(c == close) };
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// `relconf explain no-alert`, `relconf init`, `git fetch --tags`: the command, what it names, its options.
fn command(text: &str, program: &str) -> Option<usize> {
    let mut rest = text.strip_prefix(program)?;
    let name = word(rest);
    let subcommand = rest.get(..name).filter(|name| !name.is_empty())?;
    let mut length = program.len() + name;
    rest = &rest[name..];
    let mut named = !NAMING.contains(&subcommand);
    let mut after_option = false;
    while let Some(next) = rest.strip_prefix(' ') {
        let end = next.find([' ', ',', ';', ')']).unwrap_or(next.len());
        // A time has colons in it.
        let token = next[..end].trim_end_matches(['.', ':']);
        let option = token.starts_with("--");
        let plain = !token.is_empty() && token.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=:".contains(c));
        // After an option its value, where it is written in capitals or is a number of something.
        let value = token.len() > 1 && token.chars().all(|c| c.is_ascii_uppercase())
            || after_option && token.starts_with(|c: char| c.is_ascii_digit());
        after_option = option && !token.contains('=');
        if !plain || !(option || value || !named) {
            break;
        }
        named = true;
        length += 1 + token.len();
        if token.len() < end {
            break;
        }
        rest = &next[end..];
    }
    Some(length)
}

/// The length of a name in lower case.
fn word(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && !"_-".contains(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    fn codes(text: &str) -> Vec<&str> {
        let code = |piece: &Piece<'static>| match *piece {
            Piece::Code(code) => Some(code),
            Piece::Text(_) => None,
        };
        // Nothing is lost: the pieces are the text, but for the marks of what was quoted.
        let leaked: &'static str = Box::leak(text.to_owned().into_boxed_str());
        let found = pieces(leaked);
        let whole: String = found
            .iter()
            .map(|piece| match piece {
                Piece::Text(part) | Piece::Code(part) => *part,
            })
            .collect();
        assert_eq!(whole, text.replace('`', ""), "{text}");
        found.iter().filter_map(code).collect()
    }

    #[test]
    fn what_is_typed_and_what_stands_in_files_is_code() {
        for (text, code) in [
            (
                "what checks say: checks = [{ name = \"canary\", result = \"pass\" }] in a [[release]] of releases.toml",
                &["checks = [{ name = \"canary\", result = \"pass\" }]", "[[release]]"][..],
            ),
            ("a line `Check: canary=pass` at the end", &["Check: canary=pass"]),
            ("[checks] required = [\"canary\"] in relconf.toml", &["[checks] required = [\"canary\"]"]),
            ("list them in [checks] required", &["[checks] required"]),
            (
                "remediation = { type = \"rollback\", at = … } of each",
                &["remediation = { type = \"rollback\", at = … }"],
            ),
            ("an incident log would (relconf init)", &["relconf init"]),
            ("Why? relconf explain no-alert.", &["relconf explain no-alert"]),
            ("relconf init asks which", &["relconf init"]),
            ("see relconf review --component NAME or all", &["relconf review --component NAME"]),
            ("In it: relconf gate --last 365d, then 3 more", &["relconf gate --last 365d"]),
            (
                "In it: relconf gate --last 365d --as-of 2026-07-01T00:00:00Z.",
                &["relconf gate --last 365d --as-of 2026-07-01T00:00:00Z"],
            ),
            ("relconf explain no-alert: why", &["relconf explain no-alert"]),
            ("write covers_from = 2026-01-01 at its top", &["covers_from = 2026-01-01"]),
            ("run git fetch --tags; then", &["git fetch --tags"]),
            (
                "it lacks x of ba9fdfa57eac; type: git -C 'a b.git' archive ba9fdfa57eac 'x' > /dev/null",
                &["ba9fdfa57eac", "git -C 'a b.git' archive ba9fdfa57eac 'x' > /dev/null"],
            ),
            ("links.tag = \"https://x/{}\" (file)", &["links.tag = \"https://x/{}\""]),
            ("--since = 2026-03-01T00:00:00Z (flag)", &["--since = 2026-03-01T00:00:00Z"]),
            ("6a47389c7 reverts what it shipped", &["6a47389c7"]),
        ] {
            assert_eq!(codes(text), code, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_text() {
        for text in [
            "",
            "no code",
            "a [note] (x)",
            "x = y",
            "a lone ` mark",
            "``",
            "[[",
            "[[x",
            "[",
            "k = [",
            "k = \"",
            "myrelconf init",
            "--",
            "-- = 1",
            "v0.20260804.0 of 20260804, cafebabe, 123456789, v6a47389c7x",
            "None of 20 releases failed, as far as git shows.",
            "git alone shows about 1 in 3; git suggests 4",
            "relconf ",
            "git",
            "é = [x]",
        ] {
            assert_eq!(codes(&text.replace('`', "")), Vec::<&str>::new(), "{text}");
            let _ = pieces(text);
        }
    }
}
