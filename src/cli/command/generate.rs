//! `relconf generate`.

use anyhow::Context;

use crate::cli::args::{Generate, GenerateArgs, SchemaOf, TemplateOf};
use crate::cli::definition;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::config;
use crate::document::nearest;
use crate::error::Error;
use crate::export;
use crate::fleet::Fleet;
use crate::gate::{Baseline, GateReport};
use crate::preflight::Preflight;
use crate::render::controls::ControlsOnly;
use crate::render::report::Kind;
use crate::render::trend::TrendReport;
use crate::render::validation::Validation;
use crate::review::contract::Review;
use crate::source::import::BUILTIN;
use crate::source::log;

pub(super) fn run(args: &GenerateArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let text = match &args.what {
        Generate::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut definition(), "relconf", &mut script);
            String::from_utf8(script).context("the completion script is no UTF-8")?
        }
        Generate::Man { command } => manual(command.as_deref())?,
        Generate::Template { of } => {
            let kind = match of {
                TemplateOf::Markdown => Kind::Markdown,
                TemplateOf::MarkdownBrief => Kind::Brief,
                TemplateOf::Html => Kind::Html,
            };
            kind.template().to_owned()
        }
        Generate::Docs { of } => super::docs::part(*of),
        Generate::Mapping { name } => mapping(name)?.to_owned(),
        Generate::Schema { of } => {
            let schema = match of {
                SchemaOf::Review => Review::schema().to_value(),
                SchemaOf::Trend => schemars::schema_for!(TrendReport).to_value(),
                SchemaOf::Controls => schemars::schema_for!(ControlsOnly).to_value(),
                SchemaOf::Gate => schemars::schema_for!(GateReport).to_value(),
                SchemaOf::Preflight => schemars::schema_for!(Preflight).to_value(),
                SchemaOf::Baseline => schemars::schema_for!(Baseline).to_value(),
                SchemaOf::Validation => schemars::schema_for!(Validation).to_value(),
                SchemaOf::Incidents | SchemaOf::Releases => log::schema(),
                SchemaOf::Fleet => schemars::schema_for!(Fleet).to_value(),
                SchemaOf::Config => config::schema(),
                SchemaOf::Export => export::schema(),
            };
            let mut json = serde_json::to_string_pretty(&schema)?;
            json.push('\n');
            json
        }
    };
    terminal.data(&text)?;
    Ok(Exit::Done)
}

fn mapping(name: &str) -> Result<&'static str, Error> {
    BUILTIN.iter().find(|builtin| builtin.name == name).map(|builtin| builtin.text).ok_or_else(|| {
        let known: Vec<_> = BUILTIN.iter().map(|builtin| builtin.name).collect();
        let help = nearest(name, known.iter().copied())
            .map_or_else(|| format!("use one of: {}", known.join(", ")), |near| format!("did you mean {near}?"));
        Error::usage(format!("there is no mapping \"{name}\""), help)
    })
}

fn manual(command: Option<&str>) -> anyhow::Result<String> {
    // Global flags reach the subcommands only when clap has built the tree.
    let mut root = definition();
    root.build();
    let page = match command {
        None => root,
        Some(name) => root.find_subcommand(name).cloned().ok_or_else(|| {
            let names: Vec<_> = root.get_subcommands().map(|command| command.get_name().to_owned()).collect();
            Error::usage(format!("relconf has no command \"{name}\""), format!("use one of: {}", names.join(", ")))
        })?,
    };
    let mut roff = Vec::new();
    clap_mangen::Man::new(page).render(&mut roff)?;
    String::from_utf8(roff).context("the manual page is no UTF-8")
}
