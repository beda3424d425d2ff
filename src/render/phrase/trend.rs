//! What moved over the last windows, in words. Names are as they were read: whoever shows them encodes them.

use chrono::{Datelike, TimeDelta};

use crate::model::Moment;
use crate::phrase::shortened;
use crate::review::contract::{
    Basis, Better, By, Course, FindingTrend, IdleCheck, MetricTrend, MilestoneMetric, MilestoneTrend, Move, RitualGone,
    Role, SilenceEnded, Source, Standing, Trend, TrendPoint, TrendVerdict, Unit,
};

use super::{Shown, capital, count, date, duration, percent, rate, value};

/// Names in a sentence; the others are counted.
const NAMED: usize = 6;
/// A difference is told from chance below this.
const TOLD: f64 = 0.05;

/// A sentence, and whether it is for the better; `None` where it is neither.
pub type Said = (Option<bool>, String);

/// How history was cut, in a sentence.
pub fn windows(trend: &Trend) -> String {
    let n = trend.windows.len() as u64;
    let windows = count(n, "window");
    let (size, of) = trend.windows.last().map_or((0, "release"), |window| match window.judged {
        0 => (window.releases, "release"),
        judged => (judged, "judged release"),
    });
    let each = |size: u64, of: &str| {
        let even = trend.windows.iter().all(|window| window.judged == size || window.judged == 0);
        format!("{}{} each", if even { "" } else { "about " }, count(size, of))
    };
    match trend.cut {
        By::Window if n == 1 => {
            "One window: history does not reach further back. A smaller one: relconf trend --by 10".to_owned()
        }
        By::Window => format!("The last {windows} of {}; the last one is that of the review.", each(size, of)),
        By::Releases(size) => format!("The last {windows} of {}.", each(u64::from(size), of)),
        By::Month => format!("The last {n} months; times UTC."),
        By::Quarter => format!("The last {n} quarters; times UTC."),
    }
}

/// What a window is called: by when it begins.
pub fn window(trend: &Trend, at: usize) -> String {
    let Some(window) = trend.windows.get(at) else { return String::new() };
    let start = window.span.start;
    match trend.cut {
        By::Quarter => format!("Q{} {}", start.month0() / 3 + 1, start.format("%y")),
        _ => start.format("%b %y").to_string(),
    }
}

/// A metric in a window as a cell says it: `6 of 26`, in little room `6/26`, `25 min (5)`; nothing where there is no value.
pub fn cell(metric: &MetricTrend, point: &TrendPoint, room: bool) -> String {
    match (point.value, point.numerator, point.denominator) {
        (Some(_), Some(k), Some(n)) if !room => format!("{k}/{n}"),
        (Some(_), Some(k), Some(n)) => format!("{k} of {n}"),
        (Some(number), ..) if metric.unit == Unit::Seconds => format!("{} ({})", duration(number), point.sample),
        (Some(number), ..) => value(number, shown(metric)),
        (None, ..) if point.basis == Some(Basis::Mixed) => "mixed".to_owned(),
        (None, ..) => "·".to_owned(),
    }
}

/// All values of one metric are shown alike: as the latest asks for.
pub fn shown(metric: &MetricTrend) -> Shown {
    Shown::of(metric.unit, metric.windows.iter().rev().find_map(|point| point.value))
}

/// Metrics that have a value in at least two windows: those that have a course.
pub fn drawn(trend: &Trend) -> impl Iterator<Item = &MetricTrend> {
    trend.metrics.iter().filter(|metric| metric.windows.iter().filter(|point| point.value.is_some()).count() > 1)
}

/// What changed, and since when; the change failure rate first, then as the registry has them.
pub fn changed(trend: &Trend) -> Vec<Said> {
    let said = |metric: &MetricTrend| Some((better(metric.verdict), changed_metric(metric)?));
    trend.metrics.iter().filter_map(said).collect()
}

fn better(verdict: TrendVerdict) -> Option<bool> {
    match verdict {
        TrendVerdict::Better => Some(true),
        TrendVerdict::Worse => Some(false),
        TrendVerdict::Unchanged | TrendVerdict::TooFew | TrendVerdict::NotTested => None,
    }
}

fn changed_metric(metric: &MetricTrend) -> Option<String> {
    let by_chance = chance(metric.p_adjusted?);
    if better(metric.verdict).is_none() {
        return passed(metric);
    }
    let rose = if better(metric.verdict)? == (metric.better == Some(Better::Higher)) { "rose" } else { "fell" };
    let Some(change) = &metric.change else {
        let (first, last) = ends(metric)?;
        let (first, last) = (value(first, shown(metric)), value(last, shown(metric)));
        return Some(format!("{} {rose} from window to window: {first} to {last}{by_chance}.", metric.title));
    };
    let since = format!("{} ({})", change.since.raw(), date(change.at));
    let git = if change.after.basis == Some(Basis::Inferred) { ", as far as git shows" } else { "" };
    let (before, after) = (side(&change.before), side(&change.after));
    Some(match &change.person {
        Some(person) => format!(
            "{} {rose} with {since}: {}, as {}, {before} before, {after} since{}{by_chance}.",
            metric.title,
            person.raw(),
            change.role.map_or("releaser", Role::id),
            change.passed_to.as_ref().map_or_else(String::new, |to| format!(
                "; most since: {}, {}",
                to.person.raw(),
                side(&to.part)
            ))
        ),
        None => format!("{} {rose} with {since}: {before} before, {after} since{git}{by_chance}.", metric.title),
    })
}

/// That as much rests on somebody else.
fn passed(metric: &MetricTrend) -> Option<String> {
    let change = metric.change.as_ref()?;
    let (from, to) = (change.person.as_ref()?, change.passed_to.as_ref()?);
    Some(format!(
        "{} is as it was, on somebody else: {}, as {}, {} before {} ({}), {} {} since.",
        metric.title,
        from.raw(),
        change.role.map_or("releaser", Role::id),
        side(&change.before),
        change.since.raw(),
        date(change.at),
        to.person.raw(),
        side(&to.part)
    ))
}

fn ends(metric: &MetricTrend) -> Option<(f64, f64)> {
    let mut values = metric.windows.iter().skip(metric.compared_from as usize).filter_map(|point| point.value);
    Some((values.next()?, values.next_back()?))
}

/// How values are shown alike: as the first that there is asks for.
pub fn point_shown<'p>(unit: Unit, points: impl IntoIterator<Item = Option<&'p TrendPoint>>) -> Shown {
    Shown::of(unit, points.into_iter().flatten().find_map(|point| point.value))
}

/// A metric in one window, with what it is of.
pub fn point(point: &TrendPoint, shown: Shown) -> String {
    match (point.value, point.numerator, point.denominator) {
        (Some(_), Some(k), Some(n)) => rate(k, n),
        (Some(number), Some(_), None) => value(number, shown),
        (Some(number), ..) => format!("{} (n={})", value(number, shown), point.sample),
        (None, ..) => "no data".to_owned(),
    }
}

fn side(point: &TrendPoint) -> String {
    match (point.value, point.numerator, point.denominator) {
        (_, Some(k), Some(n)) => rate(k, n),
        (Some(seconds), ..) => format!("{} (n={})", duration(seconds), point.sample),
        (None, ..) => format!("longer than was seen (n={})", point.sample),
    }
}

/// How often chance alone would do as much, in brackets; nothing where it hardly ever would.
fn chance(p: f64) -> String {
    let once = 1.0 / p.max(f64::MIN_POSITIVE);
    match once {
        ..100.0 => format!(" (by chance: once in {once:.0})"),
        ..1000.0 => format!(" (by chance: once in {:.0})", (once / 10.0).round() * 10.0),
        _ => String::new(),
    }
}

/// What came of each milestone that lies in the windows and names metrics.
pub fn milestones(trend: &Trend) -> Vec<Said> {
    let of = |milestone: &MilestoneTrend| {
        let said = |metric: &MilestoneMetric| (better(metric.verdict), milestone_of(milestone, metric));
        milestone.metrics.iter().map(said).collect::<Vec<_>>()
    };
    trend.milestones.iter().flat_map(of).collect()
}

fn milestone_of(milestone: &MilestoneTrend, metric: &MilestoneMetric) -> String {
    let part = |point: &Option<TrendPoint>| point.as_ref().map_or_else(|| "no data".to_owned(), side);
    let chance = metric.p_adjusted.map_or_else(String::new, chance);
    let said = match metric.verdict {
        TrendVerdict::Better => format!("better{chance}"),
        TrendVerdict::Worse => format!("worse{chance}"),
        TrendVerdict::Unchanged | TrendVerdict::NotTested => "no change beyond chance".to_owned(),
        TrendVerdict::TooFew => "too few to compare".to_owned(),
    };
    let who = metric.person.as_ref().map_or_else(String::new, |person| format!(", {}", person.raw()));
    format!(
        "{}, {}: {}{who} {} before, {} after: {said}.",
        capital(milestone.title.raw()),
        date(milestone.at),
        metric.title.to_lowercase(),
        part(&metric.before),
        part(&metric.after)
    )
}

/// What has not changed, what nobody can tell, and what is not compared.
pub fn unchanged(trend: &Trend) -> Vec<String> {
    let git = |metric: &MetricTrend| metric.change.as_ref().is_some_and(|c| c.after.basis == Some(Basis::Inferred));
    let titles = |verdict: TrendVerdict| {
        let of = drawn(trend).filter(|metric| metric.verdict == verdict && metric.change.is_none());
        of.map(|metric| metric.title.to_lowercase()).collect::<Vec<_>>().join(", ")
    };
    let mut lines = Vec::new();
    if trend.metrics.iter().any(git) {
        lines.push(
            "What git shows depends on what people write down: a new habit there looks like a change.".to_owned(),
        );
    }
    let (same, few) = (titles(TrendVerdict::Unchanged), titles(TrendVerdict::TooFew));
    if !same.is_empty() {
        let all = if changed(trend).is_empty() { "No change beyond chance" } else { "No other change beyond chance" };
        lines.push(format!("{all}: {same}."));
    }
    if !few.is_empty() {
        lines.push(format!("Too few cases to tell: {few}."));
    }
    if let (Some(why), Some(window)) = (&trend.not_compared, trend.windows.get(trend.compared_from as usize)) {
        let since = date(window.span.start);
        lines.push(format!("Windows before {since} stand apart and are not compared: {why}."));
    }
    lines
}

/// What a cell rests on no longer, or rests on now.
pub fn moved(trend: &Trend) -> Vec<Said> {
    let last = trend.windows.last().map(|window| window.span.end);
    trend.moves.iter().map(|moved| (Some(moved.now == Standing::Earned), move_of(moved, last))).collect()
}

fn move_of(moved: &Move, last: Option<Moment>) -> String {
    let stage = moved.stage.title();
    let then = last.map_or_else(|| "earlier".to_owned(), |last| ago(last - moved.then_until));
    let earned = moved.now == Standing::Earned;
    if let Some(person) = &moved.person {
        let who = person.person.raw();
        let (before, now) =
            (format!("{} of {}", person.then, person.then_of), format!("{} of {}", person.now, person.now_of));
        return if earned {
            format!("{stage} no longer rests on {who}: {before} {then}, {now} now.")
        } else if moved.then == Standing::Borrowed {
            format!(
                "{stage} rests on {who} now ({now}); {then} it rested on somebody else ({}).",
                moved.then_says.raw()
            )
        } else {
            format!("{stage} rests on {who} now: {now}, and {before} {then}.")
        };
    }
    let (before, now) = (moved.then_says.raw(), moved.now_says.raw());
    let rests = match moved.source {
        Source::Evidence | Source::Ritual => "a habit",
        Source::Timing => "the day or the hour",
        Source::Person => "whoever notices",
    };
    match (moved.source, earned) {
        (Source::Evidence, true) => {
            format!("{stage}: outcomes support it now ({now}); {then} the data spoke against it ({before}).")
        }
        (Source::Evidence, false) => {
            format!("{stage}: the data speak against it now ({now}); {then} outcomes supported it ({before}).")
        }
        (_, true) => format!("{stage} no longer rests on {rests}: {before} {then}, {now} now."),
        (_, false) => format!("{stage} rests on {rests} now: {before} {then}, {now} now."),
    }
}

/// `a year ago`, `5 months ago`, `3 weeks ago`.
fn ago(time: TimeDelta) -> String {
    let days = time.num_days().max(0);
    let months = (days as f64 / 30.44).round() as u64;
    match (days, months) {
        (..=13, _) => format!("{} ago", count(days as u64, "day")),
        (14..=59, _) => format!("{} weeks ago", (days as f64 / 7.0).round()),
        (_, 11..=13) => "a year ago".to_owned(),
        (_, ..=23) => format!("{months} months ago"),
        _ => format!("{} years ago", (months as f64 / 12.0).round()),
    }
}

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
        let untold = (!finding.told).then(|| "no data for it now".to_owned());
        let notes: Vec<String> = since.into_iter().chain(untold).collect();
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
        format!("{}{notes}", finding.id.raw())
    };
    let became = match course {
        Course::Went => "Gone",
        Course::Appeared => "New",
        Course::CameBack => "Gone for a time, and back",
        Course::Stayed => "Found in every window",
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

/// The interval of a metric in a window, in words; empty without one.
pub fn plausible(metric: &MetricTrend, point: &TrendPoint) -> String {
    if point.low.is_none() && point.high.is_none() {
        return String::new();
    }
    super::span(point.low, point.high, shown(metric))
}

/// How sure a change has to be, in a sentence.
pub fn sure(trend: &Trend) -> String {
    format!(
        "Over all metrics together, something is called a change in at most {} of histories in which nothing has changed; where no \
         chance is said, it would hardly ever do as much.",
        percent(trend.error)
    )
}
