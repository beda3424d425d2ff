//! The files that libgit2 reads as git's configuration, made sure of beforehand: it would wait for a pipe, a terminal or
//! `/proc/kmsg` for ever, and swallow whatever else a link or an `[include]` names.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::document::is_plain;
use crate::error::Error;

/// How many includes of includes are followed, as in git.
const DEEPEST: usize = 10;

/// Largest configuration, bytes.
const LARGEST: u64 = 16 << 20;

/// Looks at the configuration of the machine, of the person and of the repository at or above `dir`, and at what they
/// include.
pub fn check(dir: &Path) -> Result<(), Error> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let own = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| Some(home.as_ref()?.join(".config")));
    let mut open: Vec<(PathBuf, usize)> = vec![(PathBuf::from("/etc/gitconfig"), 0)];
    open.extend(own.map(|own| (own.join("git").join("config"), 0)));
    open.extend(home.as_ref().map(|home| (home.join(".gitconfig"), 0)));
    if let Ok(git) = git2::Repository::discover_path(dir, [] as [&Path; 0]) {
        let shared = fs::read_to_string(git.join("commondir")).map(|shared| git.join(shared.trim_end()));
        open.push((shared.unwrap_or_else(|_| git.clone()).join("config"), 0));
        open.push((git.join("config.worktree"), 0));
    }
    let mut seen = HashSet::new();
    while let Some((file, depth)) = open.pop() {
        // What is not there is not read, and an empty configuration is often written so.
        let there = fs::canonicalize(&file).is_ok_and(|real| real != Path::new("/dev/null") && seen.insert(real));
        if !there {
            continue;
        }
        if !is_plain(&file) || fs::metadata(&file).is_ok_and(|metadata| metadata.len() > LARGEST) {
            return Err(Error::repository(
                format!("git's configuration {} is not a regular file of at most 16 MiB", file.display()),
                "move it away, or correct the [include] that names it; `git config --list --show-origin` lists them all",
            ));
        }
        let Ok(text) = fs::read(&file) else { continue };
        if depth < DEEPEST {
            let named = included(&String::from_utf8_lossy(&text));
            open.extend(named.iter().filter_map(|named| Some((place(&file, named, home.as_deref())?, depth + 1))));
        }
    }
    Ok(())
}

/// Where an included file lies: beside the one that includes it, unless it says otherwise.
fn place(file: &Path, named: &str, home: Option<&Path>) -> Option<PathBuf> {
    match named.strip_prefix("~/") {
        Some(rest) => Some(home?.join(rest)),
        None => Some(file.parent()?.join(named)),
    }
}

/// The values of `path` in `[include]` and `[includeIf "…"]`, whether the condition holds or not.
fn included(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut including = false;
    for line in text.lines() {
        let mut line = line.trim();
        if line.starts_with('[') {
            // A quoted condition may hold a bracket.
            let quote_ends = line.rfind('"').filter(|&end| line[..end].contains('"')).unwrap_or(0);
            let Some(end) = line[quote_ends..].find(']') else { continue };
            let head = line[1..quote_ends + end].trim().to_ascii_lowercase();
            including = head == "include" || head.starts_with("includeif");
            line = line[quote_ends + end + 1..].trim();
        }
        let Some((key, value)) = line.split_once('=').filter(|_| including) else { continue };
        if key.trim().eq_ignore_ascii_case("path") {
            let value = value.trim();
            let plain = value.split([';', '#']).next().unwrap_or(value).trim();
            let value = value.strip_prefix('"').and_then(|quoted| quoted.split('"').next()).unwrap_or(plain);
            found.push(value.replace("\\\\", "\\"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::included;

    #[test]
    fn finds_what_is_included() {
        let text = "[core]\n path = no\n[include] path = one\n\tPATH=\"two # 2\"\n[includeIf \"gitdir:~/a]b/\"]\n\
                    path = three ; 3\n[user]\npath = no\n";
        assert_eq!(included(text), ["one", "two # 2", "three"]);
    }
}
