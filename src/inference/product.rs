//! What is work on the product, and what is work around it: taking back a change of the build tells of no failure.

/// Types of commits that are no work on the product: `type: …`, `type(scope): …`.
const TYPES: [&str; 8] = ["ci", "doc", "docs", "test", "tests", "chore", "build", "style"];
/// Words of subjects that are about work around the product.
const AROUND: [&str; 20] = [
    "travis",
    "appveyor",
    "github action",
    "workflow",
    "readme",
    "changelog",
    "typo",
    "miri",
    "nightly",
    "lint",
    "flake8",
    "pre-commit",
    "dependabot",
    "bump version",
    "prepare release",
    "release notes",
    "doctest",
    "codecov",
    "clippy",
    "rustfmt",
];

/// Whether a subject speaks of work on the product.
pub fn is_product_subject(subject: &str) -> bool {
    let subject = subject.to_lowercase();
    // A revert is what it takes back.
    let mut rest = subject.trim();
    while let Some(quoted) = rest.strip_prefix("revert \"").or_else(|| rest.strip_prefix("revert: ")) {
        rest = quoted;
    }
    let kind = rest.split([':', '(', '!']).next().unwrap_or_default();
    let typed = kind.len() < rest.len() && TYPES.contains(&kind);
    !typed && !AROUND.iter().any(|word| rest.contains(word))
}

/// Folders without product, wherever they stand in a path.
const FOLDERS: [&str; 21] = [
    ".github",
    ".ci",
    ".circleci",
    "ci",
    "doc",
    "docs",
    "documentation",
    "test",
    "tests",
    "testing",
    "spec",
    "t",
    "bench",
    "benches",
    "example",
    "examples",
    "newsfragments",
    "changelog",
    "changelogs",
    "changelog.d",
    ".changeset",
];
/// Endings of files that are no product.
const ENDINGS: [&str; 9] = [".md", ".rst", ".txt", ".adoc", ".lock", ".po", ".snap", ".yml", ".yaml"];
/// Beginnings of names of files that are no product.
const NAMES: [&str; 5] = ["change", "history", "news", "readme", "authors"];

/// Whether a path is part of the product: neither tests nor documents, neither settings of the build nor lists.
pub fn is_product_path(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let around = folders.split('/').any(|folder| FOLDERS.contains(&folder.to_ascii_lowercase().as_str()));
    let name = name.to_ascii_lowercase();
    // Tests that lie beside what they test.
    let tests = ["_test.", ".test.", "_spec.", ".spec.", "_tests."];
    if name.starts_with("test_") || tests.iter().any(|part| name.contains(part)) {
        return false;
    }
    let listed = NAMES.iter().any(|beginning| name.starts_with(beginning)) && !name.contains('.');
    !around
        && !listed
        && !ENDINGS.iter().any(|ending| name.ends_with(ending))
        && !name.starts_with('.')
        && !NAMES.iter().any(|beginning| {
            name.strip_prefix(beginning).is_some_and(|rest| rest.starts_with(['.', 's', 'l', '-', '_']) && !code(&name))
        })
}

/// Folders with what others wrote, or a tool made, wherever they stand in a path.
const FOREIGN: [&str; 8] =
    ["vendor", "_vendor", "vendored", "third_party", "third-party", "node_modules", "dist", "licenses"];
/// Folders of the root with tools for the people who make the product.
const TOOLS: [&str; 4] = ["scripts", "script", "hack", "contrib"];
/// Names and endings of files that a release changes, or a tool writes, whatever the product does.
const LISTS: [&str; 8] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "go.sum",
    "vendor.json",
    "vendor.conf",
    "vendor.mod",
    "tox.ini",
    "noxfile.py",
];
const MADE: [&str; 4] = [".cff", ".min.js", ".map", ".svg"];
const STANDING: [&str; 6] = ["license", "licence", "copying", "notice", "version", "citation"];

/// Whether the lines of a path are the product's own: what is vendored, bundled or renewed by every release comes and goes
/// without a fault.
pub fn is_own_path(path: &str) -> bool {
    let mut folders = path.split('/').rev();
    let name = folders.next().unwrap_or_default().to_ascii_lowercase();
    let stem = name.trim_start_matches('_');
    let tools = path.split_once('/').is_some_and(|(first, _)| TOOLS.contains(&first));
    is_product_path(path)
        && !tools
        && !folders.any(|folder| FOREIGN.contains(&folder.to_ascii_lowercase().as_str()))
        && !LISTS.contains(&name.as_str())
        && !MADE.iter().any(|ending| name.ends_with(ending))
        && !STANDING.iter().any(|beginning| {
            stem.strip_prefix(beginning).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
        })
}

/// Endings of source code: `changes.rs` and `history.py` are product.
fn code(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default();
    !matches!(ending, "md" | "rst" | "txt" | "adoc" | "html" | "in") && name.contains('.')
}

/// Beginnings of lines that say nothing of what the product does: comments, and what names other files.
const SILENT: [&str; 17] = [
    "//", "#", "/*", "*", "--", ";", "\"\"\"", "'''", "<!--", "%", "import ", "from ", "use ", "using ", "require",
    "package ", "include",
];

/// Whether a line of code, without the blanks around it, says enough to be known again: ten characters with three letters
/// in a row, no version or day, no comment and no import.
pub fn is_telling_line(line: &str) -> bool {
    let letters = line.as_bytes().windows(3).any(|three| three.iter().all(u8::is_ascii_alphabetic));
    line.chars().count() >= 10
        && letters
        && !names_a_version(line)
        && !SILENT.iter().any(|start| line.starts_with(start))
}

/// Whether a line names a version or a day, or sets one: such lines change with every release.
fn names_a_version(line: &str) -> bool {
    let numbers = |separator: char| line.split(move |c: char| !(c.is_ascii_digit() || c == separator));
    let version = numbers('.').any(|word| word.trim_matches('.').matches('.').count() >= 2);
    let day = numbers('-').any(|word| word.len() == 10 && word.matches('-').count() == 2);
    let set = || {
        let name = line.split(['=', ':']).next().unwrap_or_default().to_ascii_lowercase();
        let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        name.len() < line.len() && (name.ends_with("version") || name.ends_with("build"))
    };
    version || day || (line.contains(|c: char| c.is_ascii_digit()) && set())
}

#[cfg(test)]
mod tests {
    use super::{is_own_path, is_product_path, is_product_subject, is_telling_line};

    #[test]
    fn lines_that_say_something() {
        for line in [
            "let total = 0;",
            "return self.cache",
            "if x > 1.5: return",
            "version_check = true",
            "days == 10 - 20 - x;",
        ] {
            assert!(is_telling_line(line), "{line}");
        }
        for line in [
            "}",
            "x = 1",
            "// a comment here",
            "import os.path",
            "VERSION = \"1.2.3\"",
            "date-released: 2023-05-19",
            "__build__ = 0x000702",
            "const pkgVersion = 12;",
            "((((((((((((",
            "# why so long",
        ] {
            assert!(!is_telling_line(line), "{line}");
        }
    }

    #[test]
    fn work_on_the_product_and_work_around_it() {
        for subject in [
            "Fix the parser",
            "Revert \"Add a cache\"",
            "fix(ci-client): x",
            "feat: docs viewer",
            "Tests may be slow: x",
        ] {
            assert!(is_product_subject(subject), "{subject}");
        }
        for subject in [
            "ci: cache",
            "docs(api): x",
            "Revert \"chore: x\"",
            "Revert \"Revert \"test: x\"\"",
            "Fix a typo",
            "Update README",
            "build(deps): bump x",
            "Drop Travis",
            "style: x",
            "chore!: x",
            "bump version to 1.2",
        ] {
            assert!(!is_product_subject(subject), "{subject}");
        }
    }

    #[test]
    fn paths_whose_lines_are_the_products_own() {
        for path in
            ["src/lib.rs", "lib/versions.js", "package.json", "src/noticeboard.rs", "web/scripts/a.js", "setup.cfg"]
        {
            assert!(is_own_path(path), "{path}");
        }
        for path in [
            "CITATION.cff",
            "package-lock.json",
            "vendor/github.com/x/y.go",
            "src/pip/_vendor/x.py",
            "LICENSE",
            "requests/__version__.py",
            "src/version.rs",
            "_version.py",
            "scripts/make-release.py",
            "hack/build.sh",
            "web/dist/app.js",
            "app.min.js",
            "changelog/2836.bug",
            "tests/a.rs",
        ] {
            assert!(!is_own_path(path), "{path}");
        }
    }

    #[test]
    fn product_paths() {
        for path in ["src/lib.rs", "Makefile", "a/b/changes.py", "package.json", "history.c", "contest/a.c"] {
            assert!(is_product_path(path), "{path}");
        }
        for path in [
            "docs/a.c",
            "a/tests/b.rs",
            "README.md",
            "CHANGES",
            "CHANGELOG.html",
            "Cargo.lock",
            ".github/workflows/ci.yml",
            "t/a.t",
            "config.yaml",
            "po/de.po",
            "NEWS.in",
            ".gitignore",
            "spec/a_spec.rb",
            "AUTHORS",
            "integration-cli/docker_cli_run_test.go",
            "src/a.test.js",
        ] {
            assert!(!is_product_path(path), "{path}");
        }
    }
}
