//! The stage itself.

use std::ops::Range;

use postil_contract::{
    ArticleView, Embeddings, LayerSet, MapStage, Paragraph, Sentence, StageError, StageInfo,
};
use postil_models::Input;

use crate::embedder::TextEmbedder;

/// Texts given to the model in one call: bounds the memory of a long article.
const TEXTS_A_CALL: usize = 256;

pub(crate) struct Transformer {
    pub(crate) info: StageInfo,
    /// The model's name, for the layer.
    pub(crate) name: String,
    pub(crate) embedder: Box<dyn TextEmbedder>,
}

impl MapStage for Transformer {
    fn info(&self) -> &StageInfo {
        &self.info
    }

    fn annotate(&self, batch: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>> {
        // An article at a time: what fails stays with the article that made it fail.
        batch
            .iter()
            .map(|view| {
                let embeddings = self.embed(view)?;
                Ok(LayerSet { embeddings: Some(embeddings), ..LayerSet::default() })
            })
            .collect()
    }
}

/// A text to embed, and the rows its vector goes to.
struct Job<'a> {
    text: &'a str,
    /// Sentences of a paragraph, as bytes of `text`: where it may be cut. Empty for a sentence.
    cuts: Vec<Range<usize>>,
    paragraph: Option<usize>,
    sentence: Option<usize>,
}

impl Transformer {
    fn embed(&self, view: &ArticleView<'_>) -> Result<Embeddings, StageError> {
        let dim = self.embedder.dimensions();
        let paragraphs = view.paragraphs();
        let sentences = view.sentences();
        let mut out = Embeddings {
            dim,
            model: self.name.clone(),
            paragraphs: vec![0.0; paragraphs.len() * dim],
            sentences: vec![0.0; sentences.len() * dim],
        };
        let jobs: Vec<Job<'_>> = (0_u32..)
            .zip(paragraphs)
            .filter(|(_, paragraph)| paragraph.is_content())
            .flat_map(|(idx, paragraph)| jobs(view, idx, paragraph))
            .collect();
        for chunk in jobs.chunks(TEXTS_A_CALL) {
            let inputs: Vec<Input<'_>> =
                chunk.iter().map(|job| Input::new(job.text, &job.cuts)).collect();
            let vectors = self.embedder.embed(&inputs)?;
            for (job, vector) in chunk.iter().zip(vectors) {
                put(&mut out.paragraphs, dim, job.paragraph, &vector);
                put(&mut out.sentences, dim, job.sentence, &vector);
            }
        }
        Ok(out)
    }
}

/// The paragraph as a whole, and each of its sentences alone. A paragraph of one sentence that
/// fills it is read once for both.
fn jobs<'a>(view: &ArticleView<'a>, idx: u32, paragraph: &Paragraph) -> Vec<Job<'a>> {
    let text = view.slice(paragraph.span);
    if !text.chars().any(char::is_alphanumeric) {
        return Vec::new();
    }
    let own: Vec<(u32, &Sentence)> = view.sentences_of(idx).collect();
    let row = Some(idx as usize);
    if let [(sentence, only)] = own.as_slice()
        && only.span == paragraph.span
    {
        let sentence = Some(*sentence as usize);
        return vec![Job { text, cuts: Vec::new(), paragraph: row, sentence }];
    }
    let offset = paragraph.span.start;
    let cuts = own
        .iter()
        .map(|(_, s)| s.span.start.saturating_sub(offset)..s.span.end.saturating_sub(offset))
        .collect();
    let whole = Job { text, cuts, paragraph: row, sentence: None };
    let alone = own.iter().filter_map(|(sentence_idx, sentence)| {
        let text = view.slice(sentence.span);
        text.chars().any(char::is_alphanumeric).then(|| Job {
            text,
            cuts: Vec::new(),
            paragraph: None,
            sentence: Some(*sentence_idx as usize),
        })
    });
    std::iter::once(whole).chain(alone).collect()
}

fn put(rows: &mut [f32], dim: usize, row: Option<usize>, vector: &[f32]) {
    let Some(start) = row.and_then(|row| row.checked_mul(dim)) else { return };
    if let Some(target) = rows.get_mut(start..start.saturating_add(dim))
        && target.len() == vector.len()
    {
        target.copy_from_slice(vector);
    }
}
