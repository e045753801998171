//! The one place that calls the matrix crate.

use gemm::Parallelism;

/// A matrix inside a slice: `rows x columns`, element (r, c) at `offset + r * row + c * column`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub rows: usize,
    pub columns: usize,
    pub offset: usize,
    pub row_stride: usize,
    pub column_stride: usize,
}

impl Layout {
    /// A matrix whose rows are contiguous and `row_stride` apart.
    pub(super) fn rows_of(rows: usize, columns: usize, offset: usize, row_stride: usize) -> Self {
        Self { rows, columns, offset, row_stride, column_stride: 1 }
    }

    /// The same numbers with rows and columns exchanged.
    pub(super) fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    /// Whether all elements lie inside a slice of this length.
    fn fits(&self, length: usize) -> bool {
        let reach = |count: usize, stride: usize| count.saturating_sub(1).checked_mul(stride);
        reach(self.rows, self.row_stride)
            .zip(reach(self.columns, self.column_stride))
            .and_then(|(a, b)| a.checked_add(b)?.checked_add(self.offset))
            .is_some_and(|last| last < length)
    }

    /// Whether no two elements share a place.
    fn is_injective(&self) -> bool {
        self.row_stride >= self.columns * self.column_stride.max(1)
            || self.column_stride >= self.rows * self.row_stride.max(1)
    }

    fn strides(&self) -> Option<(isize, isize)> {
        Some((self.row_stride.try_into().ok()?, self.column_stride.try_into().ok()?))
    }
}

/// `target = factor * left * right`, on the calling thread.
///
/// # Panics
/// Never on the input of a user: the layouts come from the sizes of the network, and a layout that
/// leaves its slice is a bug of the caller.
#[allow(unsafe_code)]
pub(super) fn multiply(
    (target, to): (&mut [f32], Layout),
    (left, a): (&[f32], Layout),
    (right, b): (&[f32], Layout),
    factor: f32,
) {
    if to.rows == 0 || to.columns == 0 {
        return;
    }
    assert!(a.rows == to.rows && b.columns == to.columns && a.columns == b.rows);
    assert!(to.fits(target.len()) && a.fits(left.len()) && b.fits(right.len()));
    assert!(to.is_injective());
    let (Some(to_strides), Some(a_strides), Some(b_strides)) =
        (to.strides(), a.strides(), b.strides())
    else {
        return;
    };
    // SAFETY: `fits` says that every element which the three layouts name lies inside its slice,
    // so each pointer plus each offset is in bounds; `target` is borrowed mutably, so it overlaps
    // neither factor, and `is_injective` says that no element of it is written twice.
    unsafe {
        gemm::gemm(
            to.rows,
            to.columns,
            a.columns,
            target.as_mut_ptr().add(to.offset),
            to_strides.1,
            to_strides.0,
            false,
            left.as_ptr().add(a.offset),
            a_strides.1,
            a_strides.0,
            right.as_ptr().add(b.offset),
            b_strides.1,
            b_strides.0,
            0.0,
            factor,
            false,
            false,
            false,
            // Threads are the caller's: it runs one batch on each.
            Parallelism::None,
        );
    }
}
