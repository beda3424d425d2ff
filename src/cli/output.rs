//! Which formats go where.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::render::terminal::Extent;
use crate::render::{Drawn, Format, Links, TerminalOptions, encode};

use super::args::Output;
use super::file;
use super::help::is_a_format;
use super::terminal::Terminal;

/// The width of a terminal report that is written to a file.
const FILE: TerminalOptions = TerminalOptions {
    width: 100,
    color: false,
    links: Links::None,
    unicode: true,
    verbose: false,
    extent: Extent::Screen,
};

/// The outputs that were asked for.
#[derive(Debug)]
pub struct Outputs<T: 'static>(Vec<(&'static Format<T>, Option<PathBuf>)>);

impl<T> Outputs<T> {
    /// Reads `--format NAME[=PATH]` and `--output`. What a variable says that other commands know and this one does not is passed
    /// over.
    ///
    /// # Errors
    /// An unknown format, two formats for stdout, an `--output` without a format to write there.
    pub fn parse(output: &Output, formats: &'static [Format<T>]) -> Result<Self, Error> {
        let mut outputs = Vec::new();
        for typed in &output.format {
            let (name, path) = match typed.split_once('=') {
                Some((name, path)) if !path.is_empty() => (name, Some(PathBuf::from(path))),
                Some((name, _)) => {
                    return Err(Error::usage(
                        format!("--format {typed} names no file"),
                        format!("write --format {name}=FILE, or --format {name} for stdout"),
                    ));
                }
                None => (typed.as_str(), None),
            };
            match find(formats, name) {
                Err(_) if output.of_variables.format && is_a_format(name) => {}
                found => outputs.push((found?, path)),
            }
        }
        let mut file = output.output.clone();
        if outputs.is_empty() {
            let ending = match file.as_deref().and_then(|path| by_ending(formats, path)).transpose() {
                Err(_) if output.of_variables.output => {
                    file = None;
                    None
                }
                found => found?,
            };
            outputs.extend(ending.or(formats.first()).map(|format| (format, None)));
        }
        let unplaced: Vec<_> = outputs.iter().enumerate().filter(|(_, (_, path))| path.is_none()).collect();
        match (&file, &unplaced[..]) {
            (None, [] | [_]) => {}
            (Some(_), [(at, _)]) => {
                let at = *at;
                outputs[at].1.clone_from(&file);
            }
            (_, [_, ..]) => {
                return Err(Error::usage(
                    "two formats cannot both go to stdout",
                    "give all but one a file: --format json=review.json",
                ));
            }
            (Some(_), []) if output.of_variables.output => {}
            (Some(_), []) => {
                return Err(Error::usage("--output has nothing to write", "every --format names its own file already"));
            }
        }
        Ok(Self(outputs))
    }

    /// Whether a format was asked for.
    pub fn holds(&self, name: &str) -> bool {
        self.0.iter().any(|(format, _)| format.name == name)
    }

    /// Writes one result in every format asked for.
    ///
    /// # Errors
    /// Where a file or stdout cannot be written.
    pub fn write(&self, result: &T, terminal: &Terminal) -> anyhow::Result<()> {
        self.write_drawn(terminal, |format, options| Ok(format.draw(result, options)))
    }

    /// Writes what is drawn in every format asked for; nothing where one of them cannot be drawn.
    ///
    /// # Errors
    /// As [`Outputs::write`], and where it cannot be drawn.
    pub fn write_drawn<'r>(
        &self,
        terminal: &Terminal,
        draw: impl Fn(&Format<T>, &TerminalOptions) -> anyhow::Result<Drawn<'r, T>>,
    ) -> anyhow::Result<()> {
        let drawn = self.0.iter().map(|(format, path)| {
            let options = if path.is_some() { FILE } else { terminal.options() };
            Ok((draw(format, &options)?, path))
        });
        for (drawn, path) in drawn.collect::<anyhow::Result<Vec<_>>>()? {
            match path {
                None => terminal.stream(|to| drawn.write(to))?,
                Some(path) => {
                    file::stream(path, |to| drawn.write(to))?;
                    terminal.note(&format!("wrote {}", encode::terminal(&path.display().to_string())));
                }
            }
        }
        Ok(())
    }
}

/// The endings of file names, each with the format that it stands for.
const ENDINGS: [(&str, &str); 7] = [
    ("html", "html"),
    ("htm", "html"),
    ("md", "markdown"),
    ("markdown", "markdown"),
    ("json", "json"),
    ("xml", "junit"),
    ("txt", "terminal"),
];

/// The format that a file's ending asks for; `None` where it asks for none.
fn by_ending<T>(formats: &'static [Format<T>], path: &Path) -> Option<Result<&'static Format<T>, Error>> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    let (_, name) = ENDINGS.iter().find(|(known, _)| *known == ending)?;
    Some(find(formats, name))
}

fn find<T>(formats: &'static [Format<T>], name: &str) -> Result<&'static Format<T>, Error> {
    formats.iter().find(|format| format.name == name).ok_or_else(|| {
        let known: Vec<_> = formats.iter().map(|format| format.name).collect();
        Error::usage(format!("there is no format \"{name}\""), format!("use one of: {}", known.join(", ")))
    })
}
