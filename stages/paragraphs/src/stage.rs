//! The stage `paragraphs.lines`.

use postil_contract::{
    ArticleView, BuildContext, BuildError, Description, Layer, LayerSet, MapStage, Stage,
    StageConfig, StageError, StageInfo,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Wrap, describe, split};

/// Raised whenever the same article and options give other rows.
const VERSION: u32 = 1;

/// Options of `paragraphs.lines`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LinesConfig {
    /// What line ends mean: "auto" (found out for each article), "always" (lines are wrapped, only blank lines and
    /// list markers part paragraphs) or "never" (a line is a paragraph).
    pub wrap: Wrap,
}

impl StageConfig for LinesConfig {
    fn describe() -> Description {
        Description {
            implementation: "paragraphs.lines",
            summary: "paragraphs by blank lines, line ends and list markers, with their kinds",
            needs: Vec::new(),
            provides: Layer::Paragraphs,
        }
    }

    fn build(self, _: &BuildContext) -> Result<Stage, BuildError> {
        let description = Self::describe();
        let config =
            serde_json::to_value(&self).map_err(|error| BuildError::Other(error.to_string()))?;
        Ok(Stage::map(Lines {
            info: StageInfo {
                implementation: description.implementation.to_owned(),
                version: VERSION,
                needs: description.needs,
                provides: description.provides,
                model: None,
                config,
                languages: None,
            },
            wrap: self.wrap,
        }))
    }
}

struct Lines {
    info: StageInfo,
    wrap: Wrap,
}

impl MapStage for Lines {
    fn info(&self) -> &StageInfo {
        &self.info
    }

    fn annotate(&self, batch: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>> {
        let annotate = |view: &ArticleView<'_>| {
            let paragraphs = describe(view.text(), split(view.text(), self.wrap));
            Ok(LayerSet { paragraphs: Some(paragraphs), ..LayerSet::default() })
        };
        batch.iter().map(annotate).collect()
    }
}
