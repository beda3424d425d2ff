//! The documents: what a registry knows stands in them as the program says it, every command in them works, and every
//! link leads somewhere. To renew the parts of registries after a change that is meant: `RELCONF_UPDATE=1 cargo test
//! --test it docs`, and read the difference.
#![allow(clippy::disallowed_methods, reason = "what is tested here are lines for a shell")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Place;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README and the pages of docs/, in order.
fn documents() -> Vec<PathBuf> {
    let folder = fs::read_dir(root().join("docs")).expect("docs").map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<_> = folder.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.sort();
    pages.insert(0, root().join("README.md"));
    pages
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).expect("of the project").to_string_lossy().into_owned()
}

/// The blocks of code in a language.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let fence = format!("\n```{language}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default()).collect()
}

/// The commands in code spans of the text outside of blocks.
fn spans(text: &str) -> Vec<String> {
    let prose: String = text.split("\n```").step_by(2).collect::<Vec<_>>().join("\n");
    let spans = prose.split('`').skip(1).step_by(2);
    spans
        .filter(|span| span.starts_with("relconf "))
        .map(|span| span.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

const BEGIN: &str = "<!-- begin: relconf generate docs ";

#[test]
fn parts_of_registries_are_as_the_program_says_them() {
    let place = Place::empty();
    let mut found = Vec::new();
    for page in documents() {
        let text = read(&page);
        let mut renewed = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(BEGIN) {
            let (part, after) = after.split_once(" -->\n").expect("a part's name");
            let end = format!("<!-- end: {part} -->");
            let (_, after) = after.split_once(&end).unwrap_or_else(|| panic!("{part} has no end in {}", name(&page)));
            let said = place.relconf(&["generate", "docs", part]);
            assert_eq!(said.code, 0, "{}", said.stderr);
            renewed += &format!("{before}{BEGIN}{part} -->\n\n{}\n{end}", said.stdout);
            found.push(part.to_owned());
            rest = after;
        }
        renewed += rest;
        if std::env::var_os("RELCONF_UPDATE").is_some() {
            fs::write(&page, &renewed).expect("written");
        } else {
            assert!(text == renewed, "{} differs: RELCONF_UPDATE=1 cargo test --test it docs", name(&page));
        }
    }
    found.sort();
    found.dedup();
    let all = place.relconf(&["generate", "docs"]).stdout;
    let parts = all.lines().filter(|line| line.starts_with("## ")).count();
    assert_eq!(found.len(), parts, "the program has parts that no document shows: {found:?}");
}

/// The demo as a repository, with the files that the documents speak of.
fn demo() -> Place {
    let place = Place::empty();
    let made = place.relconf(&["demo", "--into", "."]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let sample = |file: &str| read(&root().join("tests/data/import").join(file));
    place.file("issues.json", &sample("github-issues/input.json"));
    place.file("deployments.json", &sample("github-deployments/input.json"));
    let prepare = "git config user.name Ana && git config user.email ana@example.com && \
                   relconf review --format json=review.json --quiet && relconf baseline write && git add relconf-baseline.json && \
                   git commit --quiet --message baseline --date 2026-06-30T11:00:00Z && git update-ref refs/remotes/origin/main HEAD && \
                   git tag v2.3.0 && git switch --quiet --create release/2.4 && \
                   git commit --quiet --allow-empty --message next --date 2026-06-30T11:30:00Z && git switch --quiet -";
    let (code, said) = bash(&place, prepare);
    assert_eq!(code, 0, "{said}");
    place
}

fn bash(place: &Place, line: &str) -> (i32, String) {
    let relconf = Path::new(env!("CARGO_BIN_EXE_relconf")).parent().expect("a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(relconf.to_owned()).chain(std::env::split_paths(&path));
    let mut command = Command::new("bash");
    command.args(["-eo", "pipefail", "-c", line]).current_dir(place.path()).env_clear();
    command.env("PATH", std::env::join_paths(path).expect("a search path")).env("HOME", place.path().join("no-home"));
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_COMMITTER_DATE", "2026-06-30T11:00:00Z");
    command.env("RELCONF_AS_OF", "2026-06-30T12:00:00Z");
    let output = command.output().expect("bash runs");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.code().expect("ended by itself"), text)
}

#[test]
fn every_command_in_a_block_does_what_it_says() {
    let (demo, mut ran, mut seen) = (demo(), 0, Vec::new());
    for page in documents() {
        let text = read(&page);
        let lines: Vec<_> = blocks(&text, "sh").into_iter().flat_map(str::lines).collect();
        if !lines.iter().any(|line| line.starts_with("relconf ")) {
            continue;
        }
        // What one document writes is not there for the next.
        let place = Place::empty();
        let copy = format!("cp -a '{}/.' .", demo.path().display());
        assert_eq!(bash(&place, &copy).0, 0);
        for line in lines {
            // A tool to look at JSON with is not needed to see that there is some.
            let command = line.split(" | jq").next().unwrap_or_default();
            if command.starts_with("cargo ") {
                own(&page, command);
                continue;
            }
            let typed = command.split_once(" #").map_or(command, |(typed, _)| typed).trim_end().to_owned();
            if seen.contains(&typed) {
                continue;
            }
            // Off a terminal there is nobody to ask.
            let asks = typed == "relconf record incident";
            seen.push(typed);
            let (code, said) = bash(&place, command);
            assert_eq!(code, if asks { 2 } else { 0 }, "{}: {command}\n{said}", name(&page));
            ran += 1;
        }
    }
    assert!(ran > 15, "{ran} commands were found");
}

/// Our own cargo commands: what they name exists. The suite is one of them, and the continuous check runs the others.
fn own(page: &Path, command: &str) {
    let words: Vec<_> = command.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
    let known = match words[1..] {
        ["run", "--release", "--locked", "--", "demo"] | ["test", "--locked"] => {
            read(&root().join(".ci/run")).contains(&words.join(" "))
        }
        ["bench", "--bench", bench, ..] => root().join(format!("benches/{bench}.rs")).exists(),
        ["install", "--path", ".", "--locked"] => true,
        _ => false,
    };
    assert!(known, "{}: nobody checks {command}", name(page));
}

/// What stands for something else in a command within a sentence.
const STANDS_FOR: &[&str] = &["COMMAND", "CODE", "NAME", "METRIC", "FORMAT", "FILE"];

#[test]
fn every_command_in_a_sentence_is_taken() {
    let place = Place::empty();
    let mut seen = 0;
    for page in documents() {
        for span in spans(&read(&page)) {
            let typed = span.split(" | ").next().unwrap_or_default().split(" > ").next().unwrap_or_default();
            // A row of the table of commands gives the shape of one.
            if span.contains(['[', '…', '|']) {
                continue;
            }
            let words = typed.split_whitespace().skip(1).map(|word| word.trim_matches(['"', '\'']));
            let mut words: Vec<_> = words.take_while(|word| !STANDS_FOR.contains(word)).collect();
            // Help ends the reading of what was typed, but nothing unknown may stand before it.
            words.push("--help");
            let ran = place.relconf(&words);
            assert_eq!(ran.code, 0, "{}: {span}\n{}", name(&page), ran.stderr);
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} commands were found");
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    for page in documents() {
        let text = read(&page);
        let folder = page.parent().expect("a folder");
        let links = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap_or_default());
        let pictures = text.split("src=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
        for link in links.chain(pictures).filter(|link| !link.contains("://")) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { folder.join(file) };
            assert!(target.exists(), "{}: {link} leads nowhere", name(&page));
            let slug = |line: &str| line.trim_start_matches(['#', ' ']).to_lowercase().replace(' ', "-");
            let heads = || read(&target).lines().filter(|line| line.starts_with('#')).map(slug).collect::<Vec<_>>();
            assert!(heading.is_empty() || heads().iter().any(|head| head == heading), "{}: {link}", name(&page));
        }
    }
}

#[test]
fn the_readme_is_short_and_every_page_is_found_from_it() {
    let readme = read(&root().join("README.md"));
    assert!(readme.lines().count() <= 150, "{} lines", readme.lines().count());
    for page in documents().iter().skip(1) {
        let text = read(page);
        assert!(readme.contains(&name(page)), "no link to {}", name(page));
        assert!(text.starts_with("# "), "{}", name(page));
    }
}

#[test]
fn every_file_in_a_document_is_read_as_it_stands() {
    for page in documents() {
        let text = read(&page);
        for (at, block) in blocks(&text, "toml").into_iter().enumerate() {
            let place = Place::repository(
                "person a = Ana Costa <ana@example.com>\n2024-04-20T09:00:00Z a commit one | x\n2024-04-20T10:00:00Z a tag v2.2.4\n\
                 2024-05-01T09:00:00Z a commit two | x\n2024-05-01T09:50:00Z a tag v2.3.0\n",
            );
            let log = ["[[incident]]", "[[milestone]]"].iter().any(|head| block.contains(head));
            place.file(if log { "incidents.toml" } else { "relconf.toml" }, block);
            let ran = place.relconf(if log { &["validate"] } else { &["config", "--show"] });
            assert_eq!(ran.code, 0, "{}, block {at}: {}{}", name(&page), ran.stdout, ran.stderr);
        }
    }
}
