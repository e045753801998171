//! Weights on disk: int8 with a scale for each row, or plain floats, read as f32.
//!
//! In a model folder each matrix `name` of type I8, `[rows, columns]`, has a companion
//! `name_scale` of type F32, `[rows]`: `w = q * scale[row]`. Tensors of type F32, F16 and BF16 are
//! read as they are, with or without the prefix `bert.`, so that a Hugging Face folder works.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::error::LoadError;

/// What Hugging Face puts before the names of the network's own tensors.
const PREFIX: &str = "bert.";
/// What follows the name of a matrix in the name of its scales.
const SCALE: &str = "_scale";

/// The tensors of a `model.safetensors`.
#[derive(Debug)]
pub struct Weights<'a> {
    tensors: SafeTensors<'a>,
    path: PathBuf,
}

/// A tensor in f32.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Its name, without the prefix `bert.`.
    pub name: String,
    /// Its dimensions.
    pub shape: Vec<usize>,
    /// Its numbers, row by row.
    pub values: Vec<f32>,
}

/// A matrix of which single rows are looked up; int8 stays int8.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    width: usize,
    rows: Rows,
}

#[derive(Debug, Clone, PartialEq)]
enum Rows {
    Int8 { values: Vec<i8>, scales: Vec<f32> },
    Float(Vec<f32>),
}

impl Table {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match &self.rows {
            Rows::Int8 { scales, .. } => scales.len(),
            Rows::Float(values) => values.len().checked_div(self.width).unwrap_or_default(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a row to `sum`; false where there is no such row.
    pub fn add_row(&self, row: usize, sum: &mut [f32]) -> bool {
        let range = row.saturating_mul(self.width)..(row + 1).saturating_mul(self.width);
        match &self.rows {
            Rows::Int8 { values, scales } => {
                let (Some(values), Some(&scale)) = (values.get(range), scales.get(row)) else {
                    return false;
                };
                for (sum, &value) in sum.iter_mut().zip(values) {
                    *sum += f32::from(value) * scale;
                }
            }
            Rows::Float(values) => {
                let Some(values) = values.get(range) else { return false };
                for (sum, value) in sum.iter_mut().zip(values) {
                    *sum += value;
                }
            }
        }
        true
    }
}

impl<'a> Weights<'a> {
    /// Reads the header of a file that is in memory; `path` is for the errors.
    ///
    /// # Errors
    /// When the bytes are not a safetensors file.
    pub fn parse(path: &Path, bytes: &'a [u8]) -> Result<Self, LoadError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| LoadError::Weights {
            path: path.to_owned(),
            reason: format!("not a safetensors file: {e}"),
        })?;
        Ok(Self { tensors, path: path.to_owned() })
    }

    /// Where the weights are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is a tensor of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A vector of a given length.
    ///
    /// # Errors
    /// When it is missing, or has another shape or type.
    pub fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>, LoadError> {
        let view = self.shaped(name, &[length])?;
        self.floats(name, &view)
    }

    /// A matrix `[rows, columns]`, dequantised.
    ///
    /// # Errors
    /// When it is missing, or has another shape or type, or no scales.
    pub fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Vec<f32>, LoadError> {
        let view = self.shaped(name, &[rows, columns])?;
        self.dequantized_values(name, &view)
    }

    /// A matrix `[rows, columns]` for look-ups.
    ///
    /// # Errors
    /// When it is missing, or has another shape or type, or no scales.
    pub fn table(&self, name: &str, rows: usize, columns: usize) -> Result<Table, LoadError> {
        let view = self.shaped(name, &[rows, columns])?;
        let rows = if view.dtype() == Dtype::I8 {
            let scales = self.vector(&format!("{name}{SCALE}"), rows)?;
            Rows::Int8 { values: int8(view.data()).collect(), scales }
        } else {
            Rows::Float(self.floats(name, &view)?)
        };
        Ok(Table { width: columns, rows })
    }

    /// Number of rows of a matrix or vector, whatever else it is.
    ///
    /// # Errors
    /// When it is missing.
    pub fn rows(&self, name: &str) -> Result<usize, LoadError> {
        let view = self.view(name)?;
        Ok(view.shape().first().copied().unwrap_or_default())
    }

    /// Every tensor in f32, in the order of the names, for engines that take plain floats.
    pub fn dequantized(&self) -> impl Iterator<Item = Result<Tensor, LoadError>> + '_ {
        let mut names: Vec<&str> = self.tensors.names();
        names.retain(|name| !self.is_scale(name));
        names.sort_unstable();
        names.into_iter().filter_map(|name| {
            let view = self.tensors.tensor(name).ok()?;
            // Buffers of position ids and the like are no weights.
            if view.dtype() == Dtype::I64 {
                return None;
            }
            let name = name.strip_prefix(PREFIX).unwrap_or(name);
            Some(self.dequantized_values(name, &view).map(|values| Tensor {
                name: name.to_owned(),
                shape: view.shape().to_vec(),
                values,
            }))
        })
    }

    fn is_scale(&self, name: &str) -> bool {
        name.strip_suffix(SCALE).is_some_and(|matrix| self.tensors.tensor(matrix).is_ok())
    }

    fn find(&self, name: &str) -> Option<TensorView<'a>> {
        // Old conversions call the weight and bias of a norm by the names of TensorFlow.
        let old = name
            .strip_suffix("LayerNorm.weight")
            .map(|stem| format!("{stem}LayerNorm.gamma"))
            .or_else(|| name.strip_suffix("LayerNorm.bias").map(|s| format!("{s}LayerNorm.beta")));
        std::iter::once(Cow::Borrowed(name)).chain(old.map(Cow::Owned)).find_map(|name| {
            let prefixed = format!("{PREFIX}{name}");
            self.tensors.tensor(&name).or_else(|_| self.tensors.tensor(&prefixed)).ok()
        })
    }

    fn view(&self, name: &str) -> Result<TensorView<'a>, LoadError> {
        self.find(name).ok_or_else(|| {
            self.error(format!("the tensor {name} is missing; the weights are of another model"))
        })
    }

    fn shaped(&self, name: &str, shape: &[usize]) -> Result<TensorView<'a>, LoadError> {
        let view = self.view(name)?;
        if view.shape() == shape {
            return Ok(view);
        }
        Err(self.error(format!(
            "the tensor {name} has the shape {:?}, expected {shape:?}; config.json and the weights \
             do not belong together",
            view.shape()
        )))
    }

    fn dequantized_values(&self, name: &str, view: &TensorView) -> Result<Vec<f32>, LoadError> {
        if view.dtype() != Dtype::I8 {
            return self.floats(name, view);
        }
        let rows = view.shape().first().copied().unwrap_or_default();
        let scales = self.vector(&format!("{name}{SCALE}"), rows)?;
        let width = view.data().len().checked_div(rows).unwrap_or_default().max(1);
        let mut values = Vec::with_capacity(view.data().len());
        for (row, &scale) in view.data().chunks_exact(width).zip(&scales) {
            values.extend(int8(row).map(|value| f32::from(value) * scale));
        }
        Ok(values)
    }

    fn floats(&self, name: &str, view: &TensorView) -> Result<Vec<f32>, LoadError> {
        let bytes = view.data();
        Ok(match view.dtype() {
            Dtype::F32 => bytes.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect(),
            Dtype::F16 => halves(bytes).map(|bits| half::f16::from_bits(bits).to_f32()).collect(),
            Dtype::BF16 => halves(bytes).map(|bits| half::bf16::from_bits(bits).to_f32()).collect(),
            other => {
                return Err(self.error(format!(
                    "the tensor {name} has the type {other:?}, expected F32, F16, BF16, or for a \
                     matrix I8 with scales"
                )));
            }
        })
    }

    fn error(&self, reason: String) -> LoadError {
        LoadError::Weights { path: self.path.clone(), reason }
    }
}

fn int8(bytes: &[u8]) -> impl Iterator<Item = i8> + '_ {
    bytes.iter().map(|&byte| i8::from_le_bytes([byte]))
}

fn halves(bytes: &[u8]) -> impl Iterator<Item = u16> + '_ {
    bytes.as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair))
}
