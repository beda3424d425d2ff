//! People and machines that conditions name.

/// Whether a name in a condition is a machine's.
pub fn is_machine(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.contains("[bot]")
        || ["bot", "dependabot", "renovate", "ci", "github-actions", "automation", "jenkins"].contains(&lower.as_str())
        || ["-bot", "_bot", "bot", "-ci", "-automation"].iter().any(|end| lower.ends_with(end))
}

/// The names that a condition asks for with `==`, behind one of these variables.
pub fn named_people(condition: &str, variables: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for variable in variables {
        for (at, _) in condition.match_indices(variable) {
            let rest = condition[at + variable.len()..].trim_start();
            let Some(rest) = rest.strip_prefix("==") else { continue };
            let rest = rest.trim_start();
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else { continue };
            let Some(name) = rest[1..].split(quote).next().filter(|name| !name.is_empty() && name.len() <= 100) else {
                continue;
            };
            if !is_machine(name) && !found.iter().any(|known| known == name) {
                found.push(name.to_owned());
            }
        }
    }
    found
}
