use crate::model::{Control, ControlSince, Controls};

use super::Facts;

impl<'a> Facts<'a> {
    /// What the repository had declared at the moment that is stood at, and since when: of what is there today. A window of the
    /// past knows of no control that came later.
    pub fn declared(&self) -> impl Iterator<Item = (&'a Control, &'a ControlSince)> + use<'a, '_> {
        let controls = self.history.controls.as_ref();
        let pairs = controls.into_iter().flat_map(|controls| controls.found.iter().zip(&controls.since));
        pairs.filter(|(_, since)| match since {
            ControlSince::Unknown | ControlSince::Unreleased => self.declared_now().is_some(),
            ControlSince::Release(index) | ControlSince::Before(index) => {
                self.history.release(*index).released_at < self.policy.as_of
            }
        })
    }

    /// What only today tells: who must look at what the window shipped, what the forge asks for. `None` in a window of the past.
    pub fn declared_now(&self) -> Option<&'a Controls> {
        let controls = self.history.controls.as_ref()?;
        controls.read_at.is_none_or(|at| at <= self.policy.as_of).then_some(controls)
    }
}
