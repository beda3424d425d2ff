//! When releases are made, in words.

use crate::phrase::rate;
use crate::review::contract::{TimeWindow, WindowVerdict};

/// In which zone times are read.
pub fn zone(zone: &str) -> String {
    if zone == "as recorded" { "as recorded with each tag".to_owned() } else { format!("in {zone}") }
}

/// How releases made then fared in all history, against those made at other times, without the full stop.
pub fn fared(window: &TimeWindow) -> String {
    let elsewhere = rate(window.failed_outside, window.judged_outside);
    match window.judged {
        0 => format!("none was made then; at other times {elsewhere} failed"),
        judged => format!("{} failed then, {elsewhere} at other times", rate(window.failed, judged)),
    }
}

/// A weekday or hours without their share of the releases, and what the outcomes say of that.
pub fn avoided(window: &TimeWindow) -> String {
    let name = window.name();
    let numbers = fared(window);
    let verdict = match window.verdict {
        Some(WindowVerdict::Justified) => "releases fail more there: avoiding it is justified",
        Some(WindowVerdict::Superstition) => "no difference in the outcomes: superstition",
        _ => "too little data to say whether that helps",
    };
    format!("{name} is avoided ({} of {} releases); {verdict} (in all history {numbers}).", window.releases, window.of)
}
