//! A change log: sections by headings that name a version, and what they say of versions that broke something.
//!
//! Headings of Markdown (`## [1.2.3] - 2024-05-01`), reStructuredText and setext (a line under the title), `AsciiDoc` (`== v1.2`),
//! of the GNU kind (`* Noteworthy changes in release 3.4`), and plain ones (`1.2.3 (2024-05-01)` at the start of a line).
//! Bytes of any encoding are read; one pass, nothing is kept but remarks.

use std::collections::HashMap;

use super::sentence;
use crate::model::{Remark, Says, TagName, TagReading, Untrusted, Version};

/// Lines of a section in which it may say that its release was withdrawn.
const HEAD: usize = 12;
/// Longest heading, bytes.
const HEADING: usize = 200;
/// Longest item, bytes; what is longer is read in pieces.
const ITEM: usize = 4 << 10;

/// What a change log says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// Sections that name a version.
    pub sections: u32,
    /// The newest version that a section is about.
    pub newest: Option<Version>,
    /// Whether it has sections under the names of several products, and some are under the component's own.
    pub named: bool,
    /// Line (from 1), version of the section, and what is said there.
    pub remarks: Vec<(u32, Version, Remark)>,
}

/// A section.
#[derive(Clone)]
struct Section {
    /// What precedes the version in its heading, in lower case.
    name: Option<String>,
    version: Version,
}

struct Reader<'n> {
    /// Names under which the project's own sections may stand.
    names: &'n [String],
    section: Option<Section>,
    /// Line of the section's heading.
    since: u32,
    sections: Vec<Option<String>>,
    /// The newest version under each name.
    newest: HashMap<Option<String>, Version>,
    /// Remarks, with the name of their section.
    found: Vec<(Option<String>, u32, Version, Remark)>,
    /// The item that is being read, and where its lines begin.
    item: String,
    lines: Vec<(usize, u32)>,
}

/// Reads a change log. `whole` is the version that the file as a whole is about (one file a version); `names` are those of
/// the component and the project, in lower case: sections of other products are left out.
pub fn read(bytes: &[u8], whole: Option<&Version>, names: &[String]) -> Log {
    let section = whole.map(|version| Section { name: None, version: version.clone() });
    let sections = if whole.is_some() { vec![None] } else { Vec::new() };
    let newest = whole.map(|version| (None, version.clone())).into_iter().collect();
    let (found, item, lines) = (Vec::new(), String::new(), Vec::new());
    let mut reader = Reader { names, section, since: 0, sections, newest, found, item, lines };
    let mut blank = true;
    let mut lines = bytes.split(|&byte| byte == b'\n').zip(1..).peekable();
    while let Some((line, number)) = lines.next() {
        let line = line.trim_ascii_end();
        let under = lines.peek().is_some_and(|(next, _)| underlines(next.trim_ascii_end(), line));
        let heading = (whole.is_none() && line.len() <= HEADING).then(|| heading(line, under, blank)).flatten();
        match heading {
            Some(text) => reader.open(&text, number, under),
            None => reader.line(line, number),
        }
        blank = line.is_empty();
    }
    reader.flush();
    reader.finish()
}

/// Whether a line is the rule under a title.
fn underlines(rule: &[u8], title: &[u8]) -> bool {
    let Some(&first) = rule.first() else { return false };
    !title.is_empty()
        && rule.len() >= 3
        && b"=-~^\"'*+#_`:.".contains(&first)
        && rule.iter().all(|&byte| byte == first)
        && !title.starts_with(b"  ")
}

/// The text of a heading, without its marks; `None` where the line is none.
fn heading(line: &[u8], under: bool, after_blank: bool) -> Option<String> {
    let first = *line.first()?;
    let marked = match first {
        b'#' | b'=' => true,
        // GNU's "* Noteworthy changes in release", bold versions, versions in brackets.
        b'*' | b'[' => after_blank,
        _ => under || (after_blank && plain(line)),
    };
    let marks = |c: char| c.is_whitespace() || matches!(c, '#' | '=' | '*' | '_' | '`');
    marked.then(|| Untrusted::from_bytes(line).raw().trim_matches(marks).to_owned())
}

/// Whether a line without marks may be a heading: it begins with a version, or with a word and a version.
fn plain(line: &[u8]) -> bool {
    line.first().is_some_and(u8::is_ascii_alphanumeric)
        && line.len() <= 100
        && line
            .split(u8::is_ascii_whitespace)
            .take(3)
            .any(|word| word.first().is_some_and(u8::is_ascii_digit) || word.get(1).is_some_and(u8::is_ascii_digit))
}

/// Words that may stand before the version of a heading.
const LEADING: [&str; 19] = [
    "version",
    "release",
    "released",
    "changes",
    "changelog",
    "what",
    "what's",
    "new",
    "in",
    "for",
    "the",
    "notes",
    "v",
    "noteworthy",
    "bug",
    "fixes",
    "with",
    "of",
    "update",
];
/// Words behind which a version is that of something else.
const ELSEWHERE: [&str; 16] = [
    "since",
    "from",
    "to",
    "upgrade",
    "upgrading",
    "migrate",
    "migrating",
    "migration",
    "support",
    "requires",
    "require",
    "bump",
    "before",
    "after",
    "drop",
    "dropped",
];

/// Words that may follow the version of a product by name.
const TRAILING: [&str; 20] = [
    "release",
    "released",
    "changes",
    "changelog",
    "notes",
    "final",
    "stable",
    "yanked",
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
];

/// What a heading is about.
enum About {
    /// A version of this or another product.
    Version(Section),
    /// A pre-release: its section is nobody's.
    Rehearsal,
    /// A part of a section.
    Other,
}

fn about(text: &str) -> About {
    let (mut name, mut led): (Option<String>, bool) = (None, false);
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '(' | ')' | ',' | ':'));
    let mut words = words.map(|word| word.trim_matches(['*', '`', '_', '"', '-', '.'])).filter(|word| !word.is_empty());
    for word in words.by_ref().take(6) {
        let lower = word.to_lowercase();
        let lower = lower.trim_end_matches('.');
        if ELSEWHERE.contains(&lower) || word.contains("://") {
            return About::Other;
        }
        let numbered = lower.bytes().any(|byte| byte.is_ascii_digit()) && lower.contains(['.', '_', '-']);
        if numbered && let TagReading::Version(read) = TagName::read(word.as_bytes()) {
            if read.prerelease {
                return About::Rehearsal;
            }
            // "Released 2024-05-01" is the date of the section above.
            if read.version.numbers.len() < 2 || (read.version.date && (led || name.is_some())) {
                return About::Other;
            }
            // "Python 3.12 support": the name and the version of something else.
            let next = words.next().unwrap_or_default().to_lowercase();
            let goes_on = next.starts_with(char::is_alphabetic) && !TRAILING.contains(&next.as_str());
            if goes_on && name.is_some() && Version::parse(&next).is_none() {
                return About::Other;
            }
            let own = (read.component != "root").then(|| read.component.to_lowercase());
            return About::Version(Section { name: own.or(name), version: read.version });
        }
        if LEADING.contains(&lower) {
            led = true;
            continue;
        }
        // One word more is a product's name; two are a sentence.
        if name.replace(lower.to_owned()).is_some() {
            return About::Other;
        }
    }
    About::Other
}

impl Reader<'_> {
    fn open(&mut self, text: &str, number: u32, under: bool) {
        self.flush();
        match about(text) {
            About::Version(section) => {
                self.sections.push(section.name.clone());
                let newest = self.newest.entry(section.name.clone()).or_insert_with(|| section.version.clone());
                if *newest < section.version {
                    *newest = section.version.clone();
                }
                self.since = number + u32::from(under);
                self.section = Some(section);
                if withdrawn_heading(text) {
                    self.add(number, Says::Withdrawn, text);
                }
            }
            About::Rehearsal => self.section = None,
            About::Other => self.line(text.as_bytes(), number),
        }
    }

    fn line(&mut self, line: &[u8], number: u32) {
        if self.section.is_none() {
            return;
        }
        let text = line.trim_ascii_start();
        let bullet = matches!(text, [b'-' | b'*' | b'+', b' ' | b'\t', ..]);
        if text.is_empty() || bullet || self.item.len() + text.len() > ITEM {
            self.flush();
        }
        if (number - self.since) as usize <= HEAD
            && let Some(gone) = withdrawn(&Untrusted::from_bytes(text).raw().to_lowercase())
        {
            self.withdraw(number, gone, text);
        }
        for piece in text.chunks(ITEM) {
            if self.item.len() + piece.len() > ITEM {
                self.flush();
            }
            self.lines.push((self.item.len(), number));
            self.item.push_str(Untrusted::from_bytes(piece).raw());
            self.item.push('\n');
        }
    }

    fn withdraw(&mut self, number: u32, gone: Gone, text: &[u8]) {
        let text = Untrusted::from_bytes(&text[..text.len().min(ITEM)]);
        let line: Vec<_> = text.raw().split_whitespace().collect();
        let Some(section) = self.section.clone() else { return };
        let version = match gone {
            Gone::This => section.version,
            Gone::Other(version) => version,
        };
        let words = Untrusted::new(line.join(" ").chars().take(HEADING).collect::<String>());
        self.found.push((section.name, number, version, Remark { says: Says::Withdrawn, words }));
    }

    fn add(&mut self, number: u32, says: Says, words: &str) {
        if let Some(section) = self.section.clone() {
            self.found.push((section.name, number, section.version, Remark { says, words: Untrusted::new(words) }));
        }
    }

    /// Reads the item that has come to its end.
    fn flush(&mut self) {
        let (item, lines) = (std::mem::take(&mut self.item), std::mem::take(&mut self.lines));
        let Some(section) = &self.section else { return };
        if !telling(&item) {
            return;
        }
        for remark in sentence::remarks(&item, false) {
            // The line on which the quoted sentence ends, as far as it can be found again.
            let tail: Vec<&str> = remark.words.raw().split(' ').rev().take(2).collect();
            let at = tail.first().and_then(|word| item.find(word)).unwrap_or(0);
            let line = lines.iter().rev().find(|(start, _)| *start <= at).map_or(0, |(_, line)| *line);
            self.found.push((section.name.clone(), line, section.version.clone(), remark));
        }
    }

    /// Leaves out the sections of other products: those under a name that is neither the component's nor the one that most
    /// sections have.
    fn finish(self) -> Log {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for name in self.sections.iter().flatten() {
            *counts.entry(name).or_default() += 1;
        }
        let usual = counts.into_iter().max_by_key(|&(name, count)| (count, std::cmp::Reverse(name)));
        let unnamed = self.sections.iter().filter(|name| name.is_none()).count() as u32;
        let usual = usual.filter(|&(_, count)| count > unnamed).map(|(name, _)| name.to_owned());
        let told_apart = self.sections.iter().flatten().any(|name| self.names.contains(name));
        let own = |name: &Option<String>| match name {
            None => true,
            Some(name) => self.names.contains(name) || (!told_apart && usual.as_ref() == Some(name)),
        };
        Log {
            named: told_apart,
            sections: self.sections.iter().filter(|name| own(name)).count() as u32,
            newest: self.newest.iter().filter(|(name, _)| own(name)).map(|(_, version)| version.clone()).max(),
            remarks: self
                .found
                .into_iter()
                .filter(|(name, ..)| own(name))
                .map(|(_, line, version, remark)| (line, version, remark))
                .collect(),
        }
    }
}

/// Whether an item may say something: the words that every remark has.
fn telling(item: &str) -> bool {
    ["egress", "EGRESS", "ntroduced", "roke", "ppeared", "ccidentally", "nadvertently"]
        .iter()
        .any(|word| item.contains(word))
}

const GONE: [&str; 3] = ["yanked", "withdrawn", "retracted"];

fn withdrawn_heading(text: &str) -> bool {
    let text = text.to_lowercase();
    GONE.iter().any(|word| text.contains(word)) || text.contains("do not use")
}

/// Which release was withdrawn.
#[derive(Debug, PartialEq, Eq)]
enum Gone {
    /// The one whose section it is.
    This,
    /// One that is named.
    Other(Version),
}

/// Whether a line says that a release was withdrawn, and which.
fn withdrawn(line: &str) -> Option<Gone> {
    let words: Vec<&str> = line
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|w| !w.is_empty())
        .collect();
    let this_release = |at: usize| {
        matches!(words.get(at), Some(&("this" | "the"))) && matches!(words.get(at + 1), Some(&("release" | "version")))
    };
    let warned = line.contains("do not use this") || line.contains("don't use this");
    if warned && ["release", "version"].iter().any(|word| line.contains(word)) {
        return Some(Gone::This);
    }
    for at in 0..words.len() {
        let gone = GONE.contains(&words[at]);
        let broken = matches!(words[at], "broken" | "removed" | "pulled");
        let was = at > 0 && matches!(words[at - 1], "was" | "been" | "is" | "were" | "got");
        if gone
            && at == 0
            && (words.len() == 1
                || matches!(words[1], "from" | "due" | "because" | "on" | "as" | "in" | "release" | "version" | "for"))
        {
            return Some(Gone::This);
        }
        if !was || !(gone || broken) {
            continue;
        }
        let from = at.saturating_sub(6);
        if gone
            && let Some(version) =
                words[from..at].iter().rev().find_map(|word| Version::parse(word).filter(|v| v.numbers.len() > 1))
        {
            return Some(Gone::Other(version));
        }
        // "This release was …": at most an auxiliary or a dash between.
        if (from..at).any(|start| this_release(start) && words[start] == "this" && at - start <= 4)
            || (gone && (from..at).any(this_release))
        {
            return Some(Gone::This);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Gone, Log, read, withdrawn};
    use crate::model::Says;

    /// Version of the section, line, and what is said there.
    fn said(log: &Log) -> Vec<(String, u32, String)> {
        let shown = |says: &Says| match says {
            Says::Version { version, .. } => version.to_string(),
            Says::Withdrawn => "withdrawn".to_owned(),
            Says::Regression => "?".to_owned(),
            Says::Commit(_) => "commit".to_owned(),
        };
        log.remarks.iter().map(|(line, version, remark)| (version.to_string(), *line, shown(&remark.says))).collect()
    }

    fn of(text: &str) -> Vec<(String, u32, String)> {
        said(&read(text.as_bytes(), None, &[]))
    }

    fn row(section: &str, line: u32, says: &str) -> (String, u32, String) {
        (section.to_owned(), line, says.to_owned())
    }

    #[test]
    fn sections_of_every_kind_of_heading() {
        let item = "Fix a regression in 1.2.2";
        let expected = |line| vec![row("1.2.3", line, "1.2.2")];
        for (text, line) in [
            (format!("# Changelog\n\n## [1.2.3] - 2024-05-01\n\n### Fixed\n\n- {item}\n"), 7),
            (format!("Changes\n=======\n\n1.2.3 (2024-05-01)\n------------------\n\n- {item}\n"), 7),
            (format!("= Releases\n\n== v1.2.3\n\n* {item}\n"), 5),
            (format!("* Noteworthy changes in release 1.2.3 (2024-05-01) [stable]\n\n  {item}\n"), 3),
            (format!("Version 1.2.3 (2024-05-01)\n\n  - {item}\n"), 3),
            (format!("1.2.3 / 2024-05-01\n==================\n\n  * {item}\n"), 4),
            (format!("pytest 1.2.3 (2024-05-01)\n=========================\n\n- `#1 <https://x>`_: {item}\n"), 4),
            (format!("**1.2.3**\n\n* {item}\n"), 3),
            (format!("## :rocket: 1.2.3\r\n\r\n- {item}\r\n"), 3),
            (format!("v1.2.3 - May 1\n\n {item}\n"), 3),
        ] {
            assert_eq!(of(&text), expected(line), "{text}");
        }
    }

    #[test]
    fn a_part_of_a_section_is_no_section() {
        let text = "## 2.0.0\n\n### Upgrade to rustls 0.23.1\n\n### Python 3.12 support is new\n\n- a regression since 1.9.0\n";
        assert_eq!(of(text), [row("2.0.0", 7, "1.9.0")]);
        let rehearsal = "## 2.0.0\n\n- one\n\n## 2.0.0-rc.1\n\n- a regression since 1.9.0\n";
        assert_eq!(of(rehearsal), []);
    }

    #[test]
    fn items_run_over_lines_and_end_at_the_next() {
        let text = "## 2.0.1\n\n- Fix a\n  regression\n  introduced in\n  2.0.0\n- Added\n  in 1.0.0\n";
        assert_eq!(of(text), [row("2.0.1", 6, "2.0.0")]);
        assert_eq!(of("## 2.0.1\n\n- Fix a regression\n- in 2.0.0 we said so\n"), [row("2.0.1", 3, "?")]);
    }

    #[test]
    fn withdrawn_releases() {
        assert_eq!(of("## [1.2.3] - 2024-05-01 [YANKED]\n\n- x\n"), [row("1.2.3", 1, "withdrawn")]);
        assert_eq!(of("1.2.3\n=====\n\nThis release was yanked, use 1.2.4.\n"), [row("1.2.3", 4, "withdrawn")]);
        assert_eq!(of("## 1.2.4\n\n- 1.2.3 was yanked from PyPI\n"), [row("1.2.3", 3, "withdrawn")]);
        for line in [
            "yanked due to #123",
            "**do not use this release**",
            "this version has been retracted.",
            "this release was broken",
        ] {
            assert_eq!(withdrawn(line), Some(Gone::This), "{line}");
        }
        for line in [
            "ignore yanked releases",
            "fix a crash when a crate is yanked",
            "the flag was removed",
            "this release removed x",
            "support for yanked files",
        ] {
            assert_eq!(withdrawn(line), None, "{line}");
        }
        let late = format!("## 1.2.3\n{}\nThis release was yanked.\n", "- x\n".repeat(12));
        assert_eq!(of(&late), []);
    }

    #[test]
    fn sections_of_other_products_are_left_out() {
        let text = "## web 1.2.3\n\n- a regression in 1.2.2\n\n## api 1.2.3\n\n- a regression in 1.2.1\n";
        let log = read(text.as_bytes(), None, &["api".to_owned()]);
        assert_eq!((log.sections, said(&log)), (1, vec![row("1.2.3", 7, "1.2.1")]));
        let log = read(b"## Acme 1.2.3\n\n- x\n\n## Acme 1.2.2\n\n- y\n", None, &["root".to_owned()]);
        assert_eq!(log.sections, 2, "the name that all sections have is the project's own");
    }

    #[test]
    fn one_file_a_version_and_files_of_no_use() {
        let version = crate::model::Version::parse("2.45.1").expect("a version");
        let log = read(b"Git v2.45.1 Release Notes\n====\n\n * A regression in 2.45.0\n", Some(&version), &[]);
        assert_eq!(said(&log), [row("2.45.1", 4, "2.45.0")]);
        assert_eq!(read(b"No headings at all. A regression in 1.2.3.", None, &[]), Log::default());
        assert_eq!(read(b"", None, &[]), Log::default());
    }

    #[test]
    fn hostile_logs_are_read_in_one_pass() {
        let every = "1.2.3 a regression in 1.2.2\n\n".repeat(20_000);
        assert_eq!(of(&every).len(), 0, "lines that begin with a version are headings of nothing");
        let one_line = format!("## 1.0.1\n{}", "regression ".repeat(200_000));
        assert!(of(&one_line).len() <= 200_000);
        let latin = b"## 1.0.1\n\n- R\xe9gression: a regression in 1.0.0 \xff\n";
        assert_eq!(said(&read(latin, None, &[])), [row("1.0.1", 3, "1.0.0")]);
        let headings = "# 1.0.1\n".repeat(100_000);
        assert_eq!(read(headings.as_bytes(), None, &[]).sections, 100_000);
    }
}
