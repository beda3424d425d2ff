//! How sure people said to be: what trailers and the release log say, as statements.

use crate::model::{Changes, Felt, Mark, Notice, NoticeCode, Policy, ReleaseEntry, Statement, Untrusted, Words};

use super::draft::{Draft, moment};
use super::people::People;

/// Statements that are shown of those that cannot be read.
const SHOWN: usize = 3;

/// What could not be read of statements.
#[derive(Default)]
pub(super) struct Unread {
    /// The releases of trailers. What stands there is somebody's own: no report quotes it.
    trailers: Vec<Untrusted>,
    notices: Vec<Notice>,
}

impl Unread {
    /// What there is to tell.
    pub fn notices(self, words: &Words) -> Vec<Notice> {
        let mut notices = self.notices;
        let shown = self.trailers.iter().take(SHOWN);
        let shown: Vec<_> = shown.map(Untrusted::raw).collect();
        if !shown.is_empty() {
            let more = if self.trailers.len() > SHOWN { ", …" } else { "" };
            let all = self.trailers.len();
            notices.push(Notice::new(
                NoticeCode::TagConfidence,
                format!(
                    "`Confidence:` trailers that cannot be read, and do not count: {all} ({}{more})",
                    shown.join(", ")
                ),
                format!("git show has them; write `Confidence: 90%`, or {}; [felt] words has more", words.listed()),
            ));
        }
        notices
    }
}

/// The statements about a release: those of its commit, of its tags, and of the log, in this order.
pub(super) fn statements(
    draft: &Draft,
    changes: &Changes,
    people: &People,
    policy: &Policy,
    unread: &mut Unread,
) -> Vec<Statement> {
    let words = &policy.felt_words;
    let mut all = Vec::new();
    let mut trailer = |said: &Untrusted, by, at| match words.read_with_reason(said.raw()) {
        Some((sure, because)) => {
            all.push(Statement { by, sure, because: because.map(Untrusted::from), stage: None, at });
        }
        None => unread.trailers.push(draft.tag.clone()),
    };
    let author = draft.commit.map(|commit| people.of_identity[changes.author(commit).0 as usize]);
    if let (Some(commit), Some(author), false) = (draft.commit, author, draft.redeployment) {
        let at = Mark::exact(moment(changes.commit_time(commit), changes.commit_offset(commit)));
        changes.confidence(commit).for_each(|said| trailer(said, author, Some(at)));
    }
    for confided in &draft.confided {
        let tagger = confided.tagger.as_ref().or(draft.tagger.as_ref()).and_then(|tagger| people.tagger(tagger));
        if let Some(by) = tagger.or(author) {
            trailer(&confided.said, by, confided.at.map(Mark::exact));
        }
    }
    if let Some(entry) = &draft.entry {
        all.extend(entry.felt.iter().filter_map(|felt| of_log(entry, felt, people, words, &mut unread.notices)));
    }
    all
}

fn of_log(
    entry: &ReleaseEntry,
    felt: &Felt,
    people: &People,
    words: &Words,
    notices: &mut Vec<Notice>,
) -> Option<Statement> {
    let by = people.named(std::iter::once(&felt.by)).first().copied()?;
    let Some(sure) = words.share(&felt.confidence) else {
        let origin = &entry.origin;
        notices.push(Notice::new(
            NoticeCode::FeltUnread,
            format!(
                "{}: a confidence is no word that is known, and does not count ({}:{}:{})",
                entry.tag.raw(),
                origin.file.display(),
                origin.line,
                origin.column
            ),
            format!("write a share such as 0.9, or {}; or give it a share in [felt] words", words.listed()),
        ));
        return None;
    };
    Some(Statement { by, sure, because: felt.because.clone(), stage: felt.stage, at: felt.at })
}
