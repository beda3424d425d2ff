//! How tags spell versions: `[component sep][v]VERSION[suffix]`.

use super::Version;

/// The component of a tag that has nothing before its version.
pub(super) const ROOT: &str = "root";

/// What a tag's name reads as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagName {
    /// What precedes the version, `root` where nothing does.
    pub component: String,
    /// The version.
    pub version: Version,
    /// Whether the suffix (or a word before the version) says that it is a rehearsal.
    pub prerelease: bool,
    /// Whether it was a word before the version that said so (`rc-8_17_0-1`).
    pub rehearsal_prefix: bool,
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

/// Words before a version that name no component.
const NOISE: [&str; 5] = ["v", "version", "release", "rel", "r"];
const PRERELEASE: [&str; 24] = [
    "alpha",
    "beta",
    "rc",
    "cr",
    "pre",
    "preview",
    "dev",
    "snapshot",
    "nightly",
    "canary",
    "experimental",
    "next",
    "insider",
    "insiders",
    "milestone",
    "eap",
    "ea",
    "test",
    "unstable",
    "edge",
    "wip",
    "prerelease",
    "candidate",
    "devel",
];
/// Letters that make a pre-release only with a number directly behind: `3.0.0a1`, `4.1.0.M1`.
const PRERELEASE_LETTERS: [&str; 5] = ["a", "b", "c", "m", "pr"];
const RELEASE: [&str; 21] = [
    "post", "p", "pl", "patch", "hotfix", "r", "rev", "final", "ga", "release", "stable", "lts", "ce", "sp", "sr",
    "fix", "bugfix", "update", "u", "v", "build",
];

/// A run of letters or of digits, and whether something stands between it and the one before.
#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    text: &'a str,
    digits: bool,
    touches: bool,
    at: usize,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
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
        tokens.push(Token { text: &text[start..stop], digits, touches, at: start });
        end = stop;
    }
    tokens
}

impl TagName {
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
    let before = &tag[..first.at];
    let touches_letters = first.touches && !touches_v(all, start);
    // Inside a longer run of numbers no version begins.
    if start > 0 && all[start - 1].digits && before.ends_with(['.', '_']) {
        return Candidate::None;
    }
    let Some((mut version, used)) = date(tag, &all[start..]).or_else(|| numbers(tag, &all[start..])) else {
        return Candidate::None;
    };
    let prefix = prefix(before);
    let single = version.numbers.len() < 2;
    if single && (touches_letters || !prefix.component.is_empty()) {
        return Candidate::None;
    }
    let suffix = &all[start + used..];
    let end = all[start + used - 1].at + all[start + used - 1].text.len();
    let prerelease = match read_suffix(&tag[end..], suffix, &mut version) {
        Suffix::Release if single && numbers_follow(tag, suffix) => return Candidate::None,
        Suffix::Release => false,
        Suffix::Prerelease => true,
        Suffix::Unrecognised if single => return Candidate::Hints(BAD_SUFFIX),
        Suffix::Unrecognised => return Candidate::Decides(TagReading::No(BAD_SUFFIX)),
    };
    let component = if prefix.component.is_empty() { ROOT.to_owned() } else { prefix.component };
    Candidate::Decides(TagReading::Version(TagName {
        component,
        version,
        prerelease: prerelease || prefix.rehearsal,
        rehearsal_prefix: prefix.rehearsal,
    }))
}

/// Whether a suffix holds numbers joined as a version's are.
fn numbers_follow(tag: &str, suffix: &[Token<'_>]) -> bool {
    (1..suffix.len())
        .any(|at| suffix[at - 1].digits && suffix[at].digits && matches!(joined(tag, suffix, at), Some('.' | '_')))
}

/// Whether the letters that the number touches are a bare `v` or another word that names no component.
fn touches_v(all: &[Token<'_>], start: usize) -> bool {
    start > 0 && !all[start - 1].touches && all[start - 1].text.eq_ignore_ascii_case("v")
}

struct Prefix {
    component: String,
    rehearsal: bool,
}

/// What precedes a version: without separators and noise words at its ends, and without a word that ends it and says
/// that this is a rehearsal.
fn prefix(before: &str) -> Prefix {
    const SEPARATORS: [char; 6] = ['-', '_', '/', '@', '.', ' '];
    // Before an `@` stands a package's name as it is, be it called `dev` or `next`.
    let bare = before.strip_suffix(['v', 'V']).filter(|bare| bare.ends_with('@')).unwrap_or(before);
    if let Some(package) = bare.strip_suffix('@')
        && !package.is_empty()
        && !NOISE.contains(&package.to_ascii_lowercase().as_str())
    {
        return Prefix { component: package.to_owned(), rehearsal: false };
    }
    let before = before.trim_start_matches(|c| c != '@' && SEPARATORS.contains(&c));
    let mut rest = before.trim_end_matches(SEPARATORS);
    let (mut rehearsal, mut marked) = (false, false);
    let all_noise = |text: &str| text.split(SEPARATORS).all(|word| NOISE.contains(&word.to_ascii_lowercase().as_str()));
    loop {
        let last = rest.rsplit(SEPARATORS).next().unwrap_or_default();
        let lower = last.to_ascii_lowercase();
        let says_rehearsal = PRERELEASE.contains(&lower.as_str());
        if last.is_empty() || !(says_rehearsal || NOISE.contains(&lower.as_str())) {
            break;
        }
        // A folder deep in a path is a module (`internal/test/v1.2.3`).
        let parent = &rest[..rest.len() - last.len()];
        if says_rehearsal && parent.len() > 1 && parent.ends_with('/') && before[rest.len()..].starts_with('/') {
            break;
        }
        // Behind an explicit `v` the words belong to a name (`cargo-smart-release-v0.9.0`), unless they are all of it.
        if marked && !says_rehearsal && !all_noise(rest) {
            break;
        }
        marked |= lower == "v";
        rehearsal |= says_rehearsal;
        rest = rest[..rest.len() - last.len()].trim_end_matches(SEPARATORS);
    }
    loop {
        let first = rest.split(SEPARATORS).next().unwrap_or_default();
        if first.is_empty() || !NOISE.contains(&first.to_ascii_lowercase().as_str()) {
            break;
        }
        rest = rest[first.len()..].trim_start_matches(SEPARATORS);
    }
    Prefix { component: rest.to_owned(), rehearsal }
}

/// What joins a token to the one before it.
fn joined(tag: &str, tokens: &[Token<'_>], at: usize) -> Option<char> {
    let (one, next) = (tokens.get(at - 1)?, tokens.get(at)?);
    let between = &tag[one.at + one.text.len()..next.at];
    let mut chars = between.chars();
    match (chars.next(), chars.next()) {
        (Some(joint), None) => Some(joint),
        _ => None,
    }
}

fn number(token: &Token<'_>) -> u64 {
    // Longer than 19 digits: no two such versions are told apart, and nothing overflows.
    token.text.parse().unwrap_or(u64::MAX)
}

fn is_date(year: u64, month: u64, day: u64) -> bool {
    (1970..=2999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// `YYYY-MM-DD`, `YYYYMMDD[hhmm[ss]]`, or `YYYY.MM.DD` with two digits each; a further number counts that day's.
fn date(tag: &str, tokens: &[Token<'_>]) -> Option<(Version, usize)> {
    let first = tokens.first()?;
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
            let alike = joined(tag, tokens, 2) == Some(joint) && ['-', '.', '_'].contains(&joint);
            let written = |token: &Token<'_>| token.digits && token.text.len() == 2;
            if !alike || !written(month) || !written(day) || !is_date(number(first), number(month), number(day)) {
                return None;
            }
            (vec![number(first), number(month), number(day)], 3)
        }
        _ => return None,
    };
    if tokens.get(used).is_some_and(|token| token.digits) && joined(tag, tokens, used) == Some('.') {
        numbers.push(number(&tokens[used]));
        used += 1;
    }
    Some((Version { numbers, date: true, after: Vec::new() }, used))
}

/// Numbers joined by `.` or `_`.
fn numbers(tag: &str, tokens: &[Token<'_>]) -> Option<(Version, usize)> {
    let mut numbers = vec![number(tokens.first()?)];
    while let Some(token) = tokens.get(numbers.len()) {
        if !token.digits || !matches!(joined(tag, tokens, numbers.len()), Some('.' | '_')) {
            break;
        }
        numbers.push(number(token));
    }
    let used = numbers.len();
    Some((Version { numbers, date: false, after: Vec::new() }, used))
}

enum Suffix {
    Release,
    Prerelease,
    Unrecognised,
}

fn read_suffix(text: &str, tokens: &[Token<'_>], version: &mut Version) -> Suffix {
    // What follows a plus is a build, whatever it says.
    let build = text.find('+');
    let known = build.map_or(tokens, |plus| {
        let offset = tokens.first().map_or(0, |token| token.at - leading(text));
        let until = tokens.iter().position(|token| token.at - offset > plus).unwrap_or(tokens.len());
        &tokens[..until]
    });
    let lower: Vec<String> = known.iter().map(|token| token.text.to_ascii_lowercase()).collect();
    if lower.iter().any(|word| PRERELEASE.contains(&word.as_str())) {
        return Suffix::Prerelease;
    }
    for (at, token) in known.iter().enumerate() {
        if token.digits {
            version.after.push(number(token));
            continue;
        }
        let word = lower[at].as_str();
        let numbered = known.get(at + 1).is_some_and(|next| next.digits && next.touches);
        let letter = word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase();
        if PRERELEASE_LETTERS.contains(&word) && numbered {
            return Suffix::Prerelease;
        }
        if at == 0 && letter && !numbered && token_touches_version(text) {
            version.after.push(u64::from(word.as_bytes()[0] - b'a') + 1);
            continue;
        }
        if RELEASE.contains(&word) {
            continue;
        }
        if word == "pr" {
            return Suffix::Prerelease;
        }
        return Suffix::Unrecognised;
    }
    Suffix::Release
}

/// How many bytes of separators lead.
fn leading(text: &str) -> usize {
    text.find(|c: char| c.is_alphanumeric()).unwrap_or(text.len())
}

fn token_touches_version(text: &str) -> bool {
    leading(text) == 0
}

#[cfg(test)]
mod tests {
    use super::{TagName, TagReading};

    /// tag, component, version; a `~` before the version marks a pre-release.
    const READ: &[(&str, &str, &str)] = &[
        ("v1.2.3", "root", "1.2.3"),
        ("1.2", "root", "1.2"),
        ("V2.0.0", "root", "2.0.0"),
        ("release-1.20.1", "root", "1.20.1"),
        ("release/1.20.1", "root", "1.20.1"),
        ("rel_1_2_3", "root", "1.2.3"),
        ("version-4.2", "root", "4.2"),
        ("r1.5.0", "root", "1.5.0"),
        ("v1", "root", "1"),
        ("233", "root", "233"),
        ("curl-8_4_0", "curl", "8.4.0"),
        ("curl-7_10_8-pre3", "curl", "~7.10.8"),
        ("rc-8_17_0-1", "root", "~8.17.0-1"),
        ("tokio-1.38.2", "tokio", "1.38.2"),
        ("tokio-util-0.7.1", "tokio-util", "0.7.1"),
        ("tokio-v0.2.0-alpha.1", "tokio", "~0.2.0"),
        ("@remix-run/node@1.2.3", "@remix-run/node", "1.2.3"),
        ("@tools/web@2.0.0-beta.1", "@tools/web", "~2.0.0"),
        ("pkg@1.2.3", "pkg", "1.2.3"),
        ("cargo-smart-release-v0.9.0", "cargo-smart-release", "0.9.0"),
        ("release-v1.2.3", "root", "1.2.3"),
        ("release/version-v1.2.3", "root", "1.2.3"),
        ("app-release-1.2.3", "app", "1.2.3"),
        ("v2.0.0_PR", "root", "~2.0.0"),
        ("@remix-run/dev@2.17.4", "@remix-run/dev", "2.17.4"),
        ("@remix-run/dev@2.0.0-pre.1", "@remix-run/dev", "~2.0.0"),
        ("next@13.4.0", "next", "13.4.0"),
        ("@scope/test@v1.2.3", "@scope/test", "1.2.3"),
        ("internal/test/v1.2.3", "internal/test", "1.2.3"),
        ("test/v1.2.3", "root", "~1.2.3"),
        ("nightly-2024-05-01", "root", "~2024-05-01"),
        ("app-beta-1.2.3", "app", "~1.2.3"),
        ("7zip-21.07", "7zip", "21.7"),
        ("3d-engine-1.0", "3d-engine", "1.0"),
        ("v8-10.2.154", "v8", "10.2.154"),
        ("foo-2-1.2.3", "foo-2", "1.2.3"),
        ("2-foo", "", "no"),
        ("v3-rc.1.2", "root", "~3"),
        ("release-1.29.4", "root", "1.29.4"),
        ("tiny-curl-8_4_0", "tiny-curl", "8.4.0"),
        ("curl-7_84_0-prepipeline", "", "no"),
        ("before_urldata_rename", "", "none"),
        ("homu-tmp", "", "none"),
        ("gitgui-0.6.4", "gitgui", "0.6.4"),
        ("2021.02.04-1", "root", "2021-02-04-1"),
        ("etcdutl/v3.6.0-alpha.0", "etcdutl", "~3.6.0"),
        ("V_8_9_P1", "root", "8.9-1"),
        ("jdk-17.0.9+9", "jdk", "17.0.9"),
        ("remix@3.0.0-beta.10", "remix", "~3.0.0"),
        ("remix@0.0.0-nightly-5f1e3a2-20240101", "remix", "~0.0.0"),
        ("v0.0.0-experimental-0a1b2c3d4", "root", "~0.0.0"),
        ("server/v3.5.0", "server", "3.5.0"),
        ("api/v3.6.0-rc.1", "api", "~3.6.0"),
        ("client/pkg/v3.5.4", "client/pkg", "3.5.4"),
        ("prod/2024-05-01", "prod", "2024-05-01"),
        ("prod/2024-05-01.2", "prod", "2024-05-01-02"),
        ("deploy-20240501-1", "deploy", "2024-05-01-1"),
        ("deploy-202405011230", "deploy", "2024-05-01-12-30"),
        ("deploy-20240501123059", "deploy", "2024-05-01-12-30-59"),
        ("2026.08.19", "root", "2026-08-19"),
        ("2026.08.19.1", "root", "2026-08-19-01"),
        ("2024.5.1", "root", "2024.5.1"),
        ("2024_05_01", "root", "2024-05-01"),
        ("26.2.1", "root", "26.2.1"),
        ("22.03", "root", "22.03"),
        ("go1.21", "go", "1.21"),
        ("go1.21rc2", "go", "~1.21"),
        ("go1.4beta1", "go", "~1.4"),
        ("REL9_6", "root", "9.6"),
        ("REL_16_1", "root", "16.1"),
        ("REL_16_BETA1", "root", "~16"),
        ("OpenSSL_1_0_2u", "OpenSSL", "1.0.2-21"),
        ("openssl-3.0.1", "openssl", "3.0.1"),
        ("log4j-2.17.1", "log4j", "2.17.1"),
        ("sha2-v0.10.8", "sha2", "0.10.8"),
        ("h2-0.3.1", "h2", "0.3.1"),
        ("k8s-1.2.3", "k8s", "1.2.3"),
        ("python3-1.2", "python3", "1.2"),
        ("v8.0.0.beta1", "root", "~8.0.0"),
        ("v8.0.5.1", "root", "8.0.5.1"),
        ("v3.0.0.beta.2", "root", "~3.0.0"),
        ("v4.2.0.rc1", "root", "~4.2.0"),
        ("v2.3.8.pre1", "root", "~2.3.8"),
        ("3.0.0a1", "root", "~3.0.0"),
        ("3.12.0b4", "root", "~3.12.0"),
        ("3.0.0a", "root", "3.0.0-1"),
        ("v2.55.0-rc1", "root", "~2.55.0"),
        ("v1.0rc4", "root", "~1.0"),
        ("v0.99.9n", "root", "0.99.9-14"),
        ("v9.2.0995", "root", "9.2.995"),
        ("v7.4a.001", "root", "7.4-1-1"),
        ("0.99.0", "root", "0.99.0"),
        ("jenkins-2.400", "jenkins", "2.400"),
        ("1.0.0.Final", "root", "1.0.0"),
        ("4.1.0.M1", "root", "~4.1.0"),
        ("4.1.0-M2", "root", "~4.1.0"),
        ("2.0.0.PR1", "root", "~2.0.0"),
        ("4.3.0.RELEASE", "root", "4.3.0"),
        ("5.0.0.GA", "root", "5.0.0"),
        ("1.8.5-SP1", "root", "1.8.5-1"),
        ("1.2.3-hotfix.1", "root", "1.2.3-1"),
        ("1.2.3-1", "root", "1.2.3-1"),
        ("1.2.3-p4", "root", "1.2.3-4"),
        ("v1_9_3_551", "root", "1.9.3.551"),
        ("1.0.post1", "root", "1.0-1"),
        ("1.0.dev0", "root", "~1.0"),
        ("1.2.3+build.5", "root", "1.2.3"),
        ("1.2.3-rc.1+build.5", "root", "~1.2.3"),
        ("1.2.3+rc1", "root", "1.2.3"),
        ("1.0.0-stable", "root", "1.0.0"),
        ("20.0-lts", "root", "20.0"),
        ("v1.0.0-preview.3", "root", "~1.0.0"),
        ("v1.0.0-canary.12", "root", "~1.0.0"),
        ("v15.0.0-next.3", "root", "~15.0.0"),
        ("1.0-SNAPSHOT", "root", "~1.0"),
        ("1.0.0-ea.4", "root", "~1.0.0"),
        ("v2-rc1", "root", "~2"),
        ("gix-v0.57.0", "gix", "0.57.0"),
        ("gix-features-v0.35.0", "gix-features", "0.35.0"),
        ("git-delta-0.16.5", "git-delta", "0.16.5"),
        ("cargo-1.2.3", "cargo", "1.2.3"),
        ("release-tokio-1.2", "tokio", "1.2"),
        ("web-2024-05-01", "web", "2024-05-01"),
        ("docker-v1.2.3", "docker", "1.2.3"),
        ("app_v1.2", "app", "1.2"),
        ("app.1.2.3", "app", "1.2.3"),
        ("99999999999999999999999.1", "root", "18446744073709551615.1"),
        ("build-1234", "", "none"),
        ("nightly", "", "none"),
        ("latest", "", "none"),
        ("junio-gpg-pub", "", "none"),
        ("", "", "none"),
        ("--", "", "none"),
        ("release", "", "none"),
        ("1.2.3-foo", "", "no"),
        ("1.2.3-4-gabcdef0", "", "no"),
        ("v1.0-with-docs", "", "no"),
    ];

    #[test]
    fn real_tags_read_as_people_mean_them() {
        let mut wrong = Vec::new();
        for (tag, component, version) in READ {
            let read = match TagName::read(tag.as_bytes()) {
                TagReading::Version(name) => {
                    let mark = if name.prerelease { "~" } else { "" };
                    (name.component.clone(), format!("{mark}{}", name.version))
                }
                TagReading::No(super::BAD_SUFFIX) => (String::new(), "no".to_owned()),
                TagReading::No(_) => (String::new(), "none".to_owned()),
            };
            let component = if matches!(*version, "no" | "none") { "" } else { component };
            let plain = |text: &str| text.replace(".03", ".3");
            if (read.0.as_str(), plain(&read.1)) != (component, plain(version)) {
                wrong.push(format!("{tag}: {read:?}, not {component} {version}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn letters_and_suffixes_keep_their_order() {
        let version = |tag: &str| match TagName::read(tag.as_bytes()) {
            TagReading::Version(name) => name.version,
            TagReading::No(why) => panic!("{tag}: {why}"),
        };
        let ascending = ["1.0.1", "1.0.2", "1.0.2t", "1.0.2u", "1.0.3", "1.0.3-1", "1.0.3-2", "1.1", "1.10"];
        for pair in ascending.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        assert_eq!(version("2.3").key(), version("v2.3.0").key());
    }

    #[test]
    fn names_that_are_no_text_are_told() {
        assert_eq!(TagName::read(b"v1\xff"), TagReading::No("the name is no UTF-8"));
    }
}
