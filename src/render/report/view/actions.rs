//! What to do: first, by plan, to see more; and what became of what was to be done the last time.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::Untrusted;
use crate::render::phrase::{became, capital, count, course, date, effect, explain, success};
use crate::review::contract::{Finding, Moved, Plan, Review};

use super::{Case, Few, Place, Rows};

/// Releases and incidents named of an action; the others are counted.
const NAMED: usize = 6;

#[derive(Serialize)]
pub(super) struct Action {
    what: Untrusted,
    statement: Untrusted,
    because: Vec<Untrusted>,
    avoids: Option<String>,
    owner: String,
    by: String,
    look_at: String,
    releases: Few<Place>,
    incidents: Few<Case>,
    explain: String,
}

#[derive(Serialize)]
pub(super) struct PlanView {
    title: &'static str,
    id: &'static str,
    actions: Vec<Action>,
}

#[derive(Serialize)]
pub(super) struct SinceView {
    day: String,
    groups: Vec<Moves>,
}

/// Actions of which the same became.
#[derive(Serialize)]
struct Moves {
    title: &'static str,
    tone: &'static str,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    action: Untrusted,
    became: &'static str,
    course: String,
}

#[derive(Serialize)]
pub(super) struct SilencedView {
    id: Untrusted,
    until: String,
    reason: Untrusted,
}

/// A metric's id as people say it. Encoded once, when it is printed: not here.
fn spoken(metric: &str) -> String {
    metric.replace('_', " ")
}

fn action(finding: &Finding, rows: &Rows<'_>) -> Action {
    let evidence = &finding.evidence;
    Action {
        what: finding.action.clone(),
        statement: finding.statement.clone(),
        because: finding.because.clone(),
        avoids: finding.effect.as_ref().map(effect),
        owner: capital(finding.owner.title()),
        by: date(finding.success.review_by),
        look_at: success(&finding.success, spoken),
        releases: Few::of(rows.places(&evidence.releases), NAMED),
        incidents: Few::of(rows.cases(&evidence.incidents), NAMED),
        explain: explain(finding.id.raw()),
    }
}

/// What stands before all others, in its order.
pub(super) fn first(review: &Review, rows: &Rows<'_>) -> Vec<Action> {
    let found = review.first.iter().filter_map(|id| review.findings.iter().find(|finding| finding.id == *id));
    found.map(|finding| action(finding, rows)).collect()
}

/// How much more there is in the plans.
pub(super) fn more(review: &Review) -> Option<String> {
    let more = review.findings.len().saturating_sub(review.first.len()) as u64;
    (more > 0).then(|| count(more, "more action"))
}

/// What became of the last review's actions: done, on the way, slipped; and what is new.
pub(super) fn since(review: &Review) -> Option<SinceView> {
    let since = review.since.as_ref()?;
    let item = |item: &crate::review::contract::SinceItem| Item {
        action: item.action.clone(),
        became: if item.still_found { became(item.moved) } else { "no longer found" },
        course: course(item, spoken),
    };
    let of = |title, tone, wanted: &dyn Fn(Moved, bool) -> bool| Moves {
        title,
        tone,
        items: since.items.iter().filter(|each| wanted(each.moved, each.still_found)).map(item).collect(),
    };
    let done = |moved, still: bool| moved == Moved::Reached || !still;
    let known: BTreeSet<&Untrusted> = since.items.iter().map(|item| &item.id).collect();
    let fresh = review.findings.iter().filter(|finding| !known.contains(&finding.id));
    let new = |finding: &Finding| Item {
        action: finding.action.clone(),
        became: "new",
        course: success(&finding.success, spoken),
    };
    let groups = [
        of("Done", "good", &done),
        of("On the way", "good", &|moved, still| !done(moved, still) && moved == Moved::Better),
        of("Slipped", "bad", &|moved, still| !done(moved, still) && matches!(moved, Moved::Unmoved | Moved::Worse)),
        of("Cannot be said", "dim", &|moved, still| !done(moved, still) && moved == Moved::Unknown),
        Moves { title: "New", tone: "unsure", items: fresh.map(new).collect() },
    ];
    let groups = groups.into_iter().filter(|group| !group.items.is_empty()).collect();
    Some(SinceView { day: date(since.as_of), groups })
}

impl SinceView {
    pub fn count(&self) -> usize {
        self.groups.iter().map(|group| group.items.len()).sum()
    }
}

/// The three plans, without what would only let one see more.
pub(super) fn plans(review: &Review, rows: &Rows<'_>) -> Vec<PlanView> {
    let of = |plan: Plan| {
        let found = review.findings.iter().filter(|finding| finding.plan == plan && !finding.records);
        PlanView { title: plan.title(), id: plan.id(), actions: found.map(|finding| action(finding, rows)).collect() }
    };
    Plan::ALL.into_iter().map(of).collect()
}

/// What would only let one see more: bookkeeping, apart from what to do.
pub(super) fn records(review: &Review, rows: &Rows<'_>) -> Vec<Action> {
    review.findings.iter().filter(|finding| finding.records).map(|finding| action(finding, rows)).collect()
}

pub(super) fn silenced(review: &Review) -> Vec<SilencedView> {
    let one = |finding: &crate::review::contract::Silenced| SilencedView {
        id: finding.id.clone(),
        until: date(finding.until),
        reason: finding.reason.clone(),
    };
    review.silenced.iter().map(one).collect()
}
