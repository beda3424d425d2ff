//! Rules for alerts (Prometheus, Loki, the operators' `PrometheusRule`) and dashboards beside the code.

use std::collections::BTreeMap;

use super::kubernetes::is_manifest;
use super::yaml::{self, Node};
use super::{File, Found, Reader, ends, is_yaml};
use crate::model::{Control, ControlKind};

pub(super) struct Rules;
pub(super) struct Dashboards;

impl Reader for Rules {
    fn name(&self) -> &'static str {
        "Prometheus rules"
    }

    fn wants(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let yaml = is_yaml(&name) || ends(&name, ".rules");
        let first = path.split('/').next().unwrap_or_default();
        yaml && (is_manifest(path)
            || ["alerts", "alerting", "prometheus", "grafana"].contains(&first)
            || name.contains("alert")
            || ends(&name, ".rules")
            || name.contains("rules"))
            && !path.starts_with(".github/")
    }

    fn tells(&self) -> &'static [ControlKind] {
        &[ControlKind::AlertRules]
    }

    fn may_hold(&self, bytes: &[u8]) -> bool {
        memchr::memmem::find(bytes, b"alert:").is_some()
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        if file.path.contains("/templates/") {
            let rule = |line: &&str| line.trim_start().starts_with("- alert:");
            if let Some(at) = file.text.lines().position(|line| rule(&line)) {
                let number = file.text.lines().filter(rule).count() as u64;
                add(file, at as u32 + 1, (!repeats(file.text)).then_some(number), found);
            }
            return;
        }
        // Rules quote `{{ $labels }}` in strings: what is no YAML is a template.
        let documents = match yaml::documents(file.text) {
            Ok(documents) => documents,
            Err(fault) => return found.unread(file.path, fault.line, fault.why),
        };
        for document in documents {
            let groups = document.get("groups").or_else(|| document.at(&["spec", "groups"]));
            let sample = |group: &&Node| {
                let name = group.text_of("name").unwrap_or_default().to_lowercase();
                ["sample", "example", "demo"].iter().any(|word| name.contains(word))
            };
            let groups = groups.map(Node::items).unwrap_or_default().iter().filter(|group| !sample(group));
            let rules = groups.filter_map(|group| group.get("rules"));
            let alerts: Vec<u32> =
                rules.flat_map(Node::items).filter_map(|rule| rule.get("alert")).map(|node| node.line).collect();
            if let Some(&first) = alerts.first() {
                add(file, first, Some(alerts.len() as u64), found);
            }
        }
    }
}

/// Whether one rule of a template stands for as many as it is given: what it goes through gives the whole name.
fn repeats(template: &str) -> bool {
    let mut goes_through = false;
    template.lines().any(|line| {
        goes_through |= line.contains("{{") && line.contains("range ");
        let name = line.trim_start().strip_prefix("- alert:").map(|name| name.trim().trim_matches(['"', '\'']));
        let given = |name: &str| name.starts_with("{{") && name.ends_with("}}") && name.matches("{{").count() == 1;
        goes_through && name.is_some_and(given)
    })
}

fn add(file: &File<'_>, line: u32, number: Option<u64>, found: &mut Found) {
    let mut control = Control::new(ControlKind::AlertRules, file.path, line, "");
    control.number = number;
    found.add(control);
}

impl Reader for Dashboards {
    fn name(&self) -> &'static str {
        "dashboards"
    }

    fn wants(&self, path: &str) -> bool {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let lower = name.to_ascii_lowercase();
        ends(&lower, ".json") && (lower.contains("dashboard") || folder.split('/').any(|part| part == "dashboards"))
    }

    fn tells(&self) -> &'static [ControlKind] {
        &[ControlKind::Dashboards]
    }

    fn by_path(&self) -> bool {
        true
    }

    /// One control a folder: told at its first file.
    fn list(&self, paths: &[&str], found: &mut Found) {
        let mut folders: BTreeMap<&str, (&str, u64)> = BTreeMap::new();
        for path in paths {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            folders.entry(folder).or_insert((path, 0)).1 += 1;
        }
        for (path, number) in folders.into_values() {
            let mut control = Control::new(ControlKind::Dashboards, path, 1, "");
            control.number = Some(number);
            found.add(control);
        }
    }
}
