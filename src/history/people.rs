//! Who is who: the mailmap, then aliases, then accounts and addresses, then equal full names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::{
    ArenaIndex, ChangeIndex, Changes, Identity, IdentityIndex, Incident, LikelyOne, Notice, NoticeCode, PeopleDoubts,
    Person, PersonIndex, Policy, Untrusted,
};

use super::address::{handle, is_forge, is_placeholder, lower, owner_key};
use super::draft::Draft;
use super::machines::{Machine, declared_human, machine, names_a_task};
use super::mailmap::Mailmap;
use super::names::{KnownAs, alike, full, strangers};

/// Fewer tags by somebody who never commits say nothing of automation.
const FEW_TAGS: u64 = 3;
/// A name under which less than this share of what a person did was done is not the one to show.
const SELDOM: u64 = 10;
/// Names told in one notice.
const NAMED: usize = 5;

/// The people of a history.
pub(super) struct People {
    pub list: Vec<Person>,
    /// The person of each identity of the commits.
    pub of_identity: Vec<PersonIndex>,
    /// What is not sure of them.
    pub doubts: PeopleDoubts,
    /// Who a name in a log means, in lower case.
    pub by_name: BTreeMap<String, PersonIndex>,
    taggers: HashMap<Identity, PersonIndex>,
    /// The identities of the commits that are machines.
    machines: Vec<bool>,
}

/// Identities that are being joined: each has a group, and groups merge.
struct Groups {
    parent: Vec<u32>,
}

impl Groups {
    fn root(&mut self, mut at: u32) -> u32 {
        while self.parent[at as usize] != at {
            // Halving the path keeps later look-ups short.
            self.parent[at as usize] = self.parent[self.parent[at as usize] as usize];
            at = self.parent[at as usize];
        }
        at
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        // The earlier one leads: the outcome does not depend on the order of joining.
        let (low, high) = (one.min(other), one.max(other));
        self.parent[high as usize] = low;
    }
}

/// Something that stands for a person: an identity of git or a name in a log.
struct Mentioned {
    /// After the mailmap.
    identity: Identity,
    machine: Option<Machine>,
    /// Commits by it, as author or as committer, before `as_of`.
    commits: u64,
    /// Releases that it tagged.
    tagged: u64,
    /// When it was seen last, seconds since 1970; the beginning of time where it was not seen before `as_of`.
    last_seen: i64,
    /// The last release that it made.
    released: Option<i64>,
    /// Whether a log names it.
    logged: bool,
}

impl Mentioned {
    fn new(identity: Identity, policy: &Policy) -> Self {
        let machine = machine(&identity, policy);
        Self { identity, machine, commits: 0, tagged: 0, last_seen: i64::MIN, released: None, logged: false }
    }

    fn name(&self) -> String {
        lower(&self.identity.name)
    }

    fn email(&self) -> String {
        // A log may name somebody by the address.
        if self.logged && self.identity.name.contains(&b'@') { self.name() } else { lower(&self.identity.email) }
    }

    fn weight(&self) -> u64 {
        self.commits + self.tagged
    }

    /// Whether it says anything: what is seen at or after `as_of` alone does not.
    fn known(&self) -> bool {
        self.logged || self.weight() > 0
    }
}

impl People {
    pub fn resolve(
        changes: &Changes,
        drafts: &[Draft],
        incidents: &[Incident],
        mailmap: Option<&[u8]>,
        policy: &Policy,
        notices: &mut Vec<Notice>,
    ) -> Self {
        let mailmap = mailmap.map(Mailmap::parse).unwrap_or_default();
        let recorded = changes.identities().iter();
        let mut mentioned: Vec<_> =
            recorded.map(|identity| Mentioned::new(mailmap.resolve(identity), policy)).collect();
        count_commits(changes, policy, &mut mentioned);
        let of_commits = mentioned.len();
        let machines: Vec<bool> = mentioned.iter().map(|mention| mention.machine.is_some()).collect();
        let mut by_tagger: HashMap<Identity, u32> = HashMap::new();
        for (at, identity) in changes.identities().iter().enumerate() {
            by_tagger.entry(identity.clone()).or_insert(at as u32);
        }
        for draft in drafts {
            let seen = draft.released_at.timestamp();
            let at = match (&draft.tagger, draft.commit) {
                (Some(tagger), _) => *by_tagger.entry(tagger.clone()).or_insert_with(|| {
                    mentioned.push(Mentioned::new(mailmap.resolve(tagger), policy));
                    mentioned.len() as u32 - 1
                }),
                (None, Some(commit)) => releasing(changes, commit, &machines).0,
                (None, None) => continue,
            };
            let mention = &mut mentioned[at as usize];
            mention.tagged += u64::from(draft.tagger.is_some());
            mention.last_seen = mention.last_seen.max(seen);
            mention.released = mention.released.max(Some(seen));
        }
        let mut names: BTreeMap<String, u32> = BTreeMap::new();
        for name in logged(drafts, incidents) {
            names.entry(name.raw().trim().to_lowercase()).or_insert_with(|| {
                let identity = Identity { name: name.raw().trim().as_bytes().to_vec(), email: Vec::new() };
                mentioned.push(Mentioned { logged: true, ..Mentioned::new(identity, policy) });
                mentioned.len() as u32 - 1
            });
        }
        let mut groups = Groups { parent: (0..mentioned.len() as u32).collect() };
        let aliased = join_aliases(&mut groups, &mentioned, policy);
        join_addresses(&mut groups, &mentioned);
        let by_full_name = join_names(&mut groups, &mentioned);
        let (list, person_of) = collect(groups, &mentioned, &aliased, policy);
        let mut people = Self {
            of_identity: person_of[..of_commits].to_vec(),
            by_name: names.into_iter().map(|(name, at)| (name, person_of[at as usize])).collect(),
            taggers: by_tagger.into_iter().map(|(identity, at)| (identity, person_of[at as usize])).collect(),
            list,
            doubts: PeopleDoubts::default(),
            machines,
        };
        people.tell_apart(&mentioned, &person_of);
        people.doubts = people.doubt(&mentioned, &person_of, policy);
        people.tell(&mentioned, &person_of, &by_full_name, notices);
        people
    }

    /// Whom it took for a machine, who may be one, and who is likely one person, where a release is theirs.
    fn doubt(&self, mentioned: &[Mentioned], person_of: &[PersonIndex], policy: &Policy) -> PeopleDoubts {
        let released = carriers(mentioned, person_of);
        let mut guessed: BTreeMap<PersonIndex, bool> = BTreeMap::new();
        let mut perhaps: BTreeMap<PersonIndex, bool> = BTreeMap::new();
        for (mention, &person) in mentioned.iter().zip(person_of).filter(|(_, person)| released.contains(person)) {
            if self.list[person.place()].bot {
                *guessed.entry(person).or_insert(true) &= mention.machine != Some(Machine::Known);
            } else {
                *perhaps.entry(person).or_insert(true) &= names_a_task(&mention.identity, policy);
            }
        }
        let sure =
            |people: BTreeMap<PersonIndex, bool>| people.into_iter().filter(|(_, is)| *is).map(|(person, _)| person);
        PeopleDoubts {
            taken_for_machines: sure(guessed).collect(),
            perhaps_machines: sure(perhaps).collect(),
            likely_one: LikelyOne::of(alike(&self.list, person_of, &named_as(mentioned))),
        }
    }

    /// Says whom it took for a machine, whom it joined by name and who is likely one person, where a release is theirs.
    fn tell(
        &self,
        mentioned: &[Mentioned],
        person_of: &[PersonIndex],
        by_full_name: &BTreeSet<u32>,
        notices: &mut Vec<Notice>,
    ) {
        let mut addresses: BTreeMap<PersonIndex, BTreeSet<String>> = BTreeMap::new();
        let released = carriers(mentioned, person_of);
        for ((at, mention), &person) in mentioned.iter().enumerate().zip(person_of) {
            if !self.list[person.place()].bot && by_full_name.contains(&(at as u32)) {
                addresses.entry(person).or_default().insert(owner_key(&mention.email()));
            }
        }
        let name = |person: &PersonIndex| self.list[person.place()].name.raw().to_owned();
        let PeopleDoubts { taken_for_machines: taken, likely_one, .. } = &self.doubts;
        if let Some(first) = taken.first() {
            notices.push(Notice::new(
                NoticeCode::TakenForBots,
                format!("taken for machines, which carry no release: {}", list(taken.iter().map(name))),
                format!("where one is a person: [people] humans = [\"{}\"] in relconf.toml", name(first)),
            ));
        }
        let joined: Vec<_> = addresses
            .iter()
            .filter(|(person, addresses)| addresses.len() > 1 && released.contains(person))
            .map(|(person, addresses)| format!("{} ({} addresses)", name(person), addresses.len()))
            .collect();
        if !joined.is_empty() {
            notices.push(Notice::new(
                NoticeCode::JoinedByName,
                format!("joined by an equal full name: {}", list(joined.into_iter())),
                "where one name is two people, give one of them another in .mailmap",
            ));
        }
        if let Some((one, other)) = likely_one.pairs().first() {
            let pairs = likely_one.pairs().iter().map(|(one, other)| format!("{} and {}", name(one), name(other)));
            notices.push(Notice::new(
                NoticeCode::LikelyOnePerson,
                format!("likely one person each: {}", list(pairs)),
                format!(
                    "where they are: [people] aliases = {{ \"{}\" = [\"{}\"] }} in relconf.toml",
                    name(one),
                    name(other)
                ),
            ));
        }
    }

    /// Adds the address to names that several have.
    fn tell_apart(&mut self, mentioned: &[Mentioned], person_of: &[PersonIndex]) {
        let mut shared: HashMap<String, Vec<usize>> = HashMap::new();
        // What is yet to be seen takes no name from anybody.
        let known: BTreeSet<PersonIndex> =
            mentioned.iter().zip(person_of).filter(|(mention, _)| mention.known()).map(|(_, &person)| person).collect();
        for person in known {
            let name = self.list[person.place()].name.raw().to_lowercase();
            shared.entry(name).or_default().push(person.place());
        }
        shared.retain(|_, people| people.len() > 1);
        if shared.is_empty() {
            return;
        }
        let mut address: HashMap<PersonIndex, (u64, &[u8])> = HashMap::new();
        for (mention, &person) in mentioned.iter().zip(person_of) {
            let best = address.entry(person).or_default();
            if !mention.identity.email.is_empty() && (best.1.is_empty() || mention.weight() > best.0) {
                *best = (mention.weight(), &mention.identity.email);
            }
        }
        for at in shared.into_values().flatten() {
            let (_, email) = address.get(&PersonIndex::from_place(at)).copied().unwrap_or_default();
            if !email.is_empty() {
                let person = &mut self.list[at];
                person.name = Untrusted::new(format!("{} <{}>", person.name.raw(), Untrusted::from_bytes(email).raw()));
            }
        }
    }

    /// The people that names in a log mean, each once.
    pub fn named<'n>(&self, names: impl Iterator<Item = &'n Untrusted>) -> Vec<PersonIndex> {
        let mut people: Vec<_> =
            names.filter_map(|name| self.by_name.get(&name.raw().trim().to_lowercase()).copied()).collect();
        people.sort();
        people.dedup();
        people
    }

    /// Who made a tag, where a release was made by that tag.
    pub fn tagger(&self, identity: &Identity) -> Option<PersonIndex> {
        self.taggers.get(identity).copied()
    }

    /// Who released, and whether that is inferred: the log's operators, else the tagger, else the committer, or the
    /// author where a forge committed.
    pub fn releasers(&self, draft: &Draft, changes: &Changes) -> (Vec<PersonIndex>, bool) {
        let operators = draft.entry.iter().flat_map(|entry| &entry.operators);
        let operators = self.named(operators);
        if !operators.is_empty() {
            return (operators, false);
        }
        if let Some(&person) = draft.tagger.as_ref().and_then(|tagger| self.taggers.get(tagger)) {
            return (vec![person], false);
        }
        let Some(commit) = draft.commit else { return (Vec::new(), false) };
        let (identity, _) = releasing(changes, commit, &self.machines);
        (vec![self.of_identity[identity as usize]], true)
    }
}

/// Who made a release of which only the commit is known: the committer, or the author where a forge or another machine
/// committed; and whether the latter.
fn releasing(changes: &Changes, commit: ChangeIndex, machines: &[bool]) -> (u32, bool) {
    let (author, committer) = (changes.author(commit), changes.committer(commit));
    let by_forge = is_forge(&lower(&changes.identities()[committer.place()].email)) || machines[committer.place()];
    (if by_forge { author.0 } else { committer.0 }, by_forge)
}

/// Counts what each identity did before `as_of`: later commits say nothing of people.
fn count_commits(changes: &Changes, policy: &Policy, mentioned: &mut [Mentioned]) {
    let as_of = policy.as_of.timestamp();
    for commit in (0..changes.len()).map(ChangeIndex::from_place) {
        if changes.commit_time(commit) >= as_of {
            continue;
        }
        let (author, committer) = (changes.author(commit), changes.committer(commit));
        let mut see = |identity: IdentityIndex, time: i64| {
            let mention = &mut mentioned[identity.place()];
            mention.commits += 1;
            mention.last_seen = mention.last_seen.max(time);
        };
        see(author, changes.author_time(commit));
        if committer != author {
            see(committer, changes.commit_time(commit));
        }
    }
}

/// Every name that the logs mention.
fn logged<'l>(drafts: &'l [Draft], incidents: &'l [Incident]) -> impl Iterator<Item = &'l Untrusted> {
    let of_entries = drafts.iter().filter_map(|draft| draft.entry.as_ref()).flat_map(|entry| {
        let approvers = entry.approvals.iter().map(|approval| &approval.by);
        entry.operators.iter().chain(approvers).chain(entry.felt.iter().map(|felt| &felt.by))
    });
    let of_incidents = incidents.iter().flat_map(|incident| {
        incident.responders.iter().chain(incident.remediation.iter().flat_map(|remediation| &remediation.by))
    });
    of_entries.chain(of_incidents).filter(|name| !name.raw().trim().is_empty())
}

fn display(identity: &Identity) -> Untrusted {
    let shown = if identity.name.is_empty() { &identity.email } else { &identity.name };
    if shown.is_empty() { Untrusted::new("(no name)") } else { Untrusted::from_bytes(shown) }
}

/// The names of a few, and how many more there are.
fn list(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names.take(NAMED).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// Who released, or is named in a log.
fn carriers(mentioned: &[Mentioned], person_of: &[PersonIndex]) -> BTreeSet<PersonIndex> {
    let carry = |(mention, _): &(&Mentioned, &PersonIndex)| mention.released.is_some() || mention.logged;
    mentioned.iter().zip(person_of).filter(carry).map(|(_, &person)| person).collect()
}

/// By what each is known, for whoever compares them.
fn named_as(mentioned: &[Mentioned]) -> Vec<KnownAs> {
    mentioned
        .iter()
        .map(|mention| KnownAs {
            name: mention.name(),
            handle: handle(&mention.email()),
            carries: mention.released.is_some() || mention.logged,
            logged: mention.logged,
        })
        .collect()
}

/// Makes people of the groups.
fn collect(
    mut groups: Groups,
    mentioned: &[Mentioned],
    aliased: &BTreeMap<u32, String>,
    policy: &Policy,
) -> (Vec<Person>, Vec<PersonIndex>) {
    let mut person_of_root: HashMap<u32, usize> = HashMap::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut person_of: Vec<PersonIndex> = Vec::with_capacity(mentioned.len());
    for at in 0..mentioned.len() {
        let root = groups.root(at as u32);
        let person = *person_of_root.entry(root).or_insert_with(|| {
            members.push(Vec::new());
            members.len() - 1
        });
        members[person].push(at);
        person_of.push(PersonIndex::from_place(person));
    }
    let named: HashMap<PersonIndex, &String> =
        aliased.iter().map(|(&at, name)| (person_of[at as usize], name)).collect();
    let people = members.iter().enumerate().map(|(at, members)| {
        let members: Vec<&Mentioned> = members.iter().map(|&at| &mentioned[at]).collect();
        // A configured name is what the team wants to read.
        let configured = named.get(&PersonIndex::from_place(at));
        let name = configured.map_or_else(|| display(shown(&members)), |name| Untrusted::new((*name).clone()));
        let bot = members.iter().all(|mention| mention.machine.is_some())
            || (configured.is_none() && only_tags(&members, policy));
        Person { name, bot, address: canonical(&members), identities: members.len() as u32 }
    });
    (people.collect(), person_of)
}

/// Whether somebody tags again and again and never commits: automation.
fn only_tags(members: &[&Mentioned], policy: &Policy) -> bool {
    members.iter().map(|mention| mention.tagged).sum::<u64>() >= FEW_TAGS
        && members
            .iter()
            .all(|mention| mention.commits == 0 && !mention.logged && !declared_human(&mention.identity, policy))
}

/// What stands for a person in every repository: the address used most, and of such as are used as much the first by its letters.
fn canonical(members: &[&Mentioned]) -> String {
    let mut weights: BTreeMap<String, u64> = BTreeMap::new();
    for mention in members.iter().filter(|mention| !is_placeholder(&mention.email())) {
        *weights.entry(owner_key(&mention.email())).or_default() += mention.weight();
    }
    // The last of equal ones would win: the order is turned around.
    let most = weights.into_iter().rev().max_by_key(|(_, weight)| *weight);
    most.map_or_else(|| members.iter().map(|mention| mention.name()).min().unwrap_or_default(), |(address, _)| address)
}

/// The identity whose name a person goes by: the one that released last, else the last that is not seen seldom.
fn shown<'m>(members: &[&'m Mentioned]) -> &'m Identity {
    let all: u64 = members.iter().map(|mention| mention.weight()).sum();
    let of_name = |mention: &Mentioned| -> u64 {
        members.iter().filter(|other| other.identity.name == mention.identity.name).map(|other| other.weight()).sum()
    };
    let usual = |mention: &&&'m Mentioned| SELDOM * of_name(mention) >= all;
    let people = || members.iter().filter(|mention| mention.machine.is_none() || members.len() == 1);
    people()
        .filter(|mention| mention.released.is_some())
        .filter(usual)
        .max_by_key(|mention| mention.released)
        .or_else(|| {
            people().filter(|mention| !mention.logged).filter(usual).rev().max_by_key(|mention| mention.last_seen)
        })
        .or_else(|| members.first())
        .map_or_else(|| &members[0].identity, |mention| &mention.identity)
}

/// Joins what the configuration says is one person; tells who is to be shown by which name.
fn join_aliases(groups: &mut Groups, mentioned: &[Mentioned], policy: &Policy) -> BTreeMap<u32, String> {
    let mut places: HashMap<String, Vec<u32>> = HashMap::new();
    for (at, mention) in mentioned.iter().enumerate() {
        let (name, email) = (lower(&mention.identity.name), lower(&mention.identity.email));
        // As reports show those who share a name.
        let both = format!("{name} <{email}>");
        for key in [name, email, both] {
            if !key.is_empty() {
                places.entry(key).or_default().push(at as u32);
            }
        }
    }
    let mut shown = BTreeMap::new();
    for (name, others) in &policy.aliases {
        let spellings = std::iter::once(name).chain(others).map(|spelling| spelling.trim().to_lowercase());
        let theirs: Vec<u32> = spellings.filter_map(|spelling| places.get(&spelling)).flatten().copied().collect();
        if let Some((&first, rest)) = theirs.split_first() {
            for &other in rest {
                groups.join(first, other);
            }
            shown.insert(first, name.clone());
        }
    }
    shown
}

/// Joins what has one address or one account. The address belongs to the name that uses it mostly: a bot that uses it
/// too stays a bot, and a stranger's name on a few commits joins nobody.
fn join_addresses(groups: &mut Groups, mentioned: &[Mentioned]) {
    let mut users: BTreeMap<(bool, String), Vec<u32>> = BTreeMap::new();
    for (at, mention) in mentioned.iter().enumerate().filter(|(_, mention)| mention.known()) {
        let email = mention.email();
        if !is_placeholder(&email) {
            users.entry((mention.machine.is_some(), owner_key(&email))).or_default().push(at as u32);
        }
    }
    // The name that uses each address mostly, and the addresses that each name has so.
    let mut owners: Vec<String> = Vec::with_capacity(users.len());
    let mut owned: HashMap<String, u32> = HashMap::new();
    for places in users.values() {
        let mut weights: BTreeMap<String, u64> = BTreeMap::new();
        for &at in places.iter().filter(|&&at| !mentioned[at as usize].logged) {
            *weights.entry(mentioned[at as usize].name()).or_default() += mentioned[at as usize].weight();
        }
        let owner =
            weights.into_iter().rev().max_by_key(|(_, weight)| *weight).map(|(name, _)| name).unwrap_or_default();
        *owned.entry(owner.clone()).or_default() += 1;
        owners.push(owner);
    }
    for (places, owner) in users.values().zip(&owners) {
        let first = |at: &&u32| mentioned[**at as usize].name() == *owner;
        let Some(&lead) = places.iter().find(first).or_else(|| places.first()) else { continue };
        for &at in places {
            let name = mentioned[at as usize].name();
            let elsewhere = owned.get(&name).is_some_and(|count| *count > 0);
            if mentioned[at as usize].logged || !strangers(&name, owner, elsewhere) {
                groups.join(lead, at);
            }
        }
    }
    join_accounts(groups, mentioned);
}

/// Joins `ana <ana@x.org>` to `ana <123+ana@users.noreply…>`: the same name of one word, and the account's name before
/// the `@`; where there is only one such address.
fn join_accounts(groups: &mut Groups, mentioned: &[Mentioned]) {
    let mut same: BTreeMap<(String, String), Vec<u32>> = BTreeMap::new();
    for (at, mention) in mentioned.iter().enumerate() {
        let email = mention.email();
        if mention.known()
            && !mention.logged
            && mention.machine.is_none()
            && !is_placeholder(&email)
            && let Some(handle) = handle(&email)
        {
            same.entry((mention.name(), handle)).or_default().push(at as u32);
        }
    }
    for places in same.values() {
        let keys = |account: bool| -> BTreeSet<String> {
            let emails = places.iter().map(|&at| mentioned[at as usize].email());
            emails
                .filter(|email| super::address::account(email).is_some() == account)
                .map(|email| owner_key(&email))
                .collect()
        };
        if keys(false).len() <= 1 && !keys(true).is_empty() {
            for &at in &places[1..] {
                groups.join(places[0], at);
            }
        }
    }
}

/// Joins equal full names of two words or more; bots never. Tells which it joined.
fn join_names(groups: &mut Groups, mentioned: &[Mentioned]) -> BTreeSet<u32> {
    let mut by_name: HashMap<String, u32> = HashMap::new();
    let mut joined = BTreeSet::new();
    for (at, mention) in mentioned.iter().enumerate() {
        let name = mention.name();
        if !mention.known() || mention.machine.is_some() || !full(&name) {
            continue;
        }
        let first = *by_name.entry(name).or_insert(at as u32);
        if groups.root(first) != groups.root(at as u32) {
            groups.join(first, at as u32);
            joined.extend([first, at as u32]);
        }
    }
    joined
}
