//! Which formats go where.

use std::path::PathBuf;

use anyhow::Context;

use crate::error::Error;
use crate::render::{FORMATS, FormatInfo, TerminalOptions};
use crate::review::contract::Review;

use super::args::Output;
use super::terminal::{Terminal, write_file};

/// The width of a terminal report that is written to a file.
const FILE: TerminalOptions = TerminalOptions { width: 100, color: false, unicode: true, verbose: false };

/// The outputs that were asked for.
#[derive(Debug)]
pub struct Outputs(Vec<(&'static FormatInfo, Option<PathBuf>)>);

impl Outputs {
    /// Reads `--format NAME[=PATH]` and `--output`.
    ///
    /// # Errors
    /// An unknown format, two formats for stdout, an `--output` without a format to write there.
    pub fn parse(output: &Output) -> Result<Self, Error> {
        let mut outputs = Vec::new();
        for typed in &output.format {
            let (name, path) = match typed.split_once('=') {
                Some((name, path)) if !path.is_empty() => (name, Some(PathBuf::from(path))),
                Some((name, _)) => {
                    return Err(Error::new(
                        format!("--format {typed} names no file"),
                        format!("write --format {name}=FILE, or --format {name} for stdout"),
                    ));
                }
                None => (typed.as_str(), None),
            };
            outputs.push((find(name)?, path));
        }
        if outputs.is_empty() {
            outputs.push((&FORMATS[0], None));
        }
        let unplaced: Vec<_> = outputs.iter().enumerate().filter(|(_, (_, path))| path.is_none()).collect();
        match (&output.output, &unplaced[..]) {
            (None, [] | [_]) => {}
            (Some(_), [(at, _)]) => {
                let at = *at;
                outputs[at].1.clone_from(&output.output);
            }
            (_, [_, ..]) => {
                return Err(Error::new(
                    "two formats cannot both go to stdout",
                    "give all but one a file: --format json=review.json",
                ));
            }
            (Some(_), []) => {
                return Err(Error::new("--output has nothing to write", "every --format names its own file already"));
            }
        }
        Ok(Self(outputs))
    }

    /// Writes one review in every format asked for.
    ///
    /// # Errors
    /// Where a file or stdout cannot be written.
    pub fn write(&self, review: &Review, terminal: &Terminal) -> anyhow::Result<()> {
        for (format, path) in &self.0 {
            match path {
                None => terminal.data(&(format.review)(review, &terminal.options()))?,
                Some(path) => {
                    write_file(path, &(format.review)(review, &FILE))?;
                    terminal.note(&format!("wrote {}", crate::render::encode::terminal(&path.display().to_string())));
                }
            }
        }
        Ok(())
    }

    /// Writes text that exists in two forms only, terminal and JSON.
    ///
    /// # Errors
    /// Another format, or a file or stdout that cannot be written.
    pub fn write_plain(
        &self,
        terminal: &Terminal,
        text: impl Fn(&TerminalOptions) -> String,
        json: impl Fn() -> String,
    ) -> anyhow::Result<()> {
        for (format, path) in &self.0 {
            let drawn = |options: &TerminalOptions| match format.name {
                "terminal" => Ok(text(options)),
                "json" => Ok(json()),
                other => Err(Error::new(format!("lists have no format {other}"), "use --format terminal or json")),
            };
            match path {
                None => terminal.data(&drawn(&terminal.options())?)?,
                Some(path) => write_file(path, &drawn(&FILE)?).context("the list is not written")?,
            }
        }
        Ok(())
    }
}

fn find(name: &str) -> Result<&'static FormatInfo, Error> {
    FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
        let known: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        Error::new(format!("there is no format \"{name}\""), format!("use one of: {}", known.join(", ")))
    })
}
