//! `postil.toml`: the targets, and the stages of the pipeline.
//!
//! ```toml
//! [[targets]]
//! id = "accords"
//! statement = "Muslim-majority states should join the Abraham Accords"
//! aliases = ["Abraham Accords"]
//!
//! [[stages]]                  # without any, the default pipeline runs
//! uses = "paragraphs.lines"   # every other key is an option of that implementation
//! ```

mod check;
mod parse;
mod schema;

use std::path::{Path, PathBuf};

use postil_contract::{
    BuildContext, Description, Layer, ModelLocator, Problem, Registry, Stage, Target,
};

use crate::error::Error;
use crate::pipeline::Pipeline;

pub use schema::schema;

/// The config of a run.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What stances are asked towards.
    pub targets: Vec<Target>,
    /// The stages, in order.
    pub stages: Vec<StageEntry>,
    /// The file it was read from, if any.
    pub path: Option<PathBuf>,
    /// Whether the file names stages at all.
    names_stages: bool,
    /// What is wrong with the file, apart from the stages.
    problems: Vec<Problem>,
}

/// One `[[stages]]` of a config.
#[derive(Debug, Clone, PartialEq)]
pub struct StageEntry {
    /// Name of the implementation: `stance.linear`.
    pub uses: String,
    /// Every other key.
    pub options: toml::Table,
}

impl StageEntry {
    /// A stage with all options at their defaults.
    pub fn new(uses: impl Into<String>) -> Self {
        Self { uses: uses.into(), options: toml::Table::new() }
    }
}

impl Config {
    /// Reads a config file.
    ///
    /// # Errors
    /// Where the file can't be read or is not TOML. Everything else that is wrong with it comes from
    /// [`Config::check`], all at once.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
        Self::parse(&text, Some(path))
    }

    /// Reads the text of a config; `path` is for messages and relative paths.
    ///
    /// # Errors
    /// Where it is not TOML.
    pub fn parse(text: &str, path: Option<&Path>) -> Result<Self, Error> {
        parse::parse(text, path)
    }

    /// A config without targets: these implementations, with their default options.
    #[must_use]
    pub fn default_pipeline(names: &[&str]) -> Self {
        let mut config = Self::default();
        config.stages_or(names);
        config
    }

    /// Takes these implementations where the file has no `[[stages]]`.
    pub fn stages_or(&mut self, names: &[&str]) {
        if !self.names_stages {
            self.stages = names.iter().copied().map(StageEntry::new).collect();
            self.names_stages = true;
        }
    }

    /// Puts this implementation in the place of the stage that provides the same layer; at the end,
    /// where none does. Options of the stage replaced are dropped.
    ///
    /// # Errors
    /// Where there is no such implementation.
    pub fn replace(&mut self, uses: &str, registry: &Registry) -> Result<(), Problem> {
        let Some(factory) = registry.get(uses) else {
            return Err(Problem::unknown("", "stage", uses, registry.names()));
        };
        let provides = factory.describe().provides;
        let place = self.stages.iter_mut().find(|entry| {
            registry.get(&entry.uses).is_some_and(|other| other.describe().provides == provides)
        });
        match place {
            Some(entry) if entry.uses == uses => {}
            Some(entry) => *entry = StageEntry::new(uses),
            None => self.stages.push(StageEntry::new(uses)),
        }
        Ok(())
    }

    /// Keeps the named stages (by layer or by implementation) and those whose layers they need.
    ///
    /// # Errors
    /// Every name that is none of a stage of this config.
    pub fn only(&mut self, names: &[&str], registry: &Registry) -> Result<(), Vec<Problem>> {
        let descriptions: Vec<Option<Description>> = self
            .stages
            .iter()
            .map(|entry| registry.get(&entry.uses).map(|f| f.describe_with(&entry.options)))
            .collect();
        let layer_of =
            |at: usize| descriptions.get(at).and_then(Option::as_ref).map(|d| d.provides.as_str());
        let mut keep = vec![false; self.stages.len()];
        let mut problems = Vec::new();
        for name in names {
            let mut found = false;
            for (at, entry) in self.stages.iter().enumerate() {
                if entry.uses == *name || layer_of(at) == Some(name) {
                    found = true;
                    if let Some(keep) = keep.get_mut(at) {
                        *keep = true;
                    }
                }
            }
            if !found {
                let valid = (0..self.stages.len())
                    .filter_map(layer_of)
                    .chain(self.stages.iter().map(|entry| entry.uses.as_str()));
                problems.push(Problem::unknown("", "stage", name, valid));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        // A stage needs layers of earlier ones only, so one pass from the end finds them all.
        let mut needed: Vec<Layer> = Vec::new();
        for (keep, description) in keep.iter_mut().zip(&descriptions).rev() {
            let Some(description) = description else { continue };
            *keep |= needed.contains(&description.provides);
            if *keep {
                needed.extend(description.needs.iter().cloned());
            }
        }
        let mut keep = keep.into_iter();
        self.stages.retain(|_| keep.next().unwrap_or(true));
        Ok(())
    }

    /// What stages may use while they are built from this config: its targets and its folder.
    #[must_use]
    pub fn context(&self, models: ModelLocator) -> BuildContext {
        let folder = self.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let base_dir = match folder.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => folder.to_owned(),
        };
        BuildContext { models, targets: self.targets.clone(), base_dir }
    }

    /// Everything that is wrong with the config, each with the path of its key and a cure.
    #[must_use]
    pub fn check(&self, registry: &Registry, context: &BuildContext) -> Vec<Problem> {
        check::check(self, registry, context)
    }

    /// Checks the config and builds its stages.
    ///
    /// # Errors
    /// All problems, or why a stage could not be built.
    pub fn build(&self, registry: &Registry, context: &BuildContext) -> Result<Pipeline, Error> {
        let failed = |problems| Error::Config { path: self.path.clone(), problems };
        let problems = self.check(registry, context);
        if !problems.is_empty() {
            return Err(failed(problems));
        }
        let mut stages: Vec<Stage> = Vec::with_capacity(self.stages.len());
        for entry in &self.stages {
            // `check` has found every name.
            let Some(factory) = registry.get(&entry.uses) else { continue };
            let stage = factory
                .build(&entry.options, context)
                .map_err(|source| Error::Build { stage: entry.uses.clone(), source })?;
            stages.push(stage);
        }
        Pipeline::new(stages).map_err(failed)
    }
}

#[cfg(test)]
mod tests;
