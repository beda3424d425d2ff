//! Who is one person, who is a machine, and who released.

use super::*;

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
