//! What the repository declares, stage by stage.

use serde::Serialize;

use crate::model::Word as _;
use crate::render::phrase::controls;
use crate::review::contract::{Review, StageId};

#[derive(Serialize)]
pub(super) struct ControlsView {
    basis: String,
    stages: Vec<Stage>,
    owned: Option<String>,
    helped: Vec<String>,
    unread: Vec<String>,
    forge: Vec<String>,
    exports: Vec<Export>,
}

#[derive(Serialize)]
struct Stage {
    title: &'static str,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    weak: bool,
    says: String,
    at: String,
    since: Option<String>,
}

#[derive(Serialize)]
struct Export {
    about: &'static str,
    command: &'static str,
}

/// Nothing where nothing was found: a page says what is there.
pub(super) fn of(review: &Review) -> Option<ControlsView> {
    let found = review.controls.as_ref().filter(|found| !found.found.is_empty() || !found.unread.is_empty())?;
    let line = |line: controls::Line| Line {
        weak: line.tone == controls::Tone::Weak,
        says: line.says,
        at: line.at,
        since: line.since,
    };
    let stage = |(_, stage): &(&str, StageId)| Stage {
        title: stage.title(),
        lines: controls::stage(found, *stage).into_iter().map(line).collect(),
    };
    Some(ControlsView {
        basis: controls::basis(found),
        stages: StageId::WORDS.iter().map(stage).collect(),
        helped: controls::helped(review, None),
        owned: found.owned.as_ref().map(controls::owned),
        unread: found.unread.iter().map(controls::unread).collect(),
        forge: controls::forge(found),
        exports: controls::exports(found).into_iter().map(|(about, command)| Export { about, command }).collect(),
    })
}
