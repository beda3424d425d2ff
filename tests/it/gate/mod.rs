//! The gate, over logs of two windows.

mod baseline;
mod formats;
mod verdicts;

use std::fmt::Write;

use crate::support::{Place, Ran};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::Value;

/// The window under review begins here and lasts [`DAYS`]; the one before it is as long.
const DAYS: i64 = 40;

fn start() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-03-01T00:00:00Z").expect("a time")
}

/// Releases spread evenly over a window that begins at `from`, the first `failed` of them with an incident.
fn window(log: &mut String, from: DateTime<FixedOffset>, name: &str, failed: u32, n: u32) {
    for number in 0..n {
        let at = from + TimeDelta::minutes(DAYS * 24 * 60 * i64::from(number) / i64::from(n)) + TimeDelta::minutes(1);
        let tag = format!("{name}.{number}.0");
        writeln!(log, "[[release]]\ntag = \"{tag}\"\ndeployed_at = {}", at.to_rfc3339()).expect("text");
        if number < failed {
            let detected = (at + TimeDelta::minutes(1)).to_rfc3339();
            writeln!(
                log,
                "[[incident]]\nid = \"I-{tag}\"\ntitle = \"x\"\ndetected_at = {detected}\ncaused_by = {{ release = \"{tag}\" }}"
            )
            .expect("text");
        }
    }
}

/// k of n failed now, and before.
fn history(now: (u32, u32), before: (u32, u32)) -> String {
    let mut log = "covers_from = 2020-01-01\n".to_owned();
    window(&mut log, start() - TimeDelta::days(DAYS), "1", before.0, before.1);
    window(&mut log, start(), "2", now.0, now.1);
    log
}

/// All other metrics are switched off: the verdict is that of the change failure rate.
const ALONE: &str = "
[gate.time_to_detect]
[gate.time_to_stop]
[gate.recovery_time]
[gate.special_handling]
[gate.person_dependence]
";

fn place(log: &str, config: &str) -> Place {
    let place = Place::empty();
    place.file("releases.toml", log);
    place.file("relconf.toml", config);
    place
}

fn flags() -> [String; 3] {
    let end = start() + TimeDelta::days(DAYS);
    [
        format!("--since={}", start().to_rfc3339()),
        format!("--until={}", end.to_rfc3339()),
        format!("--as-of={}", (end + TimeDelta::days(10)).to_rfc3339()),
    ]
}

fn run(place: &Place, command: &[&str], more: &[&str]) -> Ran {
    let flags = flags();
    let mut arguments = command.to_vec();
    arguments.push("--no-git");
    arguments.extend(flags.iter().map(String::as_str));
    arguments.extend_from_slice(more);
    place.relconf(&arguments)
}

fn gate(place: &Place, more: &[&str]) -> Ran {
    run(place, &["gate"], more)
}

fn parsed(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr))
}
