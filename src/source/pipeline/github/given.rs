//! What steps are given by what is around them, and by the inputs of their actions.

use super::super::command::Command;
use super::super::script::commands;
use super::super::yaml::Node;

/// Actions that run what they are given: a part of their name, the input that has it, and what runs that.
const RUNNING_ACTIONS: &[(&str, &str, &str)] = &[
    ("gradle/gradle-build-action", "arguments", "gradle "),
    ("gradle/actions/setup-gradle", "arguments", "gradle "),
    ("gradle-command-action", "arguments", "gradle "),
    ("gradle-cache-action", "arguments", "gradle "),
    ("actions-rs/cargo", "command", "cargo "),
    ("nick-fields/retry", "command", ""),
    ("nick-invision/retry", "command", ""),
    ("wandalen/wretry.action", "command", ""),
    ("setup-xvfb", "run", ""),
    ("xvfb-action", "run", ""),
    ("borales/actions-yarn", "cmd", "yarn "),
    ("android-emulator-runner", "script", ""),
    ("cross-platform-actions/action", "run", ""),
    ("vmactions/", "run", ""),
    ("run-on-arch-action", "run", ""),
    ("docker-run-action", "run", ""),
    ("devcontainers/ci", "runCmd", ""),
];

/// The commands that an action is given to run.
pub fn given_commands(uses: &str, step: &Node) -> Vec<Command> {
    let Some((_, input, by)) = RUNNING_ACTIONS.iter().find(|(action, _, _)| uses.contains(action)) else {
        return Vec::new();
    };
    let Some(given) = step.at(&["with", input]) else { return Vec::new() };
    let more = step.at(&["with", "args"]).filter(|_| *input == "command").and_then(Node::text).unwrap_or_default();
    let text = given.text().unwrap_or_default();
    let text = if by.is_empty() { text.to_owned() } else { format!("{by}{} {more}", text.trim()) };
    commands(given.line, &text)
}

/// Whether a condition is never so.
pub fn never(condition: &Node) -> bool {
    let text = condition.text().unwrap_or_default();
    let bare = text.trim().trim_start_matches("${{").trim_end_matches("}}").trim();
    condition.is_false() || bare == "false"
}

/// What a workflow or a job says for its steps.
#[derive(Clone, Default)]
pub struct Around {
    /// The shell of steps that name none.
    pub shell: Option<String>,
    /// The folder in which commands run.
    pub folder: String,
    /// How wheels are tested, where a variable says it.
    pub wheels: bool,
}

impl Around {
    /// What holds inside of a workflow or job.
    pub fn of(&self, node: &Node) -> Self {
        let run = |key: &str| node.at(&["defaults", "run", key]).and_then(Node::text).map(str::to_owned);
        Self {
            shell: run("shell").or_else(|| self.shell.clone()),
            folder: run("working-directory").unwrap_or_else(|| self.folder.clone()),
            wheels: self.wheels || tests_wheels(node),
        }
    }
}

/// Whether a variable says how wheels are tested that are built.
pub fn tests_wheels(node: &Node) -> bool {
    let entries = node.get("env").map(Node::entries).unwrap_or_default();
    entries.iter().any(|(_, key, value)| {
        key.starts_with("CIBW_TEST_COMMAND") && value.text().is_some_and(|command| !command.trim().is_empty())
    })
}
