//! `[findings]`, `[risk]` and `[controls] extra`: what to hear of, from when on, which changes are risky, and what else is a control.

use serde_json::{Value as Json, json};

use super::kinds::{Globs, Kind, Several, texts};
use super::write;
use crate::document::{Field, Value, Zone};
use crate::model::{ExtraControl, FindingPolicy, RiskClass, Silence, StageId, Word as _};

/// Thresholds and silences.
pub struct Advice;

impl Kind for Advice {
    type Value = FindingPolicy;

    fn read(field: Field<'_>) -> Option<FindingPolicy> {
        let mut table = field.table()?;
        let (thresholds, silence) = (table.take("thresholds"), table.take("silence"));
        table.finish();
        let thresholds = thresholds.map_or(Some(Vec::new()), read_thresholds);
        let example = "{ code = \"single-releaser\", reason = \"…\", until = 2027-01-31 }";
        let silence = silence.map_or(Some(Vec::new()), |field| field.each("a list of tables", example, read_silence));
        Some(FindingPolicy { thresholds: thresholds?, silence: silence? })
    }

    fn write(policy: &FindingPolicy) -> Option<String> {
        let thresholds: Vec<_> = policy.thresholds.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        let silence: Vec<_> = policy
            .silence
            .iter()
            .map(|silence| {
                format!(
                    "{{ code = {}, reason = {}, until = {} }}",
                    write::text(&silence.finding),
                    write::text(&silence.reason),
                    silence.until.to_rfc3339()
                )
            })
            .collect();
        let table = |entries: &[String]| {
            if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
        };
        Some(format!("{{ thresholds = {}, silence = [{}] }}", table(&thresholds), silence.join(", ")))
    }

    fn schema() -> Json {
        let bound = json!({ "oneOf": [{ "type": "number", "minimum": 0 }, { "type": "string" }] });
        json!({ "type": "object", "additionalProperties": false, "properties": {
            "thresholds": { "type": "object", "additionalProperties": bound },
            "silence": { "type": "array", "items": {
                "type": "object", "additionalProperties": false, "required": ["code", "reason", "until"],
                "properties": { "code": { "type": "string" }, "reason": { "type": "string" }, "until": { "type": "string" } }
            } }
        } })
    }
}

fn read_thresholds(field: Field<'_>) -> Option<Vec<(String, f64)>> {
    let mut whole = true;
    let mut thresholds = Vec::new();
    for (entry, value) in field.table()?.any() {
        match threshold(value) {
            Some(threshold) => thresholds.push((entry.key.clone(), threshold)),
            None => whole = false,
        }
    }
    whole.then_some(thresholds)
}

/// A share, a number of things, or a duration in seconds.
fn threshold(field: Field<'_>) -> Option<f64> {
    match field.value() {
        Value::Text(_) => match field.duration()? {
            Some(duration) => Some(duration.num_seconds() as f64),
            None => field.wrong("must be a number or a duration", "write 0.8 or \"2h\""),
        },
        Value::Float(number) if *number >= 0.0 && number.is_finite() => Some(*number),
        Value::Integer(Some(number)) if *number >= 0 => Some(*number as f64),
        _ => field.wrong("must be a number that is not negative, or a duration", "write 0.8 or \"2h\""),
    }
}

fn read_silence(field: Field<'_>) -> Option<Silence> {
    let mut table = field.table()?;
    let code = table.require("code", "\"single-releaser\"");
    let reason = table.require("reason", "\"two people are being trained until March\"");
    let until = table.require("until", "2027-01-31");
    table.finish();
    let (code, reason) = (code?.filled(), reason?.filled());
    let until = until?.time(Some(Zone::Named(chrono_tz::Tz::UTC)));
    Some(Silence { finding: code?.to_owned(), reason: reason?.to_owned(), until: until?.at })
}

/// Classes of risky change.
pub struct Risk;

impl Kind for Risk {
    type Value = Vec<RiskClass>;

    fn read(field: Field<'_>) -> Option<Vec<RiskClass>> {
        let mut whole = true;
        let mut classes = Vec::new();
        for (entry, class) in field.table()?.any() {
            match read_class(&entry.key, class) {
                Some(class) => classes.push(class),
                None => whole = false,
            }
        }
        whole.then_some(classes)
    }

    fn write(classes: &Vec<RiskClass>) -> Option<String> {
        let classes: Vec<_> = classes
            .iter()
            .map(|class| {
                let list = |items: &[String]| write::texts(items.iter().map(String::as_str));
                let requires = match &class.requires[..] {
                    [] => String::new(),
                    checks => format!(", requires = {}", list(checks)),
                };
                format!("{} = {{ paths = {}{requires} }}", write::key(&class.name), list(&class.paths))
            })
            .collect();
        Some(if classes.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", classes.join(", ")) })
    }

    fn schema() -> Json {
        let texts = texts();
        json!({ "type": "object", "additionalProperties": {
            "type": "object", "additionalProperties": false, "required": ["paths"],
            "properties": { "paths": texts, "requires": texts }
        } })
    }
}

fn read_class(name: &str, field: Field<'_>) -> Option<RiskClass> {
    let mut table = field.table()?;
    let paths = table.require("paths", "[\"migrations/*\"]");
    let requires = table.take("requires");
    table.finish();
    let paths = paths.and_then(Globs::read);
    let requires = requires.map_or(Some(Vec::new()), Several::read);
    Some(RiskClass { name: name.to_owned(), paths: paths?, requires: requires? })
}

/// Controls that no reader knows.
pub struct Extras;

impl Kind for Extras {
    type Value = Vec<ExtraControl>;

    fn read(field: Field<'_>) -> Option<Vec<ExtraControl>> {
        let example = "{ stage = \"recovery\", name = \"traffic switch\", path = \"ops/switch.sh\" }";
        field.each("a list of tables", example, read_extra)
    }

    fn write(extras: &Vec<ExtraControl>) -> Option<String> {
        let each = extras.iter().map(|extra| {
            let (name, path) = (write::text(&extra.name), write::text(&extra.path));
            format!("{{ stage = {}, name = {name}, path = {path} }}", write::text(stage_name(extra.stage)))
        });
        Some(format!("[{}]", each.collect::<Vec<_>>().join(", ")))
    }

    fn schema() -> Json {
        let stages: Vec<&str> = StageId::WORDS.iter().map(|(word, _)| *word).collect();
        json!({ "type": "array", "items": {
            "type": "object", "additionalProperties": false, "required": ["stage", "name", "path"],
            "properties": { "stage": { "enum": stages }, "name": { "type": "string" }, "path": { "type": "string" } }
        } })
    }
}

fn stage_name(stage: StageId) -> &'static str {
    StageId::WORDS.iter().find(|(_, known)| *known == stage).map_or("", |(word, _)| word)
}

fn read_extra(field: Field<'_>) -> Option<ExtraControl> {
    let mut table = field.table()?;
    let stage = table.require("stage", "\"recovery\"");
    let name = table.require("name", "\"traffic switch\"");
    let path = table.require("path", "\"ops/switch.sh\"");
    table.finish();
    let stage = stage.and_then(|stage| stage.one_of(StageId::WORDS));
    let (name, path) = (name?.filled(), path?);
    let inside = path.filled().map(|path| path.trim_start_matches("./"));
    let outside =
        inside.is_some_and(|path| path.starts_with('/') || path.split('/').any(|part| part == ".." || part.is_empty()));
    if outside {
        return path.wrong("must be a path in the repository", "write it from the root: \"ops/switch.sh\"");
    }
    Some(ExtraControl { stage: stage?, name: name?.to_owned(), path: inside?.to_owned() })
}
