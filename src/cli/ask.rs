//! Questions on a terminal: each answer is looked at where it is given, and asked for again where it cannot be read.

use std::io::{self, BufRead};

use crate::error::Error;
use crate::render::encode;

use super::terminal::Terminal;

/// Asks, where somebody is there to answer; else every answer is the default.
pub struct Ask<'a> {
    terminal: &'a Terminal,
    on: bool,
}

impl<'a> Ask<'a> {
    /// Whoever is at the terminal, unless `--yes` says that nothing is to be asked.
    pub fn new(terminal: &'a Terminal, yes: bool) -> Self {
        Self { terminal, on: !yes && terminal.somebody_is_there() }
    }

    /// Whether questions are asked.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Says something before the next question.
    pub fn say(&self, text: &str) {
        if self.on {
            text.split('\n').for_each(|line| self.terminal.note(&encode::terminal(line)));
        }
    }

    /// The answer, read; an empty one is the default, and `None` where there is no default.
    ///
    /// # Errors
    /// Where no more answers come.
    pub fn read<T>(
        &self,
        question: &str,
        default: &str,
        read: impl Fn(&str) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        loop {
            let answer = if self.on { self.line(question, default)? } else { default.to_owned() };
            if answer.is_empty() {
                return Ok(None);
            }
            match read(&answer) {
                Ok(value) => return Ok(Some(value)),
                Err(error) if self.on => {
                    self.say(&format!("  {error}"));
                    if !error.help().is_empty() {
                        self.say(&format!("  {}", error.help()));
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Any text.
    ///
    /// # Errors
    /// Where no more answers come.
    pub fn text(&self, question: &str, default: &str) -> Result<Option<String>, Error> {
        self.read(question, default, |answer| Ok(answer.to_owned()))
    }

    /// One of these words, or the beginning of one.
    ///
    /// # Errors
    /// Where no more answers come.
    pub fn word(&self, question: &str, words: &[&'static str], default: &str) -> Result<Option<&'static str>, Error> {
        self.read(&format!("{question} ({})", words.join(", ")), default, |answer| {
            let lower = answer.to_lowercase();
            let begun: Vec<_> = words.iter().filter(|word| word.starts_with(&lower)).copied().collect();
            match (words.iter().find(|word| **word == lower), &begun[..]) {
                (Some(word), _) | (None, [word]) => Ok(*word),
                _ => Err(Error::usage(
                    format!("\"{answer}\" is none of them"),
                    "type one of them, or Enter to leave it out",
                )),
            }
        })
    }

    /// Yes or no.
    ///
    /// # Errors
    /// Where no more answers come.
    pub fn yes(&self, question: &str, default: bool) -> Result<bool, Error> {
        let shown = if default { "y" } else { "n" };
        Ok(self.word(question, &["yes", "no"], shown)? == Some("yes"))
    }

    fn line(&self, question: &str, default: &str) -> Result<String, Error> {
        let shown = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        self.terminal.ask(&encode::terminal(&format!("{question}{shown}: ")));
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        match read {
            Ok(0) => Err(Error::usage(
                "the questions were not answered to the end: nothing was written",
                "answer them, or give the answers as flags",
            )),
            Ok(_) => {
                let answer = line.trim();
                Ok(if answer.is_empty() { default.to_owned() } else { answer.to_owned() })
            }
            Err(error) => Err(Error::usage("the answer cannot be read", "give it as a flag").caused_by(error)),
        }
    }
}
