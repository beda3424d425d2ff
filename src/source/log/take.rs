//! Fields of records, each by its kind.

use super::record::{commit, mark, origin};
use crate::document::{Field, Reader, Value, Zone, quoted};
use crate::model::fields::{
    Commit, Culprit, Filled, Flag, Inner, Needed, OneOf, Several, SeveralOf, Share, Sureness, Text, Texts, Time,
    Usually, When,
};
use crate::model::{
    CausedBy, Felt, FieldInfo, Mark, Origin, Placed, Statements, Sure, Take, TakenFrom, Untrusted, Word,
};

/// A table whose fields are taken as a record's list of fields says.
pub(super) struct Taker<'a> {
    pub reader: Reader<'a>,
    pub zone: Option<Zone>,
}

impl<'a> Taker<'a> {
    /// The value of a field, read; what stands for an absent one is its kind's default.
    fn read<T: Default>(&mut self, field: &FieldInfo, read: impl FnOnce(Field<'a>) -> Option<T>) -> Option<T> {
        self.reader.take(field.key).map_or_else(|| Some(T::default()), read)
    }

    fn require(&mut self, field: &FieldInfo) -> Option<Field<'a>> {
        self.reader.require(field.key, field.required.unwrap_or("…"))
    }
}

impl Placed for Taker<'_> {
    fn place(&self) -> Origin {
        origin(&self.reader)
    }
}

impl Take<Filled> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Untrusted> {
        self.require(field).and_then(Field::filled).map(Untrusted::from)
    }
}

impl Take<Text> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Option<Untrusted>> {
        self.read(field, |field| field.text().map(|text| (!text.trim().is_empty()).then(|| text.into())))
    }
}

impl Take<Texts> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Vec<Untrusted>> {
        self.read(field, |field| field.texts().map(|texts| texts.into_iter().map(Untrusted::from).collect()))
    }
}

impl Take<Commit> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Option<Untrusted>> {
        self.read(field, |field| commit(field).map(Some))
    }
}

impl Take<Time> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Option<Mark>> {
        let zone = self.zone;
        self.read(field, |field| field.time(zone).map(|time| Some(mark(time))))
    }
}

impl Take<When> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Mark> {
        let zone = self.zone;
        self.require(field)?.time(zone).map(mark)
    }
}

impl Take<Flag> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<bool> {
        self.read(field, Field::bool)
    }
}

impl Take<Share> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Option<f64>> {
        self.read(field, |field| field.share().map(Some))
    }
}

impl Take<Sureness> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Sure> {
        let field = self.require(field)?;
        let help = "write a share such as 0.9, a percentage such as \"90%\", or a word such as \"sure\"";
        match field.value() {
            Value::Text(_) => {
                let text = field.filled()?;
                Sure::read(text).map_or_else(|why| field.wrong(format!("{} {why}", quoted(text)), help), Some)
            }
            Value::Integer(_) | Value::Float(_) => field.share_or(help).map(Sure::Share),
            _ => field.wrong(format!("must be a share, not {}", field.value().kind()), help),
        }
    }
}

impl<'a> Take<Statements> for Taker<'a> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Vec<Felt>> {
        let zone = self.zone;
        self.read(field, |field| {
            let statement = |field: Field<'a>| field.by_itself(|field| of_table(field.table()?, zone));
            let all = field.by_itself(|field| Some(field.list()?.into_iter().filter_map(statement).collect()));
            Some(all.unwrap_or_default())
        })
    }
}

impl Take<Culprit> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Option<CausedBy>> {
        self.read(field, |field| super::culprit::caused_by(field.table()?).map(Some))
    }
}

impl<T: Word> Take<OneOf<T>> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Option<T>> {
        self.read(field, |field| field.one_of(T::WORDS).map(Some))
    }
}

impl<T: Word> Take<SeveralOf<T>> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Vec<T>> {
        self.read(field, |field| field.several_of(T::WORDS))
    }
}

impl<T: Word + Default> Take<Usually<T>> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<T> {
        self.read(field, |field| field.one_of(T::WORDS))
    }
}

impl<T: Word> Take<Needed<T>> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<T> {
        self.require(field)?.one_of(T::WORDS)
    }
}

impl<R: TakenFrom<Self>> Take<Inner<R>> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Option<R>> {
        let zone = self.zone;
        self.read(field, |field| of_table(field.table()?, zone).map(Some))
    }
}

impl<R: TakenFrom<Self>> Take<Several<R>> for Taker<'_> {
    fn take(&mut self, field: &'static FieldInfo) -> Option<Vec<R>> {
        let zone = self.zone;
        self.read(field, |field| {
            let all: Vec<Option<R>> = field.tables()?.into_iter().map(|table| of_table(table, zone)).collect();
            all.into_iter().collect()
        })
    }
}

/// Reads a whole table; what is left of it then is unknown.
fn of_table<'a, R: TakenFrom<Taker<'a>>>(reader: Reader<'a>, zone: Option<Zone>) -> Option<R> {
    let mut taker = Taker { reader, zone };
    let record = R::taken_from(&mut taker);
    taker.reader.finish();
    record
}
