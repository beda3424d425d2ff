//! Columns and tables: what each holds, declared once for writers, schema and documents.

/// What a column holds. Every engine has these five.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// A signed 64-bit integer.
    Integer,
    /// A double.
    Double,
    /// True or false.
    Boolean,
    /// A moment in UTC, in microseconds.
    Timestamp,
}

/// What one cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'r> {
    /// Nothing is known, or nothing applies: never 0 and never empty text.
    Null,
    /// Text.
    Text(&'r str),
    /// An integer.
    Integer(i64),
    /// A double, always finite.
    Double(f64),
    /// True or false.
    Boolean(bool),
    /// Microseconds since 1970 in UTC.
    Timestamp(i64),
}

/// A moment in UTC, in microseconds since 1970: as exact as every engine has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub i64);

/// What may stand in a field of a row.
pub trait Cell {
    /// What it holds.
    const KIND: Kind;
    /// Whether it may be null.
    const NULLABLE: bool = false;
    /// It, for a writer.
    fn value(&self) -> Value<'_>;
}

impl Cell for String {
    const KIND: Kind = Kind::Text;
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Cell for i64 {
    const KIND: Kind = Kind::Integer;
    fn value(&self) -> Value<'_> {
        Value::Integer(*self)
    }
}

impl Cell for f64 {
    const KIND: Kind = Kind::Double;
    fn value(&self) -> Value<'_> {
        if self.is_finite() { Value::Double(*self) } else { Value::Null }
    }
}

impl Cell for bool {
    const KIND: Kind = Kind::Boolean;
    fn value(&self) -> Value<'_> {
        Value::Boolean(*self)
    }
}

impl Cell for Micros {
    const KIND: Kind = Kind::Timestamp;
    fn value(&self) -> Value<'_> {
        Value::Timestamp(self.0)
    }
}

impl<C: Cell> Cell for Option<C> {
    const KIND: Kind = C::KIND;
    const NULLABLE: bool = true;
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, C::value)
    }
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name: snake case, and no reserved word of an engine.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it is part of the key: of one day, no two rows have the same.
    pub key: bool,
    /// The unit of a number; empty where it has none.
    pub unit: &'static str,
    /// What it says, in a sentence.
    pub about: &'static str,
}

/// What a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name: the folder's, too.
    pub name: &'static str,
    /// What a row is, in a sentence.
    pub about: &'static str,
    /// Its columns, in order.
    pub columns: &'static [Column],
}

/// A row of a table.
pub trait Row {
    /// The table.
    const TABLE: Table;
    /// Its cells, in the order of the columns.
    fn cells(&self) -> Vec<Value<'_>>;
}

/// Declares a table: the type of its rows, the name, what a row is, and every column with its type, unit and meaning. `key`
/// stands before the columns of the key.
macro_rules! table {
    ($(#[doc = $about:literal])+ $row:ident = $name:literal { $($columns:tt)+ }) => {
        $crate::export::column::table!(@ $row $name [$($about)+] [] $($columns)+);
    };
    (@ $row:ident $name:literal $about:tt [$($done:tt)*] key $field:ident: $type:ty $([$unit:literal])?, $says:literal; $($rest:tt)*) => {
        $crate::export::column::table!(@ $row $name $about [$($done)* { true $field $type, [$($unit)?] $says }] $($rest)*);
    };
    (@ $row:ident $name:literal $about:tt [$($done:tt)*] $field:ident: $type:ty $([$unit:literal])?, $says:literal; $($rest:tt)*) => {
        $crate::export::column::table!(@ $row $name $about [$($done)* { false $field $type, [$($unit)?] $says }] $($rest)*);
    };
    (@ $row:ident $name:literal [$($about:literal)+] [$({ $key:literal $field:ident $type:ty, [$($unit:literal)?] $says:literal })+]) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq)]
        #[allow(clippy::struct_excessive_bools, reason = "each is a column")]
        #[allow(clippy::doc_markdown, reason = "what a column says stands in the schema, too")]
        pub struct $row {
            $(#[doc = $says] pub $field: $type,)+
        }

        impl $crate::export::column::Row for $row {
            const TABLE: $crate::export::column::Table = $crate::export::column::Table {
                name: $name,
                about: concat!($($about),+).trim_ascii(),
                columns: &[$($crate::export::column::Column {
                    name: stringify!($field),
                    kind: <$type as $crate::export::column::Cell>::KIND,
                    nullable: <$type as $crate::export::column::Cell>::NULLABLE,
                    key: $key,
                    unit: concat!($($unit)?),
                    about: $says,
                },)+],
            };

            fn cells(&self) -> Vec<$crate::export::column::Value<'_>> {
                vec![$($crate::export::column::Cell::value(&self.$field)),+]
            }
        }
    };
}

pub(super) use table;
