//! Markdown and HTML: the same structure whatever the text, templates of users, many outputs of one analysis.

use crate::support::Place;
use proptest::prelude::*;
use release_confidence::render::report::{self, Kind};
use release_confidence::review::contract::Review;
use serde_json::{Value, json};

fn example(name: &str) -> Value {
    Place::empty().relconf(&["demo", name, "--format", "json"]).json()
}

/// Puts a text wherever text came from outside.
fn say_everywhere(value: &mut Value, text: &str) {
    const OUTSIDE: [&str; 18] = [
        "tag",
        "statement",
        "rule",
        "action",
        "person",
        "message",
        "help",
        "name",
        "reason",
        "path",
        "metric",
        "by",
        "predecessor",
        "brief",
        "subject",
        "title",
        "cause_key",
        "detected_by",
    ];
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| match item {
            Value::String(_) => *item = text.into(),
            item => say_everywhere(item, text),
        }),
        Value::Object(fields) => {
            // A stage's rule is text; a scope's rule is a word of ours.
            let stage = fields.contains_key("trust");
            for (key, field) in fields {
                match field {
                    Value::String(_) if key == "rule" && !stage => {}
                    Value::String(_) if OUTSIDE.contains(&key.as_str()) => *field = text.into(),
                    // Signals and stages are words of ours in lists.
                    Value::Array(_) if key == "signals" || key == "nothing" => {}
                    field => say_everywhere(field, text),
                }
            }
        }
        _ => {}
    }
}

fn saying(review: &Value, text: &str) -> Review {
    let mut review = review.clone();
    say_everywhere(&mut review, text);
    for incident in review["incidents"].as_array_mut().into_iter().flatten() {
        incident["id"] = text.into();
        incident["url"] = format!("https://status.example/{text}").into();
    }
    for failure in
        review["releases"].as_array_mut().into_iter().flatten().filter_map(|release| release.get_mut("failures"))
    {
        for failure in failure.as_array_mut().into_iter().flatten().filter(|failure| failure["incident"].is_string()) {
            failure["incident"] = text.into();
        }
    }
    let page = |page: &str| format!("https://forge.example/acme/{page}/{{}}");
    review["project"]["links"] = json!({
        "commit": page("commit"), "tag": page("tag"), "compare": format!("{}...{{}}", page("compare")),
        "incident": page("incident"),
    });
    serde_json::from_value(review).expect("the contract still")
}

/// The tags of a page without what their attributes say, and where text stands between them.
fn skeleton(html: &str) -> Vec<String> {
    let mut tags = Vec::new();
    for part in html.split('<').skip(1) {
        let tag = part.split('>').next().unwrap_or_default();
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || "/!".contains(*c)).collect();
        tags.push(format!("{name} {}", tag.matches('=').count() - tag.matches("=&").count()));
    }
    tags
}

/// Where a page leads to.
fn leads(html: &str) -> Vec<&str> {
    html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect()
}

/// What of a link must not be there: anything but places in the page, and https to hosts that were named.
fn astray<'a>(html: &'a str, hosts: &[&str]) -> Option<&'a str> {
    let allowed = |link: &str| match link.strip_prefix('#') {
        Some(place) => html.contains(&format!(" id=\"{place}\"")),
        None => hosts.iter().any(|host| link.starts_with(host)) && link.chars().all(|c| c.is_ascii_graphic()),
    };
    leads(html).into_iter().find(|link| !allowed(link))
}

/// The links of a Markdown document taken out again: where each leads is made sure of.
fn without_links(markdown: &str, hosts: &[&str]) -> Result<String, String> {
    let mut parts = markdown.split("](<");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (address, rest) = part.split_once(">)").ok_or(part)?;
        let good = hosts.iter().any(|host| address.starts_with(host)) && address.chars().all(|c| c.is_ascii_graphic());
        if !good || address.contains(['<', '(', '"', '`', '\\']) {
            return Err(address.to_owned());
        }
        text.push_str(rest);
    }
    Ok(text)
}

/// The outline of a Markdown document: how each line begins, and the columns of each row.
fn outline(markdown: &str) -> Vec<String> {
    let begins = |line: &str| line.chars().take_while(|c| " #-|>*[<".contains(*c)).collect::<String>();
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    markdown
        .lines()
        .map(|line| format!("{}{}", begins(line), if line.starts_with('|') { columns(line) } else { 0 }))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_text_changes_the_structure_of_a_report(
        text in "(\\PC|[\u{0}-\u{1f}\u{7f}\u{200b}-\u{202e}]|<script>|</svg>|-->|\\]\\]>|::error::|##\\[set-env\\]|@octocat|#1|a\\|b|`+|\\*\\*|\\[l\\]\\(x\\)|https://x\\.y|www\\.x\\.y|\"|'|&amp;|\\{\\{ 1 \\}\\}|\\{% raw %\\}| ){1,20}"
    ) {
        thread_local!(static REVIEW: Value = example("quickstart"));
        // Leading and trailing space is no structure, and a text of nothing but spaces is none.
        let text = format!("x{text}x");
        let (hostile, plain) = REVIEW.with(|review| (saying(review, &text), saying(review, "x")));

        let hosts = ["https://forge.example/acme/", "https://status.example/"];
        let html = report::review(Kind::Html, &hostile);
        prop_assert_eq!(astray(&html, &hosts), None);
        let tags = skeleton(&html);
        prop_assert_eq!(&tags, &skeleton(&report::review(Kind::Html, &plain)));
        prop_assert!(!html.contains("<script") && !html.contains("javascript:"));

        let markdown = report::review(Kind::Markdown, &hostile);
        prop_assert_eq!(outline(&markdown), outline(&report::review(Kind::Markdown, &plain)));
        let code = |line: &str| line.contains('`');
        let linked = without_links(&markdown, &hosts);
        prop_assert!(linked.is_ok(), "{linked:?}");
        for line in linked.unwrap_or_default().lines() {
            let mention = line.match_indices('@').any(|(at, _)| line[at + 1..].starts_with(char::is_alphanumeric));
            prop_assert!(!mention || code(line), "{line}");
            prop_assert!(code(line) || !line.contains("://"), "{line}");
        }
        let brief = report::review(Kind::Brief, &hostile);
        prop_assert_eq!(outline(&brief), outline(&report::review(Kind::Brief, &plain)));
        prop_assert!(without_links(&brief, &hosts).is_ok() && brief.lines().count() <= 15, "{brief}");
        for page in [&html, &markdown, &brief] {
            let bad = |c: char| c != '\n' && (c.is_control() || ('\u{200b}'..='\u{200f}').contains(&c) || ('\u{202a}'..='\u{202e}').contains(&c));
            prop_assert!(!page.chars().any(bad));
            prop_assert!(!page.contains("##["));
            prop_assert!(!page.lines().any(|line| line.trim_start().starts_with("::")));
        }
    }
}

#[test]
fn a_page_asks_for_nothing_and_runs_nothing() {
    for name in ["quickstart", "monorepo", "hotfix-heavy", "uneasy-fridays"] {
        let review: Review = serde_json::from_value(example(name)).expect("the contract");
        let html = report::review(Kind::Html, &review);
        for forbidden in ["<script", "<link", "<img", "<iframe", "src=", "url(", "@import", "onload", "onclick"] {
            assert!(!html.contains(forbidden), "{name}: {forbidden}");
        }
        assert!(html.contains("default-src 'none'; style-src 'unsafe-inline'"));
        assert_eq!(astray(&html, &[]), None, "{name}");
        for id in html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().expect("an id")) {
            assert_eq!(html.matches(&format!(" id=\"{id}\"")).count(), 1, "{name}: {id} is twice");
        }
    }
}

#[test]
fn a_brief_is_a_comment_of_few_lines_between_marks() {
    for name in ["quickstart", "monorepo", "hotfix-heavy", "uneasy-fridays"] {
        let brief = Place::empty().relconf(&["demo", name, "--format", "markdown-brief"]).stdout;
        assert!(brief.starts_with("<!-- relconf:review -->\n**"), "{brief}");
        assert!(brief.ends_with("</details>\n") && brief.lines().count() <= 15, "{brief}");
    }
    // Without a release there is little to say, and that is said.
    let place = Place::repository("person ana = Ana <ana@example.com>\n2026-01-05T10:00:00Z ana commit one | src/a\n");
    let ran = place.relconf(&["review", "--format", "markdown-brief"]);
    assert!(
        ran.stdout.lines().count() <= 5 && ran.stdout.contains("**No release**: the repository has no tags"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
}

/// The sections of a report are the same, in the same order and by the same names, wherever one reads it.
#[test]
fn sections_have_one_name_and_one_order() {
    let whole = Place::empty().relconf(&["demo", "--full"]).stdout;
    let markdown = Place::empty().relconf(&["demo", "--format", "markdown"]).stdout;
    let html = Place::empty().relconf(&["demo", "--format", "html"]).stdout;
    let of_page: Vec<&str> = html.split("<h2 id=\"").skip(1).filter_map(|rest| rest.split(['>', '<']).nth(1)).collect();
    let of_markdown: Vec<&str> = markdown.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(of_page, of_markdown);
    assert!(of_page.len() >= 10, "{of_page:?}");
    // On a terminal the plans have no heading of their own: each plan has one.
    let places: Vec<_> = of_page
        .iter()
        .filter(|title| **title != "Plans")
        .map(|title| whole.lines().position(|line| line == *title).unwrap_or_else(|| panic!("no {title}:\n{whole}")))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    // Every place that the contents leads to is a section, and every section is in it.
    let contents = html.split("</nav>").next().unwrap_or_default();
    let ids: Vec<&str> = contents.split("<li><a href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let headed: Vec<&str> = html.split("<h2 id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids, headed);
}

/// What the page shows, looked up by hand in the example's log: 26 releases, of which six failed.
/// A page without the white space beside its tags, which a browser does not show either.
fn bare(html: &str) -> String {
    html.split_whitespace().collect::<Vec<_>>().join(" ").replace("> ", ">").replace(" <", "<")
}

#[test]
fn the_page_says_what_the_log_says() {
    let html = Place::empty().relconf(&["demo", "--format", "html"]).stdout;
    for said in [
        "<title>the quickstart example: release confidence, 1 Jan – 30 Jun 2026</title>",
        "<li>Releases that failed<b>6 of 26</b><p>23%, plausible 11 to 42%</p><p>before: 12% (3 of 25)</p>",
        "<b>✖ 6 of 26 failed</b>should be at most 15%",
        // The impact of INC-5 is far beyond the others: its bar is cut, and says so.
        "noticed after 32 min, over after 26 h",
        "<path class=\"cut\"",
        // Five of the last twenty judged releases: 1.30.0 of January is the 21st before the end.
        "Now 25% (5 of 20)",
        "<td data-c=\"noticed by\">customer</td>",
        "without Ana Costa, 7 of 26 would have had someone",
    ] {
        assert!(bare(&html).contains(&bare(said)), "{said} is not in the page");
    }
    // Every tile with a number leads to what is behind it, with the releases that failed.
    let behind =
        html.split("id=\"change-evidence\"").nth(1).and_then(|rest| rest.split("</div>").next()).expect("there");
    for tag in ["v1.47.0", "v1.45.0", "v1.41.0", "v1.37.0", "v1.33.0", "v1.30.0"] {
        assert!(behind.contains(&format!("\">{tag}</a>")), "{tag} is not in {behind}");
    }
    assert_eq!(behind.matches("<a href=\"#release-").count(), 6, "{behind}");
}

/// Failures are rows, and our own words for files and commands are code.
#[test]
fn markdown_is_a_document_for_a_retro() {
    let markdown = Place::empty().relconf(&["demo", "--format", "markdown"]).stdout;
    let row = "| `v1.47.0` | 2026-06-08 | `INC-10` Search answers in nine seconds; cause: slow-query | noticed after 12 min, over \
               after 55 min | alert | Bo Lind |";
    assert!(markdown.contains(row), "{markdown}");
    assert!(markdown.contains("`relconf explain recurring-cause:missing-index`"), "{markdown}");
    assert!(!markdown.contains("mermaid") && !markdown.contains("\\["), "{markdown}");
    let blind = Place::empty().relconf(&["demo", "hotfix-heavy", "--format", "markdown"]).stdout;
    assert!(blind.contains("`[[incident]]`") && !blind.contains("\\["), "{blind}");
}

#[test]
fn one_analysis_gives_many_outputs() {
    let place = Place::empty();
    let ran = place.relconf(&[
        "demo",
        "--format",
        "terminal",
        "--format",
        "markdown=retro.md",
        "--format",
        "html=review.html",
        "--format",
        "json=review.json",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let read = |name: &str| std::fs::read_to_string(place.path().join(name)).expect("written");
    assert!(ran.stdout.contains("release confidence"));
    assert!(read("retro.md").starts_with("# Release confidence review of `the quickstart example`\n"));
    assert!(read("review.html").starts_with("<!DOCTYPE html>\n"));
    assert!(serde_json::from_str::<Review>(&read("review.json")).is_ok());
}

#[test]
fn a_template_of_ones_own() {
    let place = Place::empty();
    place.relconf(&["demo", "--into", "shop"]);
    let run = |template: &str, format: &str| {
        place.file("own.j2", template);
        place.relconf(&[
            "review",
            "--repo",
            "shop",
            "--as-of",
            "2026-06-30T12:00:00Z",
            "--format",
            format,
            "--template",
            "own.j2",
        ])
    };
    // Ours, printed and given back, is what is used without one.
    for (format, kind) in [("markdown", Kind::Markdown), ("markdown-brief", Kind::Brief), ("html", Kind::Html)] {
        let printed = place.relconf(&["generate", "template", format]).stdout;
        assert_eq!(printed, kind.template());
        let own = run(&printed, format).stdout;
        let built_in =
            place.relconf(&["review", "--repo", "shop", "--as-of", "2026-06-30T12:00:00Z", "--format", format]).stdout;
        assert_eq!(own, built_in);
    }
    assert_eq!(run("{{ review.releases|length }} | {{ metrics[0].now }}\n", "markdown").stdout, "54 | 23% (6 of 26)\n");
    assert_eq!(run("{{ '<b>' }} {{ '@octocat' }}", "html").stdout, "&lt;b&gt; @octocat");
    assert_eq!(run("{{ '<b>' }} {{ '@octocat' }}", "markdown").stdout, "&lt;b&gt; @&#8203;octocat");
    for (wrong, parts) in [
        ("one\n{{ review.nothing }}", &["undefined", "own.j2:2"][..]),
        ("{% for x in %}", &["own.j2:1", "syntax error"]),
        ("{{ '<b>'|safe }}", &["safe", "own.j2:1"]),
        ("{% include 'x' %}", &["own.j2:1"]),
        ("{{ nothing() }}", &["own.j2:1", "nothing"]),
    ] {
        run(wrong, "html").fails_saying(parts);
    }
    run("x", "terminal").fails_saying(&["--template is for one report", "--format markdown"]);
    place
        .relconf(&["review", "--repo", "shop", "--format", "html", "--template", "none.j2"])
        .fails_saying(&["none.j2", "generate template"]);
}
