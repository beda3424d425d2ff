//! What the change log says: that a release was withdrawn, that a version broke something, that something had regressed.

use std::collections::HashMap;

use super::{Evidence, Found, Suspicion};
use crate::model::{ChangeLog, LogRemark, ReleaseIndex, Says, Signal, Version, VersionKey};

pub(super) fn find(found: &mut Found<'_>) {
    for log in &found.history.change_logs {
        of_log(found, log);
    }
}

fn of_log(found: &mut Found<'_>, log: &ChangeLog) {
    let history = found.history;
    let component = history.component(log.component);
    let versions: HashMap<VersionKey<'_>, ReleaseIndex> = component
        .releases
        .iter()
        .filter_map(|&index| Some((history.release(index).version.as_ref()?.key(), index)))
        .collect();
    let release = |version: &Version| versions.get(&version.key()).copied();
    for remark in &log.remarks {
        let Some(section) = release(&remark.section) else { continue };
        match &remark.remark.says {
            Says::Withdrawn => {
                found.suggest(section, Signal::Withdrawal, None, None, evidence(remark));
            }
            Says::Version { version, .. } => {
                if let Some(culprit) = release(version) {
                    blame(found, culprit, section, remark);
                }
            }
            Says::Regression => implied(found, log, section, remark),
            Says::Commit(_) => {}
        }
    }
}

/// A later section says that the culprit broke it.
fn blame(found: &mut Found<'_>, culprit: ReleaseIndex, section: ReleaseIndex, remark: &LogRemark) {
    let surfaced = found.history.release(section).released_at;
    if culprit != section && found.after(culprit, surfaced) {
        let by = Some(found.history.release(section).tag.clone());
        found.suggest(culprit, Signal::Changelog, Some(surfaced), by, evidence(remark));
    }
}

/// The section of the first patch of a line speaks of a regression and does not say since when: since X.Y.0. In a later
/// patch it is since one of several.
fn implied(found: &mut Found<'_>, log: &ChangeLog, section: ReleaseIndex, remark: &LogRemark) {
    let Some(before) = found.lines(log.component).before(section) else { return };
    let begins = |index| found.history.release(index).version.as_ref().is_some_and(Version::begins_line);
    if begins(section) {
        return;
    }
    if begins(before) {
        blame(found, before, section, remark);
        return;
    }
    let surfaced = found.history.release(section).released_at;
    if found.after(before, surfaced) && found.in_time(before, surfaced) {
        found.suspect(before, Suspicion::LaterRegression, evidence(remark));
    }
}

fn evidence(remark: &LogRemark) -> Evidence {
    Evidence::Log { path: remark.path.clone(), line: remark.line, words: remark.remark.words.clone() }
}
