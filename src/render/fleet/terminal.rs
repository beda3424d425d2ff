//! A fleet on a terminal.

use crate::fleet::Fleet;
use crate::gate::Verdict;
use crate::render::TerminalOptions;
use crate::render::encode::terminal as safe;
use crate::render::page::{Page, Tone};

use super::{people, verdict, words};

/// The whole of it.
pub fn fleet(fleet: &Fleet, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    page.toned(Tone::Strong, &format!("Fleet · {}", words::about(fleet).join(" · ")));
    page.blank();
    if let Some(nothing) = words::nothing(fleet) {
        page.item(nothing);
    }
    for (first, rest) in words::rates(fleet) {
        page.point("", &safe(&format!("{first}{rest}")));
    }
    for line in fleet.strata.iter().filter_map(words::spread).chain(words::git_misses(fleet)) {
        page.item(&line);
    }
    outside(&mut page, fleet);
    regressed(&mut page, fleet);
    teams(&mut page, fleet);
    resting(&mut page, fleet);
    evidence(&mut page, fleet);
    routing(&mut page, fleet);
    unread(&mut page, fleet);
    page.blank();
    let no_ranks = if fleet.strata.is_empty() { String::new() } else { format!("{} ", words::NO_RANKS) };
    page.toned(Tone::Dim, &format!("{no_ranks}Page: --format html=fleet.html"));
    page.finish()
}

/// The gate's part.
pub fn gate(fleet: &Fleet, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    let gate = &fleet.gate;
    let (verdict, rest) = verdict::gate(fleet);
    let tone = match fleet.gate.verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Regressed => Tone::Bad,
        Verdict::Inconclusive => Tone::Unsure,
    };
    page.toned(tone, &format!("{verdict}: {rest}"));
    page.item(&words::about(fleet).join(" · "));
    for regression in fleet.gate.regressed.iter().take(words::LISTED) {
        page.bullet(&format!("{}: {}", safe(regression.id.raw()), safe(&verdict::regression(regression))));
        let explain = words::typed(fleet, &format!("explain {}", regression.test.metric));
        page.under(&format!("In it: {}, then {explain}", words::typed(fleet, "gate")));
    }
    more(&mut page, fleet.gate.regressed.len());
    untold(&mut page, fleet);
    let typed = !(gate.regressed.is_empty() && gate.unasked.is_empty() && gate.doubted.is_empty());
    if let Some(note) = words::by_itself(fleet).filter(|_| typed) {
        page.item(&note);
    }
    unread(&mut page, fleet);
    page.finish()
}

/// The rest of a list that was cut.
fn more(page: &mut Page, all: usize) {
    if let Some(more) = words::more(all) {
        page.item(&more);
    }
}

fn outside(page: &mut Page, fleet: &Fleet) {
    if fleet.strata.is_empty() {
        return;
    }
    page.heading(words::OUTSIDE);
    for stratum in &fleet.strata {
        page.item(&words::about_outside(stratum));
        let found = words::outside(stratum);
        for one in found.iter().take(words::LISTED) {
            page.bullet(&format!("{}: {}", safe(one.id.raw()), one.says));
        }
        more(page, found.len());
    }
}

fn regressed(page: &mut Page, fleet: &Fleet) {
    page.heading(words::REGRESSED);
    let (verdict, rest) = verdict::gate(fleet);
    page.item(&format!("{verdict}: {rest}"));
    for regression in fleet.gate.regressed.iter().take(words::LISTED) {
        page.bullet(&format!("{}: {}", safe(regression.id.raw()), safe(&verdict::regression(regression))));
    }
    more(page, fleet.gate.regressed.len());
    untold(page, fleet);
}

/// Whose own gate could not be asked, or trusts nothing.
fn untold(page: &mut Page, fleet: &Fleet) {
    for line in verdict::untold(fleet) {
        page.bullet(&safe(&line));
    }
}

fn teams(page: &mut Page, fleet: &Fleet) {
    if fleet.teams.iter().all(|team| team.team.is_none()) {
        return;
    }
    page.heading(words::TEAMS);
    let header = words::team_header(fleet);
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> =
        fleet.teams.iter().map(|team| words::team_row(fleet, team).iter().map(|cell| safe(cell)).collect()).collect();
    page.table(&header, rows);
}

fn resting(page: &mut Page, fleet: &Fleet) {
    let Some(about) = people::about(fleet) else { return };
    page.heading(people::PEOPLE);
    page.item(&about);
    for one in people::several(fleet) {
        page.bullet(&format!("{}: {}", safe(one.person.raw()), safe(&one.says)));
    }
    for note in people::notes(fleet) {
        page.item(&safe(&note));
    }
}

fn evidence(page: &mut Page, fleet: &Fleet) {
    page.heading(words::MISSING);
    for line in words::missing(fleet) {
        page.bullet(&safe(&line));
    }
    if fleet.stages.is_empty() {
        return;
    }
    page.heading(&format!("{}, in repositories", words::TRUST));
    let (header, rows) = words::trust_table(fleet);
    page.table(&header.iter().map(String::as_str).collect::<Vec<_>>(), rows);
}

fn routing(page: &mut Page, fleet: &Fleet) {
    let Some(said) = words::routing(fleet) else { return };
    page.heading(words::ROUTING);
    page.item(&said);
    let astray = words::astray(fleet);
    for one in astray.iter().take(words::LISTED) {
        page.bullet(&format!("{}: {}", safe(one.id.raw()), safe(one.why.raw())));
    }
    more(page, astray.len());
    if let Some(note) = words::by_itself(fleet) {
        page.item(&note);
    }
}

fn unread(page: &mut Page, fleet: &Fleet) {
    if fleet.counts.unread == 0 {
        return;
    }
    page.heading(&format!("{}: {} of {}", words::UNREAD, fleet.counts.unread, fleet.counts.repositories));
    for report in fleet.unread().take(words::LISTED) {
        page.bullet(&format!("{}: {}", safe(report.id.raw()), safe(&words::unread(report))));
    }
    more(page, fleet.counts.unread as usize);
}
