//! Which tags and entries are releases, what they ship and follow, and of what kind they are.

use super::*;

#[test]
fn tags_are_detected_grouped_and_counted() {
    let mut world = World::line(6);
    for (name, commit) in [("v1.0.0", 1), ("util-0.1.0", 1), ("v1.1.0-rc.1", 2), ("v1.1.0", 3), ("latest", 3)] {
        world.tag(name, commit);
    }
    world.tag("v9.9.9", 4).target = TagTarget::Unusable("points to a tree");
    let history = world.read(&policy());
    let components: Vec<_> = history.components.iter().map(|component| component.name.raw()).collect();
    assert_eq!(components, ["root", "util"]);
    assert_eq!((history.tags.total, history.tags.matched), (6, 4));
    let skipped: Vec<_> = history.tags.skipped.iter().map(|skip| (skip.tag.raw(), skip.reason)).collect();
    assert_eq!(skipped, [("latest", "no version in the name"), ("v9.9.9", "points to a tree")]);
    assert_eq!(get(&history, "v1.1.0").rehearsals, 1);
    assert_eq!(history.components[ComponentIndex(0)].prereleases, 1);
}

#[test]
fn patterns_replace_detection_but_not_prereleases() {
    let mut world = World::line(5);
    for (name, commit) in [("ship/monday", 1), ("ship/1.2-foo", 2), ("ship/2.0-rc1", 3), ("v1.0", 4)] {
        world.tag(name, commit);
    }
    let policy = Policy { tags: vec!["ship*".to_owned()], ..policy() };
    let history = world.read(&policy);
    assert_eq!(names(&history), ["ship/monday", "ship/1.2-foo"]);
    assert!(history.releases.iter().all(|release| release.version.is_none()));
    assert!(select(Vec::new(), &[], &Policy { tags: vec!["[".to_owned()], ..policy }).is_err());
}

#[test]
fn an_excluded_tag_leaves_its_commits_to_the_next() {
    let mut world = World::line(6);
    for (name, commit) in [("v1.0.0", 1), ("v1.0.1", 3), ("v1.0.2", 5)] {
        world.tag(name, commit);
    }
    let history = world.read(&Policy { exclude: vec!["v1.0.1".to_owned()], ..policy() });
    assert_eq!(ships(&history, "v1.0.2"), [2, 3, 4, 5]);
}

#[test]
fn configured_components_join_prefixes() {
    let mut world = World::line(4);
    world.tag("v1.0.0", 1);
    world.tag("docker-v1.0.1", 3);
    let components = vec![("engine".to_owned(), vec!["v*".to_owned(), "docker-v*".to_owned()])];
    let history = world.read(&Policy { components, ..policy() });
    assert_eq!(history.components.len(), 1);
    assert_eq!(history.components[ComponentIndex(0)].name.raw(), "engine");
}

#[test]
fn aliases_are_led_by_the_annotated_then_the_highest_then_the_longest() {
    let mut world = World::line(4);
    world.tag("v1.9.0", 1);
    world.annotated("v1.0.0", 1, 2);
    world.tag("v2.0.0", 2);
    world.tag("v2.0.1", 2);
    world.tag("3.0.0", 3);
    world.tag("v3.0.0", 3);
    let history = world.read(&policy());
    assert_eq!(names(&history), ["v1.0.0", "v2.0.1", "v3.0.0"]);
    assert_eq!(get(&history, "v3.0.0").aliases, [Untrusted::new("3.0.0")]);
    assert_eq!(history.tags.matched, 6);
}

#[test]
fn the_log_tells_the_time_before_the_tagger_and_the_committer() {
    let mut world = World::line(4);
    world.tag("v1", 0);
    world.annotated("v2", 1, 30);
    world.annotated("v3", 2, 31);
    world.entry("v3", Some(40));
    let history = world.read(&policy());
    let sources: Vec<_> = history.releases.iter().map(|release| release.date_source).collect();
    assert_eq!(sources, [DateSource::Committer, DateSource::Tagger, DateSource::Log]);
    assert_eq!(get(&history, "v1").released_at.offset().local_minus_utc(), 7_200);
    assert_eq!(get(&history, "v3").released_at, at(40 * HOUR));
}

#[test]
fn nothing_at_or_after_as_of_is_known() {
    let mut world = World::line(4);
    world.tag("v1.0.0", 1);
    world.annotated("v1.0.1", 2, 50);
    world.annotated("v1.1.0-rc1", 1, 50);
    world.annotated("v1.0.0-late", 1, 50);
    let history = world.read(&Policy::at(at(50 * HOUR)));
    assert_eq!(names(&history), ["v1.0.0"]);
    assert_eq!(
        (history.tags.total, history.tags.matched, history.components[ComponentIndex(0)].prereleases),
        (4, 3, 0)
    );
}

#[test]
fn times_and_offsets_out_of_range_do_no_harm() {
    let mut world = World::line(3);
    for (name, time, offset) in [("v1", i64::MIN, i16::MIN), ("v2", i64::MAX, i16::MAX)] {
        let tag = world.annotated(name, 1, 1);
        tag.tagger = Some(Tagger { identity: who("", ""), time: Some(time), offset });
        tag.target = TagTarget::Commit(id(u32::from(name == "v2")));
    }
    assert_eq!(names(&world.read(&policy())), ["v1"]);
}

#[test]
fn a_release_never_precedes_one_in_its_ancestry() {
    let mut world = World::line(6);
    world.annotated("v1", 1, 20);
    world.annotated("v2", 3, 10);
    world.annotated("v3", 5, 30);
    let history = world.read(&policy());
    assert_eq!(names(&history), ["v1", "v2", "v3"]);
    assert!(get(&history, "v1").has(ReleaseFlag::PossiblyBackfilled));
    assert!(!get(&history, "v2").has(ReleaseFlag::PossiblyBackfilled));
    assert_eq!(ships(&history, "v1"), [0, 1]);
    assert_eq!(ships(&history, "v2"), [2, 3]);
    assert!(get(&history, "v1").has(ReleaseFlag::First));
}

#[test]
fn a_merge_counts_apart_and_the_predecessor_has_the_fewest_commits_between() {
    // 0-1-2-3-4(merge of 3 and 7), 5-6-7 on a branch from 1
    let mut world = World::line(4);
    let branch = [1, 4, 5].map(|parent| world.commit(&[parent]));
    assert_eq!(branch, [4, 5, 6]);
    let merge = world.commit(&[3, 6]);
    world.tag("v1.0", 1);
    world.tag("v1.1", 3);
    world.tag("v1.0.1", 6);
    world.tag("v2.0", merge);
    let history = world.read(&policy());
    let release = get(&history, "v2.0");
    assert_eq!((release.ships.commits, release.ships.merges), (0, 1));
    let before = release.predecessor.map(|index| history.release(index).tag.raw().to_owned());
    assert_eq!(before.as_deref(), Some("v1.0.1"));
}

#[test]
fn a_cut_off_history_is_flagged() {
    let mut world = World::line(4);
    world.truncated = vec![0];
    world.tag("v1", 1);
    world.tag("v2", 3);
    let history = world.read(&policy());
    assert!(get(&history, "v1").has(ReleaseFlag::Truncated) && !get(&history, "v2").has(ReleaseFlag::Truncated));
}

#[test]
fn entries_join_by_tag_alias_and_unique_version() {
    let mut world = World::line(5);
    world.tag("v1.0.0", 1);
    world.annotated("v2.0.0", 2, 3);
    world.tag("release-2.0.0", 2);
    world.tag("v3.0.0", 3);
    for tag in ["v1.0.0", "release-2.0.0", "3.0"] {
        world.entry(tag, None);
    }
    let history = world.read(&policy());
    assert!(history.releases.iter().all(|release| release.entry.is_some()));
    assert!(history.unmatched.is_empty());
}

#[test]
fn an_entry_with_a_commit_is_a_release_there_and_others_are_told() {
    let mut world = World::line(5);
    world.tag("v1.0.0", 1);
    world.tag("v1.1.0-rc1", 2);
    world.entry("hand-made", Some(3)).commit = Some(id(3).to_string().into());
    world.entry("also-one", Some(4)).commit = Some(id(1).to_string().into());
    world.entry("v7.7.7", Some(3));
    world.entry("v1.1.0-rc1", Some(3));
    let history = world.read(&policy());
    assert_eq!(ships(&history, "hand-made"), [2, 3]);
    assert_eq!(get(&history, "v1.0.0").aliases, [Untrusted::new("also-one")]);
    let unmatched: Vec<_> = history.unmatched.iter().map(|entry| (entry.tag.raw(), entry.at.raw())).collect();
    assert_eq!(unmatched, [("v7.7.7", "releases.toml:3:1"), ("v1.1.0-rc1", "releases.toml:4:1")]);
    assert_eq!(codes(&history), ["unmatched-entry", "unmatched-entry"]);
}

#[test]
fn a_tag_that_the_log_deploys_is_a_release_whatever_its_name() {
    let mut world = World::line(4);
    world.tag("blue-monday", 2);
    world.tag("blue-tuesday", 3);
    world.entry("blue-monday", Some(9));
    assert_eq!(names(&world.read(&policy())), ["blue-monday"]);
}

#[test]
fn a_tag_deployed_elsewhere_only_is_skipped() {
    let mut world = World::line(4);
    world.tag("v1", 1);
    world.tag("v2", 3);
    world.entry("v1", Some(5)).environment = Some("staging".into());
    world.entry("v2", Some(5)).environment = Some("staging".into());
    world.entry("v2", Some(6)).environment = Some("Production".into());
    let history = world.read(&policy());
    assert_eq!(names(&history), ["v2"]);
    assert_eq!(history.tags.skipped[0].reason, "deployed to another environment only");
}

#[test]
fn a_second_deployment_after_a_newer_release_is_a_rollback() {
    for reversed in [false, true] {
        let mut world = World::line(6);
        for (tag, commit) in [("v1", 1), ("v2", 3), ("v3", 5)] {
            world.tag(tag, commit);
        }
        for (tag, hours) in [("v1", 10), ("v2", 20), ("v1", 25), ("v3", 30)] {
            world.entry(tag, Some(hours));
        }
        if reversed {
            world.entries.reverse();
        }
        let history = world.read(&policy());
        assert_eq!(names(&history), ["v1", "v2", "v1", "v3"]);
        let kinds: Vec<_> = history.releases.iter().map(|release| release.kind).collect();
        assert_eq!(kinds, [Kind::Regular, Kind::Regular, Kind::Rollback, Kind::Regular]);
        assert_eq!(history.shipped(ReleaseIndex(2)).count(), 0);
        assert_eq!(history.releases[ReleaseIndex(3)].predecessor, Some(ReleaseIndex(1)));
    }
}

#[test]
fn without_a_repository_the_log_is_the_history() {
    let mut world = World::default();
    world.entry("v1.0.0", Some(5));
    world.entry("api-1.0.0", Some(6));
    world.entry("v1.0.1", None);
    world.entry("v1.1.0-rc.1", Some(7));
    let history = world.read(&policy());
    assert_eq!(names(&history), ["v1.0.0", "api-1.0.0"]);
    assert_eq!((history.unmatched.len(), history.components[ComponentIndex(1)].prereleases), (1, 1));
    assert!(history.releases.iter().all(|release| release.commit.is_none()));
}

/// Lines X.0 with a first patch after so many hours each, and some regular releases.
fn lines(patches: &[u32], others: u32) -> World {
    let mut world = World::line(2_000);
    let mut commit = 0;
    for (major, hours) in patches.iter().enumerate() {
        world.tag(&format!("v{major}.0.0"), commit);
        world.tag(&format!("v{major}.0.1"), commit + hours);
        world.tag(&format!("v{major}.0.2"), commit + hours + 1);
        commit += hours + 2;
    }
    for minor in 0..others {
        world.tag(&format!("v99.{}.0", minor + 1), commit + minor);
    }
    world
}

#[test]
fn the_first_patch_within_the_window_is_a_hotfix() {
    let history = lines(&[72, 73], 6).read(&policy());
    let hotfixes: Vec<_> = history.releases.iter().filter(|release| release.kind == Kind::Hotfix).collect();
    assert_eq!(hotfixes.iter().map(|release| release.tag.raw()).collect::<Vec<_>>(), ["v0.0.1"]);
    assert!(hotfixes[0].has(ReleaseFlag::KindInferred));
    let none = lines(&[72, 73], 6).read(&Policy { hotfix_window: HotfixWindow::Never, ..policy() });
    assert!(none.releases.iter().all(|release| release.kind == Kind::Regular));
}

#[test]
fn too_many_hotfixes_say_nothing() {
    // 3 of 9 releases; with six more, 3 of 15 is just 20%.
    let history = lines(&[5, 5, 5], 0).read(&policy());
    assert!(history.releases.iter().all(|release| release.kind == Kind::Regular));
    assert_eq!(codes(&history), ["hotfix-uninformative"]);
    assert!(history.notices[0].message.raw().contains("3 of 9"));
    assert!(codes(&lines(&[5, 5, 5], 6).read(&policy())).is_empty());
}

#[test]
fn declared_kinds_win_and_dates_have_no_patches() {
    let mut world = lines(&[5], 8);
    world.entry("v0.0.1", None).kind = Some(Kind::Regular);
    world.entry("v0.0.2", None).withdrawn = true;
    world.tag("2024.05.01", 1_990);
    world.tag("2024.05.02", 1_991);
    let history = world.read(&policy());
    assert_eq!(get(&history, "v0.0.1").kind, Kind::Regular);
    assert_eq!(get(&history, "v0.0.2").kind, Kind::Withdrawn);
    assert!(history.releases.iter().all(|release| release.kind != Kind::Hotfix));
}

#[test]
fn off_the_branch_only_where_most_are_on_it() {
    let build = |off: u32| {
        let mut world = World::line(20);
        world.head = Some(19);
        for minor in 0..8 {
            world.tag(&format!("v1.{minor}"), minor * 2);
        }
        for minor in 0..off {
            let commit = world.commit(&[3]);
            world.tag(&format!("v2.{minor}"), commit);
        }
        let history = world.read(&policy());
        history.releases.iter().filter(|release| release.has(ReleaseFlag::OffBranch)).count()
    };
    assert_eq!((build(2), build(3)), (2, 0));
}

#[test]
fn a_prefixed_rehearsal_goes_to_the_only_component_of_its_version() {
    let mut world = World::line(5);
    world.tag("curl-8_17_0", 4);
    world.tag("rc-8_17_0-1", 2);
    world.tag("rc-8_17_0-2", 3);
    let history = world.read(&policy());
    assert_eq!((get(&history, "curl-8_17_0").rehearsals, history.components[ComponentIndex(0)].prereleases), (2, 2));
}

#[test]
fn checks_come_from_tags_and_the_log_and_the_log_wins() {
    let check = |name: &str, result| TagCheck { name: name.into(), result };
    let mut world = World::line(3);
    world.annotated("v1", 1, 1).checks = vec![check("e2e", CheckResult::Pass), check("load", CheckResult::Pass)];
    world.tag("v1.0", 1).checks = vec![check("smoke", CheckResult::Fail), check("e2e", CheckResult::Fail)];
    world.entry("v1", None).checks =
        vec![CheckRun { name: "load".into(), result: CheckResult::Override, ritual: false }];
    let history = world.read(&policy());
    let checks: Vec<_> = get(&history, "v1").checks.iter().map(|run| (run.name.raw(), run.result)).collect();
    assert_eq!(checks, [("e2e", CheckResult::Pass), ("smoke", CheckResult::Fail), ("load", CheckResult::Override)]);
}

#[test]
fn a_revert_tells_of_the_release_that_shipped_the_culprit() {
    let mut world = World::line(14);
    for (tag, commit) in [("v1", 1), ("v2", 4), ("v3", 8), ("v4", 13)] {
        world.tag(tag, commit);
    }
    // A bad one; one in its own release; a reland; one that is no ancestor; one that nobody knows.
    let side = world.commit(&[0]);
    for (by, culprit) in [(6, 3), (4, 2), (7, 2), (10, 6), (side, 12)] {
        world.mentions.push(Mention {
            by: ChangeIndex(by),
            kind: MentionKind::Reverts,
            named: Named::Commit(id(culprit).to_string()),
        });
    }
    world.mentions.push(Mention {
        by: ChangeIndex(11),
        kind: MentionKind::Fixes,
        named: Named::Commit(id(7).to_string()),
    });
    world.mentions.push(Mention {
        by: ChangeIndex(12),
        kind: MentionKind::Reverts,
        named: Named::Commit("ffff".repeat(3)),
    });
    world.mentions.sort_by_key(|mention| mention.by);
    let history = world.read(&policy());
    let takebacks = Takebacks::new(&history.changes);
    let found: Vec<_> =
        reverts(&history, &takebacks).into_iter().map(|revert| (revert.by.0, revert.culprit.0)).collect();
    assert_eq!(found, [(6, 3)]);
    let revert = reverts(&history, &takebacks)[0];
    assert_eq!(history.release(revert.culprit_release).tag.raw(), "v2");
    assert_eq!(history.release(revert.by_release).tag.raw(), "v3");
    assert_eq!(fixes_of(&history.changes, &takebacks, ChangeIndex(11)), [ChangeIndex(7)]);
    let shipping = Shipping::of(&history, [ChangeIndex(9), ChangeIndex(side)].into_iter());
    let release = |commit| shipping.place(ComponentIndex(0), ChangeIndex(commit)).map(|place| place.release);
    assert_eq!((release(9), release(side)), (Some(ReleaseIndex(3)), None));
}

#[test]
fn twenty_thousand_tags_against_the_order_of_time_stay_quick() {
    let mut world = World::line(20_000);
    for commit in 0..20_000 {
        world.annotated(&format!("v1.{commit}"), commit, 30_000 - i64::from(commit));
    }
    let started = std::time::Instant::now();
    let history =
        world.read(&Policy { hotfix_window: HotfixWindow::Fixed(TimeDelta::hours(1)), ..Policy::at(at(9_999 * DAY)) });
    assert_eq!(history.releases.len(), 20_000);
    assert_eq!(history.releases[ReleaseIndex(19_999)].predecessor, Some(ReleaseIndex(19_998)));
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
