//! What a pipeline's jobs and steps come to: the same questions for every format.

mod later;

use std::collections::{BTreeMap, BTreeSet};

use super::called::{deploys_by_name, publishes_by_name, tests};
use super::command::{Command, End};
use super::job::{Flow, Job, Jobs, Step};
use super::sure::Sure;
use super::words::{self, About, Ships};
use super::{File, Found, look};
use crate::model::{Control, ControlKind, Ground, Untrusted};

/// Names that a control has of what it speaks of.
const NAMED: usize = 100;

/// The file of controls that are told as one, and what they rest on alone.
type Place<'f> = (&'f str, Option<Ground>);

/// Tells what a pipeline declares.
pub(super) fn judge(file: &File<'_>, mut flow: Flow, found: &mut Found) {
    recall(file, &mut flow);
    let flow = &flow;
    let ships: Vec<_> = flow.jobs.iter().map(|job| shipped(flow, job)).collect();
    let waits = |kind: Sure| flow.before(|job| job.anyway <= kind);
    let any = ships.iter().any(Option::is_some);
    // Most pipelines ship nothing: who waits for whom is asked for the others alone.
    let judged = Judge {
        stops: if any { waits(Sure::No) } else { Vec::new() },
        may_stop: if any { waits(Sure::Maybe) } else { Vec::new() },
        before: if any || flow.jobs.iter().any(deploys_by_name) { waits(Sure::Yes) } else { Vec::new() },
        tests: tests(flow),
        file,
        flow,
        ships,
    };
    judged.verification(found);
    judged.decision(found);
    judged.rollout(found);
    judged.detection(found);
    judged.recovery(found);
}

/// Looks at what commands run of the repository, and takes what is known of steps of the same words: most versions of a file
/// differ in a few.
pub(super) fn recall(file: &File<'_>, flow: &mut Flow) {
    look::look(file, flow);
    flow.jobs.iter().flat_map(|job| &job.steps).for_each(|step| file.shared.steps.recall(step));
}

/// Where a job ships, and with what; none where what it ships is no release.
fn shipped(flow: &Flow, job: &Job) -> Option<(usize, u32, Ships)> {
    if !flow.starts.can_ship()
        || job.requests
        || job.hidden
        || words::is_no_release(&job.id)
        || words::is_no_release(&job.title)
        || words::is_aside(&flow.title)
        || job.path.as_deref().is_some_and(|path| path.starts_with("bootstrap/"))
        // What is deployed into a cluster that the job makes for itself is tried there.
        || job.steps.iter().any(words::step_makes_cluster)
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
        let nightly = !ships.deploys && flow.starts.only_daily();
        (!rehearses && !nightly && !words::is_no_release(&step.name)).then_some((at, line, ships))
    };
    job.steps.iter().enumerate().find_map(of_step)
}

struct Judge<'f> {
    file: &'f File<'f>,
    flow: &'f Flow,
    /// Of each job: at which step it ships, on which line, and with what.
    ships: Vec<Option<(usize, u32, Ships)>>,
    /// Whether each job tests.
    tests: Vec<Sure>,
    /// The jobs whose failure keeps a job from running; those of which that may be so; and all that come before it.
    stops: Vec<Jobs>,
    may_stop: Vec<Jobs>,
    before: Vec<Jobs>,
}

impl Judge<'_> {
    fn jobs(&self) -> impl Iterator<Item = (usize, &Job)> {
        self.flow.jobs.iter().enumerate().filter(|(_, job)| !job.hidden)
    }

    fn before(&self, at: usize) -> impl Iterator<Item = (usize, &Job)> {
        let before = self.before.get(at).into_iter().flat_map(Jobs::iter);
        before.map(|at| (at, &self.flow.jobs[at]))
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

    /// The tests whose failure keeps a job from shipping; whether there are others of which that may be so; and whether something
    /// is called a test that may be none.
    fn tests_before(&self, at: usize, step: usize) -> (Vec<String>, bool, bool) {
        let job = &self.flow.jobs[at];
        let (mut named, mut maybe) = (Vec::new(), false);
        // What lies elsewhere is asked for by its own.
        let seen = |other: usize, job: &Job| self.tests[other] == Sure::Yes && !job.elsewhere;
        for (other, before) in self.before(at).filter(|(other, job)| seen(*other, job)) {
            let same = before.sometimes.is_none() || before.sometimes == job.sometimes;
            match stops(before) {
                Sure::Yes if same && !before.requests && self.stops[at].has(other) => named.push(before.id.clone()),
                Sure::No => {}
                _ => maybe |= self.may_stop[at].has(other),
            }
        }
        // What is called a test, and may be none, may have stopped it.
        let step_called = |step: &Step| {
            words::step_tests(step) == Sure::Maybe
                || step.lax.is_none() && !step.commands.is_empty() && words::named_test(&step.name)
                || words::may_run_tests(step)
        };
        let runs = |job: &Job| job.steps.iter().any(|step| !step.commands.is_empty());
        let called = |job: &Job| words::job_named_test(job) && runs(job) || job.steps.iter().any(step_called);
        let may = |other: usize, job: &Job| match self.tests[other] {
            Sure::Yes => false,
            Sure::Maybe => true,
            Sure::No => called(job),
        };
        let asks = |step: &Step| words::step_asks(step) || words::step_named_check(step);
        let asks_before = |step: &Step| step.lax.is_none() && asks(step);
        let checks = |job: &Job| {
            job.lax.is_none()
                && (job.steps.iter().any(asks_before)
                    || words::named_check(&job.id)
                        && (job.elsewhere || job.steps.is_empty() || job.steps.iter().any(words::may_check)))
        };
        let mut guessed = self.before(at).any(|(other, job)| checks(job) && self.may_stop[at].has(other))
            || job.steps[step].anyway < Sure::Yes && job.steps[..step].iter().any(asks_before);
        let shipping = &job.steps[step].commands;
        guessed |= shipping.iter().any(words::tests_before_shipping);
        guessed |= self.before(at).any(|(other, job)| may(other, job) && self.may_stop[at].has(other));
        let ships = &job.steps[step];
        let anyway = job.steps[step].anyway;
        let mut own: Vec<(Sure, &str)> = job.steps[..step]
            .iter()
            .filter(|step| words::step_tests(step) == Sure::Yes)
            .map(|step| (if step.partly { holds(step).min(Sure::Maybe) } else { holds(step) }, step.name.as_str()))
            .collect();
        let shipping = ships.commands.iter().position(|command| words::command_ships(command).is_some());
        let same = &ships.commands[..shipping.unwrap_or(0)];
        let sure = if ships.partly { Sure::Maybe } else { Sure::Yes };
        let of_same = same.iter().flat_map(words::testing).map(|words| fails(words.end).min(sure));
        own.extend(of_same.map(|sure| (sure, "a command before it")));
        let held = own.iter().find(|(sure, _)| *sure == Sure::Yes && anyway == Sure::No);
        match held {
            Some((_, "")) => named.push("a step before it".to_owned()),
            Some((_, name)) => named.push((*name).to_owned()),
            None => {
                guessed |= job.steps[..step].iter().any(step_called) && anyway < Sure::Yes;
                maybe |= own.iter().any(|(sure, _)| *sure > Sure::No) && anyway < Sure::Yes;
            }
        }
        (named, maybe, guessed)
    }

    /// Whether what comes before a job, or is part of it, lies where it cannot be seen.
    fn unseen_before(&self, at: usize) -> bool {
        self.flow.hidden || self.flow.jobs[at].elsewhere || self.before(at).any(|(_, job)| job.elsewhere)
    }

    fn verification(&self, found: &mut Found) {
        for (at, job, shipping) in self.shipping() {
            self.tested(at, job, shipping, found);
        }
        self.some_tests(found);
        self.some_steps(found, ControlKind::Scans, words::step_scans);
        self.some_steps(found, ControlKind::ContractTests, words::step_contracts);
        self.some_steps(found, ControlKind::ChangeTypes, words::step_types);
        self.some_steps(found, ControlKind::ChangeRules, words::step_rules);
        for (at, job) in self.jobs() {
            let scans = |step: &Step| words::step_scans(step).is_some_and(|about| about.seen);
            let checks = |step: &Step| words::step_tests(step) == Sure::Yes || scans(step);
            if let Some(line) = job.lax {
                let does = self.tests[at] == Sure::Yes || job.steps.iter().any(checks);
                if does || self.tests[at] == Sure::Maybe {
                    found.add(called(self.control(ControlKind::CannotFail, job, line, &job.id), does));
                }
                continue;
            }
            for step in job.steps.iter().filter(|step| checks(step)) {
                let well = |command: &&Command| {
                    let any = command.parts.iter().any(|words| words.end == End::Whatever);
                    any && words::checking(command).any(|words| words.end == End::Whatever)
                };
                let at = step.commands.iter().position(|command| well(&command));
                // What it came to may be asked behind it.
                let asked = |at: usize| step.commands[at + 1..].iter().any(words::judges);
                let command = at.filter(|at| !asked(*at)).map(|at| &step.commands[at]);
                if let Some(line) = step.lax.or(command.map(|command| command.line)) {
                    let name = if step.name.is_empty() { &job.id } else { &step.name };
                    found.add(self.of_step(ControlKind::CannotFail, job, step, line, name));
                }
            }
        }
    }

    /// Whether what a job ships was tested. What is not surely so is not claimed.
    fn tested(&self, at: usize, job: &Job, (step, line, ships): (usize, u32, Ships), found: &mut Found) {
        let place = &job.steps[step];
        let (tests, maybe, guessed) = self.tests_before(at, step);
        let told = |tests: Vec<String>, kind| {
            let mut control = self.of_step(kind, job, place, line, &job.id);
            control.with = tests.iter().take(NAMED).map(|name| Untrusted::new(words::quotable(name))).collect();
            control.number = (tests.len() > NAMED).then_some(tests.len() as u64);
            control.facts.deploys = Some(ships.deploys);
            control
        };
        let cannot = |why: &str, found: &mut Found| {
            let path = place.path.as_deref().or(job.path.as_deref()).unwrap_or(self.file.path);
            found.note(path, Some(line), format!("ships {why} cannot be seen"));
        };
        let passed = job.passed || self.before(at).any(|(_, job)| job.passed);
        if found.cut {
            // A part of it was not read, and that is told.
        } else if !tests.is_empty() {
            found.add(told(tests, ControlKind::TestedPublish));
        } else if maybe {
            cannot("after a test that may stop nothing: whether it does", found);
        } else if guessed {
            cannot("after what may be a test, or may ask for their results: whether it is", found);
        } else if !self.flow.starts.after.is_empty() {
            // What it waits for may test: nothing is known of it here.
            if passed {
                found.after.push(told(self.flow.starts.after.clone(), ControlKind::TestedPublish));
            } else {
                cannot("when another pipeline has ended: whether that has to pass", found);
            }
        } else if self.unseen_before(at) {
            cannot("after steps that lie elsewhere: whether they test", found);
        } else {
            found.add(told(vec![ships.tool.to_owned()], ControlKind::UntestedPublish));
        }
    }

    /// What a control rests on alone: what it is called, or who starts its pipeline.
    fn ground(&self, seen: bool) -> Option<Ground> {
        let by_hand = self.flow.starts.only_hand.then_some(Ground::Hand);
        if seen { by_hand } else { Some(Ground::Name) }
    }

    /// One control for all jobs of a file that test, and one for those that are called so: the first one's place, and their names.
    fn some_tests(&self, found: &mut Found) {
        let mut by_file: BTreeMap<Place<'_>, (u32, Vec<String>)> = BTreeMap::new();
        let told = |at: usize, job: &Job| match self.tests[at] {
            Sure::Yes => true,
            // What is deployed is mostly looked at in the same job.
            Sure::Maybe => words::out_of_sight(job) && !deploys_by_name(job),
            Sure::No => false,
        };
        for (at, job) in self.jobs().filter(|(at, job)| told(*at, job)) {
            let path = job.path.as_deref().unwrap_or(self.file.path);
            let ground = self.ground(self.tests[at] == Sure::Yes);
            let (line, names) = by_file.entry((path, ground)).or_insert((job.line, Vec::new()));
            *line = (*line).min(job.line);
            names.push(words::quotable(&job.id));
        }
        for ((path, ground), (line, names)) in by_file {
            let mut control = Control::new(ControlKind::Tests, path, line, "");
            control.number = Some(names.len() as u64);
            control.with = names.into_iter().collect::<BTreeSet<_>>().into_iter().map(Untrusted::new).collect();
            control.facts.only_by = ground;
            found.add(control);
        }
    }

    /// One control for all steps of a file that are about a kind: the first one's place, and their tools.
    fn some_steps(&self, found: &mut Found, kind: ControlKind, of: impl Fn(&Step) -> Option<About>) {
        let mut by_file: BTreeMap<Place<'_>, (u32, BTreeSet<&'static str>)> = BTreeMap::new();
        for (_, job) in self.jobs() {
            for step in &job.steps {
                if let Some(about) = of(step) {
                    let path = step.path.as_deref().or(job.path.as_deref()).unwrap_or(self.file.path);
                    let line = about.command.map_or(step.line, |at| step.commands[at].line);
                    // Who starts what makes releases is told by itself.
                    let checks = matches!(kind, ControlKind::Scans | ControlKind::ContractTests);
                    let ground = self.ground(about.seen).filter(|_| checks || !about.seen);
                    let entry = by_file.entry((path, ground)).or_insert((line, BTreeSet::new()));
                    entry.0 = entry.0.min(line);
                    entry.1.insert(about.tool);
                }
            }
        }
        for ((path, ground), (line, tools)) in by_file {
            let mut control = Control::new(kind, path, line, "");
            control.with = tools.into_iter().map(Untrusted::from).collect();
            control.facts.only_by = ground;
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
            // Who may do what ships nothing is no matter of a release.
            for (line, name) in job.people.iter().filter(|_| ships || approves && job.manual.is_some()) {
                let mut control = self.control(ControlKind::NamedPerson, job, *line, name);
                control.with = vec![Untrusted::new(words::quotable(&job.id))];
                found.add(control);
            }
        }
    }
}

/// A control, and whether it is seen to do what it is called after.
fn called(mut control: Control, does: bool) -> Control {
    control.facts.only_by = (!does).then_some(Ground::Name);
    control
}

/// Whether a job's tests stop what waits for it when they fail.
fn stops(job: &Job) -> Sure {
    if job.lax.is_some() {
        return Sure::No;
    }
    let tests = job.steps.iter().filter(|step| words::step_tests(step) == Sure::Yes).map(holds).collect::<Vec<_>>();
    let sure = if tests.is_empty() {
        // It is called so: what in it tests is not known.
        let whatever = |step: &Step| {
            step.lax.is_some()
                || step.commands.iter().flat_map(|command| &command.parts).any(|words| words.end == End::Whatever)
        };
        if job.steps.iter().any(whatever) { Sure::Maybe } else { Sure::Yes }
    } else {
        tests.into_iter().max().unwrap_or_default()
    };
    if job.shaky { sure.min(Sure::Maybe) } else { sure }
}

/// Whether a test step stops what comes behind it when it fails.
fn holds(step: &Step) -> Sure {
    if step.lax.is_some() {
        return Sure::No;
    }
    let mut tests = step.commands.iter().flat_map(words::testing).map(|words| fails(words.end)).peekable();
    let sure = if tests.peek().is_some() {
        tests.max().unwrap_or_default()
    } else {
        let ends = step.commands.iter().flat_map(|command| &command.parts).map(|words| fails(words.end));
        if ends.min().unwrap_or(Sure::Yes) == Sure::Yes { Sure::Yes } else { Sure::Maybe }
    };
    if step.shaky { sure.min(Sure::Maybe) } else { sure }
}

fn fails(end: End) -> Sure {
    match end {
        End::Fails => Sure::Yes,
        End::Piped | End::Handled => Sure::Maybe,
        End::Whatever => Sure::No,
    }
}
