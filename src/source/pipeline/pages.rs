//! Pages that say how to release and how to repair: runbooks, release pages, and the checklists in them.

use super::{File, Found, Reader, words};
use crate::model::{Control, ControlKind};

pub(super) struct Pages;

/// Endings of documents.
const ENDINGS: &[&str] = &["md", "markdown", "rst", "adoc", "asciidoc", "txt", "org", "mdx"];
/// Words of a name that make it a list of what has changed, or nothing of this project's releases.
const NOT: &[&str] =
    &["note", "notes", "changelog", "changes", "history", "highlights", "announcement", "news", "template", "blog"];

/// What a path says a page is; `None` where it is none.
fn page(path: &str) -> Option<ControlKind> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let lower = name.to_ascii_lowercase();
    let (stem, ending) = lower.rsplit_once('.').unwrap_or((&lower, ""));
    let words: Vec<&str> = stem.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if !(ENDINGS.contains(&ending) || ending.is_empty()) || words.iter().any(|word| NOT.contains(word)) {
        return None;
    }
    // `release-1.2.md` is about one release.
    if words.iter().any(|word| word.bytes().next().is_some_and(|byte| byte.is_ascii_digit())) {
        return None;
    }
    // What asks for a request, or proposes how it might be done one day, is no page that somebody works by.
    let proposes = |part: &str| {
        ["rfc", "rfcs", "proposal", "proposals", "adr", "adrs", "design", "decisions", "pull_request_template"]
            .contains(&part.to_ascii_lowercase().as_str())
    };
    if folder.split('/').any(proposes) {
        return None;
    }
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let first = folder.split('/').next().unwrap_or_default();
    if folder.to_ascii_lowercase().starts_with(".github/issue_template")
        || folder.starts_with(".gitlab/issue_templates")
    {
        return (has(&["release", "releasing", "rollout"]) && !has(&["request", "bug", "feature"]))
            .then_some(ControlKind::Checklist);
    }
    let documents = [
        "docs",
        "doc",
        "Documentation",
        "documentation",
        "project",
        "ops",
        "operations",
        "runbooks",
        "runbook",
        "playbooks",
        "release",
        "releasing",
        "hack",
        ".github",
    ]
    .contains(&first);
    if !(folder.is_empty() || documents) {
        return None;
    }
    // A manual of the product may have a page about rolling back too: only by its place is one about this project.
    let operates = folder
        .split('/')
        .any(|part| ["ops", "operations", "release", "releasing", "dev", "development"].contains(&part));
    let runbook = has(&["runbook", "runbooks", "playbook"])
        || has(&["rollback"]) && (folder.is_empty() || operates)
        || folder.split('/').any(|part| ["runbook", "runbooks", "playbooks"].contains(&part)) && stem != "readme";
    let release = ["release", "releasing"].contains(&words.first().copied().unwrap_or_default())
        || has(&["releasing"])
        || has(&["release"])
            && has(&["process", "checklist", "guide", "howto", "how", "procedure", "steps", "maintainers", "manual"]);
    let alone = ending.is_empty() && !["release", "releasing", "runbook"].contains(&stem);
    ((runbook || release) && !alone).then_some(ControlKind::Runbook)
}

impl Reader for Pages {
    fn name(&self) -> &'static str {
        "runbooks and checklists"
    }

    fn wants(&self, path: &str) -> bool {
        page(path).is_some()
    }

    fn tells(&self) -> &'static [ControlKind] {
        &[ControlKind::Runbook, ControlKind::Checklist]
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        let Some(kind) = page(file.path) else { return };
        if only_leads_elsewhere(file.text) {
            return;
        }
        let boxes: Vec<u32> =
            file.text.lines().enumerate().filter(|(_, line)| is_box(line)).map(|(at, _)| at as u32 + 1).collect();
        if kind == ControlKind::Runbook {
            let mut control = Control::new(ControlKind::Runbook, file.path, 1, words::quotable(file.name()));
            control.facts.goes_back = Some(goes_back(file.text));
            found.add(control);
        }
        if let Some(&first) = boxes.first() {
            let mut control = Control::new(ControlKind::Checklist, file.path, first, words::quotable(file.name()));
            control.number = Some(boxes.len() as u64);
            found.add(control);
        }
    }
}

/// Whether a page says next to nothing itself: headings, and a line or two, of which one leads to where it is said.
fn only_leads_elsewhere(text: &str) -> bool {
    let said: Vec<&str> =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let links = |line: &&str| line.contains("://") || line.contains("](");
    text.trim().is_empty()
        || said.len() <= 3 && said.iter().any(links)
        || said.len() <= SHORT && !said.iter().any(is_step) && said.iter().filter(|line| links(line)).any(says_where)
}

/// Lines of a page that may only say where the process is described, and a few things about it.
const SHORT: usize = 15;

/// Whether a line is one of steps: numbered, to tick, or of commands.
fn is_step(line: &&str) -> bool {
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    numbered.len() < line.len() && numbered.starts_with(['.', ')'])
        || is_box(line)
        || ["```", "~~~", "$ ", "git ", ".. code"].iter().any(|begin| line.starts_with(begin))
}

/// Whether a line says that the process of releasing is described at another place.
fn says_where(line: &&str) -> bool {
    const SAID: &[&str] = &[
        "described",
        "documented",
        "defined",
        "outlined",
        "explained",
        "moved to",
        "found on",
        "found at",
        "found in",
    ];
    let lower = line.to_ascii_lowercase();
    ["releas", "process"].iter().any(|word| lower.contains(word)) && SAID.iter().any(|said| lower.contains(said))
}

/// Whether a line is a box to tick.
fn is_box(line: &str) -> bool {
    let line = line.trim_start();
    let item = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = ["- ", "* ", "+ ", ". ", ") "].iter().find_map(|mark| item.strip_prefix(mark)).map(str::trim_start);
    rest.is_some_and(|rest| ["[ ] ", "[x] ", "[X] "].iter().any(|mark| rest.starts_with(mark)))
}

/// Whether a page has words of going back: one that means nothing else, or two lines with one that may.
fn goes_back(text: &str) -> bool {
    const SURE: &[&str] = &[
        "roll back",
        "rollback",
        "roll-back",
        "rolling back",
        "rolled back",
        "yank",
        "unpublish",
        "previous release is restored",
        "undo the release",
        "withdraw the release",
    ];
    const MAYBE: &[&str] = &["revert", "back out", "backing out", "withdraw", "downgrade", "go back to", "undo the"];
    // By itself it is a number to count on from.
    const VERBS: &[&str] = &["deploy", "install", "restore", "switch", "return", "go back", "pin"];
    let lower = text.to_lowercase();
    let back = |line: &&str| {
        MAYBE.iter().any(|word| line.contains(word))
            || line.contains("previous version") && VERBS.iter().any(|verb| line.contains(verb))
    };
    let lines = lower.lines().filter(back);
    // `unpublished` says what is not there yet.
    let whole = |word: &&str| {
        lower.match_indices(*word).any(|(at, _)| {
            let behind = lower[at + word.len()..].chars().next();
            let before = lower[..at].chars().next_back();
            let ends = behind.is_none_or(|c| !c.is_alphabetic())
                || lower[at + word.len()..].starts_with("ing")
                || lower[at + word.len()..].starts_with("es")
                || *word != "unpublish";
            ends && before.is_none_or(|c| !c.is_alphabetic())
        })
    };
    SURE.iter().any(whole) || lines.count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_about_releasing_are_told_from_notes() {
        for path in [
            "RELEASING.md",
            "docs/releasing.rst",
            "docs/release.md",
            "RELEASING_RAILS.md",
            "docs/release-process.md",
            "docs/ops/runbook.md",
            "runbooks/db.md",
            "project/RELEASE-PROCESS.md",
            "docs/gitbook/dev/release-guide.md",
            "RELEASE",
        ] {
            assert_eq!(page(path), Some(ControlKind::Runbook), "{path}");
        }
        assert_eq!(page(".github/ISSUE_TEMPLATE/release.md"), Some(ControlKind::Checklist));
        for path in [
            "RELEASE_NOTES.md",
            "docs/release-notes/1.2.md",
            "docs/release-1.2.md",
            "CHANGELOG.md",
            "docs/index.md",
            "src/release.md",
            "docs/releases.md",
            "docs/user-guide/commands/app_rollback.md",
            ".github/ISSUE_TEMPLATE/feature_request.md",
            "release.sh",
        ] {
            assert_eq!(page(path), None, "{path}");
        }
    }

    #[test]
    fn a_page_speaks_of_going_back_where_it_surely_does() {
        for text in ["## Rollback\n", "Yank the crate.", "Revert the tag.\nDeploy the previous version."] {
            assert!(goes_back(text), "{text}");
        }
        // Mending what is broken, and giving something up before it is out, leads back to nothing.
        for text in [
            "Patches, reverts and hotfixes go to main.",
            "We may back out a change prior to a release.",
            "It is left unpublished.",
            "",
        ] {
            assert!(!goes_back(text), "{text}");
        }
    }

    #[test]
    fn boxes_are_counted() {
        for line in ["- [ ] tag", "  * [x] done", "1. [ ] first"] {
            assert!(is_box(line), "{line}");
        }
        for line in ["- [link](x)", "[ ] alone", "- item", "- []"] {
            assert!(!is_box(line), "{line}");
        }
    }
}
