//! What the runner refuses: layers that break the contract.

use crate::article::Article;
use crate::custom::CustomLayer;
use crate::layers::{Layer, LayerSet, StanceLabel, Unit};
use crate::span::Span;

/// The first way in which the layers that a stage returned break the contract.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("the stage returned what the contract forbids: {0}")]
pub struct Violation(String);

fn violation<T>(message: impl Into<String>) -> Result<T, Violation> {
    Err(Violation(message.into()))
}

/// Checks what a stage returned: the declared layer only, spans inside the text and on character
/// boundaries, sorted, indices that exist, scores between 0 and 1.
///
/// `earlier` holds the layers that the stage read.
///
/// # Errors
/// The first [`Violation`].
pub fn check(
    article: &Article,
    provides: &Layer,
    earlier: &LayerSet,
    returned: &LayerSet,
) -> Result<(), Violation> {
    let names = returned.names();
    if names.as_slice() != std::slice::from_ref(provides) {
        let found: Vec<&str> = names.iter().map(Layer::as_str).collect();
        return violation(format!("expected the layer {provides}, found [{}]", found.join(", ")));
    }
    let text = article.text.as_str();
    if let Some(paragraphs) = &returned.paragraphs {
        ordered("paragraphs", text, paragraphs.iter().map(|p| p.span))?;
    }
    let paragraphs = returned.paragraphs.as_ref().or(earlier.paragraphs.as_ref());
    if let Some(sentences) = &returned.sentences {
        ordered("sentences", text, sentences.iter().map(|s| s.span))?;
        let mut last = 0;
        for (idx, sentence) in sentences.iter().enumerate() {
            let inside = paragraphs
                .and_then(|all| all.get(sentence.paragraph_idx as usize))
                .is_some_and(|paragraph| paragraph.span.contains(sentence.span));
            if !inside || sentence.paragraph_idx < last {
                return violation(format!("sentences[{idx}] does not lie inside its paragraph"));
            }
            last = sentence.paragraph_idx;
        }
    }
    let sentences = returned.sentences.as_ref().or(earlier.sentences.as_ref());
    if let Some(embeddings) = &returned.embeddings {
        let expected = |rows: Option<usize>| rows.unwrap_or(0) * embeddings.dim;
        if embeddings.dim == 0
            || embeddings.paragraphs.len() != expected(paragraphs.map(Vec::len))
            || embeddings.sentences.len() != expected(sentences.map(Vec::len))
        {
            return violation("embeddings do not have one vector a paragraph and a sentence");
        }
        let all = embeddings.paragraphs.iter().chain(&embeddings.sentences);
        if !all.into_iter().all(|value| value.is_finite()) {
            return violation("embeddings hold a number that is not finite");
        }
    }
    if let Some(entities) = &returned.entities {
        let mut last = Span::new(0, 0);
        for (idx, entity) in entities.iter().enumerate() {
            let name = || format!("entities[{idx}]");
            slice(&name, text, entity.span)?;
            if (entity.span.start, entity.span.end) < (last.start, last.end) {
                return violation(format!("{} begins before the one before it", name()));
            }
            last = entity.span;
            index(&name, "paragraph_idx", entity.paragraph_idx, paragraphs.map(Vec::len))?;
            if let Some(sentence_idx) = entity.sentence_idx {
                index(&name, "sentence_idx", sentence_idx, sentences.map(Vec::len))?;
            }
            score(&name, "score", Some(entity.score))?;
            if entity.label.is_empty() || entity.canonical.is_empty() {
                return violation(format!("{} has an empty label or canonical", name()));
            }
        }
    }
    if let Some(stances) = &returned.stances {
        for (idx, stance) in stances.iter().enumerate() {
            let name = || format!("stances[{idx}]");
            if stance.unit != Unit::Article || !text.is_empty() {
                span(&name, text, stance.span)?;
            }
            let rows = match stance.unit {
                Unit::Article => None,
                Unit::Paragraph => paragraphs.map(Vec::len),
                Unit::Sentence => sentences.map(Vec::len),
            };
            match (stance.unit, stance.unit_idx) {
                (Unit::Article, None) => {}
                (Unit::Article, Some(_)) => {
                    return violation(format!("{} of an article has a unit_idx", name()));
                }
                (_, None) => return violation(format!("{} has no unit_idx", name())),
                (_, Some(unit_idx)) => index(&name, "unit_idx", unit_idx, rows)?,
            }
            for (column, value) in [
                ("score", Some(stance.score)),
                ("p_favor", stance.p_favor),
                ("p_against", stance.p_against),
                ("p_neutral", stance.p_neutral),
                ("relevance", stance.relevance),
            ] {
                score(&name, column, value)?;
            }
            if stance.unit == Unit::Paragraph && stance.stance == StanceLabel::Unrelated {
                return violation(format!(
                    "{} is of a paragraph that does not speak of its target: leave it out",
                    name()
                ));
            }
        }
    }
    if let Some(signature) = &returned.signature {
        for (idx, row) in signature.paragraphs.iter().enumerate() {
            let name = || format!("signature.paragraphs[{idx}]");
            index(&name, "paragraph_idx", row.paragraph_idx, paragraphs.map(Vec::len))?;
        }
    }
    returned.custom.iter().try_for_each(|layer| custom(text, layer))
}

fn ordered(layer: &str, text: &str, spans: impl Iterator<Item = Span>) -> Result<(), Violation> {
    let mut last_end = 0;
    for (idx, span) in spans.enumerate() {
        let name = || format!("{layer}[{idx}]");
        slice(&name, text, span)?;
        if span.start < last_end {
            return violation(format!("{} begins before the end of the one before it", name()));
        }
        last_end = span.end;
    }
    Ok(())
}

fn span(name: &dyn Fn() -> String, text: &str, span: Span) -> Result<(), Violation> {
    if span.slice(text).is_some() {
        return Ok(());
    }
    violation(format!(
        "{} spans bytes {}..{}, which is not a slice of the text of {} bytes",
        name(),
        span.start,
        span.end,
        text.len()
    ))
}

/// Like [`span`], and not empty.
fn slice(name: &dyn Fn() -> String, text: &str, of: Span) -> Result<(), Violation> {
    if of.is_empty() {
        return violation(format!("{} has an empty span at byte {}", name(), of.start));
    }
    span(name, text, of)
}

fn index(
    name: &dyn Fn() -> String,
    column: &str,
    value: u32,
    rows: Option<usize>,
) -> Result<(), Violation> {
    let rows = rows.unwrap_or(0);
    if (value as usize) < rows {
        return Ok(());
    }
    violation(format!("{} has {column} {value}, but there are {rows}", name()))
}

fn score(name: &dyn Fn() -> String, column: &str, value: Option<f32>) -> Result<(), Violation> {
    match value {
        Some(value) if !(0.0..=1.0).contains(&value) => {
            violation(format!("{} has {column} {value}, expected 0 to 1", name()))
        }
        _ => Ok(()),
    }
}

fn custom(text: &str, layer: &CustomLayer) -> Result<(), Violation> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    const RESERVED: [&str; 12] = [
        "articles",
        "paragraphs",
        "sentences",
        "embeddings",
        "entities",
        "stances",
        "duplicates",
        "duplicate_clusters",
        "signatures",
        "coverage",
        "runs",
        "dead_letters",
    ];
    if !is_name(&layer.name) || RESERVED.contains(&layer.name.as_str()) {
        return violation(format!("`{}` can't be the name of a layer of your own", layer.name));
    }
    if let Some(column) = layer.columns.iter().find(|column| !is_name(&column.name)) {
        return violation(format!("`{}` can't be the name of a column", column.name));
    }
    for (idx, (at, values)) in layer.rows.iter().enumerate() {
        let name = || format!("{}[{idx}]", layer.name);
        if let Some(at) = at {
            span(&name, text, *at)?;
        }
        let fits = values.len() == layer.columns.len()
            && values.iter().zip(&layer.columns).all(|(value, column)| value.fits(column.kind));
        if !fits {
            return violation(format!("{} does not fit the layer's columns", name()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{Paragraph, ParagraphKind, Sentence};

    fn paragraph(start: usize, end: usize) -> Paragraph {
        Paragraph {
            span: Span::new(start, end),
            kind: ParagraphKind::Body,
            n_words: 1,
            fingerprint: 0,
        }
    }

    fn paragraphs(spans: &[(usize, usize)]) -> LayerSet {
        let all = spans.iter().map(|(start, end)| paragraph(*start, *end)).collect();
        LayerSet { paragraphs: Some(all), ..LayerSet::default() }
    }

    #[test]
    fn a_span_inside_a_character_is_refused() {
        let article = Article::new("a", "é!");
        let error =
            check(&article, &Layer::Paragraphs, &LayerSet::default(), &paragraphs(&[(1, 3)]));
        assert!(error.unwrap_err().to_string().contains("bytes 1..3"));
    }

    #[test]
    fn overlap_and_foreign_layers_are_refused() {
        let article = Article::new("a", "one two");
        let none = LayerSet::default();
        assert!(check(&article, &Layer::Paragraphs, &none, &paragraphs(&[(0, 3), (4, 7)])).is_ok());
        assert!(
            check(&article, &Layer::Paragraphs, &none, &paragraphs(&[(0, 4), (3, 7)])).is_err()
        );
        assert!(check(&article, &Layer::Entities, &none, &paragraphs(&[(0, 3)])).is_err());
    }

    #[test]
    fn a_sentence_outside_its_paragraph_is_refused() {
        let article = Article::new("a", "one two");
        let earlier = paragraphs(&[(0, 3), (4, 7)]);
        let sentence = Sentence { paragraph_idx: 0, span: Span::new(4, 7) };
        let returned = LayerSet { sentences: Some(vec![sentence]), ..LayerSet::default() };
        assert!(check(&article, &Layer::Sentences, &earlier, &returned).is_err());
    }
}
