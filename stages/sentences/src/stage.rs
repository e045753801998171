//! The stage `sentences.rules`.

use postil_contract::{
    ArticleView, BuildContext, BuildError, Description, Layer, LayerSet, MapStage, Problem,
    Sentence, Span, Stage, StageConfig, StageError, StageInfo,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Splitter;

/// Raised whenever the same article and options give other rows.
const VERSION: u32 = 2;

/// Options of `sentences.rules`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RulesConfig {
    /// More abbreviations after which no sentence ends, such as "Shri." or "Abp.": with or without their full stop, in
    /// any case.
    pub abbreviations: Vec<String>,
}

impl StageConfig for RulesConfig {
    fn describe() -> Description {
        Description {
            implementation: "sentences.rules",
            summary: "sentence ends by rules and a small model of what stands around a stop",
            needs: vec![Layer::Paragraphs],
            provides: Layer::Sentences,
        }
    }

    fn check(&self, _: &BuildContext) -> Vec<Problem> {
        let is_wrong = |word: &str| {
            word.trim_end_matches('.').is_empty() || word.contains(char::is_whitespace)
        };
        self.abbreviations
            .iter()
            .enumerate()
            .filter(|(_, word)| is_wrong(word))
            .map(|(index, word)| {
                Problem::new(
                    format!("abbreviations[{index}]"),
                    format!("expected one word such as \"Abp.\", found `{word}`"),
                )
                .help("write each abbreviation as an entry of its own")
            })
            .collect()
    }

    fn build(self, _: &BuildContext) -> Result<Stage, BuildError> {
        let description = Self::describe();
        let config =
            serde_json::to_value(&self).map_err(|error| BuildError::Other(error.to_string()))?;
        Ok(Stage::map(Rules {
            info: StageInfo {
                implementation: description.implementation.to_owned(),
                version: VERSION,
                needs: description.needs,
                provides: description.provides,
                model: None,
                config,
                languages: None,
            },
            splitter: Splitter::new(&self.abbreviations),
        }))
    }
}

struct Rules {
    info: StageInfo,
    splitter: Splitter,
}

impl MapStage for Rules {
    fn info(&self) -> &StageInfo {
        &self.info
    }

    fn annotate(&self, batch: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>> {
        batch.iter().map(|view| Ok(self.sentences(view))).collect()
    }
}

impl Rules {
    fn sentences(&self, view: &ArticleView<'_>) -> LayerSet {
        let mut sentences = Vec::new();
        for (paragraph_idx, paragraph) in (0_u32..).zip(view.paragraphs()) {
            for range in self.splitter.split(view.slice(paragraph.span)) {
                let span = Span::from(range).shifted(paragraph.span.start);
                sentences.push(Sentence { paragraph_idx, span });
            }
        }
        LayerSet { sentences: Some(sentences), ..LayerSet::default() }
    }
}
