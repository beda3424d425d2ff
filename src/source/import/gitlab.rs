use serde_json::{Value, json};

use super::body::body;
use super::clock::time;
use super::deployments::{Deployment, enter};
use super::document::Export;
use super::fields::{Fields, Record, labels, text};
use super::{Format, Import, has};

pub(super) const ISSUES: Format = Format {
    name: "gitlab-issues",
    about: "glab api --paginate 'projects/:id/issues?issue_type=incident&scope=all&per_page=100'",
    recognises: |issue| has(issue, &["iid", "title", "web_url|webUrl"]),
    convert: issues,
};

pub(super) const DEPLOYMENTS: Format = Format {
    name: "gitlab-deployments",
    about: "glab api --paginate 'projects/:id/deployments?environment=production&per_page=100'",
    recognises: |deployment| has(deployment, &["iid", "ref", "sha", "environment", "status"]),
    convert: deployments,
};

fn issues(export: &Export, import: &mut Import) {
    for issue in &export.records {
        let mut fields = Fields::new(issue);
        let mut record = Record::default();
        let iid = fields.text("iid").unwrap_or_default();
        record.set("id", Some(format!("GL-{iid}"))).set("title", fields.text("title"));
        let mut why = labels(&mut record, &fields.texts("labels", "title"), import);
        let links = fields.get("_links");
        if links.and_then(|links| links.get("closed_as_duplicate_of")).is_some_and(|link| !link.is_null()) {
            why = Some("a duplicate");
        }
        if fields.get("moved_to_id|movedTo").is_some() {
            why = Some("moved to another project");
        }
        if let Some(why) = why {
            import.skip(format!("#{iid}"), why);
            continue;
        }
        let severity = fields.text("severity").filter(|severity| severity != "UNKNOWN");
        if !record.has("severity") {
            record.set("severity", severity.map(|severity| severity.to_lowercase()));
        }
        let created = fields.time("created_at|createdAt");
        if let Some(text) = fields.text("description") {
            body(&mut record, &text, created.as_deref(), import);
        }
        record.proxy("detected_at", created).proxy("resolved_at", fields.time("closed_at|closedAt"));
        record.list("responders", fields.texts("assignees", "username")).set("url", fields.text("web_url|webUrl"));
        fields.known(
            "id|project_id|state|updated_at|closed_by|milestone|type|author|assignee|references|issue_type|closed_as_duplicate_of",
        );
        fields.known(
            "user_notes_count|merge_requests_count|upvotes|downvotes|due_date|confidential|discussion_locked|has_tasks",
        );
        fields.known("time_stats|task_completion_status|task_status|blocking_issues_count|service_desk_reply_to|imported|imported_from");
        fields.finish(import);
        import.incidents.push(record.finish());
    }
}

fn deployments(export: &Export, import: &mut Import) {
    let mut found = Vec::new();
    for deployment in &export.records {
        let mut fields = Fields::new(deployment);
        let name = format!("deployment {}", fields.text("iid").unwrap_or_default());
        if fields.text("status").as_deref() != Some("success") {
            import.skip(name, "not a success");
            continue;
        }
        let approvals: Vec<Value> = fields
            .get("approvals")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter(|approval| approval.get("status").and_then(Value::as_str) == Some("approved"))
            .filter_map(|approval| {
                let by = text(approval.get("user")?.get("username")?)?;
                let at = approval.get("created_at").and_then(time);
                Some(at.map_or_else(|| json!({ "by": by }), |at| json!({ "by": by, "at": at })))
            })
            .collect();
        let job = fields.get("deployable");
        let finished = job.and_then(|job| time(job.get("finished_at")?));
        let environment = fields.get("environment");
        let tier = environment.and_then(|environment| text(environment.get("tier")?));
        found.push(Deployment {
            name,
            commit: fields.text("sha"),
            reference: fields.text("ref"),
            is_tag: job.and_then(|job| job.get("tag")?.as_bool()),
            at: finished.or_else(|| fields.time("updated_at|created_at")),
            environment: environment.and_then(|environment| text(environment.get("name")?)),
            is_production: tier.as_deref() == Some("production"),
            operators: fields.inside("user", "username").into_iter().collect(),
            approvals,
        });
        fields.known("id|created_at|updated_at|deployable|pending_approval_count|approval_summary");
        fields.finish(import);
    }
    enter(found, import);
}
