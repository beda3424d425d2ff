//! The `[gate]` section: what holds for all metrics, and a table of limits for each.

use super::kinds::Kind;
use super::write;
use crate::document::{Field, Value};
use crate::model::{GateLimit, GateMode, GatePolicy};

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
        let mode = if policy.mode == GateMode::Strict { "strict" } else { "evidence" };
        let inconclusive = if policy.fail_inconclusive { "fail" } else { "pass" };
        let mut parts = vec![format!("mode = {}", write::text(mode))];
        parts.extend(policy.alpha.map(|alpha| format!("alpha = {alpha}")));
        parts.push(format!("on_inconclusive = {}", write::text(inconclusive)));
        parts.push(format!("minimum_now = {}", policy.minimum_now));
        parts.push(format!("minimum_before = {}", policy.minimum_before));
        parts.push(format!("max_unattributed = {}", policy.max_unattributed));
        for (metric, limit) in &policy.limits {
            let bounds = [("max", limit.max), ("min", limit.min), ("max_increase", limit.max_increase)];
            let bounds: Vec<_> =
                bounds.iter().filter_map(|(name, bound)| Some(format!("{name} = {}", (*bound)?))).collect();
            parts.push(format!("{metric} = {{ {} }}", bounds.join(", ")));
        }
        Some(format!("{{ {} }}", parts.join(", ")))
    }
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
            let limit = limit(field)?;
            policy.limits.push((name.to_owned(), limit));
        }
        _ => {
            return field.wrong(
                "is no setting of the gate",
                "known are mode, alpha, on_inconclusive, minimum_now, minimum_before, max_unattributed, and a table for \
                 each metric: [gate.change_failure_rate]",
            );
        }
    }
    Some(())
}

fn count(field: Field<'_>) -> Option<u64> {
    let number = field.integer()?;
    u64::try_from(number).ok().or_else(|| field.wrong("cannot be negative", "write a number such as 10"))
}

fn limit(field: Field<'_>) -> Option<GateLimit> {
    let mut table = field.table()?;
    let mut whole = true;
    let mut read = |field: Option<Field<'_>>| match field.map(bound) {
        None => None,
        Some(None) => {
            whole = false;
            None
        }
        Some(bound) => bound,
    };
    let limit = GateLimit {
        max: read(table.take("max")),
        min: read(table.take("min")),
        max_increase: read(table.take("max_increase")),
    };
    table.finish();
    whole.then_some(limit)
}

/// A number, or a duration in seconds.
fn bound(field: Field<'_>) -> Option<f64> {
    let wrong = || field.wrong("must be a number that is not negative, or a duration", "write 0.15, 1.5 or \"2h\"");
    match field.value() {
        Value::Text(_) => match field.duration()? {
            Some(duration) => Some(duration.num_seconds() as f64),
            None => wrong(),
        },
        Value::Float(number) if *number >= 0.0 && number.is_finite() => Some(*number),
        Value::Integer(Some(number)) if *number >= 0 => Some(*number as f64),
        _ => wrong(),
    }
}
