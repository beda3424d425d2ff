//! What a review rests on, and what its metrics are.

use serde::Serialize;

use crate::model::Untrusted;
use crate::render::basis;
use crate::render::phrase::count;
use crate::review::contract::Review;

#[derive(Serialize)]
pub(super) struct DataView {
    unread: Vec<String>,
    says: Vec<String>,
    unattributed: Vec<Loose>,
    warnings: Vec<Warned>,
    definitions: Vec<Definition>,
    head: Option<String>,
    tool: String,
}

/// An incident of no release.
#[derive(Serialize)]
struct Loose {
    id: Untrusted,
    title: Untrusted,
    why: String,
}

#[derive(Serialize)]
struct Warned {
    message: Untrusted,
    help: Untrusted,
}

#[derive(Serialize)]
struct Definition {
    title: String,
    text: String,
}

pub(super) fn of(review: &Review) -> DataView {
    let loose = |incident: &crate::review::contract::IncidentReport| Loose {
        id: incident.id.clone(),
        title: incident.title.clone(),
        why: incident.not_counted_because.clone().unwrap_or_default(),
    };
    let warned = |warning: &crate::review::contract::Warning| Warned {
        message: warning.message.clone(),
        help: warning.help.clone(),
    };
    let defined = |metric: &crate::review::contract::MetricReport| Definition {
        title: metric.title.clone(),
        text: metric.definition.clone(),
    };
    DataView {
        unread: basis::unread(&review.data.log),
        says: says(review),
        unattributed: basis::unattributed(review).map(loose).collect(),
        warnings: review.data.warnings.iter().map(warned).collect(),
        definitions: review.metrics.0.iter().map(defined).collect(),
        head: review.repository.as_ref().and_then(|repository| repository.head.clone()),
        tool: format!("{} {}", review.tool.name, review.tool.version),
    }
}

fn says(review: &Review) -> Vec<String> {
    let window = &review.window;
    let mut says = vec![
        format!("Window: {}.", window.rule),
        format!("{}; {} read.", basis::matched(&review.data.tags), count(review.data.commits_read, "commit")),
        basis::releases(&review.data.releases),
        basis::log(&review.data.log, review.headline.basis),
    ];
    says.extend(basis::entries(&review.data.incidents));
    says.push(basis::people(review));
    says.extend(basis::hotfix_rule(review).map(str::to_owned));
    says
}
