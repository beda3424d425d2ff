//! What the text of an issue says: fields in every notation in which forges and people write them.

use super::clock::{Near, moment, written};
use super::fields::Record;
use super::words::{self, plain};
use super::{Import, clock};

/// What a key speaks of.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    Release,
    Commit,
    FixedBy,
    Time(&'static str),
    Cause,
    Severity,
    DetectedBy,
    Component,
    Environment,
}

/// What a key means, by the names that people give it.
fn meaning(key: &str) -> Option<Says> {
    // "Detected at (UTC)", "Affected release(s)?"
    let key = key.split('(').next().unwrap_or(key);
    let says = match plain(key).as_str() {
        "release" | "releases" | "version" | "versions" | "affected release" | "affected releases"
        | "affected version" | "affected versions" | "release at fault" | "releases at fault" | "bad release"
        | "broken in" | "introduced in" | "caused by" | "caused by release" | "causing release" => Says::Release,
        "commit" | "causing commit" | "culprit" | "culprit commit" | "bad commit" | "introduced by"
        | "caused by commit" | "commit at fault" => Says::Commit,
        "fixed by" | "fix commit" | "fixing commit" | "fixed in commit" => Says::FixedBy,
        "detected" | "detected at" | "detection" | "detection time" | "noticed" | "noticed at" | "time detected"
        | "time of detection" => Says::Time("detected_at"),
        "started" | "started at" | "impact start" | "impact started" | "start" | "start time" | "incident start"
        | "began" | "began at" => Says::Time("started_at"),
        "acknowledged" | "acknowledged at" | "acked at" => Says::Time("acknowledged_at"),
        "mitigated" | "mitigated at" | "mitigation time" | "impact end" | "impact ended" | "ended" | "ended at"
        | "end time" | "end" | "recovered" | "recovered at" | "restored" | "restored at" => Says::Time("mitigated_at"),
        "resolved" | "resolved at" | "resolution time" => Says::Time("resolved_at"),
        "root cause" | "cause" | "cause key" => Says::Cause,
        "severity" | "sev" => Says::Severity,
        "detected by" | "noticed by" | "found by" | "detection method" => Says::DetectedBy,
        "component"
        | "components"
        | "service"
        | "services"
        | "affected component"
        | "affected components"
        | "affected service"
        | "affected services" => Says::Component,
        "environment" => Says::Environment,
        key => return asked(key),
    };
    Some(says)
}

/// Words around a mark of the timeline, in a question or a label: "When was it first noticed", "Time of impact start".
const AROUND_A_TIME: [&str; 21] = [
    "when",
    "did",
    "was",
    "were",
    "is",
    "it",
    "we",
    "you",
    "the",
    "this",
    "incident",
    "impact",
    "outage",
    "problem",
    "issue",
    "time",
    "date",
    "of",
    "at",
    "first",
    "timestamp",
];
/// What marks are called there; alone, such a word is as often the heading of a story.
const MARKS: [(&str, &[&str]); 5] = [
    ("detected_at", &["detect", "detected", "detection", "notice", "noticed", "discovered", "found"]),
    ("started_at", &["start", "started", "begin", "began", "beginning", "onset"]),
    ("acknowledged_at", &["acknowledge", "acknowledged", "acked"]),
    (
        "mitigated_at",
        &["mitigated", "mitigation", "end", "ended", "over", "recovered", "recovery", "restored", "stopped"],
    ),
    ("resolved_at", &["resolve", "resolved", "resolution", "fixed", "closed"]),
];
/// Words around a release in the same way: "Which release caused it", "Affected release tag".
const AROUND_A_RELEASE: [&str; 25] = [
    "which",
    "what",
    "the",
    "this",
    "incident",
    "it",
    "is",
    "was",
    "at",
    "fault",
    "affected",
    "bad",
    "broken",
    "faulty",
    "caused",
    "causing",
    "introduced",
    "in",
    "by",
    "first",
    "tag",
    "name",
    "number",
    "app",
    "had",
];

/// What a longer label or a question speaks of, in plain words.
fn asked(key: &str) -> Option<Says> {
    let words: Vec<&str> = key.split(' ').collect();
    if words.len() < 2 {
        return None;
    }
    let rest = |around: &[&str]| words.iter().copied().filter(|word| !around.contains(word)).collect::<Vec<_>>();
    if let [word] = rest(&AROUND_A_TIME)[..] {
        return MARKS.iter().find(|(_, names)| names.contains(&word)).map(|(mark, _)| Says::Time(mark));
    }
    match rest(&AROUND_A_RELEASE)[..] {
        ["release" | "releases" | "version" | "versions"] => Some(Says::Release),
        ["commit"] => Some(Says::Commit),
        _ => None,
    }
}

/// Whether a value is none: what people leave in a form.
fn left_out(says: Says, value: &str) -> bool {
    let none = ["", "n a", "na", "none", "no response", "not applicable", "tbd", "tba", "todo", "unknown"];
    let word = plain(value);
    none.contains(&word.as_str()) && !(says == Says::Cause && word == "unknown")
}

/// Reads a body into its record. What is known by its key and cannot be read is told with its value. `created` is when the
/// body was written: the day of an hour that stands alone.
pub(super) fn body(record: &mut Record, body: &str, created: Option<&str>, import: &mut Import) {
    let mut statements: Vec<(String, String)> =
        statements(body).into_iter().filter(|(key, _)| meaning(key).is_some()).collect();
    // An hour of the end is read beside that of the beginning.
    statements.sort_by_key(|(key, _)| matches!(meaning(key), Some(Says::Time("mitigated_at" | "resolved_at"))));
    let id = record.text("id").unwrap_or_default().to_owned();
    for (key, value) in statements {
        let Some(says) = meaning(&key).filter(|says| !left_out(*says, &value)) else { continue };
        let named = record.names_release();
        if !say(record, says, &value, created, zone_of(&key)) {
            import.unread.push(format!("{id} {}: {value}", key.trim()));
        } else if named && matches!(says, Says::Commit | Says::FixedBy | Says::Cause) && commit(&value).is_some() {
            *import.unused.entry(format!("{} beside a release", key.trim())).or_default() += 1;
        }
    }
}

/// The zone that a key names: `Detected at (UTC)`.
fn zone_of(key: &str) -> &str {
    key.split_once('(').and_then(|(_, rest)| rest.split(')').next()).map_or("", str::trim)
}

/// Whether what is said could be used.
fn say(record: &mut Record, says: Says, value: &str, created: Option<&str>, zone: &str) -> bool {
    match says {
        Says::Release => {
            record.releases(value.replace(" and ", ",").split([',', ';', '\n']).filter_map(release).collect());
            true
        }
        Says::Commit => record.culprit("commit", commit(value)),
        Says::FixedBy => record.culprit("fixed_by", commit(value)),
        Says::Cause => {
            // "root cause: <commit>", as Four Keys taught it.
            if let Some(commit) = commit(value).filter(|commit| commit.len() >= 7) {
                return record.culprit("commit", Some(commit));
            }
            let word = plain(value);
            if ["change", "external", "capacity", "unknown"].contains(&word.as_str()) {
                record.set("cause", Some(word));
            } else {
                record.set("cause_key", Some(value));
            }
            true
        }
        Says::Time(mark) => {
            let at = clock_time(record, mark, value, created)
                .or_else(|| clock_time(record, mark, &format!("{value} {zone}"), created).filter(|_| !zone.is_empty()));
            let read = at.is_some();
            record.set(mark, at);
            read
        }
        Says::Severity => {
            record.set("severity", Some(value));
            true
        }
        Says::DetectedBy => {
            let by = words::detected_by(value);
            record.set("detected_by", by);
            by.is_some()
        }
        Says::Component => {
            record.list("component", several(value));
            true
        }
        Says::Environment => {
            record.set("environment", Some(words::environment(value.to_owned())));
            true
        }
    }
}

fn clock_time(record: &Record, mark: &str, value: &str, created: Option<&str>) -> Option<String> {
    let created = created.and_then(clock::moment);
    let begin = ["detected_at", "started_at"].iter().find_map(|mark| moment(record.text(mark)?));
    let near = match mark {
        "detected_at" | "started_at" => created.map(Near::Before),
        _ => begin.or(created).map(Near::After),
    };
    written(value, near)
}

/// One release, perhaps as a link, in a code span, or with more about it in brackets.
fn release(value: &str) -> Option<String> {
    let text = value.trim().strip_prefix('[').and_then(|rest| rest.split_once("](")).map_or(value, |(text, _)| text);
    let text = unmarked(text.split(" (").next().unwrap_or(text));
    let page = text.starts_with("http").then(|| {
        let named =
            ["/releases/tag/", "/-/releases/", "/-/tags/", "/tree/"].into_iter().find_map(|at| text.split_once(at));
        named.map_or(text, |(_, tag)| tag.trim_end_matches('/'))
    });
    let name = page.unwrap_or(text);
    (!name.is_empty()).then(|| name.to_owned())
}

/// One commit, perhaps as a link or in a code span.
fn commit(value: &str) -> Option<String> {
    let last = value.trim().trim_end_matches('/').rsplit('/').next()?;
    let hex = (4..=40).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then(|| last.to_lowercase())
}

fn several(value: &str) -> Vec<String> {
    let parts = value.split([',', ';', '\n']).map(|part| part.trim().trim_matches(['`', '*', ' ']).trim());
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Every key with its value: `key: value`, bold keys, headings of issue forms, rows of tables.
fn statements(body: &str) -> Vec<(String, String)> {
    let text = without_comments(body);
    let mut found = Vec::new();
    let mut heading: Option<(String, Vec<&str>)> = None;
    let mut header: Option<Vec<String>> = None;
    let mut fence: Option<bool> = None;
    for line in text.lines() {
        let line = line.trim().trim_start_matches('>').trim();
        if let Some(language) = line.strip_prefix("```").or_else(|| line.strip_prefix("~~~")) {
            fence = match fence {
                Some(_) => None,
                // What is printed in a fence is no statement, unless it is written as data.
                None => Some(["yaml", "yml", "toml"].contains(&language.trim())),
            };
            continue;
        }
        if fence == Some(false) {
            continue;
        }
        if let Some(cells) = cells(line) {
            table(&cells, &mut header, &mut found);
            continue;
        }
        header = None;
        if let Some(title) = title(line) {
            close(heading.take(), &mut found);
            heading = Some((title.to_owned(), Vec::new()));
            continue;
        }
        match pair(line).filter(|(key, _)| meaning(key).is_some()) {
            Some((key, value)) if !value.is_empty() => found.push((key, value)),
            Some((key, _)) => {
                close(heading.take(), &mut found);
                heading = Some((key, Vec::new()));
            }
            None => {
                if let Some((_, lines)) = &mut heading
                    && !line.is_empty()
                {
                    lines.push(line);
                }
            }
        }
    }
    close(heading, &mut found);
    found
}

/// The value under a heading: its one line, or its list.
fn close(heading: Option<(String, Vec<&str>)>, found: &mut Vec<(String, String)>) {
    let Some((key, lines)) = heading else { return };
    let values: Vec<&str> = lines.iter().map(|line| unmarked(line)).filter(|line| !line.is_empty()).collect();
    // Prose under a heading that happens to be a key ("Root cause") is no value.
    let value = match (meaning(&key), &values[..]) {
        (Some(Says::Release | Says::Component), values) => values.join(", "),
        (_, [value]) => (*value).to_owned(),
        _ => return,
    };
    if !value.is_empty() && !value.eq_ignore_ascii_case("no response") && value.len() <= 200 {
        found.push((key, value));
    }
}

/// `### Affected release`, or a line that is bold and nothing else.
fn title(line: &str) -> Option<&str> {
    let heading = line.strip_prefix('#').map(|rest| rest.trim_start_matches('#').trim());
    let bold = || {
        let inner = line.strip_prefix("**").and_then(|rest| rest.strip_suffix("**"))?;
        (!inner.contains("**")).then(|| inner.trim().trim_end_matches(':'))
    };
    heading
        .filter(|heading| !heading.contains(": "))
        .or_else(bold)
        .filter(|title| !title.is_empty() && !title.contains(": "))
}

/// `key: value`, whatever marks stand around the key.
fn pair(line: &str) -> Option<(String, String)> {
    let line =
        line.trim_start_matches(['-', '*', '+', '#', ' ', '_']).trim_start_matches("[x]").trim_start_matches("[ ]");
    let (key, value) = line.split_once(':').or_else(|| line.split_once(" = "))?;
    let key = unmarked(key);
    let words = key.split_whitespace().count();
    (!key.is_empty() && words <= 6).then(|| (key.to_owned(), unmarked(value).to_owned()))
}

/// Without the marks of emphasis, code and lists around it.
fn unmarked(text: &str) -> &str {
    text.trim().trim_start_matches("- ").trim_start_matches("* ").trim_matches(['*', '_', '`', ' ', '"']).trim()
}

/// The cells of a table's row.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.strip_prefix('|')?;
    Some(inner.trim_end_matches('|').split('|').map(str::trim).collect())
}

fn table(cells: &[&str], header: &mut Option<Vec<String>>, found: &mut Vec<(String, String)>) {
    if cells.iter().all(|cell| !cell.is_empty() && cell.bytes().all(|byte| matches!(byte, b'-' | b':' | b' '))) {
        return;
    }
    let known = cells.iter().filter(|cell| meaning(unmarked(cell)).is_some()).count();
    match header {
        Some(keys) if keys.len() == cells.len() && keys.iter().filter(|key| meaning(key).is_some()).count() > 1 => {
            let values = cells.iter().map(|cell| unmarked(cell).to_owned());
            found.extend(keys.iter().cloned().zip(values).filter(|(_, value)| !value.is_empty()));
        }
        _ => {
            if let [key, value] = *cells
                && !unmarked(value).is_empty()
                && known < 2
            {
                found.push((unmarked(key).trim_end_matches(':').to_owned(), unmarked(value).to_owned()));
            }
            if header.is_none() {
                *header = Some(cells.iter().map(|cell| unmarked(cell).to_owned()).collect());
            }
        }
    }
}

/// Comments are the hints of templates.
fn without_comments(body: &str) -> String {
    let mut text = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("<!--") {
        text.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> (serde_json::Value, Vec<String>) {
        let mut record = Record::default();
        record.set("id", Some("GH-1"));
        let mut import = Import::default();
        body(&mut record, text, Some("2026-01-04T11:00:00Z"), &mut import);
        let mut fields = record.finish();
        fields.remove("id");
        (fields.into(), import.unread)
    }

    #[test]
    fn keys_are_read_in_every_notation() {
        let expected = json!({ "caused_by": { "release": "v1.1.0" }, "detected_at": "2026-01-04T10:40:00Z" });
        for text in [
            "release: v1.1.0\ndetected: 2026-01-04T10:40:00Z",
            "**Release:** v1.1.0\r\n**Detected at**: 2026-01-04 10:40\r\n",
            "- Release: `v1.1.0`\n- **detected** : 10:40",
            "* __Affected version__: v1.1.0\n* Detected: 10:40 GMT",
            "### Affected release\n\nv1.1.0\n\n### Detected at\n\n2026-01-04 10:40 UTC\n\n### Root cause\n\n_No response_\n",
            "**Affected release(s)**\nv1.1.0\n\n**Detected at (UTC)**\n10:40\n",
            "| Release | v1.1.0 |\n|---|---|\n| Detected | 1767523200 |",
            "| Field | Value |\n| --- | --- |\n| **Release** | `v1.1.0` |\n| Detected at | Jan 4, 2026 10:40 |",
            "| Release | Detected |\n|---|---|\n| v1.1.0 | 2026-01-04T10:40:00Z |",
            "> release: v1.1.0\n> detected: 2026-01-04T10:40Z\n<!-- release: vX.Y.Z -->\n```\nversion: 9.9.9\n```",
            "```yaml\nrelease: v1.1.0\ndetected_at: \"2026-01-04T10:40:00Z\"\n```",
        ] {
            assert_eq!(read(text), (expected.clone(), Vec::new()), "{text}");
        }
    }

    #[test]
    fn a_cause_may_be_a_commit_a_word_or_a_key() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for (text, expected) in [
            (format!("root cause: {commit}"), json!({ "caused_by": { "commit": commit } })),
            (
                format!("**root cause**: https://github.com/o/r/commit/{commit}"),
                json!({ "caused_by": { "commit": commit } }),
            ),
            ("Root cause: missing-index".to_owned(), json!({ "cause_key": "missing-index" })),
            ("cause: External".to_owned(), json!({ "cause": "external" })),
            (
                "Affected releases: v1.0.0, v1.1.0".to_owned(),
                json!({ "caused_by": { "release": ["v1.0.0", "v1.1.0"] } }),
            ),
            ("detected by: Datadog monitor\n".to_owned(), json!({ "detected_by": "alert" })),
            ("## Root cause\n\nA long story.\n\nWith two paragraphs.".to_owned(), json!({})),
        ] {
            assert_eq!(read(&text).0, expected, "{text}");
        }
    }

    #[test]
    fn questions_and_longer_labels_are_keys() {
        for (text, expected) in [
            ("### When did it start?\n\n2026-01-04 09:58 CET", json!({ "started_at": "2026-01-04T09:58:00+01:00" })),
            ("**When was the incident detected?** : 10:40", json!({ "detected_at": "2026-01-04T10:40:00Z" })),
            ("Time of impact start: 10:15", json!({ "started_at": "2026-01-04T10:15:00Z" })),
            ("End of the outage: 2026-01-04T10:50Z", json!({ "mitigated_at": "2026-01-04T10:50:00Z" })),
            ("When was it fixed? : 2026-01-04T10:55Z", json!({ "resolved_at": "2026-01-04T10:55:00Z" })),
            ("### Which release caused it?\n\nv1.1.0", json!({ "caused_by": { "release": "v1.1.0" } })),
            ("Affected release tag: v1.1.0", json!({ "caused_by": { "release": "v1.1.0" } })),
            ("### Which commit introduced it\n\n0123abcd", json!({ "caused_by": { "commit": "0123abcd" } })),
            // What speaks of something else is none.
            ("Time to detect: 5m\nRelease notes: see below\nFixed in version: 1.2\nResolution: rolled back", json!({})),
            ("## Recovery\n\nWe rolled back.\n\n## Detection of regressions\n\nnone", json!({})),
        ] {
            assert_eq!(read(text), (expected, Vec::new()), "{text}");
        }
    }

    #[test]
    fn a_release_may_be_a_link_have_more_about_it_or_be_left_out() {
        for (value, expected) in [
            ("1.2.0 (build 77)", json!({ "release": "1.2.0" })),
            ("[v1.1.0](https://github.com/acme/shop/releases/tag/v1.1.0)", json!({ "release": "v1.1.0" })),
            ("https://github.com/acme/shop/releases/tag/api%2Fv1.1.0", json!({ "release": "api%2Fv1.1.0" })),
            ("https://gitlab.com/acme/shop/-/releases/v1.1.0", json!({ "release": "v1.1.0" })),
            ("`v1.1.0` and `v1.2.0`", json!({ "release": ["v1.1.0", "v1.2.0"] })),
        ] {
            assert_eq!(read(&format!("Release: {value}")).0["caused_by"], expected, "{value}");
        }
        for value in ["n/a", "N/A", "-", "None", "_No response_", "TBD", "unknown", "?"] {
            assert_eq!(read(&format!("Release: {value}\nDetected: {value}")), (json!({}), Vec::new()), "{value}");
        }
        // A release says more than a commit: what does not count is told.
        let mut import = Import::default();
        body(&mut Record::default(), "release: v1.1.0\nroot cause: 0123456789ab", None, &mut import);
        assert_eq!(import.unused.into_iter().collect::<Vec<_>>(), [("root cause beside a release".to_owned(), 1)]);
    }

    #[test]
    fn what_cannot_be_read_is_told_by_its_value() {
        let (fields, unread) =
            read("detected: soonish\ncommit: HEAD\ndetected by: luck\nWhat we saw: errors\nNote: nothing");
        assert_eq!(fields, json!({}));
        assert_eq!(unread, ["GH-1 detected: soonish", "GH-1 commit: HEAD", "GH-1 detected by: luck"]);
    }

    #[test]
    fn an_hour_alone_belongs_beside_the_issue() {
        let (fields, _) = read("resolved: 01:10\nstarted: 23:50\nmitigated: 00:30");
        assert_eq!(
            fields,
            json!({ "started_at": "2026-01-03T23:50:00Z", "mitigated_at": "2026-01-04T00:30:00Z", "resolved_at": "2026-01-04T01:10:00Z" })
        );
    }
}
