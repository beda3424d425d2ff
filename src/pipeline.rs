//! From what lies on disk to a [`History`]: the one place where sources meet.

mod controls;

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::error::Error;
use crate::history::{self, Inputs};
use crate::inference::{self, Inferred, Pair};
use crate::model::{
    ChangeIndex, ChangeLog, CommitId, ComponentIndex, History, LogRemark, Notice, NoticeCode, OwnLines, Parts, Policy,
    Product, ReleaseIndex, Touched, Undone, UnreadLog, Untrusted,
};
use crate::remark;
use crate::source::git::{LACKING, Lacking, LogFile, LogFiles, Repository, Taken, TakenOut, Wanted, add_folders};
use crate::source::log::{self, Earlier, Logs, Sources, TimeRules};

pub use controls::{controls, owned, watch};

/// Reads a repository (or, without one, the release log alone) and the logs.
///
/// # Errors
/// Where the repository or a log cannot be used at all. A record that cannot be used is set aside and told in
/// [`History::notices`].
pub fn read(
    repository: Option<&Repository>,
    sources: &Sources,
    rules: &TimeRules,
    policy: &Policy,
    stdin: &mut dyn Read,
) -> Result<History, Error> {
    beside(repository, log::read(sources, rules, stdin)?, policy)
}

/// A history of which a commit decides: what a change makes of the logs does not judge that change.
pub struct Decided {
    /// The logs as the commit has them, and what the change adds to them.
    pub history: History,
    /// Without what the change adds; `None` where it adds nothing.
    pub alone: Option<History>,
    /// What the change makes of the commit's entries.
    pub undone: Vec<Undone>,
    /// What it adds.
    pub added: Vec<Untrusted>,
}

/// As [`read`], where the logs' earlier entries are those of a commit.
///
/// # Errors
/// As [`read`]; and where the commit's logs cannot be used.
pub fn read_decided(
    repository: &Repository,
    sources: &Sources,
    earlier: &Earlier,
    rules: &TimeRules,
    policy: &Policy,
    stdin: &mut dyn Read,
) -> Result<Decided, Error> {
    let now = log::read(sources, rules, stdin)?;
    let laid = Sources { mappings: sources.mappings.clone(), ..earlier.sources() };
    let before = log::read(&laid, rules, &mut std::io::empty()).map_err(|error| {
        let what = format!("the logs of {} cannot be used: {error}", earlier.of);
        Error::input(what, format!("correct them on {}", earlier.of)).of_problems(error.problems().to_vec())
    })?;
    let log::Decision { logs, undone, added } = log::decide(now, before.clone());
    let alone = if added.is_empty() { None } else { Some(beside(Some(repository), before, policy)?) };
    Ok(Decided { history: beside(Some(repository), logs, policy)?, alone, undone, added })
}

/// Reads a repository beside logs that have been read.
///
/// # Errors
/// Where the repository cannot be used at all.
pub fn beside(repository: Option<&Repository>, logs: Logs, policy: &Policy) -> Result<History, Error> {
    let Logs { incidents, entries, milestones, read: logs, problems, imports } = logs;
    let mut notices: Vec<Notice> = problems.iter().map(log_notice).collect();
    notices.extend(logs.unread.iter().map(unread_notice));
    notices.extend(imports.into_iter().map(|said| Notice::new(NoticeCode::Imported, said, "")));
    let guessed = incidents.iter().filter(|incident| !incident.proxies.is_empty()).count();
    if guessed > 0 {
        notices.push(Notice::new(
            NoticeCode::ProxyTimes,
            format!("incidents with a time that only stands for another one, such as an issue's creation for its detection: {guessed}"),
            "write the true times into the log where they matter, and take them out of proxies",
        ));
    }

    let tags = match repository {
        Some(repository) => {
            let read = repository.tags()?;
            notices.extend(read.notices);
            read.tags
        }
        None => Vec::new(),
    };
    let mut selection = history::select(tags, &entries, policy)?;

    let (mut changes, mut head, mut mailmap) = Default::default();
    if let Some(repository) = repository {
        let mut tips: Vec<CommitId> = selection.tips();
        let named = entries.iter().filter_map(|entry| entry.commit.as_ref());
        tips.extend(named.filter_map(|commit| repository.find_commit(commit.raw())));
        let walk = repository.walk(&tips);
        repository.in_time()?;
        notices.extend(walk.notices);
        (changes, head) = (walk.changes, walk.head);
        selection.learn(&changes, |commit| repository.committed_at(commit));
        mailmap = repository.mailmap()?;
        notices.extend(repository.lacking());
    }

    let inputs = Inputs {
        repository: repository.map(|repository| repository.info().clone()),
        changes,
        head,
        mailmap,
        entries,
        incidents,
        milestones,
        logs,
        notices,
    };
    let mut history = history::assemble(selection, inputs, policy)?;
    unreadable(&history)?;
    if let Some(repository) = repository {
        listen(repository, &mut history, policy);
        repository.in_time()?;
    }
    history.notices.extend(emptiness(&history));
    Ok(history)
}

/// Components whose change logs are read: those with the most releases.
const LOGS: usize = 200;

/// Reads what tells of failures beside the commits themselves: the change logs at the newest releases, and whether the
/// commits that seem to tell of one touch the product.
fn listen(repository: &Repository, history: &mut History, policy: &Policy) {
    let mut components: Vec<ComponentIndex> = history.components.indices().collect();
    components.sort_by_key(|&index| std::cmp::Reverse(history.component(index).releases.len()));
    let folder = repository.root().file_name().map(|name| name.to_string_lossy().to_lowercase());
    // A bare repository is called after what it holds.
    let project = folder.map(|name| name.strip_suffix(".git").map_or(name.clone(), str::to_owned));
    for (rank, &index) in components.iter().enumerate().take(LOGS) {
        if repository.in_time().is_err() {
            return;
        }
        let log = change_log(repository, history, index, rank == 0, project.as_deref());
        history.change_logs.extend(log);
    }
    let commits = Inferred::to_look_at(history, policy);
    let mut product = Product::new(folders(repository, history));
    let changes = &history.changes;
    let touches = |commit: ChangeIndex| {
        let parent = changes.parents(commit).first().map(|&parent| changes.id(ChangeIndex(parent)));
        let mut parts = Parts::default();
        let read = repository.each_changed(parent, changes.id(commit), |path| {
            if inference::is_product_path(path) {
                match product.owners(path) {
                    Some(owners) => parts.components.extend(owners),
                    None => parts.elsewhere = true,
                }
            }
            // Without folders to tell apart, one path says all.
            if repository.in_time().is_err() || parts.elsewhere && !product.has_folders() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        // What cannot be read is not known to be anything else.
        if read.is_err() {
            parts.elsewhere = true;
            parts.components.extend(product.housed());
        }
        (commit, parts)
    };
    product.touched = commits.into_iter().map(touches).collect();
    history.product = Some(product);
}

/// The folders of components, and whose they are: those called like the last part of a component's name at the newest
/// release, or, of what is gone from there, at the component's own. None where the repository as a whole is the only one.
fn folders(repository: &Repository, history: &History) -> BTreeMap<String, Vec<ComponentIndex>> {
    let mut of: BTreeMap<String, Vec<ComponentIndex>> = BTreeMap::new();
    for (index, component) in history.components.indexed().filter(|(_, component)| component.name.raw() != "root") {
        of.entry(last_part(component.name.raw())).or_default().push(index);
    }
    let newest_of = |components: &[ComponentIndex]| {
        let releases = components.iter().flat_map(|&index| &history.component(index).releases);
        releases.map(|&index| history.release(index)).max_by_key(|release| release.released_at)?.commit
    };
    let mut found: BTreeMap<String, Vec<ComponentIndex>> = BTreeMap::new();
    let mut look = |releases_of: &[ComponentIndex], names: &BTreeMap<String, Vec<ComponentIndex>>| {
        let Some(commit) = newest_of(releases_of) else { return };
        for path in repository.component_folders(history.changes.id(commit)) {
            if let Some(owners) = names.get(&last_part(&path)) {
                found.insert(path, owners.clone());
            }
        }
    };
    let all: Vec<ComponentIndex> = of.values().flatten().copied().collect();
    look(&all, &of);
    for (name, owners) in of.iter().take(LOGS) {
        look(owners, &BTreeMap::from([(name.clone(), owners.clone())]));
    }
    found
}

/// The last part of a path or of a component's name, in lower case.
fn last_part(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().to_lowercase()
}

/// The change log of a component, as its newest release has it; `None` where it has none. A log that the whole repository
/// shares is that of the component with the most releases, and of those that its headings name.
fn change_log(
    repository: &Repository,
    history: &mut History,
    index: ComponentIndex,
    most: bool,
    project: Option<&str>,
) -> Option<ChangeLog> {
    let component = history.component(index);
    let newest = component.releases.last().and_then(|&release| history.release(release).commit)?;
    let name = component.name.raw().to_owned();
    let shared = name == "root";
    let commit = history.changes.id(newest);
    let LogFiles { files, own, unread } = repository.change_logs(commit, (!shared).then_some(name.as_str()));
    let mut names = vec![last_part(&name)];
    names.extend(project.map(str::to_owned));
    let mut log = ChangeLog { component: index, files: Vec::new(), sections: 0, newest: None, remarks: Vec::new() };
    for LogFile { path, whole, bytes } in files {
        let read = remark::change_log(&bytes, whole.as_ref(), &names);
        if read.sections == 0 || !(shared || own || most || read.named) {
            continue;
        }
        log.sections += read.sections;
        log.newest = log.newest.max(read.newest);
        log.remarks.extend(read.remarks.into_iter().map(|(line, section, remark)| LogRemark {
            path: path.clone(),
            line,
            section,
            remark,
        }));
        log.files.push(path);
    }
    if let Some((path, reason)) = unread.first() {
        let more = if unread.len() > 1 { format!(", and {} more", unread.len() - 1) } else { String::new() };
        let what = format!("a change log was not read: {} ({reason}){more}", path.raw());
        let uncounted = "what it says of failed releases is not counted";
        let help = match *reason {
            // A filter left out all or none of a kind: where one file lacks, the others of the commit do.
            LACKING => format!("{}; until then, {uncounted}", repository.fetching(Lacking::At(commit, path.raw()))),
            _ => uncounted.to_owned(),
        };
        history.notices.push(Notice::new(NoticeCode::ChangeLogUnread, what, help));
    }
    (log.sections > 0).then_some(log)
}

/// Releases whose lines are compared at most: the newest.
const COMPARED: usize = 100;

/// Compares what releases brought with what the next of their line took out again. For the releases of a report, because two
/// differences of files are computed for each.
pub fn compare_lines(repository: &Repository, history: &mut History, pairs: &[Pair]) {
    let product = history.product.take();
    let mut skipped = pairs.len().saturating_sub(COMPARED);
    for pair in pairs.iter().rev().take(COMPARED) {
        if repository.in_time().is_err() {
            break;
        }
        let commit = |index| history.release(index).commit.map(|commit| history.changes.id(commit));
        let (Some(before), Some(release), Some(next)) = (commit(pair.before), commit(pair.release), commit(pair.next))
        else {
            continue;
        };
        let component = history.release(pair.release).component;
        let of_it = |path: &str| product.as_ref().is_none_or(|product| product.is_of(path, component));
        let wanted = Wanted {
            path: |path: &str| inference::is_own_path(path) && of_it(path),
            line: inference::is_telling_line,
            outline: product.as_ref().map(|product| product.outline(component)).unwrap_or_default(),
        };
        match repository.taken_out([before, release, next], &wanted) {
            Ok(Taken::Out(TakenOut { removed, own, path: Some(path) })) => {
                history.own_lines.insert(pair.release, OwnLines { next: pair.next, removed, own, path });
            }
            Ok(Taken::Out(_)) => {}
            Ok(Taken::TooMuch) | Err(_) => skipped += 1,
        }
    }
    history.product = product;
    if skipped > 0 {
        history.notices.push(Notice::new(
            NoticeCode::LinesSkipped,
            format!(
                "releases whose lines were not compared with those of the next (too many, too large, or not to be read): {skipped}"
            ),
            if repository.info().partial {
                format!("this partial clone lacks lines; fetch them: {}", repository.fetching(Lacking::Everywhere))
            } else {
                "what was taken out again there is not counted".to_owned()
            },
        ));
    }
}

/// Releases whose paths are read, and what they declare: the newest, because a diff is read for each.
const TOUCHED: usize = 200;

/// How many folders deep hot spots are looked for.
const FOLDERS: usize = 2;

/// Reads what the newest releases changed: from where what each ships begins. For whoever asks what goes with failure; all else
/// does without it.
///
/// # Errors
/// A glob of a risk class that is none. A release whose trees cannot be read is left out, and told.
pub fn touch(repository: &Repository, history: &mut History, policy: &Policy) -> Result<(), Error> {
    touch_beside(repository, history, policy, |_| {})
}

/// As [`touch`], and does something else at the commit of each release, while its trees are at hand.
///
/// # Errors
/// As [`touch`].
pub fn touch_beside(
    repository: &Repository,
    history: &mut History,
    policy: &Policy,
    mut beside: impl FnMut(CommitId),
) -> Result<(), Error> {
    let classes = Classes::of(policy)?;
    let mut newest: Vec<_> = (0..history.releases.len() as u32).map(ReleaseIndex).collect();
    newest.sort_by_key(|&index| std::cmp::Reverse(history.release(index).released_at));
    let mut unread = 0_u64;
    for index in newest.into_iter().take(TOUCHED) {
        let (changes, release) = (&history.changes, history.release(index));
        let (Some(base), Some(commit)) = (release.base, release.commit) else { continue };
        repository.in_time()?;
        match classes.touched(repository, policy, [base, commit].map(|commit| changes.id(commit))) {
            Ok(touched) => {
                history.touched.insert(index, touched);
            }
            Err(_) => unread += 1,
        }
        beside(changes.id(commit));
    }
    if unread > 0 {
        history.notices.push(Notice::new(
            NoticeCode::PathsUnread,
            format!("releases whose changed paths could not be read: {unread}; they are left out of hot spots"),
            repository.fetching(Lacking::Everywhere),
        ));
    }
    Ok(())
}

/// The globs of all risk classes, in one set: a path is looked at once, however many there are.
struct Classes {
    globs: GlobSet,
    /// The class of each glob.
    class: Vec<usize>,
}

impl Classes {
    fn of(policy: &Policy) -> Result<Self, Error> {
        let wrong =
            |error: globset::Error| Error::config(format!("[risk]: {error}"), "write a glob such as \"migrations/*\"");
        let (mut set, mut class) = (GlobSetBuilder::new(), Vec::new());
        for (at, risk) in policy.risk.iter().enumerate() {
            for glob in &risk.paths {
                set.add(Glob::new(glob).map_err(wrong)?);
                class.push(at);
            }
        }
        Ok(Self { globs: set.build().map_err(wrong)?, class })
    }

    /// What differs between two commits. Without a class only folders are asked for, and none below them is opened.
    fn touched(&self, repository: &Repository, policy: &Policy, [old, new]: [CommitId; 2]) -> Result<Touched, Error> {
        let mut touched = Touched::default();
        if self.class.is_empty() {
            touched.folders = repository.changed_folders(old, new, FOLDERS)?;
            return Ok(touched);
        }
        let mut matching = Vec::new();
        repository.each_changed(Some(old), new, |path| {
            add_folders(&mut touched.folders, path, FOLDERS);
            self.globs.matches_into(path, &mut matching);
            for &glob in &matching {
                let name = &policy.risk[self.class[glob]].name;
                if !touched.risk.contains(name) {
                    touched.risk.insert(name.clone());
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok(touched)
    }
}

/// What was found or named as a log and says nothing; a file beside logs is told apart: it was never the log by itself.
fn unread_notice(unread: &UnreadLog) -> Notice {
    Notice::new(
        if unread.beside { NoticeCode::FileUnread } else { NoticeCode::LogUnread },
        format!("{} {}", unread.file.raw(), unread.why.raw()),
        unread.help.raw(),
    )
}

fn log_notice(found: &log::LogProblem) -> Notice {
    let problem = &found.problem;
    let kept = if found.record_kept { "" } else { "; the entry is set aside" };
    Notice::new(
        if found.aside { NoticeCode::FeltProblem } else { NoticeCode::LogProblem },
        format!("{}:{}:{}: {}{kept}", problem.file.display(), problem.line, problem.column, problem.what),
        problem.help.clone(),
    )
}

/// A history of which nothing could be read is none, and no success.
fn unreadable(history: &History) -> Result<(), Error> {
    let damage = [NoticeCode::TagBroken, NoticeCode::CommitMissing, NoticeCode::HeadBroken];
    let found = history.notices.iter().find(|notice| damage.contains(&notice.code));
    match found {
        Some(notice) if history.releases.is_empty() => {
            let what = format!("no release can be read: {}", notice.message.raw());
            Err(Error::repository(what, "check the repository with `git fsck`, or clone it again"))
        }
        _ => Ok(()),
    }
}

/// What must be said loudly: a history that is cut off, or none at all.
fn emptiness(history: &History) -> Option<Notice> {
    let shallow = history.repository.as_ref().is_some_and(|repository| repository.shallow);
    if shallow {
        return Some(Notice::new(
            NoticeCode::ShallowClone,
            "this is a shallow clone: releases and commits are missing, every number here may be wrong",
            "run `git fetch --unshallow --tags`; in GitHub Actions set `fetch-depth: 0` on actions/checkout",
        ));
    }
    if !history.releases.is_empty() {
        return None;
    }
    Some(match (&history.repository, history.tags.total) {
        (None, _) => Notice::new(
            NoticeCode::NoReleases,
            "the release log has no release",
            "add a [[release]] with tag and deployed_at, or run without --no-git in a tagged repository",
        ),
        (Some(_), 0) => Notice::new(
            NoticeCode::NoReleases,
            "the repository has no tags",
            "run `git fetch --tags`; in GitHub Actions set `fetch-depth: 0` on actions/checkout; or tag your releases",
        ),
        (Some(_), total) => Notice::new(
            NoticeCode::NoReleases,
            format!("none of the {total} tags is a release at the as-of time"),
            "see why with `relconf list tags`, and name yours with --tags GLOB",
        ),
    })
}
