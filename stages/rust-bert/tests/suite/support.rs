//! Checkpoints for the tests: small networks with weights made by a formula, as in
//! `models/train/golden_torch.py`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use postil_contract::{
    Article, ArticleView, BuildContext, LayerSet, ModelLocator, Registry, Stage, Target, TargetKind,
};
use serde::Deserialize;
use tempfile::TempDir;

/// The model folders of the repository.
pub fn models() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models"))
}

/// A context with those models and a target.
pub fn context() -> BuildContext {
    BuildContext {
        models: ModelLocator::new(vec![models()]),
        targets: vec![Target {
            id: "accords".to_owned(),
            statement: "Muslim-majority states should join the Abraham Accords".to_owned(),
            aliases: vec!["Abraham Accords".to_owned(), "the Accords".to_owned()],
            kind: TargetKind::Config,
        }],
        base_dir: PathBuf::from("."),
    }
}

/// The stages of this crate and the built-in ones.
pub fn registry() -> Registry {
    postil_rust_bert::with_stages(postil::registry())
}

/// Builds a stage by name, or gives the error.
pub fn try_build(name: &str, options: &str) -> Result<Stage, String> {
    let registry = registry();
    let factory = registry.get(name).unwrap();
    factory.build(&options.parse().unwrap(), &context()).map_err(|error| error.to_string())
}

/// Builds a stage by name.
pub fn build(name: &str, options: &str) -> Stage {
    try_build(name, options).unwrap()
}

/// The option `model` for a folder.
pub fn model(folder: &Path) -> String {
    format!("model = {:?}\n", folder.to_str().unwrap())
}

/// The five articles.
pub fn seeds() -> Vec<Article> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../seeds");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files
        .iter()
        .map(|file| Article::new(file.to_str().unwrap(), fs::read_to_string(file).unwrap()))
        .collect()
}

/// Runs stages over articles, one after the other.
pub fn annotate(stages: &[&Stage], articles: &[Article]) -> Vec<LayerSet> {
    let mut all: Vec<LayerSet> = articles.iter().map(|_| LayerSet::default()).collect();
    for stage in stages {
        let Stage::Map(stage) = stage else { panic!("a map stage") };
        let views: Vec<ArticleView<'_>> = articles
            .iter()
            .zip(&all)
            .map(|(article, layers)| ArticleView { article, layers })
            .collect();
        let results = stage.annotate(&views);
        for (layers, result) in all.iter_mut().zip(results) {
            layers.merge(result.unwrap());
        }
    }
    all
}

/// What the golden file says of one network.
#[derive(Debug, Deserialize)]
pub struct Golden {
    pub family: String,
    pub task: String,
    /// The family whose `tokenizer.json` it has.
    pub tokenizer: String,
    pub tensors: BTreeMap<String, Vec<usize>>,
    pub cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
pub struct Case {
    pub text: String,
    pub target: Option<String>,
    #[serde(default)]
    pub words: Vec<[usize; 2]>,
    pub probabilities: Numbers,
    pub zero_shot: Option<Vec<f32>>,
}

/// A row, or a row for each word.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Numbers {
    Row(Vec<f32>),
    Rows(Vec<Vec<f32>>),
}

/// The networks of the golden file.
pub fn golden() -> Vec<Golden> {
    serde_json::from_str(include_str!("../checkpoints/golden.json")).unwrap()
}

/// The checkpoint of a family and task, in a folder of its own.
pub fn checkpoint(family: &str, task: &str) -> TempDir {
    let golden = golden();
    let found = golden.iter().find(|g| g.family == family && g.task == task).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checkpoints");
    let tokenizer = from.join(&found.tokenizer).join("tokenizer.json");
    fs::copy(from.join(family).join(format!("{task}.json")), folder.path().join("config.json"))
        .unwrap();
    fs::copy(tokenizer, folder.path().join("tokenizer.json")).unwrap();
    write_weights(&folder.path().join("model.safetensors"), &found.tensors);
    folder
}

/// Writes tensors of these names and shapes, with numbers from their names.
pub fn write_weights(path: &Path, tensors: &BTreeMap<String, Vec<usize>>) {
    let tensors: Vec<(&str, tch::Tensor)> = tensors
        .iter()
        .map(|(name, shape)| {
            let values = tch::Tensor::from_slice(&weight(name, shape.iter().product()));
            let shape: Vec<i64> = shape.iter().map(|&size| size as i64).collect();
            (name.as_str(), values.view(shape.as_slice()))
        })
        .collect();
    tch::Tensor::write_safetensors(&tensors, path).unwrap();
}

/// Numbers from the name of a tensor: FNV-1a of it starts a SplitMix64; the upper 24 bits of each output,
/// exact in f32, become -0.25 to 0.25. Weights of norms are around 1.
fn weight(name: &str, count: usize) -> Vec<f32> {
    let mut state: u64 = 0xCBF2_9CE4_8422_2325;
    for byte in name.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3);
    }
    let norm = name.contains("LayerNorm.weight") || name.ends_with("layer_norm.weight");
    (0..count)
        .map(|_| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            (z >> 40) as f32 / (1 << 25) as f32 - 0.25 + f32::from(u8::from(norm))
        })
        .collect()
}
