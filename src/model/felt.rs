use super::fields::{FieldKind, Filled, OneOf, Record, Shape, Sureness, Text, Time, record};
use super::{Mark, PersonIndex, StageId, Untrusted};

record! {
    /// What somebody says, before a release, of how sure they are.
    #[derive(Clone, Debug, PartialEq)]
    Felt {
        by "by": Filled, "Who says so" required "\"ana\"";
        confidence "confidence": Sureness, "How sure that it holds: a share from 0 to 1, a percentage, or a word" required "0.9";
        because "because": Text, "Why, in a few words";
        stage "stage": OneOf<StageId>, "The stage that it speaks of; absent: the release as a whole";
        at "at": Time, "When it was said; absent: before the release";
    }
}

/// What people say of how sure they are. A statement that cannot be read is set aside by itself: what it is about stays.
#[derive(Debug)]
pub struct Statements;

impl FieldKind for Statements {
    type Value = Vec<Felt>;
    const SHAPE: Shape = Shape::Tables(Felt::FIELDS);
}

/// How sure somebody said to be of a release.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Who.
    pub by: PersonIndex,
    /// How sure that it holds, 0 to 1.
    pub sure: f64,
    /// Why.
    pub because: Option<Untrusted>,
    /// The stage that it speaks of; `None`: the release as a whole.
    pub stage: Option<StageId>,
    /// When; `None`: before the release, as far as the log says.
    pub at: Option<Mark>,
}
