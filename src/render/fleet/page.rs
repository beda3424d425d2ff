//! A fleet as one page: it stands alone, without a script or a request.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use crate::fleet::Fleet;
use crate::fleet::contract::{Point, Stratum};
use crate::gate::Verdict;
use crate::model::Untrusted;
use crate::render::phrase::{date, minute, percents};
use crate::render::{encode, prose};

use super::{people, plot, verdict, words};

/// Repositories of a stratum that a page lists; JSON has all.
const LISTED: usize = 300;

/// Everything that the page shows, in its order.
#[derive(Serialize)]
struct View {
    dates: String,
    about: Vec<String>,
    as_of: String,
    contents: Vec<(&'static str, &'static str, Option<usize>)>,
    nothing: Option<&'static str>,
    rates: Vec<(String, String)>,
    then: Vec<String>,
    funnels: Vec<plot::Funnel>,
    outside: Vec<Outside>,
    gate: Gate,
    teams: Option<Table>,
    multiples: Vec<plot::Multiples>,
    people: Option<People>,
    missing: Vec<String>,
    trust: Table,
    routing: Option<Listed>,
    by_itself: Option<String>,
    unread: Option<Listed>,
    repositories: Vec<Members>,
    no_ranks: &'static str,
    titles: Titles,
}

/// The names of the sections.
#[derive(Serialize)]
struct Titles {
    outside: &'static str,
    regressed: &'static str,
    teams: &'static str,
    quarters: &'static str,
    people: &'static str,
    missing: &'static str,
    trust: &'static str,
    routing: &'static str,
    unread: &'static str,
}

/// Something with a name, and what is said of it.
#[derive(Serialize)]
struct Named {
    name: Untrusted,
    says: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct Outside {
    about: String,
    found: Vec<Named>,
}

#[derive(Serialize)]
struct Gate {
    verdict: String,
    rest: String,
    tone: &'static str,
    found: Vec<Named>,
    untold: Vec<String>,
}

#[derive(Serialize)]
struct Listed {
    says: String,
    found: Vec<Named>,
}

/// On whom several repositories rest.
#[derive(Serialize)]
struct People {
    says: String,
    found: Vec<Named>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

#[derive(Serialize)]
struct Cell {
    text: String,
    class: &'static str,
}

/// The repositories of a stratum.
#[derive(Serialize)]
struct Members {
    title: String,
    rows: Vec<[String; 4]>,
    more: usize,
}

/// The page.
pub fn fleet(fleet: &Fleet) -> String {
    let environment = environment();
    // The template is part of the program and tried by its tests.
    let drawn = environment.template_from_str(include_str!("fleet.html.j2")).and_then(|template| {
        template.render(minijinja::context! { page => Value::from(Serde(&view(fleet))), style => style() })
    });
    drawn.unwrap_or_else(|error| error.to_string())
}

/// The style of every page: that of the review's.
fn style() -> Value {
    let page = include_str!("../report/review.html.j2");
    let style = page.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    Value::from_safe_string(style.map_or_else(String::new, |(style, _)| style.to_owned()))
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    // The delimiters are the usual ones: there is nothing that could be wrong with them.
    if let Ok(syntax) =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()
    {
        environment.set_syntax(syntax);
    }
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("html".into()));
    environment.set_formatter(|out, _, value| {
        let text = if value.is_safe() { value.to_string() } else { encode::html(&value.to_string()) };
        out.write_str(&text).map_err(minijinja::Error::from)
    });
    environment.add_filter("prose", |text: &str| Value::from_safe_string(in_html(text)));
    environment
}

/// A sentence of ours: what is typed, or stands in a file, is code.
fn in_html(text: &str) -> String {
    let piece = |piece| match piece {
        prose::Piece::Text(text) => encode::html(text),
        prose::Piece::Code(code) => format!("<code>{}</code>", encode::html(code)),
    };
    prose::pieces(text).into_iter().map(piece).collect()
}

fn view(fleet: &Fleet) -> View {
    let spread = fleet.strata.iter().filter_map(words::spread);
    let outside: Vec<Outside> = fleet.strata.iter().map(stands).collect();
    let found = outside.iter().map(|of| of.found.len()).sum();
    let teams = fleet.teams.iter().any(|team| team.team.is_some()).then(|| teams(fleet));
    let multiples: Vec<_> = fleet.strata.iter().filter_map(plot::multiples).collect();
    let mut contents = vec![("outside", words::OUTSIDE, Some(found))];
    contents.push(("regressed", words::REGRESSED, Some(fleet.gate.regressed.len())));
    contents.extend(teams.is_some().then_some(("teams", words::TEAMS, None)));
    contents.extend((!multiples.is_empty()).then_some(("quarters", "By quarter", None)));
    let people = people::about(fleet).map(|says| resting(fleet, says));
    contents.extend(people.is_some().then_some(("people", "One person", Some(fleet.people.several.len()))));
    contents.push(("missing", "Missing evidence", None));
    contents.extend((!fleet.stages.is_empty()).then_some(("trust", "Trust", None)));
    contents.extend(fleet.routing.is_some().then_some(("routing", words::ROUTING, None)));
    contents.extend((fleet.counts.unread > 0).then_some(("unread", words::UNREAD, Some(fleet.counts.unread as usize))));
    View {
        dates: format!("{} – {}", date(fleet.window.start), date(fleet.window.end)),
        about: words::about(fleet),
        as_of: minute(fleet.as_of),
        contents,
        nothing: words::nothing(fleet),
        rates: words::rates(fleet),
        then: spread.chain(words::git_misses(fleet)).collect(),
        funnels: fleet.strata.iter().filter_map(plot::funnel).enumerate().map(numbered).collect(),
        outside,
        gate: gate(fleet),
        teams,
        multiples,
        people,
        missing: words::missing(fleet),
        trust: trust(fleet),
        routing: words::routing(fleet).map(|says| Listed {
            says,
            found: words::astray(fleet)
                .into_iter()
                .map(|one| Named { name: one.id.clone(), says: one.why.raw().to_owned(), tone: "" })
                .collect(),
        }),
        by_itself: words::by_itself(fleet),
        unread: (fleet.counts.unread > 0).then(|| Listed {
            says: format!("{} of {} repositories.", fleet.counts.unread, fleet.counts.repositories),
            found: fleet
                .unread()
                .map(|report| Named { name: report.id.clone(), says: words::unread(report), tone: "" })
                .collect(),
        }),
        repositories: fleet.strata.iter().map(|stratum| members(fleet, stratum)).collect(),
        no_ranks: words::NO_RANKS,
        titles: Titles {
            outside: words::OUTSIDE,
            regressed: words::REGRESSED,
            teams: words::TEAMS,
            quarters: words::QUARTERS,
            people: people::PEOPLE,
            missing: words::MISSING,
            trust: words::TRUST,
            routing: words::ROUTING,
            unread: words::UNREAD,
        },
    }
}

/// Two strata of one basis have a picture each: their parts must not be called alike.
fn numbered((at, mut funnel): (usize, plot::Funnel)) -> plot::Funnel {
    funnel.key = format!("{}-{}", funnel.key, at + 1);
    funnel
}

fn stands(stratum: &Stratum) -> Outside {
    let named = |one: words::Stands| {
        let tone = if one.above { "bad" } else { "good" };
        Named { name: one.id, says: one.says, tone }
    };
    Outside { about: words::about_outside(stratum), found: words::outside(stratum).into_iter().map(named).collect() }
}

fn gate(fleet: &Fleet) -> Gate {
    let (verdict, rest) = verdict::gate(fleet);
    let found = fleet.gate.regressed.iter();
    Gate {
        verdict,
        rest,
        tone: match fleet.gate.verdict {
            Verdict::Pass => "good",
            Verdict::Regressed => "bad",
            Verdict::Inconclusive => "unsure",
        },
        found: found.map(|of| Named { name: of.id.clone(), says: verdict::regression(of), tone: "bad" }).collect(),
        untold: verdict::untold(fleet),
    }
}

fn teams(fleet: &Fleet) -> Table {
    let plain = |text: String| Cell { text, class: "" };
    let rows = fleet.teams.iter().map(|team| words::team_row(fleet, team).into_iter().map(plain).collect());
    Table { header: words::team_header(fleet), rows: rows.collect() }
}

fn resting(fleet: &Fleet, says: String) -> People {
    let named = |one: people::Resting<'_>| Named { name: one.person.clone(), says: one.says, tone: "" };
    let found = people::several(fleet).into_iter().map(named).collect();
    People { says, found, notes: people::notes(fleet) }
}

/// Counts, the darker the more repositories.
fn trust(fleet: &Fleet) -> Table {
    let (header, rows) = words::trust_table(fleet);
    let most = fleet.missing.of.max(1) as f64;
    let cell = |text: String| {
        let class = match text.parse::<f64>() {
            Err(_) => "",
            Ok(0.0) => "l0",
            Ok(n) if n / most <= 0.25 => "l1",
            Ok(n) if n / most <= 0.5 => "l2",
            Ok(n) if n / most <= 0.75 => "l3",
            Ok(_) => "l4",
        };
        Cell { text, class }
    };
    Table { header, rows: rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect() }
}

fn members(fleet: &Fleet, stratum: &Stratum) -> Members {
    let row = |point: &Point| {
        let believed =
            point.low.zip(point.high).map_or_else(|| "too few".to_owned(), |(low, high)| percents(low, high));
        let team = words::team(point.team.as_ref());
        [point.id.raw().to_owned(), team, words::point(stratum.basis, point), believed]
    };
    Members {
        title: format!("Every repository, by {}", words::column(fleet, stratum)),
        rows: stratum.repositories.iter().take(LISTED).map(row).collect(),
        more: stratum.repositories.len().saturating_sub(LISTED),
    }
}
