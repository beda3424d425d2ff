//! How sure somebody is, as it is typed or asked for before a release.

use serde_json::{Map, Value, json};

use crate::document::nearest;
use crate::error::Error;
use crate::model::{Moment, Sure, Words};
use crate::source::git::Repository;

use super::args::FeltArgs;
use super::ask::Ask;
use super::command::record::time;
use super::settings::Settings;

/// Reads how sure somebody is.
///
/// # Errors
/// What is no share and no percentage, and a word that stands for nothing.
fn read(flag: &str, typed: &str, words: &Words) -> Result<Value, Error> {
    let help = || format!("write 90%, 0.9, or {}", words.listed());
    match Sure::read(typed) {
        Err(why) => Err(Error::usage(format!("{flag}{typed} {why}"), help())),
        Ok(Sure::Share(share)) => Ok(json!(share)),
        Ok(Sure::Word(word)) if words.all().iter().any(|(known, _)| *known == word) => Ok(word.into()),
        Ok(Sure::Word(word)) => {
            let near = nearest(&word, words.all().iter().map(|(known, _)| known.as_str()));
            let help = near.map_or_else(help, |near| format!("did you mean {near}?"));
            Err(Error::usage(format!("{flag}{typed} is no word that is known"), help))
        }
    }
}

/// A statement for the release log: of what was typed, else of what is answered. `None` where nobody says anything.
///
/// # Errors
/// What cannot be read, or is said by nobody.
pub fn statement(
    typed: &FeltArgs,
    settings: &Settings,
    at: Moment,
    ask: Option<&Ask<'_>>,
) -> Result<Option<Value>, Error> {
    let words = &settings.policy.felt_words;
    let mut because = typed.because.clone();
    let sure = match (&typed.felt, ask) {
        (Some(typed), _) => Some(read("--felt ", typed, words)?),
        (None, Some(ask)) => {
            let question = format!("How sure are you that it holds, if you like to say (90%, or {})", words.listed());
            let sure = ask.read(&question, "", |answer| read("", answer, words))?;
            if sure.is_some() && because.is_none() {
                because = ask.text("Why, in a few words", "")?;
            }
            sure
        }
        (None, None) => None,
    };
    let Some(sure) = sure else { return Ok(None) };
    let git = || settings.repository.as_ref().and_then(Repository::user);
    let named = |by: &String| !by.trim().is_empty();
    let mut by = typed.by.clone().filter(named).or_else(|| git().filter(named));
    if let (None, Some(ask)) = (&by, ask) {
        by = ask.text("Who are you", "")?;
    }
    let by = by.ok_or_else(|| {
        Error::usage("git does not say who you are", "add --by NAME, or set it: git config user.name \"Ana Costa\"")
    })?;
    let mut statement = Map::new();
    statement.insert("by".to_owned(), by.into());
    statement.insert("confidence".to_owned(), sure);
    statement.extend(because.map(|because| ("because".to_owned(), because.into())));
    statement.extend(typed.stage.as_ref().map(|stage| ("stage".to_owned(), stage.as_str().into())));
    statement.insert("at".to_owned(), time(at).into());
    Ok(Some(statement.into()))
}
