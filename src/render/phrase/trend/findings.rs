//! What became of findings, silences, checks and rituals.

use crate::review::contract::{Course, FindingTrend, IdleCheck, RitualGone, SilenceEnded, Trend};

use super::{NAMED, count, date, rate, shortened};

/// A difference is told from chance below this.
const TOLD: f64 = 0.05;

/// What became of findings, a sentence for each course, the latest first. What only asks for a record is no news.
pub fn findings(trend: &Trend) -> Vec<String> {
    [Course::Went, Course::Appeared, Course::CameBack, Course::Stayed]
        .into_iter()
        .filter_map(|course| {
            let of = trend.findings.iter().filter(|finding| !finding.records && finding.course == course);
            let mut findings: Vec<&FindingTrend> = of.collect();
            findings.sort_by_key(|finding| std::cmp::Reverse(finding.window));
            (!findings.is_empty()).then(|| became(trend, course, &findings))
        })
        .collect()
}

fn became(trend: &Trend, course: Course, findings: &[&FindingTrend]) -> String {
    let name = |finding: &&FindingTrend| {
        let start = |at: u32| trend.windows.get(at as usize).map(|window| window.span.start);
        let since = finding.window.and_then(start).map(|start| format!("since {}", start.format("%b %Y")));
        let untold = (!finding.told).then(|| "no data in the last window".to_owned());
        let notes: Vec<String> = since.into_iter().chain(untold).collect();
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
        format!("{}{notes}", finding.id.raw())
    };
    let became = match course {
        Course::Went => "Gone",
        Course::Appeared => "New",
        Course::CameBack => "Gone for a time, and back",
        Course::Stayed => "Found throughout",
    };
    format!("{became}: {}.", shortened(findings.iter().map(name), NAMED))
}

/// Silences that ran out, checks that never caught anything, rituals that went away.
pub fn rest(trend: &Trend) -> Vec<String> {
    let silences = trend.silences.iter().map(silence);
    silences.chain(trend.idle.iter().map(idle)).chain(trend.rituals.iter().map(ritual)).collect()
}

fn silence(ended: &SilenceEnded) -> String {
    let now = if ended.found { "it is found today" } else { "nothing of it is found today, so the setting can go" };
    format!("The silence of {} ran out {} ({}): {now}.", ended.finding.raw(), date(ended.until), ended.reason.raw())
}

fn idle(check: &IdleCheck) -> String {
    let what = if check.ritual { "The ritual" } else { "The check" };
    format!(
        "{what} {} has never caught anything: passed in all of its {} since {} ({}). Show that it can fail, or prune it.",
        check.name.raw(),
        count(check.runs, "run"),
        check.since.raw(),
        date(check.at)
    )
}

fn ritual(gone: &RitualGone) -> String {
    let (now, before) = (rate(gone.failed_since, gone.judged_since), rate(gone.failed_before, gone.judged_before));
    let said = match gone.p {
        None => ", too few to compare",
        Some(p) if p > TOLD => ": no difference beyond chance",
        Some(_) if gone.failed_since * gone.judged_before < gone.failed_before * gone.judged_since => {
            ": nothing got worse without it"
        }
        Some(_) => ": worse without it, beyond chance",
    };
    format!(
        "The ritual {} went away after {} ({}): {before} failed while it was held, {now} since{said}.",
        gone.name.raw(),
        gone.last.raw(),
        date(gone.at)
    )
}
