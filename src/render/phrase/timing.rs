//! When releases are made, in words.

use crate::phrase::rate;
use crate::review::contract::{TimeWindow, WindowVerdict};

/// In which zone times are read.
pub fn zone(zone: &str) -> String {
    if zone == "as recorded" { "as recorded with each tag".to_owned() } else { format!("in {zone}") }
}

/// A weekday or hours without their share of the releases, and what the outcomes say of that.
pub fn avoided(window: &TimeWindow) -> String {
    let name = window.name();
    let numbers = format!(
        "failed there {}, elsewhere {}",
        rate(window.failed, window.judged),
        rate(window.failed_outside, window.judged_outside)
    );
    let verdict = match window.verdict {
        Some(WindowVerdict::Justified) => "releases fail more there: avoiding it is justified",
        Some(WindowVerdict::Superstition) => "no difference in the outcomes: superstition",
        _ => "too little data to say whether that helps",
    };
    format!("{name} is avoided ({} of {} releases); {verdict} ({numbers}, all history).", window.releases, window.of)
}
