//! The fields of a record as flags: they follow from the record's list.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::model::{FieldInfo, Record, Shape};

/// What was typed for the fields of a record. Fields that are tables have flags of their own.
#[derive(Clone, Debug)]
pub struct Given<R> {
    typed: BTreeMap<&'static str, Vec<String>>,
    record: PhantomData<R>,
}

impl<R: Record> Given<R> {
    /// The fields that were typed, in their order, with what was typed.
    pub fn fields(&self) -> impl Iterator<Item = (&'static FieldInfo, &[String])> {
        R::FIELDS.iter().filter_map(|field| Some((field, self.typed.get(field.key)?.as_slice())))
    }

    /// What was typed for a field of one value.
    pub fn one(&self, key: &str) -> Option<&String> {
        self.typed.get(key)?.first()
    }

    /// As if it had been typed.
    pub fn set(&mut self, key: &'static str, value: Option<String>) {
        if let Some(value) = value {
            self.typed.insert(key, vec![value]);
        }
    }
}

/// The flag of a field of `R`: `detected_at` is `--detected`, each of `responders` is `--responder`.
pub fn flag<R: Record>(field: &FieldInfo) -> Option<String> {
    let bare =
        |key: &'static str| key.strip_suffix("_at").filter(|bare| R::FIELDS.iter().all(|field| field.key != *bare));
    let name = match (field.key, field.shape) {
        (_, Shape::Table(_) | Shape::Tables(_) | Shape::Culprit) | ("proxies", _) => return None,
        // --component chooses what is looked at.
        ("component", _) => "part",
        ("special_handling", _) => "special",
        (key, Shape::Time) => bare(key).unwrap_or(key),
        (key, Shape::Texts) => key.trim_end_matches('s'),
        (key, _) => key,
    };
    Some(name.replace('_', "-"))
}

fn argument(field: &FieldInfo, flag: String) -> Arg {
    let more = match field.shape {
        Shape::Texts => " (repeatable)".to_owned(),
        Shape::Word(words) => format!(": {}", words().join(", ")),
        _ => String::new(),
    };
    let about = format!("{}{more}", field.about);
    let argument = Arg::new(flag.clone()).long(flag).help(about);
    match field.shape {
        Shape::Flag => argument.action(ArgAction::SetTrue),
        Shape::Texts => argument.action(ArgAction::Append).value_name("NAME"),
        Shape::Time => argument.value_name("TIME").allow_hyphen_values(true),
        Shape::Commit => argument.value_name("COMMIT"),
        Shape::Word(_) => argument.value_name("WORD"),
        _ => argument.value_name("TEXT"),
    }
}

impl<R: Record> clap::Args for Given<R> {
    fn augment_args(command: Command) -> Command {
        let flags = R::FIELDS.iter().filter_map(|field| Some(argument(field, flag::<R>(field)?)));
        flags.fold(command, Command::arg)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<R: Record> clap::FromArgMatches for Given<R> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let typed = R::FIELDS.iter().filter_map(|field| {
            let flag = flag::<R>(field)?;
            let values: Vec<String> = match field.shape {
                Shape::Flag => matches.get_flag(&flag).then(|| "true".to_owned()).into_iter().collect(),
                _ => matches.get_many::<String>(&flag).into_iter().flatten().cloned().collect(),
            };
            (!values.is_empty()).then_some((field.key, values))
        });
        Ok(Self { typed: typed.collect(), record: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.typed.extend(Self::from_arg_matches(matches)?.typed);
        Ok(())
    }
}
