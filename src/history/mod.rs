//! From tags, commits and log entries to a [`History`]: what is a release, in which order, shipping what, by whom.

mod address;
mod ancestry;
mod borrowed;
mod draft;
mod entries;
mod felt;
mod kind;
mod line;
mod machines;
mod mailmap;
mod names;
mod order;
mod people;
mod planned;
mod predecessor;
mod releases;
mod reverts;
mod segments;
mod select;
mod shipping;
mod siblings;
mod takebacks;

pub use kind::hotfix_window;
pub use line::Lines;
pub use planned::{Planned, plan};
pub use reverts::{Revert, fixes_of, reverts};
pub use select::{Selection, select};
pub use shipping::{Place, Shipping};
pub use takebacks::Takebacks;

use crate::error::Error;
use crate::model::{
    Arena, ChangeIndex, Changes, History, Incident, LogsRead, Milestone, Notice, Policy, ReleaseEntry, RepositoryInfo,
};

/// What the sources found, beside the tags.
#[derive(Debug)]
pub struct Inputs {
    /// Where it was read; `None` where the log alone is the history.
    pub repository: Option<RepositoryInfo>,
    /// The commits.
    pub changes: Changes,
    /// HEAD's commit.
    pub head: Option<ChangeIndex>,
    /// The mailmap's bytes.
    pub mailmap: Option<Vec<u8>>,
    /// The release log.
    pub entries: Vec<ReleaseEntry>,
    /// The incident log.
    pub incidents: Vec<Incident>,
    /// What the team changed.
    pub milestones: Vec<Milestone>,
    /// What was read as incident logs.
    pub logs: LogsRead,
    /// What was noticed so far.
    pub notices: Vec<Notice>,
}

/// Puts a history together.
///
/// # Errors
/// None today; a history that cannot be told apart from another would be one.
pub fn assemble(selection: Selection, inputs: Inputs, policy: &Policy) -> Result<History, Error> {
    let Inputs { repository, changes, head, mailmap, entries, incidents, milestones, logs, mut notices } = inputs;
    let joined = entries::join(selection, &changes, entries, policy, &mut notices);
    let people =
        people::People::resolve(&changes, &joined.drafts, &incidents, mailmap.as_deref(), policy, &mut notices);
    let mut history = History {
        repository,
        releases: Arena::new(),
        components: Arena::new(),
        changes,
        person_of: people.of_identity.clone().into(),
        people: people.list.clone().into(),
        people_doubts: people.doubts.clone(),
        person_names: people.by_name.clone(),
        incidents: incidents.into(),
        milestones,
        logs,
        tags: joined.tags,
        touched: std::collections::BTreeMap::new(),
        controls: None,
        change_logs: Vec::new(),
        product: None,
        own_lines: std::collections::BTreeMap::new(),
        unmatched: joined.unmatched,
        notices,
    };
    releases::build(&mut history, joined.drafts, &joined.prereleases, &people, policy);
    predecessor::find(&mut history);
    borrowed::set_apart(&mut history);
    kind::infer(&mut history, head, policy);
    Ok(history)
}
