//! Who is who: mailmap, then aliases, then equal e-mails, then equal full names.

use std::collections::{BTreeMap, HashMap};

use crate::model::{ChangeIndex, Changes, Identity, Incident, Person, PersonIndex, Policy, Untrusted};

use super::entries::Draft;
use super::mailmap::Mailmap;

/// Words that name a bot in a name or in an e-mail's local part.
const BOTS: [&str; 6] = ["dependabot", "renovate", "semantic-release", "release-please", "github-actions", "web-flow"];
/// The committer that a forge puts in when it makes the commit itself.
const FORGE: &[u8] = b"noreply@github.com";
/// Addresses that many strangers share.
const PLACEHOLDERS: [&str; 9] = [
    "none@none",
    "noreply@github.com",
    "you@example.com",
    "user@example.com",
    "email@example.com",
    "unknown@unknown",
    "nobody@nowhere",
    "devnull@localhost",
    "none@none.none",
];
/// Ends of addresses that every machine of somebody has.
const LOCAL: [&str; 3] = ["@localhost", "@localhost.localdomain", ".(none)"];

/// The people of a history.
pub(super) struct People {
    pub list: Vec<Person>,
    /// The person of each identity of the commits.
    pub of_identity: Vec<PersonIndex>,
    /// Who a name in a log means, in lower case.
    pub by_name: BTreeMap<String, PersonIndex>,
    taggers: HashMap<Identity, PersonIndex>,
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
    identity: Identity,
    /// When it was seen last, seconds since 1970; a log has no better time than "always".
    last_seen: i64,
}

impl People {
    pub fn resolve(
        changes: &Changes,
        drafts: &[Draft],
        incidents: &[Incident],
        mailmap: Option<&[u8]>,
        policy: &Policy,
    ) -> Self {
        let mailmap = mailmap.map(Mailmap::parse).unwrap_or_default();
        let last_seen = last_seen(changes);
        let recorded = changes.identities().iter().zip(last_seen);
        let mut mentioned: Vec<Mentioned> = recorded
            .map(|(identity, last_seen)| Mentioned { identity: mailmap.resolve(identity), last_seen })
            .collect();
        let of_commits = mentioned.len();
        let mut by_tagger: HashMap<Identity, u32> = HashMap::new();
        for (at, identity) in changes.identities().iter().enumerate() {
            by_tagger.entry(identity.clone()).or_insert(at as u32);
        }
        for draft in drafts {
            let Some(tagger) = &draft.tagger else { continue };
            let seen = draft.released_at.timestamp();
            let at = *by_tagger.entry(tagger.clone()).or_insert_with(|| {
                mentioned.push(Mentioned { identity: mailmap.resolve(tagger), last_seen: seen });
                mentioned.len() as u32 - 1
            });
            let slot = &mut mentioned[at as usize].last_seen;
            *slot = (*slot).max(seen);
        }
        let of_git = mentioned.len();
        let mut names: BTreeMap<String, u32> = BTreeMap::new();
        for name in logged(drafts, incidents) {
            names.entry(name.raw().trim().to_lowercase()).or_insert_with(|| {
                let identity = Identity { name: name.raw().trim().as_bytes().to_vec(), email: Vec::new() };
                mentioned.push(Mentioned { identity, last_seen: i64::MIN });
                mentioned.len() as u32 - 1
            });
        }
        let bots: Vec<bool> = mentioned.iter().map(|mentioned| is_bot(&mentioned.identity, policy)).collect();
        let mut groups = Groups { parent: (0..mentioned.len() as u32).collect() };
        let aliased = join_aliases(&mut groups, &mentioned, policy);
        join_equal(&mut groups, &mentioned, &bots, of_git);
        Self::collect(groups, &mentioned, &bots, &aliased, of_commits, &by_tagger, names)
    }

    fn collect(
        mut groups: Groups,
        mentioned: &[Mentioned],
        bots: &[bool],
        aliased: &BTreeMap<u32, String>,
        of_commits: usize,
        by_tagger: &HashMap<Identity, u32>,
        names: BTreeMap<String, u32>,
    ) -> Self {
        let mut list: Vec<Person> = Vec::new();
        let mut latest: Vec<i64> = Vec::new();
        let mut person_of_root: HashMap<u32, PersonIndex> = HashMap::new();
        let mut person_of: Vec<PersonIndex> = Vec::with_capacity(mentioned.len());
        for (at, mention) in mentioned.iter().enumerate() {
            let root = groups.root(at as u32);
            let person = *person_of_root.entry(root).or_insert_with(|| {
                list.push(Person { name: display(&mention.identity), bot: false, identities: 0 });
                latest.push(mention.last_seen);
                PersonIndex(list.len() as u32 - 1)
            });
            let known = &mut list[person.0 as usize];
            known.identities += 1;
            known.bot |= bots[at];
            if mention.last_seen > latest[person.0 as usize] {
                latest[person.0 as usize] = mention.last_seen;
                known.name = display(&mention.identity);
            }
            person_of.push(person);
        }
        // A configured name is what the team wants to read.
        for (&at, name) in aliased {
            list[person_of[at as usize].0 as usize].name = Untrusted::new(name.clone());
        }
        let by_name = names.into_iter().map(|(name, at)| (name, person_of[at as usize])).collect();
        let taggers = by_tagger.iter().map(|(identity, &at)| (identity.clone(), person_of[at as usize])).collect();
        person_of.truncate(of_commits);
        Self { list, of_identity: person_of, by_name, taggers }
    }

    /// The people that names in a log mean, each once.
    pub fn named<'n>(&self, names: impl Iterator<Item = &'n Untrusted>) -> Vec<PersonIndex> {
        let mut people: Vec<_> =
            names.filter_map(|name| self.by_name.get(&name.raw().trim().to_lowercase()).copied()).collect();
        people.sort();
        people.dedup();
        people
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
        let committer = changes.committer(commit);
        let by_forge = changes.identities()[committer.0 as usize].email.eq_ignore_ascii_case(FORGE);
        let identity = if by_forge { changes.author(commit) } else { committer };
        (vec![self.of_identity[identity.0 as usize]], true)
    }
}

/// When each identity was seen last.
fn last_seen(changes: &Changes) -> Vec<i64> {
    let mut last = vec![i64::MIN; changes.identities().len()];
    for at in 0..changes.len() as u32 {
        let commit = ChangeIndex(at);
        let mut see = |identity: crate::model::IdentityIndex, time: i64| {
            let slot = &mut last[identity.0 as usize];
            *slot = (*slot).max(time);
        };
        see(changes.author(commit), changes.author_time(commit));
        see(changes.committer(commit), changes.commit_time(commit));
    }
    last
}

/// Every name that the logs mention.
fn logged<'l>(drafts: &'l [Draft], incidents: &'l [Incident]) -> impl Iterator<Item = &'l Untrusted> {
    let of_entries = drafts
        .iter()
        .filter_map(|draft| draft.entry.as_ref())
        .flat_map(|entry| entry.operators.iter().chain(entry.approvals.iter().map(|approval| &approval.by)));
    let of_incidents = incidents.iter().flat_map(|incident| {
        incident.responders.iter().chain(incident.remediation.iter().flat_map(|remediation| &remediation.by))
    });
    of_entries.chain(of_incidents).filter(|name| !name.raw().trim().is_empty())
}

fn display(identity: &Identity) -> Untrusted {
    let shown = if identity.name.is_empty() { &identity.email } else { &identity.name };
    if shown.is_empty() { Untrusted::new("(no name)") } else { Untrusted::from_bytes(shown) }
}

/// Lower case, for comparing. Bytes that are no UTF-8 stay distinct: nobody becomes another by a lossy reading.
fn lower(bytes: &[u8]) -> String {
    Untrusted::from_bytes(bytes).raw().trim().to_lowercase()
}

/// Whether many strangers share the address.
fn is_placeholder(email: &str) -> bool {
    !email.contains('@') || PLACEHOLDERS.contains(&email) || LOCAL.iter().any(|end| email.ends_with(end))
}

fn is_bot(identity: &Identity, policy: &Policy) -> bool {
    let (name, email) = (lower(&identity.name), lower(&identity.email));
    let local = email.split('@').next().unwrap_or_default();
    name.contains("[bot]")
        || email.contains("[bot]")
        || email.as_bytes() == FORGE
        || BOTS.iter().any(|bot| name == *bot || name.starts_with(&format!("{bot}-")) || local == *bot)
        || policy.bots.iter().map(|bot| bot.to_lowercase()).any(|bot| bot == name || bot == email)
}

/// Joins what the configuration says is one person; tells who is to be shown by which name.
fn join_aliases(groups: &mut Groups, mentioned: &[Mentioned], policy: &Policy) -> BTreeMap<u32, String> {
    let mut places: HashMap<String, Vec<u32>> = HashMap::new();
    for (at, mention) in mentioned.iter().enumerate() {
        for key in [lower(&mention.identity.name), lower(&mention.identity.email)] {
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

/// Joins equal e-mails, then equal full names of two words or more; bots never by name. A name in a log joins the
/// person of that full name or e-mail.
fn join_equal(groups: &mut Groups, mentioned: &[Mentioned], bots: &[bool], of_git: usize) {
    let mut by_email: HashMap<String, u32> = HashMap::new();
    let mut by_name: HashMap<String, u32> = HashMap::new();
    for (at, mention) in mentioned.iter().enumerate() {
        let place = at as u32;
        let mut email = lower(&mention.identity.email);
        if at >= of_git && mention.identity.name.contains(&b'@') {
            email = lower(&mention.identity.name);
        }
        if !is_placeholder(&email) {
            let first = *by_email.entry(email).or_insert(place);
            groups.join(first, place);
        }
        let words = mention.identity.name.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count();
        if words >= 2 && !bots[at] {
            let first = *by_name.entry(lower(&mention.identity.name)).or_insert(place);
            groups.join(first, place);
        }
    }
}
