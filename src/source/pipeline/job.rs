//! What every pipeline is made of, whoever runs it: jobs that wait for each other, and their steps.

use std::cell::OnceCell;
use std::rc::Rc;

use super::command::Command;
use super::sure::Sure;
use super::words::Known;

/// A pipeline: what one file starts.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    /// How it is called, where that is not said by its file.
    pub title: String,
    /// What starts it.
    pub starts: Starts,
    /// Its jobs.
    pub jobs: Vec<Job>,
    /// The line that lets only one of it run.
    pub guard: Option<u32>,
    /// Whether some of it lies where it cannot be seen: what is not found may be there.
    pub hidden: bool,
}

/// What starts a pipeline, with the line that says so.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and none excludes another")]
pub(super) struct Starts {
    /// At set times.
    pub times: Option<u32>,
    /// Whether that is every day.
    pub daily: bool,
    /// When somebody starts it.
    pub hand: Option<u32>,
    /// By itself: a push, a tag, a release, the end of another pipeline.
    pub itself: bool,
    /// Only by others, as a part of them.
    pub called: bool,
    /// For requests.
    pub requests: bool,
    /// By nobody but whoever starts it.
    pub only_hand: bool,
    /// After a pipeline of this name has ended.
    pub after: Vec<String>,
}

impl Starts {
    /// Whether it is started every day, and by nothing else: what it hands out is built every night.
    pub fn only_daily(&self) -> bool {
        self.daily && !self.itself && !self.called && self.hand.is_none()
    }

    /// Whether anything but a request or a caller starts it.
    pub fn can_ship(&self) -> bool {
        self.itself || self.hand.is_some() || self.times.is_some()
    }
}

/// A job.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and none excludes another")]
pub(super) struct Job {
    /// The file, where it is another one than the pipeline's.
    pub path: Option<String>,
    pub line: u32,
    /// Its id, or its name where it has no id.
    pub id: String,
    /// How it is shown, where that is another text.
    pub title: String,
    /// The jobs that it waits for, directly; what is not known is left out.
    pub needs: Vec<usize>,
    pub steps: Vec<Step>,
    /// The environment that it goes through.
    pub environment: Option<(u32, String)>,
    /// Where it waits for a person.
    pub manual: Option<u32>,
    /// Where it is said that its failure stops nothing.
    pub lax: Option<u32>,
    /// Whether it stops what waits for it only at times: a failure may be let pass, or somebody has to start it.
    pub shaky: bool,
    /// Whether it runs though what it waits for failed.
    pub anyway: Sure,
    /// Under which conditions it is there at all, where that is said and what waits for it goes on without it.
    pub sometimes: Option<String>,
    /// Whether it asks that the pipeline it starts after has passed.
    pub passed: bool,
    /// Where only one of it may run.
    pub guard: Option<u32>,
    /// People that its conditions name.
    pub people: Vec<(u32, String)>,
    /// The line that spreads it over regions, and whether it goes to one after the other.
    pub regions: Option<(u32, bool)>,
    /// The line that makes it the way back of another job, as `on_stop` does.
    pub undoes: Option<u32>,
    /// Whether what it does lies elsewhere.
    pub elsewhere: bool,
    /// Whether only requests start it.
    pub requests: bool,
    /// Kept for others to take from, and never run by itself.
    pub hidden: bool,
}

/// A step.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and none excludes another")]
pub(super) struct Step {
    pub line: u32,
    /// The file, where it is another one than the job's.
    pub path: Option<String>,
    /// What it is called.
    pub name: String,
    /// The action, task or image that does it, in lower case, without its version.
    pub uses: String,
    /// What is given to that, in lower case: `key=value`, a line each.
    pub given: String,
    /// The folder in which its commands run, as it is written; empty where it is the root.
    pub folder: String,
    /// Its commands.
    pub commands: Vec<Command>,
    /// Whether it uses an action of the same repository, whose steps come behind it.
    pub followed: bool,
    /// Where it is said that its failure stops nothing.
    pub lax: Option<u32>,
    /// Whether it stops what comes behind it only at times: it has a condition.
    pub shaky: bool,
    /// Whether a part of the jobs of a matrix runs each of its commands: what one runs stops none of the others.
    pub partly: bool,
    /// Whether it runs though what came before it failed.
    pub anyway: Sure,
    /// Whether it waits for a person.
    pub manual: bool,
    /// What its words come to, once that was asked.
    pub known: OnceCell<Rc<Known>>,
}

/// A set of jobs, by their numbers.
#[derive(Clone, Debug)]
pub(super) struct Jobs(Vec<u64>);

impl Jobs {
    fn none(of: usize) -> Self {
        Self(vec![0; of.div_ceil(64)])
    }

    /// Whether a job is among them.
    pub fn has(&self, job: usize) -> bool {
        self.0.get(job / 64).is_some_and(|word| word & (1 << (job % 64)) != 0)
    }

    fn add(&mut self, job: usize) {
        self.0[job / 64] |= 1 << (job % 64);
    }

    /// Their numbers.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.0.len() * 64).filter(|&job| self.has(job))
    }
}

impl Flow {
    /// Of each job those that it waits for, through others too: through such jobs as are followed.
    pub fn before(&self, follows: impl Fn(&Job) -> bool) -> Vec<Jobs> {
        let number = self.jobs.len();
        let mut found: Vec<Option<Jobs>> = vec![None; number];
        let mut begun = vec![false; number];
        for root in 0..number {
            let mut open = vec![(root, false)];
            while let Some((at, done)) = open.pop() {
                let job = &self.jobs[at];
                let needs = || job.needs.iter().copied().filter(|&need| need < number && need != at);
                if done {
                    let mut before = Jobs::none(number);
                    for need in needs().filter(|_| follows(job)) {
                        before.add(need);
                        if let Some(further) = &found[need] {
                            before.0.iter_mut().zip(&further.0).for_each(|(word, more)| *word |= more);
                        }
                    }
                    found[at] = Some(before);
                } else if !std::mem::replace(&mut begun[at], true) {
                    open.push((at, true));
                    open.extend(needs().filter(|&need| !begun[need]).map(|need| (need, false)));
                }
            }
        }
        found.into_iter().map(|jobs| jobs.unwrap_or_else(|| Jobs::none(number))).collect()
    }
}
