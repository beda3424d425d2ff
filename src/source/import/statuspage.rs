use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::clock::written;
use super::document::Export;
use super::fields::{Fields, Record, text};
use super::{Format, Import, has, words};

pub(super) const FORMAT: Format = Format {
    name: "statuspage",
    about: "curl https://status.example.com/api/v2/incidents.json (the last 50)",
    recognises: |incident| has(incident, &["id", "name", "impact", "created_at"]),
    convert,
};

pub(super) const HISTORY: Format = Format {
    name: "statuspage-history",
    about: "curl 'https://status.example.com/history.json?page=[1-12]' (three months a page)",
    recognises: |month| has(month, &["name", "year", "incidents", "starts_on|days"]),
    convert: history,
};

fn convert(export: &Export, import: &mut Import) {
    for incident in &export.records {
        let mut fields = Fields::new(incident);
        let id = fields.text("id").unwrap_or_default();
        let impact = fields.text("impact");
        let status = fields.text("status");
        if let Some(why) =
            impact.as_deref().and_then(words::no_incident).or(status.as_deref().and_then(words::no_incident))
        {
            import.skip(id, why);
            continue;
        }
        let mut record = Record::default();
        record.set("id", Some(format!("SP-{id}"))).set("title", fields.text("name"));
        record.set("severity", impact.filter(|impact| impact != "none"));
        record.set("started_at", fields.time("started_at"));
        // The page says when the team began to speak of it.
        record.proxy("detected_at", fields.time("created_at"));
        record.set("mitigated_at", fields.time("monitoring_at")).set("resolved_at", fields.time("resolved_at"));
        record.list("component", fields.texts("components", "name")).set("url", fields.text("shortlink"));
        fields.known("status|updated_at|page_id|incident_updates|reminder_intervals");
        fields.finish(import);
        import.incidents.push(record.finish());
    }
}

fn history(export: &Export, import: &mut Import) {
    for month in &export.records {
        let incidents = month.get("incidents").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for incident in incidents.iter().filter_map(Value::as_object) {
            let mut fields = Fields::new(incident);
            let code = fields.text("code|id").unwrap_or_default();
            let impact = fields.text("impact");
            if let Some(why) = impact.as_deref().and_then(words::no_incident) {
                import.skip(code, why);
                continue;
            }
            let mut record = Record::default();
            record.set("id", Some(format!("SP-{code}"))).set("title", fields.text("name"));
            record.set("severity", impact.filter(|impact| impact != "none"));
            let stamp = fields.text("timestamp").unwrap_or_default();
            match span(&stamp, month) {
                Some((from, to)) => {
                    record.proxy("detected_at", Some(from)).proxy("resolved_at", to);
                }
                None => import.unread.push(format!("SP-{code} timestamp: {stamp}")),
            }
            fields.known("message");
            fields.finish(import);
            import.incidents.push(record.finish());
        }
    }
}

/// Beginning and end of `Nov <var>19</var>, <var>18:48</var> - <var>20:01</var> UTC`, in the month's year.
fn span(stamp: &str, month: &Map<String, Value>) -> Option<(String, Option<String>)> {
    let year = month.get("year").and_then(text)?.parse::<i32>().ok()?;
    let mut plain = String::new();
    let mut inside = false;
    for c in stamp.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => plain.push(c),
            _ => {}
        }
    }
    let (span, zone) = plain.trim().rsplit_once(' ')?;
    let (from, to) = span.split_once(" - ").map_or((span, None), |(from, to)| (from, Some(to)));
    let (day, _) = from.split_once(',')?;
    let moment =
        |day: &str, hour: &str, year: i32| written(&format!("{} {year} {} {zone}", day.trim(), hour.trim()), None);
    let begin = moment(day, from.split_once(',')?.1, year)?;
    let end = to.and_then(|to| match to.split_once(',') {
        // On another day, perhaps of the next year.
        Some((last, hour)) => {
            let of =
                |day: &str, year: i32| NaiveDate::parse_from_str(&format!("{} {year}", day.trim()), "%B %d %Y").ok();
            let over = of(last, year)? < of(day, year)?;
            moment(last, hour, if over { year + 1 } else { year })
        }
        None => moment(day, to, year),
    });
    Some((begin, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamps_of_a_history() {
        let month: Map<String, Value> = serde_json::from_str(r#"{"name":"December","year":2025}"#).expect("JSON");
        let var = |text: &str| format!("<var data-var='x'>{text}</var>");
        let one = format!("Dec {}, {} - {} UTC", var("19"), var("18:48"), var("20:01"));
        assert_eq!(
            span(&one, &month),
            Some(("2025-12-19T18:48:00Z".to_owned(), Some("2025-12-19T20:01:00Z".to_owned())))
        );
        let over = format!("Dec {}, {} - Jan {}, {} PST", var("31"), var("23:00"), var("1"), var("01:30"));
        assert_eq!(
            span(&over, &month),
            Some(("2025-12-31T23:00:00-08:00".to_owned(), Some("2026-01-01T01:30:00-08:00".to_owned())))
        );
        assert_eq!(span("today", &month), None);
    }
}
