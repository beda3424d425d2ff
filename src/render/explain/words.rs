//! What the words of a review mean: cells and columns of the map, standings, signs of failure, warnings, settings.

use crate::model::{NoticeCode, NoticeWeight, Signal};
use crate::render::page::{Page, Tone};
use crate::render::phrase::{self, ById, count, in_ten, standing, trust_means};
use crate::render::{TerminalOptions, block, encode};
use crate::review::contract::{FailureReport, Outcome, Review, Standing, Trust, Unit, WindowName};

use super::begin;
use super::metric::against_the_log;

/// Releases named of a sign; the others are counted.
const NAMED: usize = 10;

/// A cell of the map, as `change.person`. `None` where there is none of that name.
pub fn cell(review: &Review, stage: &str, source: &str, options: &TerminalOptions) -> Option<String> {
    let stage = review.map.stages.iter().find(|one| one.id.title().eq_ignore_ascii_case(stage))?;
    let (source, cell) = block::map::cells(stage).into_iter().find(|(name, _)| name.eq_ignore_ascii_case(source))?;
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &format!("{}, {source}: {}", stage.id.title(), standing(cell.standing)));
    block::map::cell_readings(&mut page, source, cell);
    if cell.readings.is_empty() {
        page.item("Nothing is on record for it.");
        block::map::records(&mut page, stage);
    }
    page.item(&format!("The stage: relconf explain {}", stage.id.title().to_lowercase()));
    Some(page.finish_about(review))
}

/// A column of the map: one source of confidence in every stage. `None` where there is none of that name.
pub fn column(review: &Review, source: &str, options: &TerminalOptions) -> Option<String> {
    let means = match source.to_lowercase().as_str() {
        "evidence" => "something was measured",
        "ritual" => "something is always done",
        "timing" => "it is the right moment",
        "person" => "somebody is there",
        _ => return None,
    };
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &format!("Confidence from {}: {means}", source.to_lowercase()));
    for stage in &review.map.stages {
        for (name, cell) in block::map::cells(stage) {
            if name.eq_ignore_ascii_case(source) && cell.standing != Standing::Unmeasured {
                page.heading(&format!("{}: {}", stage.id.title(), standing(cell.standing)));
                block::map::cell_readings(&mut page, name, cell);
            }
        }
    }
    Some(page.finish_about(review))
}

/// A word of the map: how much a stage can be trusted, or how a cell stands. `None` where it is none.
pub fn word(review: &Review, word: &str, options: &TerminalOptions) -> Option<String> {
    let mut page = begin(review, options);
    let stages = &review.map.stages;
    if let Some(trust) = Trust::ALL.into_iter().find(|trust| phrase::trust(*trust).eq_ignore_ascii_case(word)) {
        page.toned(Tone::Strong, &format!("{}: {}", phrase::trust(trust), trust_means(trust)));
        let here: Vec<_> = stages.iter().filter(|stage| stage.trust == trust).map(|stage| stage.id.title()).collect();
        page.item(&format!("Here: {}", if here.is_empty() { "no stage".to_owned() } else { here.join(", ") }));
        return Some(page.finish_about(review));
    }
    let found = Standing::ALL.into_iter().find(|one| one.name().eq_ignore_ascii_case(word))?;
    page.toned(Tone::Strong, &format!("{} {}: {}", phrase::mark(found), found.name(), standing(found)));
    for stage in stages {
        for (source, cell) in block::map::cells(stage) {
            if cell.standing == found {
                page.bullet(&format!("{}.{source}", stage.id.title().to_lowercase()));
            }
        }
    }
    Some(page.finish_about(review))
}

/// A sign of failure: what it is, how often it is right, and which releases it shows. `None` where it is none.
pub fn sign(review: &Review, name: &str, options: &TerminalOptions) -> Option<String> {
    let signal = Signal::ALL.into_iter().find(|signal| signal.name() == name)?;
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &format!("{}: a failure shown by {}", signal.name(), phrase::sign(signal)));
    if signal.inferred() {
        let signs = review.data.calibration.iter().flat_map(|calibration| &calibration.signs);
        let seen = review.headline.seen.iter().flat_map(|seen| &seen.by).find(|by| by.signal == signal);
        match (signs.into_iter().find(|sign| sign.signal == signal), seen) {
            (Some(sign), _) => page.bullet(&against_the_log(sign)),
            (None, Some(by)) => {
                page.bullet(&format!("right in {} such cases elsewhere ([failure.p])", in_ten(by.p)));
            }
            (None, None) => {
                page.bullet("inferred from git: it shows some failures, not all, and is wrong now and then");
            }
        }
    }
    if signal == Signal::Hotfix {
        page.text(phrase::HOTFIX_RULE);
    }
    let counts = if review.data.signals.contains(&signal) { "counted here" } else { "not counted here" };
    page.bullet(&format!("{counts} ([failure] signals)"));
    let shows = |failures: &[FailureReport]| failures.iter().any(|failure| failure.signal == signal);
    let current: Vec<_> =
        review.releases.iter().rev().filter(|release| release.window == Some(WindowName::Current)).collect();
    let judged = current.iter().filter(|r| matches!(r.outcome, Outcome::Failed | Outcome::Succeeded)).count() as u64;
    let failed: Vec<_> = current.into_iter().filter(|release| shows(&release.failures)).collect();
    page.heading("In this window");
    page.item(&format!("{} of {} shown by it.", failed.len(), count(judged, "judged release")));
    let incidents = ById::of(&review.incidents);
    for release in failed.iter().take(NAMED) {
        for failure in release.failures.iter().filter(|failure| failure.signal == signal) {
            let why = phrase::reason(failure, &incidents);
            page.bullet(&format!("{}: {why}", encode::terminal(release.tag.raw())));
        }
    }
    if failed.len() > NAMED {
        page.item(&format!("… and {} more: relconf list releases --failed", failed.len() - NAMED));
    }
    Some(page.finish_about(review))
}

/// A warning by its code: what it is, what it means to the gate, and where it was given here.
pub fn notice(review: &Review, code: NoticeCode, options: &TerminalOptions) -> String {
    let mut page = begin(review, options);
    page.toned(Tone::Strong, code.name());
    page.text(code.about());
    page.item(match code.weight() {
        NoticeWeight::EndsTheGate => "The gate ends with 2: what is missing cannot be judged.",
        NoticeWeight::LogMistake => "The gate ends with 2, and relconf validate reports it.",
        NoticeWeight::Inconclusive => "The gate concludes nothing, and relconf validate reports it.",
        NoticeWeight::Told => "The gate tells it, and a verdict stands.",
        NoticeWeight::Harmless => "It changes no verdict.",
    });
    let given: Vec<_> = review.data.warnings.iter().filter(|warning| warning.code == code.name()).collect();
    page.heading(&given_here(given.len()));
    for warning in given {
        page.bullet(&encode::terminal(warning.message.raw()));
        if !warning.help.raw().is_empty() {
            page.under(&encode::terminal(warning.help.raw()));
        }
    }
    page.finish_about(review)
}

fn given_here(times: usize) -> String {
    match times {
        0 => "Not given here".to_owned(),
        1 => "Given here once".to_owned(),
        n => format!("Given here {}", count(n as u64, "time")),
    }
}

/// A setting by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingText {
    /// Section and key, such as `gate.change_failure_rate`.
    pub key: String,
    /// The value as TOML; `None` where nobody set one.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: String,
    /// What it does, and what it is by default.
    pub docs: String,
}

/// A setting: its value, where that comes from, and what it does.
pub fn setting(text: &SettingText, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    page.toned(Tone::Strong, &text.key);
    page.text(&text.docs);
    let value = text.value.as_deref().map_or_else(|| "not set".to_owned(), encode::terminal);
    page.bullet(&format!("now: {value} ({})", encode::terminal(&text.origin)));
    page.item("All settings: relconf config --verbose");
    page.finish()
}

/// A number in its unit.
pub fn amount(number: f64, unit: Unit) -> String {
    phrase::value(number, phrase::Shown::of(unit, Some(number)))
}
