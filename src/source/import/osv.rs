use serde_json::Value;

use super::document::Export;
use super::fields::{Bounds, Fields, Record, numbers, text};
use super::{Format, Import, has};

pub(super) const FORMAT: Format = Format {
    name: "osv",
    about: "advisories in the OSV format",
    recognises: |advisory| has(advisory, &["id", "modified", "affected"]),
    convert,
};

fn convert(export: &Export, import: &mut Import) {
    for advisory in &export.records {
        let mut fields = Fields::new(advisory);
        let id = fields.text("id").unwrap_or_default();
        if fields.get("withdrawn").is_some() {
            import.skip(id, "withdrawn");
            continue;
        }
        let mut record = Record::default();
        record.set("id", Some(id.as_str())).set(
            "title",
            Some(
                fields
                    .text("summary|details")
                    .map_or_else(|| id.clone(), |title| title.lines().next().unwrap_or_default().to_owned()),
            ),
        );
        record.proxy("detected_at", fields.time("published|modified"));
        let affected = fields.get("affected").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let ranges = affected.iter().filter_map(|part| part.get("ranges")?.as_array()).flatten();
        let bounds = bounds(ranges);
        if bounds.lines > 1 {
            import
                .skip(format!("{} ranges of {id}", bounds.lines), "the first version of all and the last fix make one");
        }
        record.set("caused_by", bounds.text().map(|range| serde_json::json!({ "range": range })));
        let names = affected.iter().filter_map(|part| text(part.get("package")?.get("name")?)).collect();
        record.list("component", names);
        fields.known(
            "modified|published|details|aliases|related|references|schema_version|database_specific|severity|credits",
        );
        fields.finish(import);
        import.incidents.push(record.finish());
    }
}

/// `>=1.0, <1.2.3`: from the first version introduced to the last fixed.
fn bounds<'v>(ranges: impl Iterator<Item = &'v Value>) -> Bounds {
    let (mut from, mut below): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut lines = 0;
    let versions = ranges.filter(|range| range.get("type").and_then(Value::as_str) != Some("GIT"));
    for event in versions.filter_map(|range| range.get("events")?.as_array()).flatten() {
        if let Some(version) = event.get("introduced").and_then(text) {
            lines += 1;
            from.push(version);
        }
        below.extend(event.get("fixed").and_then(text).map(|version| format!("<{version}")));
        below.extend(event.get("last_affected").and_then(text).map(|version| format!("<={version}")));
    }
    let first = from
        .into_iter()
        .min_by_key(|version| numbers(version))
        .filter(|version| numbers(version).iter().any(|n| *n > 0));
    Bounds { from: first, below: below.into_iter().max_by_key(|version| numbers(version)), lines }
}
