//! A team that does well, to be changed by each test in the one thing that it is about.

use std::fmt::Write;

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::Value;

use super::Place;

/// The window begins on day 0, a Thursday, and ends on day 181; the one before is as long.
pub fn day(day: f64) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-01-01T10:00:00Z").expect("a time") + TimeDelta::minutes((day * 1440.0) as i64)
}

pub const FLAGS: [&str; 2] = ["--since=2026-01-01T00:00:00Z", "--as-of=2026-07-01T00:00:00Z"];

#[derive(Clone, Default)]
pub struct Release {
    pub tag: String,
    pub day: f64,
    pub operators: Vec<&'static str>,
    pub approvals: Vec<&'static str>,
    pub checks: Vec<(&'static str, &'static str)>,
    pub more: String,
}

#[derive(Clone, Default)]
pub struct Incident {
    pub id: String,
    pub release: String,
    /// Days after the start when the impact began; then minutes until detected, stopped and restored.
    pub day: f64,
    pub detect: Option<i64>,
    pub stop: Option<(&'static str, i64)>,
    pub restore: Option<i64>,
    pub by: Option<&'static str>,
    pub kind: Option<&'static str>,
    pub cause_key: Option<String>,
    pub responders: Vec<&'static str>,
}

/// A team's two windows.
#[derive(Clone, Default)]
pub struct Team {
    pub releases: Vec<Release>,
    pub incidents: Vec<Incident>,
    pub config: String,
}

pub const PEOPLE: [&str; 4] = ["Ana Costa", "Bo Lind", "Chidi Okafor", "Dana Kim"];

impl Team {
    /// Forty releases in each window, on all working days and at all working hours, by four people in turn; one failed in
    /// each window and was noticed and rolled back at once; a check that works; a newcomer; a drill.
    pub fn good() -> Self {
        let mut team = Self { config: "[checks]\nrequired = ['canary']\n".to_owned(), ..Self::default() };
        for (window, start) in [(1, -181.0), (2, 0.0)] {
            let mut at = start;
            for number in 0..40 {
                // Four days on keeps all weekdays in turn; a weekend waits for Monday.
                at += 4.0;
                let weekend = match day(at).format("%a").to_string().as_str() {
                    "Sat" => 2.0,
                    "Sun" => 1.0,
                    _ => 0.0,
                };
                let newcomer = window == 2 && number == 20;
                team.releases.push(Release {
                    tag: format!("{window}.{number}.0"),
                    day: at + weekend + f64::from(number % 9) / 24.0,
                    operators: vec![if newcomer { "Eli Novak" } else { PEOPLE[number as usize % 4] }],
                    approvals: vec![PEOPLE[(number as usize + 1) % 4]],
                    checks: vec![("canary", "pass")],
                    more: String::new(),
                });
            }
            let caught = format!("{window}.40.0");
            let blocked = "blocked = true".to_owned();
            let checks = vec![("canary", "fail")];
            let operators = vec!["Ana Costa"];
            team.releases.push(Release {
                tag: caught,
                day: start + 172.0,
                operators,
                checks,
                more: blocked,
                ..Release::default()
            });
            team.fail(&format!("{window}.10.0"), "a-cause-of-its-own");
            team.incidents.last_mut().expect("one").cause_key = Some(format!("cause-{window}"));
        }
        let drill = Incident {
            id: "D-1".to_owned(),
            day: 120.0,
            kind: Some("drill"),
            detect: Some(1),
            restore: Some(5),
            ..Incident::default()
        };
        team.incidents.push(drill);
        team
    }

    /// A failure of a release that is noticed by an alert after 5 minutes, stopped after 10 more, and over after 30.
    pub fn fail(&mut self, tag: &str, cause: &str) -> &mut Incident {
        let released = self.releases.iter().find(|release| release.tag == tag).expect("a release").day;
        self.incidents.push(Incident {
            id: format!("I-{tag}"),
            release: tag.to_owned(),
            day: released + 0.01,
            detect: Some(5),
            stop: Some(("rollback", 15)),
            restore: Some(30),
            by: Some("alert"),
            kind: None,
            cause_key: Some(cause.to_owned()),
            responders: vec![PEOPLE[self.incidents.len() % 4]],
        });
        self.incidents.last_mut().expect("just pushed")
    }

    /// The releases of the window.
    pub fn window(&mut self) -> impl Iterator<Item = &mut Release> {
        self.releases.iter_mut().filter(|release| release.day >= 0.0 && release.more.is_empty())
    }

    pub fn log(&self) -> String {
        let list = |names: &[&str]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let mut log = "covers_from = 2025-01-01\n".to_owned();
        for release in &self.releases {
            let Release { tag, operators, approvals, checks, more, .. } = release;
            let approvals: Vec<_> = approvals.iter().map(|by| format!("{{ by = \"{by}\" }}")).collect();
            let checks: Vec<_> =
                checks.iter().map(|(name, result)| format!("{{ name = \"{name}\", result = \"{result}\" }}")).collect();
            writeln!(
                log,
                "[[release]]\ntag = \"{tag}\"\ndeployed_at = {}\noperators = [{}]\napprovals = [{}]\nchecks = [{}]\n{more}",
                day(release.day).to_rfc3339(),
                list(operators),
                approvals.join(", "),
                checks.join(", ")
            )
            .expect("text");
        }
        for incident in &self.incidents {
            let start = day(incident.day);
            let after = |minutes: i64| (start + TimeDelta::minutes(minutes)).to_rfc3339();
            writeln!(log, "[[incident]]\nid = \"{0}\"\ntitle = \"About {0}\"\nstarted_at = {1}", incident.id, after(0))
                .expect("text");
            let mut line = |key: &str, value: Option<String>| {
                if let Some(value) = value {
                    writeln!(log, "{key} = {value}").expect("text");
                }
            };
            line("detected_at", incident.detect.map(after));
            line("mitigated_at", incident.restore.map(after));
            line("detected_by", incident.by.map(|by| format!("\"{by}\"")));
            line("kind", incident.kind.map(|kind| format!("\"{kind}\"")));
            line("cause_key", incident.cause_key.as_ref().map(|key| format!("\"{key}\"")));
            line("responders", Some(format!("[{}]", list(&incident.responders))));
            line(
                "caused_by",
                (!incident.release.is_empty()).then(|| format!("{{ release = \"{}\" }}", incident.release)),
            );
            line(
                "remediation",
                incident.stop.map(|(kind, minutes)| format!("{{ type = \"{kind}\", at = {} }}", after(minutes))),
            );
        }
        log
    }

    pub fn place(&self) -> Place {
        let place = Place::empty();
        place.file("releases.toml", &self.log());
        place.file("relconf.toml", &self.config);
        place
    }

    pub fn review(&self) -> Value {
        let mut arguments = vec!["review", "--no-git", "--format", "json"];
        arguments.extend(FLAGS);
        self.place().relconf(&arguments).json()
    }
}
