//! An article as the gate and the holder rules read it: content units with their words.

use std::ops::Range;

use postil_contract::{ArticleView, ParagraphKind, Span, Unit};

use crate::names::{Mention, NameSource};
use crate::options::JudgedUnit;
use crate::words::{Word, words};

/// A unit with its index and span, and the sentences in it, each with its index.
type Part<'a> = (Unit, u32, Span, &'a [(u32, Span)]);

/// A unit of the article that is judged: a paragraph that is not boilerplate, or a sentence of one.
#[derive(Debug)]
pub(crate) struct Passage<'a> {
    /// Paragraph or sentence.
    pub(crate) unit: Unit,
    /// Index into the layer of the unit.
    pub(crate) unit_idx: u32,
    /// Into the article's text.
    pub(crate) span: Span,
    /// What its paragraph is.
    pub(crate) kind: ParagraphKind,
    /// Its text.
    pub(crate) text: &'a str,
    /// Its words; spans are bytes into `text`.
    pub(crate) words: Vec<Word>,
    /// Its sentences: index into the sentences layer, and bytes into `text`.
    pub(crate) sentences: Vec<(u32, Range<usize>)>,
    /// Names in it, by position; spans are bytes into `text`.
    pub(crate) mentions: Vec<Mention>,
    /// The nearest heading before it: a position in [`Document::passages`].
    pub(crate) heading: Option<usize>,
}

impl Passage<'_> {
    /// The words inside a range of bytes of the text.
    pub(crate) fn words_in(&self, range: &Range<usize>) -> &[Word] {
        let first = self.words.partition_point(|word| word.span.start < range.start);
        let last = self.words.partition_point(|word| word.span.start < range.end);
        self.words.get(first..last).unwrap_or_default()
    }

    /// Whether it stands over other text: a title or a heading.
    pub(crate) fn is_heading(&self) -> bool {
        matches!(self.kind, ParagraphKind::Title | ParagraphKind::Heading)
    }
}

/// An article, prepared once for all its targets.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    /// The content units, in order.
    pub(crate) passages: Vec<Passage<'a>>,
    /// The title that the input gave beside the text, in words.
    pub(crate) title: Vec<Word>,
}

impl<'a> Document<'a> {
    /// Reads the layers; names come from `source`.
    pub(crate) fn new(view: &ArticleView<'a>, source: NameSource, unit: JudgedUnit) -> Self {
        let mut passages: Vec<Passage<'a>> = Vec::new();
        let mut heading = None;
        for (idx, paragraph) in (0_u32..).zip(view.paragraphs()) {
            if !paragraph.is_content() {
                continue;
            }
            let sentences: Vec<(u32, Span)> =
                view.sentences_of(idx).map(|(idx, sentence)| (idx, sentence.span)).collect();
            let parts: Vec<Part<'_>> = match unit {
                JudgedUnit::Paragraph => vec![(Unit::Paragraph, idx, paragraph.span, &sentences)],
                JudgedUnit::Sentence => sentences
                    .iter()
                    .map(|one| (Unit::Sentence, one.0, one.1, std::slice::from_ref(one)))
                    .collect(),
            };
            let above = heading;
            for (unit, unit_idx, span, sentences) in parts {
                let text = view.slice(span);
                let sentences =
                    sentences.iter().map(|(idx, at)| (*idx, inside(*at, span.start))).collect();
                let passage = Passage {
                    unit,
                    unit_idx,
                    span,
                    kind: paragraph.kind,
                    text,
                    words: words(text),
                    sentences,
                    mentions: Vec::new(),
                    heading: above,
                };
                if passage.is_heading() {
                    heading = Some(passages.len());
                }
                passages.push(passage);
            }
        }
        source.fill(view, &mut passages);
        let title = view.article.title.as_deref().map(words).unwrap_or_default();
        Self { passages, title }
    }
}

/// A span of the article as bytes into a unit that begins at `start`.
pub(crate) fn inside(span: Span, start: usize) -> Range<usize> {
    span.start.saturating_sub(start)..span.end.saturating_sub(start)
}
