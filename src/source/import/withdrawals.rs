//! What registries of packages say of withdrawn versions.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::clock::time;
use super::document::Export;
use super::fields::{Record, text};
use super::{Format, Import, has};

pub(super) const PYPI: Format = Format {
    name: "pypi",
    about: "curl https://pypi.org/pypi/NAME/json",
    recognises: |package| has(package, &["info", "releases"]) && package.get("releases").is_some_and(Value::is_object),
    convert: pypi,
};

pub(super) const CRATES: Format = Format {
    name: "crates-io",
    about: "curl -A you@example.com https://crates.io/api/v1/crates/NAME/versions",
    recognises: |version| has(version, &["num|vers", "yanked"]),
    convert: crates,
};

pub(super) const NPM: Format = Format {
    name: "npm",
    about: "curl https://registry.npmjs.org/NAME",
    recognises: |package| {
        has(package, &["versions", "dist-tags"]) && package.get("versions").is_some_and(Value::is_object)
    },
    convert: npm,
};

pub(super) const GO: Format = Format {
    name: "go-retract",
    about: "go.mod of the newest version, with its retract lines",
    recognises: |module| has(module, &["go.mod"]),
    convert: go,
};

/// From so many versions on with one message, a deprecation is a goodbye to a line and withdraws none of them.
const GOODBYE: usize = 5;

fn withdraw(version: &str, reason: Option<&str>, import: &mut Import) {
    let mut record = Record::default();
    record.set("tag", Some(version)).set("withdrawn", Some(true));
    if let Some(reason) = reason.map(str::trim).filter(|reason| !reason.is_empty()) {
        import.notes.push(format!("{version} was withdrawn: {}", reason.lines().next().unwrap_or_default()));
    }
    import.releases.push(record.finish());
}

/// What is left of a registry's versions once the withdrawn ones are taken.
fn others(count: usize, import: &mut Import) {
    match count {
        0 => {}
        1 => import.skip("1 version", "not withdrawn"),
        n => import.skip(format!("{n} versions"), "not withdrawn"),
    }
}

fn pypi(export: &Export, import: &mut Import) {
    for package in &export.records {
        let mut standing = 0;
        for (version, files) in package.get("releases").and_then(Value::as_object).into_iter().flatten() {
            let files = files.as_array().map_or(&[][..], Vec::as_slice);
            let yanked = |file: &Value| file.get("yanked").and_then(Value::as_bool) == Some(true);
            if !files.is_empty() && files.iter().all(yanked) {
                let reason = files.iter().find_map(|file| text(file.get("yanked_reason")?));
                withdraw(version, reason.as_deref(), import);
            } else {
                standing += 1;
            }
        }
        others(standing, import);
    }
}

fn crates(export: &Export, import: &mut Import) {
    let mut standing = 0;
    for version in &export.records {
        let number = ["num", "vers"].into_iter().find_map(|key| text(version.get(key)?)).unwrap_or_default();
        if version.get("yanked").and_then(Value::as_bool) == Some(true) {
            withdraw(&number, version.get("yank_message").and_then(text).as_deref(), import);
        } else {
            standing += 1;
        }
    }
    others(standing, import);
}

fn npm(export: &Export, import: &mut Import) {
    for package in &export.records {
        let versions = package.get("versions").and_then(Value::as_object).cloned().unwrap_or_default();
        let message = |version: &Value| version.get("deprecated").and_then(text);
        let mut said: BTreeMap<String, usize> = BTreeMap::new();
        for message in versions.values().filter_map(message) {
            *said.entry(message).or_default() += 1;
        }
        let mut standing = 0;
        for (number, version) in &versions {
            match message(version).filter(|message| said.get(message).is_some_and(|count| *count < GOODBYE)) {
                Some(reason) => withdraw(number, Some(&reason), import),
                None => standing += 1,
            }
        }
        for (message, count) in said.into_iter().filter(|(_, count)| *count >= GOODBYE) {
            import.notes.push(format!(
                "{count} versions are deprecated with one message and taken as not withdrawn: {message}"
            ));
        }
        others(standing, import);
        // A version that npm no longer has is only in its times.
        let times = package.get("time").and_then(Value::as_object).cloned().unwrap_or_default();
        for (number, at) in
            times.iter().filter(|(key, _)| !["created", "modified", "unpublished"].contains(&key.as_str()))
        {
            if !versions.contains_key(number) && time(at).is_some() {
                withdraw(number, Some("it is no longer in the registry"), import);
            }
        }
    }
}

/// The text of a go.mod, as a document.
pub(super) fn go_mod(text: &str) -> Option<Value> {
    let is_module = text.lines().any(|line| line.trim_start().starts_with("module "))
        && text.lines().any(|line| line.trim_start().starts_with("go ") || line.trim_start().starts_with("retract"));
    is_module.then(|| {
        let mut module = Map::new();
        module.insert("go.mod".to_owned(), text.into());
        Value::Object(module)
    })
}

fn go(export: &Export, import: &mut Import) {
    for module in &export.records {
        let text = module.get("go.mod").and_then(Value::as_str).unwrap_or_default();
        let retracted = retracted(text);
        if retracted.is_empty() {
            import.notes.push("no version is retracted".to_owned());
        }
        for (versions, reason) in retracted {
            match versions.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')?.split_once(',')) {
                None => withdraw(&versions, Some(&reason), import),
                Some((from, to)) if from.trim() == to.trim() => withdraw(from.trim(), Some(&reason), import),
                Some(_) => import
                    .skip(format!("retract {versions}"), "a range: name its versions one by one in the release log"),
            }
        }
    }
}

/// The retract lines of a go.mod, each with its reason: `retract v1.2.3 // why`, `retract ( … )`, `[v1.0.0, v1.1.9]`.
fn retracted(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut block, mut above) = (false, String::new());
    for line in text.lines().map(str::trim) {
        let (code, comment) = line.split_once("//").map_or((line, ""), |(code, comment)| (code.trim(), comment.trim()));
        let code = match code.strip_prefix("retract") {
            Some(rest) if !block && rest.trim() == "(" => {
                block = true;
                continue;
            }
            Some(rest) if rest.starts_with([' ', '\t', '[']) => rest.trim(),
            _ if block && code == ")" => {
                block = false;
                continue;
            }
            _ if block && !code.is_empty() => code,
            _ => {
                comment.clone_into(&mut above);
                continue;
            }
        };
        let reason = if comment.is_empty() { above.as_str() } else { comment };
        found.push((code.to_owned(), reason.to_owned()));
        above.clear();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_retraction() {
        let text = "module example.com/shop\n\ngo 1.22\n\n// published by accident\nretract v1.0.1\nretract [v1.1.0, v1.1.9] // broken\n\
                    retract (\n\tv1.2.0 // data loss\n\t// twice\n\t[v1.3.0, v1.3.0]\n)\nrequire retracted.example/x v1.0.0\n";
        let found = retracted(text);
        let found: Vec<_> = found.iter().map(|(versions, why)| (versions.as_str(), why.as_str())).collect();
        assert_eq!(
            found,
            [
                ("v1.0.1", "published by accident"),
                ("[v1.1.0, v1.1.9]", "broken"),
                ("v1.2.0", "data loss"),
                ("[v1.3.0, v1.3.0]", "twice")
            ]
        );
    }
}
