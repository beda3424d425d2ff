use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fields::{Fields, Record, body, labels, text};
use super::{Format, Import, all_have, objects};

pub(super) const ISSUES: Format = Format {
    name: "github-issues",
    about: "gh issue list --label incident --state all --json number,title,body,labels,createdAt,closedAt,assignees,url",
    recognises: |document| {
        all_have(document, &["number", "title", "createdAt|created_at"]) && !all_have(document, &["iid"])
    },
    convert: issues,
};

pub(super) const RELEASES: Format = Format {
    name: "github-releases",
    about: "gh release list --json tagName,publishedAt,createdAt,isDraft,isPrerelease,name",
    recognises: |document| all_have(document, &["tagName|tag_name"]),
    convert: releases,
};

pub(super) const RUNS: Format = Format {
    name: "github-runs",
    about: "gh run list --json databaseId,name,headBranch,event,conclusion,createdAt",
    recognises: |document| {
        let runs = document.get("workflow_runs").unwrap_or(document);
        all_have(runs, &["headBranch|head_branch", "conclusion"])
    },
    convert: runs,
};

pub(super) const DEPLOYMENTS: Format = Format {
    name: "github-deployments",
    about: "gh api repos/OWNER/NAME/deployments --paginate",
    recognises: |document| all_have(document, &["sha", "ref", "statuses_url", "environment"]),
    convert: deployments,
};

fn issues(document: &Value, import: &mut Import) {
    for issue in objects(document) {
        let mut fields = Fields::new(issue);
        let number = fields.text("number").unwrap_or_default();
        if fields.get("pull_request").is_some() {
            import.skip(format!("#{number}"), "a pull request");
            continue;
        }
        let mut record = Record::default();
        record.set("id", Some(format!("GH-{number}"))).set("title", fields.text("title"));
        let unused = labels(&mut record, &fields.texts("labels", "name"));
        for label in unused {
            *import.unused.entry(format!("label {label}")).or_default() += 1;
        }
        if let Some(text) = fields.text("body") {
            body(&mut record, &text);
        }
        // An issue is opened by whoever noticed, some time after noticing.
        record.proxy("detected_at", fields.time("createdAt|created_at"));
        record.proxy("resolved_at", fields.time("closedAt|closed_at"));
        record.list("responders", fields.texts("assignees", "login")).set("url", fields.text("html_url|url"));
        fields.known(
            "html_url|url|state|id|node_id|updatedAt|updated_at|repository_url|labels_url|comments_url|events_url",
        );
        fields.known("timeline_url|assignee|reactions|locked|comments|author_association|state_reason|stateReason");
        fields.finish(import);
        import.incidents.push(record.finish());
    }
}

fn releases(document: &Value, import: &mut Import) {
    for release in objects(document) {
        let mut fields = Fields::new(release);
        let tag = fields.text("tagName|tag_name").unwrap_or_default();
        let yes = |value: Option<&Value>| value == Some(&Value::Bool(true));
        if yes(fields.get("isDraft|draft")) {
            import.skip(&tag, "a draft");
            continue;
        }
        if yes(fields.get("isPrerelease|prerelease")) {
            import.skip(&tag, "a pre-release");
            continue;
        }
        let mut record = Record::default();
        let author = fields.get("author").and_then(|author| text(author.get("login")?));
        record.set("tag", Some(tag)).set("deployed_at", fields.time("publishedAt|published_at"));
        record.list("operators", author.into_iter().collect());
        fields.known(
            "name|createdAt|created_at|isLatest|isImmutable|immutable|url|html_url|assets_url|upload_url|id|node_id",
        );
        fields.known(
            "tarball_url|zipball_url|target_commitish|body|assets|reactions|updated_at|discussion_url|mentions_count",
        );
        fields.finish(import);
        import.releases.push(record.finish());
    }
}

fn runs(document: &Value, import: &mut Import) {
    let mut by_tag: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for run in objects(document.get("workflow_runs").unwrap_or(document)) {
        let mut fields = Fields::new(run);
        let name = fields.text("workflowName|name").unwrap_or_else(|| "run".to_owned());
        let id = fields.text("databaseId|id|number").unwrap_or_default();
        let conclusion = fields.text("conclusion").unwrap_or_default();
        let result = match conclusion.as_str() {
            "success" => "pass",
            "failure" | "timed_out" | "startup_failure" => "fail",
            "skipped" => "skip",
            _ => {
                import.skip(format!("run {id}"), "not concluded");
                continue;
            }
        };
        let tag = fields.text("headBranch|head_branch");
        // Only a release's own run names its tag as the branch.
        let (Some(tag), true) = (tag, fields.text("event").is_some_and(|event| event == "release")) else {
            import.skip(format!("run {id}"), "not the run of a release");
            continue;
        };
        fields.known(
            "createdAt|created_at|updatedAt|updated_at|status|url|html_url|displayTitle|display_title|headSha|head_sha",
        );
        fields.known("startedAt|run_started_at|attempt|run_attempt|run_number|workflowDatabaseId|workflow_id|name|number|id|node_id");
        fields.finish(import);
        by_tag.entry(tag).or_default().push(json!({ "name": name, "result": result }));
    }
    for (tag, checks) in by_tag {
        let mut record = Record::default();
        record.set("tag", Some(tag)).set("checks", Some(checks));
        import.releases.push(record.finish());
    }
}

fn deployments(document: &Value, import: &mut Import) {
    for deployment in objects(document) {
        let mut fields = Fields::new(deployment);
        let mut record = Record::default();
        let creator = fields.get("creator").and_then(|creator| text(creator.get("login")?));
        record.set("tag", fields.text("ref")).set("commit", fields.text("sha"));
        record.set("deployed_at", fields.time("created_at")).set("environment", fields.text("environment"));
        record.list("operators", creator.into_iter().collect());
        fields.known("id|node_id|url|statuses_url|repository_url|task|original_environment|description|updated_at");
        fields.known("transient_environment|production_environment|payload|performed_via_github_app");
        fields.finish(import);
        import.releases.push(record.finish());
    }
}
