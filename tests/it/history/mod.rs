//! What a history is made of: one test per rule, over hand-built commits and tags.

mod people;
mod releases;

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
            confidence: Vec::new(),
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
            felt: Vec::new(),
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
            milestones: Vec::new(),
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
