//! What checks and forecasts were found to be worth, in words.

use crate::phrase::{count, percent, probability, rate};
use crate::render::encode;
use crate::review::contract::{CheckReport, CheckVerdict, HotspotKind, Quality, Split};

/// What became of a check, in a sentence without its full stop.
pub fn check_in_words(check: &CheckReport) -> String {
    let split = &check.split;
    let kind = if check.ritual { "Ritual" } else { "Check" };
    let said = match check.verdict {
        CheckVerdict::Predicts => format!(
            "predicts: {} fail where it passed, {} where it did not",
            rate(split.failed, split.judged),
            rate(split.failed_without, split.judged_without)
        ),
        CheckVerdict::NeverFailed => {
            let upper = check
                .never_failed_upper
                .map_or_else(String::new, |upper| format!("; it could fail in up to {}", percent(upper)));
            format!("never failed{upper}")
        }
        CheckVerdict::NoPracticalDifference => "makes no practical difference".to_owned(),
        CheckVerdict::Undetermined => "cannot be judged yet".to_owned(),
    };
    format!(
        "{kind} {}: {said}; {} in {}, {}, {}",
        encode::terminal(check.name.raw()),
        count(check.runs, "run"),
        count(check.of, "release"),
        if check.catches == 1 { "1 catch".to_owned() } else { format!("{} catches", check.catches) },
        if check.misses == 1 { "1 miss".to_owned() } else { format!("{} misses", check.misses) }
    )
}

/// What comparing releases means where git alone shows which failed.
pub const COMPARED_BY_GIT: &str = "Failures are inferred from git: what ships more has more that can be reverted. What only a \
     hotfix shows is left out here, for only the first release of a line can have one.";

/// What kind of part of the code.
pub fn part(kind: HotspotKind) -> &'static str {
    match kind {
        HotspotKind::Component => "component",
        HotspotKind::Folder => "folder",
    }
}

/// How good forecasts have been, in a sentence; nothing where none could be made.
pub fn quality(quality: &Quality) -> Option<String> {
    let (brier, base, skill) = (quality.brier?, quality.brier_base?, quality.skill?);
    let p = quality.p.map_or_else(String::new, |p| format!(", p {}", probability(p)));
    let holds = quality.bins.iter().filter(|bin| bin.holds).count();
    Some(format!(
        "Backtest: {} on their day, {} failed; {} the base rate{p} (Brier {brier:.3} for {base:.3}, log \
         loss {:.3} for {:.3}); {holds} of {} bins calibrated",
        count(quality.forecasts, "forecast"),
        quality.failed,
        against_base((100.0 * skill).round()),
        quality.log_loss.unwrap_or_default(),
        quality.log_loss_base.unwrap_or_default(),
        quality.bins.len()
    ))
}

/// A skill in percent: how much nearer to what happened than the base rate.
fn against_base(skill: f64) -> String {
    match skill {
        0.0 => "no better than".to_owned(),
        ..0.0 => format!("{:.0}% worse than", -skill),
        _ => format!("{skill:.0}% better than"),
    }
}

/// What forecasts are worth, in a sentence or two without the last full stop: for a review.
pub fn forecasts(of: &Quality) -> String {
    let verdict = match (&of.because, of.usable) {
        (_, true) => "relconf preflight shows one for the next release",
        (Some(because), _) => because.as_str(),
        (None, _) => "none can be made",
    };
    let backtest = quality(of).map_or_else(String::new, |said| format!(". {said}"));
    format!("Forecasts of single releases: {verdict}{backtest}")
}

/// How sure it is that a part of the code goes with failure.
pub fn how_sure(split: &Split) -> String {
    match split.q {
        Some(q) if split.differs() => format!("q {}", probability(q)),
        Some(_) => "not beyond chance among releases of like size".to_owned(),
        None => "too little to test".to_owned(),
    }
}
