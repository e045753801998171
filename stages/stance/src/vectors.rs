//! The gate's vectors: those of the embeddings layer where they are of the gate's own model, else
//! made here.

use std::borrow::Cow;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;

use postil_contract::{ArticleView, BuildContext, BuildError, Embeddings, StageError};
use postil_models::{Embedder, Input, ModelFolder};

use crate::document::inside;
use crate::judge::Vectors;

/// An embeddings model that is loaded when it is first needed.
pub(crate) struct GateModel {
    folder: ModelFolder,
    loaded: OnceLock<Result<Embedder, String>>,
}

impl GateModel {
    /// Finds and checks the model's folder.
    ///
    /// # Errors
    /// Where there is none, or it is damaged.
    pub(crate) fn open(name: &str, context: &BuildContext) -> Result<Self, BuildError> {
        let path = context.model(name)?;
        let folder = open(name, path)?;
        Ok(Self { folder, loaded: OnceLock::new() })
    }

    /// SHA-256 of its weights.
    pub(crate) fn sha256(&self) -> &str {
        &self.folder.weights_sha256
    }

    /// The vectors of some statements, from a model that is given back to the system at once: with
    /// targets from the config and an embeddings layer of the same model, nothing else needs it.
    ///
    /// # Errors
    /// Where the model can't be loaded or fails.
    pub(crate) fn embed_once(&self, statements: &[&str]) -> Result<Vec<Vec<f32>>, BuildError> {
        let failed = |reason: String| BuildError::Model {
            name: self.folder.manifest.name.clone(),
            path: self.folder.path.clone(),
            reason,
        };
        let embedder = Embedder::load(&self.folder).map_err(|error| failed(error.to_string()))?;
        embedder.embed(statements).map_err(|error| failed(error.to_string()))
    }

    fn embedder(&self) -> Result<&Embedder, StageError> {
        let loaded = self
            .loaded
            .get_or_init(|| Embedder::load(&self.folder).map_err(|error| error.to_string()));
        loaded.as_ref().map_err(StageError::failed)
    }

    /// Embeds the content paragraphs and their sentences.
    fn make(&self, view: &ArticleView<'_>) -> Result<Embeddings, StageError> {
        let embedder = self.embedder()?;
        let dim = embedder.dimensions();
        let mut made = Embeddings {
            dim,
            model: self.folder.manifest.name.clone(),
            paragraphs: vec![0.0; dim * view.paragraphs().len()],
            sentences: vec![0.0; dim * view.sentences().len()],
        };
        for (idx, paragraph) in (0_u32..).zip(view.paragraphs()) {
            if !paragraph.is_content() {
                continue;
            }
            let sentences: Vec<(u32, Range<usize>)> = view
                .sentences_of(idx)
                .map(|(at, sentence)| (at, inside(sentence.span, paragraph.span.start)))
                .collect();
            let units: Vec<Range<usize>> =
                sentences.iter().map(|(_, range)| range.clone()).collect();
            let input = Input::new(view.slice(paragraph.span), &units);
            let vectors = embedder.embed_units(&[input]).map_err(StageError::failed)?;
            let Some(vectors) = vectors.into_iter().next() else { continue };
            put(&mut made.paragraphs, dim, idx, &vectors.text);
            for ((at, _), vector) in sentences.iter().zip(&vectors.units) {
                if let Some(vector) = vector {
                    put(&mut made.sentences, dim, *at, vector);
                }
            }
        }
        Ok(made)
    }
}

fn put(all: &mut [f32], dim: usize, idx: u32, vector: &[f32]) {
    let start = dim * idx as usize;
    if let Some(row) = all.get_mut(start..start + dim)
        && row.len() == vector.len()
    {
        row.copy_from_slice(vector);
    }
}

impl Vectors for GateModel {
    fn target(&self, statement: &str) -> Result<Option<Vec<f32>>, StageError> {
        let vectors = self.embedder()?.embed(&[statement]).map_err(StageError::failed)?;
        Ok(vectors.into_iter().next())
    }

    fn article<'a>(
        &self,
        view: &ArticleView<'a>,
    ) -> Result<Option<Cow<'a, Embeddings>>, StageError> {
        match view.embeddings().filter(|layer| layer.model == self.folder.manifest.name) {
            Some(layer) => Ok(Some(Cow::Borrowed(layer))),
            None => self.make(view).map(|made| Some(Cow::Owned(made))),
        }
    }
}

/// Opens a model's folder.
///
/// # Errors
/// [`BuildError::Model`] with everything that is wrong with it.
pub(crate) fn open(name: &str, path: PathBuf) -> Result<ModelFolder, BuildError> {
    ModelFolder::open(&path).map_err(|error| BuildError::Model {
        name: name.to_owned(),
        path,
        reason: error.to_string(),
    })
}
