//! How sure it is that something is so.

/// Whether something is so, as far as a file tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// It is not.
    #[default]
    No,
    /// It may be.
    Maybe,
    /// It is.
    Yes,
}
