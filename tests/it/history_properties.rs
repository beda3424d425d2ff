//! Order, contents and predecessors of releases against a slow and simple reckoning, on random commit graphs.

use std::collections::BTreeSet;

use chrono::DateTime;
use proptest::prelude::*;
use release_confidence::history::{Inputs, assemble, select};
use release_confidence::model::*;

fn id(number: usize) -> CommitId {
    let mut bytes = [0; 20];
    bytes[..4].copy_from_slice(&(number as u32).to_be_bytes());
    CommitId(bytes)
}

/// Parents of each commit; per tag its commit and its time.
type Graph = (Vec<Vec<u32>>, Vec<(usize, i64)>);

/// Histories of at most so many commits and tags.
fn graphs(commits: usize, tags: usize) -> impl Strategy<Value = Graph> {
    (2..commits).prop_flat_map(move |commits| {
        let parents =
            prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..6_u8), commits);
        let tags = prop::collection::btree_map(0..commits, 0..tags as i64, 1..=commits.min(tags));
        (parents, tags).prop_map(|(parents, tags)| {
            let graph = parents
                .iter()
                .enumerate()
                .map(|(at, (one, other, shape))| match (at, shape) {
                    (0, _) | (_, 0) => Vec::new(),
                    (_, 1 | 2) => {
                        let (one, other) = (one.index(at) as u32, other.index(at) as u32);
                        if one == other { vec![one] } else { vec![one, other] }
                    }
                    // Mostly near the end, so that lines grow long.
                    _ => vec![(at - 1 - one.index(at.min(3))) as u32],
                })
                .collect();
            (graph, tags.into_iter().collect())
        })
    })
}

fn tag(place: usize, commit: usize, time: i64) -> Tag {
    let tagger = Tagger { identity: Identity::default(), time: Some(1_700_000_000 + time), offset: 0 };
    Tag {
        name: format!("v{}.{place}", place % 4).into_bytes(),
        target: TagTarget::Commit(id(commit)),
        tagger: Some(tagger),
        annotated: true,
        checks: Vec::new(),
        confidence: Vec::new(),
    }
}

fn read(graph: &[Vec<u32>], tags: Vec<Tag>) -> History {
    let mut builder = ChangesBuilder::default();
    for (at, parents) in graph.iter().enumerate() {
        builder.push(&CommitRecord {
            id: id(at),
            parents,
            named_parents: parents.len() as u32,
            author_time: 0,
            commit_time: 0,
            commit_offset: 0,
            author: IdentityIndex(0),
            committer: IdentityIndex(0),
            subject: b"",
        });
    }
    let as_of = DateTime::from_timestamp(1_800_000_000, 0).expect("in range").fixed_offset();
    let policy = Policy::at(as_of);
    let inputs = Inputs {
        repository: None,
        changes: builder.finish(vec![Identity::default()]),
        head: None,
        mailmap: None,
        entries: Vec::new(),
        incidents: Vec::new(),
        milestones: Vec::new(),
        logs: LogsRead::default(),
        notices: Vec::new(),
    };
    assemble(select(tags, &[], &policy).expect("no globs"), inputs, &policy).expect("a history")
}

fn ancestry(graph: &[Vec<u32>], commit: usize) -> BTreeSet<u32> {
    let mut reached = BTreeSet::new();
    let mut stack = vec![commit as u32];
    while let Some(next) = stack.pop() {
        if reached.insert(next) {
            stack.extend(&graph[next as usize]);
        }
    }
    reached
}

/// Name, what it ships, the name of the predecessor, and whether it may be backfilled.
type Reckoned = Vec<(String, BTreeSet<u32>, Option<String>, bool)>;

/// As the rules say it: again and again the smallest of those whose ancestors have all come.
fn reckon(graph: &[Vec<u32>], tags: &[Tag]) -> Reckoned {
    struct Waiting {
        key: (i64, Version, Vec<u8>),
        commit: u32,
        reach: BTreeSet<u32>,
    }
    let mut waiting: Vec<Waiting> = tags
        .iter()
        .map(|tag| {
            let (TagTarget::Commit(commit), TagReading::Version(name)) = (&tag.target, TagName::read(&tag.name)) else {
                unreachable!("all tags here are releases")
            };
            let commit = u32::from_be_bytes([commit.0[0], commit.0[1], commit.0[2], commit.0[3]]);
            let time = tag.tagger.as_ref().and_then(|tagger| tagger.time).unwrap_or_default();
            Waiting { key: (time, name.version, tag.name.clone()), commit, reach: ancestry(graph, commit as usize) }
        })
        .collect();
    let all: Vec<(u32, i64, BTreeSet<u32>)> =
        waiting.iter().map(|one| (one.commit, one.key.0, one.reach.clone())).collect();
    let mut taken = BTreeSet::new();
    let mut order = Vec::new();
    let mut come: Vec<Waiting> = Vec::new();
    while !waiting.is_empty() {
        let free = |one: &&Waiting| {
            waiting.iter().all(|other| other.commit == one.commit || !one.reach.contains(&other.commit))
        };
        let key = waiting.iter().filter(free).map(|one| one.key.clone()).min().expect("a graph without circles");
        let at = waiting.iter().position(|one| one.key == key).expect("just seen");
        let next = waiting.remove(at);
        // Of those that share most the highest version below its own, else the lowest above.
        let own = &next.key.1;
        let shares = |other: &Waiting| other.reach.intersection(&next.reach).count();
        let better = |other: &&Waiting| {
            let version = &other.key.1;
            let below = version < own;
            (shares(other), below, below.then(|| version.clone()), std::cmp::Reverse(version.clone()))
        };
        let before = come.iter().filter(|other| shares(other) > 0).max_by_key(better);
        let before = before.map(|other| String::from_utf8_lossy(&other.key.2).into_owned());
        let backfilled = all
            .iter()
            .any(|(commit, time, reach)| *commit != next.commit && reach.contains(&next.commit) && *time < next.key.0);
        let ships = next.reach.difference(&taken).copied().collect();
        taken.extend(next.reach.iter().copied());
        order.push((String::from_utf8_lossy(&next.key.2).into_owned(), ships, before, backfilled));
        come.push(next);
    }
    order
}

fn found(history: &History) -> Reckoned {
    history
        .releases
        .indices()
        .map(|index| {
            let release = history.release(index);
            (
                release.tag.raw().to_owned(),
                history.shipped(index).map(|commit| commit.0).collect(),
                release.predecessor.map(|before| history.release(before).tag.raw().to_owned()),
                release.has(ReleaseFlag::PossiblyBackfilled),
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn releases_are_what_the_rules_say((graph, commits) in graphs(28, 12)) {
        let tags: Vec<Tag> =
            commits.iter().enumerate().map(|(place, (commit, time))| tag(place, *commit, *time)).collect();
        let history = read(&graph, tags.clone());
        prop_assert_eq!(found(&history), reckon(&graph, &tags));
        for release in &history.releases {
            let Some(base) = release.base else { continue };
            // Shipped before, next to what this one ships, and no other such commit descends from it.
            let commit = release.commit.expect("a tag").0 as usize;
            let ships: BTreeSet<u32> = history.shipped(history.releases.indices().find(|&at| &history.releases[at] == release).expect("it")).map(|commit| commit.0).collect();
            let border: Vec<u32> = ships.iter().flat_map(|&at| &graph[at as usize]).copied().filter(|at| !ships.contains(at)).collect();
            prop_assert!(ancestry(&graph, commit).contains(&base.0) && border.contains(&base.0));
            prop_assert!(border.iter().all(|&at| at == base.0 || !ancestry(&graph, at as usize).contains(&base.0)));
        }
        let shipped: Vec<ChangeIndex> =
            history.components[ComponentIndex(0)].releases.iter().flat_map(|&index| history.shipped(index)).collect();
        prop_assert_eq!(shipped.iter().collect::<BTreeSet<_>>().len(), shipped.len());
    }

    #[test]
    fn the_order_of_tags_does_not_matter((graph, commits) in graphs(28, 12), turn in any::<prop::sample::Index>()) {
        let mut tags: Vec<Tag> =
            commits.iter().enumerate().map(|(place, (commit, time))| tag(place, *commit, *time)).collect();
        // Aliases, too.
        tags.extend(commits.iter().map(|(commit, time)| tag(90 + commit, *commit, *time)));
        let before = read(&graph, tags.clone());
        let turn = turn.index(tags.len());
        tags.rotate_left(turn);
        tags.reverse();
        let after = read(&graph, tags);
        prop_assert_eq!(&before.releases, &after.releases);
        prop_assert_eq!(&before.components, &after.components);
    }

    #[test]
    fn any_name_is_read_without_a_panic(name in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = TagName::read(&name);
    }

    #[test]
    fn any_text_is_read_without_a_panic(name in "[-v0-9a-cr._/@+~ éß²]{0,40}") {
        let _ = TagName::read(name.as_bytes());
        let _ = Version::parse(&name).map(|version| (version.line(), version.to_string()));
        let _ = VersionRange::parse(&name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    // Releases are asked about by the 64: here there are more.
    #[test]
    fn releases_by_the_hundred_are_what_the_rules_say((graph, commits) in graphs(200, 150)) {
        let tags: Vec<Tag> =
            commits.iter().enumerate().map(|(place, (commit, time))| tag(place, *commit, *time)).collect();
        prop_assert_eq!(found(&read(&graph, tags.clone())), reckon(&graph, &tags));
    }
}
