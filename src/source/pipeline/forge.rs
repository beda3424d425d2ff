//! What only the forge knows: rules of branches, environments and who must approve. Exports of it are read as JSON.

use serde_json::Value;

use super::{Listed, words};
use crate::model::{ForgeKind, ForgeRule, StageId, Untrusted};

/// Which forge a repository is kept on, as far as its files tell.
pub(super) fn kind(listed: &[Listed]) -> Option<ForgeKind> {
    let any = |wanted: &dyn Fn(&str) -> bool| listed.iter().any(|(path, _)| wanted(path));
    if any(&|path| path.starts_with(".github/")) {
        Some(ForgeKind::GitHub)
    } else if any(&|path| path.starts_with(".gitlab-ci") || path.starts_with(".gitlab/")) {
        Some(ForgeKind::GitLab)
    } else if any(&|path| path.starts_with("azure-pipelines") || path.starts_with(".azure")) {
        Some(ForgeKind::Azure)
    } else if any(&|path| path == "bitbucket-pipelines.yml") {
        Some(ForgeKind::Bitbucket)
    } else {
        None
    }
}

/// The rules of an export; an error says why it is none, as a predicate.
///
/// # Errors
/// It is no JSON, an error of the forge, or of no shape that is known.
pub fn exported(file: &str, bytes: &[u8]) -> Result<Vec<ForgeRule>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| format!("is no JSON (line {}, column {})", error.line(), error.column()))?;
    let mut found = Vec::new();
    let file = Untrusted::new(file);
    let mut add = |stage, subject: &str, asks: Vec<String>| {
        let subject = Untrusted::new(words::quotable(subject));
        // What asks for nothing says so: it is known, and needs no other export.
        let known: Option<&mut ForgeRule> = found.iter_mut().find(|rule: &&mut ForgeRule| {
            rule.stage == stage && rule.subject == subject && (rule.asks.is_empty() || asks.is_empty())
        });
        let asks: Vec<Untrusted> = asks.into_iter().map(Untrusted::new).collect();
        match known {
            Some(rule) => rule.asks.extend(asks),
            None => found.push(ForgeRule { stage, subject, asks, file: file.clone() }),
        }
    };
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let known = match &value {
        Value::Object(object) if object.contains_key("environments") => {
            for environment in items(&object["environments"]) {
                add(StageId::Decision, text(&environment, "name"), github_environment(&environment));
            }
            true
        }
        Value::Object(object) if PROTECTION.iter().any(|key| object.contains_key(*key)) => {
            add(StageId::Change, "branch", github_protection(&value));
            true
        }
        Value::Object(object) if object.contains_key("values") => {
            let restrictions = items(&object["values"]);
            for restriction in &restrictions {
                add(StageId::Change, text(restriction, "pattern"), bitbucket(restriction));
            }
            restrictions.is_empty() || restrictions.iter().any(|value| value.get("kind").is_some())
        }
        Value::Object(object) if object.contains_key("message") => {
            return Err("is an error of the forge, not an export".to_owned());
        }
        Value::Array(items) => {
            let list = LISTS.iter().find(|list| items.iter().any(|item| item.get(list.key).is_some()));
            for item in items {
                if let Some(list) = list {
                    add(list.stage, (list.subject)(item), (list.asks)(item));
                }
            }
            items.is_empty() || list.is_some()
        }
        _ => false,
    };
    if known && found.is_empty() {
        found.push(ForgeRule { stage: StageId::Change, subject: Untrusted::from("the forge"), asks: Vec::new(), file });
    }
    if known { Ok(found) } else { Err("is of no export that is known".to_owned()) }
}

/// Keys of the protection of a branch.
const PROTECTION: &[&str] = &["required_status_checks", "required_pull_request_reviews", "enforce_admins"];

/// An export that is a list, known by a key of its items.
struct List {
    key: &'static str,
    stage: StageId,
    subject: fn(&Value) -> &str,
    asks: fn(&Value) -> Vec<String>,
}

/// Lists, in the order in which they are tried.
const LISTS: &[List] = &[
    List {
        key: "deploy_access_levels",
        stage: StageId::Decision,
        subject: |item| text(item, "name"),
        asks: gitlab_environment,
    },
    List {
        key: "approvals_required",
        stage: StageId::Change,
        subject: |item| text(item, "name"),
        asks: |item| approvals(item, "approvals_required"),
    },
    List {
        key: "merge_access_levels",
        stage: StageId::Change,
        subject: |item| text(item, "name"),
        asks: gitlab_branch,
    },
    List { key: "push_access_levels", stage: StageId::Change, subject: |item| text(item, "name"), asks: gitlab_branch },
    List {
        key: "settings",
        stage: StageId::Change,
        subject: |item| item.pointer("/type/displayName").and_then(Value::as_str).unwrap_or("policy"),
        asks: azure,
    },
    List { key: "type", stage: StageId::Change, subject: |_| "branch", asks: github_rule },
];

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn number(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

fn flag(value: &Value, pointer: &str) -> bool {
    value.pointer(pointer).and_then(Value::as_bool).unwrap_or(false)
}

fn approvals_of(n: u64) -> Option<String> {
    match n {
        0 => None,
        1 => Some("1 approval".to_owned()),
        n => Some(format!("{n} approvals")),
    }
}

fn approvals(value: &Value, key: &str) -> Vec<String> {
    approvals_of(number(value, &format!("/{key}"))).into_iter().collect()
}

fn check(name: &str) -> Option<String> {
    (!name.is_empty()).then(|| format!("the check {}", words::quotable(name)))
}

fn github_environment(environment: &Value) -> Vec<String> {
    let mut asks = Vec::new();
    for rule in environment.get("protection_rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default() {
        match text(rule, "type") {
            "required_reviewers" => {
                let reviewers = rule.get("reviewers").and_then(Value::as_array).map_or(0, Vec::len);
                asks.push(if reviewers == 1 {
                    "an approval of 1 reviewer".to_owned()
                } else {
                    format!("an approval of one of {reviewers} reviewers")
                });
            }
            "wait_timer" => {
                let minutes = number(rule, "/wait_timer");
                asks.extend((minutes > 0).then(|| format!("a wait of {minutes} min")));
            }
            "branch_policy" => asks.push("certain branches or tags".to_owned()),
            "" => {}
            _ => asks.push("a rule of an app".to_owned()),
        }
    }
    asks
}

fn github_protection(protection: &Value) -> Vec<String> {
    let mut asks: Vec<String> =
        approvals_of(number(protection, "/required_pull_request_reviews/required_approving_review_count"))
            .into_iter()
            .collect();
    if flag(protection, "/required_pull_request_reviews/require_code_owner_reviews") {
        asks.push("code owners".to_owned());
    }
    let contexts = protection.pointer("/required_status_checks/contexts").and_then(Value::as_array);
    asks.extend(contexts.map(Vec::as_slice).unwrap_or_default().iter().filter_map(Value::as_str).filter_map(check));
    asks
}

fn github_rule(rule: &Value) -> Vec<String> {
    match text(rule, "type") {
        "pull_request" => {
            let mut asks: Vec<String> =
                approvals_of(number(rule, "/parameters/required_approving_review_count")).into_iter().collect();
            if flag(rule, "/parameters/require_code_owner_review") {
                asks.push("code owners".to_owned());
            }
            if asks.is_empty() { vec!["a request".to_owned()] } else { asks }
        }
        "required_status_checks" => {
            let checks = rule.pointer("/parameters/required_status_checks").and_then(Value::as_array);
            checks
                .map(Vec::as_slice)
                .unwrap_or_default()
                .iter()
                .filter_map(|value| check(text(value, "context")))
                .collect()
        }
        "required_deployments" => vec!["a deployment before it".to_owned()],
        "merge_queue" => vec!["a merge queue".to_owned()],
        "required_signatures" => vec!["signed commits".to_owned()],
        _ => Vec::new(),
    }
}

fn gitlab_environment(environment: &Value) -> Vec<String> {
    let rules = environment.get("approval_rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let ruled: u64 = rules.iter().map(|rule| number(rule, "/required_approvals")).sum();
    let mut asks: Vec<String> =
        approvals_of(ruled.max(number(environment, "/required_approval_count"))).into_iter().collect();
    let may = environment.get("deploy_access_levels").and_then(Value::as_array).map_or(0, Vec::len);
    asks.extend((may > 0).then(|| "the right to deploy".to_owned()));
    asks
}

fn gitlab_branch(branch: &Value) -> Vec<String> {
    let mut asks = Vec::new();
    if flag(branch, "/code_owner_approval_required") {
        asks.push("code owners".to_owned());
    }
    let none = |key: &str| {
        let levels = branch.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        !levels.is_empty() && levels.iter().all(|level| number(level, "/access_level") == 0)
    };
    asks.extend(none("push_access_levels").then(|| "a merge request".to_owned()));
    asks
}

fn azure(policy: &Value) -> Vec<String> {
    if policy.get("isEnabled").and_then(Value::as_bool) == Some(false) || !flag(policy, "/isBlocking") {
        return Vec::new();
    }
    let count = number(policy, "/settings/minimumApproverCount");
    if count > 0 {
        return approvals_of(count).into_iter().collect();
    }
    if policy.pointer("/settings/buildDefinitionId").is_some() {
        return vec!["a build that passes".to_owned()];
    }
    Vec::new()
}

fn bitbucket(restriction: &Value) -> Vec<String> {
    match text(restriction, "kind") {
        "require_approvals_to_merge" | "require_default_reviewer_approvals_to_merge" => approvals(restriction, "value"),
        "require_passing_builds_to_merge" => vec!["builds that pass".to_owned()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(json: &str) -> Vec<(String, Vec<String>)> {
        let rules = exported("x.json", json.as_bytes()).expect("it is known");
        let texts = |texts: Vec<Untrusted>| texts.iter().map(|text| text.raw().to_owned()).collect();
        rules.into_iter().map(|rule| (rule.subject.raw().to_owned(), texts(rule.asks))).collect()
    }

    #[test]
    fn exports_say_what_is_asked_for() {
        let environments = r#"{"total_count":1,"environments":[{"name":"production","protection_rules":[
            {"type":"wait_timer","wait_timer":30},{"type":"required_reviewers","reviewers":[{"type":"User"},{"type":"Team"}]}]},
            {"name":"preview","protection_rules":[]}]}"#;
        assert_eq!(
            asks(environments),
            [
                (
                    "production".to_owned(),
                    vec!["a wait of 30 min".to_owned(), "an approval of one of 2 reviewers".to_owned()]
                ),
                ("preview".to_owned(), Vec::new())
            ]
        );
        let rules = r#"[{"type":"pull_request","parameters":{"required_approving_review_count":2,
            "require_code_owner_review":true},"ruleset_id":1},
            {"type":"required_status_checks","parameters":{"required_status_checks":[{"context":"build"}]},
            "ruleset_id":1},{"type":"deletion"}]"#;
        let both = asks(rules);
        assert_eq!(both[0].1, ["2 approvals", "code owners"]);
        assert_eq!(both[1].1, ["the check build"]);
        assert_eq!(
            asks(r#"[{"name":"All","approvals_required":1}]"#),
            [("All".to_owned(), vec!["1 approval".to_owned()])]
        );
        assert_eq!(
            asks(r#"[{"name":"production","deploy_access_levels":[{"access_level":40}],"required_approval_count":2}]"#)
                [0]
            .1,
            ["2 approvals", "the right to deploy"]
        );
        assert_eq!(asks("[]"), [("the forge".to_owned(), Vec::new())], "nothing is asked for, and that is known");
        assert_eq!(
            asks(r#"[{"type":"deletion"},{"type":"non_fast_forward"}]"#),
            [("branch".to_owned(), Vec::new())],
            "no rule of these asks anybody"
        );
    }

    #[test]
    fn what_is_no_export_is_said_to_be_none() {
        for (json, why) in [
            ("{", "is no JSON (line 1, column 1)"),
            (r#"{"message":"Not Found","status":"404"}"#, "is an error of the forge, not an export"),
            ("[1]", "is of no export that is known"),
            ("7", "is of no export that is known"),
        ] {
            assert_eq!(exported("x", json.as_bytes()).expect_err(json), why);
        }
    }
}
