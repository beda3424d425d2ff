//! Apache Parquet: signed INT64, DOUBLE, BOOLEAN, UTF-8 and TIMESTAMP (microseconds, UTC), flat, compressed with Snappy. What every
//! engine reads without a word.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use super::SCHEMA;
use super::column::{Column, Kind, Table, Value};

/// The rows of one table, as the bytes of a file. The same rows give the same bytes.
///
/// # Errors
/// What the writer refuses; of tables as they are declared that is nothing.
pub fn parquet(table: &Table, rows: &[Vec<Value<'_>>]) -> Result<Vec<u8>, ParquetError> {
    let about = [("relconf.table", table.about.to_owned()), ("relconf.schema_version", SCHEMA.to_string())];
    let about = about.map(|(key, value)| KeyValue::new(key.to_owned(), value)).to_vec();
    let properties =
        WriterProperties::builder().set_compression(Compression::SNAPPY).set_key_value_metadata(Some(about)).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema(table)?), Arc::new(properties))?;
    if !rows.is_empty() {
        let mut group = writer.next_row_group()?;
        for (at, column) in table.columns.iter().enumerate() {
            let Some(mut out) = group.next_column()? else { break };
            write(column, rows.iter().map(|row| row[at]), &mut out)?;
            out.close()?;
        }
        group.close()?;
    }
    writer.into_inner()
}

fn schema(table: &Table) -> Result<Type, ParquetError> {
    let columns = table.columns.iter().map(|column| {
        let (physical, logical) = match column.kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Integer => (Physical::INT64, None),
            Kind::Double => (Physical::DOUBLE, None),
            Kind::Boolean => (Physical::BOOLEAN, None),
            Kind::Timestamp => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        };
        let repetition = if column.nullable { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        let column = Type::primitive_type_builder(column.name, physical)
            .with_repetition(repetition)
            .with_logical_type(logical)
            .build()?;
        Ok(Arc::new(column))
    });
    Type::group_type_builder(table.name).with_fields(columns.collect::<Result<_, ParquetError>>()?).build()
}

fn write<'r>(
    column: &Column,
    cells: impl Iterator<Item = Value<'r>> + Clone,
    out: &mut SerializedColumnWriter<'_>,
) -> Result<(), ParquetError> {
    match column.kind {
        Kind::Text => batch::<ByteArrayType>(column, cells, out, |cell| match cell {
            Value::Text(text) => Some(ByteArray::from(text.as_bytes().to_vec())),
            _ => None,
        }),
        Kind::Integer | Kind::Timestamp => batch::<Int64Type>(column, cells, out, |cell| match cell {
            Value::Integer(number) | Value::Timestamp(number) => Some(number),
            _ => None,
        }),
        Kind::Double => batch::<DoubleType>(column, cells, out, |cell| match cell {
            Value::Double(number) => Some(number),
            _ => None,
        }),
        Kind::Boolean => batch::<BoolType>(column, cells, out, |cell| match cell {
            Value::Boolean(flag) => Some(flag),
            _ => None,
        }),
    }
}

/// Writes a column: what is there, and of one that may be null for each row whether it is.
fn batch<'r, T: DataType>(
    column: &Column,
    cells: impl Iterator<Item = Value<'r>> + Clone,
    out: &mut SerializedColumnWriter<'_>,
    take: impl Fn(Value<'r>) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let levels: Vec<i16> = cells.clone().map(|cell| i16::from(cell != Value::Null)).collect();
    let values: Vec<T::T> = cells.filter_map(take).collect();
    out.typed::<T>().write_batch(&values, column.nullable.then_some(&levels[..]), None)?;
    Ok(())
}
