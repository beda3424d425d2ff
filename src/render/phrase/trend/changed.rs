//! Metrics that changed, since when, and those that did not.

use crate::review::contract::{
    Carriers, LastWindow, MetricTrend, Role, Trend, TrendChange, TrendPoint, TrendVerdict, Unit,
};

use super::windows::too_little;
use super::{
    AS_GIT_SHOWS, JOIN, Said, around_a_milestone, better, capital, cell, chance, date, drawn, from_git, most, point,
    shown, side, too_alike,
};

/// What changed, and since when; the change failure rate first, then as the registry has them.
pub fn changed(trend: &Trend) -> Vec<Said> {
    let said = |metric: &MetricTrend| Some((better(metric.verdict), changed_metric(trend, metric)?));
    trend.metrics.iter().filter_map(said).collect()
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
    let let_go = change.person.as_ref().map(|person| {
        format!("Releases no longer rest on {} since {since}: as {role}, {before} before, {after} since", person.raw())
    });
    let own =
        change.person.as_ref().map(|person| format!("{}, as {role}, {before} before, {after} since", person.raw()));
    let most = most([change.passed_from.as_ref(), change.passed_to.as_ref()], change.person.as_ref(), "since");
    match (change.rises, change.carriers, own) {
        (_, Some(Carriers::LikelyOne), own) => likely(metric, change, &since, own.as_deref()),
        (None, Some(Carriers::HandedOver), _) => passed(metric, change, &since),
        (None, ..) if p > trend.error => Some(format!("{}{most}.", let_go?)),
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
