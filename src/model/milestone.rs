use super::LIMITED;
use super::fields::{Filled, SeveralOf, When, Word, record};

/// A metric that has a better direction, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetricName(&'static str);

impl MetricName {
    /// The metric's id.
    pub fn id(self) -> &'static str {
        self.0
    }
}

/// [`LIMITED`] as words.
const NAMES: [(&str, MetricName); LIMITED.len()] = {
    let mut names = [("", MetricName("")); LIMITED.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = (LIMITED[at].0, MetricName(LIMITED[at].0));
        at += 1;
    }
    names
};

impl Word for MetricName {
    const WORDS: &'static [(&'static str, Self)] = &NAMES;
}

record! {
    /// Something that the team changed: what came before it is compared with what came after.
    #[derive(Clone, Debug, PartialEq, Eq)]
    Milestone {
        at "at": When, "When it took effect" required "2026-03-01";
        title "title": Filled, "What changed, in a few words" required "\"canary introduced\"";
        metrics "metrics": SeveralOf<MetricName>, "The metrics that it should have moved";
    }
}
