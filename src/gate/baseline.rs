//! What the gate compares with, written down: counts and raw durations, never rates.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::{Facts, Span};
use crate::error::Error;
use crate::factor::Role;
use crate::metric::{self, METRICS, Measurement, Value};
use crate::model::{Basis, Coverage, Covered, MOST_COUNTED, Moment, Unit, Untrusted};
use crate::stats::Observation;

const SCHEMA: u32 = 1;

/// A window, pinned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The contract's number.
    pub schema: u32,
    /// The tool's version that wrote it.
    pub version: String,
    /// The moment it was taken at.
    pub as_of: Moment,
    /// Its window.
    pub window: Span,
    /// Hash of the settings.
    pub config_hash: String,
    /// The settings themselves, so that a difference can be named.
    #[serde(deserialize_with = "once_each")]
    pub settings: BTreeMap<String, String>,
    /// What the outcomes of its window rested on; null where none was judged.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// The incident log as it was; null where there was none.
    #[serde(default)]
    pub log: Option<BaselineLog>,
    /// What each metric counted.
    #[serde(deserialize_with = "once_each")]
    pub metrics: BTreeMap<String, Counted>,
    /// The tags of the window, and the commits they led to.
    pub tags: Vec<BaselineTag>,
}

/// The incident log that there was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineLog {
    /// Its files.
    pub files: Vec<Untrusted>,
    /// The times for which it was kept, oldest first.
    pub coverage: Vec<Covered>,
    /// Its entries of those times, until the baseline was taken.
    pub entries: u64,
}

/// Entries that the log had and has no more.
pub(super) struct Shrunk {
    /// How many it has of how many.
    pub said: String,
    /// Whether more are gone than a merged duplicate explains.
    pub clearly: bool,
}

/// Of the entries that there were, the share that may go, as where duplicates are merged, before nothing can be concluded.
const MAY_GO: f64 = 0.10;

/// A tag and its commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineTag {
    /// The tag.
    pub tag: String,
    /// The commit; null without a repository.
    pub commit: Option<String>,
}

/// What a metric counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Counted {
    /// k of n.
    Ratio {
        /// How many.
        k: u64,
        /// Of how many.
        n: u64,
        /// What it rests on, where that can differ.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Basis>,
        /// The role that it is about, where that can differ.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
    },
    /// Durations in seconds.
    Durations {
        /// Those that ended.
        ended: Vec<f64>,
        /// Those that had not.
        open: Vec<f64>,
    },
    /// An index of n.
    Index {
        /// The index.
        value: f64,
        /// What it rests on.
        n: u64,
    },
}

impl Baseline {
    /// Takes the current window.
    pub(super) fn take(facts: &Facts<'_>, settings: &BTreeMap<String, String>) -> Self {
        let current = facts.windows.current;
        let gateable = METRICS.iter().filter(|metric| metric.info.better.is_some());
        let metrics = gateable
            .filter_map(|metric| Some((metric.info.id.name().to_owned(), counted(&(metric.measure)(facts, current))?)))
            .collect();
        let mut tags: Vec<BaselineTag> = facts
            .exposed(current)
            .flat_map(|event| &event.releases)
            .map(|&index| {
                let release = facts.history.release(index);
                let commit = release.commit.map(|commit| facts.history.changes.id(commit).to_string());
                BaselineTag { tag: release.tag.raw().to_owned(), commit }
            })
            .collect();
        tags.sort_by(|a, b| (&a.tag, &a.commit).cmp(&(&b.tag, &b.commit)));
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            as_of: facts.policy.as_of,
            window: current,
            config_hash: hash(settings),
            settings: settings.clone(),
            basis: facts.basis(current),
            log: facts.has_log().then(|| BaselineLog {
                files: facts.history.logs.files.iter().map(|log| log.file.clone()).collect(),
                coverage: facts.coverage.spans().to_vec(),
                entries: entries(facts, &facts.coverage, facts.policy.as_of),
            }),
            metrics,
            tags,
        }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// What is no baseline, was written by a newer relconf, or says what cannot be.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let rewrite = "write it anew on the base branch: relconf baseline write";
        let broken = |error: serde_json::Error| {
            Error::input(format!("the baseline cannot be read: {error}"), rewrite).caused_by(error)
        };
        let value: serde_json::Value = serde_json::from_str(text).map_err(broken)?;
        let schema = value.get("schema").and_then(serde_json::Value::as_u64);
        if schema.is_some_and(|schema| schema > u64::from(SCHEMA)) {
            return Err(Error::input("the baseline was written by a newer relconf", "update relconf"));
        }
        // From the text again: in a value, of two keys of one name only the second is left.
        let baseline: Self = serde_json::from_str(text).map_err(broken)?;
        match baseline.impossible() {
            Some(what) => Err(Error::input(format!("the baseline says what cannot be: {what}"), rewrite)),
            None => Ok(baseline),
        }
    }

    fn impossible(&self) -> Option<String> {
        if self.schema != SCHEMA {
            return Some(format!("its schema is {}", self.schema));
        }
        if self.window.end < self.window.start {
            return Some("its window ends before it begins".to_owned());
        }
        if self.window.end > self.as_of {
            return Some("its window ends after it was taken".to_owned());
        }
        if hash(&self.settings) != self.config_hash {
            return Some("its settings do not match their hash".to_owned());
        }
        if let Some(log) = &self.log
            && Coverage::kept(&log.coverage).spans() != log.coverage
        {
            return Some("its log was kept for times that are none, or out of order".to_owned());
        }
        let mut tags: Vec<&str> = self.tags.iter().map(|tag| tag.tag.as_str()).collect();
        tags.sort_unstable();
        if let Some((twice, _)) = tags.iter().zip(tags.iter().skip(1)).find(|(tag, next)| tag == next) {
            return Some(format!("the tag {twice} stands there twice"));
        }
        self.metrics.iter().find_map(|(id, counted)| impossible(id, counted))
    }

    /// The baseline as stable, readable JSON with a newline at its end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// What a metric measured when the baseline was taken.
    pub(super) fn measurement(&self, id: &str) -> Option<Measurement> {
        let (value, basis, role) = match self.metrics.get(id)? {
            Counted::Ratio { k, n, basis, role } => (Value::Ratio { k: *k, n: *n }, *basis, *role),
            Counted::Durations { ended, open } => {
                let seen =
                    |times: &[f64], ended| times.iter().map(|&time| Observation { time, ended }).collect::<Vec<_>>();
                (Value::Durations([seen(ended, true), seen(open, false)].concat()), None, None)
            }
            Counted::Index { value, n } => (Value::Index { value: *value, n: *n }, None, None),
        };
        Some(Measurement { basis, role, ..Measurement::from(value) })
    }

    /// Whether there was a log: it says so or, written before it could, timed incidents or called its failures declared.
    fn had_log(&self) -> bool {
        self.log.is_some()
            || self.metrics.values().any(|counted| match counted {
                Counted::Durations { .. } => true,
                Counted::Ratio { basis, .. } => *basis == Some(Basis::Declared) && self.basis.is_none(),
                Counted::Index { .. } => false,
            })
    }

    /// A log that was there when the baseline was taken, and is gone or has lost every entry now, is no reason to pass.
    ///
    /// # Errors
    /// What became of it, and what to do about it.
    pub(super) fn log_is_there(&self, facts: &Facts<'_>) -> Result<(), Error> {
        let had = self.log.as_ref().map_or(0, |log| log.entries);
        let what = if self.had_log() && !facts.has_log() {
            "is gone, or says nothing"
        } else if had > 0 && facts.history.incidents.is_empty() {
            "has no entry any more"
        } else {
            return Ok(());
        };
        let names: Vec<&str> = self.log.iter().flat_map(|log| &log.files).map(Untrusted::raw).collect();
        let named = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
        Err(Error::input(
            format!("the incident log that the baseline had{named} {what}"),
            "put it back, or name it with --incidents FILE; if it is given up for good: relconf baseline write",
        ))
    }

    /// That the log has fewer entries of the time before the baseline was taken than it had then: a log grows.
    pub(super) fn shrunk(&self, facts: &Facts<'_>) -> Option<Shrunk> {
        let log = self.log.as_ref()?;
        let (had, has) = (log.entries, entries(facts, &Coverage::kept(&log.coverage), self.as_of));
        let gone = had.checked_sub(has).filter(|&gone| gone > 0)?;
        let said = format!(
            "{gone} of the {had} log entries that the baseline knew are gone: put them back, or, if they are rightly gone, \
             relconf baseline write"
        );
        Some(Shrunk { said, clearly: gone as f64 > MAY_GO * had as f64 })
    }

    /// Tags of the baseline that lead elsewhere now, or are gone.
    pub(super) fn moved(&self, facts: &Facts<'_>) -> Vec<String> {
        let mut now: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for release in &facts.history.releases {
            let commit = release.commit.map(|commit| facts.history.changes.id(commit).to_string());
            for tag in std::iter::once(&release.tag).chain(&release.aliases) {
                now.insert(tag.raw(), commit.clone());
            }
        }
        self.tags
            .iter()
            .filter(|then| now.get(then.tag.as_str()) != Some(&then.commit))
            .map(|then| then.tag.clone())
            .collect()
    }

    /// What a reader must know of the baseline: other settings, another version, the same releases on both sides.
    pub(super) fn differences(&self, facts: &Facts<'_>, settings: &BTreeMap<String, String>) -> Vec<String> {
        let mut notes = Vec::new();
        let keys: std::collections::BTreeSet<&String> = self.settings.keys().chain(settings.keys()).collect();
        for key in keys {
            let (then, now) = (self.settings.get(key), settings.get(key));
            if then != now {
                let text = |value: Option<&String>| value.map_or_else(|| "not set".to_owned(), Clone::clone);
                notes.push(format!("{key} has changed since the baseline: {} then, {} now", text(then), text(now)));
            }
        }
        let begins = |coverage: &[Covered]| coverage.first().map(|span| span.from);
        let then = self.log.as_ref().and_then(|log| begins(&log.coverage));
        if let (Some(then), Some(now)) = (then, begins(facts.coverage.spans()))
            && then != now
        {
            let day = |at: Moment| at.format("%Y-%m-%d").to_string();
            notes.push(format!("the log begins {} now, and began {} when the baseline was taken", day(now), day(then)));
        }
        if self.version != env!("CARGO_PKG_VERSION") {
            notes.push(format!("the baseline was written by relconf {}", self.version));
        }
        if self.window.end > facts.windows.current.start {
            notes.push(
                "the baseline is younger than the start of the window: the same releases stand on both sides"
                    .to_owned(),
            );
        }
        notes
    }
}

/// Entries of the log, whatever they count for, from times for which it was kept and before a moment.
fn entries(facts: &Facts<'_>, coverage: &Coverage, before: Moment) -> u64 {
    let kept = |at: Moment| at < before && coverage.contains(at);
    facts.history.incidents.iter().filter(|incident| incident.anchor().is_some_and(kept)).count() as u64
}

/// What cannot be of one metric: it is none, it is counted in another way, or its numbers do not fit each other.
fn impossible(id: &str, counted: &Counted) -> Option<String> {
    let Some(metric) = metric::find(id).filter(|metric| metric.info.better.is_some()) else {
        return Some(format!("{id} is no metric that is gated"));
    };
    let bad = |seconds: &f64| !seconds.is_finite() || *seconds < 0.0;
    match (counted, metric.info.unit) {
        (Counted::Ratio { k, n, .. }, Unit::Ratio) if k > n || *n == 0 => Some(format!("{id} is {k} of {n}")),
        (Counted::Ratio { n, .. }, Unit::Ratio) | (Counted::Index { n, .. }, Unit::Index) if *n > MOST_COUNTED => {
            Some(format!("{id} rests on {n}, more than {MOST_COUNTED}"))
        }
        (Counted::Durations { ended, open }, Unit::Seconds) if ended.iter().chain(open).any(bad) => {
            Some(format!("{id} has an impossible duration"))
        }
        (Counted::Durations { ended, open }, Unit::Seconds) if (ended.len() + open.len()) as u64 > MOST_COUNTED => {
            Some(format!("{id} rests on more than {MOST_COUNTED}"))
        }
        (Counted::Durations { ended, open }, Unit::Seconds) if ended.is_empty() && open.is_empty() => {
            Some(format!("{id} has no duration"))
        }
        (Counted::Index { value, .. }, Unit::Index) if !(0.0..=1.0).contains(value) => Some(format!("{id} is {value}")),
        (Counted::Ratio { .. }, Unit::Ratio)
        | (Counted::Durations { .. }, Unit::Seconds)
        | (Counted::Index { .. }, Unit::Index) => None,
        _ => Some(format!("{id} is counted as another metric is")),
    }
}

/// Reads a map in which no key stands twice: of two, one would be lost in silence.
fn once_each<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct OnceEach<T>(std::marker::PhantomData<T>);

    impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for OnceEach<T> {
        type Value = BTreeMap<String, T>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((key, value)) = entries.next_entry::<String, T>()? {
                if map.contains_key(&key) {
                    return Err(serde::de::Error::custom(format!("{key} stands there twice")));
                }
                map.insert(key, value);
            }
            Ok(map)
        }
    }

    deserializer.deserialize_map(OnceEach(std::marker::PhantomData))
}

fn counted(measurement: &Measurement) -> Option<Counted> {
    match &measurement.value {
        Value::Ratio { k, n } => {
            Some(Counted::Ratio { k: *k, n: *n, basis: measurement.basis, role: measurement.role })
        }
        Value::Durations(durations) => {
            let times = |ended: bool| {
                let mut times: Vec<f64> = durations.iter().filter(|o| o.ended == ended).map(|o| o.time).collect();
                times.sort_by(f64::total_cmp);
                times
            };
            Some(Counted::Durations { ended: times(true), open: times(false) })
        }
        Value::Index { value, n } => Some(Counted::Index { value: *value, n: *n }),
        Value::Values(_) | Value::Count(_) | Value::Frequency { .. } | Value::Undefined(_) => None,
    }
}

/// FNV-1a over the settings: tells that something changed. What changed is told from the settings themselves.
fn hash(settings: &BTreeMap<String, String>) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for (key, value) in settings {
        for byte in key.bytes().chain([b'=']).chain(value.bytes()).chain([b'\n']) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}
