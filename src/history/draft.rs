//! Tags and log entries on their way to releases.

use std::cmp::Ordering;

use chrono::{DateTime, FixedOffset, Offset, TimeZone, Utc};

use crate::model::{
    ChangeIndex, CheckRun, CommitId, DateSource, Identity, Moment, ReleaseEntry, Tag, Untrusted, Version,
};

/// A tag that is a release or a rehearsal of one.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub tag: Tag,
    pub name: Untrusted,
    pub commit: CommitId,
    pub component: String,
    pub version: Option<Version>,
    pub prerelease: bool,
    /// The component is a guess: a word before the version said that this is a rehearsal.
    pub rehearsal_prefix: bool,
    /// What the name reads as where that word belongs to the component's name; `None` once that is settled.
    pub otherwise: Option<Reading>,
    /// A number is all that follows the version's own.
    pub numbered: bool,
    /// When it was made, once commits are known.
    pub stamp: Option<Stamp>,
}

/// The other reading of a name.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub component: String,
    pub prerelease: bool,
    /// The components whose releases the tag rehearses if it is a rehearsal.
    pub rehearses: Vec<String>,
    /// Whether a place leads the name.
    pub place_leads: bool,
    /// The component is configured, and stays.
    pub configured: bool,
}

/// When a tag was made, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub at: Moment,
    pub source: DateSource,
}

/// What a tag says of how sure its maker was.
#[derive(Clone, Debug)]
pub(super) struct Confided {
    pub said: Untrusted,
    /// Who made the tag; `None` where it does not say, and the commit must do.
    pub tagger: Option<Identity>,
    pub at: Option<Moment>,
}

/// A release before it has a place.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub tag: Untrusted,
    pub aliases: Vec<Untrusted>,
    pub version: Option<Version>,
    pub component: String,
    pub commit: Option<ChangeIndex>,
    pub released_at: Moment,
    pub date_source: DateSource,
    pub tagger: Option<Identity>,
    pub checks: Vec<CheckRun>,
    /// What its tags say of confidence.
    pub confided: Vec<Confided>,
    pub entry: Option<Box<ReleaseEntry>>,
    /// A second deployment of a version that a newer one had replaced.
    pub redeployment: bool,
}

/// A rehearsal.
#[derive(Clone, Debug)]
pub(super) struct Prerelease {
    /// Its tag; `None` where the log alone tells of it.
    pub tag: Option<Untrusted>,
    pub component: String,
    pub version: Option<Version>,
    pub component_guessed: bool,
}

/// The order among releases that are free to come next: (time, version, name).
pub(super) fn earlier(a: &Draft, b: &Draft) -> Ordering {
    a.released_at
        .cmp(&b.released_at)
        .then_with(|| a.version.cmp(&b.version))
        .then_with(|| a.tag.raw().as_bytes().cmp(b.tag.raw().as_bytes()))
        .then_with(|| a.redeployment.cmp(&b.redeployment))
}

/// The first and the last second of the years 1 to 9999.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// A moment from what git stores. Times beyond the years 1 to 9999 stay at their edge; an offset out of range reads as
/// UTC.
pub(super) fn moment(seconds: i64, minutes: i16) -> Moment {
    let offset = FixedOffset::east_opt(i32::from(minutes) * 60).unwrap_or_else(|| Utc.fix());
    let utc = DateTime::from_timestamp(seconds.clamp(*SECONDS.start(), *SECONDS.end()), 0).unwrap_or_default();
    offset.from_utc_datetime(&utc.naive_utc())
}
