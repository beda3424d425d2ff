use super::record::{Records, check_order};
use super::take::Taker;
use crate::document::{Reader, Value};
use crate::model::{ReleaseEntry, TakenFrom};

/// Reads a `[[release]]`; `None` where its tag is missing.
pub(super) fn read(reader: Reader<'_>, records: &Records) -> Option<ReleaseEntry> {
    let mut taker = Taker { reader, zone: records.zone };
    let entry = ReleaseEntry::taken_from(&mut taker);
    let reader = taker.reader;
    if let (Some(field), Some(_)) = (reader.peek("withdrawn"), reader.peek("withdrawn_at"))
        && *field.value() == Value::Bool(false)
    {
        field.wrong::<()>("is false, but withdrawn_at is given", "leave one of the two out");
    }
    check_order(&reader, records.zone, &[("deployed_at", "paused_at"), ("deployed_at", "withdrawn_at")]);
    reader.finish();
    entry.map(|entry| ReleaseEntry { withdrawn: entry.withdrawn || entry.withdrawn_at.is_some(), ..entry })
}
