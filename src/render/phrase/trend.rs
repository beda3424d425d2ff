//! What moved over the last windows, in words. Names are as they were read: whoever shows them encodes them.

use chrono::{Datelike, TimeDelta};

use crate::model::{Moment, Untrusted};
use crate::phrase::shortened;
use crate::review::contract::{
    Basis, By, Carriers, Course, FindingTrend, IdleCheck, LastWindow, MetricTrend, MilestoneMetric, MilestonePlace,
    MilestoneTrend, Move, PersonPart, RitualGone, Role, SilenceEnded, Source, Standing, Trend, TrendChange, TrendPoint,
    TrendVerdict, Unit,
};

use super::{Shown, capital, count, date, duration, median, percent, rate, value};

/// Names in a sentence; the others are counted.
const NAMED: usize = 6;
/// A difference is told from chance below this.
const TOLD: f64 = 0.05;

/// A sentence, and whether it is for the better; `None` where it is neither.
pub type Said = (Option<bool>, String);

/// How history was cut, in a sentence.
pub fn windows(trend: &Trend) -> String {
    let n = trend.windows.len() as u64;
    let Some(last) = trend.windows.last() else { return no_window(trend) };
    let (size, of) = match last.judged {
        0 => (last.releases, "release"),
        judged => (judged, "judged release"),
    };
    let each = |size: u64, of: &str| {
        let judged = || trend.windows.iter().map(|window| window.judged);
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
        (By::Releases(..=5), _) | (By::Releases(..=10), ..20) => "",
        (By::Releases(..=10), _) | (_, 10..20) => " Smaller ones: relconf trend --by 5",
        (_, 20..) => " Smaller ones: relconf trend --by 10",
        _ => "",
    }
}

/// That windows hold too little, and what helps; nothing where some metric could be tested.
fn too_little(trend: &Trend) -> Option<String> {
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
        (By::Month | By::Quarter, 20..) => " As many in each: relconf trend --by 10",
        (By::Month | By::Quarter, 10..) => " As many in each: relconf trend --by 5",
        // Smaller ones reach no further back.
        _ if none_drawn => smaller(trend),
        _ => "",
    };
    let what = if none_drawn { "No metric has a value in two of them" } else { "Nothing can be tested" };
    let releases = count(trend.windows.iter().map(|window| window.releases).sum(), "release");
    Some(format!("{what}: these {windows} hold {releases} together.{helps}"))
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

/// A metric in a window as a cell says it: `6 of 26`, in little room `6/26`, `25 min (5)`, the number in brackets being what it
/// rests on; nothing where there is no value.
pub fn cell(metric: &MetricTrend, point: &TrendPoint, room: bool) -> String {
    match (point.value, point.numerator, point.denominator) {
        (Some(_), Some(k), Some(n)) if !room => format!("{k}/{n}"),
        (Some(_), Some(k), Some(n)) => format!("{k} of {n}"),
        (Some(number), Some(_), None) => value(number, shown(metric)),
        (Some(number), ..) if metric.unit == Unit::Seconds => format!("{} ({})", duration(number), point.sample),
        (Some(number), ..) => format!("{} ({})", value(number, shown(metric)), point.sample),
        (None, ..) if point.basis == Some(Basis::Mixed) => "mixed".to_owned(),
        (None, ..) => "·".to_owned(),
    }
}

/// What the row of a metric is called: with the role that it is about.
pub fn row(metric: &MetricTrend) -> String {
    metric.role.map_or_else(|| metric.title.clone(), |role| format!("{} ({})", metric.title, role.id()))
}

/// What can be said of a metric's course, in few words.
pub fn verdict(trend: &Trend, metric: &MetricTrend) -> &'static str {
    let change = metric.change.as_ref();
    match metric.verdict {
        TrendVerdict::Better => "better",
        TrendVerdict::Worse => "worse",
        TrendVerdict::Unchanged => match change.map(|change| (change.rises, change.carriers, change.last_window)) {
            None if around_a_milestone(trend, metric) => "only around a milestone",
            None => NO_CHANGE,
            Some((_, Some(Carriers::LikelyOne), _)) => "likely one person",
            Some((None, Some(Carriers::HandedOver), _)) => "passed on",
            Some((None, ..)) => "others carry it",
            Some((Some(_), _, LastWindow::Back)) => "and is back",
            Some((Some(_), ..)) => "not borne out",
        },
        TrendVerdict::TooAlike => too_alike(metric.unit),
        TrendVerdict::TooFew => "too few",
        TrendVerdict::NotTested => "",
    }
}

/// Whether a milestone says better or worse of a metric.
fn around_a_milestone(trend: &Trend, metric: &MetricTrend) -> bool {
    let of = trend.milestones.iter().flat_map(|milestone| &milestone.metrics).filter(|of| of.id == metric.id);
    of.into_iter().any(|of| better(of.verdict).is_some())
}

/// What was tested, and not told from chance.
const NO_CHANGE: &str = "no change beyond chance";
/// Where names that are likely one person's are joined.
const JOIN: &str = "join them under [people] aliases in relconf.toml";
/// Lines of milestones that are shown; of the others there is a count.
const MILESTONES: usize = 20;

/// What was not tested: of a rate fewer than three of one kind, of durations none that tells, for all are as long, or still open.
fn too_alike(unit: Unit) -> &'static str {
    if unit == Unit::Seconds { "nothing to tell apart" } else { "too few either way to test" }
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
    let said = |metric: &MetricTrend| Some((better(metric.verdict), changed_metric(trend, metric)?));
    trend.metrics.iter().filter_map(said).collect()
}

fn better(verdict: TrendVerdict) -> Option<bool> {
    match verdict {
        TrendVerdict::Better => Some(true),
        TrendVerdict::Worse => Some(false),
        TrendVerdict::Unchanged | TrendVerdict::TooAlike | TrendVerdict::TooFew | TrendVerdict::NotTested => None,
    }
}

fn rose(rises: bool) -> &'static str {
    if rises { "rose" } else { "fell" }
}

fn changed_metric(trend: &Trend, metric: &MetricTrend) -> Option<String> {
    let p = metric.p_adjusted?;
    let Some(change) = &metric.change else { return slid(trend, metric, p) };
    let title = &metric.title;
    let since = format!("{} ({})", change.since.raw(), date(change.at));
    let role = change.role.map_or("releaser", Role::id);
    let (before, after, chance) = (side(&change.before), side(&change.after), chance(p));
    let own =
        change.person.as_ref().map(|person| format!("{}, as {role}, {before} before, {after} since", person.raw()));
    let most = most([change.passed_from.as_ref(), change.passed_to.as_ref()], change.person.as_ref(), "since");
    match (change.rises, change.carriers, own) {
        (_, Some(Carriers::LikelyOne), own) => likely(metric, change, &since, own.as_deref()),
        (None, Some(Carriers::HandedOver), _) => passed(metric, change, &since),
        (None, _, own) => Some(format!(
            "{title} is no more and no less beyond chance, but others carry since {since}: {}{chance}{most}.",
            own?
        )),
        (Some(rises), _, Some(own)) => {
            Some(format!("{title} {} with {since}{}: {own}{chance}{most}.", rose(rises), back(metric, change)))
        }
        (Some(rises), _, None) => {
            let git = if from_git(change.after.basis) { AS_GIT_SHOWS } else { "" };
            let back = back(metric, change);
            Some(format!("{title} {} with {since}{back}: {before} before, {after} since{git}{chance}.", rose(rises)))
        }
    }
}

/// What rests on git's signs.
const AS_GIT_SHOWS: &str = ", as far as git shows";

fn from_git(basis: Option<Basis>) -> bool {
    basis == Some(Basis::Inferred)
}

/// Who carried most on each side, where that is not the one whose part is told.
fn most(tops: [Option<&PersonPart>; 2], told: Option<&Untrusted>, since: &str) -> String {
    let one = |part: Option<&PersonPart>, when: &str| {
        let other = part.filter(|part| told != Some(&part.person));
        let said = |other: &PersonPart| format!("; most {when}: {}, {}", other.person.raw(), side(&other.part));
        other.map_or_else(String::new, said)
    };
    one(tops[0], "before") + &one(tops[1], since)
}

/// That names which are likely one person's make the difference.
fn likely(metric: &MetricTrend, change: &TrendChange, since: &str, own: Option<&str>) -> Option<String> {
    let (title, role) = (&metric.title, change.role.map_or("releaser", Role::id));
    let Some((from, to)) = change.passed_from.as_ref().zip(change.passed_to.as_ref()) else {
        return Some(format!(
            "{title}, with {since}: {}; with the other names that are likely theirs, no change beyond chance: {JOIN}.",
            own?
        ));
    };
    Some(format!(
        "{title}, with {since}: as {role}, {} {} before, {} {} since; likely one person: {JOIN}.",
        from.person.raw(),
        side(&from.part),
        to.person.raw(),
        side(&to.part)
    ))
}

/// Where the last window does not bear a change out.
fn back(metric: &MetricTrend, change: &TrendChange) -> String {
    let Some(now) = &change.now else { return String::new() };
    let by = change.now_by.as_ref().map_or_else(String::new, |person| format!(" ({})", person.raw()));
    let now = cell(metric, now, true);
    match change.last_window {
        LastWindow::Holds => String::new(),
        LastWindow::Doubtful => format!(", and the last window does not bear it out: {now}{by}"),
        LastWindow::Back => format!(", and is back: {now} now{by}"),
    }
}

/// What rises or falls from window to window.
fn slid(trend: &Trend, metric: &MetricTrend, p: f64) -> Option<String> {
    let slope = metric.slope.filter(|_| p <= trend.error)?;
    let (first, last) = ends(metric)?;
    let (first, last) = (point(first, shown(metric)), point(last, shown(metric)));
    let (title, rose, chance) = (&metric.title, rose(slope.s > 0), chance(p));
    Some(if better(metric.verdict).is_some() {
        format!("{title} {rose} from window to window: {first} to {last}{chance}.")
    } else {
        format!("{title} {rose} from window to window, and is back: {first} at first, {last} now{chance}.")
    })
}

/// That as much rests on somebody else.
fn passed(metric: &MetricTrend, change: &TrendChange, since: &str) -> Option<String> {
    let (from, to) = (change.passed_from.as_ref()?, change.passed_to.as_ref()?);
    Some(format!(
        "{} passed from {} to {} with {since}: as {}, {} before, {} since.",
        metric.title,
        from.person.raw(),
        to.person.raw(),
        change.role.map_or("releaser", Role::id),
        side(&from.part),
        side(&to.part)
    ))
}

fn ends(metric: &MetricTrend) -> Option<(&TrendPoint, &TrendPoint)> {
    let compared = metric.windows.iter().skip(metric.compared_from as usize);
    let mut values = compared.filter(|point| point.value.is_some());
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
        (seconds, ..) => format!("{} (n={})", median(seconds), point.sample),
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

/// What came of the latest milestones that lie in the windows and name metrics, oldest first; how many earlier ones there
/// are, and those that lie before the windows or are yet to come.
pub fn milestones(trend: &Trend) -> Vec<Said> {
    let inside: Vec<&MilestoneTrend> = trend.milestones.iter().filter(|one| !one.metrics.is_empty()).collect();
    let mut lines = 0;
    let latest = inside.iter().rev().take_while(|one| {
        let first = lines == 0;
        lines += one.metrics.len();
        first || lines <= MILESTONES
    });
    let (earlier, latest) = inside.split_at(inside.len() - latest.count());
    let of = |one: &&MilestoneTrend| {
        let said = |metric: &MilestoneMetric| (better(metric.verdict), milestone_of(one, metric));
        one.metrics.iter().map(said).collect::<Vec<_>>()
    };
    let mut said: Vec<Said> = latest.iter().flat_map(of).collect();
    if !earlier.is_empty() {
        let told = |one: &&&MilestoneTrend| one.metrics.iter().any(|metric| better(metric.verdict).is_some());
        let told = match earlier.iter().filter(told).count() {
            0 => "none of them better or worse beyond chance".to_owned(),
            some => format!("{some} of them better or worse beyond chance"),
        };
        let earlier = count(earlier.len() as u64, "earlier milestone");
        said.push((None, format!("And {earlier}, {told}: relconf trend --format json")));
    }
    for (place, intro) in [
        (MilestonePlace::BeforeWindows, "Milestones before these windows, with nothing to compare them with"),
        (MilestonePlace::AfterWindows, "Milestones after these windows, with nothing to compare them with"),
        (MilestonePlace::NotYet, "Milestones not yet reached"),
    ] {
        let of = trend.milestones.iter().filter(|one| one.place == place);
        let titles: Vec<String> = of.map(|one| format!("{} ({})", one.title.raw(), date(one.at))).collect();
        if !titles.is_empty() {
            // The nearest first.
            let nearest: Vec<&String> = if place == MilestonePlace::BeforeWindows {
                titles.iter().rev().collect()
            } else {
                titles.iter().collect()
            };
            said.push((None, format!("{intro}: {}.", shortened(nearest, NAMED))));
        }
    }
    said
}

fn milestone_of(milestone: &MilestoneTrend, metric: &MilestoneMetric) -> String {
    let shown = point_shown(metric.unit, [metric.before.as_ref(), metric.after.as_ref()]);
    let part = |point: &Option<TrendPoint>| match point {
        Some(point) if point.value.is_some() && point.numerator.is_none() => self::point(point, shown),
        Some(point) if point.value.is_some() || point.sample > 0 => side(point),
        _ => "no data".to_owned(),
    };
    let chance = metric.p_adjusted.map_or_else(String::new, chance);
    let tops = metric.passed_from.as_ref().zip(metric.passed_to.as_ref());
    let said = match (metric.verdict, metric.carriers, tops) {
        (TrendVerdict::Better, ..) => format!("better{chance}"),
        (TrendVerdict::Worse, ..) => format!("worse{chance}"),
        (TrendVerdict::Unchanged, Some(Carriers::LikelyOne), _) => format!("likely one person: {JOIN}"),
        (TrendVerdict::Unchanged, Some(Carriers::HandedOver), Some((from, to))) => {
            format!("passed from {} to {}", from.person.raw(), to.person.raw())
        }
        (TrendVerdict::Unchanged, ..) => NO_CHANGE.to_owned(),
        (TrendVerdict::TooAlike, ..) => too_alike(metric.unit).to_owned(),
        (TrendVerdict::NotTested, ..) => "told and not tested".to_owned(),
        (TrendVerdict::TooFew, ..) => "too few to compare".to_owned(),
    };
    // The chance is that of one person's part; without one, what is told is who carried most on each side.
    let tested = better(metric.verdict).is_some();
    let values = match tops.filter(|_| !tested) {
        Some((from, to)) => {
            let one = |most: &PersonPart| format!("{} {}", most.person.raw(), side(&most.part));
            format!("{} before, {} after", one(from), one(to))
        }
        None => {
            let who = metric.person.as_ref().map_or_else(String::new, |person| format!("{} ", person.raw()));
            let git = metric.after.as_ref().is_some_and(|after| from_git(after.basis));
            let git = if git { AS_GIT_SHOWS } else { "" };
            let most = most([metric.passed_from.as_ref(), metric.passed_to.as_ref()], metric.person.as_ref(), "after");
            format!("{who}{} before, {} after{most}{git}", part(&metric.before), part(&metric.after))
        }
    };
    format!(
        "{}, {}: {}, {values}: {said}.",
        capital(milestone.title.raw()),
        date(milestone.at),
        metric.title.to_lowercase()
    )
}

/// What has not changed, what nobody can tell, and what is not compared.
pub fn unchanged(trend: &Trend) -> Vec<String> {
    let changes = trend.metrics.iter().filter_map(|metric| metric.change.as_ref()).map(|change| change.after.basis);
    let told =
        trend.milestones.iter().flat_map(|milestone| &milestone.metrics).filter(|of| better(of.verdict).is_some());
    let told = told.filter_map(|of| of.after.as_ref()).map(|after| after.basis);
    let titles = |wanted: &dyn Fn(&MetricTrend) -> bool| {
        let of = drawn(trend).filter(|metric| metric.change.is_none() && wanted(metric));
        of.map(|metric| metric.title.to_lowercase()).collect::<Vec<_>>().join(", ")
    };
    let mut lines: Vec<String> = too_little(trend).into_iter().collect();
    if changes.chain(told).any(from_git) {
        lines.push(
            "What git shows depends on what people write down: a new habit there looks like a change.".to_owned(),
        );
    }
    let same = |metric: &MetricTrend| metric.verdict == TrendVerdict::Unchanged;
    let around = |metric: &MetricTrend| same(metric) && around_a_milestone(trend, metric);
    let alike = |unit: bool| {
        move |metric: &MetricTrend| metric.verdict == TrendVerdict::TooAlike && (metric.unit == Unit::Seconds) == unit
    };
    let all = if changed(trend).is_empty() { "No change beyond chance" } else { "No other change beyond chance" };
    for (intro, titles) in [
        (all, titles(&|metric| same(metric) && !around(metric))),
        ("Better or worse only around a milestone, see there", titles(&around)),
        (&capital(too_alike(Unit::Ratio)), titles(&alike(false))),
        (&capital(too_alike(Unit::Seconds)), titles(&alike(true))),
        ("Too few cases to tell", titles(&|metric| metric.verdict == TrendVerdict::TooFew)),
    ] {
        if !titles.is_empty() {
            lines.push(format!("{intro}: {titles}."));
        }
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
            format!("{stage} no longer rests on {who}: {before}, {then}; {now} now.")
        } else if moved.then == Standing::Borrowed {
            format!(
                "{stage} rests on {who} now ({now}); {then} it rested on somebody else ({}).",
                moved.then_says.raw()
            )
        } else {
            format!("{stage} rests on {who} now: {before}, {then}; {now} now.")
        };
    }
    let (before, now) = (moved.then_says.raw(), moved.now_says.raw());
    // What the other side is: against the data, or on something that no outcome stands for.
    let other = if earned { moved.then } else { moved.now };
    let rests = match moved.source {
        Source::Evidence => "a habit, a window or a person",
        Source::Ritual => "a habit",
        Source::Timing => "the day or the hour",
        Source::Person => "whoever notices",
    };
    match (other, moved.source, earned) {
        (Standing::Contradicted, _, true) => {
            format!("{stage}: outcomes support it now ({now}); {then} the data spoke against it ({before}).")
        }
        (Standing::Contradicted, _, false) => {
            format!("{stage}: the data speak against it now ({now}); {then} outcomes supported it ({before}).")
        }
        (_, Source::Evidence, true) => {
            format!("{stage}: outcomes support it now ({now}); {then} it rested on {rests} ({before}).")
        }
        (_, Source::Evidence, false) => {
            format!("{stage}: it rests on {rests} now ({now}); {then} outcomes supported it ({before}).")
        }
        (_, _, true) => format!("{stage} no longer rests on {rests}: {before}, {then}; {now} now."),
        (_, _, false) => format!("{stage} rests on {rests} now: {before}, {then}; {now} now."),
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
        "Over all metrics together, something is called a change in at most {} of histories in which nothing has changed and releases \
         do not hang together (who carries them may come in turns). Milestones are apart: {} over all that the team wrote, and as many over all that the \
         repository declares. Where no chance is said, it would hardly ever do as much.",
        percent(trend.error),
        percent(trend.milestone_error)
    )
}
