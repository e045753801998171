//! Sentences of two paragraphs, matched by their vectors.

use postil_contract::{Aligned, CorpusParagraph, ParagraphSignature};

use crate::words;

/// Least cosine of two sentences for the pair to be reported as saying the same.
const SAYS_THE_SAME: f32 = 0.6;

/// The cosines of all sentences of one paragraph with all of another.
#[derive(Debug)]
pub(crate) struct Alignment {
    rows: usize,
    columns: usize,
    cosines: Vec<f32>,
}

impl Alignment {
    /// `None` where one of the two has no vectors.
    pub(crate) fn new(a: &ParagraphSignature, b: &ParagraphSignature) -> Option<Self> {
        let dim = a.embedding.len();
        if dim == 0 || b.embedding.len() != dim {
            return None;
        }
        let unpack =
            |codes: &[i8]| -> Vec<Vec<f32>> { codes.chunks_exact(dim).map(unit).collect() };
        let (rows, columns) = (unpack(&a.sentence_codes), unpack(&b.sentence_codes));
        if rows.is_empty() || columns.is_empty() {
            return None;
        }
        let cosines =
            rows.iter().flat_map(|row| columns.iter().map(|column| dot(row, column))).collect();
        Some(Self { rows: rows.len(), columns: columns.len(), cosines })
    }

    /// How well the sentences of `a` (or, where `of_a` is false, of `b`) are told again in the other:
    /// the cosine of each with its best match there, weighted by its words.
    pub(crate) fn coverage(&self, of_a: bool, paragraph: &CorpusParagraph) -> f32 {
        let count = if of_a { self.rows } else { self.columns };
        let (mut sum, mut total) = (0.0, 0.0);
        for idx in 0..count {
            let best = match of_a {
                true => self.row(idx).fold(f32::MIN, f32::max),
                false => self.column(idx).fold(f32::MIN, f32::max),
            };
            let text = paragraph
                .sentences
                .get(idx)
                .and_then(|sentence| paragraph.text.get(sentence.start..sentence.end));
            let weight = text.map_or(1, words::count).max(1) as f32;
            sum += best * weight;
            total += weight;
        }
        if total > 0.0 { sum / total } else { 0.0 }
    }

    /// Sentences matched one to one, the best pair first, down to a cosine of 0.6; sorted by
    /// position.
    pub(crate) fn pairs(&self, a: &CorpusParagraph, b: &CorpusParagraph) -> Vec<Aligned> {
        let mut ranked: Vec<(usize, usize, f32)> = (0..self.rows)
            .flat_map(|row| self.row(row).enumerate().map(move |(column, c)| (row, column, c)))
            .filter(|(_, _, cosine)| *cosine >= SAYS_THE_SAME)
            .collect();
        ranked.sort_by(|x, y| y.2.total_cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))));
        let mut free_rows = vec![true; self.rows];
        let mut free_columns = vec![true; self.columns];
        let mut pairs = Vec::new();
        for (row, column, cosine) in ranked {
            let (Some(free_row), Some(free_column)) =
                (free_rows.get_mut(row), free_columns.get_mut(column))
            else {
                continue;
            };
            if *free_row
                && *free_column
                && let (Some(a), Some(b)) = (a.sentences.get(row), b.sentences.get(column))
            {
                *free_row = false;
                *free_column = false;
                pairs.push(Aligned {
                    a_sentence_idx: a.sentence_idx,
                    b_sentence_idx: b.sentence_idx,
                    score: cosine.clamp(0.0, 1.0),
                });
            }
        }
        pairs.sort_by_key(|pair| (pair.a_sentence_idx, pair.b_sentence_idx));
        pairs
    }

    fn row(&self, row: usize) -> impl Iterator<Item = f32> + '_ {
        self.cosines.iter().skip(row * self.columns).take(self.columns).copied()
    }

    fn column(&self, column: usize) -> impl Iterator<Item = f32> + '_ {
        self.cosines.iter().skip(column).step_by(self.columns).copied()
    }
}

fn unit(codes: &[i8]) -> Vec<f32> {
    let vector: Vec<f32> = codes.iter().map(|code| f32::from(*code)).collect();
    let norm = dot(&vector, &vector).sqrt();
    match norm > 0.0 {
        true => vector.iter().map(|x| x / norm).collect(),
        false => vector,
    }
}

/// The sum of products, in a fixed order.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
