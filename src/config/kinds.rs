//! The kinds of values that settings have: how each is read, and how it is written.

use std::collections::HashMap;
use std::fmt::Debug;

use chrono::{TimeDelta, Weekday};
use chrono_tz::Tz;
use globset::Glob;
use serde_json::{Value as Json, json};

use super::write;
use crate::document::{Field, Value, Zone, duration_text, parse_duration, quoted, toml_key};
use crate::error::Error;
use crate::model::{
    HotfixWindow, LinkPattern, Moment, Probabilities, ProjectKind, RecoveryFrom, Signal, Sure, WindowRequest,
    Word as OfWords, Words,
};
use crate::remark::Pattern;

/// A kind of value.
pub trait Kind {
    /// What it is in the program.
    type Value: Clone + Debug + PartialEq;

    /// Reads it; `None` means that a problem was reported.
    fn read(field: Field<'_>) -> Option<Self::Value>;

    /// Writes it as TOML; `None` where it stands for "not set".
    fn write(value: &Self::Value) -> Option<String>;

    /// What it may be, as a JSON Schema for editors.
    fn schema() -> Json;
}

/// The schema of a list of texts.
pub(super) fn texts() -> Json {
    json!({ "type": "array", "items": { "type": "string" } })
}

/// The schema of texts, of which one may stand without a list.
pub(super) fn texts_or_one() -> Json {
    json!({ "oneOf": [{ "type": "string" }, texts()] })
}

/// Text.
pub struct Word;

impl Kind for Word {
    type Value = String;

    fn read(field: Field<'_>) -> Option<String> {
        field.filled().map(str::to_owned)
    }

    fn write(value: &String) -> Option<String> {
        Some(write::text(value))
    }

    fn schema() -> Json {
        json!({ "type": "string" })
    }
}

/// A name; none by default.
pub struct Name;

impl Kind for Name {
    type Value = Option<String>;

    fn read(field: Field<'_>) -> Option<Option<String>> {
        field.filled().map(|name| Some(name.trim().to_owned()))
    }

    fn write(value: &Option<String>) -> Option<String> {
        value.as_deref().map(write::text)
    }

    fn schema() -> Json {
        json!({ "type": "string" })
    }
}

/// An https address with a hole for a name; none by default.
pub struct Link;

impl Kind for Link {
    type Value = Option<LinkPattern>;

    fn read(field: Field<'_>) -> Option<Option<LinkPattern>> {
        link(field, 1).map(Some)
    }

    fn write(value: &Option<LinkPattern>) -> Option<String> {
        value.as_ref().map(|pattern| write::text(pattern.text()))
    }

    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^https://" })
    }
}

/// An https address with holes for two names; none by default.
pub struct Between;

impl Kind for Between {
    type Value = Option<LinkPattern>;

    fn read(field: Field<'_>) -> Option<Option<LinkPattern>> {
        link(field, 2).map(Some)
    }

    fn write(value: &Option<LinkPattern>) -> Option<String> {
        Link::write(value)
    }

    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^https://" })
    }
}

fn link(field: Field<'_>, holes: usize) -> Option<LinkPattern> {
    let text = field.filled()?;
    let help = match holes {
        1 => "write one such as \"https://forge.example/shop/tags/{}\"",
        _ => "write one such as \"https://forge.example/shop/compare/{}...{}\"",
    };
    match LinkPattern::parse(text, holes) {
        Ok(pattern) => Some(pattern),
        Err(why) => field.wrong(format!("{} {why}", quoted(text)), help),
    }
}

/// A share from 0 to 1; none by default.
pub struct Share;

impl Kind for Share {
    type Value = Option<f64>;

    fn read(field: Field<'_>) -> Option<Option<f64>> {
        field.share().map(Some)
    }

    fn write(value: &Option<f64>) -> Option<String> {
        value.map(|share| share.to_string())
    }

    fn schema() -> Json {
        json!({ "type": "number", "minimum": 0, "maximum": 1 })
    }
}

/// A list of text.
pub struct Several;

impl Kind for Several {
    type Value = Vec<String>;

    fn read(field: Field<'_>) -> Option<Vec<String>> {
        field.texts().map(|texts| texts.into_iter().map(str::to_owned).collect())
    }

    fn write(value: &Vec<String>) -> Option<String> {
        Some(write::texts(value.iter().map(String::as_str)))
    }

    fn schema() -> Json {
        texts_or_one()
    }
}

/// A list of globs.
pub struct Globs;

impl Kind for Globs {
    type Value = Vec<String>;

    fn read(field: Field<'_>) -> Option<Vec<String>> {
        field.each("a list of globs", "[\"v*\"]", |field| {
            let text = field.filled()?;
            match Glob::new(text) {
                Ok(_) => Some(text.to_owned()),
                Err(error) => {
                    field.wrong(format!("{} is not a glob: {}", quoted(text), error.kind()), "write one such as \"v*\"")
                }
            }
        })
    }

    fn write(value: &Vec<String>) -> Option<String> {
        Several::write(value)
    }

    fn schema() -> Json {
        texts_or_one()
    }
}

/// Named lists of globs.
pub struct Groups;

impl Kind for Groups {
    type Value = Vec<(String, Vec<String>)>;

    fn read(field: Field<'_>) -> Option<Self::Value> {
        named_lists(field, "[\"v*\"]", Globs::read)
    }

    fn write(value: &Self::Value) -> Option<String> {
        Some(write::groups(value))
    }

    fn schema() -> Json {
        json!({ "type": "object", "additionalProperties": texts_or_one() })
    }
}

/// People and what else they are called.
pub struct People;

impl Kind for People {
    type Value = Vec<(String, Vec<String>)>;

    fn read(field: Field<'_>) -> Option<Self::Value> {
        let mut owners: HashMap<String, String> = HashMap::new();
        let people = named_lists(field, "[\"ana\", \"ana@old.example\"]", Several::read)?;
        for (person, names) in &people {
            for name in names {
                if let Some(other) = owners.insert(name.to_lowercase(), person.clone()).filter(|other| other != person)
                {
                    let what = format!("gives {} to both {} and {}", quoted(name), quoted(&other), quoted(person));
                    return field.wrong(what, "leave it with one of them");
                }
            }
        }
        Some(people)
    }

    fn write(value: &Self::Value) -> Option<String> {
        Some(write::groups(value))
    }

    fn schema() -> Json {
        json!({ "type": "object", "additionalProperties": texts_or_one() })
    }
}

/// Reads a table of any keys; every one is looked at, and none may be blank or have nothing.
fn named_lists(
    field: Field<'_>,
    example: &str,
    read: impl Fn(Field<'_>) -> Option<Vec<String>>,
) -> Option<Vec<(String, Vec<String>)>> {
    let lists: Vec<Option<(String, Vec<String>)>> = field
        .table()?
        .any()
        .map(|(entry, field)| {
            let values = read(field)?;
            if entry.key.trim().is_empty() {
                return field.wrong("has no name", "write a name in front of it");
            }
            if values.is_empty() {
                return field.wrong("is empty", format!("write a list such as {example}"));
            }
            Some((entry.key.clone(), values))
        })
        .collect();
    lists.into_iter().collect()
}

/// A duration.
pub struct Duration;

impl Kind for Duration {
    type Value = TimeDelta;

    fn read(field: Field<'_>) -> Option<TimeDelta> {
        field.duration()?.or_else(|| field.wrong("cannot be \"none\"", "write a duration, such as \"7d\" or \"0d\""))
    }

    fn write(value: &TimeDelta) -> Option<String> {
        Some(write::text(&duration_text(Some(*value))))
    }

    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^(none|[0-9]+ *[a-z]+)$" })
    }
}

/// A duration, or `"none"` for no limit.
pub struct Limit;

impl Kind for Limit {
    type Value = Option<TimeDelta>;

    fn read(field: Field<'_>) -> Option<Option<TimeDelta>> {
        field.duration()
    }

    fn write(value: &Option<TimeDelta>) -> Option<String> {
        Some(write::text(&duration_text(*value)))
    }

    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^(none|[0-9]+ *[a-z]+)$" })
    }
}

/// The name of a time zone.
pub struct Zoned;

impl Kind for Zoned {
    type Value = Option<Tz>;

    fn read(field: Field<'_>) -> Option<Option<Tz>> {
        match field.ok(field.text()?.parse())? {
            Zone::Named(zone) => Some(Some(zone)),
            Zone::Fixed(_) => {
                field.wrong("must be the name of a zone, not an offset", "write one such as \"Europe/Lisbon\"")
            }
        }
    }

    fn write(value: &Option<Tz>) -> Option<String> {
        value.map(|zone| write::text(zone.name()))
    }

    fn schema() -> Json {
        json!({ "type": "string" })
    }
}

/// The name of a time zone, or an offset.
pub struct Assumed;

impl Kind for Assumed {
    type Value = Option<Zone>;

    fn read(field: Field<'_>) -> Option<Option<Zone>> {
        field.ok(field.text()?.parse()).map(Some)
    }

    fn write(value: &Option<Zone>) -> Option<String> {
        value.map(|zone| write::text(&zone.to_string()))
    }

    fn schema() -> Json {
        json!({ "type": "string" })
    }
}

/// Days of the week.
pub struct Day;

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

impl Kind for Day {
    type Value = Vec<Weekday>;

    fn read(field: Field<'_>) -> Option<Vec<Weekday>> {
        let mut days = field.several_of(&DAYS)?;
        days.sort_by_key(Weekday::num_days_from_monday);
        days.dedup();
        if days.is_empty() {
            field.wrong("is empty", "write [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]")
        } else {
            Some(days)
        }
    }

    fn write(value: &Vec<Weekday>) -> Option<String> {
        Some(write::texts(value.iter().map(|day| word(&DAYS, *day))))
    }

    fn schema() -> Json {
        texts_or_one()
    }
}

/// What makes a release failed.
pub struct Signals;

/// The words for signals.
fn signal_names() -> [(&'static str, Signal); 9] {
    Signal::ALL.map(|signal| (signal.name(), signal))
}

impl Kind for Signals {
    type Value = Option<Vec<Signal>>;

    fn read(field: Field<'_>) -> Option<Self::Value> {
        let mut signals = field.several_of(&signal_names())?;
        signals.sort();
        signals.dedup();
        if signals.is_empty() {
            field.wrong("is empty", "name a signal, such as \"incident\"")
        } else {
            Some(Some(signals))
        }
    }

    fn write(value: &Self::Value) -> Option<String> {
        value.as_ref().map(|signals| write::texts(signals.iter().map(|signal| signal.name())))
    }

    fn schema() -> Json {
        json!({ "type": "array", "items": { "enum": Signal::ALL.map(Signal::name) } })
    }
}

/// How often inferred signals are right.
pub struct Chances;

impl Kind for Chances {
    type Value = Probabilities;

    fn read(field: Field<'_>) -> Option<Probabilities> {
        let mut chances = Probabilities::default();
        let mut whole = true;
        for (entry, field) in field.table()?.any() {
            let signal = Signal::INFERRED.into_iter().find(|signal| signal.name() == entry.key);
            let read = match signal {
                Some(signal) => field.share().map(|share| chances.set(signal, share)),
                None => {
                    let known = Signal::INFERRED.map(Signal::name).join(", ");
                    field.wrong("is no inferred signal", format!("known are {known}"))
                }
            };
            whole &= read.is_some();
        }
        whole.then_some(chances)
    }

    fn write(value: &Probabilities) -> Option<String> {
        let shares: Vec<_> = value.all().iter().map(|(signal, p)| format!("{} = {p}", signal.name())).collect();
        Some(format!("{{ {} }}", shares.join(", ")))
    }

    fn schema() -> Json {
        let each = Signal::INFERRED.map(|signal| (signal.name().to_owned(), Share::schema()));
        let each: serde_json::Map<_, _> = each.into_iter().collect();
        json!({ "type": "object", "additionalProperties": false, "properties": each })
    }
}

/// Words of confidence, each with the share that it stands for; those that are known stay unless they are set.
pub struct FeltWords;

impl Kind for FeltWords {
    type Value = Words;

    fn read(field: Field<'_>) -> Option<Words> {
        let mut words = Words::default();
        let mut whole = true;
        for (entry, field) in field.table()?.any() {
            let read = match Sure::read(&entry.key) {
                Ok(Sure::Word(word)) => field.share().map(|share| words.set(&word, share)),
                Ok(Sure::Share(_)) | Err(_) => field.wrong("is no word", "write one such as sure = 0.95"),
            };
            whole &= read.is_some();
        }
        whole.then_some(words)
    }

    fn write(value: &Words) -> Option<String> {
        let shares: Vec<_> = value.all().iter().map(|(word, share)| format!("{} = {share}", toml_key(word))).collect();
        Some(format!("{{ {} }}", shares.join(", ")))
    }

    fn schema() -> Json {
        json!({ "type": "object", "additionalProperties": Share::schema() })
    }
}

/// A list of regular expressions.
pub struct Patterns;

impl Kind for Patterns {
    type Value = Vec<String>;

    fn read(field: Field<'_>) -> Option<Vec<String>> {
        field.each("a list of regular expressions", "[\"^fix!:\"]", |field| {
            let text = field.filled()?;
            match Pattern::new(text) {
                Ok(_) => Some(text.to_owned()),
                Err(why) => field.wrong(
                    format!("{} is no regular expression: {why}", quoted(text)),
                    "write one such as \"^fix!:\", without look-around and back-references",
                ),
            }
        })
    }

    fn write(value: &Vec<String>) -> Option<String> {
        Several::write(value)
    }

    fn schema() -> Json {
        texts_or_one()
    }
}

/// How soon a patch is a hotfix.
pub struct Soon;

impl Kind for Soon {
    type Value = HotfixWindow;

    fn read(field: Field<'_>) -> Option<HotfixWindow> {
        if matches!(field.value(), Value::Text(text) if text == "scaled") {
            return Some(HotfixWindow::Scaled);
        }
        Some(field.duration()?.map_or(HotfixWindow::Never, HotfixWindow::Fixed))
    }

    fn write(value: &HotfixWindow) -> Option<String> {
        Some(write::text(&match value {
            HotfixWindow::Scaled => "scaled".to_owned(),
            HotfixWindow::Fixed(window) => duration_text(Some(*window)),
            HotfixWindow::Never => duration_text(None),
        }))
    }

    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^(scaled|none|[0-9]+ *[a-z]+)$" })
    }
}

/// Where recovery is measured from.
pub struct Recovery;

const RECOVERY: [(&str, RecoveryFrom); 2] = [("impact", RecoveryFrom::Impact), ("release", RecoveryFrom::Release)];

impl Kind for Recovery {
    type Value = RecoveryFrom;

    fn read(field: Field<'_>) -> Option<RecoveryFrom> {
        field.one_of(&RECOVERY)
    }

    fn write(value: &RecoveryFrom) -> Option<String> {
        Some(write::text(word(&RECOVERY, *value)))
    }

    fn schema() -> Json {
        json!({ "enum": ["impact", "release"] })
    }
}

/// What is released; unknown by default.
pub struct Project;

impl Kind for Project {
    type Value = Option<ProjectKind>;

    fn read(field: Field<'_>) -> Option<Self::Value> {
        field.one_of(ProjectKind::WORDS).map(Some)
    }

    fn write(value: &Self::Value) -> Option<String> {
        value.map(|kind| write::text(word(ProjectKind::WORDS, kind)))
    }

    fn schema() -> Json {
        json!({ "enum": ProjectKind::WORDS.iter().map(|(word, _)| *word).collect::<Vec<_>>() })
    }
}

/// The word for a value.
fn word<T: PartialEq + Copy>(words: &[(&'static str, T)], value: T) -> &'static str {
    words.iter().find(|(_, candidate)| *candidate == value).map_or("", |(word, _)| word)
}

/// Which releases are reviewed.
pub struct Window;

const WINDOW_HELP: &str = "write a duration such as \"90d\", \"2w\" or \"1y\", or a number of releases such as 20";

/// Reads `90d` or `20`.
///
/// # Errors
///
/// What is wrong, as a predicate that follows the name of the setting.
pub fn parse_window(text: &str) -> Result<WindowRequest, Error> {
    let wrong = |what: &str| Error::config(format!("{} {what}", quoted(text)), WINDOW_HELP);
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let count = text.parse().map_err(|_| wrong("is too large a number"))?;
        return count_window(count).ok_or_else(|| wrong("holds no release"));
    }
    match parse_duration(text) {
        Ok(Some(span)) if span > TimeDelta::zero() => Ok(WindowRequest::LastSpan(span)),
        Ok(Some(_)) => Err(wrong("holds no release")),
        Ok(None) => Err(wrong("is neither a duration nor a number")),
        Err(error) => Err(Error::config(error.to_string(), WINDOW_HELP)),
    }
}

fn count_window(count: u32) -> Option<WindowRequest> {
    (count > 0).then_some(WindowRequest::LastCount(count))
}

impl Kind for Window {
    type Value = WindowRequest;

    fn read(field: Field<'_>) -> Option<WindowRequest> {
        if matches!(field.value(), Value::Integer(_)) {
            let count = field.integer()?;
            let window = u32::try_from(count).ok().and_then(count_window);
            return window.or_else(|| field.wrong("must be 1 or more, and below 4 billion", WINDOW_HELP));
        }
        if matches!(field.value(), Value::Text(_)) {
            return field.ok(parse_window(field.text()?));
        }
        field.wrong("must be a duration or a number", WINDOW_HELP)
    }

    fn write(value: &WindowRequest) -> Option<String> {
        let moment = |at: &Option<Moment>| at.map_or_else(String::new, |at| at.to_rfc3339());
        match value {
            WindowRequest::Auto => None,
            WindowRequest::LastSpan(span) => Some(write::text(&duration_text(Some(*span)))),
            WindowRequest::LastCount(count) => Some(count.to_string()),
            WindowRequest::Range { since, until } => {
                Some(write::text(&format!("{}..{}", moment(since), moment(until))))
            }
        }
    }

    fn schema() -> Json {
        json!({ "oneOf": [Duration::schema(), { "type": "integer", "minimum": 1 }] })
    }
}
