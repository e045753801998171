//! `entities.gazetteer`: finds the names of a list.

mod list;
mod matcher;

use std::path::{Path, PathBuf};

use postil_contract::{
    ArticleView, BuildContext, BuildError, Description, Entity, Layer, LayerSet, MapStage, Problem,
    Span, Stage, StageConfig, StageError, StageInfo,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::canonical::{self, Name};
use crate::kind::Kind;
use crate::words::one_line;
use list::NameList;
use matcher::Matcher;

/// Raised whenever the same article and options give other rows.
const VERSION: u32 = 1;

/// Options of `entities.gazetteer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GazetteerConfig {
    /// The list: a .tsv, .csv or .jsonl file with name, label and (if you have one) id, relative to
    /// the config file.
    pub path: PathBuf,
    /// Whether "us" differs from "US".
    pub case_sensitive: bool,
    /// Read boilerplate paragraphs too (captions, link lists, `Sources:`).
    pub boilerplate: bool,
}

impl Default for GazetteerConfig {
    fn default() -> Self {
        Self { path: PathBuf::from("names.tsv"), case_sensitive: true, boilerplate: false }
    }
}

impl GazetteerConfig {
    /// The list and the hash of its file.
    fn read(&self, context: &BuildContext) -> Result<(NameList, String), Vec<Problem>> {
        let path = context.path(&self.path);
        let bytes = std::fs::read(&path).map_err(|error| {
            let message = format!("can't read the list of names {}: {error}", path.display());
            vec![Problem::new("path", message).help(
                "name a .tsv, .csv or .jsonl file with name, label and id, relative to the config file",
            )]
        })?;
        let sha256 = hex(&Sha256::digest(&bytes));
        Ok((list::parse(&path, &bytes, self.case_sensitive)?, sha256))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl StageConfig for GazetteerConfig {
    fn describe() -> Description {
        Description {
            implementation: "entities.gazetteer",
            summary: "the names of a list of yours, with your labels and ids",
            needs: vec![Layer::Paragraphs, Layer::Sentences],
            provides: Layer::Entities,
        }
    }

    fn check(&self, context: &BuildContext) -> Vec<Problem> {
        self.read(context).err().unwrap_or_default()
    }

    fn build(self, context: &BuildContext) -> Result<Stage, BuildError> {
        let (list, sha256) = self.read(context).map_err(BuildError::Options)?;
        let description = Self::describe();
        let mut config =
            serde_json::to_value(&self).map_err(|error| BuildError::Other(error.to_string()))?;
        if let Some(options) = config.as_object_mut() {
            // Another list gives other rows, also under the same path; the same list under another
            // path does not.
            options.remove("path");
            options.insert("sha256".to_owned(), sha256.into());
        }
        let name = Path::new(&self.path).file_name().unwrap_or_default().to_string_lossy();
        Ok(Stage::map(Gazetteer {
            info: StageInfo {
                implementation: description.implementation.to_owned(),
                version: VERSION,
                needs: description.needs,
                provides: description.provides,
                model: None,
                config,
                languages: None,
            },
            model: format!("gazetteer:{name}"),
            boilerplate: self.boilerplate,
            matcher: Matcher::new(&list, self.case_sensitive).map_err(BuildError::Other)?,
            list,
        }))
    }
}

struct Gazetteer {
    info: StageInfo,
    model: String,
    boilerplate: bool,
    list: NameList,
    matcher: Matcher,
}

impl MapStage for Gazetteer {
    fn info(&self) -> &StageInfo {
        &self.info
    }

    fn annotate(&self, batch: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>> {
        batch
            .iter()
            .map(|view| {
                Ok(LayerSet { entities: Some(self.entities(*view)), ..LayerSet::default() })
            })
            .collect()
    }
}

impl Gazetteer {
    fn entities(&self, view: ArticleView<'_>) -> Vec<Entity> {
        let mut entities = Vec::new();
        let mut entries = Vec::new();
        for (paragraph_idx, paragraph) in (0_u32..).zip(view.paragraphs()) {
            if !self.boilerplate && !paragraph.is_content() {
                continue;
            }
            let mut sentences = view.sentences_of(paragraph_idx).peekable();
            for found in self.matcher.find(view.slice(paragraph.span)) {
                let Some(entry) = self.list.entries.get(found.entry) else { continue };
                let span = Span::from(found.span).shifted(paragraph.span.start);
                while sentences.next_if(|(_, sentence)| sentence.span.end <= span.start).is_some() {
                }
                let inside = sentences.peek().filter(|(_, sentence)| sentence.span.contains(span));
                entities.push(Entity {
                    span,
                    sentence_idx: inside.map(|(sentence_idx, _)| *sentence_idx),
                    paragraph_idx,
                    label: entry.label.clone(),
                    score: 1.0,
                    canonical: String::new(),
                    canonical_id: entry.id.clone(),
                    normalized: None,
                    model: self.model.clone(),
                });
                entries.push(found.entry);
            }
        }
        self.name(view, &mut entities);
        entities
    }

    /// Fills in the fullest name that the article uses: of one id the longest, without an id as for
    /// every entity.
    fn name(&self, view: ArticleView<'_>, entities: &mut [Entity]) {
        let mut by_id = std::collections::HashMap::<String, &str>::new();
        for entity in entities.iter() {
            if let Some(id) = &entity.canonical_id {
                let text = view.slice(entity.span);
                let longest = by_id.entry(id.clone()).or_insert(text);
                if text.chars().count() > longest.chars().count() {
                    *longest = text;
                }
            }
        }
        let names: Vec<Name<'_>> = entities
            .iter()
            .map(|entity| Name {
                text: view.slice(entity.span),
                span: entity.span,
                kind: Kind::of(&entity.label),
            })
            .collect();
        let canonical = canonical::canonical(view.text(), &names);
        for (entity, canonical) in entities.iter_mut().zip(canonical) {
            entity.canonical = match entity.canonical_id.as_ref().and_then(|id| by_id.get(id)) {
                Some(longest) => one_line(longest),
                None => canonical,
            };
        }
    }
}

#[cfg(test)]
mod tests;
