//! The gate's verdict: for a terminal, a pull request, a CI's annotations, a test report, a script.

use crate::gate::{Against, Baseline, Counted, GateReport, MetricGate, RestsOn, SettingTold, Short, Side, Verdict};
use crate::review::contract::{Basis, LogReport, Unit};

use super::comment::Comment;
use super::json;
use super::link::{Named, Places};
use super::page::{Page, Tone};
use super::phrase::{capital, count, date, decimal, duration, listed, probability, rate};
use super::{Format, TerminalOptions, basis, encode, link, prose};

/// Every format of the gate; the first is the default.
pub const GATE_FORMATS: &[Format<GateReport>] = &[
    Format::text("terminal", terminal),
    Format::json(|report, to| json::write(report, to)),
    Format::text("markdown", |report, _| markdown(report)),
    Format::text("markdown-brief", |report, _| brief(report)),
    Format::text("github", |report, _| github(report)),
    Format::text("junit", |report, _| junit(report)),
];

/// Names listed behind a regression; the others are counted.
const LISTED: usize = 5;

/// What it means that nothing can be concluded.
const INCONCLUSIVE: &str = "[gate] on_inconclusive = \"fail\" turns this into exit code 3.";

/// A verdict in a word.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Regressed => "regressed",
        Verdict::Inconclusive => "inconclusive",
    }
}

/// The verdict on one metric in a word: what is held by default alone, and cannot be judged, holds up nothing.
fn word_of(metric: &MetricGate) -> &'static str {
    match metric.verdict {
        Verdict::Inconclusive if !metric.decides => "not judged",
        verdict => word(verdict),
    }
}

/// What is held by default alone and could not be judged yet, with what it has and what it needs.
fn not_judged(report: &GateReport) -> Option<String> {
    let waits = report.metrics.values().filter(|metric| metric.verdict == Verdict::Inconclusive && !metric.decides);
    let named = waits.map(|metric| match metric.short {
        Some(Short { now: true, have, need }) => format!("{} ({have} of {need})", metric.title),
        Some(Short { now: false, have, need }) => format!("{} ({have} of {need} before)", metric.title),
        None => format!("{} ({})", metric.title, metric.reason),
    });
    let named: Vec<_> = named.collect();
    (!named.is_empty()).then(|| format!("Not judged yet: {}", named.join(", ")))
}

/// Why nothing can be concluded: what decides and could not be judged. Conditions are said one by one.
fn undecided(report: &GateReport) -> Option<String> {
    if report.verdict != Verdict::Inconclusive {
        return None;
    }
    let waits = report.metrics.values().filter(|metric| metric.verdict == Verdict::Inconclusive && metric.decides);
    let named: Vec<_> = waits.map(|metric| format!("{} ({})", metric.title, metric.reason)).collect();
    Some(match (named.is_empty(), report.conditions.is_empty()) {
        (false, _) => format!("Could not tell: {}", named.join(", ")),
        (true, false) => "Could not tell, because of the data".to_owned(),
        (true, true) => "Could not tell: there was nothing that could be judged".to_owned(),
    })
}

/// What the verdict rests on, a sentence each: the log and what it counts, or that failures are guessed; every setting that
/// is not the default; and what is switched off. Not encoded.
fn head(report: &GateReport) -> Vec<String> {
    let mut lines = rests_on(&report.rests_on, &report.log);
    lines.extend(report.policy_from.iter().flat_map(basis::policy));
    if !report.settings.is_empty() {
        let told =
            |setting: &SettingTold| format!("{} = {} ({})", setting.key, setting.value.raw(), setting.origin.raw());
        lines.push(format!("Not the default: {}.", report.settings.iter().map(told).collect::<Vec<_>>().join("; ")));
    }
    if !report.off.is_empty() {
        lines.push(format!("Switched off: {}.", report.off.join(", ")));
    }
    lines
}

fn rests_on(rests_on: &RestsOn, log: &LogReport) -> Vec<String> {
    let RestsOn { inferred, basis, counted, not_counted, logged, log_says, .. } = rests_on;
    let mut lines = Vec::new();
    if log.coverage.is_empty() && !inferred {
        lines.push("No incident log: a release failed where the release log says so.".to_owned());
    } else {
        lines.push(basis::log(log, *basis));
    }
    let others: u64 = not_counted.values().sum();
    if counted + others > 0 {
        let why: Vec<_> = not_counted.iter().map(|(why, n)| format!("{why} {n}")).collect();
        let counts = if *counted == 1 { "counts" } else { "count" };
        let not = match others {
            0 => String::new(),
            1 => format!(", 1 does not: {}", why.join(", ")),
            _ => format!(", {others} do not: {}", why.join(", ")),
        };
        lines.push(format!("The log has {}: {counted} {counts}{not}.", count(counted + others, "incident")));
    }
    if *logged > 0 {
        let says: Vec<_> = log_says.iter().map(|(what, n)| format!("{what} {n}")).collect();
        let says = if says.is_empty() { "nothing that decides".to_owned() } else { says.join(", ") };
        lines.push(format!("The release log speaks of {}: {says}.", count(*logged, "release")));
    }
    match basis {
        Some(Basis::Inferred) if !log.coverage.is_empty() => {
            lines.push("Failures of this window are guessed from git: the log was not kept then.".to_owned());
        }
        Some(Basis::Mixed) => {
            lines.push(
                "The log was kept for only a part of this window: of the rest, failures are guessed from git."
                    .to_owned(),
            );
        }
        _ => {}
    }
    lines
}

fn value(side: &Side, unit: Unit) -> String {
    match (side.value, side.numerator) {
        (Some(_), Some(k)) => rate(k, side.sample),
        (Some(number), None) if unit == Unit::Seconds => format!("{} (n={})", duration(number), side.sample),
        (Some(number), None) => format!("{number:.2} (n={})", side.sample),
        (None, _) => "no data".to_owned(),
    }
}

fn before(metric: &MetricGate) -> String {
    metric.before.as_ref().map_or_else(|| "nothing".to_owned(), |side| value(side, metric.unit))
}

fn limits(metric: &MetricGate) -> String {
    let number = |bound: f64| match metric.unit {
        // As somebody typed it: no share is rounded away, and none is called "over 99%".
        Unit::Ratio => format!("{}%", (bound * 1e6).round() / 1e4),
        Unit::Seconds => duration(bound),
        _ => decimal(bound),
    };
    let limit = &metric.limit;
    let increase = limit.max_increase.map(|by| match metric.unit {
        Unit::Ratio => format!("+{:.0} points", by * 100.0),
        Unit::Seconds => format!("{by} times as long"),
        _ => format!("+{by}"),
    });
    let bounds = [
        limit.max.map(|max| format!("at most {}", number(max))),
        limit.min.map(|min| format!("at least {}", number(min))),
        increase,
    ];
    bounds.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// How sure, and at what count it would fire.
fn footing(metric: &MetricGate) -> String {
    let mut text = metric.reason.clone();
    if let (Some(p), Verdict::Regressed) = (metric.p, metric.verdict) {
        text.push_str(&format!(" (p {})", probability(p)));
    }
    if let (Some(at), Verdict::Inconclusive | Verdict::Pass) = (fires(metric), metric.verdict) {
        text.push_str(&format!("; it fires at {at}"));
    }
    text
}

fn against(report: &GateReport) -> String {
    match &report.against {
        Against::PreviousWindow { span: Some(span) } => {
            format!("the window before, {} to {}", date(span.start), date(span.end))
        }
        Against::PreviousWindow { span: None } => "nothing: there is no window before".to_owned(),
        Against::Baseline { as_of, span, .. } => {
            format!("the baseline of {}, {} to {}", date(*as_of), date(span.start), date(span.end))
        }
    }
}

/// The regressed metrics first, then the inconclusive ones, then the others.
fn ordered(report: &GateReport) -> Vec<(&String, &MetricGate)> {
    let rank = |verdict| match verdict {
        Verdict::Regressed => 0,
        Verdict::Inconclusive => 1,
        Verdict::Pass => 2,
    };
    let mut metrics: Vec<_> = report.metrics.iter().collect();
    metrics.sort_by_key(|(_, metric)| rank(metric.verdict));
    metrics
}

fn terminal(report: &GateReport, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    super::block::unread(&mut page, &report.log);
    let tone = match report.verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Regressed => Tone::Bad,
        Verdict::Inconclusive => Tone::Unsure,
    };
    page.toned(tone, &format!("Gate: {}", word(report.verdict)));
    page.text(&format!("{} to {} against {}.", date(report.current.start), date(report.current.end), against(report)));
    for line in head(report) {
        page.text(&encode::terminal(&line));
    }
    if let Some(why) = undecided(report) {
        page.text(&format!("{}. {INCONCLUSIVE}", encode::terminal(&why)));
    }
    for (id, metric) in ordered(report).into_iter().filter(|(_, metric)| metric.verdict == Verdict::Regressed) {
        page.blank();
        page.toned(
            Tone::Bad,
            &format!(
                "{} has regressed: {} now, {} before.",
                metric.title,
                value(&metric.now, metric.unit),
                before(metric)
            ),
        );
        page.item(&format!("{}.", capital(&footing(metric))));
        if let Some(person) = &metric.evidence.person {
            page.item(&format!("Most by {}.", encode::terminal(person.raw())));
        }
        if !metric.evidence.releases.is_empty() {
            page.item(&format!("Releases: {}", listed(&metric.evidence.releases, LISTED, encode::terminal)));
        }
        if !metric.evidence.incidents.is_empty() {
            page.item(&format!("Incidents: {}", listed(&metric.evidence.incidents, LISTED, encode::terminal)));
        }
        page.item(&format!("Look closer: relconf explain {id}"));
    }
    page.blank();
    let rows = ordered(report).into_iter().map(|(_, metric)| {
        vec![
            metric.title.clone(),
            word_of(metric).to_owned(),
            value(&metric.now, metric.unit),
            before(metric),
            limits(metric),
            fires(metric).unwrap_or_default(),
        ]
    });
    page.table(&["metric", "verdict", "now", "before", "limit", "fires at"], rows.collect());
    page.blank();
    for (reason, titles) in reasons(report) {
        page.bullet(&format!("{titles}: {}.", encode::terminal(&reason)));
    }
    remarks(report, |text| page.bullet(&encode::terminal(text)));
    page.finish_with(|| places(report))
}

/// Where what is behind the verdict can be looked at.
fn places(report: &GateReport) -> Places {
    let evidence = || report.metrics.values().map(|metric| &metric.evidence);
    let names = Named {
        tags: evidence().flat_map(|evidence| &evidence.releases).collect(),
        incidents: evidence().flat_map(|evidence| &evidence.incidents).collect(),
        commit: None,
    };
    Places::named(&report.links, &names)
}

/// Why the metrics that pass do, those with the same reason together. What is well within its limit needs no words.
fn reasons(report: &GateReport) -> Vec<(String, String)> {
    let mut reasons: Vec<(String, String)> = Vec::new();
    for (_, metric) in ordered(report) {
        // What decides and could not be judged stands at the head, what does not in a line of its own.
        let silent = metric.verdict != Verdict::Pass || metric.within;
        match reasons.iter_mut().find(|(reason, _)| *reason == metric.reason) {
            _ if silent => {}
            Some((_, titles)) => titles.push_str(&format!(", {}", metric.title)),
            None => reasons.push((metric.reason.clone(), metric.title.clone())),
        }
    }
    reasons
}

/// The count at which it would fire.
fn fires(metric: &MetricGate) -> Option<String> {
    let at = metric.fires_at?;
    Some(metric.fires_of.map_or_else(|| at.to_string(), |of| format!("{at} of {of}")))
}

/// What about the data decides, and what a reader must know.
fn remarks(report: &GateReport, mut say: impl FnMut(&str)) {
    if let Some(waiting) = not_judged(report) {
        say(&format!("{waiting}. The gate waits only for what you ask it to judge."));
    }
    for condition in &report.conditions {
        say(&format!("inconclusive: {condition}"));
    }
    for note in &report.notes {
        say(&format!("note: {note}"));
    }
}

/// The verdict for a pull request or a step's summary.
pub fn markdown(report: &GateReport) -> String {
    let mut text = basis::unread_markdown(&report.log);
    text.push_str(&format!("## Release gate: {}\n\n", word(report.verdict)));
    text.push_str(&format!(
        "{} to {} against {}.\n\n",
        date(report.current.start),
        date(report.current.end),
        against(report)
    ));
    for line in head(report) {
        text.push_str(&format!("{}\n\n", encode::markdown(&line)));
    }
    if let Some(why) = undecided(report) {
        text.push_str(&format!("{}.\n\n", encode::markdown(&why)));
    }
    text.push_str("| metric | verdict | now | before | limit | why |\n|---|---|---|---|---|---|\n");
    for (_, metric) in ordered(report) {
        let cells = [
            metric.title.clone(),
            word_of(metric).to_owned(),
            value(&metric.now, metric.unit),
            before(metric),
            limits(metric),
            footing(metric),
        ];
        text.push_str(&format!("| {} |\n", cells.map(|cell| encode::markdown(&cell)).join(" | ")));
    }
    for (id, metric) in ordered(report).into_iter().filter(|(_, metric)| metric.verdict == Verdict::Regressed) {
        text.push_str(&format!("\n**{}** rests on", encode::markdown(&metric.title)));
        let releases = listed(&metric.evidence.releases, LISTED, encode::markdown_code);
        let incidents = listed(&metric.evidence.incidents, LISTED, encode::markdown_code);
        let person = metric.evidence.person.as_ref().map_or_else(String::new, |who| encode::markdown(who.raw()));
        let both: Vec<_> = [("", person), ("releases", releases), ("incidents", incidents)]
            .into_iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(what, list)| format!(" {what} {list}").replace("  ", " "))
            .collect();
        text.push_str(&format!("{}. Look closer: `relconf explain {id}`\n", both.join(";")));
    }
    let mut lines = String::new();
    remarks(report, |remark| lines.push_str(&format!("- {}\n", encode::markdown(remark))));
    if !lines.is_empty() {
        text.push_str(&format!("\n{lines}"));
    }
    text
}

/// The verdict as a comment.
fn brief(report: &GateReport) -> String {
    let (weighs, others): (Vec<_>, Vec<_>) =
        ordered(report).into_iter().partition(|(_, metric)| match metric.verdict {
            Verdict::Regressed => true,
            Verdict::Inconclusive => metric.decides,
            Verdict::Pass => false,
        });
    let span = format!("{} to {} against {}.", date(report.current.start), date(report.current.end), against(report));
    let mut says: Vec<String> = basis::unread(&report.log).iter().map(|line| encode::markdown(line)).collect();
    says.push(span);
    if weighs.is_empty() {
        let held = others.iter().filter(|(_, metric)| metric.verdict == Verdict::Pass).count() as u64;
        says.push(match held {
            0 => "No metric could be judged.".to_owned(),
            _ => format!("{} held.", capital(&count(held, "metric"))),
        });
    }
    says.extend(report.conditions.iter().map(|condition| format!("{}.", capital(&encode::markdown(condition)))));
    let row = |(id, metric): &(&String, &MetricGate)| {
        vec![
            encode::markdown(&metric.title),
            word_of(metric).to_owned(),
            value(&metric.now, metric.unit),
            before(metric),
            limits(metric),
            behind(report, id, metric),
        ]
    };
    let mut folded: Vec<String> = head(report).iter().map(|line| prose::markdown(line)).collect();
    folded.extend(others.iter().map(|(_, metric)| {
        let said = format!(
            "{}: {}; {} now, {} before. {}.",
            metric.title,
            word_of(metric),
            value(&metric.now, metric.unit),
            before(metric),
            capital(&footing(metric))
        );
        prose::markdown(&said)
    }));
    folded.extend(not_judged(report).map(|waiting| format!("{}.", encode::markdown(&waiting))));
    folded.extend(report.notes.iter().map(|note| format!("Note: {}.", encode::markdown(note))));
    Comment {
        of: "gate",
        verdict: format!("Release gate: {}.", word(report.verdict)),
        says,
        header: &["metric", "verdict", "now", "before", "limit", "behind it"],
        rows: weighs.iter().map(row).collect(),
        title: "What it rests on, and the other metrics",
        folded,
    }
    .finish()
}

/// What is behind a metric's verdict, for a cell: why, the releases and incidents, and what to type next.
fn behind(report: &GateReport, id: &str, metric: &MetricGate) -> String {
    let evidence = &metric.evidence;
    let mut parts = vec![encode::markdown(&footing(metric))];
    parts.extend(evidence.person.as_ref().map(|who| format!("most by {}", encode::markdown(who.raw()))));
    let releases = listed(&evidence.releases, LISTED, |tag| link::markdown_tag(&report.links, tag));
    let incidents = listed(&evidence.incidents, LISTED, |id| link::markdown_case(&report.links, id));
    parts.extend([releases, incidents].into_iter().filter(|list| !list.is_empty()));
    parts.push(format!("`relconf explain {id}`"));
    parts.join("; ")
}

/// Annotations: one line a command, for GitHub Actions.
fn github(report: &GateReport) -> String {
    let mut text = String::new();
    let mut say = |level: &str, title: &str, message: &str| text.push_str(&encode::annotation(level, title, message));
    for (id, metric) in ordered(report) {
        let message = format!(
            "{} now, {} before. {}. relconf explain {id}",
            value(&metric.now, metric.unit),
            before(metric),
            capital(&footing(metric))
        );
        match metric.verdict {
            Verdict::Regressed => say("error", &format!("{} has regressed", metric.title), &message),
            Verdict::Inconclusive if metric.decides => {
                say("notice", &format!("{} is inconclusive", metric.title), &message);
            }
            Verdict::Inconclusive | Verdict::Pass => {}
        }
    }
    remarks(report, |remark| say("warning", "Release gate", remark));
    for line in head(report) {
        say("notice", "Release gate rests on", &line);
    }
    say("notice", "Release gate", &format!("{}: {}", word(report.verdict), against(report)));
    text
}

fn junit(report: &GateReport) -> String {
    let count = |wanted| report.metrics.values().filter(|metric| metric.verdict == wanted).count();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  \
         <testsuite name=\"relconf gate\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
        report.metrics.len() + report.conditions.len(),
        count(Verdict::Regressed),
        count(Verdict::Inconclusive) + report.conditions.len()
    );
    text.push_str("    <properties>\n");
    for line in head(report) {
        text.push_str(&format!("      <property name=\"rests on\" value=\"{}\"/>\n", encode::xml(&line)));
    }
    text.push_str("    </properties>\n");
    for (id, metric) in &report.metrics {
        let message =
            format!("{} now, {} before. {}", value(&metric.now, metric.unit), before(metric), footing(metric));
        let message = encode::xml(&message);
        let inner = match metric.verdict {
            Verdict::Pass => String::new(),
            Verdict::Regressed => format!("<failure message=\"{message}\"/>"),
            Verdict::Inconclusive => format!("<skipped message=\"{message}\"/>"),
        };
        text.push_str(&format!(
            "    <testcase classname=\"relconf\" name=\"{}\">{inner}</testcase>\n",
            encode::xml(id)
        ));
    }
    for condition in &report.conditions {
        let message = encode::xml(condition);
        text.push_str(&format!(
            "    <testcase classname=\"relconf\" name=\"data\"><skipped message=\"{message}\"/></testcase>\n"
        ));
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

/// What a baseline holds, for people.
pub fn baseline(baseline: &Baseline, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    let Baseline { as_of, window, version, .. } = baseline;
    page.heading("Baseline");
    page.text(&format!(
        "Taken at {} by relconf {}; {} to {}, {}.",
        date(*as_of),
        encode::terminal(version),
        date(window.start),
        date(window.end),
        count(baseline.tags.len() as u64, "tag")
    ));
    page.text(&encode::terminal(&basis::of_baseline(baseline)));
    page.blank();
    let rows = baseline.metrics.iter().map(|(id, counted)| {
        let shown = match counted {
            Counted::Ratio { k, n, .. } => rate(*k, *n),
            Counted::Durations { ended, open } if open.is_empty() => times(ended),
            Counted::Durations { ended, open } => format!("{}, {} still open", times(ended), open.len()),
            Counted::Index { value, n } => format!("{value:.2} (n={n})"),
        };
        vec![encode::terminal(id), shown]
    });
    page.table(&["metric", "value"], rows.collect());
    page.blank();
    page.text("Settings it was taken under:");
    for (key, value) in &baseline.settings {
        page.item(&encode::terminal(&format!("{key} = {value}")));
    }
    page.finish()
}

/// Durations in one line: the shortest, how many, the longest. No view computes a median.
fn times(sorted: &[f64]) -> String {
    match (sorted.first(), sorted.last()) {
        (Some(&shortest), Some(&longest)) => {
            format!("{} to {} (n={})", duration(shortest), duration(longest), sorted.len())
        }
        _ => "none".to_owned(),
    }
}
