//! What every pipeline is made of, whoever runs it: jobs that wait for each other, and their steps.

use std::collections::BTreeSet;

use super::command::Command;

/// A pipeline: what one file starts.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
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
pub(super) struct Starts {
    /// At set times.
    pub times: Option<u32>,
    /// When somebody starts it.
    pub hand: Option<u32>,
    /// By itself: a push, a tag, a release, the end of another pipeline.
    pub itself: bool,
    /// Only by others, as a part of them.
    pub called: bool,
    /// For requests.
    pub requests: bool,
    /// After a pipeline of this name has ended.
    pub after: Vec<String>,
}

impl Starts {
    /// Whether anything but a request or a caller starts it.
    pub fn can_ship(&self) -> bool {
        self.itself || self.hand.is_some() || self.times.is_some()
    }
}

/// A job.
#[derive(Clone, Debug, Default)]
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
    /// Where only one of it may run.
    pub guard: Option<u32>,
    /// People that its conditions name.
    pub people: Vec<(u32, String)>,
    /// The line that spreads it over regions.
    pub regions: Option<u32>,
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
    /// Its commands.
    pub commands: Vec<Command>,
    /// Where it is said that its failure stops nothing.
    pub lax: Option<u32>,
    /// Whether it waits for a person.
    pub manual: bool,
    /// Whether it tests, once that was asked.
    pub tests: std::cell::OnceCell<bool>,
}

impl Flow {
    /// The jobs that a job waits for, through others too.
    pub fn before(&self, job: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open = self.jobs[job].needs.clone();
        while let Some(next) = open.pop() {
            if next < self.jobs.len() && next != job && found.insert(next) {
                open.extend(&self.jobs[next].needs);
            }
        }
        found
    }
}

/// The commands of a script that begins on a line: one a line, joined where a line goes on, without comments. Text in a block
/// begins on the line after its key.
pub(super) fn commands(first: u32, script: &str) -> Vec<Command> {
    let mut found: Vec<(u32, String)> = Vec::new();
    let mut goes_on = false;
    for (at, line) in script.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("//") {
            continue;
        }
        let (text, more) = line.strip_suffix('\\').map_or((line, false), |text| (text.trim_end(), true));
        match found.last_mut().filter(|_| goes_on) {
            Some((_, before)) if before.len() < LONGEST => {
                before.push(' ');
                before.push_str(text);
            }
            _ => found.push((first + at as u32, text.to_owned())),
        }
        goes_on = more;
    }
    found.into_iter().map(|(line, text)| Command::new(line, &text)).collect()
}

/// Longest command that is looked at, bytes.
const LONGEST: usize = 16 << 10;
