//! Words that tools and people use for what the native log has words for.

/// Why a record is no incident of its own, where its source says so: of a status, a resolution, a label, a mode.
pub(super) fn no_incident(word: &str) -> Option<&'static str> {
    let reason = match plain(word).as_str() {
        "merged" | "merge" => "merged into another",
        "duplicate" | "duplicated" | "is duplicate" | "closed as duplicate" => "a duplicate",
        "not planned" | "wontfix" | "wont fix" | "wont do" | "works as designed" => "not planned",
        "cancelled" | "canceled" | "abandoned" => "cancelled",
        "declined" | "rejected" | "dismissed" | "invalid" | "not an incident" | "not a bug" | "cannot reproduce" => {
            "declined"
        }
        "false positive" | "false alarm" => "a false alarm",
        "test" | "is test" | "tutorial" | "example" | "test incident" => "a test",
        "maintenance" | "scheduled" | "scheduled maintenance" | "planned maintenance" => "a maintenance",
        _ => return None,
    };
    Some(reason)
}

/// Who or what noticed: by all that is said, else by one of its words ("Datadog monitor").
pub(super) fn detected_by(said: &str) -> Option<&'static str> {
    let plain = plain(said);
    noticed(&plain).or_else(|| plain.split(' ').find_map(noticed))
}

fn noticed(word: &str) -> Option<&'static str> {
    let by = match word {
        "alert" | "alerting" | "alarm" | "monitor" | "monitoring" | "synthetics" | "automated" | "automation"
        | "event" | "pagerduty" | "opsgenie" | "datadog" | "grafana" | "prometheus" | "sentry" => "alert",
        "test" | "tests" | "ci" | "qa" | "canary" => "test",
        "person" | "employee" | "engineer" | "developer" | "team" | "staff" | "on call" | "oncall" | "manual"
        | "internal" => "person",
        "customer" | "customers" | "user" | "users" | "client" | "support" | "support ticket" | "external" => {
            "customer"
        }
        _ => return None,
    };
    Some(by)
}

/// What kind of record it is, where it is no incident.
pub(super) fn kind(word: &str) -> Option<&'static str> {
    match plain(word).as_str() {
        "near miss" | "nearmiss" => Some("near_miss"),
        "drill" | "exercise" | "game day" | "gameday" | "fire drill" => Some("drill"),
        _ => None,
    }
}

/// The environment that the native log calls production, under its other names.
pub(super) fn environment(name: String) -> String {
    if ["prod", "prd", "production", "live"].contains(&name.to_lowercase().as_str()) {
        "production".to_owned()
    } else {
        name
    }
}

/// In lower case, with single blanks for whatever parts words.
pub(super) fn plain(word: &str) -> String {
    let lower = word.to_lowercase().replace(['\'', '’'], "");
    lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
