//! The records of a log, each field in one list: see `record!`.

use std::marker::PhantomData;

use super::{Mark, Origin, Untrusted};

/// A kind of field.
pub trait FieldKind {
    /// What it is in the model.
    type Value;

    /// What it is to whoever reads, writes or asks for fields without knowing which they are.
    const SHAPE: Shape;
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Text.
    Text,
    /// A list of text, or one text.
    Texts,
    /// An abbreviated or full commit id.
    Commit,
    /// A moment, or a bare date.
    Time,
    /// True or false.
    Flag,
    /// A share from 0 to 1.
    Share,
    /// How sure somebody is: a share, a percentage or a word of the settings.
    Sureness,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// A list of these words, or one of them.
    Words(fn() -> Vec<&'static str>),
    /// What caused an incident: exactly one of several keys.
    Culprit,
    /// A table with these fields.
    Table(&'static [FieldInfo]),
    /// A list of tables with these fields.
    Tables(&'static [FieldInfo]),
}

/// A field of a record.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Its key in a log.
    pub key: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// What it says, in one line.
    pub about: &'static str,
    /// Of a field that must be there: what could stand after the equals sign.
    pub required: Option<&'static str>,
}

/// A record: a table of a log, or one inside it.
pub trait Record: Sized {
    /// Its fields, in the order in which they are written.
    const FIELDS: &'static [FieldInfo];

    /// The keys of the fields in which it differs from another.
    fn differing(&self, other: &Self) -> Vec<&'static str>;
}

/// Makes a record of its list: the struct, [`Record::FIELDS`], and how it is made of whatever gives its fields.
///
/// A line is `field "key": Kind, "what it says";`, with `required "an example"` where it must be there. Readers, schema,
/// mappings, the order in which a record is written and the flags of `relconf record` follow from the line.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident {
            $($field:ident $key:literal: $kind:ty, $about:literal $(required $example:literal)?;)*
        }
        $(placed $origin:ident)?
    ) => {
        $(#[$meta])*
        pub struct $name {
            $(#[doc = $about] pub $field: <$kind as $crate::model::FieldKind>::Value,)*
            $(#[doc = "Where it was read."] pub $origin: $crate::model::Origin,)?
        }

        impl $crate::model::Record for $name {
            const FIELDS: &'static [$crate::model::FieldInfo] = &[$($crate::model::FieldInfo {
                key: $key,
                shape: <$kind as $crate::model::FieldKind>::SHAPE,
                about: $about,
                required: $crate::model::fields::example(&[$($example)?]),
            },)*];

            fn differing(&self, other: &Self) -> Vec<&'static str> {
                let differs = [$(($key, self.$field != other.$field)),*];
                differs.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key).collect()
            }
        }

        impl<T: $crate::model::Placed $(+ $crate::model::Take<$kind>)*> $crate::model::TakenFrom<T> for $name {
            fn taken_from(from: &mut T) -> Option<Self> {
                let mut fields = <Self as $crate::model::Record>::FIELDS.iter();
                // Each is taken before any is looked at: all that is wrong is told.
                $(let $field = fields.next().and_then(|field| $crate::model::Take::<$kind>::take(from, field));)*
                Some(Self { $($field: $field?,)* $($origin: from.place(),)? })
            }
        }
    };
}
pub(super) use record;

/// The example of a field that must be there.
pub(super) const fn example(given: &[&'static str]) -> Option<&'static str> {
    match given {
        [example] => Some(example),
        _ => None,
    }
}

/// Whatever the fields of a record are taken from, by kind.
pub trait Take<K: FieldKind> {
    /// The value of a field; where it is absent, what its kind says then. `None` where it cannot be read.
    fn take(&mut self, field: &'static FieldInfo) -> Option<K::Value>;
}

/// A record that can be made of what gives its fields.
pub trait TakenFrom<T>: Record {
    /// Takes every field, one after the other; `None` where one could not be taken.
    fn taken_from(from: &mut T) -> Option<Self>;
}

/// Whatever knows where a record stands.
pub trait Placed {
    /// Where it begins.
    fn place(&self) -> Origin;
}

/// A set of words, one for each value.
pub trait Word: Copy + 'static {
    /// The words, as they stand in a log.
    const WORDS: &'static [(&'static str, Self)];
}

fn names<T: Word>() -> Vec<&'static str> {
    T::WORDS.iter().map(|(word, _)| *word).collect()
}

macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident: $value:ty = $shape:expr;)*) => {
        $(
            $(#[$meta])*
            #[derive(Debug)]
            pub struct $name;

            impl FieldKind for $name {
                type Value = $value;
                const SHAPE: Shape = $shape;
            }
        )*
    };
}

kinds! {
    /// Text that must be there, and not be blank.
    Filled: Untrusted = Shape::Text;
    /// Text; blank text is as good as none.
    Text: Option<Untrusted> = Shape::Text;
    /// A list of text.
    Texts: Vec<Untrusted> = Shape::Texts;
    /// A commit's id.
    Commit: Option<Untrusted> = Shape::Commit;
    /// A mark on a timeline.
    Time: Option<Mark> = Shape::Time;
    /// A mark that must be there.
    When: Mark = Shape::Time;
    /// True or false; false where it is absent.
    Flag: bool = Shape::Flag;
    /// A share.
    Share: Option<f64> = Shape::Share;
    /// How sure somebody is; it must be there.
    Sureness: super::Sure = Shape::Sureness;
    /// What caused an incident.
    Culprit: Option<super::CausedBy> = Shape::Culprit;
}

/// One of a set of words.
#[derive(Debug)]
pub struct OneOf<T>(PhantomData<T>);

impl<T: Word> FieldKind for OneOf<T> {
    type Value = Option<T>;
    const SHAPE: Shape = Shape::Word(names::<T>);
}

/// Some of a set of words.
#[derive(Debug)]
pub struct SeveralOf<T>(PhantomData<T>);

impl<T: Word> FieldKind for SeveralOf<T> {
    type Value = Vec<T>;
    const SHAPE: Shape = Shape::Words(names::<T>);
}

/// One of a set of words; the usual one where it is absent.
#[derive(Debug)]
pub struct Usually<T>(PhantomData<T>);

impl<T: Word + Default> FieldKind for Usually<T> {
    type Value = T;
    const SHAPE: Shape = Shape::Word(names::<T>);
}

/// One of a set of words, which must be there.
#[derive(Debug)]
pub struct Needed<T>(PhantomData<T>);

impl<T: Word> FieldKind for Needed<T> {
    type Value = T;
    const SHAPE: Shape = Shape::Word(names::<T>);
}

/// A record inside another.
#[derive(Debug)]
pub struct Inner<T>(PhantomData<T>);

impl<T: Record> FieldKind for Inner<T> {
    type Value = Option<T>;
    const SHAPE: Shape = Shape::Table(T::FIELDS);
}

/// Records inside another.
#[derive(Debug)]
pub struct Several<T>(PhantomData<T>);

impl<T: Record> FieldKind for Several<T> {
    type Value = Vec<T>;
    const SHAPE: Shape = Shape::Tables(T::FIELDS);
}
