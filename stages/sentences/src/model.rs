//! The linear model: a table of small integers, read from the bytes committed beside the code.

/// First bytes of the weights file.
pub(crate) const MAGIC: &[u8; 8] = b"PSTLSB01";

/// Bytes in front of the table: the magic, log2 of the table's length, the scale.
pub(crate) const HEADER: usize = 8 + 1 + 4;

static FIRST: &[u8] = include_bytes!("../weights/weights.bin");
static SECOND: &[u8] = include_bytes!("../weights/second.bin");

/// A hashed table of weights: the score of a candidate is the sum over its features, in log odds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Model {
    table: &'static [u8],
    mask: u32,
    scale: f32,
}

impl Model {
    /// The weights of the first look that this crate was built with. A file that is not one of ours gives
    /// a model that never splits.
    pub(crate) fn first() -> Self {
        Self::shipped(FIRST)
    }

    /// Those of the second look.
    pub(crate) fn second() -> Self {
        Self::shipped(SECOND)
    }

    fn shipped(bytes: &'static [u8]) -> Self {
        Self::read(bytes).unwrap_or(Self { table: &[], mask: 0, scale: 0.0 })
    }

    fn read(bytes: &'static [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (&bits, rest) = rest.split_first()?;
        let (scale, table) = rest.split_first_chunk::<4>()?;
        let length = 1_usize.checked_shl(u32::from(bits))?;
        let mask = u32::try_from(length - 1).ok()?;
        (table.len() == length).then_some(Self { table, mask, scale: f32::from_le_bytes(*scale) })
    }

    /// Adds the weight of `feature` to `sum`.
    #[inline]
    pub(crate) fn add(&self, sum: &mut i32, feature: u32) {
        if let Some(&weight) = self.table.get((feature & self.mask) as usize) {
            *sum += i32::from(weight.cast_signed());
        }
    }

    /// The log odds that `sum` stands for.
    #[inline]
    pub(crate) fn log_odds(&self, sum: i32) -> f32 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a sum of some dozens of bytes is exact in f32"
        )]
        let sum = sum as f32;
        sum * self.scale
    }
}
