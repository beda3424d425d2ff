//! What the repository declares, in sentences: whoever tells a control tells it so.

use crate::model::{Control, ControlKind, ControlSince, Ground, ReleaseIndex, Untrusted};

use super::{count, shortened};

/// Names of what a control speaks of, at most.
const NAMED: usize = 3;

/// Where a control stands, and since when, by the tag of a release: `deploy.yml:12, since v2.3.0`.
pub fn placed<'t>(control: &Control, from: ControlSince, tag: impl Fn(ReleaseIndex) -> &'t str) -> String {
    let release = from.release();
    let known = from != ControlSince::Unknown;
    let since = known.then(|| since(release.map(|(index, _)| tag(index)), release.is_some_and(|(_, before)| before)));
    joined(&at(control), since.as_deref())
}

/// A place, and since when something stands there, where that is known.
pub fn joined(at: &str, since: Option<&str>) -> String {
    since.map_or_else(|| at.to_owned(), |since| format!("{at}, {since}"))
}

/// A control in a sentence without its end: what has it, and what that does.
pub fn control(control: &Control) -> String {
    let subject = control.subject.raw();
    let with = || shortened(control.with.iter().map(Untrusted::raw), NAMED);
    let n = control.number.unwrap_or(0);
    if let Some(ground) = control.facts.only_by {
        return resting(control, ground);
    }
    match control.kind {
        ControlKind::Owners => {
            let alone = match control.facts.alone {
                Some((1, _)) => ", of which 1 names one person alone".to_owned(),
                Some((k, _)) if k > 1 => format!(", of which {k} name one person alone"),
                _ => String::new(),
            };
            format!("{} of paths with an owner{alone}", count(n, "rule"))
        }
        ControlKind::ChangeTypes if subject.is_empty() => format!("types of change are asked for ({})", with()),
        ControlKind::ChangeTypes => format!("types of change are asked for ({subject})"),
        ControlKind::ChangeRules if subject.is_empty() => format!("changes are looked at by {}", with()),
        ControlKind::ChangeRules => format!("changes are looked at by {subject}"),
        ControlKind::TestedPublish => format!("{subject} ships only after {} passed", with()),
        ControlKind::Tests => format!("tests: {}", with()),
        ControlKind::ContractTests => format!("contracts are compared by {}", with()),
        ControlKind::Scans => format!("scans: {}", with()),
        ControlKind::UntestedPublish => {
            format!("{subject} ships ({}), and no test of its pipeline could stop it", with())
        }
        ControlKind::CannotFail => format!("{subject} may fail and stops nothing"),
        ControlKind::Environment => format!("the environment {subject} ({})", with()),
        ControlKind::ManualStep => format!("{subject} waits for a person"),
        ControlKind::NamedPerson => format!("{} names {subject}", with()),
        ControlKind::Canary => format!("a canary rollout: {subject}{}", steps(control)),
        ControlKind::BlueGreen => format!("blue and green: {subject}{}", steps(control)),
        ControlKind::FeatureFlag => format!("{subject} is switched by a flag"),
        ControlKind::Regions if control.with.is_empty() => format!("{subject} goes to several regions"),
        ControlKind::Regions if control.with.iter().any(|with| with.raw().starts_with("after ")) => {
            format!("{subject} goes to its region {}", with())
        }
        ControlKind::Regions => format!("{subject} goes to several regions, {}", with()),
        ControlKind::RollingUpdate => format!("{subject} replaces its instances a few at a time"),
        ControlKind::Concurrency => format!("only one {subject} at a time"),
        ControlKind::Window => format!("{subject} keeps to set times"),
        ControlKind::ReleaseAutomation if subject.is_empty() => format!("releases are made by {}", with()),
        ControlKind::ReleaseAutomation => format!("releases are made by {subject}"),
        ControlKind::ReleaseByHand => format!("{subject} is started by hand"),
        ControlKind::RolloutAnalysis if n > 0 => format!("{subject} looks at {} while it goes out", count(n, "metric")),
        ControlKind::RolloutAnalysis => format!("{subject} looks at measurements while it goes out"),
        ControlKind::SmokeTest => format!("{subject} looks at what was deployed"),
        ControlKind::AlertRules if n == 0 => "alert rules, as many as their template is given".to_owned(),
        ControlKind::AlertRules => count(n, "alert rule"),
        ControlKind::Dashboards => count(n, "dashboard"),
        ControlKind::Rollback if control.with.is_empty() => format!("{subject} goes back"),
        ControlKind::Rollback => format!("{subject} goes back ({})", with()),
        ControlKind::DownMigrations => {
            let ups = control.with.first().map_or("", Untrusted::raw);
            format!("{} of the database go back, beside {ups} that go forward", count(n, "migration"))
        }
        ControlKind::Runbook => {
            let back = match control.facts.goes_back {
                Some(true) => ", and speaks of going back",
                Some(false) => ", without a word of going back",
                None => "",
            };
            // In a folder of runbooks a page may be about anything that is done by hand.
            let says = if control.path.raw().to_ascii_lowercase().contains("runbook") {
                "is a runbook"
            } else {
                "says how to release or repair"
            };
            format!("{subject} {says}{back}")
        }
        ControlKind::Checklist => format!("{subject} has {} to tick", boxes(n)),
        ControlKind::Configured => format!("{subject} (of the settings)"),
    }
}

/// A control that rests on a name alone, or on somebody who starts it: told as the guess that it is.
fn resting(control: &Control, ground: Ground) -> String {
    let subject = control.subject.raw();
    let with = || shortened(control.with.iter().map(Untrusted::raw), NAMED);
    let named = if subject.is_empty() { with() } else { subject.to_owned() };
    match ground {
        Ground::Name if control.kind == ControlKind::CannotFail => {
            format!("{named}, called a check, may fail and stops nothing")
        }
        Ground::Name => format!("called {}, by name alone: {named}", control.kind.title()),
        Ground::Hand => format!("{}, started by hand alone: {named}", control.kind.title()),
    }
}

/// `1 box`, `3 boxes`.
pub fn boxes(n: u64) -> String {
    if n == 1 { "1 box".to_owned() } else { format!("{n} boxes") }
}

/// The steps of a staged rollout, where they are known.
fn steps(control: &Control) -> String {
    let mut parts = Vec::new();
    if let Some(weights) = control.number.filter(|n| *n > 0) {
        parts.push(count(weights, "weight"));
    }
    let (pauses, others): (Vec<&str>, Vec<&str>) =
        control.with.iter().map(Untrusted::raw).partition(|with| *with == "pause");
    if !pauses.is_empty() {
        parts.push(count(pauses.len() as u64, "pause"));
    }
    parts.extend(others.into_iter().map(str::to_owned));
    if control.facts.analysed == Some(false) {
        parts.push("no analysis".to_owned());
    }
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// Where a control stands: `deploy.yml:12`.
pub fn at(control: &Control) -> String {
    format!("{}:{}", control.path.raw(), control.line)
}

/// Since which release it is there.
pub fn since(release: Option<&str>, or_before: bool) -> String {
    match (release, or_before) {
        (None, _) => "in no release yet".to_owned(),
        (Some(release), false) => format!("since {release}"),
        (Some(release), true) => format!("since {release} or before"),
    }
}
