use super::record::Records;
use super::take::Taker;
use crate::document::Reader;
use crate::model::{Milestone, TakenFrom};

/// Reads a `[[milestone]]`; `None` where what every milestone needs is missing.
pub(super) fn read(reader: Reader<'_>, records: &Records) -> Option<Milestone> {
    let mut taker = Taker { reader, zone: records.zone };
    let milestone = Milestone::taken_from(&mut taker);
    taker.reader.finish();
    milestone
}
