//! How a name in a config becomes a stage.
//!
//! The config struct is the plug-in: a type that implements [`StageConfig`] says its name, its
//! options (with defaults and documentation) and how to build the stage. A [`Registry`] holds them
//! by name; nothing registers itself.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::article::Target;
use crate::layers::Layer;
use crate::problem::Problem;
use crate::stage::Stage;

/// What a stage implementation is, before it is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// `<family>.<name>`, as in `uses`.
    pub implementation: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// Layers it needs.
    pub needs: Vec<Layer>,
    /// The layer it writes.
    pub provides: Layer,
}

/// The options of a stage implementation, and how to build it from them.
///
/// Derive `Deserialize` with `#[serde(default, deny_unknown_fields)]`: every option has a default,
/// and the doc comment of each field is what `postil stages NAME` prints.
pub trait StageConfig:
    DeserializeOwned + Serialize + JsonSchema + Default + Send + 'static
{
    /// What the implementation is.
    fn describe() -> Description;

    /// Layers that the stage needs with these options; those of [`StageConfig::describe`] where the
    /// options make no difference.
    fn needs(&self) -> Vec<Layer> {
        Self::describe().needs
    }

    /// Problems that the types can't tell: numbers out of range, a model or a file that is not there.
    fn check(&self, context: &BuildContext) -> Vec<Problem> {
        let _ = context;
        Vec::new()
    }

    /// Builds the stage: loads its model, compiles its lists.
    ///
    /// # Errors
    /// Where a file is missing, damaged or of the wrong kind.
    fn build(self, context: &BuildContext) -> Result<Stage, BuildError>;
}

/// Why a stage could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The options are wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Options(Vec<Problem>),
    /// No folder of that name stands in any of the places where models are looked for.
    #[error("model `{name}` not found; looked for a folder of that name with a model.toml or a config.json in: {}", .searched.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "))]
    ModelNotFound {
        /// The name or path asked for.
        name: String,
        /// The folders looked in.
        searched: Vec<PathBuf>,
    },
    /// A model could not be loaded.
    #[error("model `{name}` in {path}: {reason}")]
    Model {
        /// The model's name.
        name: String,
        /// Its folder.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// Where models are looked for.
#[derive(Debug, Clone, Default)]
pub struct ModelLocator {
    roots: Vec<PathBuf>,
}

impl ModelLocator {
    /// Looks in these folders, in order; each holds model folders.
    #[must_use]
    pub const fn new(roots: Vec<PathBuf>) -> Self {
        Self { roots }
    }

    /// The folders, in order.
    #[must_use]
    pub fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    /// The folder of a model: `name` is a path to a folder, or the name of one under a root.
    ///
    /// # Errors
    /// [`BuildError::ModelNotFound`], which says where it looked.
    pub fn find(&self, name: &str) -> Result<PathBuf, BuildError> {
        let is_model =
            |path: &Path| path.join("model.toml").is_file() || path.join("config.json").is_file();
        let direct = PathBuf::from(name);
        let is_path = direct.is_absolute() || name.contains('/') || name.starts_with('.');
        if is_path && is_model(&direct) {
            return Ok(direct);
        }
        self.roots.iter().map(|root| root.join(name)).find(|path| is_model(path)).ok_or_else(|| {
            BuildError::ModelNotFound {
                name: name.to_owned(),
                searched: match is_path {
                    true => std::iter::once(direct).chain(self.roots.clone()).collect(),
                    false => self.roots.clone(),
                },
            }
        })
    }

    /// The names of all model folders under the roots, sorted, each once.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .roots
            .iter()
            .filter_map(|root| std::fs::read_dir(root).ok())
            .flatten()
            .flatten()
            .filter(|entry| entry.path().join("model.toml").is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

/// What a stage may use while it is built.
#[derive(Debug, Clone, Default)]
pub struct BuildContext {
    /// Finds models.
    pub models: ModelLocator,
    /// The config's targets.
    pub targets: Vec<Target>,
    /// The folder that relative paths in the options are relative to: that of the config file.
    pub base_dir: PathBuf,
}

impl BuildContext {
    /// A path of the options, relative to the config's folder.
    #[must_use]
    pub fn path(&self, path: &Path) -> PathBuf {
        self.base_dir.join(path)
    }

    /// The folder of a model: relative to the config's folder, or among the model folders.
    ///
    /// # Errors
    /// [`BuildError::ModelNotFound`], which says where it looked.
    pub fn model(&self, name: &str) -> Result<PathBuf, BuildError> {
        let beside = self.base_dir.join(name);
        let is_path = name.contains('/') || name.starts_with('.');
        if is_path && (beside.join("model.toml").is_file() || beside.join("config.json").is_file())
        {
            return Ok(beside);
        }
        self.models.find(name)
    }

    /// A problem for the option `model`, where no such model is found; for use in
    /// [`StageConfig::check`].
    #[must_use]
    pub fn check_model(&self, name: &str) -> Option<Problem> {
        let error = self.model(name).err()?;
        let names = self.models.names();
        let problem = Problem::new("model", error.to_string());
        Some(match crate::problem::nearest(name, names.iter().map(String::as_str)) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem
                .help("name a folder by its path, or point --models to the folder that holds it"),
        })
    }
}

/// A stage implementation that can be described, checked and built. Implemented for every
/// [`StageConfig`]; not meant to be implemented by hand.
pub trait StageFactory: Send + Sync {
    /// What it is.
    fn describe(&self) -> Description;
    /// What it is with these options; as [`StageFactory::describe`] where something is wrong with them.
    fn describe_with(&self, options: &toml::Table) -> Description;
    /// JSON Schema of its options.
    fn schema(&self) -> serde_json::Value;
    /// Its options with their defaults.
    fn defaults(&self) -> serde_json::Value;
    /// Everything that is wrong with these options.
    fn check(&self, options: &toml::Table, context: &BuildContext) -> Vec<Problem>;
    /// Builds the stage.
    ///
    /// # Errors
    /// Where [`StageFactory::check`] finds a problem, or the build fails.
    fn build(&self, options: &toml::Table, context: &BuildContext) -> Result<Stage, BuildError>;
}

struct Factory<C>(PhantomData<fn() -> C>);

impl<C: StageConfig> Factory<C> {
    /// The options as a config, or everything that is wrong with them. Each key is tried alone, so
    /// that a second mistake does not hide behind the first.
    fn parse(options: &toml::Table) -> Result<C, Vec<Problem>> {
        let schema = schemars::schema_for!(C).to_value();
        let known: Vec<&str> = schema
            .get("properties")
            .and_then(serde_json::Value::as_object)
            .map(|properties| properties.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let mut problems = Vec::new();
        for (key, value) in options {
            if !known.contains(&key.as_str()) {
                problems.push(Problem::unknown(key, "option", key, known.iter().copied()));
                continue;
            }
            let mut single = toml::Table::new();
            single.insert(key.clone(), value.clone());
            if let Err(error) = single.try_into::<C>() {
                problems.push(Problem::new(key, error.message()));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        options
            .clone()
            .try_into::<C>()
            .map_err(|error| vec![Problem::new("", error.message().to_owned())])
    }
}

impl<C: StageConfig> StageFactory for Factory<C> {
    fn describe(&self) -> Description {
        C::describe()
    }

    fn describe_with(&self, options: &toml::Table) -> Description {
        let needs = Self::parse(options).map(|config| config.needs());
        let description = C::describe();
        Description { needs: needs.unwrap_or_else(|_| description.needs.clone()), ..description }
    }

    fn schema(&self) -> serde_json::Value {
        schemars::schema_for!(C).to_value()
    }

    fn defaults(&self) -> serde_json::Value {
        serde_json::to_value(C::default()).unwrap_or_default()
    }

    fn check(&self, options: &toml::Table, context: &BuildContext) -> Vec<Problem> {
        match Self::parse(options) {
            Ok(config) => config.check(context),
            Err(problems) => problems,
        }
    }

    fn build(&self, options: &toml::Table, context: &BuildContext) -> Result<Stage, BuildError> {
        let config = Self::parse(options).map_err(BuildError::Options)?;
        let problems = config.check(context);
        if !problems.is_empty() {
            return Err(BuildError::Options(problems));
        }
        config.build(context)
    }
}

/// The stage implementations there are, by name.
#[derive(Clone, Default)]
pub struct Registry {
    factories: BTreeMap<&'static str, Arc<dyn StageFactory>>,
}

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an implementation; one of the same name is replaced.
    #[must_use]
    pub fn with<C: StageConfig>(mut self) -> Self {
        let factory = Factory::<C>(PhantomData);
        self.factories.insert(C::describe().implementation, Arc::new(factory));
        self
    }

    /// The implementation of a name.
    #[must_use]
    pub fn get(&self, implementation: &str) -> Option<&dyn StageFactory> {
        self.factories.get(implementation).map(AsRef::as_ref)
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.factories.keys().copied()
    }

    /// All implementations, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &dyn StageFactory> {
        self.factories.values().map(AsRef::as_ref)
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.factories.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::EchoConfig;

    fn registry() -> Registry {
        Registry::new().with::<EchoConfig>()
    }

    fn options(text: &str) -> toml::Table {
        text.parse().unwrap()
    }

    #[test]
    fn every_problem_of_the_options_is_reported_at_once() {
        let registry = registry();
        let factory = registry.get("paragraphs.echo").unwrap();
        let problems = factory.check(
            &options("max_paragraf = 3\nmax_paragraphs = \"three\""),
            &BuildContext::default(),
        );
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines.iter().any(|l| l.contains("did you mean `max_paragraphs`?")), "{lines:?}");
        assert!(lines.iter().any(|l| l.starts_with("max_paragraphs: invalid type")), "{lines:?}");
    }

    #[test]
    fn defaults_and_schema_come_from_the_struct() {
        let registry = registry();
        let factory = registry.get("paragraphs.echo").unwrap();
        assert_eq!(factory.defaults(), serde_json::json!({"max_paragraphs": 1000}));
        assert!(factory.schema()["properties"]["max_paragraphs"]["description"].is_string());
    }

    #[test]
    fn a_missing_model_names_the_places_looked_in() {
        let locator = ModelLocator::new(vec![PathBuf::from("nowhere")]);
        let error = locator.find("ner").unwrap_err().to_string();
        assert!(error.contains("`ner` not found") && error.contains("nowhere"), "{error}");
    }
}
