//! What a pipeline declares of going out, of looking at what went out, and of going back.

use super::super::called::deploys_by_name;
use super::super::job::Job;
use super::super::sure::Sure;
use super::super::words;
use super::{Judge, called};
use crate::model::{Control, ControlKind, Untrusted};
use crate::source::pipeline::Found;

impl Judge<'_> {
    pub(super) fn rollout(&self, found: &mut Found) {
        self.some_steps(found, ControlKind::ReleaseAutomation, words::step_automates);
        for (at, job) in self.jobs() {
            let ships = self.ships[at];
            let deploys = ships.is_some_and(|(_, _, ships)| ships.deploys) || deploys_by_name(job);
            let environment = job.environment.as_ref().map_or("", |(_, name)| name.as_str());
            // A package called canary is a pre-release: going out in parts is what deploys.
            if deploys && let Some(kind) = words::staged(&[&job.id, &job.title, environment]) {
                found.add(called(self.control(kind, job, job.line, &job.id), ships.is_some()));
            } else if deploys {
                for step in &job.steps {
                    if let Some(kind) = words::staged(&[&step.name]) {
                        let does = words::step_ships(step).is_some();
                        found.add(called(self.of_step(kind, job, step, step.line, &step.name), does));
                    }
                }
            }
            if let Some((line, in_turn)) = job.regions.filter(|_| deploys || ships.is_some()) {
                let mut control = self.control(ControlKind::Regions, job, line, &job.id);
                control.with = in_turn.then(|| "one after the other".into()).into_iter().collect();
                found.add(control);
            }
            let region = words::region(&job.id).filter(|_| deploys);
            let earlier = self.before(at).find(|(other, before)| {
                let other = self.ships[*other].is_some_and(|(_, _, ships)| ships.deploys) || deploys_by_name(before);
                other && region.is_some() && words::region(&before.id).is_some_and(|other| Some(other) != region)
            });
            if let Some((_, earlier)) = earlier.filter(|_| job.regions.is_none()) {
                let mut control = self.control(ControlKind::Regions, job, job.line, &job.id);
                control.with = vec![Untrusted::new(format!("after {}", words::quotable(&earlier.id)))];
                found.add(control);
            }
            if let Some(line) = job.guard.filter(|_| ships.is_some() || deploys) {
                found.add(self.control(ControlKind::Concurrency, job, line, &job.id));
            }
            for step in job.steps.iter().filter(|step| words::step_named_window(step)) {
                found.add(called(self.of_step(ControlKind::Window, job, step, step.line, &step.name), false));
            }
            if words::named_window(&job.id) {
                found.add(called(self.control(ControlKind::Window, job, job.line, &job.id), false));
            }
        }
        if self.ships_anything() {
            let at = |kind, line: Option<u32>, found: &mut Found| {
                found.extend(line.map(|line| Control::new(kind, self.file.path, line, self.file.name())));
            };
            at(ControlKind::Concurrency, self.flow.guard, found);
            let starts = &self.flow.starts;
            let file = words::is_aside(self.file.stem()) || words::is_aside(&self.flow.title);
            // What a known command ships: a name alone may be that of a site, or of what is only prepared.
            let ships = self.ships.iter().any(Option::is_some) && !file;
            match (starts.times, starts.hand) {
                // Where others call it, they may start by themselves.
                _ if starts.itself || starts.called || !ships => {}
                (Some(times), None) => at(ControlKind::Window, Some(times), found),
                (None, hand) => at(ControlKind::ReleaseByHand, hand, found),
                // Both: it is bound to neither.
                (Some(_), Some(_)) => {}
            }
        }
    }

    pub(super) fn detection(&self, found: &mut Found) {
        for (at, job) in self.jobs() {
            let named = words::named_smoke(&job.id) || words::named_smoke(&job.title);
            let deploys = |at: usize, job: &Job| self.ships[at].is_some() || deploys_by_name(job);
            if named && self.before(at).any(|(at, job)| deploys(at, job)) {
                let looks = job.steps.iter().any(words::step_looks);
                found.add(called(self.control(ControlKind::SmokeTest, job, job.line, &job.id), looks));
            }
            let first = self.ships[at].map(|(step, _, _)| step + 1);
            let steps = first.map(|first| &job.steps[first..]).unwrap_or_default();
            for step in steps.iter().filter(|step| words::named_smoke(&step.name)) {
                let control = self.of_step(ControlKind::SmokeTest, job, step, step.line, &step.name);
                found.add(called(control, words::step_looks(step)));
            }
        }
    }

    pub(super) fn recovery(&self, found: &mut Found) {
        for (at, job) in self.jobs() {
            if let Some(line) = job.undoes {
                let environment = job.environment.as_ref().map_or("", |(_, name)| name);
                if words::is_no_release(environment) || words::is_no_release(&job.id) {
                    continue;
                }
                found.add(self.control(ControlKind::Rollback, job, line, &job.id));
                continue;
            }
            let named = words::named_back(&job.id) || words::named_back(&job.title);
            if named && words::job_tests(job) != Sure::Yes {
                let does = self.ships[at].is_some() || job.steps.iter().any(|step| words::step_back(step).is_some());
                found.add(called(self.control(ControlKind::Rollback, job, job.line, &job.id), does));
                continue;
            }
            for step in &job.steps {
                let by_flag = (step.uses.contains("helm") && step.given.lines().any(|line| line == "atomic=true"))
                    .then_some((step.line, "helm --atomic"));
                if let Some((line, tool)) = words::step_back(step).or(by_flag) {
                    let mut control = self.of_step(ControlKind::Rollback, job, step, line, &job.id);
                    control.with = vec![tool.into()];
                    found.add(control);
                } else if words::step_named_back(step) && words::step_tests(step) != Sure::Yes {
                    let does = words::step_ships(step).is_some();
                    found.add(called(self.of_step(ControlKind::Rollback, job, step, step.line, &step.name), does));
                }
            }
        }
        let stem = self.file.stem();
        if words::named_back(stem) && self.flow.starts.hand.is_some() {
            let does = self.ships.iter().any(Option::is_some);
            found.add(called(Control::new(ControlKind::Rollback, self.file.path, 1, stem), does));
        }
    }
}
