//! Reverts as forges, tools and people write them: which release each says failed, and which say nothing.

use std::collections::HashMap;

use release_confidence::attribution::Facts;
use release_confidence::history::{Inputs, assemble, select};
use release_confidence::model::{
    Changes, ChangesBuilder, CommitId, CommitRecord, History, Identity, IdentityIndex, LogsRead, Mention, Moment,
    Policy, Signal, Tag, TagTarget, Tagger, Untrusted,
};
use release_confidence::source::git::raw;

/// A history told in the lines of a history script, without a repository to write.
#[derive(Default)]
struct Story {
    commits: ChangesBuilder,
    count: u32,
    tags: Vec<Tag>,
    branches: HashMap<String, u32>,
    labels: HashMap<String, u32>,
    here: String,
}

fn id(number: u32) -> CommitId {
    let mut bytes = [0xab; 20];
    bytes[..4].copy_from_slice(&(number << 12).to_be_bytes());
    CommitId(bytes)
}

impl Story {
    fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["branch", name] => {
                let tip = self.branches[&self.here];
                self.branches.insert(name.to_owned(), tip);
                name.clone_into(&mut self.here);
            }
            ["checkout", name] => name.clone_into(&mut self.here),
            [time, who, action, ..] => {
                let time = time.parse::<Moment>().expect("a time").timestamp();
                let rest = words[3..].join(" ");
                self.act(time, u32::from(who == "bo"), action, &rest);
            }
            _ => panic!("{line}"),
        }
    }

    fn act(&mut self, time: i64, who: u32, action: &str, rest: &str) {
        let (what, message) = rest.split_once(" | ").unwrap_or((rest, ""));
        let tip = self.branches.get(&self.here).copied();
        match action {
            "tag" => {
                let identity = Identity { name: b"Ana".to_vec(), email: b"ana@a.org".to_vec() };
                self.tags.push(Tag {
                    name: what.as_bytes().to_vec(),
                    target: TagTarget::Commit(id(tip.expect("a commit"))),
                    tagger: Some(Tagger { identity, time: Some(time), offset: 0 }),
                    annotated: true,
                    checks: Vec::new(),
                    confidence: Vec::new(),
                });
            }
            "merge" => self.commit(time, who, &[tip.expect("a commit"), self.branches[what]], message),
            "commit" => {
                let label = what.strip_prefix('@').and_then(|label| label.split_once(' '));
                let text = label.map_or(what, |(_, text)| text);
                if let Some((label, _)) = label {
                    self.labels.insert(label.to_owned(), self.count);
                }
                self.commit(time, who, tip.as_slice(), text);
            }
            _ => panic!("{action}"),
        }
    }

    fn commit(&mut self, time: i64, who: u32, parents: &[u32], message: &str) {
        let mut message = message.replace("\\n", "\n");
        while let Some(start) = message.find("${") {
            let end = start + message[start..].find('}').expect("an end");
            let commit = self.labels[&message[start + 2..end]];
            message.replace_range(start..=end, &id(commit).to_string());
        }
        let by = self.commits.push(&CommitRecord {
            id: id(self.count),
            parents,
            named_parents: parents.len() as u32,
            author_time: time,
            commit_time: time,
            commit_offset: 0,
            author: IdentityIndex(who),
            committer: IdentityIndex(who),
            subject: message.lines().next().unwrap_or_default().as_bytes(),
        });
        raw::mentions(message.as_bytes(), |kind, named| self.commits.mention(Mention { by, kind, named }));
        self.branches.insert(self.here.clone(), self.count);
        self.count += 1;
    }

    fn history(lines: &str, policy: &Policy) -> History {
        let mut story = Self { here: "main".to_owned(), ..Self::default() };
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            story.line(line);
        }
        let selection = select(story.tags, &[], policy).expect("no globs");
        let identity = |name: &str| Identity { name: name.into(), email: format!("{name}@x.org").into() };
        let changes: Changes = story.commits.finish(vec![identity("ana"), identity("bo")]);
        let inputs = Inputs {
            repository: None,
            changes,
            head: None,
            mailmap: None,
            entries: Vec::new(),
            incidents: Vec::new(),
            milestones: Vec::new(),
            logs: LogsRead::default(),
            notices: Vec::new(),
        };
        assemble(selection, inputs, policy).expect("a history")
    }
}

/// The failed releases by a revert, each with the subject of what tells it, and how many reverts nothing is told of.
fn told(lines: &str) -> (Vec<String>, u64) {
    let policy = Policy::at("2026-12-01T00:00:00Z".parse().expect("a time"));
    let history = Story::history(lines, &policy);
    let facts = Facts::derive(&history, &policy).expect("facts");
    let subject = |id: &Untrusted| {
        let commit = history.changes.find(id.raw()).expect("a commit");
        history.changes.subject(commit).raw().to_owned()
    };
    let mut told = Vec::new();
    for (release, failures) in history.releases.iter().zip(&facts.failures) {
        for failure in failures.iter().filter(|failure| failure.signal == Signal::Revert) {
            told.push(format!("{} by {}", release.tag.raw(), subject(failure.by.as_ref().expect("a commit"))));
        }
    }
    (told, facts.takebacks.unattributable(policy.as_of))
}

/// v1.0.0; a bad change in v1.1.0; then the lines given; v1.2.0.
fn after_a_bad_change(lines: &str) -> (Vec<String>, u64) {
    told(&format!(
        "2026-01-01T10:00:00Z ana commit one | a\n2026-01-02T10:00:00Z ana tag v1.0.0 | x\n\
         2026-01-08T10:00:00Z ana commit @bad feat: bad (#12) | b\n2026-01-08T11:00:00Z bo commit fix: other (#11) | c\n\
         2026-01-09T10:00:00Z ana tag v1.1.0 | x\n{lines}\n2026-01-16T10:00:00Z ana tag v1.2.0 | x\n"
    ))
}

#[test]
fn every_forge_and_tool_has_its_own_words() {
    for (subject, body) in [
        ("Revert \"feat: bad (#12)\"", "This reverts commit ${bad}."),
        // GitHub's button, squashed.
        ("Revert \"feat: bad\" (#13)", ""),
        ("Revert \"feat: bad\" (#13)", "Reverts ana/shop#12"),
        ("Put the old cart back (#13)", "Reverts ana/shop#12"),
        ("Put the old cart back (#13)", "Reverts #12."),
        // GitLab, Azure, Bitbucket.
        ("Revert \"feat: bad\"", "This reverts merge request !12"),
        ("Old cart", "This reverts merge request !12"),
        ("Merged PR 13: Reverted \"feat: bad\"", "Reverts !12"),
        ("Reverted \"feat: bad\" (pull request #13)", ""),
        // Gerrit, Mercurial, Bazel, Conventional Commits, git itself with a short id.
        ("Revert \"feat: bad (#12)\"", "Reason for revert: it broke.\\n\\nThis reverts commit ${bad}."),
        ("Backout changeset ${bad}", ""),
        ("Automated rollback of commit ${bad}.", ""),
        ("revert: feat: bad (#12)", ""),
        ("revert: the cart", "Refs: ${bad}"),
        ("fix(cart): revert \"feat: bad\" (#13)", ""),
        ("[1.2] Revert \"feat: bad\"", ""),
        ("Revert feat: bad", ""),
        ("Revert #12", ""),
        ("Revert PR #12", ""),
        ("Revert 'feat: bad' (#13)", ""),
        ("Revert “feat: bad” (#13)", ""),
        ("revert(cart): feat: bad (#12)", ""),
        ("⏪ Revert \"feat: bad\"", ""),
        ("Back out \"feat: bad\"", ""),
        ("Old cart (#13)", "This reverts PR #12."),
        ("Old cart (#13)", "Reverts https://github.com/ana/shop/pull/12"),
        // An id that a rebase changed says nothing; the subject does.
        ("Revert \"feat: bad (#12)\"", "This reverts commit 0123456789abcdef0123456789abcdef01234567."),
    ] {
        let (found, left) = after_a_bad_change(&format!("2026-01-12T10:00:00Z bo commit {subject}\\n\\n{body} | b"));
        // A backslash-n and the id are read as git would have them.
        assert_eq!(found.len(), 1, "{subject}: {body}");
        assert!(found[0].starts_with("v1.1.0 by "), "{found:?}");
        assert_eq!(left, 0, "{subject}: {body}");
    }
}

#[test]
fn what_is_no_revert_of_one_earlier_change_says_nothing() {
    for (lines, left) in [
        // No such subject, no such request.
        ("2026-01-12T10:00:00Z bo commit Revert \"feat: good\" | b", 1),
        ("2026-01-12T10:00:00Z bo commit Revert \"feat: good\"\\n\\nReverts ana/shop#99 | b", 1),
        // A part of it; a word that only begins so; prose.
        ("2026-01-12T10:00:00Z bo commit Partially revert \"feat: bad\" | b", 0),
        ("2026-01-12T10:00:00Z bo commit Revert to the old cart | b", 0),
        ("2026-01-12T10:00:00Z bo commit docs: when to use Revert \"feat: bad\" | b", 0),
        // Quoted from somebody else.
        ("2026-01-12T10:00:00Z bo commit Answer\\n\\n> This reverts commit ${bad}. | b", 0),
        // Two changes of that subject: which, nobody says.
        (
            "2026-01-10T10:00:00Z bo commit feat: bad (#14) | c\n2026-01-12T10:00:00Z bo commit Revert \"feat: bad\" (#15) | c",
            1,
        ),
    ] {
        assert_eq!(after_a_bad_change(lines), (vec![], left), "{lines}");
    }
    // The number tells two of one subject apart.
    let two = "2026-01-10T10:00:00Z bo commit feat: bad (#14) | c\n2026-01-12T10:00:00Z bo commit Revert \"feat: bad\" (#15)\\n\\nReverts ana/shop#12 | c";
    assert_eq!(after_a_bad_change(two), (vec!["v1.1.0 by Revert \"feat: bad\" (#15)".to_owned()], 0));
}

#[test]
fn nothing_surfaces_before_the_release() {
    // The tag is made late: the revert is two days older than the release that still ships the culprit.
    let script = "2026-01-01T10:00:00Z ana commit one | a\n2026-01-02T10:00:00Z ana tag v1.0.0 | x\n\
         2026-01-08T10:00:00Z ana commit @bad feat: bad | b\nbranch release\ncheckout main\n\
         2026-01-09T10:00:00Z bo commit Revert \"feat: bad\"\\n\\nThis reverts commit ${bad}. | b\ncheckout release\n2026-01-10T10:00:00Z ana commit bump | v\n\
         2026-01-11T10:00:00Z ana tag v1.1.0 | x\ncheckout main\n2026-01-15T10:00:00Z ana commit two | c\n\
         2026-01-16T10:00:00Z ana tag v1.2.0 | x\n";
    assert_eq!(told(script), (vec![], 0));
    // A minute after it, it did.
    let later = script.replace("2026-01-09T10:00:00Z bo", "2026-01-11T10:01:00Z bo");
    assert_eq!(told(&later).0, ["v1.1.0 by Revert \"feat: bad\""]);
}

#[test]
fn picks_of_one_revert_are_one_failure() {
    // Reverted on main, and picked to the release branch, which ships it first.
    let script = "2026-01-01T10:00:00Z ana commit one | a\n2026-01-02T10:00:00Z ana tag v1.0.0 | x\n\
         2026-01-08T10:00:00Z ana commit @bad feat: bad | b\n2026-01-09T10:00:00Z ana tag v1.1.0 | x\n\
         branch release\ncheckout main\n2026-01-12T10:00:00Z bo commit Revert \"feat: bad\"\\n\\nThis reverts commit ${bad}. | b\ncheckout release\n\
         2026-01-13T10:00:00Z bo commit [1.1] Revert \"feat: bad\"\\n\\nThis reverts commit ${bad}. | b\n\
         2026-01-14T10:00:00Z ana tag v1.1.1 | x\ncheckout main\n2026-01-20T10:00:00Z ana tag v1.2.0 | x\n";
    assert_eq!(told(script).0, ["v1.1.0 by Revert \"feat: bad\""]);
}

#[test]
fn a_pick_of_the_culprit_is_taken_back_by_a_pick_of_its_revert() {
    // The release branch has copies of both; its revert names the commit on main, which is not in its ancestry.
    let script = "2026-01-01T10:00:00Z ana commit one | a\n2026-01-02T10:00:00Z ana tag v1.0.0 | x\n\
         branch release\ncheckout main\n2026-01-08T10:00:00Z ana commit @bad feat: bad (#12) | b\n\
         checkout release\n2026-01-08T11:00:00Z ana commit feat: bad (#12) | b\n2026-01-09T10:00:00Z ana tag v1.0.1 | x\n\
         2026-01-11T10:00:00Z bo commit Revert \"feat: bad (#12)\"\\n\\nThis reverts commit ${bad}. | b\n\
         2026-01-12T10:00:00Z ana tag v1.0.2 | x\n";
    assert_eq!(told(script), (vec!["v1.0.1 by Revert \"feat: bad (#12)\"".to_owned()], 0));
}

#[test]
fn a_reland_is_no_failure_and_one_that_is_reverted_again_fails_its_own_release() {
    let story = |reland: &str, again: &str| {
        told(&format!(
            "2026-01-01T10:00:00Z ana commit one | a\n2026-01-02T10:00:00Z ana tag v1.0.0 | x\n\
             2026-01-08T10:00:00Z ana commit @bad feat: bad (#12) | b\n2026-01-09T10:00:00Z ana tag v1.1.0 | x\n\
             2026-01-12T10:00:00Z bo commit @back Revert \"feat: bad\" (#13) | b\n2026-01-13T10:00:00Z ana tag v1.2.0 | x\n\
             2026-01-18T10:00:00Z ana commit @again {reland} | b\n2026-01-19T10:00:00Z ana tag v1.3.0 | x\n\
             2026-01-22T10:00:00Z bo commit {again} | b\n2026-01-23T10:00:00Z ana tag v1.4.0 | x\n"
        ))
    };
    let first = "v1.1.0 by Revert \"feat: bad\" (#13)";
    for (reland, again, by) in [
        (
            "Reapply \"feat: bad\" (#14)",
            "Revert \"Reapply \"feat: bad\"\" (#15)",
            "Revert \"Reapply \"feat: bad\"\" (#15)",
        ),
        ("Revert \"Revert \"feat: bad\"\" (#14)", "Revert \"feat: bad\" (#15)", "Revert \"feat: bad\" (#15)"),
        ("Reland \"feat: bad\"", "Revert \"Reland \"feat: bad\"\"", "Revert \"Reland \"feat: bad\"\""),
        ("Revert^2 \"feat: bad\"", "Revert^3 \"feat: bad\"", "Revert^3 \"feat: bad\""),
        ("Try it again\\n\\nThis reverts commit ${back}.", "No\\n\\nThis reverts commit ${again}.", "No"),
        ("Try it again\\n\\nThis reverts commit ${back}.", "No\\n\\nThis reverts commit ${bad}.", "No"),
        ("Try it again (#14)\\n\\nReverts ana/shop#13", "No\\n\\nReverts ana/shop#14", "No"),
        // The same change again under its own name: of the two, one is taken back already.
        ("feat: bad (#14)", "Revert \"feat: bad\" (#15)", "Revert \"feat: bad\" (#15)"),
    ] {
        let (found, left) = story(reland, again);
        assert_eq!(found, [first.to_owned(), format!("v1.3.0 by {by}")], "{reland}, {again}");
        assert_eq!(left, 0, "{reland}, {again}");
        assert_eq!(story(reland, "feat: more").0, [first], "{reland}");
    }
}

#[test]
fn a_request_is_its_merge_commit_where_requests_are_merged() {
    let story = |merge: &str, back: &str| {
        told(&format!(
            "2026-01-01T10:00:00Z ana commit one | a\n2026-01-02T10:00:00Z ana tag v1.0.0 | x\nbranch topic\n\
             2026-01-07T10:00:00Z ana commit work | b\ncheckout main\n2026-01-08T10:00:00Z bo merge topic | {merge}\n\
             2026-01-09T10:00:00Z ana tag v1.1.0 | x\n2026-01-12T10:00:00Z bo commit {back} | b\n\
             2026-01-13T10:00:00Z ana tag v1.2.0 | x\n"
        ))
    };
    for (merge, back) in [
        ("Merge pull request #12 from ana/topic\\n\\nfeat: bad", "Old cart\\n\\nReverts ana/shop#12"),
        (
            "Merge branch 'topic' into 'main'\\n\\nfeat: bad\\n\\nSee merge request ana/shop!12",
            "Old cart\\n\\nThis reverts merge request !12",
        ),
        ("Merged in topic (pull request #12)", "Old cart\\n\\nReverts #12"),
        ("Auto merge of #12 - ana:topic, r=bo", "Revert #12"),
    ] {
        assert_eq!(story(merge, back).0.len(), 1, "{merge}");
    }
}

#[test]
fn a_title_that_a_forge_cut_is_known_by_its_beginning() {
    let lines = "2026-01-12T10:00:00Z bo commit Revert \"feat: b\u{2026} (#13)\\n\\n\u{2026}ad\" | b";
    assert_eq!(after_a_bad_change(lines).0.len(), 1);
    let two = "2026-01-12T10:00:00Z bo commit Revert \"f\u{2026} (#13) | b";
    assert_eq!(after_a_bad_change(two), (vec![], 1), "feat and fix both begin with f");
}

#[test]
fn thousands_that_revert_one_another_end() {
    let mut lines = String::from("2026-01-10T10:00:00Z bo commit @c0 Revert \"feat: bad\" | b\n");
    for at in 1..3_000 {
        lines.push_str(&format!(
            "2026-01-10T10:00:00Z bo commit @c{at} Revert \"feat: bad\"\\n\\nThis reverts commit ${{c{}}}. | b\n",
            at - 1
        ));
    }
    assert_eq!(after_a_bad_change(&lines).0.len(), 1);
}
