use super::record::{Records, check_order, commit, origin, text, texts};
use crate::document::{Field, Reader};
use crate::model::{Approval, ChangeType, CheckResult, CheckRun, Kind, ReleaseEntry, Stage, Untrusted};

const KINDS: [(&str, Kind); 3] = [("regular", Kind::Regular), ("hotfix", Kind::Hotfix), ("rollback", Kind::Rollback)];

const CHANGE_TYPES: [(&str, ChangeType); 3] =
    [("standard", ChangeType::Standard), ("normal", ChangeType::Normal), ("emergency", ChangeType::Emergency)];

const RESULTS: [(&str, CheckResult); 4] = [
    ("pass", CheckResult::Pass),
    ("fail", CheckResult::Fail),
    ("skip", CheckResult::Skip),
    ("override", CheckResult::Override),
];

/// Reads a `[[release]]`; `None` where its tag is missing.
pub(super) fn read(mut reader: Reader<'_>, records: &Records) -> Option<ReleaseEntry> {
    let origin = origin(&reader);
    let tag = reader.require("tag", "\"v2.3.0\"").and_then(Field::filled).map(Untrusted::from);
    let version = text(&mut reader, "version");
    let component = text(&mut reader, "component");
    let commit = reader.take("commit").and_then(commit);
    let deployed = records.placed(&mut reader, "deployed_at");
    let environment = text(&mut reader, "environment");
    let operators = texts(&mut reader, "operators");
    let approvals = list(&mut reader, "approvals", |reader| approval(reader, records));
    let change_type = reader.take("change_type").and_then(|field| field.one_of(&CHANGE_TYPES));
    let special_handling = texts(&mut reader, "special_handling");
    let checks = list(&mut reader, "checks", check);
    let stages = list(&mut reader, "stages", |reader| stage(reader, records));
    let paused = records.placed(&mut reader, "paused_at");
    let kind = reader.take("kind").and_then(|field| field.one_of(&KINDS));
    let blocked = flag(&mut reader, "blocked");
    let withdrawn_field = reader.take("withdrawn");
    let withdrawn = withdrawn_field.and_then(Field::bool);
    let withdrawn_at = records.placed(&mut reader, "withdrawn_at");
    let exclude = flag(&mut reader, "exclude");
    if let (Some(field), Some(false), Some(_)) = (withdrawn_field, withdrawn, withdrawn_at.mark) {
        field.wrong::<()>("is false, but withdrawn_at is given", "leave one of the two out");
    }
    check_order(reader.findings(), &[(deployed, paused), (deployed, withdrawn_at)]);
    reader.finish();

    Some(ReleaseEntry {
        tag: tag?,
        version,
        component,
        commit,
        deployed_at: deployed.mark,
        environment,
        operators,
        approvals,
        change_type,
        special_handling,
        checks,
        stages,
        paused_at: paused.mark,
        kind,
        blocked,
        withdrawn: withdrawn.unwrap_or(withdrawn_at.mark.is_some()),
        withdrawn_at: withdrawn_at.mark,
        exclude,
        origin,
    })
}

fn flag(reader: &mut Reader<'_>, key: &'static str) -> bool {
    reader.take(key).and_then(Field::bool).unwrap_or_default()
}

/// Reads a list of tables; all of them are looked at.
fn list<T>(reader: &mut Reader<'_>, key: &'static str, read: impl Fn(Reader<'_>) -> Option<T>) -> Vec<T> {
    let tables = reader.take(key).and_then(Field::tables).unwrap_or_default();
    tables.into_iter().filter_map(read).collect()
}

fn approval(mut reader: Reader<'_>, records: &Records) -> Option<Approval> {
    let by = reader.require("by", "\"bo\"").and_then(Field::filled).map(Untrusted::from);
    let at = records.placed(&mut reader, "at").mark;
    reader.finish();
    Some(Approval { by: by?, at })
}

fn check(mut reader: Reader<'_>) -> Option<CheckRun> {
    let name = reader.require("name", "\"canary\"").and_then(Field::filled).map(Untrusted::from);
    let result = reader.require("result", "\"pass\"").and_then(|field| field.one_of(&RESULTS));
    let ritual = flag(&mut reader, "ritual");
    reader.finish();
    Some(CheckRun { name: name?, result: result?, ritual })
}

fn stage(mut reader: Reader<'_>, records: &Records) -> Option<Stage> {
    let name = reader.require("name", "\"canary\"").and_then(Field::filled).map(Untrusted::from);
    let share = reader.take("share").and_then(Field::share);
    let at = records.placed(&mut reader, "at").mark;
    reader.finish();
    Some(Stage { name: name?, share, at })
}
