//! Two reviews of any age, metric by metric and finding by finding.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::metric::{self, Measurement, Reading, Value};
use crate::model::{Moment, Untrusted};
use crate::trend::TrendPoint;

use super::contract::{
    Against, AgainstFinding, AgainstMetric, AgainstReview, Finding, MetricReport, Metrics, Project, Review, Scope,
    Success, Window,
};

/// What is read of a saved review.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Saved {
    as_of: Moment,
    project: Project,
    scope: Scope,
    window: Window,
    metrics: Metrics,
    findings: Vec<Finding>,
}

impl From<Review> for Saved {
    fn from(review: Review) -> Self {
        let Review { as_of, project, scope, window, metrics, findings, .. } = review;
        Self { as_of, project, scope, window, metrics, findings }
    }
}

/// Holds two reviews against each other: the one that stood earlier is the one before.
pub fn against(one: Saved, other: Saved) -> Against {
    let (then, now) = if one.as_of <= other.as_of { (one, other) } else { (other, one) };
    let apart = then.window.current.end <= now.window.current.start;
    let same_components = then.scope.components == now.scope.components;
    let metrics = now.metrics.0.iter().map(|now| {
        let before = then.metrics.get(&now.id);
        let (is, was) = (measured(&now.now), before.map(|before| measured(&before.now)));
        let comparable = was.as_ref().is_some_and(|was| metric::comparable(&is, was));
        AgainstMetric {
            id: now.id.clone(),
            title: now.title.clone(),
            unit: now.unit,
            better: now.better,
            then: before.map(|before| TrendPoint::from(before.now.clone())),
            now: now.now.clone().into(),
            comparable,
            change: was
                .filter(|_| comparable && apart && same_components)
                .map(|was| metric::change(&is, &was, now.better)),
        }
    });
    let mut seen = BTreeSet::new();
    let findings = then.findings.iter().chain(&now.findings).filter(|finding| seen.insert(finding.id.raw().to_owned()));
    let find = |review: &Saved, id: &Untrusted| review.findings.iter().find(|finding| finding.id == *id).cloned();
    let findings = findings.map(|finding| {
        let (was, is) = (find(&then, &finding.id), find(&now, &finding.id));
        let signal = finding.success.metric.raw();
        let metric = |review: &'_ Saved| review.metrics.get(signal).map(|metric| metric.now.clone().into());
        // What is no metric is told by the finding alone.
        let told = |found: &Option<Finding>| {
            let Success { now: Some(value), of, .. } = found.as_ref()?.success else { return None };
            Some(TrendPoint { value: Some(value), sample: of.unwrap_or_default(), ..TrendPoint::default() })
        };
        let title = |metric: &MetricReport| metric.title.clone();
        AgainstFinding {
            id: finding.id.clone(),
            action: finding.action.clone(),
            success: finding.success.clone(),
            metric: now.metrics.get(signal).or_else(|| then.metrics.get(signal)).map(title),
            then: metric(&then).or_else(|| told(&was)),
            now: metric(&now).or_else(|| told(&is)),
            found_then: was.is_some(),
            found_now: is.is_some(),
        }
    });
    Against {
        metrics: metrics.collect(),
        findings: findings.collect(),
        windows_apart: apart,
        same_components,
        same_project: then.project.name == now.project.name,
        then: about(&then),
        now: about(&now),
    }
}

fn about(saved: &Saved) -> AgainstReview {
    AgainstReview {
        project: saved.project.name.clone(),
        components: saved.scope.components.clone(),
        as_of: saved.as_of,
        window: saved.window.current,
        findings: saved.findings.len() as u64,
    }
}

/// A reading as far as it can be compared: of a ratio its counts, of all else the value alone.
fn measured(reading: &Reading) -> Measurement {
    let value = match (reading.value, reading.numerator, reading.denominator) {
        (Some(_), Some(k), Some(n)) => Value::Ratio { k, n },
        (Some(value), ..) => Value::Index { value, n: reading.sample },
        (None, ..) => Value::Undefined("no value"),
    };
    Measurement { basis: reading.basis, role: reading.role, ..Measurement::from(value) }
}
