//! A review in the pieces that the page and the retro document set out: facts in words, and where they stand. The numbers
//! are the review's and the words those of every format; the templates only print what is here.

mod actions;
mod cards;
mod controls;
mod data;
mod failed;
mod felt;
mod map;
mod metrics;
mod people;
mod rate;
mod releases;
mod tested;
mod timing;
mod trend;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::Untrusted;
use crate::render::phrase::{count, headline, minute, nothing_first, section};
use crate::render::{basis, link, phrase};
use crate::review::contract::Review;

/// Everything that a report shows, in its order.
#[derive(Serialize)]
pub(super) struct View {
    name: Untrusted,
    dates: String,
    about: Vec<String>,
    as_of: String,
    contents: Vec<Entry>,
    titles: Titles,
    /// Whether there is no release: then only that, and what was read, is told.
    nothing: bool,
    sentence: Sentence,
    cards: Vec<cards::Card>,
    stages: Vec<map::StageView>,
    legend: Vec<map::Key>,
    first: Vec<actions::Action>,
    nothing_first: &'static str,
    more: Option<String>,
    since: Option<actions::SinceView>,
    failed: failed::FailedView,
    rate: Option<rate::Plot>,
    trend: Option<trend::TrendView>,
    groups: Vec<metrics::Group>,
    sparks: bool,
    /// Columns of a metric beside its name.
    columns: usize,
    quiet: Vec<String>,
    windows: Option<String>,
    releases: releases::Table,
    people: Vec<people::RoleView>,
    timing: timing::TimingView,
    felt: Option<felt::FeltView>,
    controls: Option<controls::ControlsView>,
    plans: Vec<actions::PlanView>,
    records: Vec<actions::Action>,
    silenced: Vec<actions::SilencedView>,
    tested: tested::Tested,
    data: data::DataView,
}

/// The names of the sections.
#[derive(Serialize)]
struct Titles {
    map: &'static str,
    first: &'static str,
    since: &'static str,
    failed: &'static str,
    rate: String,
    metrics: &'static str,
    trend: &'static str,
    releases: &'static str,
    people: &'static str,
    timing: &'static str,
    felt: &'static str,
    controls: &'static str,
    plans: &'static str,
    tested: &'static str,
    data: &'static str,
}

impl Titles {
    fn of(review: &Review) -> Self {
        let last = review.rolling.as_ref().map_or_else(String::new, |of| format!(" over the last {} releases", of.of));
        Self {
            map: section::MAP,
            first: section::FIRST,
            since: section::SINCE,
            failed: section::FAILED,
            rate: format!("{}{last}", section::RATE),
            metrics: section::METRICS,
            trend: section::TREND,
            releases: section::RELEASES,
            people: section::PEOPLE,
            timing: section::TIMING,
            felt: section::FELT,
            controls: section::CONTROLS,
            plans: section::PLANS,
            tested: section::TESTED,
            data: section::DATA,
        }
    }
}

/// A section in the contents, by the name that it has in every format.
#[derive(Serialize)]
struct Entry {
    id: &'static str,
    title: &'static str,
    count: Option<usize>,
}

/// What a colleague would say first, and what then.
#[derive(Serialize)]
struct Sentence {
    first: String,
    rest: String,
    then: Vec<String>,
    times: Vec<String>,
    guess: Option<String>,
}

/// A release, and its row in the table where it has one.
#[derive(Serialize)]
struct Place {
    tag: Untrusted,
    row: Option<usize>,
}

/// Up to so many columns a tag is not broken.
const TAG: usize = 28;

/// How a tag is set in a table: on one line, unless it is so long that it would push everything else aside.
fn set(tag: &Untrusted) -> &'static str {
    if tag.raw().chars().count() <= TAG { "still" } else { "broken" }
}

/// An incident, and the row of what failed that it stands in: where it cannot be looked at by itself.
#[derive(Clone, Serialize)]
struct Case {
    id: Untrusted,
    row: Option<usize>,
}

/// What has a row of its own: places in [`Review::releases`], by tag, and by incident those that failed by it.
#[derive(Default)]
struct Rows<'r> {
    releases: BTreeMap<&'r str, usize>,
    incidents: BTreeMap<&'r str, usize>,
}

impl<'r> Rows<'r> {
    fn of(review: &'r Review, events: &[releases::Event<'r>]) -> Self {
        let rows = releases::listed(events).iter();
        let releases =
            rows.flat_map(|event| event.releases.iter().map(|release| (release.tag.raw(), event.at))).collect();
        let elsewhere: BTreeSet<&str> = review
            .incidents
            .iter()
            .filter(|incident| link::incident(&review.project.links, incident).is_some())
            .map(|incident| incident.id.raw())
            .collect();
        let mut incidents = BTreeMap::new();
        for row in failed::rows(review) {
            let ids = row.failures.iter().filter_map(|failure| failure.incident.as_ref()).map(Untrusted::raw);
            incidents.extend(ids.filter(|id| !elsewhere.contains(id)).map(|id| (id, row.at)));
        }
        Self { releases, incidents }
    }

    fn case(&self, id: &Untrusted) -> Case {
        Case { id: id.clone(), row: self.incidents.get(id.raw()).copied() }
    }

    fn cases(&self, ids: &[Untrusted]) -> Vec<Case> {
        ids.iter().map(|id| self.case(id)).collect()
    }

    fn place(&self, tag: &Untrusted) -> Place {
        Place { tag: tag.clone(), row: self.releases.get(tag.raw()).copied() }
    }

    fn places(&self, tags: &[Untrusted]) -> Vec<Place> {
        tags.iter().map(|tag| self.place(tag)).collect()
    }
}

/// People in a table: of those who are told apart by their address, the name alone.
fn short_names(people: &[Untrusted]) -> Vec<Untrusted> {
    let short = |person: &Untrusted| match person.raw().split_once(" <") {
        Some((name, _)) if !name.is_empty() => Untrusted::from(name),
        _ => person.clone(),
    };
    people.iter().map(short).collect()
}

/// Names of ours, such as `manual_db_step`, as people write them.
fn words(names: &[Untrusted]) -> Vec<String> {
    names.iter().map(|name| name.raw().replace('_', " ")).collect()
}

/// The first of a list with their places, and how many more there are.
#[derive(Serialize)]
struct Few<T> {
    shown: Vec<T>,
    more: usize,
}

impl<T> Few<T> {
    fn of(mut all: Vec<T>, most: usize) -> Self {
        let more = all.len().saturating_sub(most);
        all.truncate(most);
        Self { shown: all, more }
    }
}

/// Takes a review apart.
pub(super) fn of(review: &Review) -> View {
    let events = releases::events(&review.releases);
    let rows = Rows::of(review, &events);
    let failed = failed::of(review, &rows);
    let rate = rate::of(review, &rows);
    let trend = trend::of(review, &rows);
    let since = actions::since(review);
    let groups = metrics::groups(review);
    let sparks = groups.iter().any(metrics::Group::drawn);
    let span = review.window.current;
    View {
        name: review.project.name.clone(),
        dates: headline::days(span.start, span.end),
        about: about(review),
        as_of: minute(review.as_of),
        titles: Titles::of(review),
        nothing: review.releases.is_empty(),
        contents: contents(
            review,
            events.len(),
            failed.count(),
            (rate.is_some(), trend.is_some()),
            since.as_ref().map(actions::SinceView::count),
        ),
        sentence: sentence(review),
        cards: cards::all(review),
        stages: review.map.stages.iter().map(|stage| map::stage(stage, &rows)).collect(),
        legend: map::legend(),
        first: actions::first(review, &rows),
        nothing_first: nothing_first(review),
        more: actions::more(review),
        since,
        failed,
        rate,
        trend,
        quiet: metrics::quiet(review),
        sparks,
        columns: if sparks { 5 } else { 4 },
        windows: metrics::windows(review),
        groups,
        releases: releases::table(review, &events),
        people: people::all(review),
        timing: timing::of(review),
        felt: felt::of(review),
        controls: controls::of(review),
        plans: actions::plans(review, &rows),
        records: actions::records(review, &rows),
        silenced: actions::silenced(review),
        tested: tested::of(review),
        data: data::of(review),
    }
}

/// What the review is about, a few words each: as the first line on a terminal.
fn about(review: &Review) -> Vec<String> {
    let mut parts = vec![count(review.headline.releases, "release")];
    parts.extend(headline::component(review));
    parts.push(headline::log(review));
    parts
}

/// Every section of a long report in its order, and how much stands in it.
fn contents(
    review: &Review,
    releases: usize,
    failed: usize,
    (rate, trend): (bool, bool),
    since: Option<usize>,
) -> Vec<Entry> {
    let declared = controls::of(review).is_some();
    let of = |id, title| Some(Entry { id, title, count: None });
    let counted = |id, title, count| Some(Entry { id, title, count: Some(count) });
    if review.releases.is_empty() {
        return of("data", "Data").into_iter().collect();
    }
    let entries = [
        of("map", "Map"),
        of("first", section::FIRST),
        since.and_then(|items| counted("since", "Since last time", items)),
        counted("failed", section::FAILED, failed),
        rate.then(|| of("rate", section::RATE)).flatten(),
        of("metrics", section::METRICS),
        trend.then(|| of("trend", section::TREND)).flatten(),
        counted("releases", section::RELEASES, releases),
        of("people", section::PEOPLE),
        of("timing", section::TIMING),
        review.felt.is_some().then(|| of("felt", section::FELT)).flatten(),
        declared.then(|| of("controls", section::CONTROLS)).flatten(),
        counted("plans", section::PLANS, review.findings.len()),
        of("tested", "Tested"),
        of("data", "Data"),
    ];
    entries.into_iter().flatten().collect()
}

fn sentence(review: &Review) -> Sentence {
    let nothing = review.releases.is_empty();
    let mut rates = if nothing { vec![headline::nothing(review)] } else { basis::rates(&review.headline) };
    if let (Some(last), Some(before)) = (rates.last_mut(), headline::before(review)) {
        last.push_str(&before);
    }
    let mut rates = rates.into_iter();
    let whole = rates.next().unwrap_or_default();
    // What weighs most stands out: the first sentence, and of it what comes before its numbers.
    let (said, more) = whole.split_once(". ").map_or((whole.as_str(), ""), |(said, more)| (said, more));
    let at = said.find([':', ',', ';', '(']).unwrap_or(said.len());
    let (first, rest) = said.split_at(at);
    let gap = if rest.starts_with('(') { " " } else { "" };
    let stop = if rest.ends_with('.') || more.is_empty() { "" } else { "." };
    let then = Some(more.to_owned()).filter(|more| !more.is_empty());
    Sentence {
        first: first.trim_end().to_owned(),
        rest: format!("{gap}{rest}{stop}"),
        then: then
            .into_iter()
            .chain(rates)
            .chain(basis::doubts(&review.headline))
            .chain(phrase::felt::headline(review))
            .collect(),
        times: if nothing { Vec::new() } else { headline::times(review) },
        guess: basis::guess(review),
    }
}
