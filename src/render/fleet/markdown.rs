//! A fleet as a document, and its gate as a comment.

use crate::fleet::Fleet;
use crate::render::comment::Comment;
use crate::render::encode::{markdown as safe, markdown_code as code};
use crate::render::prose;

use super::{people, verdict, words};

/// Collects lines.
#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn paragraph(&mut self, text: &str) {
        self.line("");
        self.line(text);
    }

    fn heading(&mut self, text: &str) {
        self.paragraph(&format!("## {text}"));
        self.line("");
    }

    fn table(&mut self, header: &[String], rows: &[Vec<String>]) {
        let row =
            |cells: &[String]| format!("| {} |", cells.iter().map(|cell| safe(cell)).collect::<Vec<_>>().join(" | "));
        self.line(&row(header));
        self.line(&format!("|{}", "---|".repeat(header.len())));
        for cells in rows {
            self.line(&row(cells));
        }
    }

    /// The list of some things by name, each with what is said of it; no more than are shown.
    fn named<'n>(&mut self, all: impl ExactSizeIterator<Item = (&'n str, String)>) {
        let more = words::more(all.len());
        for (name, says) in all.take(words::LISTED) {
            self.line(&format!("- {}: {}", code(name), prose::markdown(&says)));
        }
        if let Some(more) = more {
            self.line(&format!("- {}", prose::markdown(&more)));
        }
    }
}

/// The whole of it.
pub fn fleet(fleet: &Fleet) -> String {
    let mut text = Text::default();
    text.line("# Fleet");
    text.paragraph(&safe(&words::about(fleet).join(" · ")));
    if let Some(nothing) = words::nothing(fleet) {
        text.paragraph(nothing);
    }
    for (first, rest) in words::rates(fleet) {
        text.paragraph(&format!("**{}**{}", safe(&first), prose::markdown(&rest)));
    }
    for line in fleet.strata.iter().filter_map(words::spread).chain(words::git_misses(fleet)) {
        text.paragraph(&prose::markdown(&line));
    }
    text.heading(words::OUTSIDE);
    for stratum in &fleet.strata {
        text.line(&prose::markdown(&words::about_outside(stratum)));
        text.line("");
        let found = words::outside(stratum);
        text.named(found.iter().map(|one| (one.id.raw(), one.says.clone())));
        text.line("");
    }
    text.heading(words::REGRESSED);
    let (verdict, rest) = verdict::gate(fleet);
    text.line(&format!("**{verdict}**: {}", prose::markdown(&rest)));
    text.line("");
    text.named(fleet.gate.regressed.iter().map(|of| (of.id.raw(), verdict::regression(of))));
    for line in verdict::untold(fleet) {
        text.line(&format!("- {}", prose::markdown(&line)));
    }
    if fleet.teams.iter().any(|team| team.team.is_some()) {
        text.heading(words::TEAMS);
        let rows: Vec<_> = fleet.teams.iter().map(|team| words::team_row(fleet, team)).collect();
        text.table(&words::team_header(fleet), &rows);
    }
    if let Some(about) = people::about(fleet) {
        text.heading(people::PEOPLE);
        text.line(&prose::markdown(&about));
        text.line("");
        for one in people::several(fleet) {
            text.line(&format!("- {}: {}", safe(one.person.raw()), prose::markdown(&one.says)));
        }
        for note in people::notes(fleet) {
            text.paragraph(&prose::markdown(&note));
        }
    }
    text.heading(words::MISSING);
    for line in words::missing(fleet) {
        text.line(&format!("- {}", prose::markdown(&line)));
    }
    if !fleet.stages.is_empty() {
        text.heading(&format!("{}, in repositories", words::TRUST));
        let (header, rows) = words::trust_table(fleet);
        text.table(&header, &rows);
    }
    if let Some(said) = words::routing(fleet) {
        text.heading(words::ROUTING);
        text.line(&prose::markdown(&said));
        text.line("");
        text.named(words::astray(fleet).iter().map(|one| (one.id.raw(), one.why.raw().to_owned())));
        if let Some(note) = words::by_itself(fleet) {
            text.paragraph(&note);
        }
    }
    if fleet.counts.unread > 0 {
        text.heading(&format!("{}: {} of {}", words::UNREAD, fleet.counts.unread, fleet.counts.repositories));
        let all: Vec<_> = fleet.unread().collect();
        text.named(all.iter().map(|report| (report.id.raw(), words::unread(report))));
    }
    if !fleet.strata.is_empty() {
        text.paragraph(words::NO_RANKS);
    }
    // Never two blank lines: a list or a table may have had nothing in it.
    let mut lines = text.0;
    while lines.contains("\n\n\n") {
        lines = lines.replace("\n\n\n", "\n\n");
    }
    lines
}

/// The gate's part, as a comment that a CI finds again.
pub fn gate(fleet: &Fleet) -> String {
    let (verdict, rest) = verdict::gate(fleet);
    let unread =
        fleet.unread().map(|report| format!("{}: {}", code(report.id.raw()), prose::markdown(&words::unread(report))));
    let untold = verdict::untold(fleet).into_iter().map(|line| prose::markdown(&line));
    let note = words::by_itself(fleet).filter(|_| !fleet.gate.unasked.is_empty() || !fleet.gate.doubted.is_empty());
    let row =
        |of: &crate::fleet::contract::Regression| vec![code(of.id.raw()), prose::markdown(&verdict::regression(of))];
    Comment {
        of: "fleet-gate",
        verdict: format!("{verdict}:"),
        says: vec![prose::markdown(&rest), format!("<br>{}", safe(&words::about(fleet).join(" · ")))],
        header: &["repository", "what regressed"],
        rows: fleet.gate.regressed.iter().map(row).collect(),
        title: if fleet.gate.unasked.is_empty() && fleet.gate.doubted.is_empty() {
            words::UNREAD
        } else {
            "Not told, and why"
        },
        folded: untold
            .chain(note)
            .chain(unread.take(words::LISTED))
            .chain(words::more(fleet.counts.unread as usize))
            .collect(),
    }
    .finish()
}
