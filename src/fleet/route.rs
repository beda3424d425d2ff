//! To which repository an entry of the organisation's log belongs. An organisation's log given to every repository would be
//! poison: tags such as `0.9.4` exist everywhere. A tag alone routes nothing.

use std::collections::BTreeMap;

use super::contract::{Routing, Unrouted};
use crate::model::{CausedBy, Incident, Untrusted};

/// What an entry may be told by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The repository's name in the list.
    pub name: String,
    /// Services and components whose incidents are its own.
    pub services: Vec<String>,
}

/// Where an entry goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// To the repositories that it names; and what it names besides, in words, where that is not in the list.
    Named(Vec<usize>, Option<String>),
    /// To the one that has its service or component.
    Service(usize),
    /// To the one that has its commit, if there is one: this has to be looked up.
    Commit(Untrusted),
    /// Nowhere.
    Nowhere(String),
}

/// Knows the repositories by what entries name.
pub struct Router<'p> {
    places: &'p [Place],
    names: BTreeMap<&'p str, usize>,
    services: BTreeMap<&'p str, Vec<usize>>,
}

/// Names listed in a reason; the others are counted.
const NAMED: usize = 4;

impl<'p> Router<'p> {
    /// Of these repositories.
    pub fn new(places: &'p [Place]) -> Self {
        let names = places.iter().enumerate().map(|(at, place)| (place.name.as_str(), at)).collect();
        let mut services: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, place) in places.iter().enumerate() {
            for service in &place.services {
                let having = services.entry(service).or_default();
                if having.last() != Some(&at) {
                    having.push(at);
                }
            }
        }
        Self { places, names, services }
    }

    /// Where an entry goes: to the repositories that it names, else to the one with its service or component, else to the
    /// one with its commit.
    pub fn route(&self, incident: &Incident) -> Route {
        if !incident.repositories.is_empty() {
            let mut found: Vec<usize> =
                incident.repositories.iter().filter_map(|name| self.names.get(name.raw()).copied()).collect();
            found.sort_unstable();
            found.dedup();
            let unknown =
                incident.repositories.iter().map(Untrusted::raw).filter(|name| !self.names.contains_key(name));
            let unknown: Vec<&str> = unknown.collect();
            let why = || format!("no repository of the list is called {}", several(&unknown));
            return if found.is_empty() {
                Route::Nowhere(why())
            } else {
                Route::Named(found, (!unknown.is_empty()).then(why))
            };
        }
        let touched = || incident.services.iter().chain(&incident.components);
        let mut having: Vec<usize> =
            touched().filter_map(|service| self.services.get(service.raw())).flatten().copied().collect();
        having.sort_unstable();
        having.dedup();
        match (&having[..], &incident.caused_by) {
            ([one], _) => Route::Service(*one),
            (_, Some(CausedBy::Commit(commit) | CausedBy::FixedBy(commit))) => Route::Commit(commit.clone()),
            ([], cause) => Route::Nowhere(match (touched().next(), cause) {
                (Some(_), _) => {
                    let touched: Vec<&str> = touched().map(Untrusted::raw).collect();
                    format!("no repository has the service {}", several(&touched))
                }
                (None, Some(CausedBy::Releases(_))) => "it names a tag alone, which many repositories have".to_owned(),
                (None, _) => "it names no repository, service or commit".to_owned(),
            }),
            (having, _) => Route::Nowhere(format!("several repositories have its service: {}", self.named(having))),
        }
    }

    /// Where an entry goes that names a commit, by the repositories that have it.
    ///
    /// # Errors
    /// None has it, or several do: why.
    pub fn by_commit(&self, commit: &Untrusted, having: &[usize]) -> Result<usize, String> {
        match having {
            [one] => Ok(*one),
            [] => Err(format!("no repository has the commit {}", commit.raw())),
            several => Err(format!("several repositories have the commit {}: {}", commit.raw(), self.named(several))),
        }
    }

    fn named(&self, having: &[usize]) -> String {
        several(&having.iter().map(|&at| self.places[at].name.as_str()).collect::<Vec<_>>())
    }
}

fn several(names: &[&str]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names[..names.len() - more].join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

impl Routing {
    /// Lists an entry as one that belongs nowhere.
    pub fn nowhere(&mut self, id: &Untrusted, why: String) {
        self.unrouted.push(Unrouted { id: id.clone(), why: Untrusted::new(why) });
    }

    /// Lists an entry as one that belongs somewhere, and names more.
    pub fn partly(&mut self, id: &Untrusted, why: String) {
        self.partly.push(Unrouted { id: id.clone(), why: Untrusted::new(why) });
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Route, Router};
    use crate::model::{CausedBy, Incident, IncidentKind, Origin, Untrusted};

    fn places() -> Vec<Place> {
        let place = |name: &str, services: &[&str]| Place {
            name: name.to_owned(),
            services: services.iter().map(|service| (*service).to_owned()).collect(),
        };
        vec![place("api", &["payments", "checkout"]), place("web", &["shop", "checkout"]), place("jobs", &[])]
    }

    fn texts(names: &[&str]) -> Vec<Untrusted> {
        names.iter().map(|name| Untrusted::from(*name)).collect()
    }

    /// An entry that says nothing.
    fn incident() -> Incident {
        Incident {
            id: "INC-1".into(),
            title: "Down".into(),
            kind: IncidentKind::Incident,
            severity: None,
            declared_cause: None,
            cause_key: None,
            components: Vec::new(),
            services: Vec::new(),
            repositories: Vec::new(),
            environment: None,
            started_at: None,
            detected_at: None,
            acknowledged_at: None,
            mitigated_at: None,
            resolved_at: None,
            detected_by: None,
            responders: Vec::new(),
            caused_by: None,
            url: None,
            remediation: None,
            proxies: Vec::new(),
            origin: Origin { file: "org.toml".into(), line: 1, column: 1 },
        }
    }

    #[test]
    fn an_entry_goes_where_it_says_and_nowhere_else() {
        let places = places();
        let router = Router::new(&places);
        let tag = || Some(CausedBy::Releases(texts(&["v1.0.0"])));
        let named = |names: &[&str]| Incident { repositories: texts(names), ..incident() };
        // By name, to all that it names; what it names besides is told.
        let lost = Some("no repository of the list is called gone".to_owned());
        assert_eq!(router.route(&named(&["web", "api", "web", "gone"])), Route::Named(vec![0, 1], lost));
        assert_eq!(router.route(&named(&["api"])), Route::Named(vec![0], None));
        let gone = router.route(&Incident { services: texts(&["payments"]), ..named(&["gone"]) });
        assert_eq!(gone, Route::Nowhere("no repository of the list is called gone".to_owned()));
        // By a service or component that one of them has.
        let of = |service: &str| Incident { services: texts(&[service]), caused_by: tag(), ..incident() };
        assert_eq!(router.route(&of("payments")), Route::Service(0));
        let component = Incident { components: texts(&["shop", "other"]), ..incident() };
        assert_eq!(router.route(&component), Route::Service(1));
        let both = "several repositories have its service: api, web";
        assert_eq!(router.route(&of("checkout")), Route::Nowhere(both.to_owned()));
        assert_eq!(router.route(&of("jobs")), Route::Nowhere("no repository has the service jobs".to_owned()));
        // By a commit, where nothing else tells; never by a tag.
        let commit = |service: &str| Incident { caused_by: Some(CausedBy::Commit("0123abc".into())), ..of(service) };
        assert_eq!(router.route(&commit("payments")), Route::Service(0));
        assert_eq!(router.route(&commit("checkout")), Route::Commit("0123abc".into()));
        let fixed = Incident { caused_by: Some(CausedBy::FixedBy("0123abc".into())), ..incident() };
        assert_eq!(router.route(&fixed), Route::Commit("0123abc".into()));
        let alone = Incident { caused_by: tag(), ..incident() };
        assert!(matches!(router.route(&alone), Route::Nowhere(why) if why.starts_with("it names a tag alone")));
        assert!(matches!(router.route(&incident()), Route::Nowhere(why) if why.starts_with("it names no repository")));
        assert_eq!(router.by_commit(&"0123abc".into(), &[2]), Ok(2));
        assert!(
            router.by_commit(&"0123abc".into(), &[]).is_err_and(|why| why.contains("no repository has the commit"))
        );
        assert!(router.by_commit(&"0123abc".into(), &[0, 2]).is_err_and(|why| why.ends_with("api, jobs")));
    }
}
