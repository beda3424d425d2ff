//! One thing by itself: what it is, the data behind it, the arithmetic, and what to do about it.

mod control;
mod felt;
mod incident;
mod metric;
mod part;
mod release;
mod words;

pub use control::declared;
pub use felt::{felt, felt_by};
pub use incident::{cause, incident};
pub use metric::metric;
pub use part::{PersonText, check, part, person, time_window, trait_of};
pub use release::{CommitLine, Patch, ReleaseExtra, commit, release, tag};
pub use words::{SettingText, amount, cell, column, notice, setting, sign, word};

use crate::model::Untrusted;
use crate::review::contract::{Finding, MetricInfo, Review, Unit};

use super::block::unread;
use super::page::{Page, Tone};
use super::phrase::{Shown, date, effect, explain, outcome, success, value};
use super::{TerminalOptions, encode};

/// What can be explained: a kind of thing, and how one of them is asked for.
#[derive(Clone, Copy, Debug)]
pub struct KindText {
    /// What it is, as in "no metric of that name".
    pub what: &'static str,
    /// One that there is everywhere, as it is typed; else, in capitals, what stands for one.
    pub example: &'static str,
    /// The command that shows which there are; empty where the example is all that is needed.
    pub listed: &'static str,
}

/// Whatever can be explained: the kinds, then all metrics and findings, a line each.
pub fn index(kinds: &[KindText], metrics: &[&MetricInfo], rules: &[RuleText], options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    page.table(
        &["what", "relconf explain …", "which there are"],
        kinds.iter().map(|kind| [kind.what, kind.example, kind.listed].map(str::to_owned).into()).collect(),
    );
    page.blank();
    page.table(
        &["metric", ""],
        metrics.iter().map(|metric| vec![metric.id.name().to_owned(), metric.title.to_owned()]).collect(),
    );
    page.blank();
    page.table(
        &["finding", "when"],
        rules.iter().map(|rule| vec![rule.code.to_owned(), rule.about.to_owned()]).collect(),
    );
    page.finish()
}

/// A page about something of a review: what was found as a log and says nothing stands first.
fn begin(review: &Review, options: &TerminalOptions) -> Page {
    let mut page = Page::new(options);
    unread(&mut page, &review.data.log);
    page
}

/// What to write in the settings, as it can be pasted there: the section and its key on lines of their own, whole.
fn paste(page: &mut Page, why: &str, section: &str, setting: &str) {
    page.item(&format!("{why} In relconf.toml:"));
    page.raw(&format!("      [{section}]"));
    page.raw(&format!("      {setting}"));
}

/// A text as TOML has it. What JSON escapes, TOML does in the same way.
fn quoted(text: &Untrusted) -> String {
    encode::terminal(&serde_json::Value::from(text.raw()).to_string())
}

/// What the findings that are about it ask for.
fn advice(page: &mut Page, review: &Review, about: impl Fn(&Finding) -> bool) {
    let found: Vec<_> = review.findings.iter().filter(|finding| about(finding)).collect();
    if !found.is_empty() {
        page.heading("What to do about it");
    }
    for finding in found {
        page.bullet(&encode::terminal(finding.action.raw()));
        page.under(&format!("{} {}", encode::terminal(finding.statement.raw()), explain(finding.id.raw())));
    }
}

/// What a rule of findings is.
#[derive(Clone, Debug)]
pub struct RuleText {
    /// Its code.
    pub code: &'static str,
    /// When it fires.
    pub about: &'static str,
    /// The playbook's word for it.
    pub reference: &'static str,
    /// The thresholds that it uses: name, value, unit, and what each decides.
    pub thresholds: Vec<(&'static str, f64, Unit, &'static str)>,
}

/// A rule, and what it found, with the arithmetic and everything behind it; with `id`, that finding alone.
pub fn finding(review: &Review, rule: &RuleText, id: Option<&str>, options: &TerminalOptions) -> String {
    let mut page = begin(review, options);
    page.toned(Tone::Strong, rule.code);
    page.text(rule.about);
    page.text(&format!("Source: EP-32 Improve release confidence, {}.", rule.reference));
    for (name, number, unit, about) in &rule.thresholds {
        page.item(&format!(
            "[findings.thresholds] {name} = {}: {about}",
            value(*number, Shown::of(*unit, Some(*number)))
        ));
    }
    let asked = |finding: &&Finding| match id {
        None => finding.code == rule.code,
        Some(id) => finding.id.raw() == id || finding.members.iter().any(|member| member.raw() == id),
    };
    let found: Vec<_> = review.findings.iter().filter(asked).collect();
    if found.is_empty() {
        page.heading("Not found");
        page.item("The data do not ask for it, or there is too little of it to say.");
    }
    for finding in found {
        match id {
            Some(id) if finding.id.raw() != id => {
                page.heading("Found, and told as one with what has the same failures");
            }
            _ => page.heading("Found"),
        }
        page.bullet(&encode::terminal(finding.statement.raw()));
        for line in &finding.because {
            page.under(&encode::terminal(line.raw()));
        }
        if let Some(avoids) = &finding.effect {
            page.under(&format!("avoids {}", effect(avoids)));
        }
        page.bullet(&format!("{} ({})", encode::terminal(finding.action.raw()), finding.owner.title()));
        page.under(&success(&finding.success, encode::terminal));
        for tag in &finding.evidence.releases {
            if let Some(release) = review.releases.iter().find(|release| release.tag == *tag) {
                page.item(&format!(
                    "{}  {}  {}",
                    date(release.released_at),
                    encode::terminal(tag.raw()),
                    outcome(release.outcome)
                ));
            }
        }
        for id in &finding.evidence.incidents {
            if let Some(incident) = review.incidents.iter().find(|incident| incident.id == *id) {
                let when = incident.surfaced_at.map_or_else(String::new, |at| format!("{}  ", date(at)));
                page.item(&format!("{when}{}  {}", encode::terminal(id.raw()), encode::terminal(incident.title.raw())));
            }
        }
    }
    for silenced in review.silenced.iter().filter(|silenced| silenced.id.raw().split(':').next() == Some(rule.code)) {
        page.bullet(&format!("Silenced until {}: {}", date(silenced.until), encode::terminal(silenced.reason.raw())));
    }
    page.finish_about(review)
}
