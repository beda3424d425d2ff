//! The plans: pages that a team can adopt in a retro.

use crate::review::contract::{Finding, Plan, Review};

use super::page::{Page, Tone};
use super::phrase::{became, count, course, date, effect, explain, listed, section, success};
use super::{Format, TerminalOptions, block, encode, json};

/// A review, and the plan that is asked for; `None` for all three.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The review.
    pub review: Review,
    /// The plan.
    pub plan: Option<Plan>,
}

/// Every format of a plan; the first is the default.
pub const PLAN_FORMATS: &[Format<Planned>] = &[
    Format::text("terminal", terminal),
    Format::text("markdown", |planned, _| markdown(planned)),
    Format::json(|planned, to| json::write(&planned.findings(), to)),
];

/// Releases and incidents named behind an action; the others are counted.
const NAMED: usize = 6;

impl Planned {
    fn plans(&self) -> Vec<Plan> {
        self.plan.map_or_else(|| Plan::ALL.into(), |plan| vec![plan])
    }

    fn findings(&self) -> Vec<&Finding> {
        let plans = self.plans();
        self.review.findings.iter().filter(|finding| plans.contains(&finding.plan)).collect()
    }
}

fn terminal(planned: &Planned, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    block::unread(&mut page, &planned.review.data.log);
    for plan in planned.plans() {
        let actions: Vec<_> = planned.review.findings.iter().filter(|finding| finding.plan == plan).collect();
        page.blank();
        page.toned(Tone::Strong, &format!("{}, {}", plan.title(), date(planned.review.as_of)));
        if actions.is_empty() {
            page.item("Nothing that the data ask for.");
        }
        for (number, finding) in actions.iter().enumerate() {
            page.blank();
            page.text(&format!("{}. {}", number + 1, encode::terminal(finding.action.raw())));
            action(&mut page, finding);
        }
    }
    silenced(&mut page, &planned.review);
    block::since(&mut page, &planned.review);
    page.finish_about(&planned.review)
}

fn action(page: &mut Page, finding: &Finding) {
    let mut say = |label: &str, text: &str| page.item(&format!(" {label:<9} {text}"));
    say("why", &encode::terminal(finding.statement.raw()));
    if let Some(avoids) = &finding.effect {
        say("avoids", &effect(avoids));
    }
    say("who", finding.owner.title());
    say("look at", &success(&finding.success, encode::terminal));
    for (what, list) in [("releases", &finding.evidence.releases), ("incidents", &finding.evidence.incidents)] {
        if !list.is_empty() {
            say(what, &listed(list, NAMED, encode::terminal));
        }
    }
    say("more", &explain(finding.id.raw()));
}

fn silenced(page: &mut Page, review: &Review) {
    if review.silenced.is_empty() {
        return;
    }
    page.heading("Silenced");
    for finding in &review.silenced {
        page.bullet(&format!(
            "{} until {}: {}",
            encode::terminal(finding.id.raw()),
            date(finding.until),
            encode::terminal(finding.reason.raw())
        ));
    }
}

fn markdown(planned: &Planned) -> String {
    let mut text = super::basis::unread_markdown(&planned.review.data.log);
    for plan in planned.plans() {
        let actions: Vec<_> = planned.review.findings.iter().filter(|finding| finding.plan == plan).collect();
        text.push_str(&format!("## {}\n\n", plan.title()));
        text.push_str(&format!(
            "{}, from {} to {}.\n\n",
            count(actions.len() as u64, "action"),
            date(planned.review.window.current.start),
            date(planned.review.window.current.end)
        ));
        for finding in actions {
            text.push_str(&item(finding));
        }
    }
    if let Some(since) = &planned.review.since {
        text.push_str(&format!("## {} {}\n\n", section::SINCE, date(since.as_of)));
        for item in &since.items {
            let action = encode::markdown(item.action.raw());
            text.push_str(&format!("- **{}**: {action}\n  {}\n", became(item.moved), course(item, encode::markdown)));
        }
    }
    text
}

/// An action as an item of a check list.
fn item(finding: &Finding) -> String {
    let mut text = format!("- [ ] **{}**\n", encode::markdown(finding.action.raw()));
    let mut say = |label: &str, what: &str| text.push_str(&format!("  - {label}: {what}\n"));
    say("Why", &encode::markdown(finding.statement.raw()));
    for line in &finding.because {
        say("Because", &encode::markdown(line.raw()));
    }
    if let Some(avoids) = &finding.effect {
        say("Avoids", &encode::markdown(&effect(avoids)));
    }
    say("Owner", finding.owner.title());
    say("Look at", &success(&finding.success, encode::markdown));
    for (what, list) in [("Releases", &finding.evidence.releases), ("Incidents", &finding.evidence.incidents)] {
        if !list.is_empty() {
            say(what, &listed(list, NAMED, encode::markdown_code));
        }
    }
    text.push('\n');
    text
}
