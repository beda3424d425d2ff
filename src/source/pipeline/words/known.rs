//! What the words of a step come to: asked often, of many versions of a file, and told once.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::super::command::Command;
use super::super::job::Step;
use super::super::sure::Sure;
use crate::model::FastMap;

/// Most steps of which that is kept, and most bytes of their words.
const STEPS: usize = 1 << 15;
const BYTES: usize = 4 << 20;

/// What a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The tool, or what it is called after.
    pub tool: &'static str,
    /// The command that says it; none where the step as a whole does.
    pub command: Option<usize>,
    /// Whether a command or an action says it, and not a name alone.
    pub seen: bool,
}

impl About {
    /// The whole of a step, by a tool that it is seen to use.
    pub fn step(tool: &'static str) -> Self {
        Self { tool, command: None, seen: true }
    }
}

/// What a command or an action ships with, and how it is called in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ships {
    /// The tool, in our own words.
    pub tool: &'static str,
    /// Whether it changes what runs, instead of handing out a version.
    pub deploys: bool,
}

/// The answers about a step, each as soon as it was asked for. They rest on what it is called, what it uses and is given, and on
/// the words of its commands, and on nothing else.
#[derive(Debug, Default)]
pub struct Known {
    pub tests: OnceCell<Sure>,
    pub scans: OnceCell<Option<About>>,
    pub contracts: OnceCell<Option<About>>,
    pub types: OnceCell<Option<About>>,
    pub rules: OnceCell<Option<About>>,
    pub automates: OnceCell<Option<About>>,
    /// With what it ships, and which of its commands does.
    pub ships: OnceCell<Option<(Option<usize>, Ships)>>,
    pub makes_cluster: OnceCell<bool>,
    /// How it goes back, and which of its commands does.
    pub back: OnceCell<Option<(usize, &'static str)>>,
    pub named_back: OnceCell<bool>,
    pub named_window: OnceCell<bool>,
}

/// What is known of a step.
pub fn known(step: &Step) -> &Known {
    step.known.get_or_init(Rc::default)
}

/// What is known of steps, by their words.
#[derive(Debug, Default)]
pub struct KnownSteps {
    by_words: RefCell<FastMap<String, Rc<Known>>>,
    bytes: std::cell::Cell<usize>,
    key: RefCell<String>,
}

impl KnownSteps {
    /// Takes what is known of a step of the same words.
    pub fn recall(&self, step: &Step) {
        if step.known.get().is_some() {
            return;
        }
        let key = &mut *self.key.borrow_mut();
        write_key(step, key);
        let mut all = self.by_words.borrow_mut();
        let known = match all.get(key.as_str()) {
            Some(known) => Rc::clone(known),
            None => {
                if all.len() >= STEPS || self.bytes.get() + key.len() > BYTES {
                    all.clear();
                    self.bytes.set(0);
                }
                self.bytes.set(self.bytes.get() + key.len());
                let known = Rc::default();
                all.insert(key.clone(), Rc::clone(&known));
                known
            }
        };
        let _ = step.known.set(known);
    }
}

/// Writes what the answers about a step rest on: no two that differ are the same text, for no word has a break of a line in it.
fn write_key(step: &Step, key: &mut String) {
    key.clear();
    key.push(if step.followed { '1' } else { '0' });
    for text in [&step.name, &step.uses, &step.given] {
        key.push_str(&text.len().to_string());
        key.push('\n');
        key.push_str(text);
    }
    for Command { parts, .. } in &step.commands {
        key.push_str("\n\n\n");
        for words in parts {
            key.push_str("\n\n");
            for word in words.iter() {
                key.push('\n');
                key.push_str(word);
            }
            if let Some(runs) = words.runs {
                key.push_str(&format!("\n\n{runs:?}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_other_words_share_nothing() {
        let step = |name: &str, commands: &[&str]| Step {
            name: name.to_owned(),
            commands: commands.iter().map(|text| Command::new(1, text)).collect(),
            ..Step::default()
        };
        let key = |step: &Step| {
            let mut key = String::new();
            write_key(step, &mut key);
            key
        };
        let all = [
            step("", &[]),
            step("a", &[]),
            step("", &["a"]),
            step("", &["a b"]),
            step("", &["a", "b"]),
            step("", &["a; b"]),
            step("0\n0\n", &[]),
        ];
        let keys: std::collections::BTreeSet<String> = all.iter().map(key).collect();
        assert_eq!(keys.len(), all.len());
        let steps = KnownSteps::default();
        let (one, same) = (step("a", &["make test"]), Step { line: 7, ..step("a", &["make test"]) });
        steps.recall(&one);
        steps.recall(&same);
        assert!(Rc::ptr_eq(one.known.get().expect("known"), same.known.get().expect("known")));
    }
}
