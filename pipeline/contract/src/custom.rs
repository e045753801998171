//! Layers that a stage author invents: a name, typed columns, rows.

use crate::span::Span;

/// A stage author's own layer of one article. It becomes the table `output/<name>/` with the columns
/// `article_id`, `<name>_idx`, `char_start`, `char_end`, `text` (null where a row has no span) and
/// the columns given here.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomLayer {
    /// Lower-case letters, digits and `_`; not the name of a built-in table.
    pub name: String,
    /// The columns, the same for every article.
    pub columns: Vec<Column>,
    /// The rows, each with an optional span and one value a column.
    pub rows: Vec<(Option<Span>, Vec<Value>)>,
}

/// A column of a [`CustomLayer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Lower-case letters, digits and `_`.
    pub name: String,
    /// What its values are.
    pub kind: ColumnType,
}

/// The type of a column; every column may hold nulls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Dictionary-encoded text of few distinct values.
    Label,
    /// Text.
    Text,
    /// 32-bit signed integer.
    Int,
    /// 64-bit float.
    Float,
    /// True or false.
    Bool,
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// For [`ColumnType::Label`] and [`ColumnType::Text`].
    Text(String),
    /// For [`ColumnType::Int`].
    Int(i32),
    /// For [`ColumnType::Float`].
    Float(f64),
    /// For [`ColumnType::Bool`].
    Bool(bool),
}

impl Value {
    /// Whether the value may stand in a column of this type.
    #[must_use]
    pub const fn fits(&self, kind: ColumnType) -> bool {
        matches!(
            (self, kind),
            (Self::Null, _)
                | (Self::Text(_), ColumnType::Label | ColumnType::Text)
                | (Self::Int(_), ColumnType::Int)
                | (Self::Float(_), ColumnType::Float)
                | (Self::Bool(_), ColumnType::Bool)
        )
    }
}
