//! What of a file may be quoted: names, and no secrets.

/// A name as it may be quoted; what looks like a secret, or is longer than a name, is not.
pub fn quotable(name: &str) -> String {
    let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if looks_secret(&name) {
        return "(not quoted: it looks like a secret)".to_owned();
    }
    if name.chars().count() > LONGEST_NAME {
        return format!("{}…", name.chars().take(LONGEST_NAME).collect::<String>());
    }
    name
}

/// A path as it may be quoted.
pub fn quotable_path(path: &str) -> &str {
    if looks_secret(path) { "(a path that is not quoted: it looks like a secret)" } else { path }
}

/// Longest name that is quoted as a whole.
const LONGEST_NAME: usize = 60;

/// Whether a word of a text is one that a machine made and somebody has to keep for themselves.
fn looks_secret(text: &str) -> bool {
    const MARKS: &[&str] = &[
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "xoxb-",
        "xoxp-",
        "xoxa-",
        "sk-",
        "sk_live_",
        "akia",
        "asia",
        "npm_",
        "pypi-",
        "aiza",
        "ya29.",
        "eyj",
        "hf_",
        "dop_v1_",
        "shpat_",
        "-----begin",
    ];
    let lower_text = text.to_ascii_lowercase();
    if ["password=", "passwd=", "token=", "secret=", "apikey=", "api_key=", "password:", "token:", "secret:"]
        .iter()
        .any(|mark| lower_text.find(mark).is_some_and(|at| text[at + mark.len()..].trim_start().len() > 3))
    {
        return true;
    }
    text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ':' | ',' | ';' | '/' | '@')).any(|word| {
        let lower = word.to_ascii_lowercase();
        let odd = word.bytes().filter(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()).count();
        if word.len() >= 16 && odd >= 4 && MARKS.iter().any(|mark| lower.starts_with(mark)) {
            return true;
        }
        // Long, and of letters and digits mixed as no word is.
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let upper = word.bytes().filter(u8::is_ascii_uppercase).count();
        let small = word.bytes().filter(u8::is_ascii_lowercase).count();
        word.len() >= 24
            && !word.contains('.')
            && digits >= 4
            && (upper >= 4 && small >= 4 || word.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}
