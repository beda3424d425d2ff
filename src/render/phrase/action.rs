//! What an action is worth, how one will see that it worked, and what became of it, in words.

use crate::model::Untrusted;
use crate::phrase::{date, decimal, shortened};
use crate::review::contract::{Effect, Moved, SinceItem, Success, Unit};

use super::{Shown, value};

/// The first names of a list; the others are counted.
pub fn listed(list: &[Untrusted], shown: usize, encode: impl Fn(&str) -> String) -> String {
    shortened(list.iter().map(|name| encode(name.raw())), shown)
}

/// A value of a success signal.
fn amount(number: Option<f64>, unit: Unit) -> String {
    number.map_or_else(|| "no data".to_owned(), |number| value(number, Shown::of(unit, Some(number))))
}

/// How to see that it worked.
pub fn success(success: &Success, encode: impl Fn(&str) -> String) -> String {
    format!(
        "{}: {} now, {} by {}",
        encode(success.metric.raw()),
        amount(success.now, success.unit),
        amount(success.target, success.unit),
        date(success.review_by)
    )
}

/// What it would avoid.
pub fn effect(effect: &Effect) -> String {
    let amount = match (effect.failed_releases, effect.hours) {
        (Some(failed), _) => format!("{} a quarter", plural(failed, "failed release")),
        (None, Some(hours)) => format!("{} of harm a quarter", plural(hours, "hour")),
        (None, None) => "nothing that could be computed".to_owned(),
    };
    format!("{amount} ({})", effect.basis)
}

fn plural(number: f64, one: &str) -> String {
    let shown = decimal(number);
    if number < 0.95 {
        format!("less than 1 {one}")
    } else if shown == "1" {
        format!("1 {one}")
    } else {
        format!("{shown} {one}s")
    }
}

pub fn became(moved: Moved) -> &'static str {
    match moved {
        Moved::Reached => "reached",
        Moved::Better => "better",
        Moved::Unmoved => "not moved",
        Moved::Worse => "worse",
        Moved::Unknown => "cannot be said",
    }
}

/// What became of an earlier action's signal.
pub fn course(item: &SinceItem, encode: impl Fn(&str) -> String) -> String {
    let success = &item.success;
    let unit = success.unit;
    format!(
        "{}: {} then, {} now, {} asked for",
        encode(success.metric.raw()),
        amount(success.now, unit),
        amount(item.now, unit),
        amount(success.target, unit)
    )
}
