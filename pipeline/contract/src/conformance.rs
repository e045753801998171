//! The tests that every stage runs through, built in or not.
//!
//! ```
//! use postil_contract::{BuildContext, Registry, conformance::{self, EchoConfig}};
//!
//! let registry = Registry::new().with::<EchoConfig>();
//! let echo = registry.get("paragraphs.echo").unwrap();
//! let stage = echo.build(&Default::default(), &BuildContext::default()).unwrap();
//! conformance::check(&stage, conformance::LARGE).unwrap();
//! ```

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::article::{Article, Target, TargetKind};
use crate::layers::{Embeddings, Entity, Layer, LayerSet, Paragraph, ParagraphKind, Sentence};
use crate::registry::{BuildContext, BuildError, Description, StageConfig};
use crate::span::Span;
use crate::stage::{ArticleView, MapStage, Stage, StageError, StageInfo};
use crate::validate;

/// Bytes of the large paragraph: 1 MB. A stage with a slow model may be given less, and says so.
pub const LARGE: usize = 1_000_000;

/// The articles of the tests, with what each is there for.
#[must_use]
pub fn articles(large: usize) -> Vec<(&'static str, Article)> {
    let news = "President Donald Trump met Kassym-Jomart Tokayev in Washington on November 7, 2025. \
        \"We welcome the accord,\" the U.S. president said.\n\n\
        Critics in Kazakhstan said the accord should be rejected. It was signed in 2020.";
    let sentence = "The minister of Norway told Reuters in Oslo that the plan would be dropped. ";
    let large_text = sentence.repeat(large / sentence.len() + 1);
    let texts: Vec<(&'static str, String)> = vec![
        ("empty text", String::new()),
        ("white space only", " \n\t\u{a0}\n\r\n".to_owned()),
        ("one character", "a".to_owned()),
        ("one emoji", "👩‍👩‍👧‍👦".to_owned()),
        ("news", news.to_owned()),
        ("emoji between names", "🎉 Ana Müller 🇨🇭 flew to Zürich 🛫. 東京 is far. 🙂🙂".to_owned()),
        (
            "combining marks",
            "E\u{301}lodie a\u{300} Que\u{301}bec, Z\u{34f}\u{335}a\u{321}lgo.".to_owned(),
        ),
        ("CRLF", news.replace('\n', "\r\n")),
        ("right to left", "وصل الرئيس إلى القاهرة. שלום לירושלים.".to_owned()),
        ("CJK without spaces", "习近平主席在北京会见了马克龙总统。他们讨论了乌克兰。".to_owned()),
        (
            "control characters",
            "a\u{0}b\u{7f}\u{1b}[31m c\u{feff}d\u{2028}e\u{202e}f\u{ad}g \u{fffd}".to_owned(),
        ),
        ("punctuation only", "... !!! ??? — “” ’ () [1, 5].".to_owned()),
        ("a word without end", "x".repeat(20_000)),
        ("the news again", news.to_owned()),
        ("a large paragraph", large_text),
    ];
    texts
        .into_iter()
        .enumerate()
        .map(|(number, (name, text))| {
            let mut article = Article::new(format!("conformance/{number:02}"), text);
            article.targets = vec![Target {
                id: "accord".to_owned(),
                statement: "The accord should be signed".to_owned(),
                aliases: vec!["accord".to_owned()],
                kind: TargetKind::Input,
            }];
            (name, article)
        })
        .collect()
}

/// Plain layers for a stage under test to read: a line is a paragraph, a full stop ends a sentence,
/// capitalised words are entities, vectors come from the words' bytes.
#[must_use]
pub fn plain_layers(article: &Article, needs: &[Layer]) -> LayerSet {
    const DIM: usize = 8;
    let text = article.text.as_str();
    let mut paragraphs = Vec::new();
    let mut sentences = Vec::new();
    let mut entities = Vec::new();
    let base = text.as_ptr() as usize;
    let span_of = |part: &str| {
        let start = part.as_ptr() as usize - base;
        Span::new(start, start + part.len())
    };
    for line in text.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
        let paragraph_idx = u32::try_from(paragraphs.len()).unwrap_or(u32::MAX);
        paragraphs.push(Paragraph {
            span: span_of(line),
            kind: ParagraphKind::Body,
            n_words: u32::try_from(line.split_whitespace().count()).unwrap_or(u32::MAX),
            fingerprint: line
                .bytes()
                .fold(7, |hash: i64, byte| hash.wrapping_mul(31).wrapping_add(i64::from(byte))),
        });
        for sentence in line.split_inclusive(". ").map(str::trim).filter(|s| !s.is_empty()) {
            let sentence_idx = u32::try_from(sentences.len()).ok();
            sentences.push(Sentence { paragraph_idx, span: span_of(sentence) });
            let words = sentence.split(|c: char| !c.is_alphanumeric());
            for word in words.filter(|word| word.starts_with(char::is_uppercase)) {
                entities.push(Entity {
                    span: span_of(word),
                    sentence_idx,
                    paragraph_idx,
                    label: "MISC".to_owned(),
                    score: 0.5,
                    canonical: word.to_owned(),
                    canonical_id: None,
                    normalized: None,
                    model: "plain".to_owned(),
                });
            }
        }
    }
    let vectors = |spans: Vec<Span>| -> Vec<f32> {
        spans
            .into_iter()
            .flat_map(|span| {
                let mut vector = [1.0_f32; DIM];
                for byte in span.slice(text).unwrap_or_default().bytes() {
                    if let Some(value) = vector.get_mut(usize::from(byte) % DIM) {
                        *value += 1.0;
                    }
                }
                let norm = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
                vector.map(|value| value / norm)
            })
            .collect()
    };
    let embeddings = Embeddings {
        dim: DIM,
        model: "plain".to_owned(),
        paragraphs: vectors(paragraphs.iter().map(|p| p.span).collect()),
        sentences: vectors(sentences.iter().map(|s| s.span).collect()),
    };
    let wants = |layer: &Layer| needs.contains(layer);
    LayerSet {
        paragraphs: wants(&Layer::Paragraphs).then_some(paragraphs),
        sentences: wants(&Layer::Sentences).then_some(sentences),
        embeddings: wants(&Layer::Embeddings).then_some(embeddings),
        entities: wants(&Layer::Entities).then_some(entities),
        ..LayerSet::default()
    }
}

/// Runs a stage through every conformance test.
///
/// Each article must be annotated (or refused with [`StageError::TooLong`]) into layers that
/// [`validate::check`] takes; all articles in one batch, each alone, and a second run must give equal
/// rows. The article of `large` bytes runs once, alone.
///
/// # Errors
/// Every test that failed, a line each.
pub fn check(stage: &Stage, large: usize) -> Result<(), String> {
    let info = stage.info();
    let all = articles(large);
    let layers: Vec<LayerSet> =
        all.iter().map(|(_, article)| plain_layers(article, &info.needs)).collect();
    let views: Vec<ArticleView<'_>> = all
        .iter()
        .zip(&layers)
        .map(|((_, article), layers)| ArticleView { article, layers })
        .collect();
    let mut failures = Vec::new();
    let Some((large_view, small_views)) = views.split_last() else {
        return Ok(());
    };

    let together = annotate(stage, small_views);
    let again = annotate(stage, small_views);
    let halves: Vec<_> = small_views
        .chunks(small_views.len() / 2 + 1)
        .flat_map(|half| annotate(stage, half))
        .collect();
    let alone: Vec<_> =
        small_views.iter().flat_map(|view| annotate(stage, std::slice::from_ref(view))).collect();
    if together.len() != small_views.len() {
        failures.push(format!(
            "a batch of {} articles gave {} results",
            small_views.len(),
            together.len()
        ));
    }
    for (way, results) in [("a second run", &again), ("two batches", &halves), ("alone", &alone)] {
        for (((name, _), one), other) in all.iter().zip(&together).zip(results) {
            if one != other {
                failures.push(format!("{name}: other rows in {way} than in one batch"));
            }
        }
    }
    let large_results = annotate(stage, std::slice::from_ref(large_view));
    for ((name, article), (view, result)) in
        all.iter().zip(views.iter().zip(together.iter().chain(&large_results)))
    {
        match result {
            Ok(returned) => {
                if let Err(error) = validate::check(article, &info.provides, view.layers, returned)
                {
                    failures.push(format!("{name}: {error}"));
                }
            }
            Err(StageError::TooLong { .. }) => {}
            Err(error) => failures.push(format!("{name}: {error}")),
        }
    }
    match failures.is_empty() {
        true => Ok(()),
        false => Err(format!("{}:\n{}", info.implementation, failures.join("\n"))),
    }
}

fn annotate(stage: &Stage, views: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>> {
    match stage {
        Stage::Map(stage) => stage.annotate(views),
        Stage::Corpus(stage) => views
            .iter()
            .map(|view| {
                let signature = stage.signature(view)?;
                Ok(LayerSet { signature: Some(signature), ..LayerSet::default() })
            })
            .collect(),
    }
}

/// The smallest real stage, for tests and as a first example: every line is a paragraph.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EchoConfig {
    /// Lines beyond this many are left out.
    pub max_paragraphs: usize,
}

impl Default for EchoConfig {
    fn default() -> Self {
        Self { max_paragraphs: 1000 }
    }
}

impl StageConfig for EchoConfig {
    fn describe() -> Description {
        Description {
            implementation: "paragraphs.echo",
            summary: "every line is a paragraph",
            needs: Vec::new(),
            provides: Layer::Paragraphs,
        }
    }

    fn build(self, _: &BuildContext) -> Result<Stage, BuildError> {
        let description = Self::describe();
        Ok(Stage::map(Echo {
            info: StageInfo {
                implementation: description.implementation.to_owned(),
                version: 1,
                needs: description.needs,
                provides: description.provides,
                model: None,
                config: serde_json::to_value(&self).unwrap_or_default(),
                languages: None,
            },
            max_paragraphs: self.max_paragraphs,
        }))
    }
}

struct Echo {
    info: StageInfo,
    max_paragraphs: usize,
}

impl MapStage for Echo {
    fn info(&self) -> &StageInfo {
        &self.info
    }

    fn annotate(&self, batch: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>> {
        batch
            .iter()
            .map(|view| {
                let mut layers = plain_layers(view.article, &[Layer::Paragraphs]);
                if let Some(paragraphs) = &mut layers.paragraphs {
                    paragraphs.truncate(self.max_paragraphs);
                }
                Ok(layers)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stage whose rows depend on the batch, as the contract forbids.
    struct CountsItsBatch(StageInfo);

    impl MapStage for CountsItsBatch {
        fn info(&self) -> &StageInfo {
            &self.0
        }

        fn annotate(&self, batch: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>> {
            batch
                .iter()
                .map(|view| {
                    let mut layers = plain_layers(view.article, &[Layer::Paragraphs]);
                    for paragraph in layers.paragraphs.iter_mut().flatten() {
                        paragraph.n_words = u32::try_from(batch.len()).unwrap_or(0);
                    }
                    Ok(layers)
                })
                .collect()
        }
    }

    #[test]
    fn the_echo_stage_conforms() {
        let stage = EchoConfig::default().build(&BuildContext::default()).unwrap();
        check(&stage, LARGE).unwrap();
    }

    #[test]
    fn a_stage_that_depends_on_its_batch_does_not_conform() {
        let echo = EchoConfig::default().build(&BuildContext::default()).unwrap();
        let stage = Stage::map(CountsItsBatch(echo.info().clone()));
        let failures = check(&stage, 1000).unwrap_err();
        assert!(failures.contains("news: other rows in alone"), "{failures}");
    }
}
