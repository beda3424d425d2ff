//! The commands of a script: what is only said, written into a file or commented out is none.

use super::command::Command;

/// Longest command that is looked at, bytes, and most lines that a text in a script has.
const LONGEST: usize = 16 << 10;
const LINES: usize = 1_000;

/// What says or hands on a text that stands in quotes, instead of running it.
const SAYS: &[&str] = &[
    "echo",
    "printf",
    "git",
    "gh",
    "glab",
    "curl",
    "jq",
    "yq",
    "sed",
    "awk",
    "grep",
    "write-host",
    "write-output",
    "cat",
    "tee",
];

/// The commands of a script that begins on a line: one a line, joined where a line goes on, without comments. Text in a block
/// begins on the line after its key.
pub(super) fn commands(first: u32, script: &str) -> Vec<Command> {
    let mut found: Vec<(u32, String)> = Vec::new();
    let mut goes_on = false;
    for (at, line) in said(script) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("//") {
            continue;
        }
        let line = uncommented(line);
        let (text, more) = line.strip_suffix('\\').map_or((line, false), |text| (text.trim_end(), true));
        match found.last_mut().filter(|_| goes_on) {
            Some((_, before)) if before.len() < LONGEST => {
                before.push(' ');
                before.push_str(text);
            }
            _ => found.push((first + at as u32, text.to_owned())),
        }
        goes_on = more;
    }
    let mut goes_on = false;
    let of = |(line, text): (u32, String)| {
        let mut command = Command::new(line, &unquoted(text));
        let sets = |flags: &[&str]| command.parts.iter().any(|words| words.begins_with(&["set"]) && words.has(flags));
        goes_on = sets(&["+e", "+ex", "+xe", "+eu"])
            || goes_on && !sets(&["-e", "-ex", "-xe", "-eu", "-eux", "-euo", "-euxo", "-eo"]);
        if goes_on {
            command.goes_on();
        }
        command
    };
    let mut found: Vec<Command> = found.into_iter().map(of).collect();
    if script.contains("pipefail") {
        found.iter_mut().for_each(Command::with_pipefail);
    }
    found
}

/// Takes the end of a script alone for what it comes to, as shells do that go on after a failure.
pub(super) fn last_counts(commands: &mut [Command]) {
    let errexit = |command: &Command| {
        command.parts.iter().any(|words| {
            words.begins_with(&["set"])
                && words.iter().any(|word| word.starts_with("-e") || word.starts_with("-o") || word.starts_with("-x"))
        })
    };
    if !commands.iter().any(errexit)
        && let Some((_, before)) = commands.split_last_mut()
    {
        before.iter_mut().for_each(Command::goes_on);
    }
}

/// The lines of a script, by their numbers from 0, without the text that a command is given in lines of their own: what stands up
/// to a word (`cat <<EOF`), where no shell reads it, and what is said in quotes that a later line closes.
fn said(script: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut lines = script.lines().enumerate();
    let mut open: Option<Open<'_>> = None;
    std::iter::from_fn(move || {
        loop {
            let (at, line) = lines.next()?;
            match &open {
                Some(Open::UpTo(word)) => {
                    if line.trim() == *word {
                        open = None;
                    }
                }
                Some(Open::Quote) => {
                    if odd_quotes(line) {
                        open = None;
                    }
                }
                None => {
                    let behind = || lines.clone().map(|(_, line)| line).take(LINES);
                    open = match up_to(line) {
                        Some(word) if !is_shell(line) && behind().any(|line| line.trim() == word) => {
                            Some(Open::UpTo(word))
                        }
                        None if says(line) && odd_quotes(line) && behind().any(odd_quotes) => Some(Open::Quote),
                        _ => None,
                    };
                    return Some((at, line));
                }
            }
        }
    })
}

/// What lines are passed over for.
enum Open<'s> {
    UpTo(&'s str),
    Quote,
}

/// The word up to which the lines behind a line are its text.
fn up_to(line: &str) -> Option<&str> {
    let (_, behind) = line.split_once("<<").filter(|(_, behind)| !behind.starts_with('<'))?;
    let word = behind.trim_start_matches('-').trim_start().trim_start_matches(['\'', '"', '\\']);
    let end = word.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(word.len());
    Some(&word[..end]).filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// Whether a shell reads what a line is given.
fn is_shell(line: &str) -> bool {
    let words = line.split(|c: char| c.is_whitespace() || matches!(c, '|' | ';' | '&' | '/' | '"' | '\''));
    let mut words = words.take_while(|word| !word.starts_with("<<"));
    words.any(|word| ["bash", "sh", "zsh", "ssh", "su", "docker", "podman", "kubectl"].contains(&word))
}

/// Whether a line begins with what says a text.
fn says(line: &str) -> bool {
    let said = |first: &str| SAYS.iter().any(|says| says.eq_ignore_ascii_case(first));
    line.split_whitespace().next().is_some_and(said)
}

/// Whether a double quote is left open on a line, or closed.
fn odd_quotes(line: &str) -> bool {
    line.contains('"') && line.replace("\\\\", "").replace("\\\"", "").matches('"').count() % 2 == 1
}

/// A line without the comment behind it.
fn uncommented(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c == '#' && before.is_whitespace() => return line[..at].trim_end(),
            _ => {}
        }
        before = c;
    }
    line
}

/// A line in which no text that is only said parts commands: `echo "a; b"` is one.
fn unquoted(line: String) -> String {
    let quotes = line.len() < LONGEST && line.contains(['"', '\'']);
    if !quotes || !line.split([' ', ';', '&', '|', '(']).any(|word| SAYS.contains(&word)) {
        return line;
    }
    let mut out = String::with_capacity(line.len());
    let mut begun = 0;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for c in line.chars() {
        let parts = matches!(c, ';' | '&' | '|');
        match quote {
            Some(open) if c == open && !escaped => quote = None,
            None if matches!(c, '"' | '\'') && !escaped => quote = Some(c),
            None if parts => begun = out.len() + c.len_utf8(),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        out.push(if parts && quote.is_some() && says(out[begun..].trim_start_matches(['(', '{', ' '])) {
            ' '
        } else {
            c
        });
    }
    // What nobody closes was no quote.
    if quote.is_some() { line } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(script: &str) -> Vec<u32> {
        commands(1, script).into_iter().map(|command| command.line).collect()
    }

    fn parts(line: &str) -> usize {
        commands(1, line).into_iter().map(|command| command.parts.len()).sum()
    }

    #[test]
    fn what_is_written_or_said_is_no_command() {
        assert_eq!(lines("cat > x <<EOF\nnpm publish\nEOF\nmake"), [1, 4]);
        assert_eq!(lines("cat <<-'END' > x\n  npm publish\n  END\nmake"), [1, 4]);
        assert_eq!(lines("python - <<EOF\nimport os\nEOF\n"), [1]);
        for shell in ["bash <<EOF", "ssh host <<'EOF'", "docker exec -i x sh <<EOF"] {
            assert_eq!(lines(&format!("{shell}\nnpm publish\nEOF\n")), [1, 2, 3], "{shell}");
        }
        assert_eq!(lines("cat <<EOF\nnpm publish\nmake"), [1, 2, 3], "nobody closes it");
        assert_eq!(lines("cat <<< x\nnpm publish\nx"), [1, 2, 3]);
        assert_eq!(lines("echo \"one\nnpm publish\nend\"\nmake"), [1, 4]);
        assert_eq!(lines("echo \"one\nnpm publish"), [1, 2]);
        assert_eq!(lines("bash -c \"one\nnpm publish\nend\"\nmake"), [1, 2, 3, 4]);
    }

    #[test]
    fn what_is_said_parts_no_commands() {
        for line in ["echo 'a; npm publish'", "git commit -m \"x && npm publish\"", "echo \"it's a | b\""] {
            assert_eq!(parts(line), 1, "{line}");
        }
        for line in ["echo 'a'; npm publish", "bash -c 'npm ci; npm test'", "echo \"a\" && npm publish", "echo 'a; b"] {
            assert_eq!(parts(line), 2, "{line}");
        }
    }

    #[test]
    fn comments_end_a_line() {
        assert_eq!(uncommented("make build # npm publish"), "make build");
        assert_eq!(uncommented("echo 'a # b'"), "echo 'a # b'");
        assert_eq!(uncommented("echo ${#a} $#"), "echo ${#a} $#");
    }
}
