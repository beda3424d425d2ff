//! The `[gate]` section: what holds for all metrics, and a table of limits for each.

use chrono::TimeDelta;

use serde_json::{Value as Json, json};

use super::kinds::{Duration, Kind, Share};
use super::write;
use crate::document::{Field, Value, duration_text, nearest};
use crate::model::{GateLimit, GateMode, GatePolicy, LIMITED, LimitKind, MOST_COUNTED};

/// The settings of the gate beside the limits of metrics: the key, and what it does.
pub const GATE_SETTINGS: [(&str, &str); 6] = [
    ("mode", "\"evidence\": a limit is exceeded beyond chance; \"strict\": it is exceeded."),
    (
        "alpha",
        "The error that a test may make; by default 0.05 against the window before, 0.01 against a pinned baseline, which is \
         looked at again and again.",
    ),
    ("on_inconclusive", "Whether too little or too poor data ends in exit code 3 (\"fail\") or 0 (\"pass\")."),
    ("minimum_now", "Releases or incidents that the current window must have."),
    ("minimum_before", "Releases or incidents that it is compared with."),
    (
        "max_unattributed",
        "The share of incidents of unknown cause or without a release above which nothing can be concluded.",
    ),
];

/// What the gate holds a team to.
pub struct Gate;

impl Kind for Gate {
    type Value = GatePolicy;

    fn read(field: Field<'_>) -> Option<GatePolicy> {
        let mut policy = GatePolicy::default();
        let mut whole = true;
        for (entry, value) in field.table()?.any() {
            // Every key is looked at, so that all problems are reported at once.
            whole &= key(&entry.key, value, &mut policy).is_some();
        }
        whole.then_some(policy)
    }

    fn write(policy: &GatePolicy) -> Option<String> {
        Some(format!("{{ {} }}", parts(policy).join(", ")))
    }

    fn schema() -> Json {
        let share = Share::schema();
        let count = json!({ "type": "integer", "minimum": 0, "maximum": MOST_COUNTED });
        let mut properties = json!({
            "mode": { "enum": ["evidence", "strict"] },
            "alpha": share, "max_unattributed": share,
            "on_inconclusive": { "enum": ["pass", "fail"] },
            "minimum_now": count, "minimum_before": count
        });
        for (metric, kind) in LIMITED {
            let (bound, increase) = match kind {
                LimitKind::Share => (Share::schema(), Share::schema()),
                LimitKind::Duration => (Duration::schema(), json!({ "type": "number", "minimum": 1 })),
            };
            let limits = json!({ "max": bound, "min": bound, "max_increase": increase });
            properties[metric] = json!({ "type": "object", "additionalProperties": false, "properties": limits });
        }
        json!({ "type": "object", "additionalProperties": false, "properties": properties })
    }
}

/// What differs from the default, as TOML; empty where nothing does.
pub(super) fn changed(policy: &GatePolicy) -> String {
    let default = parts(&GatePolicy::default());
    parts(policy).into_iter().filter(|part| !default.contains(part)).collect::<Vec<_>>().join(", ")
}

/// The value of one key of the gate, as TOML: of a setting, or of a metric's limits. `None` where nobody set it.
pub fn gate_value(policy: &GatePolicy, key: &str) -> Option<String> {
    parts(policy).into_iter().rev().find_map(|part| {
        let (name, value) = part.split_once(" = ")?;
        (name == key).then(|| value.to_owned())
    })
}

fn parts(policy: &GatePolicy) -> Vec<String> {
    let mode = if policy.mode == GateMode::Strict { "strict" } else { "evidence" };
    let inconclusive = if policy.fail_inconclusive { "fail" } else { "pass" };
    let mut parts = vec![format!("mode = {}", write::text(mode))];
    parts.extend(policy.alpha.map(|alpha| format!("alpha = {alpha}")));
    parts.push(format!("on_inconclusive = {}", write::text(inconclusive)));
    parts.push(format!("minimum_now = {}", policy.minimum_now));
    parts.push(format!("minimum_before = {}", policy.minimum_before));
    parts.push(format!("max_unattributed = {}", policy.max_unattributed));
    for (metric, limit) in &policy.limits {
        let timed = LIMITED.contains(&(metric.as_str(), LimitKind::Duration));
        let bound = |bound: f64| {
            if timed { write::text(&duration_text(TimeDelta::try_seconds(bound as i64))) } else { bound.to_string() }
        };
        let bounds = [
            limit.max.map(|max| format!("max = {}", bound(max))),
            limit.min.map(|min| format!("min = {}", bound(min))),
            limit.max_increase.map(|increase| format!("max_increase = {increase}")),
        ];
        let bounds: Vec<_> = bounds.into_iter().flatten().collect();
        parts.push(format!("{metric} = {{ {} }}", bounds.join(", ")));
    }
    parts
}

fn key(name: &str, field: Field<'_>, policy: &mut GatePolicy) -> Option<()> {
    match name {
        "mode" => policy.mode = field.one_of(&[("evidence", GateMode::Evidence), ("strict", GateMode::Strict)])?,
        "alpha" => policy.alpha = Some(field.share()?),
        "on_inconclusive" => policy.fail_inconclusive = field.one_of(&[("pass", false), ("fail", true)])?,
        "minimum_now" => policy.minimum_now = count(field)?,
        "minimum_before" => policy.minimum_before = count(field)?,
        "max_unattributed" => policy.max_unattributed = field.share()?,
        _ if matches!(field.value(), Value::Table(_)) => {
            let limit = limit(name, field)?;
            policy.limits.push((name.to_owned(), limit));
        }
        _ => {
            return field.wrong(
                "is no setting of the gate",
                format!(
                    "known are {}, and a table for each metric: [gate.change_failure_rate]",
                    GATE_SETTINGS.map(|(key, _)| key).join(", ")
                ),
            );
        }
    }
    Some(())
}

fn count(field: Field<'_>) -> Option<u64> {
    let number = field.integer()?;
    let wrong = |what: &str| field.wrong(what, "write a number such as 10");
    match u64::try_from(number) {
        Err(_) => wrong("cannot be negative"),
        Ok(number) if number > MOST_COUNTED => wrong(&format!("is more than {MOST_COUNTED}")),
        Ok(number) => Some(number),
    }
}

/// The limits of one metric, each as that metric is measured.
fn limit(metric: &str, field: Field<'_>) -> Option<GateLimit> {
    let Some(&(_, kind)) = LIMITED.iter().find(|(id, _)| *id == metric) else {
        let ids: Vec<_> = LIMITED.iter().map(|(id, _)| *id).collect();
        let help = nearest(metric, ids.iter().copied())
            .map_or_else(|| format!("use one of: {}", ids.join(", ")), |id| format!("did you mean \"{id}\"?"));
        return field.wrong("is no metric that can be held to a limit; context such as lead_time cannot", help);
    };
    let mut table = field.table()?;
    let mut whole = true;
    let mut read = |field: Option<Field<'_>>, read: fn(Field<'_>, LimitKind) -> Option<f64>| {
        let bound = field.map(|field| read(field, kind));
        whole &= bound != Some(None);
        bound.flatten()
    };
    let limit = GateLimit {
        max: read(table.take("max"), bound),
        min: read(table.take("min"), bound),
        max_increase: read(table.take("max_increase"), increase),
    };
    table.finish();
    if limit.max.zip(limit.min).is_some_and(|(max, min)| max < min) {
        return field.wrong("cannot be held: max is below min", "swap them, or remove one");
    }
    whole.then_some(limit)
}

/// A bound in the metric's unit: a share, or a duration in seconds.
fn bound(field: Field<'_>, kind: LimitKind) -> Option<f64> {
    match kind {
        LimitKind::Share => field.share(),
        LimitKind::Duration => match field.duration()? {
            Some(duration) => Some(duration.num_seconds() as f64),
            None => field.wrong("must be a duration", "write \"2h\", or remove it"),
        },
    }
}

/// How much worse is allowed: a difference of shares, or a factor.
fn increase(field: Field<'_>, kind: LimitKind) -> Option<f64> {
    let factor = match (kind, field.value()) {
        (LimitKind::Share, _) => return field.share(),
        (_, Value::Float(number)) => *number,
        (_, Value::Integer(Some(number))) => *number as f64,
        _ => f64::NAN,
    };
    if factor.is_finite() && factor >= 1.0 {
        return Some(factor);
    }
    field.wrong("must be a factor of at least 1", "write 1.5 for half as long again")
}
