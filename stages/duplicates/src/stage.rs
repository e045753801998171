//! The stage itself.

use std::sync::OnceLock;

use postil_contract::{
    ArticleView, ClusterRow, CorpusStage, CorpusStore, DuplicatePair, JoinCounts, Signature,
    StageError, StageInfo,
};

use crate::bands::Planes;
use crate::config::LexicalSemanticConfig;
use crate::{clusters, join, signature};

pub(crate) struct LexicalSemantic {
    info: StageInfo,
    config: LexicalSemanticConfig,
    /// For the length of the first vector seen: one model makes them all.
    planes: OnceLock<Planes>,
}

impl LexicalSemantic {
    pub(crate) fn new(info: StageInfo, config: LexicalSemanticConfig) -> Self {
        Self { info, config, planes: OnceLock::new() }
    }
}

impl CorpusStage for LexicalSemantic {
    fn info(&self) -> &StageInfo {
        &self.info
    }

    fn signature(&self, view: &ArticleView<'_>) -> Result<Signature, StageError> {
        let dim = view.embeddings().filter(|_| self.config.paraphrase).map(|e| e.dim);
        let made;
        let planes = match dim {
            None => None,
            Some(dim) => {
                let shared = self.planes.get_or_init(|| Planes::new(dim));
                if shared.dim() == dim {
                    Some(shared)
                } else {
                    made = Planes::new(dim);
                    Some(&made)
                }
            }
        };
        Ok(signature::of(view, self.config.min_words, planes))
    }

    fn join(
        &self,
        corpus: &dyn CorpusStore,
        found: &(dyn Fn(DuplicatePair) + Sync),
    ) -> Result<JoinCounts, StageError> {
        join::join(corpus, &self.config, found)
    }

    fn clusters(&self, pairs: &[DuplicatePair]) -> Vec<ClusterRow> {
        clusters::of(pairs, self.config.boilerplate_articles)
    }
}
