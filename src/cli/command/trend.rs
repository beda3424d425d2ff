//! `relconf trend`.

use std::path::Path;

use crate::attribution::Facts;
use crate::cli::args::TrendArgs;
use crate::cli::exit::Exit;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::error::Error;
use crate::render::TREND_FORMATS;
use crate::render::against::AGAINST_FORMATS;
use crate::review::contract::{By, Review};
use crate::review::{self, Asked, Saved};

pub(super) fn run(args: &TrendArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    if !args.against.is_empty() {
        return against(args, terminal);
    }
    let outputs = Outputs::parse(&args.output, TREND_FORMATS)?;
    let by = args.by.as_deref().map(by).transpose()?.unwrap_or_default();
    let settings = Settings::resolve(&args.input)?;
    let history = terminal.working("reading the history", || settings.read_all())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    outputs.write(&Review::asked(&facts, &Asked { trend: Some(by), ..Asked::default() }), terminal)?;
    Ok(Exit::Done)
}

/// Holds a saved review against that of today, or two saved ones against each other.
fn against(args: &TrendArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, AGAINST_FORMATS)?;
    let (one, other) = match &args.against[..] {
        [one] => {
            let saved = super::plan::saved::<Saved>(one)?;
            let settings = Settings::resolve(&args.input)?;
            let history = terminal.working("reading the history", || settings.read_all())?;
            let facts = Facts::derive(&history, &settings.policy)?;
            (saved, Review::of(&facts).into())
        }
        [one, other] => {
            let read = |path: &Path| super::plan::saved::<Saved>(path);
            (read(one)?, read(other)?)
        }
        _ => return Err(Error::usage("--against is given more than twice", "name one saved review, or two").into()),
    };
    outputs.write(&review::against(one, other), terminal)?;
    Ok(Exit::Done)
}

/// How many releases a window has at least: of fewer nothing can be said.
const LEAST: u32 = 5;

/// How history is cut, as typed.
fn by(typed: &str) -> Result<By, Error> {
    match typed.trim().to_ascii_lowercase().as_str() {
        "month" | "months" | "monthly" => return Ok(By::Month),
        "quarter" | "quarters" | "quarterly" => return Ok(By::Quarter),
        number => {
            if let Some(size) = number.parse::<u32>().ok().filter(|size| *size >= LEAST) {
                return Ok(By::Releases(size));
            }
        }
    }
    let help = format!("use month, quarter, or a number of judged releases, {LEAST} or more: --by 20");
    Err(Error::usage(format!("--by {typed} is no way to cut history into windows"), help))
}

#[cfg(test)]
mod tests {
    use super::{By, by};

    #[test]
    fn windows_are_months_quarters_or_so_many_releases() {
        let read = |typed| by(typed).ok();
        assert_eq!(
            (read("quarter"), read("Month"), read("20")),
            (Some(By::Quarter), Some(By::Month), Some(By::Releases(20)))
        );
        for wrong in ["", "0", "4", "-20", "week", "20x", "99999999999"] {
            assert!(by(wrong).is_err(), "{wrong}");
        }
    }
}
