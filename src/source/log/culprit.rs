use super::record::commit;
use crate::document::{Field, Reader};
use crate::model::{CausedBy, Untrusted};

/// Exactly one of `release`, `commit`, `range`, `fixed_by` and `none`.
pub(super) fn caused_by(mut reader: Reader<'_>) -> Option<CausedBy> {
    const HELP: &str = "name one: release, commit, range, fixed_by, or none = true";
    let given: Vec<Field<'_>> =
        ["release", "commit", "range", "fixed_by", "none"].into_iter().filter_map(|key| reader.take(key)).collect();
    let (diagnostics, at) = (reader.diagnostics(), reader.at());
    reader.finish();
    match given[..] {
        [] => diagnostics.spoil(at, "caused_by names nothing", HELP),
        [field] => {
            return match field.key() {
                "release" => releases(field).map(CausedBy::Releases),
                "commit" => commit(field).map(CausedBy::Commit),
                "range" => field.filled().map(|text| CausedBy::Range(text.into())),
                "fixed_by" => commit(field).map(CausedBy::FixedBy),
                _ if field.bool()? => Some(CausedBy::Nothing),
                _ => field.wrong("can only be true", HELP),
            };
        }
        [first, second, ..] => {
            diagnostics.spoil(second.at(), format!("caused_by names both {} and {}", first.key(), second.key()), HELP);
        }
    }
    None
}

/// One release at least, or a list of those at fault.
fn releases(field: Field<'_>) -> Option<Vec<Untrusted>> {
    let names = field.texts()?;
    if names.is_empty() {
        return field.wrong("names no release", "name one, or remove caused_by");
    }
    Some(names.into_iter().map(Untrusted::from).collect())
}
