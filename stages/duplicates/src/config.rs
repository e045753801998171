//! The options, and how they become a stage.

use postil_contract::{
    BuildContext, BuildError, Description, Layer, Problem, Stage, StageConfig, StageInfo,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stage::LexicalSemantic;

/// Raised whenever the same articles and options give other pairs.
const VERSION: u32 = 2;

/// Options of `duplicates.lexical-semantic`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LexicalSemanticConfig {
    /// Paragraphs of fewer words take no part ("Tags", "Read more", a name). At least 3.
    pub min_words: usize,
    /// Least share of common three-word shingles among all of two paragraphs (Jaccard) for `near`,
    /// 0 to 1. Below 0.5 candidates are missed.
    pub near: f32,
    /// Least share of the shorter paragraph's shingles that stand in the longer for `contained`,
    /// 0 to 1.
    pub contained: f32,
    /// Whether paraphrases are looked for. Without them the stage needs no embeddings.
    pub paraphrase: bool,
    /// Least probability of a paraphrase inside an article, 0 to 1. Paragraphs next to each other
    /// are asked for at least 0.95.
    pub paraphrase_within: f32,
    /// Least probability of a paraphrase between articles, 0 to 1.
    pub paraphrase_between: f32,
    /// A text that repeats, in the same words or nearly, through at least so many articles is marked
    /// as boilerplate. 0 for never.
    pub boilerplate_articles: usize,
}

impl Default for LexicalSemanticConfig {
    fn default() -> Self {
        Self {
            min_words: 8,
            near: 0.6,
            contained: 0.5,
            paraphrase: true,
            paraphrase_within: 0.5,
            paraphrase_between: 0.95,
            boilerplate_articles: 20,
        }
    }
}

impl StageConfig for LexicalSemanticConfig {
    fn describe() -> Description {
        Description {
            implementation: "duplicates.lexical-semantic",
            summary: "paragraphs with the same words, nearly, one inside the other, or retold",
            needs: vec![Layer::Paragraphs, Layer::Sentences, Layer::Embeddings],
            provides: Layer::Duplicates,
        }
    }

    fn needs(&self) -> Vec<Layer> {
        let mut needs = Self::describe().needs;
        needs.retain(|layer| self.paraphrase || *layer != Layer::Embeddings);
        needs
    }

    fn check(&self, _: &BuildContext) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.min_words < crate::shingles::WORDS {
            let message = format!("expected at least 3, found {}", self.min_words);
            problems.push(Problem::new("min_words", message));
        }
        for (name, value) in [
            ("near", self.near),
            ("contained", self.contained),
            ("paraphrase_within", self.paraphrase_within),
            ("paraphrase_between", self.paraphrase_between),
        ] {
            if !(0.0..=1.0).contains(&value) {
                let message = format!("expected a number from 0 to 1, found {value}");
                problems.push(Problem::new(name, message));
            }
        }
        problems
    }

    fn build(self, _: &BuildContext) -> Result<Stage, BuildError> {
        let description = Self::describe();
        let needs = self.needs();
        Ok(Stage::corpus(LexicalSemantic::new(
            StageInfo {
                implementation: description.implementation.to_owned(),
                version: VERSION,
                needs,
                provides: description.provides,
                model: None,
                config: serde_json::to_value(&self).unwrap_or_default(),
                languages: None,
            },
            self,
        )))
    }
}
