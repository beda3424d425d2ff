//! Settings of tools that decide whether they test or publish.

use super::yaml;

/// Whether the wheels of a project are tested when they are built, by its `pyproject.toml`.
pub(super) fn wheels(text: &str) -> bool {
    let Ok(document) = text.parse::<toml::Table>() else { return false };
    let tool = document.get("tool").and_then(|tool| tool.get("cibuildwheel"));
    let tests = |table: &toml::Value| {
        table.get("test-command").is_some_and(|command| match command {
            toml::Value::String(command) => !command.trim().is_empty(),
            toml::Value::Array(commands) => !commands.is_empty(),
            _ => false,
        })
    };
    tool.is_some_and(|tool| {
        tests(tool) || ["linux", "macos", "windows"].iter().any(|of| tool.get(of).is_some_and(tests))
    })
}

/// Whether goreleaser may publish anything by its settings: not where releases are switched off, and nothing else goes out.
pub(super) fn publishes(text: &str) -> bool {
    const OTHERS: &[&str] = &[
        "dockers",
        "docker_manifests",
        "dockers_v2",
        "kos",
        "brews",
        "homebrew_casks",
        "blobs",
        "uploads",
        "artifactories",
        "scoops",
        "snapcrafts",
        "aurs",
        "krews",
        "nix",
        "winget",
        "publishers",
        "npms",
    ];
    let Ok(documents) = yaml::documents(text) else { return true };
    documents.iter().any(|document| {
        let off = document.at(&["release", "disable"]).is_some_and(yaml::Node::is_true);
        !off || OTHERS.iter().any(|other| document.get(other).is_some())
    })
}
