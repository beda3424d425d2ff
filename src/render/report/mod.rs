//! Markdown and HTML: templates over the contract, which users may replace.
//!
//! Every value that a template prints is encoded for its format; nothing switches that off.

mod view;

use std::collections::{BTreeMap, HashMap, HashSet};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, ErrorKind, Output, State, UndefinedBehavior, context};

use crate::model::Moment;
use crate::review::contract::{
    Basis, Effect, FailureReport, Finding, IncidentReport, MetricReport, Quality, Review, Success,
};

use super::phrase::{self, ById, Shown, reading, span};
use super::prose::{self, Piece};
use super::{basis, encode, link};

/// How much of a commit's id is shown.
const SHORT: usize = 7;

/// A kind of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A retro document.
    Markdown,
    /// A comment of at most 15 lines, between marks.
    Brief,
    /// One self-contained page.
    Html,
}

impl Kind {
    /// The kind of that name.
    pub fn find(name: &str) -> Option<Self> {
        match name {
            "markdown" => Some(Self::Markdown),
            "markdown-brief" => Some(Self::Brief),
            "html" => Some(Self::Html),
            _ => None,
        }
    }

    /// The template that is used where no other is given.
    pub fn template(self) -> &'static str {
        match self {
            Self::Markdown => include_str!("review.md.j2"),
            Self::Brief => include_str!("review.markdown-brief.j2"),
            Self::Html => include_str!("review.html.j2"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Brief => "markdown-brief",
            Self::Html => "html",
        }
    }

    fn encode(self, text: &str) -> String {
        match self {
            Self::Markdown | Self::Brief => encode::markdown(text),
            Self::Html => encode::html(text),
        }
    }

    fn code(self, text: &str) -> String {
        match self {
            Self::Markdown | Self::Brief => encode::markdown_code(text),
            Self::Html => format!("<code>{}</code>", encode::html(text)),
        }
    }

    /// A sentence of ours: what is typed, or stands in a file, is code.
    fn prose(self, text: &str) -> String {
        let piece = |piece| match piece {
            Piece::Text(text) => self.encode(text),
            Piece::Code(code) => self.code(code),
        };
        prose::pieces(text).into_iter().map(piece).collect()
    }

    /// What is already encoded, leading there where there is such a place.
    fn linked(self, address: Option<link::Address>, encoded: String) -> Value {
        Value::from_safe_string(match (address, self) {
            (None, _) => encoded,
            (Some(address), Self::Markdown | Self::Brief) => link::markdown(&address, &encoded),
            (Some(address), Self::Html) => link::html(&address, &encoded),
        })
    }
}

/// What a template may use: instructions, of which a review of ten thousand releases takes two million.
const FUEL: u64 = 50_000_000;

/// Longest report, bytes.
const LONGEST: usize = 64 << 20;

/// Why a template cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// What is wrong.
    pub what: String,
    /// Where, from 1, as far as it is known.
    pub line: Option<usize>,
}

/// Draws a review with the built-in template.
pub fn review(kind: Kind, review: &Review) -> String {
    // The templates are part of the program and tried by its tests.
    with_template(kind, kind.template(), review).unwrap_or_else(|error| error.what)
}

/// Draws the trend of a review as Markdown.
pub fn trend(review: &Review) -> String {
    with_template(Kind::Markdown, include_str!("trend.only.md.j2"), review).unwrap_or_else(|error| error.what)
}

/// Draws what the repository declares as Markdown.
pub fn controls(review: &Review) -> String {
    with_template(Kind::Markdown, include_str!("controls.only.md.j2"), review).unwrap_or_else(|error| error.what)
}

/// Draws a review with any template.
///
/// # Errors
/// A template that cannot be parsed, or asks for what is not there.
pub fn with_template(kind: Kind, template: &str, review: &Review) -> Result<String, TemplateError> {
    let environment = environment(kind, review);
    let template = environment.template_from_str(template).map_err(|error| told(&error))?;
    let metrics: Vec<Value> = review.metrics.0.iter().map(row).collect();
    let page = view::of(review);
    let words = context! {
        unread => basis::unread(&review.data.log),
        guess => basis::guess(review),
        rates => basis::rates(&review.headline),
        doubts => basis::doubts(&review.headline),
        people => basis::people(review),
        matched => basis::matched(&review.data.tags),
        hotfix_rule => basis::hotfix_rule(review),
        log => basis::log(&review.data.log, review.headline.basis),
    };
    let shown = context! { review => Value::from(Serde(review)), metrics, words, page => Value::from(Serde(&page)) };
    let mut bounded = Bounded(Vec::new());
    template.render_captured_to(shown, &mut bounded).map_err(|error| told(&error))?;
    let mut text = String::from_utf8_lossy(&bounded.0).into_owned();
    while text.ends_with("\n\n") {
        text.pop();
    }
    Ok(text)
}

/// What a template writes, up to [`LONGEST`].
struct Bounded(Vec<u8>);

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(std::io::Error::other("it writes more than 64 MiB"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn told(error: &minijinja::Error) -> TemplateError {
    let detail = error.detail().map_or_else(String::new, |detail| format!(": {detail}"));
    let cause = std::error::Error::source(error).map_or_else(String::new, |cause| format!(": {cause}"));
    TemplateError { what: format!("{}{detail}{cause}", error.kind()), line: error.line() }
}

/// A metric in words.
fn row(metric: &MetricReport) -> Value {
    let (interval, shown) = (metric.now.interval.as_ref(), Shown::metric(metric));
    let change = metric.change.as_ref();
    context! {
        id => metric.id.as_str(),
        title => metric.title.as_str(),
        definition => metric.definition.as_str(),
        known => metric.now.value.is_some() || metric.now.basis == Some(Basis::Mixed),
        judged => metric.better.is_some(),
        now => reading(&metric.now, shown),
        why => metric.now.undefined_because.as_deref(),
        interval => interval.map_or_else(String::new, |interval| span(interval.low, interval.high, shown)),
        before => metric.previous.as_ref().map_or_else(String::new, |before| reading(before, shown)),
        change => phrase::moved(metric),
        not_compared => metric.not_compared.as_deref(),
        verdict => change.map(|change| Value::from(Serde(change.verdict))),
    }
}

/// What leads to where a tag, a commit, an incident or a comparison can be looked at; without such a place, its name alone.
fn add_links(environment: &mut Environment<'_>, kind: Kind, review: &Review) {
    let links = review.project.links.clone();
    environment.add_function("tag", move |tag: &str| kind.linked(link::tag(&links, tag), kind.code(tag)));
    let links = review.project.links.clone();
    environment.add_function("commit", move |id: &str| {
        let short = id.get(..SHORT).unwrap_or(id);
        kind.linked(link::commit(&links, id), kind.code(short))
    });
    let links = review.project.links.clone();
    environment.add_function("compare", move |from: &str, to: &str, text: &str| {
        kind.linked(link::compare(&links, from, to), kind.encode(text))
    });
    let place = |incident: &IncidentReport| {
        Some((incident.id.raw().to_owned(), link::incident(&review.project.links, incident)?))
    };
    let places: BTreeMap<String, link::Address> = review.incidents.iter().filter_map(place).collect();
    environment.add_function("incident", move |id: &str| kind.linked(places.get(id).cloned(), kind.code(id)));
}

fn environment(kind: Kind, review: &Review) -> Environment<'static> {
    let mut environment = Environment::new();
    // The delimiters are the usual ones: there is nothing that could be wrong with them.
    if let Ok(syntax) =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()
    {
        environment.set_syntax(syntax);
    }
    // A part of the retro document, and a document of its own; it is tried by our tests.
    let _ = environment.add_template("trend", include_str!("trend.md.j2"));
    let _ = environment.add_template("controls", include_str!("controls.md.j2"));
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(move |_| AutoEscape::Custom(kind.name().into()));
    environment.set_formatter(move |out, state, value| write(kind, out, state, value));
    // What would switch the encoding off, or encode for another format.
    for filter in ["safe", "escape", "e"] {
        environment.remove_filter(filter);
    }
    environment.add_filter("date", |at: Serde<Moment>| phrase::date(at.0));
    environment.add_filter("minute", |at: Serde<Moment>| phrase::minute(at.0));
    environment.add_filter("duration", phrase::duration);
    environment.add_filter("percent", phrase::percent);
    environment.add_filter("decimal", phrase::decimal);
    environment.add_filter("probability", phrase::probability);
    environment.add_filter("count", |n: u64, one: &str| phrase::count(n, one));
    environment.add_filter("capital", |text: &str| phrase::capital(text));
    environment.add_filter("prose", move |text: &str| Value::from_safe_string(kind.prose(text)));
    environment.add_filter("words", |text: &str| text.replace('_', " "));
    environment.add_filter("short", |text: &str, columns: usize| encode::fit(text, columns));
    add_reason(&mut environment, review);
    environment
        .add_filter("check", |check: Serde<crate::review::contract::CheckReport>| phrase::check_in_words(&check.0));
    environment.add_filter("effect", |effect: Serde<Effect>| phrase::effect(&effect.0));
    // Encoded once, when it is printed: not here.
    environment.add_filter("success", |success: Serde<Success>| phrase::success(&success.0, str::to_owned));
    environment.add_filter("code", move |text: &str| Value::from_safe_string(kind.code(text)));
    add_links(&mut environment, kind, review);
    environment.add_filter("forecasts", |of: Serde<Quality>| phrase::forecasts(&of.0));
    environment.add_function("rate", phrase::rate);
    environment.add_function("actions", |review: Serde<Vec<Finding>>, plan: &str| {
        let of = |finding: &&Finding| finding.plan.id() == plan;
        Value::from(Serde(review.0.iter().filter(of).collect::<Vec<_>>()))
    });
    environment
}

/// Why a release counts as failed, in words. A template hands all incidents over, as in `failure | reason(incidents)`: they
/// are the review's, and are not read anew for each failure.
fn add_reason(environment: &mut Environment<'static>, review: &Review) {
    let failures = review.releases.iter().flat_map(|release| release.failures.iter().chain(&release.suspected));
    let behind: HashSet<&str> = failures.filter_map(|failure| Some(failure.incident.as_ref()?.raw())).collect();
    let behind = review.incidents.iter().filter(|incident| behind.contains(incident.id.raw()));
    let incidents: HashMap<String, IncidentReport> =
        behind.map(|incident| (incident.id.raw().to_owned(), incident.clone())).collect();
    environment.add_filter("reason", move |failure: Serde<FailureReport>, _all: Value| {
        let incident = failure.0.incident.as_ref().and_then(|id| incidents.get(id.raw()));
        phrase::reason(&failure.0, &ById::of(incident))
    });
}

/// Prints a value, encoded. What is absent is said to be.
fn write(kind: Kind, out: &mut Output<'_>, _: &State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    let text = if value.is_undefined() {
        return Err(minijinja::Error::from(ErrorKind::UndefinedError));
    } else if value.is_none() {
        "no data".to_owned()
    } else if value.is_safe() {
        value.to_string()
    } else {
        kind.encode(&value.to_string())
    };
    out.write_str(&text).map_err(minijinja::Error::from)
}
