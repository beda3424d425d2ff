//! How history was cut, and what helps where windows hold too little.

use crate::review::contract::{By, MetricTrend, Trend, TrendVerdict, TrendWindow};

use super::{count, drawn};

/// How history was cut, in a sentence.
pub fn windows(trend: &Trend) -> String {
    let n = trend.windows.len() as u64;
    let Some(last) = trend.windows.last() else { return no_window(trend) };
    let (size, of) = match last.judged {
        0 => (last.releases, "release"),
        judged => (judged, "judged release"),
    };
    let each = |size: u64, of: &str| {
        let held = |window: &TrendWindow| if last.judged == 0 { window.releases } else { window.judged };
        let judged = || trend.windows.iter().map(held);
        let even = |window: u64| window == size || window == 0;
        let (about, oldest) = match judged().next() {
            _ if judged().all(even) => ("", String::new()),
            Some(oldest) if judged().skip(1).all(even) => ("", format!(", the oldest of {oldest}")),
            _ => ("about ", String::new()),
        };
        format!("{about}{} each{oldest}", count(size, of))
    };
    let windows = count(n, "window");
    match trend.cut {
        By::Window | By::Releases(_) if n == 1 && size == 0 => format!("No release lies in the window. {LONGER}"),
        By::Window | By::Releases(_) if n == 1 => {
            format!("One window of {}, and none before.{}", count(size, of), smaller(trend))
        }
        By::Window => format!("The last {windows} of {}; the last one is that of the review.", each(size, of)),
        By::Releases(size) => format!("The last {windows} of {}.", each(u64::from(size), "judged release")),
        By::Month => format!("The last {}; times UTC.", count(n, "month")),
        By::Quarter => format!("The last {}; times UTC.", count(n, "quarter")),
    }
}

/// That no window could be cut, and what there is.
fn no_window(trend: &Trend) -> String {
    match trend.cut {
        _ if trend.counted == 0 => {
            format!("No release is old enough to be judged yet, so that there is no window. {LATER}")
        }
        By::Releases(size) => {
            let asked = count(u64::from(size), "judged release");
            format!("No window of {asked}: history has {}.{}", trend.counted, smaller(trend))
        }
        _ => format!("No window: history has {}.{}", count(trend.counted, "judged release"), smaller(trend)),
    }
}

/// What helps where no release lies in the window.
const LONGER: &str = "A longer one: relconf trend --last 1y; the last releases: relconf trend --by 10";
/// What helps where nothing can be judged.
const LATER: &str = "What each release waits for: relconf review releases";

/// The size of window that cuts history in two or more, as it is asked for; nothing where there are too few, or it is this one.
fn smaller(trend: &Trend) -> &'static str {
    match (trend.cut, trend.counted) {
        (By::Releases(..=5), _) | (By::Releases(..=10), ..10) => "",
        (By::Releases(..=10), _) | (_, 10..20) => " Smaller ones: relconf trend --by 5",
        (_, 20..) => " Smaller ones: relconf trend --by 10",
        _ => "",
    }
}

/// That windows hold too little, and what helps; nothing where some metric could be tested.
pub(super) fn too_little(trend: &Trend) -> Option<String> {
    let windows = match trend.cut {
        By::Month => "months",
        By::Quarter => "quarters",
        By::Window | By::Releases(_) => "windows",
    };
    let tested = |metric: &MetricTrend| !matches!(metric.verdict, TrendVerdict::TooFew | TrendVerdict::NotTested);
    let none_drawn = drawn(trend).next().is_none();
    if drawn(trend).any(tested) {
        return None;
    }
    let helps = match (trend.cut, trend.counted) {
        (By::Month | By::Quarter, 20..) => " Ten in each: relconf trend --by 10",
        (By::Month | By::Quarter, 10..) => " Five in each: relconf trend --by 5",
        // Smaller ones reach no further back.
        _ if none_drawn => smaller(trend),
        _ => "",
    };
    let what = if none_drawn { "No metric has a value in two of them" } else { "Nothing can be tested" };
    let releases = count(trend.windows.iter().map(|window| window.releases).sum(), "release");
    Some(format!("{what}: these {windows} hold {releases} together.{helps}"))
}
