//! The pipelines that are scored: a config, and what is changed in it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use postil_contract::{Layer, Problem, Registry, Stage};
use postil_eval::Format;
use postil_runner::{Config, Pipeline};

use crate::commands::{Context, count};
use crate::find;

/// A change of a config.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Another config.
    Config(PathBuf),
    /// Another implementation of a layer.
    Use(String),
    /// An option of the stage that writes a layer.
    Set { layer: String, option: String, value: toml::Value },
    /// Nothing.
    Nothing,
}

impl Change {
    /// Reads `LAYER.OPTION=VALUE`; a value that is not TOML is taken for text.
    pub fn set(text: &str) -> anyhow::Result<Self> {
        let parts = text.split_once('=').and_then(|(key, value)| {
            let (layer, option) = key.trim().split_once('.')?;
            (!layer.is_empty() && !option.is_empty()).then_some((layer, option, value.trim()))
        });
        let Some((layer, option, value)) = parts else {
            bail!(
                "--set: expected LAYER.OPTION=VALUE such as entities.min_score=0.5, found `{text}`"
            );
        };
        let parsed = toml::from_str::<toml::Table>(&format!("value = {value}"))
            .ok()
            .and_then(|mut table| table.remove("value"));
        let value = parsed.unwrap_or_else(|| toml::Value::String(value.to_owned()));
        Ok(Self::Set { layer: layer.to_owned(), option: option.to_owned(), value })
    }

    /// Reads what `--against` takes.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        match text {
            "config" => Ok(Self::Nothing),
            text if text.contains('=') => Self::set(text).context("--against takes an option, too"),
            text if Path::new(text).extension().is_some_and(|e| e == "toml") => {
                Ok(Self::Config(PathBuf::from(text)))
            }
            text => Ok(Self::Use(text.to_owned())),
        }
    }
}

/// The config that pipelines are made from, before anything is changed in it.
pub struct Base {
    config: Config,
    path: Option<PathBuf>,
    format: Format,
}

impl Base {
    /// Reads the config, and says which it is.
    pub fn new(context: &Context<'_>, path: Option<&Path>, format: Format) -> anyhow::Result<Self> {
        let config = load(context, path)?;
        match path {
            Some(path) => {
                eprintln!("config: {} ({})", path.display(), count(config.targets.len(), "target"))
            }
            None => eprintln!("config: none found, the default stages"),
        }
        Ok(Self { config, path: path.map(Path::to_owned), format })
    }

    /// Builds the pipeline up to the layer that is scored.
    pub fn with(&self, context: &Context<'_>, changes: &[Change]) -> anyhow::Result<Pipeline> {
        let mut config = self.config.clone();
        let mut path = self.path.clone();
        // Another config comes first, whatever the order.
        for change in changes {
            if let Change::Config(file) = change {
                config = load(context, Some(file))?;
                path = Some(file.clone());
            }
        }
        let mut wrong: Vec<Problem> = Vec::new();
        for change in changes {
            match change {
                Change::Use(name) => {
                    wrong.extend(config.replace(name, context.registry).err());
                }
                Change::Set { layer, option, value } => {
                    wrong.extend(set(&mut config, context.registry, layer, option, value).err());
                }
                Change::Config(_) | Change::Nothing => {}
            }
        }
        if !wrong.is_empty() {
            bail!("the options do not fit the stages:\n{}", crate::commands::problems(&wrong));
        }
        if self.format == Format::Stance {
            // Every text brings the one target it is scored on.
            config.targets.clear();
        }
        let layer = self.format.layer();
        config.only(&[layer.as_str()], context.registry).map_err(|problems| {
            anyhow::anyhow!(
                "the config has no stage for the layer that is scored:\n{}",
                crate::commands::problems(&problems)
            )
        })?;
        let build = config.context(find::models(context.models, path.as_deref()));
        needed(&config.build(context.registry, &build)?, &layer)
    }
}

/// The stages that the layer rests on: options may need fewer of them than an implementation at its
/// defaults.
fn needed(pipeline: &Pipeline, layer: &Layer) -> anyhow::Result<Pipeline> {
    let mut wanted = vec![layer.clone()];
    let mut kept: Vec<Stage> = Vec::new();
    for stage in pipeline.stages().iter().rev() {
        let info = stage.info();
        if wanted.contains(&info.provides) {
            wanted.extend(info.needs.iter().cloned());
            kept.push(stage.stage().clone());
        }
    }
    kept.reverse();
    Pipeline::new(kept).map_err(|problems| anyhow::anyhow!(crate::commands::problems(&problems)))
}

fn load(context: &Context<'_>, path: Option<&Path>) -> anyhow::Result<Config> {
    let mut config = match path {
        Some(path) => Config::load(path)?,
        None => Config::default_pipeline(context.default_pipeline),
    };
    config.stages_or(context.default_pipeline);
    Ok(config)
}

fn set(
    config: &mut Config,
    registry: &Registry,
    layer: &str,
    option: &str,
    value: &toml::Value,
) -> Result<(), Problem> {
    let layers: Vec<String> = config
        .stages
        .iter()
        .map(|entry| {
            registry.get(&entry.uses).map_or_else(
                || entry.uses.clone(),
                |factory| factory.describe().provides.to_string(),
            )
        })
        .collect();
    let at = layers.iter().position(|other| other == layer);
    match at.and_then(|at| config.stages.get_mut(at)) {
        Some(entry) => {
            entry.options.insert(option.to_owned(), value.clone());
            Ok(())
        }
        None => Err(Problem::unknown("--set", "layer", layer, layers.iter().map(String::as_str))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_toml_or_text() {
        let value = |text: &str| match Change::set(text).unwrap() {
            Change::Set { value, .. } => value,
            other => panic!("{other:?}"),
        };
        assert_eq!(value("entities.min_score=0.5"), toml::Value::Float(0.5));
        assert_eq!(value("entities.guideline = false"), toml::Value::Boolean(false));
        assert_eq!(value("entities.model=./my-ner"), toml::Value::String("./my-ner".to_owned()));
        assert_eq!(value("entities.model=\"a=b\""), toml::Value::String("a=b".to_owned()));
        let error = Change::set("min_score=0.5").unwrap_err().to_string();
        assert!(error.contains("expected LAYER.OPTION=VALUE"), "{error}");
    }

    #[test]
    fn what_a_pipeline_may_be_compared_with() {
        assert_eq!(Change::parse("config").unwrap(), Change::Nothing);
        assert_eq!(Change::parse("other.toml").unwrap(), Change::Config("other.toml".into()));
        assert_eq!(
            Change::parse("stance.linear").unwrap(),
            Change::Use("stance.linear".to_owned())
        );
    }
}
