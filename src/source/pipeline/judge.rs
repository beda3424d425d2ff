//! What a pipeline's jobs and steps come to: the same questions for every format.

use std::collections::{BTreeMap, BTreeSet};

use super::job::{Flow, Job, Step};
use super::words::{self, Ships};
use super::{File, Found};
use crate::model::{Control, ControlKind, Untrusted};

/// Tells what a pipeline declares.
pub(super) fn judge(file: &File<'_>, flow: &Flow, found: &mut Found) {
    let judged = Judge { file, flow, ships: flow.jobs.iter().map(|job| shipped(flow, job)).collect() };
    judged.verification(found);
    judged.decision(found);
    judged.rollout(found);
    judged.detection(found);
    judged.recovery(found);
}

/// Where a job ships, and with what; none where what it ships is no release.
fn shipped(flow: &Flow, job: &Job) -> Option<(usize, u32, Ships)> {
    if !flow.starts.can_ship()
        || job.requests
        || job.hidden
        || words::is_no_release(&job.id)
        || words::is_no_release(&job.title)
        || job.path.as_deref().is_some_and(|path| path.starts_with("bootstrap/"))
    {
        return None;
    }
    if job.environment.as_ref().is_some_and(|(_, name)| words::is_no_release(name)) {
        return None;
    }
    let of_step = |(at, step): (usize, &Step)| {
        let (line, ships) = words::step_ships(step)?;
        // A canary of what is handed out is a pre-release; of what is deployed, it is how that goes out.
        let rehearses =
            !ships.deploys && words::staged(&[&job.id, &job.title, &step.name]) == Some(ControlKind::Canary);
        (!rehearses && !words::is_no_release(&step.name)).then_some((at, line, ships))
    };
    job.steps.iter().enumerate().find_map(of_step)
}

struct Judge<'f> {
    file: &'f File<'f>,
    flow: &'f Flow,
    /// Of each job: at which step it ships, on which line, and with what.
    ships: Vec<Option<(usize, u32, Ships)>>,
}

impl Judge<'_> {
    fn jobs(&self) -> impl Iterator<Item = (usize, &Job)> {
        self.flow.jobs.iter().enumerate().filter(|(_, job)| !job.hidden)
    }

    fn control(&self, kind: ControlKind, job: &Job, line: u32, subject: &str) -> Control {
        let path = job.path.as_deref().unwrap_or(self.file.path);
        Control::new(kind, path, line, words::quotable(subject))
    }

    /// The place of a step: its own file, where it is another one than its job's.
    fn of_step(&self, kind: ControlKind, job: &Job, step: &Step, line: u32, subject: &str) -> Control {
        let path = step.path.as_deref().or(job.path.as_deref()).unwrap_or(self.file.path);
        Control::new(kind, path, line, words::quotable(subject))
    }

    fn shipping(&self) -> impl Iterator<Item = (usize, &Job, (usize, u32, Ships))> {
        self.jobs().filter_map(|(at, job)| Some((at, job, self.ships[at]?)))
    }

    fn ships_anything(&self) -> bool {
        let can = self.flow.starts.can_ship();
        self.ships.iter().any(Option::is_some)
            || can && self.jobs().any(|(_, job)| deploys_by_name(job) || publishes_by_name(job))
    }

    /// The tests that come before a job ships.
    fn tests_before(&self, at: usize, step: usize) -> Vec<String> {
        let job = &self.flow.jobs[at];
        let own = job.steps[..step].iter().find(|step| words::step_tests(step));
        let own = own.map(|step| if step.name.is_empty() { "a step before it".to_owned() } else { step.name.clone() });
        let shipping = &job.steps[step].commands;
        let ships = shipping.iter().position(|command| words::command_ships(command).is_some());
        let same = shipping[..ships.unwrap_or(0)].iter().any(words::command_tests);
        let own = own.or_else(|| same.then(|| "a command before it".to_owned()));
        let others = self.flow.before(at).into_iter().map(|at| &self.flow.jobs[at]);
        let others = others.filter(|job| words::job_tests(job) && stops(job)).map(|job| job.id.clone());
        others.chain(own).collect()
    }

    /// Whether what comes before a job, or is part of it, lies where it cannot be seen.
    fn unseen_before(&self, at: usize) -> bool {
        self.flow.hidden
            || self.flow.jobs[at].elsewhere
            || self.flow.before(at).into_iter().any(|at| self.flow.jobs[at].elsewhere)
    }

    fn verification(&self, found: &mut Found) {
        for (at, job, (step, line, ships)) in self.shipping() {
            let tests = self.tests_before(at, step);
            let place = &job.steps[step];
            if tests.is_empty() {
                let waits = !self.flow.starts.after.is_empty();
                if waits || self.unseen_before(at) {
                    // What it waits for may test: nothing is known of it here.
                    let mut control = self.of_step(ControlKind::TestedPublish, job, place, line, &job.id);
                    control.with =
                        self.flow.starts.after.iter().map(|name| Untrusted::new(words::quotable(name))).collect();
                    if waits {
                        found.after.push(control);
                    } else {
                        found.note(
                            self.file.path,
                            Some(line),
                            "ships after steps that lie elsewhere: whether they test cannot be seen",
                        );
                    }
                    continue;
                }
                let mut control = self.of_step(ControlKind::UntestedPublish, job, place, line, &job.id);
                control.with = vec![ships.tool.into()];
                control.facts.deploys = Some(ships.deploys);
                found.add(control);
            } else {
                let mut control = self.of_step(ControlKind::TestedPublish, job, place, line, &job.id);
                control.with = tests.iter().map(|name| Untrusted::new(words::quotable(name))).collect();
                control.facts.deploys = Some(ships.deploys);
                found.add(control);
            }
        }
        self.some(found, ControlKind::Tests, |_, job| words::job_tests(job).then(|| (job.line, job.id.clone(), None)));
        self.some_steps(found, ControlKind::Scans, words::step_scans);
        self.some_steps(found, ControlKind::ContractTests, words::step_contracts);
        self.some_steps(found, ControlKind::ChangeTypes, words::step_types);
        self.some_steps(found, ControlKind::ChangeRules, words::step_rules);
        for (_, job) in self.jobs() {
            let checks = |step: &Step| words::step_tests(step) || words::step_scans(step).is_some();
            if let Some(line) = job.lax.filter(|_| words::job_tests(job) || job.steps.iter().any(checks)) {
                found.add(self.control(ControlKind::CannotFail, job, line, &job.id));
                continue;
            }
            for step in job.steps.iter().filter(|step| checks(step)) {
                let command = step.commands.iter().find(|command| {
                    command.cannot_fail && (words::command_tests(command) || words::step_scans(step).is_some())
                });
                if let Some(line) = step.lax.or(command.map(|command| command.line)) {
                    let name = if step.name.is_empty() { &job.id } else { &step.name };
                    found.add(self.of_step(ControlKind::CannotFail, job, step, line, name));
                }
            }
        }
    }

    /// One control for all jobs of the pipeline that are of a kind: the first one's place, and their names.
    fn some(
        &self,
        found: &mut Found,
        kind: ControlKind,
        of: impl Fn(usize, &Job) -> Option<(u32, String, Option<&'static str>)>,
    ) {
        let mut by_file: BTreeMap<&str, (u32, BTreeSet<String>, u64)> = BTreeMap::new();
        for (at, job) in self.jobs() {
            if let Some((line, name, tool)) = of(at, job) {
                let path = job.path.as_deref().unwrap_or(self.file.path);
                let entry = by_file.entry(path).or_insert((line, BTreeSet::new(), 0));
                entry.0 = entry.0.min(line);
                entry.1.insert(tool.map_or_else(|| words::quotable(&name), str::to_owned));
                entry.2 += 1;
            }
        }
        for (path, (line, names, number)) in by_file {
            let mut control = Control::new(kind, path, line, "");
            control.with = names.into_iter().map(Untrusted::new).collect();
            control.number = Some(number);
            found.add(control);
        }
    }

    fn some_steps(&self, found: &mut Found, kind: ControlKind, of: impl Fn(&Step) -> Option<&'static str>) {
        let mut by_file: BTreeMap<&str, (u32, BTreeSet<&'static str>)> = BTreeMap::new();
        for (_, job) in self.jobs() {
            for step in &job.steps {
                if let Some(tool) = of(step) {
                    let path = step.path.as_deref().or(job.path.as_deref()).unwrap_or(self.file.path);
                    let entry = by_file.entry(path).or_insert((step.line, BTreeSet::new()));
                    entry.0 = entry.0.min(step.line);
                    entry.1.insert(tool);
                }
            }
        }
        for (path, (line, tools)) in by_file {
            let mut control = Control::new(kind, path, line, "");
            control.with = tools.into_iter().map(Untrusted::from).collect();
            found.add(control);
        }
    }

    fn decision(&self, found: &mut Found) {
        for (at, job) in self.jobs() {
            let ships = self.ships[at].is_some() || deploys_by_name(job) || publishes_by_name(job);
            if let Some((line, name)) = &job.environment
                && ships
                && !words::is_no_release(name)
                && job.undoes.is_none()
            {
                let chosen = name.contains("${{") || name.contains('$') || name.trim().is_empty();
                let mut control = self.control(
                    ControlKind::Environment,
                    job,
                    *line,
                    if chosen { "chosen when it starts" } else { name },
                );
                control.with = vec![Untrusted::new(words::quotable(&job.id))];
                found.add(control);
            }
            let step = job.steps.iter().find(|step| step.manual).map(|step| step.line);
            // A job that somebody may start beside the way to users holds nothing up.
            let approves = job.steps.is_empty() && !job.elsewhere || words::named_approval(&job.id);
            if let Some(line) = job.manual.or(step)
                && (ships || step.is_some() || approves)
                && job.undoes.is_none()
            {
                found.add(self.control(ControlKind::ManualStep, job, line, &job.id));
            }
            for (line, name) in &job.people {
                let mut control = self.control(ControlKind::NamedPerson, job, *line, name);
                control.with = vec![Untrusted::new(words::quotable(&job.id))];
                found.add(control);
            }
        }
    }

    fn rollout(&self, found: &mut Found) {
        self.some_steps(found, ControlKind::ReleaseAutomation, words::step_automates);
        for (at, job) in self.jobs() {
            let ships = self.ships[at];
            let deploys = ships.is_some_and(|(_, _, ships)| ships.deploys) || deploys_by_name(job);
            let environment = job.environment.as_ref().map_or("", |(_, name)| name.as_str());
            // A package called canary is a pre-release: going out in parts is what deploys.
            if deploys && let Some(kind) = words::staged(&[&job.id, &job.title, environment]) {
                found.add(self.control(kind, job, job.line, &job.id));
            } else if deploys {
                for step in &job.steps {
                    if let Some(kind) = words::staged(&[&step.name]) {
                        found.add(self.of_step(kind, job, step, step.line, &step.name));
                    }
                }
            }
            if let Some(line) = job.regions.filter(|_| deploys || ships.is_some()) {
                found.add(self.control(ControlKind::Regions, job, line, &job.id));
            }
            if let Some(line) = job.guard.filter(|_| ships.is_some() || deploys) {
                found.add(self.control(ControlKind::Concurrency, job, line, &job.id));
            }
            for step in job.steps.iter().filter(|step| words::named_window(&step.name)) {
                found.add(self.of_step(ControlKind::Window, job, step, step.line, &step.name));
            }
            if words::named_window(&job.id) {
                found.add(self.control(ControlKind::Window, job, job.line, &job.id));
            }
        }
        if self.ships_anything() {
            let at = |kind, line: Option<u32>, found: &mut Found| {
                found.extend(line.map(|line| Control::new(kind, self.file.path, line, self.file.name())));
            };
            at(ControlKind::Concurrency, self.flow.guard, found);
            let by_itself = self.flow.starts.itself;
            if !by_itself {
                at(ControlKind::Window, self.flow.starts.times, found);
                at(ControlKind::ReleaseByHand, self.flow.starts.hand, found);
            }
        }
    }

    fn detection(&self, found: &mut Found) {
        for (at, job) in self.jobs() {
            let after = self
                .flow
                .before(at)
                .into_iter()
                .any(|at| self.ships[at].is_some() || deploys_by_name(&self.flow.jobs[at]));
            if after && (words::named_smoke(&job.id) || words::named_smoke(&job.title)) {
                found.add(self.control(ControlKind::SmokeTest, job, job.line, &job.id));
            }
            let first = self.ships[at].map(|(step, _, _)| step + 1);
            let steps = first.map(|first| &job.steps[first..]).unwrap_or_default();
            for step in steps.iter().filter(|step| words::named_smoke(&step.name)) {
                found.add(self.of_step(ControlKind::SmokeTest, job, step, step.line, &step.name));
            }
        }
    }

    fn recovery(&self, found: &mut Found) {
        for (_, job) in self.jobs() {
            if let Some(line) = job.undoes {
                let environment = job.environment.as_ref().map_or("", |(_, name)| name);
                if words::is_no_release(environment) || words::is_no_release(&job.id) {
                    continue;
                }
                found.add(self.control(ControlKind::Rollback, job, line, &job.id));
                continue;
            }
            if (words::named_back(&job.id) || words::named_back(&job.title)) && !words::job_tests(job) {
                found.add(self.control(ControlKind::Rollback, job, job.line, &job.id));
                continue;
            }
            for step in &job.steps {
                let by_command =
                    step.commands.iter().find_map(|command| Some((command.line, words::command_back(command)?)));
                let by_flag = (step.uses.contains("helm") && step.given.lines().any(|line| line == "atomic=true"))
                    .then_some((step.line, "helm --atomic"));
                if let Some((line, tool)) = by_command.or(by_flag) {
                    let mut control = self.of_step(ControlKind::Rollback, job, step, line, &job.id);
                    control.with = vec![tool.into()];
                    found.add(control);
                } else if words::named_back(&step.name) && !words::step_tests(step) {
                    found.add(self.of_step(ControlKind::Rollback, job, step, step.line, &step.name));
                }
            }
        }
        let stem = self.file.stem();
        if words::named_back(stem) && self.flow.starts.hand.is_some() {
            found.add(Control::new(ControlKind::Rollback, self.file.path, 1, stem));
        }
    }
}

/// Whether a job's tests stop anything when they fail.
fn stops(job: &Job) -> bool {
    let lax = |step: &&Step| step.lax.is_some() || step.commands.iter().any(|command| command.cannot_fail);
    let mut tests = job.steps.iter().filter(|step| words::step_tests(step)).peekable();
    job.lax.is_none() && (tests.peek().is_none() || !tests.all(|step| lax(&step)))
}

/// Whether a job is called after publishing: what it does may lie in a script.
fn publishes_by_name(job: &Job) -> bool {
    let named = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let mut words = lower.split(|c: char| !c.is_alphanumeric());
        words.any(|word| ["publish", "release"].contains(&word)) && !words::is_no_release(name)
    };
    (named(&job.id) || named(&job.title))
        && !job.requests
        && !words::job_tests(job)
        && (!job.steps.is_empty() || job.elsewhere)
}

/// Whether a job is called after deploying: what it does may lie in a script.
fn deploys_by_name(job: &Job) -> bool {
    [&job.id, &job.title].into_iter().any(|name| {
        let lower = name.to_ascii_lowercase();
        let deploys = lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| ["deploy", "deployment", "rollout", "promote"].contains(&word));
        deploys && !words::is_no_release(name)
    }) && !job.requests
}
