use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::body::body;
use super::clock::time;
use super::deployments::{Deployment, enter, reads_as_version};
use super::document::Export;
use super::fields::{Fields, Record, labels, text};
use super::{Format, Import, has, words};

pub(super) const ISSUES: Format = Format {
    name: "github-issues",
    about: "gh issue list --label incident --state all --limit 100000 \
            --json number,title,body,labels,createdAt,closedAt,stateReason,assignees,url",
    recognises: |issue| has(issue, &["number", "title", "createdAt|created_at"]) && !has(issue, &["iid"]),
    convert: issues,
};

pub(super) const RELEASES: Format = Format {
    name: "github-releases",
    about: "gh release list --limit 100000 --json tagName,publishedAt,isDraft,isPrerelease",
    recognises: |release| has(release, &["tagName|tag_name"]),
    convert: releases,
};

pub(super) const RUNS: Format = Format {
    name: "github-runs",
    about: "gh run list --event release --limit 100000 --json databaseId,workflowName,headBranch,event,conclusion,createdAt",
    recognises: |run| has(run, &["headBranch|head_branch", "conclusion"]),
    convert: runs,
};

pub(super) const DEPLOYMENTS: Format = Format {
    name: "github-deployments",
    about: "gh api graphql --paginate -F owner='{owner}' -F name='{repo}' -f query='query($owner:String!,$name:String!,$endCursor:String)\
            {repository(owner:$owner,name:$name){deployments(first:100,after:$endCursor){nodes{databaseId commitOid ref{name prefix} \
            environment createdAt creator{login} latestStatus{state createdAt}} pageInfo{hasNextPage endCursor}}}}'",
    recognises: |deployment| {
        has(deployment, &["sha", "ref", "environment", "created_at"]) && !has(deployment, &["iid"])
            || has(deployment, &["commitOid", "environment", "createdAt"])
    },
    convert: deployments,
};

fn issues(export: &Export, import: &mut Import) {
    for issue in &export.records {
        let mut fields = Fields::new(issue);
        let number = fields.text("number").unwrap_or_default();
        if fields.get("pull_request").is_some() {
            import.skip(format!("#{number}"), "a pull request");
            continue;
        }
        let mut record = Record::default();
        record.set("id", Some(format!("GH-{number}"))).set("title", fields.text("title"));
        let why = labels(&mut record, &fields.texts("labels", "name"), import);
        let reason = fields.text("stateReason|state_reason").and_then(|reason| words::no_incident(&reason));
        if let Some(why) = reason.or(why) {
            import.skip(format!("#{number}"), why);
            continue;
        }
        let created = fields.time("createdAt|created_at");
        if let Some(text) = fields.text("body") {
            body(&mut record, &text, created.as_deref(), import);
        }
        // An issue is opened by whoever noticed, some time after noticing.
        record.proxy("detected_at", created).proxy("resolved_at", fields.time("closedAt|closed_at"));
        record.list("responders", fields.texts("assignees", "login")).set("url", fields.text("html_url|url"));
        fields.known(
            "html_url|url|state|closed|id|node_id|updatedAt|updated_at|repository_url|labels_url|comments_url|events_url",
        );
        fields.known("timeline_url|assignee|reactions|locked|comments|author_association|repository|score");
        fields.finish(import);
        import.incidents.push(record.finish());
    }
}

fn releases(export: &Export, import: &mut Import) {
    for release in &export.records {
        let mut fields = Fields::new(release);
        let tag = fields.text("tagName|tag_name").unwrap_or_default();
        if fields.truth("isDraft|draft") {
            import.skip(&tag, "a draft");
            continue;
        }
        if fields.truth("isPrerelease|prerelease") {
            import.skip(&tag, "a pre-release");
            continue;
        }
        let mut record = Record::default();
        record.set("tag", Some(tag)).set("deployed_at", fields.time("publishedAt|published_at"));
        record.list("operators", fields.inside("author", "login").into_iter().collect());
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

fn runs(export: &Export, import: &mut Import) {
    // Of a check that ran twice on a tag, the later run says how it ended.
    let mut by_tag: BTreeMap<String, Vec<(String, String, &str)>> = BTreeMap::new();
    for run in &export.records {
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
        // Only the run of a release, or of the push of a tag, has its tag for a branch.
        let event = fields.text("event").unwrap_or_default();
        let of_tag = |tag: &String| event == "release" || event == "push" && reads_as_version(tag);
        let Some(tag) = tag.filter(of_tag) else {
            import.skip(format!("run {id}"), "not the run of a release");
            continue;
        };
        let at = fields.time("createdAt|created_at").unwrap_or_default();
        fields.known("updatedAt|updated_at|status|url|html_url|displayTitle|display_title|headSha|head_sha");
        fields.known("startedAt|run_started_at|attempt|run_attempt|run_number|workflowDatabaseId|workflow_id|name|number|id|node_id");
        fields.finish(import);
        let runs = by_tag.entry(tag).or_default();
        match runs.iter_mut().find(|(known, ..)| *known == name) {
            Some(known) if known.1 <= at => *known = (name, at, result),
            Some(_) => {}
            None => runs.push((name, at, result)),
        }
    }
    for (tag, runs) in by_tag {
        let checks: Vec<Value> =
            runs.into_iter().map(|(name, _, result)| json!({ "name": name, "result": result })).collect();
        let mut record = Record::default();
        record.set("tag", Some(tag)).set("checks", Some(checks));
        import.releases.push(record.finish());
    }
}

fn deployments(export: &Export, import: &mut Import) {
    let mut found = Vec::new();
    let mut without_status = 0;
    for deployment in &export.records {
        let mut fields = Fields::new(deployment);
        let id = fields.text("databaseId|id").unwrap_or_default();
        let name = format!("deployment {id}");
        let status = status(&mut fields);
        fields
            .known("state|node_id|url|statuses_url|repository_url|task|original_environment|original_ref|description");
        fields.known("updated_at|updatedAt|transient_environment|payload|performed_via_github_app|latestEnvironment");
        let mut done = None;
        match status {
            // Inactive: it was live until the next one.
            Some((state, at)) if ["success", "active", "inactive"].contains(&state.as_str()) => {
                done = at.filter(|_| state != "inactive");
            }
            Some((state, _)) if ["failure", "error", "abandoned", "destroyed"].contains(&state.as_str()) => {
                import.skip(name, &format!("its latest status is {state}"));
                continue;
            }
            Some((state, _)) => {
                import.skip(name, &format!("not finished: its latest status is {state}"));
                continue;
            }
            None => without_status += 1,
        }
        let reference = fields.get("ref");
        let prefix = reference.and_then(|name| text(name.get("prefix")?));
        let created = fields.time("created_at|createdAt");
        found.push(Deployment {
            name,
            commit: fields.text("sha|commitOid"),
            reference: reference.and_then(|name| name.get("name").and_then(text).or_else(|| text(name))),
            is_tag: prefix.map(|prefix| prefix == "refs/tags/"),
            at: done.or(created),
            is_production: fields.truth("production_environment"),
            environment: fields.text("environment"),
            operators: fields.inside("creator", "login").into_iter().collect(),
            approvals: Vec::new(),
        });
        fields.known("production_environment");
        fields.finish(import);
    }
    if without_status > 0 {
        import.notes.push(format!(
            "{without_status} deployments come without a status and are taken as done: relconf import --formats has the command \
             that asks for it"
        ));
    }
    enter(found, import);
}

/// The latest status of a deployment and its time. An inactive one speaks only where it is the only one.
fn status(fields: &mut Fields<'_>) -> Option<(String, Option<String>)> {
    let of = |status: &Value| {
        let state = status.as_str().map(str::to_owned).or_else(|| text(status.get("state")?))?;
        let at = ["createdAt", "created_at"].into_iter().find_map(|key| time(status.get(key)?));
        Some((state.to_lowercase(), at))
    };
    let all = fields.get("statuses");
    let all = all.and_then(|all| all.as_array().or_else(|| all.get("nodes")?.as_array()));
    let mut statuses: Vec<_> = all.into_iter().flatten().filter_map(of).collect();
    statuses.sort_by(|a, b| a.1.cmp(&b.1));
    let spoke = statuses.iter().rev().find(|(state, _)| state != "inactive").or(statuses.last()).cloned();
    spoke.or_else(|| fields.get("latestStatus|state").and_then(of))
}
