//! What is kept of an article between runs.

use half::f16;
use postil_contract::{ArticleView, ParagraphKind, ParagraphSignature, Signature};

use crate::bands::{self, Planes};
use crate::{shingles, words};

/// Raised when bands, codes or the rounding change: older signatures are not joined with new ones.
pub(crate) const VERSION: u32 = 2;

/// What a paragraph of this kind takes part in: boilerplate in nothing.
pub(crate) fn takes_part(kind: ParagraphKind) -> bool {
    kind != ParagraphKind::Boilerplate
}

/// Whether a paragraph of this kind can be a paraphrase: a title or heading announces what the text
/// says, a question asks for it; neither retells it.
pub(crate) fn asserts(kind: ParagraphKind) -> bool {
    takes_part(kind)
        && !matches!(kind, ParagraphKind::Title | ParagraphKind::Heading | ParagraphKind::Question)
}

/// The signature of an article: a row for each paragraph of at least `min_words` words.
pub(crate) fn of(view: &ArticleView<'_>, min_words: usize, planes: Option<&Planes>) -> Signature {
    let embeddings = planes.and_then(|planes| Some((planes, view.embeddings()?)));
    let mut rows = Vec::new();
    for (paragraph_idx, paragraph) in (0_u32..).zip(view.paragraphs()) {
        let text = view.slice(paragraph.span);
        if !takes_part(paragraph.kind) || words::count(text) < min_words {
            continue;
        }
        let hashes = words::hashes(text);
        let minhash = bands::minhash(&shingles::sequence(&hashes, shingles::WORDS));
        let prints = bands::prints(&shingles::sequence(&hashes, bands::PRINT_WORDS));
        // No spare room: the signatures of a unit are in memory together.
        let mut bands = Vec::with_capacity(1 + minhash.len() + prints.len());
        bands.push(bands::exact(paragraph.fingerprint));
        bands.extend(minhash);
        bands.extend(prints);
        let mut row = ParagraphSignature { paragraph_idx, bands, ..ParagraphSignature::default() };
        if asserts(paragraph.kind)
            && let Some((planes, embeddings)) = embeddings
            && let Some(vector) = embeddings.paragraph(paragraph_idx as usize)
        {
            row.embedding = vector.iter().map(|x| f16::from_f32(*x).to_f32()).collect();
            let planes = planes.bands(&row.embedding);
            row.bands.reserve_exact(planes.len());
            row.bands.extend(planes);
            for (sentence_idx, _) in view.sentences_of(paragraph_idx) {
                match embeddings.sentence(sentence_idx as usize) {
                    Some(vector) => row.sentence_codes.extend(vector.iter().map(|x| code(*x))),
                    None => row.sentence_codes.extend(std::iter::repeat_n(0, embeddings.dim)),
                }
            }
        }
        rows.push(row);
    }
    Signature {
        version: VERSION,
        model: embeddings.map(|(_, embeddings)| embeddings.model.clone()),
        paragraphs: rows,
    }
}

/// A number between -1 and 1 as one of 255 steps. The cast can't overflow: it saturates.
fn code(x: f32) -> i8 {
    (x * 127.0).round() as i8
}
