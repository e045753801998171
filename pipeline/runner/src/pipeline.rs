//! The stages of a run, in order, each with the hash of everything that decides its rows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use postil_contract::{CorpusStage, Layer, Problem, Stage, StageInfo};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// One stage of a [`Pipeline`].
#[derive(Debug, Clone)]
pub struct PipelineStage {
    stage: Stage,
    hash: String,
    /// Places in the pipeline of the stages whose layers it needs.
    needs: Vec<usize>,
}

impl PipelineStage {
    /// What the stage is.
    #[must_use]
    pub fn info(&self) -> &StageInfo {
        self.stage.info()
    }

    /// The stage.
    #[must_use]
    pub const fn stage(&self) -> &Stage {
        &self.stage
    }

    /// SHA-256 (64 lower-case hexadecimal digits) over the implementation, its version, languages
    /// and options, its model's weights, and the hashes of the stages it needs: where it is the same,
    /// the same article gives the same rows.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    pub(crate) fn needs(&self) -> &[usize] {
        &self.needs
    }

    pub(crate) fn layer(&self) -> &Layer {
        &self.info().provides
    }
}

/// The stages of a run, in an order in which each finds the layers it needs.
#[derive(Debug, Clone, Default)]
pub struct Pipeline {
    stages: Vec<PipelineStage>,
}

impl Pipeline {
    /// A pipeline of these stages, in this order.
    ///
    /// # Errors
    /// Every layer that no earlier stage provides, and every layer that two stages provide.
    pub fn new(stages: Vec<Stage>) -> Result<Self, Vec<Problem>> {
        let mut done: Vec<PipelineStage> = Vec::with_capacity(stages.len());
        let mut places: BTreeMap<Layer, usize> = BTreeMap::new();
        let mut problems = Vec::new();
        for (at, stage) in stages.into_iter().enumerate() {
            let info = stage.info();
            let path = format!("stages[{at}]");
            let mut needs = Vec::new();
            for layer in &info.needs {
                match places.get(layer) {
                    Some(place) => needs.push(*place),
                    None => problems.push(Problem::new(
                        path.as_str(),
                        format!(
                            "`{}` needs the layer `{layer}`, which no earlier stage provides",
                            info.implementation
                        ),
                    )),
                }
            }
            if let Some(first) = places.insert(info.provides.clone(), at) {
                problems.push(Problem::new(
                    path,
                    format!(
                        "`{}` writes the layer `{}`, as stages[{first}] does",
                        info.implementation, info.provides
                    ),
                ));
            }
            needs.sort_unstable();
            needs.dedup();
            let before: Vec<(&str, &str)> = needs
                .iter()
                .filter_map(|place| done.get(*place))
                .map(|needed| (needed.layer().as_str(), needed.hash()))
                .collect();
            let hash = stage_hash(info, &before);
            done.push(PipelineStage { stage, hash, needs });
        }
        match problems.is_empty() {
            true => Ok(Self { stages: done }),
            false => Err(problems),
        }
    }

    /// The stages, in order.
    #[must_use]
    pub fn stages(&self) -> &[PipelineStage] {
        &self.stages
    }

    /// The stage that compares articles with each other, if there is one.
    pub(crate) fn corpus(&self) -> Option<(usize, &dyn CorpusStage)> {
        self.stages.iter().enumerate().find_map(|(at, stage)| match &stage.stage {
            Stage::Corpus(corpus) => Some((at, corpus.as_ref())),
            Stage::Map(_) => None,
        })
    }
}

fn stage_hash(info: &StageInfo, needs: &[(&str, &str)]) -> String {
    let decides = json!({
        "implementation": info.implementation,
        "version": info.version,
        "languages": info.languages,
        "config": sorted(&info.config),
        "model": info.model.as_ref().map(|model| model.sha256.as_str()),
        "model_name": info.model.as_ref().map(|model| model.name.as_str()),
        "needs": needs,
    });
    let digest = Sha256::digest(decides.to_string().as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The same JSON with the keys of every object sorted, so that the order of the fields of a config
/// does not count.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let sorted_map: BTreeMap<&String, Value> =
                map.iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(sorted_map.into_iter().map(|(key, value)| (key.clone(), value)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postil_contract::conformance::EchoConfig;
    use postil_contract::{BuildContext, StageConfig};

    fn echo(max_paragraphs: usize) -> Stage {
        EchoConfig { max_paragraphs }.build(&BuildContext::default()).unwrap()
    }

    #[test]
    fn the_hash_follows_the_options() {
        let hash = |max| Pipeline::new(vec![echo(max)]).unwrap().stages()[0].hash().to_owned();
        assert_eq!(hash(3), hash(3));
        assert_ne!(hash(3), hash(4));
    }

    #[test]
    fn the_order_of_keys_does_not_change_the_hash() {
        assert_eq!(
            sorted(&json!({"b": {"y": 1, "x": [2]}, "a": 0})).to_string(),
            r#"{"a":0,"b":{"x":[2],"y":1}}"#
        );
    }

    #[test]
    fn two_stages_of_one_layer_are_refused() {
        let problems = Pipeline::new(vec![echo(1), echo(2)]).unwrap_err();
        assert!(problems[0].to_string().contains("as stages[0] does"), "{problems:?}");
    }
}
