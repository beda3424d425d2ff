//! What incidents name and nobody finds: told, each with what to write instead.

use std::collections::BTreeSet;

use crate::model::{Incident, Notice, NoticeCode, Untrusted};

/// Names in one notice.
const NAMED: usize = 5;

/// Names of releases that could not be told.
#[derive(Default)]
pub(super) struct Untraced<'i> {
    pub unknown: Vec<&'i Untrusted>,
    /// Versions of several components.
    pub ambiguous: Vec<&'i Untrusted>,
}

/// The notice of incidents whose components release nothing here.
pub(super) fn releases_nothing(incidents: &[&Incident]) -> Option<Notice> {
    let first = incidents.first()?;
    let names: BTreeSet<&str> =
        incidents.iter().flat_map(|incident| &incident.components).map(Untrusted::raw).collect();
    let named: Vec<&str> = names.iter().copied().take(NAMED).collect();
    let more = if names.len() > NAMED { " and others" } else { "" };
    Some(Notice::new(
        NoticeCode::OtherComponent,
        format!(
            "{} of {}{more}, which releases nothing here: attributed to no release (the first is {})",
            if incidents.len() == 1 { "1 incident".to_owned() } else { format!("{} incidents", incidents.len()) },
            named.join(", "),
            first.id.raw()
        ),
        "where a release here caused it, name it: caused_by = { release = \"…\" }",
    ))
}

/// The notice of names that are no releases, with the first reason why a tag of that name is none.
pub(super) fn unknown_release<'a>(
    incident: &Incident,
    named: &[&'a Untrusted],
    why: impl Fn(&'a Untrusted) -> Option<&'static str>,
) -> Option<Notice> {
    let (names, place) = (quoted(named)?, place(incident));
    let (what, help) = match named {
        [_] => ("which is no release here", "name a tag that `relconf list releases` shows, or remove caused_by"),
        _ => ("which are no releases here", "name tags that `relconf list releases` shows, or remove them"),
    };
    let why = named.iter().find_map(|name| why(name)).map(|why| format!(": {why}")).unwrap_or_default();
    Some(Notice::new(
        NoticeCode::UnknownRelease,
        format!("{} names {names}, {what}{why} ({place})", incident.id.raw()),
        help,
    ))
}

/// The notice of a version that several components have, beside releases that could be told.
pub(super) fn ambiguous(incident: &Incident, named: &[&Untrusted]) -> Option<Notice> {
    let (names, place) = (quoted(named)?, place(incident));
    Some(Notice::new(
        NoticeCode::UnknownRelease,
        format!("{} names {names}, which several components have ({place})", incident.id.raw()),
        "name the tag instead of the version",
    ))
}

/// Names as the log has them, the first few.
fn quoted(names: &[&Untrusted]) -> Option<String> {
    let shown: Vec<_> = names.iter().take(NAMED).map(|name| format!("\"{}\"", name.raw())).collect();
    let more = names.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty()).then(|| format!("{}{more}", shown.join(", ")))
}

/// Where an incident stands in its log.
fn place(incident: &Incident) -> String {
    let origin = &incident.origin;
    format!("{}:{}:{}", origin.file.display(), origin.line, origin.column)
}
