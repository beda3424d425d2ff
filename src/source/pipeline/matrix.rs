//! Commands that a matrix of GitHub Actions gives: `run: ${{ matrix.command }}`.

use std::collections::BTreeMap;

use super::yaml::Node;

/// Most values of a key that are put in, and longest script that they are put into, bytes.
const VALUES: usize = 50;
const LONGEST: usize = 16 << 10;

/// What each key of a job's matrix stands for: of maps, each of their keys behind a dot.
#[derive(Clone, Debug, Default)]
pub(super) struct Matrix(BTreeMap<String, Vec<String>>);

impl Matrix {
    /// The matrix of a job. What an expression makes of it while it runs is not known.
    pub fn of(job: &Node) -> Self {
        let mut matrix = Self::default();
        for (_, key, values) in job.at(&["strategy", "matrix"]).map(Node::entries).unwrap_or_default() {
            match key {
                "exclude" => {}
                "include" => values.items().iter().for_each(|item| matrix.take_all("", item)),
                _ => values.items().iter().for_each(|item| matrix.take(key, item)),
            }
        }
        matrix
    }

    fn take_all(&mut self, before: &str, node: &Node) {
        for (_, key, value) in node.entries() {
            let key = if before.is_empty() { key.to_owned() } else { format!("{before}.{key}") };
            match value.text() {
                Some(text) => self.add(key, text),
                // Deeper ones hold no commands.
                None if before.is_empty() => self.take_all(&key, value),
                None => {}
            }
        }
    }

    fn take(&mut self, key: &str, node: &Node) {
        match node.text() {
            Some(text) => self.add(key.to_owned(), text),
            None => self.take_all(key, node),
        }
    }

    fn add(&mut self, key: String, text: &str) {
        let values = self.0.entry(key).or_default();
        if values.len() < VALUES && text.len() < LONGEST && !values.iter().any(|known| known == text) {
            values.push(text.to_owned());
        }
    }

    /// The scripts that a script is run as, where a key stands for a command or its words, and whether each is run by a part of the
    /// jobs alone. None where it stands for no more than a name or a version.
    pub fn scripts(&self, script: &str) -> Option<(Vec<String>, bool)> {
        if script.len() > LONGEST || !script.contains("matrix") {
            return None;
        }
        let (whole, key) = keys(script).find(|(whole, key)| {
            let begins = script.lines().any(|line| line.trim_start().starts_with(whole));
            let values = self.0.get(*key).map(Vec::as_slice).unwrap_or_default();
            !values.is_empty() && (begins || values.iter().any(|value| value.trim().contains(' ')))
        })?;
        let values = &self.0[key];
        Some((values.iter().map(|value| script.replace(whole, value)).collect(), values.len() > 1))
    }
}

/// The expressions of a script that are a key of the matrix and no more, with that key.
fn keys(script: &str) -> impl Iterator<Item = (&str, &str)> {
    script.match_indices("${{").filter_map(|(at, open)| {
        let rest = &script[at + open.len()..];
        let end = rest.find("}}")?;
        let key = rest[..end].trim().strip_prefix("matrix.")?;
        let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
        plain.then(|| (&script[at..at + open.len() + end + 2], key))
    })
}
