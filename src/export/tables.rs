//! Every table, with every column: the one place where they are written down.

use super::column::{Micros, table};

table! {
    /// One run over one repository: what it read, and how it ended. Written last: a run without its row is none.
    ExportRun = "export_run" {
        key repo_id: String, "The repository's stable name; never a path";
        key stood_at: Micros, "The moment that the run stood at: nothing at or after it was known";
        status: String, "ok, no_releases or unreadable (a part of the history cannot be read: trust no number of it); failed, \
            timeout or crashed where a run over many gave up";
        error: Option<String>, "Why it is not ok, in words";
        seconds: Option<f64> ["s"], "How long it took, where an engine measured it; null from relconf, whose bytes are the same every time";
        tool_version: String, "The version of relconf";
        schema_version: i64, "The version of these tables";
        inputs_key: Option<String>, "Of everything that was read: where it is the same, the rows are the same, whatever the day";
        person_key: Option<String>, "Which key person_id was made with, and nothing of it: ids of one key are of one person \
            in all repositories; null where they are numbers of this one";
        config_hash: Option<String>, "Of the settings that decide what counts: rates are compared where it is the same";
        head: Option<String>, "The commit of HEAD";
        shallow: Option<bool>, "Whether the clone is shallow: early releases are missing";
        partial: Option<bool>, "Whether the clone is partial: a filter left objects out";
        scope: Option<String>, "Why these components are counted: only, dominant, all or chosen";
        components: Option<i64> ["components"], "How many are counted";
        signals: Option<String>, "What made a release failed here, separated by commas";
        basis: Option<String>, "What the outcomes of the window rest on: declared, inferred or mixed";
        covers_from: Option<Micros>, "Since when the incident log is kept, the latest time that it was begun";
        covers_until: Option<Micros>, "Until when; null where it is still kept, or there is none";
        maturity_s: Option<i64> ["s"], "How old a release must be to be judged";
        horizon_s: Option<i64> ["s"], "How long after a release a failure of it counts; null: no limit";
        tags_total: Option<i64> ["tags"], "Tags of the repository";
        tags_matched: Option<i64> ["tags"], "Of them those that match the release pattern";
        commits_read: Option<i64> ["commits"], "Commits that were read, merges included";
        unattributed: Option<i64> ["incidents"], "Incidents attributed to no release: outside every rate";
        set_aside: Option<i64> ["entries"], "Log entries that could not be used";
        warnings: Option<i64> ["notices"], "What to know before trusting the numbers: relconf review lists it";
    }
}

table! {
    /// A repository.
    RepositoryRow = "repository" {
        key repo_id: String, "The repository's stable name; never a path";
        url: Option<String>, "Where its host shows it";
        team: Option<String>, "Whose it is";
        tier: Option<String>, "How much depends on it, in the platform team's own words: 1, gold";
        owner_source: Option<String>, "Where the team is written down";
        window_rule: Option<String>, "How the window was chosen, in words";
    }
}

table! {
    /// A release event, which is what is counted: a release, or, over several components, the releases of one commit.
    ReleaseEvent = "release_event" {
        key repo_id: String, "The repository's stable name";
        key event_id: String, "The event: the tag of its first release";
        tag: String, "The tag of its first release";
        released_at: Micros, "When users met it";
        utc_offset_min: i64 ["min"], "The offset in which weekdays and hours are read: as recorded, or of the zone that the settings name";
        releases: i64 ["releases"], "Releases in it";
        exposed: bool, "Users met it: neither blocked nor left out by the log";
        excluded: bool, "In no failure rate: a rollback, blocked before users met it, or left out by the log";
        judged_at: Option<Micros>, "From when on it is old enough to judge; null where nothing judges it";
        failed_at: Option<Micros>, "From when on it counts as failed; null where nothing failed it in time";
        judged: bool, "Failed or succeeded: the n of the change failure rate";
        failed: bool, "Failed: the k of the change failure rate";
        basis: Option<String>, "What its outcome rests on: declared (a log that was kept) or inferred (what git suggests); \
            never add up the two";
        p_failed: Option<f64> ["ratio"], "How often such a failure is one: 1 where people declared it; null where it has not failed";
        failed_declared: bool, "Failed, and people declared a failure of it";
        failed_inferred: bool, "Failed, and git suggests a failure of it";
        failed_without_time_tier: bool, "Failed, even without incidents that only time attributes";
        late_only: bool, "Judged and not failed, but a failure surfaced after the horizon";
        rework: Option<String>, "rollback or hotfix: the k of the rework rate; null for any other release";
        repairs_known: bool, "Whether repairs can be told from other releases here: the n of the rework and special handling rates";
        special: bool, "Something was special about it: the k of the special handling rate";
        evidence: Option<bool>, "Whether every required check passed; null where none is required";
        commits: i64 ["commits"], "Commits that it ships, its own work without merges";
        merges: i64 ["commits"], "Merge commits of its own work";
        lead_time_s: Option<f64> ["s"], "Median from a commit's author date to the release; null of a first release";
        first_in_scope: bool, "The first one: it ships all that came before, and is left out of batch size and lead time";
        releaser_known: bool, "Who released it is known, a bot included";
        approver_known: bool, "Who approved it is known";
        responder_applies: bool, "An incident of it was there to respond to";
        responder_known: bool, "Who responded is known";
        first_time_releaser: bool, "Somebody released for the first time, after others had";
    }
}

table! {
    /// A release: one shipped version of a component.
    ReleaseRow = "release" {
        key repo_id: String, "The repository's stable name";
        key release_id: String, "The release: its tag";
        event_id: String, "The event that it is part of";
        component: String, "Its component; root where its tags have no prefix";
        tag: String, "Its tag";
        version: Option<String>, "Its version as it is written";
        commit_id: Option<String>, "Its commit";
        released_at: Micros, "When";
        date_source: String, "How that is known: log, tagger or committer";
        kind: String, "regular, hotfix, rollback or withdrawn";
        outcome: String, "failed, succeeded, pending, unknown or excluded, at the moment that the run stood at";
        basis: Option<String>, "What the outcome rests on";
        predecessor: Option<String>, "The earlier release with which it shares the most history";
        commits: i64 ["commits"], "Commits that it ships, without merges";
        merges: i64 ["commits"], "Merge commits";
        authors: i64 ["people"], "Authors of its own work";
        lead_time_s: Option<f64> ["s"], "Median from a commit's author date to the release";
        flags: Option<String>, "What to know about it, separated by commas";
    }
}

table! {
    /// A failure of a release.
    FailureRow = "failure" {
        key repo_id: String, "The repository's stable name";
        key release_id: String, "The release that failed";
        key failure_no: i64, "Its place among the failures of the release, from 1";
        event_id: String, "The event that the release is part of";
        signal: String, "What told: incident, rollback, withdrawal, rule, changelog, said, revert, hotfix or own_lines";
        tier: Option<String>, "The rule that attributed the incident: explicit, commit, range, revert or time, the weakest";
        p: f64 ["ratio"], "How often such a failure is one: 1 where people declared it";
        incident_id: Option<String>, "The incident";
        shown_by: Option<String>, "The release or the commit that shows it";
        surfaced_at: Option<Micros>, "When it surfaced";
        known_at: Option<Micros>, "From when on it could be known: also the release that shows it was out";
        late: bool, "Surfaced after the horizon: listed, never counted";
    }
}

table! {
    /// An entry of the incident log.
    IncidentRow = "incident" {
        key repo_id: String, "The repository's stable name";
        key incident_id: String, "Its id in the log";
        fleet_incident_id: Option<String>, "What it is called among many repositories, the same wherever it fails releases: \
            its id in their common log, else one of its own; null where one repository is read by itself";
        kind: String, "incident, near_miss or drill";
        severity: Option<String>, "As the team names it";
        cause_key: Option<String>, "The team's short name of its cause";
        component: Option<String>, "The parts of the system that it touched, separated by commas";
        detected_by: Option<String>, "alert, test, person or customer";
        event_id: Option<String>, "The event at fault; of several, the one that it is measured from";
        placed_at: Option<Micros>, "Where it stands in time: with the release at fault, else where it surfaced";
        tier: Option<String>, "The rule that attributed it";
        counts: bool, "It fails a release: durations and recurrence are over these";
        not_counted_because: Option<String>, "Why not";
        in_log: bool, "Of what is reviewed, from a time for which the log was kept: detection and near misses are counted over these";
        detect_from: Option<Micros>, "Start of the impact";
        detect_to: Option<Micros>, "When it was noticed";
        detect_s: Option<i64> ["s"], "How long that took, or has taken";
        detect_state: String, "ended, open (it had not ended at stood_at) or unusable (a mark is missing, a bare date, or out of order)";
        stop_from: Option<Micros>, "When it was noticed";
        stop_to: Option<Micros>, "The first rollback, pause or flag-off";
        stop_s: Option<i64> ["s"], "How long that took, or has taken";
        stop_state: String, "ended, open or unusable (also: it ended without a stop)";
        restore_from: Option<Micros>, "Start of the impact, or the release, as the settings say";
        restore_to: Option<Micros>, "When service was restored";
        restore_s: Option<i64> ["s"], "How long that took, or has taken";
        restore_state: String, "ended, open or unusable";
        stopped_by: Option<String>, "rollback, pause or flag_off";
        cause_seen_before: Option<bool>, "Its cause_key stood in another entry of the 365 days before; null without one";
    }
}

table! {
    /// A person's part in a release event.
    PersonRole = "person_role" {
        key repo_id: String, "The repository's stable name";
        key event_id: String, "The event";
        key role: String, "releaser, approver or responder";
        key person_id: String, "Who: a keyed hash of the person's address with a key, else a number of this repository alone";
        name: Option<String>, "The name; only with --names";
        bot: bool, "A machine: it is nobody, but its releases count";
        shared: bool, "An account in the project's own name: nobody knows who it is";
        alone: bool, "No other person had this part in the event";
    }
}

table! {
    /// A check or a ritual that ran on a release.
    CheckRow = "check_run" {
        key repo_id: String, "The repository's stable name";
        key release_id: String, "The release";
        key run_no: i64, "Its place among those of the release, from 1: of one name the last one decides";
        event_id: String, "The event that the release is part of";
        name: String, "Its name";
        result: String, "pass, fail, skip or override";
        required: bool, "Every release must have it";
        ritual: bool, "Done, but not evidence by design";
    }
}

table! {
    /// What was special about a release event.
    SpecialRow = "special" {
        key repo_id: String, "The repository's stable name";
        key event_id: String, "The event";
        key kind: String, "hotfix, rollback, emergency, off_branch, check_skipped, check_overridden, or the team's own word";
    }
}

table! {
    /// What should be done, as the review finds it.
    FindingRow = "finding" {
        key repo_id: String, "The repository's stable name";
        key stood_at: Micros, "The moment that the run stood at";
        key finding_id: String, "The finding: its code, and what it is about where there are several";
        code: String, "Its code: relconf explain CODE";
        stage: String, "The stage of the map";
        plan: String, "controls, operability or repeatability";
        owner: String, "Whose it is";
        effect_failed_releases: Option<f64> ["releases per quarter"], "Failed releases that acting on it may spare";
        effect_hours: Option<f64> ["hours per quarter"], "Hours that acting on it may spare";
    }
}

table! {
    /// A stage of the map.
    StageRow = "stage" {
        key repo_id: String, "The repository's stable name";
        key stood_at: Micros, "The moment that the run stood at";
        key stage: String, "change, verification, decision, rollout, detection or recovery";
        trust: String, "blind, unproven, fear_loaded, high_trust or mixed";
        rule: String, "Why, in words; whoever it names is one person, without --names";
    }
}

table! {
    /// What the review said of a metric: what queries are checked against, never what they are made of.
    MetricSnapshot = "metric_snapshot" {
        key repo_id: String, "The repository's stable name";
        key stood_at: Micros, "The moment that the run stood at";
        key window_name: String, "current or previous";
        key metric: String, "The metric's id: relconf explain METRIC";
        window_start: Micros, "The window's start, inclusive";
        window_end: Micros, "Its end, exclusive";
        k: Option<i64>, "How many";
        n: Option<i64>, "Of how many";
        sample: i64, "The cases that the value rests on";
        value: Option<f64>, "The value; null where there is none";
        unit: String, "The value's unit: ratio, seconds, count, per_week or index";
        low: Option<f64>, "Lower end of its interval";
        high: Option<f64>, "Upper end";
        level: Option<f64> ["ratio"], "The interval's level";
        method: Option<String>, "How it was computed";
        basis: Option<String>, "What it rests on: declared, inferred or mixed; null where that cannot differ";
        role: Option<String>, "The role that it is about";
        undefined_because: Option<String>, "Why there is no value";
    }
}
