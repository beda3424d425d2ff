//! What a history is made of: one test per rule, over hand-built commits and tags.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta};
use release_confidence::history::{Inputs, Shipping, Takebacks, assemble, fixes_of, reverts, select};
use release_confidence::model::*;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// 2024-01-01T00:00:00Z: every time below counts from here.
const EPOCH: i64 = 1_704_067_200;

fn at(seconds: i64) -> Moment {
    DateTime::from_timestamp(EPOCH + seconds, 0).expect("in range").fixed_offset()
}

fn id(number: u32) -> CommitId {
    let mut bytes = [0; 20];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    CommitId(bytes)
}

fn who(name: &str, email: &str) -> Identity {
    Identity { name: name.into(), email: email.into() }
}

/// A history in the making: commit n has id n and is made n hours after the epoch.
#[derive(Default)]
struct World {
    commits: Vec<(Vec<u32>, u32)>,
    truncated: Vec<u32>,
    identities: Vec<Identity>,
    by: Vec<(u32, u32)>,
    mentions: Vec<Mention>,
    tags: Vec<Tag>,
    entries: Vec<ReleaseEntry>,
    incidents: Vec<Incident>,
    mailmap: Option<Vec<u8>>,
    head: Option<u32>,
}

impl World {
    fn line(length: u32) -> Self {
        let mut world = Self { identities: vec![who("Ana Costa", "ana@a.org")], ..Self::default() };
        for at in 0..length {
            world.commit(&at.checked_sub(1).into_iter().collect::<Vec<_>>());
        }
        world
    }

    fn commit(&mut self, parents: &[u32]) -> u32 {
        self.commits.push((parents.to_vec(), 0));
        self.by.push((0, 0));
        self.commits.len() as u32 - 1
    }

    fn tag(&mut self, name: &str, commit: u32) -> &mut Tag {
        self.tags.push(Tag {
            name: name.into(),
            target: TagTarget::Commit(id(commit)),
            tagger: None,
            annotated: false,
            checks: Vec::new(),
        });
        self.tags.last_mut().expect("just pushed")
    }

    fn annotated(&mut self, name: &str, commit: u32, hours: i64) -> &mut Tag {
        let tagger = Tagger { identity: who("Tag Ger", "tag@ger.org"), time: Some(EPOCH + hours * HOUR), offset: 60 };
        let tag = self.tag(name, commit);
        tag.annotated = true;
        tag.tagger = Some(tagger);
        tag
    }

    fn entry(&mut self, tag: &str, deployed: Option<i64>) -> &mut ReleaseEntry {
        let line = self.entries.len() as u32 + 1;
        self.entries.push(ReleaseEntry {
            tag: tag.into(),
            version: None,
            component: None,
            commit: None,
            deployed_at: deployed.map(|hours| Mark::exact(at(hours * HOUR))),
            environment: None,
            operators: Vec::new(),
            approvals: Vec::new(),
            change_type: None,
            special_handling: Vec::new(),
            checks: Vec::new(),
            stages: Vec::new(),
            paused_at: None,
            kind: None,
            blocked: false,
            withdrawn: false,
            withdrawn_at: None,
            exclude: false,
            origin: Origin { file: PathBuf::from("releases.toml"), line, column: 1 },
        });
        self.entries.last_mut().expect("just pushed")
    }

    fn changes(&self) -> Changes {
        let mut builder = ChangesBuilder::default();
        for (at, (parents, _)) in self.commits.iter().enumerate() {
            let time = EPOCH + at as i64 * HOUR;
            let (author, committer) = self.by[at];
            builder.push(&CommitRecord {
                id: id(at as u32),
                parents,
                named_parents: parents.len() as u32 + u32::from(self.truncated.contains(&(at as u32))),
                author_time: time,
                commit_time: time,
                commit_offset: 120,
                author: IdentityIndex(author),
                committer: IdentityIndex(committer),
                subject: b"change",
            });
        }
        for mention in &self.mentions {
            builder.mention(mention.clone());
        }
        builder.finish(self.identities.clone())
    }

    fn read(&self, policy: &Policy) -> History {
        let selection = select(self.tags.clone(), &self.entries, policy).expect("globs are fine");
        let inputs = Inputs {
            repository: None,
            changes: self.changes(),
            head: self.head.map(ChangeIndex),
            mailmap: self.mailmap.clone(),
            entries: self.entries.clone(),
            incidents: self.incidents.clone(),
            logs: LogsRead::default(),
            notices: Vec::new(),
        };
        assemble(selection, inputs, policy).expect("a history")
    }
}

fn policy() -> Policy {
    Policy::at(at(365 * DAY))
}

fn names(history: &History) -> Vec<&str> {
    history.releases.iter().map(|release| release.tag.raw()).collect()
}

fn get<'h>(history: &'h History, tag: &str) -> &'h Release {
    history.releases.iter().find(|release| release.tag.raw() == tag).expect(tag)
}

fn ships(history: &History, tag: &str) -> Vec<u32> {
    let index = history.releases.iter().position(|release| release.tag.raw() == tag).expect(tag);
    let mut commits: Vec<u32> = history.shipped(ReleaseIndex(index as u32)).map(|commit| commit.0).collect();
    commits.sort_unstable();
    commits
}

fn codes(history: &History) -> Vec<&str> {
    history.notices.iter().map(|notice| notice.code.name()).collect()
}

fn releasers(history: &History, tag: &str) -> Vec<String> {
    get(history, tag).releasers.iter().map(|&person| history.person(person).name.raw().to_owned()).collect()
}

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
fn people_are_joined_by_mailmap_alias_address_and_full_name() {
    let mut world = World::line(11);
    world.identities = vec![
        who("Ana Costa", "ana@a.org"),
        who("ana", "ANA@A.org"),
        who("Ana  Costa", "old@a.org"),
        who("Ana Costa", "elsewhere@b.org"),
        who("bo", "bo@b.org"),
        who("bob", "bob@b.org"),
        who("bo", "other@c.org"),
        who("nobody", ""),
        who("someone", ""),
        who("A\u{fffd}", "x\u{fffd}@y.org"),
        Identity { name: b"A\xff".to_vec(), email: b"x\xff@y.org".to_vec() },
    ];
    world.mailmap = Some(b"Ana Costa <ana@a.org> <OLD@a.org>\n".to_vec());
    world.by = (0..11).map(|at| (at, at)).collect();
    let aliases = vec![("Bo Diddley".to_owned(), vec!["bob@b.org".to_owned(), "bo@b.org".to_owned()])];
    let history = world.read(&Policy { aliases, ..policy() });
    let of = |at: u32| history.person_of[IdentityIndex(at)];
    assert_eq!(history.person_of.len(), 11);
    assert!([1, 2, 3].iter().all(|&at| of(at) == of(0)));
    assert_eq!(of(4), of(5));
    assert_eq!(history.person(of(4)).name.raw(), "Bo Diddley");
    let strangers: std::collections::BTreeSet<_> = [4, 6, 7, 8, 9, 10].map(of).into();
    assert_eq!(strangers.len(), 6);
}

#[test]
fn bots_carry_nothing_and_merge_with_nobody_by_name() {
    let mut world = World::line(4);
    world.identities = vec![
        who("Ana Costa", "ana@a.org"),
        who("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
        who("GitHub", "noreply@github.com"),
        who("Ship It", "ship@a.org"),
        who("Ship It", "person@a.org"),
        who("Cy Dee", "noreply@github.com"),
    ];
    let history = world.read(&Policy { bots: vec!["ship@a.org".to_owned()], ..policy() });
    let bots: Vec<_> = history.person_of.iter().map(|&person| history.person(person).bot).collect();
    assert_eq!(bots[..5], [false, true, true, true, false]);
    assert_ne!(history.person_of[IdentityIndex(3)], history.person_of[IdentityIndex(4)]);
    assert_ne!(history.person_of[IdentityIndex(2)], history.person_of[IdentityIndex(5)]);
}

/// A history in which each identity makes so many commits, and tags so many of its own.
fn by(people: &[(&str, &str, u32, u32)]) -> World {
    let mut world = World::line(people.iter().map(|person| person.2.max(person.3)).sum());
    world.identities = people.iter().map(|(name, email, ..)| who(name, email)).collect();
    world.by.clear();
    for (at, &(name, email, commits, tags)) in people.iter().enumerate() {
        for made in 0..commits.max(tags) {
            let commit = world.by.len() as u32;
            let at = if made < commits { at as u32 } else { 0 };
            world.by.push((at, at));
            if made < tags {
                let tagger =
                    Tagger { identity: who(name, email), time: Some(EPOCH + i64::from(commit) * HOUR), offset: 0 };
                let tag = world.tag(&format!("v1.{commit}.0"), commit);
                (tag.annotated, tag.tagger) = (true, Some(tagger));
            }
        }
    }
    world
}

/// Everybody's name and how many identities are theirs; a bot's with a star. By name.
fn everybody(history: &History) -> Vec<String> {
    let told =
        |person: &Person| format!("{}{} {}", person.name.raw(), if person.bot { "*" } else { "" }, person.identities);
    let mut all: Vec<String> = history.people.iter().map(told).collect();
    all.sort();
    all
}

#[test]
fn a_bot_is_an_identity_and_no_address() {
    let world = by(&[("Ana Costa", "contact@x.org", 40, 3), ("helper[bot]", "contact@x.org", 3, 0)]);
    assert_eq!(everybody(&world.read(&policy())), ["Ana Costa 1", "helper[bot]* 1"]);
}

#[test]
fn a_few_commits_under_another_name_join_nobody_and_rename_nobody() {
    let world = by(&[("Ana Costa", "ana@x.org", 20, 5), ("Bo Lind", "ana@x.org", 2, 0), ("Bo Lind", "bo@x.org", 9, 0)]);
    assert_eq!(everybody(&world.read(&policy())), ["Ana Costa 1", "Bo Lind 2"]);
    // Also where the other is at home nowhere else.
    let world = by(&[("Ana Costa", "ana@x.org", 20, 5), ("Bo Lind", "ana@x.org", 2, 0)]);
    assert_eq!(everybody(&world.read(&policy())), ["Ana Costa 1", "Bo Lind 1"]);
    // A form of one's own name is nobody else's; the one used to release is shown, however seldom another was used since.
    let world = by(&[("Ana Costa", "ana@x.org", 20, 5), ("ana", "ana@x.org", 2, 0)]);
    assert_eq!(everybody(&world.read(&policy())), ["Ana Costa 2"]);
    let world =
        by(&[("Ana Costa", "ana@x.org", 9, 0), ("Ana Costa Lima", "ana@x.org", 9, 2), ("ana", "ana@x.org", 9, 0)]);
    assert_eq!(everybody(&world.read(&policy())), ["Ana Costa Lima 3"]);
}

#[test]
fn the_account_of_a_forge_is_its_owners() {
    for name in ["Ana Costa", "ana"] {
        let world = by(&[
            (name, "a@x.org", 5, 1),
            (name, "123+a@users.noreply.github.com", 5, 1),
            (name, "a@users.noreply.github.com", 5, 1),
        ]);
        assert_eq!(everybody(&world.read(&policy())), [format!("{name} 3")]);
    }
    // Two of one word are two, and told apart.
    let world = by(&[("ana", "ana@x.org", 5, 1), ("ana", "ana@y.org", 5, 1)]);
    assert_eq!(everybody(&world.read(&policy())), ["ana <ana@x.org> 1", "ana <ana@y.org> 1"]);
}

#[test]
fn automation_is_no_person_unless_the_settings_say_so() {
    let people = [("Ana Costa", "ana@x.org", 40, 1), ("Acme-CI", "ci@acme.example", 0, 7)];
    let history = by(&people).read(&policy());
    assert_eq!(everybody(&history), ["Acme-CI* 1", "Ana Costa 1"]);
    let told = history.notices.iter().find(|notice| notice.code == NoticeCode::TakenForBots).expect("a notice");
    assert_eq!(told.message.raw(), "taken for machines, which carry no release: Acme-CI");
    let humans = vec!["Acme-CI".to_owned()];
    let history = by(&people).read(&Policy { humans, ..policy() });
    assert_eq!(everybody(&history), ["Acme-CI 1", "Ana Costa 1"]);
    assert!(!codes(&history).contains(&"taken-for-bots"));
    // Whoever tags again and again and never commits is none either; once is no habit.
    let shipper = |tags| by(&[("Ana Costa", "ana@x.org", 40, 1), ("The Shipper", "ship@acme.example", 0, tags)]);
    assert_eq!(everybody(&shipper(3).read(&policy())), ["Ana Costa 1", "The Shipper* 1"]);
    assert_eq!(everybody(&shipper(2).read(&policy())), ["Ana Costa 1", "The Shipper 1"]);
}

#[test]
fn what_is_not_known_yet_says_nothing_of_people() {
    // Later, the two addresses are used under one name.
    let mut world = by(&[
        ("ana", "ana@x.org", 5, 1),
        ("bo", "bo@x.org", 5, 1),
        ("ana", "bo@x.org", 9, 0),
        ("Late Name", "ana@x.org", 9, 0),
    ]);
    let early = Policy::at(at(10 * HOUR));
    assert_eq!(everybody(&world.read(&early))[1..], ["ana 1", "ana 1", "bo 1"]);
    world.tags.truncate(2);
    let names: Vec<String> = ["v1.0.0", "v1.5.0"].iter().flat_map(|tag| releasers(&world.read(&early), tag)).collect();
    assert!(names[0].starts_with("ana") && names[1].starts_with("bo"), "{names:?}");
}

#[test]
fn whoever_is_likely_one_person_is_named() {
    let mut world = by(&[("Ana Costa", "ana@x.org", 5, 1), ("acosta", "ana@y.org", 5, 1)]);
    world.entry("v1.0.0", None).operators = vec!["ana".into()];
    let history = world.read(&policy());
    let told = history.notices.iter().find(|notice| notice.code == NoticeCode::LikelyOnePerson).expect("a notice");
    assert_eq!(told.message.raw(), "likely one person each: Ana Costa and acosta, Ana Costa and ana, acosta and ana");
}

#[test]
fn releasers_are_operators_else_the_tagger_else_the_committer() {
    let mut world = World::line(8);
    world.identities.push(who("GitHub", "noreply@github.com"));
    world.identities.push(who("Dana Kim", "dana@d.org"));
    world.by[5] = (2, 1);
    world.by[7] = (2, 0);
    world.annotated("v1", 1, 1);
    world.annotated("v2", 3, 3);
    world.tag("v3", 5);
    world.tag("v4", 7);
    let entry = world.entry("v1", None);
    entry.operators = vec!["dana kim".into(), "ANA@a.org".into()];
    entry.approvals = vec![Approval { by: "the board".into(), at: None }];
    let history = world.read(&policy());
    assert_eq!(releasers(&history, "v1"), ["Ana Costa", "Dana Kim"]);
    assert_eq!(releasers(&history, "v2"), ["Tag Ger"]);
    assert_eq!(releasers(&history, "v3"), ["Dana Kim"]);
    assert_eq!(releasers(&history, "v4"), ["Ana Costa"]);
    assert!(get(&history, "v3").has(ReleaseFlag::ReleaserInferred));
    assert!(!get(&history, "v2").has(ReleaseFlag::ReleaserInferred));
    assert_eq!(history.find_person(&"The Board".into()), get(&history, "v1").approvers.first().copied());
    assert_eq!(history.find_person(&"stranger".into()), None);
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
