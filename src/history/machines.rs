//! Which identities are no people: bots that say so, and names and addresses of machines.

use crate::model::{Identity, Policy};

use super::address::{account, is_forge, lower};

/// Bots by their name or the local part of their address, alone or before a dash.
const BOTS: [&str; 38] = [
    "dependabot",
    "renovate",
    "semantic-release",
    "release-please",
    "github-actions",
    "web-flow",
    "travis",
    "travis-ci",
    "jenkins",
    "circleci",
    "buildkite",
    "teamcity",
    "mergify",
    "goreleaser",
    "allcontributors",
    "azure-pipelines",
    "bamboo",
    "bors",
    "cloud-build",
    "codecov",
    "concourse",
    "copybara",
    "crowdin",
    "drone",
    "gerrit",
    "gitlab-runner",
    "google-cloud-build",
    "greenkeeper",
    "homu",
    "hudson",
    "prow",
    "pyup",
    "release-drafter",
    "snyk",
    "tekton",
    "weblate",
    "woodpecker",
    "zuul",
];
/// Words of which one alone in a name or local part names a machine.
const MACHINES: [&str; 14] = [
    "ci",
    "cicd",
    "bot",
    "robot",
    "jenkins",
    "automation",
    "autobuild",
    "autorelease",
    "buildbot",
    "circleci",
    "pipelines",
    "serviceaccount",
    "svc",
    "actions",
];
/// Words that name what is done rather than who does it: a person's account or automation's, which only a person can say.
const TASKS: [&str; 12] = [
    "build",
    "builds",
    "deploy",
    "deployer",
    "deployment",
    "pipeline",
    "publish",
    "publisher",
    "release",
    "releaser",
    "releases",
    "team",
];
/// Ends of a single word that name one: `denobot`.
const ENDS: [&str; 2] = ["bot", "-ci"];
/// Names of people that end so.
const PEOPLE: [&str; 5] = ["abbot", "talbot", "cabot", "bobot", "elbot"];
/// How an identity is known for no person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Machine {
    /// It says so (`x[bot]`), a forge made it, or the configuration names it.
    Known,
    /// Its name or its address reads like one.
    Like,
}

/// Whether the configuration says that it is a person.
pub(super) fn declared_human(identity: &Identity, policy: &Policy) -> bool {
    listed(identity, &policy.humans)
}

/// Whether an identity is a machine's, by itself: an address that somebody shares with a bot stays theirs.
pub(super) fn machine(identity: &Identity, policy: &Policy) -> Option<Machine> {
    if declared_human(identity, policy) {
        return None;
    }
    let (name, email) = (lower(&identity.name), lower(&identity.email));
    let local = email.split('@').next().unwrap_or_default();
    let known = name.contains("[bot]") || local.contains("[bot]") || is_forge(&email) || listed(identity, &policy.bots);
    if known {
        return Some(Machine::Known);
    }
    // What stands before `@` of a forge's address for an account is the account.
    let account = account(&email).map(|account| account.login);
    let local = account.as_deref().unwrap_or(local);
    [name.as_str(), local].iter().any(|text| reads_like_one(text)).then_some(Machine::Like)
}

/// Whether the name of an identity says what it does rather than who it is: it may be a machine's.
pub(super) fn names_a_task(identity: &Identity, policy: &Policy) -> bool {
    let name = lower(&identity.name);
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    !declared_human(identity, policy) && words.any(|word| TASKS.contains(&word))
}

fn reads_like_one(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let named = BOTS.iter().any(|bot| text == *bot || text.strip_prefix(bot).is_some_and(|rest| rest.starts_with('-')));
    let single = !text.contains(char::is_whitespace);
    let ends = single && ENDS.iter().any(|end| text.ends_with(end)) && !PEOPLE.contains(&text);
    named || ends || words.any(|word| MACHINES.contains(&word))
}

/// Whether a list of names, addresses and accounts has an identity.
fn listed(identity: &Identity, list: &[String]) -> bool {
    let (name, email) = (lower(&identity.name), lower(&identity.email));
    let login = account(&email).map(|account| account.login);
    list.iter().map(|entry| entry.trim().to_lowercase()).any(|entry| {
        let both = || entry.strip_suffix('>').and_then(|entry| entry.split_once(" <")) == Some((&name, &email));
        !entry.is_empty()
            && (entry == name || entry == email || both() || login.as_ref().is_some_and(|login| *login == entry))
    })
}

#[cfg(test)]
mod tests {
    use super::{Machine, machine};
    use crate::model::{Identity, Policy};

    fn read(name: &str, email: &str) -> Option<Machine> {
        let policy = Policy {
            bots: vec!["ship@a.org".into()],
            humans: vec!["Jan Bot".into(), "ci@people.org".into()],
            ..Policy::at("2026-01-01T00:00:00Z".parse().expect("a time"))
        };
        machine(&Identity { name: name.into(), email: email.into() }, &policy)
    }

    #[test]
    fn machines_are_known_or_read_like_one() {
        for (name, email) in [
            ("helper[bot]", "contact@x.org"),
            ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
            ("GitHub", "noreply@github.com"),
            ("Ship It", "ship@a.org"),
        ] {
            assert_eq!(read(name, email), Some(Machine::Known), "{name} <{email}>");
        }
        for (name, email) in [
            ("Acme-CI", "x@acme.example"),
            ("Acme", "ci@acme.example"),
            ("Builds", "web-ci@acme.example"),
            ("Release Bot", "x@acme.example"),
            ("denobot", "33910674+denobot@users.noreply.github.com"),
            ("jenkins", "x@acme.example"),
            ("ESLint Jenkins", "eslint@x.org"),
            ("Travis CI", "x@acme.example"),
            ("travis", "x@acme.example"),
            ("x", "actions@github.com"),
            ("x", "release-automation@acme.example"),
            ("x", "svc-deploy@acme.example"),
            ("k8s-ci-robot", "x@acme.example"),
            ("github-actions", "x@acme.example"),
            ("Acme CI/CD", "x@acme.example"),
            ("Azure Pipelines", "x@acme.example"),
            ("bors", "bors@rust-lang.org"),
            ("zuul", "zuul@openstack.org"),
            ("Copybara-Service", "copybara-service@google.com"),
            ("gitlab-runner", "root@runner-3"),
            ("x", "cloud-build@acme.example"),
            ("Shop serviceaccount", "x@acme.example"),
        ] {
            assert_eq!(read(name, email), Some(Machine::Like), "{name} <{email}>");
        }
        for (name, email) in [
            ("Ana Costa", "contact@x.org"),
            ("Travis Oliphant", "travis.oliphant@x.org"),
            ("Cicely Botha", "cicely@x.org"),
            ("talbot", "talbot@x.org"),
            ("Ana Zuul", "ana@x.org"),
            ("Drone Fan", "fan@x.org"),
            ("Henry Hudson", "henry.hudson@x.org"),
            ("Jan Bot", "jan@bot.example"),
            ("Acme", "ci@people.org"),
            ("Bo", "bo@ci.example"),
            ("", ""),
        ] {
            assert_eq!(read(name, email), None, "{name} <{email}>");
        }
    }
}
