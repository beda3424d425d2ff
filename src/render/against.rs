//! Two reviews held against each other.

use crate::model::Untrusted;
use crate::phrase::first_of;
use crate::review::contract::{Against, AgainstFinding, AgainstMetric, AgainstReview, ChangeVerdict, TrendPoint, Unit};

use super::page::{Page, Tone};
use super::phrase::trend::{point, point_shown};
use super::phrase::{capital, date, moved_by, rate, value};
use super::{Format, TerminalOptions, encode, json, prose};

/// Every format of the comparison; the first is the default.
pub const AGAINST_FORMATS: &[Format<Against>] = &[
    Format::text("terminal", terminal),
    Format::text("markdown", |against, _| markdown(against)),
    Format::json(|against, to| json::write(against, to)),
];

/// The groups of findings, each with whether it was found then and is now.
const GROUPS: [(&str, bool, bool); 3] =
    [("No longer found", true, false), ("Found now, and not then", false, true), ("Still found", true, true)];

fn title(against: &Against) -> String {
    let (then, now) = (&against.then, &against.now);
    format!("{}: the review of {} against that of {}", now.project.raw(), date(now.as_of), date(then.as_of))
}

/// What must be known before the numbers are read.
fn notes(against: &Against) -> Vec<String> {
    let mut notes = Vec::new();
    if !against.same_project {
        notes.push(format!(
            "The earlier review is of {}, the later one of {}: is that meant?",
            against.then.project.raw(),
            against.now.project.raw()
        ));
    }
    if !against.same_components {
        let named =
            |review: &AgainstReview| first_of(&review.components.iter().map(Untrusted::raw).collect::<Vec<_>>());
        notes.push(format!(
            "The earlier review is of {}, the later one of {}: their numbers are of other releases, and what moved is not \
             tested. Choose what both are about: --component",
            named(&against.then),
            named(&against.now)
        ));
    }
    if !against.windows_apart {
        notes.push("The windows of the two reviews share releases: what moved is not tested.".to_owned());
    }
    notes
}

/// Metrics that one of the two has a value for.
fn known(against: &Against) -> impl Iterator<Item = &AgainstMetric> {
    let has = |metric: &&AgainstMetric| {
        metric.now.value.is_some() || metric.then.as_ref().is_some_and(|then| then.value.is_some())
    };
    against.metrics.iter().filter(has)
}

fn row(metric: &AgainstMetric) -> [String; 4] {
    let shown = point_shown(metric.unit, [Some(&metric.now), metric.then.as_ref()]);
    let then = metric.then.as_ref().map_or_else(|| "not measured".to_owned(), |then| point(then, shown));
    let values = metric.now.value.zip(metric.then.as_ref().and_then(|then| then.value));
    let change = match (values, metric.comparable) {
        (None, _) => String::new(),
        (Some(_), false) => "not compared: rests on something else".to_owned(),
        (Some((now, then)), true) => {
            let word = match metric.change.as_ref().map(|change| change.verdict) {
                Some(ChangeVerdict::Better) => ", better",
                Some(ChangeVerdict::Worse) => ", worse",
                Some(ChangeVerdict::Unclear) => ", unclear",
                Some(ChangeVerdict::NotTested) | None => "",
            };
            format!("{}{word}", moved_by(now, then, shown))
        }
    };
    [metric.title.clone(), then, point(&metric.now, shown), change]
}

fn of_group(against: &Against, then: bool, now: bool) -> Vec<&AgainstFinding> {
    against.findings.iter().filter(|finding| (finding.found_then, finding.found_now) == (then, now)).collect()
}

fn course(finding: &AgainstFinding) -> String {
    let points = [finding.now.as_ref(), finding.then.as_ref()];
    let shown = point_shown(finding.success.unit, points);
    let amount = |told: Option<&TrendPoint>| match told {
        Some(told) if finding.metric.is_some() => point(told, shown),
        Some(TrendPoint { value: Some(number), sample, .. }) => match (finding.success.unit, sample) {
            (Unit::Ratio, 0) => format!("{} (of how many is not on record)", value(*number, shown)),
            (Unit::Ratio, n) => rate((number * *n as f64).round() as u64, *n),
            _ => value(*number, shown),
        },
        Some(_) => "no data".to_owned(),
        None => "not found".to_owned(),
    };
    // What is no metric has no title: its words are those of its id.
    let signal = finding.metric.clone().unwrap_or_else(|| capital(&finding.success.metric.raw().replace('_', " ")));
    let then = amount(finding.then.as_ref());
    format!("{signal}: {then} then, {} now", amount(finding.now.as_ref()))
}

fn terminal(against: &Against, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    page.toned(Tone::Strong, &encode::terminal(&title(against)));
    for note in notes(against) {
        page.toned(Tone::Unsure, &encode::terminal(&note));
    }
    page.blank();
    let day = |at| date(at);
    let (then, now) = (day(against.then.as_of), day(against.now.as_of));
    page.table(&["", &then, &now, "change"], known(against).map(|metric| row(metric).to_vec()).collect());
    for (heading, then, now) in GROUPS {
        let findings = of_group(against, then, now);
        if findings.is_empty() {
            continue;
        }
        page.heading(heading);
        for finding in findings {
            page.bullet(&encode::terminal(&format!("{}: {}", finding.id.raw(), finding.action.raw())));
            page.under(&encode::terminal(&course(finding)));
        }
    }
    page.finish()
}

fn markdown(against: &Against) -> String {
    let mut text = format!("# {}\n\n", encode::markdown(&title(against)));
    for note in notes(against) {
        text.push_str(&format!("> {}\n\n", encode::markdown(&note)));
    }
    let (then, now) = (date(against.then.as_of), date(against.now.as_of));
    text.push_str(&format!("| metric | {then} | {now} | change |\n|---|---|---|---|\n"));
    for metric in known(against) {
        text.push_str(&format!("| {} |\n", row(metric).map(|cell| encode::markdown(&cell)).join(" | ")));
    }
    for (heading, then, now) in GROUPS {
        let findings = of_group(against, then, now);
        if findings.is_empty() {
            continue;
        }
        text.push_str(&format!("\n## {heading}\n\n"));
        for finding in findings {
            text.push_str(&format!(
                "- {}: {} ({})\n",
                encode::markdown_code(finding.id.raw()),
                prose::markdown(finding.action.raw()),
                encode::markdown(&course(finding))
            ));
        }
    }
    text
}
