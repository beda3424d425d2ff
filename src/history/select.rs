//! Which tags are releases, and of which component.

use std::collections::{HashMap, HashSet};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::error::Error;
use crate::model::{
    Changes, CommitId, Policy, ReleaseEntry, SkippedTag, Tag, TagName, TagReading, TagTarget, Untrusted,
};

use super::draft::{Candidate, Reading};
use super::siblings;

/// What each tag is.
#[derive(Debug)]
pub struct Selection {
    pub(super) candidates: Vec<Candidate>,
    pub(super) skipped: Vec<SkippedTag>,
    pub(super) total: u64,
    /// When commits were made of tags that no release holds.
    pub(super) committed: HashMap<CommitId, (i64, i16)>,
}

impl Selection {
    /// The commits of the releases: what must be walked. Rehearsals ship nothing.
    pub fn tips(&self) -> Vec<CommitId> {
        self.candidates.iter().filter(|candidate| !candidate.prerelease).map(|candidate| candidate.commit).collect()
    }

    /// Takes the times of commits that were not walked and whose tags have none of their own, as far as `committed` knows
    /// them.
    pub fn learn(&mut self, changes: &Changes, committed: impl Fn(CommitId) -> Option<(i64, i16)>) {
        let dated = |candidate: &Candidate| candidate.tag.tagger.as_ref().is_some_and(|tagger| tagger.time.is_some());
        let undated = self.candidates.iter().filter(|candidate| !dated(candidate)).map(|candidate| candidate.commit);
        let unknown: HashSet<CommitId> = undated.filter(|commit| changes.index_of(*commit).is_none()).collect();
        self.committed.extend(unknown.into_iter().filter_map(|commit| Some((commit, committed(commit)?))));
    }
}

const EXCLUDED: &str = "excluded by releases.exclude";
const UNWANTED: &str = "matches no pattern of releases.tags or --tags";
const ELSEWHERE: &str = "deployed to another environment only";

/// Says what each tag is.
///
/// # Errors
/// A glob that cannot be read, by its setting.
pub fn select(tags: Vec<Tag>, entries: &[ReleaseEntry], policy: &Policy) -> Result<Selection, Error> {
    let wanted = globs("releases.tags or --tags", &policy.tags)?;
    let unwanted = globs("releases.exclude", &policy.exclude)?;
    let components = policy
        .components
        .iter()
        .map(|(name, patterns)| Ok((name, globs(&format!("components.{name}"), patterns)?)))
        .collect::<Result<Vec<_>, Error>>()?;
    let total = tags.len() as u64;
    let logged = logged_here(entries, policy);
    let (mut candidates, mut skipped) = (Vec::new(), Vec::new());
    for tag in tags {
        let name = Untrusted::from_bytes(&tag.name);
        let mut skip = |reason| skipped.push(SkippedTag { tag: name.clone(), reason });
        if unwanted.is_match(name.raw()) {
            skip(EXCLUDED);
            continue;
        }
        if !policy.tags.is_empty() && !wanted.is_match(name.raw()) {
            skip(UNWANTED);
            continue;
        }
        // A pattern asks for a tag, and so does the log that says it was deployed.
        let asked_for = !policy.tags.is_empty() || logged.get(&name) == Some(&true);
        let read = match (TagName::read(&tag.name), asked_for) {
            (TagReading::Version(read), _) => Some(read),
            (TagReading::No(_), true) => None,
            (TagReading::No(reason), false) => {
                skip(reason);
                continue;
            }
        };
        let commit = match tag.target {
            TagTarget::Commit(commit) => commit,
            TagTarget::Unusable(reason) => {
                skip(reason);
                continue;
            }
        };
        if logged.get(&name) == Some(&false) {
            skip(ELSEWHERE);
            continue;
        }
        let configured =
            components.iter().find(|(_, globs)| globs.is_match(name.raw())).map(|(name, _)| (*name).clone());
        candidates.push(candidate(tag, name, commit, read, configured));
    }
    siblings::settle_prefixes(&mut candidates, policy);
    Ok(Selection { candidates, skipped, total, committed: HashMap::new() })
}

/// A tag with what its name reads as; without a reading it is a release because somebody asked for it.
fn candidate(
    tag: Tag,
    name: Untrusted,
    commit: CommitId,
    read: Option<TagName>,
    configured: Option<String>,
) -> Candidate {
    let otherwise = read.as_ref().and_then(|read| {
        let other = read.otherwise.as_ref()?;
        Some(Reading {
            component: other.component.clone(),
            prerelease: other.prerelease,
            rehearses: read.rehearses(),
            place_leads: read.place_leads(),
            configured: configured.is_some(),
        })
    });
    let (prerelease, guessed) = read.as_ref().map_or((false, false), |read| (read.prerelease, read.rehearsal_prefix));
    let numbered = read.as_ref().is_some_and(|read| read.numbered);
    let rehearsal_prefix = guessed && configured.is_none();
    let (component, version) = read.map_or(("root".to_owned(), None), |read| (read.component, Some(read.version)));
    let component = configured.unwrap_or(component);
    Candidate { tag, name, commit, component, version, prerelease, rehearsal_prefix, otherwise, numbered, stamp: None }
}

/// The tags that the log knows, and whether it knows a deployment of them to the environment that counts.
fn logged_here<'e>(entries: &'e [ReleaseEntry], policy: &Policy) -> HashMap<&'e Untrusted, bool> {
    let mut logged = HashMap::new();
    for entry in entries {
        *logged.entry(&entry.tag).or_insert(false) |= counts_here(entry, policy);
    }
    logged
}

/// Whether a tag was left out by a setting, so that an entry about it needs no word.
pub(super) fn by_choice(reason: &'static str) -> bool {
    [EXCLUDED, UNWANTED, ELSEWHERE].contains(&reason)
}

/// Whether a log entry is about the environment that counts.
pub(super) fn counts_here(entry: &ReleaseEntry, policy: &Policy) -> bool {
    entry.environment.as_ref().is_none_or(|name| name.raw().eq_ignore_ascii_case(&policy.environment))
}

fn globs(setting: &str, patterns: &[String]) -> Result<GlobSet, Error> {
    let wrong = |pattern: &str, error: globset::Error| {
        Error::config(
            format!("{setting}: \"{pattern}\" is no glob: {}", error.kind()),
            "write something like v* or release-*; * also matches /",
        )
        .caused_by(error)
    };
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        // Without a separator of its own, * matches / too.
        let glob = GlobBuilder::new(pattern).literal_separator(false).build().map_err(|error| wrong(pattern, error))?;
        set.add(glob);
    }
    set.build().map_err(|error| wrong("", error))
}
