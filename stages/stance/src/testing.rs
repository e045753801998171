//! Articles with their layers, made from plain text, for the tests.

use postil_contract::{Article, Entity, LayerSet, Paragraph, ParagraphKind, Sentence, Span};

/// An article whose paragraphs stand between blank lines, with a sentence ending at a mark before a
/// space and a capital, and each name marked wherever it stands. A name is `surface`,
/// `surface = canonical` or `surface : LABEL`.
pub(crate) fn article(text: &str, names: &[String]) -> (Article, LayerSet) {
    let mut article = Article::new("case", text);
    article.text = text.to_owned();
    let mut paragraphs = Vec::new();
    let mut sentences = Vec::new();
    let mut start = 0;
    for block in text.split_inclusive("\n\n") {
        let trimmed = block.trim();
        let from = start + block.find(trimmed).unwrap_or(0);
        start += block.len();
        if trimmed.is_empty() {
            continue;
        }
        let paragraph_idx = paragraphs.len() as u32;
        let n_words = trimmed.split_whitespace().count() as u32;
        paragraphs.push(Paragraph {
            span: Span::new(from, from + trimmed.len()),
            kind: ParagraphKind::Body,
            n_words,
            fingerprint: 0,
        });
        for range in sentence_ranges(trimmed) {
            sentences.push(Sentence { paragraph_idx, span: Span::from(range).shifted(from) });
        }
    }
    let mut entities = Vec::new();
    for name in names {
        let (surface, canonical, label) = match (name.split_once(" = "), name.split_once(" : ")) {
            (Some((surface, canonical)), _) => (surface, canonical, "LOC"),
            (None, Some((surface, label))) => (surface, surface, label),
            (None, None) => (name.as_str(), name.as_str(), "LOC"),
        };
        for (at, _) in text.match_indices(surface) {
            let span = Span::new(at, at + surface.len());
            let paragraph_idx =
                paragraphs.iter().position(|p| p.span.contains(span)).unwrap() as u32;
            entities.push(Entity {
                span,
                sentence_idx: None,
                paragraph_idx,
                label: label.to_owned(),
                score: 1.0,
                canonical: canonical.to_owned(),
                canonical_id: None,
                normalized: None,
                model: "case".to_owned(),
            });
        }
    }
    entities.sort_by_key(|entity| (entity.span.start, entity.span.end));
    let layers = LayerSet {
        paragraphs: Some(paragraphs),
        sentences: Some(sentences),
        entities: Some(entities),
        ..LayerSet::default()
    };
    (article, layers)
}

fn sentence_ranges(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    for window in chars.windows(4) {
        let [(_, before), (at, mark), (_, space), (_, next)] = window else { continue };
        let (end, ends) = match (mark, space, next) {
            ('.' | '!' | '?', ' ', next) => {
                (at + 1, !before.is_uppercase() && (next.is_uppercase() || *next == '“'))
            }
            ('”', ' ', next) => {
                (at + '”'.len_utf8(), matches!(before, '.' | '!' | '?') && next.is_uppercase())
            }
            _ => continue,
        };
        if ends {
            ranges.push(start..end);
            start = end + 1;
        }
    }
    ranges.push(start..text.len());
    ranges
}
