//! Repositories from scripts.

use super::*;

#[test]
fn a_script_gives_the_same_ids_every_time() {
    let text = "as-of 2026-06-30T12:00:00Z
        T ana commit @one feat: one | src/a.rs src/b.rs
        T ana tag v1 | Release 1\\n\\nCheck: canary=pass
        branch topic
        T ana/bo commit @two fix: two | src/a.rs -src/b.rs
        checkout main
        T bo merge topic
        T bo revert @two
        T bo commit fix: three\\n\\nFixes: ${two} | c
        T bo lighttag v2";
    let (one, two) = (scripted(text), scripted(text));
    let (one, two) = (Repository::open(one.path()).unwrap(), Repository::open(two.path()).unwrap());
    assert!(one.info().head.is_some());
    assert_eq!(one.info().head, two.info().head);
    assert_eq!(one.tags().unwrap().tags, two.tags().unwrap().tags);
    assert_eq!(script(text).as_of().unwrap().to_rfc3339(), "2026-06-30T12:00:00+00:00");

    let walk = walk_all(&one);
    let all: Vec<String> = (0..5).map(|at| subject(&walk, ChangeIndex(at))).collect();
    assert_eq!(all, ["feat: one", "fix: two", "Merge branch 'topic'", "Revert \"fix: two\"", "fix: three"]);
    assert_eq!(walk.head, Some(ChangeIndex(4)));
    assert!(walk.changes.is_merge(ChangeIndex(2)) && !walk.changes.is_merge(ChangeIndex(1)));
    let (author, committer) = (walk.changes.author(ChangeIndex(1)), walk.changes.committer(ChangeIndex(1)));
    assert_eq!(walk.changes.identities()[author.0 as usize].name, b"Ana Costa");
    assert_eq!(walk.changes.identities()[committer.0 as usize].email, b"bo@example.com");
    assert_eq!(walk.changes.commit_offset(ChangeIndex(1)), 60);
    assert_eq!(codes(&walk.notices), [""; 0]);

    let mentions = walk.changes.mentions();
    let named: Vec<_> = mentions.iter().map(|m| (m.by, m.kind, m.named.clone())).collect();
    let two = Named::Commit(walk.changes.id(ChangeIndex(1)).to_string());
    let quoted = Quoted { text: b"fix: two".to_vec(), turns: 1, puts_back: false, marked: true, cut: false };
    assert_eq!(
        named,
        [
            (ChangeIndex(3), MentionKind::Reverts, Named::Subject(quoted)),
            (ChangeIndex(3), MentionKind::Reverts, two.clone()),
            (ChangeIndex(4), MentionKind::Fixes, two)
        ]
    );
}

#[test]
fn a_script_is_not_written_over_a_repository() {
    let dir = scripted("T ana commit one | a");
    let (what, _) = message_of(script("T ana commit two | a").write(dir.path()));
    assert!(what.contains("already"), "{what}");
}
