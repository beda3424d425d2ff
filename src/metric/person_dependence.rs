//! How much rests on one person.

use crate::attribution::{Facts, Span};
use crate::model::{Better, PersonIndex, ReleaseFlag, Unit};

use super::{Behind, Case, Measurement, Metric, MetricId, MetricInfo, Part, Value};
use crate::factor::{Carried, Role, carried};

/// A responder is known only where something failed, and one failure with one responder would read as 100%.
const ENOUGH_RESPONSES: u64 = 10;

/// The playbook's person-dependence during release.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::PersonDependence,
        title: "Person dependence",
        definition: "The largest share of releases that one person carried as releaser, approver or responder, over the \
                     releases where that role is known. A bot is nobody, but its releases count. Undefined where a role \
                     is known for under half of the releases; responders need 10 releases that somebody responded to.",
        unit: Unit::Ratio,
        better: Some(Better::Lower),
        minimum_sample: 10,
        reference: "EP-32 Improve release confidence: person-dependence during release",
    },
    measure,
    behind: Behind::Carried,
    default_limit: Some(0.15),
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    let roles = [Role::Releaser, Role::Approver, Role::Responder].map(|role| (role, carried(facts, span, role)));
    let decisive = roles
        .iter()
        .filter(|(role, carried)| decides(*role, carried))
        .filter_map(|(role, carried)| carried.top().map(|top| (*role, top, carried)))
        // Ties go to the first role, the releaser.
        .rev()
        .max_by(|a, b| (a.1.1 * b.2.known).cmp(&(b.1.1 * a.2.known)));
    let all_automated = roles.iter().find(|(role, carried)| decides(*role, carried));
    let value = match (&decisive, all_automated) {
        (Some((_, (_, k), carried)), _) => Value::Ratio { k: *k, n: carried.known },
        (None, Some((_, carried))) => Value::Ratio { k: 0, n: carried.known },
        (None, None) if roles[0].1.of == 0 => Value::Undefined("no release in the window"),
        (None, None) => Value::Undefined("who released is known for under half of the releases"),
    };
    let mut measurement = Measurement::from(value);
    measurement.role = decisive.as_ref().map(|(role, ..)| *role);
    measurement.cases = match (&decisive, all_automated) {
        (Some((_, (person, _), carried)), _) => cases(carried, *person),
        (None, Some((_, carried))) => carried.times().iter().map(|at| Case::counted(*at, false)).collect(),
        (None, None) => Vec::new(),
    };
    for (role, carried) in &roles {
        let (who, k) = carried.top().map_or((None, 0), |(person, k)| (Some(person), k));
        let name = who.map(|person| facts.history.person(person).name.clone());
        let part = Part { name, ..Part::ratio(k, carried.known) };
        if carried.known > 0 {
            measurement.breakdown.insert(role.id().to_owned(), part);
        }
    }
    let releasers = &roles[0].1;
    measurement.set_aside("releaser not known", releasers.of - releasers.known);
    let inferred = facts
        .exposed(span)
        .filter(|event| event.releases.iter().any(|&r| facts.history.release(r).has(ReleaseFlag::ReleaserInferred)))
        .count() as u64;
    if inferred > 0 {
        measurement.part("releaser_inferred", inferred, releasers.known);
    }
    measurement
}

/// The same in one role, whichever depends most: what windows of a trend are drawn by, so that all are about one thing. Of a
/// responder there is no least number: it stands beside the value.
pub fn person_dependence_in(facts: &Facts<'_>, span: Span, role: Role) -> Measurement {
    let carried = carried(facts, span, role);
    let known = carried.known > 0 && 2 * carried.known >= carried.of;
    let value = match carried.top() {
        _ if !known => Value::Undefined("the role is known for under half of the releases"),
        Some((_, k)) => Value::Ratio { k, n: carried.known },
        None => Value::Ratio { k: 0, n: carried.known },
    };
    let top = carried.top().map(|(person, _)| cases(&carried, person)).unwrap_or_default();
    Measurement { role: Some(role), ..Measurement::from(value).made_of(top) }
}

fn cases(carried: &Carried, person: PersonIndex) -> Vec<Case> {
    carried.by(person).map(|(at, carries)| Case::counted(at, carries)).collect()
}

fn decides(role: Role, carried: &Carried) -> bool {
    let enough = role != Role::Responder || carried.known >= ENOUGH_RESPONSES;
    carried.known > 0 && 2 * carried.known >= carried.of && enough
}
