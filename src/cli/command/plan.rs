//! `relconf plan`.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::attribution::Facts;
use crate::cli::args::{self, PlanArgs, PlanWhat};
use crate::cli::exit::Exit;
use crate::cli::file;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::error::Error;
use crate::render::plan::{PLAN_FORMATS, Planned};
use crate::review::Asked;
use crate::review::contract::{Earlier, Plan, Review, SCHEMA};

pub(super) fn run(args: &PlanArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, PLAN_FORMATS)?;
    let earlier = earlier(&args.earlier)?;
    let settings = Settings::resolve(&args.input)?;
    let history = terminal.working("reading the history", || settings.read_all())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let plan = args.plan.map(|plan| match plan {
        PlanWhat::Controls => Plan::Controls,
        PlanWhat::Operability => Plan::Operability,
        PlanWhat::Repeatability => Plan::Repeatability,
    });
    outputs.write(
        &Planned { review: Review::asked(&facts, &Asked { earlier: earlier.as_ref(), ..Asked::default() }), plan },
        terminal,
    )?;
    Ok(Exit::Done)
}

/// Reads an earlier review.
///
/// # Errors
/// A file that cannot be read, or is no review of this contract.
pub(super) fn earlier(args: &args::Earlier) -> Result<Option<Earlier>, Error> {
    args.previous_review.as_deref().map(saved).transpose()
}

/// The contract's number of a file, before all else is read of it.
#[derive(Deserialize)]
struct Numbered {
    schema: u32,
}

/// Reads what is wanted of a saved review.
///
/// # Errors
/// A file that cannot be read, or is no review of this contract.
pub(super) fn saved<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let shown = path.display();
    let write = "write one with: relconf review --format json=review.json";
    let unreadable =
        |error: std::io::Error| Error::io(format!("cannot read the review {shown}"), write).caused_by(error);
    let text = file::read(path).map_err(unreadable)?;
    let wrong =
        |error: serde_json::Error| Error::input(format!("{shown} is no review: {error}"), write).caused_by(error);
    let Numbered { schema } = serde_json::from_str(&text).map_err(wrong)?;
    if schema != SCHEMA {
        return Err(Error::input(format!("{shown} has schema {schema}, this relconf has {SCHEMA}"), write));
    }
    serde_json::from_str(&text).map_err(wrong)
}
