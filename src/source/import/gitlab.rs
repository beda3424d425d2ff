use serde_json::{Value, json};

use super::fields::{Fields, Record, body, labels, text, time};
use super::{Format, Import, all_have, objects};

pub(super) const ISSUES: Format = Format {
    name: "gitlab-issues",
    about: "REST /projects/ID/issues?issue_type=incident",
    recognises: |document| all_have(document, &["iid", "title", "web_url"]),
    convert: issues,
};

pub(super) const DEPLOYMENTS: Format = Format {
    name: "gitlab-deployments",
    about: "REST /projects/ID/deployments",
    recognises: |document| all_have(document, &["iid", "ref", "sha", "environment", "status"]),
    convert: deployments,
};

fn issues(document: &Value, import: &mut Import) {
    for issue in objects(document) {
        let mut fields = Fields::new(issue);
        let mut record = Record::default();
        record.set("id", fields.text("iid").map(|iid| format!("GL-{iid}"))).set("title", fields.text("title"));
        let given = fields.get("labels").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for label in labels(&mut record, &given.iter().filter_map(text).collect::<Vec<_>>()) {
            *import.unused.entry(format!("label {label}")).or_default() += 1;
        }
        let severity = fields.text("severity").filter(|severity| severity != "UNKNOWN");
        if !record.has("severity") {
            record.set("severity", severity.map(|severity| severity.to_lowercase()));
        }
        if let Some(text) = fields.text("description") {
            body(&mut record, &text);
        }
        record.proxy("detected_at", fields.time("created_at")).proxy("resolved_at", fields.time("closed_at"));
        record.list("responders", fields.texts("assignees", "username")).set("url", fields.text("web_url"));
        fields.known(
            "id|project_id|state|updated_at|closed_by|milestone|type|author|assignee|references|_links|issue_type",
        );
        fields.known(
            "user_notes_count|merge_requests_count|upvotes|downvotes|due_date|confidential|discussion_locked|has_tasks",
        );
        fields.known("time_stats|task_completion_status|task_status|blocking_issues_count|moved_to_id|service_desk_reply_to|imported");
        fields.finish(import);
        import.incidents.push(record.finish());
    }
}

fn deployments(document: &Value, import: &mut Import) {
    for deployment in objects(document) {
        let mut fields = Fields::new(deployment);
        let id = fields.text("iid").unwrap_or_default();
        if fields.text("status").as_deref() != Some("success") {
            import.skip(format!("deployment {id}"), "not a success");
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
        let finished = fields.get("deployable").and_then(|job| time(job.get("finished_at")?));
        let user = fields.get("user").and_then(|user| text(user.get("username")?));
        let environment = fields.get("environment").and_then(|environment| text(environment.get("name")?));
        let mut record = Record::default();
        record.set("tag", fields.text("ref")).set("commit", fields.text("sha"));
        record.set("deployed_at", finished.or_else(|| fields.time("updated_at|created_at")));
        record.set("environment", environment).list("operators", user.into_iter().collect());
        record.set("approvals", (!approvals.is_empty()).then_some(approvals));
        fields.known("id|created_at|updated_at|deployable|pending_approval_count|approval_summary");
        fields.finish(import);
        import.releases.push(record.finish());
    }
}
