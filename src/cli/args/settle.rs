//! What was typed, and what variables say: whoever types wins, and a variable that was set for one command makes no other fail.

use super::{Command, Variables};
use crate::error::Error;

/// Of two flags that exclude each other one: what was typed before what a variable says.
///
/// # Errors
/// Both were typed, or both stand in the environment.
fn one_of<A, B>(first: (&str, &mut Option<A>, bool), second: (&str, &mut Option<B>, bool)) -> Result<(), Error> {
    let ((one, first, first_set), (other, second, second_set)) = (first, second);
    match (first.is_some() && second.is_some(), first_set, second_set) {
        (false, ..) => {}
        (true, true, false) => *first = None,
        (true, false, true) => *second = None,
        (true, true, true) => {
            let variable = |flag: &str| format!("RELCONF_{}", flag[2..].replace('-', "_").to_uppercase());
            let what = format!("{} and {} exclude each other", variable(one), variable(other));
            return Err(Error::usage(what, format!("unset one of them, or type {one} or {other}")));
        }
        (true, false, false) => {
            return Err(Error::usage(format!("{one} and {other} exclude each other"), "leave one of them out"));
        }
    }
    Ok(())
}

impl Command {
    /// Settles what was typed and what variables say: what was typed holds, and what a variable says for another command is passed
    /// over.
    ///
    /// # Errors
    /// What was typed does not fit together, or what variables say.
    pub fn settle(&mut self, is_variable: impl Fn(&str) -> bool) -> Result<(), Error> {
        if let Some(output) = self.output_mut() {
            output.of_variables = Variables { format: is_variable("format"), output: is_variable("output") };
        }
        let policy_from = match self {
            Self::Gate(args) => args.policy_from.is_some(),
            Self::Preflight(args) => args.policy_from.is_some(),
            _ => false,
        };
        if let Some(input) = self.input_mut() {
            let [last, since, until] = ["last", "since", "until"].map(&is_variable);
            one_of(("--last", &mut input.last, last), ("--since", &mut input.since, since))?;
            one_of(("--last", &mut input.last, last), ("--until", &mut input.until, until))?;
            let mut no_git = input.no_git.then_some(());
            one_of(("--no-git", &mut no_git, false), ("--repo", &mut input.repo, is_variable("repo")))?;
            // The commit whose settings decide is never passed over: it keeps a change from judging itself.
            let mut decides = policy_from.then_some(());
            one_of(("--policy-from", &mut decides, false), ("--config", &mut input.config, is_variable("config")))?;
        }
        match self {
            Self::Trend(args) if is_variable("by") && !args.against.is_empty() => args.by = None,
            Self::Trend(args) if args.by.is_some() && !args.against.is_empty() => {
                return Err(Error::usage("--by and --against exclude each other", "leave one of them out"));
            }
            _ => {}
        }
        self.fleet_mut().map_or(Ok(()), |run| run.settle(is_variable))
    }
}
