//! Measures a model folder on one thread: time to load, pieces a second.
//!
//! ```text
//! cargo run --release -p postil-models --example speed -- models/minilm-l6 TEXT...
//! ```
//!
//! Each TEXT is a file; its lines are the inputs of one call.

use std::error::Error;
use std::time::Instant;

use postil_models::{Input, Model, ModelFolder, PairInput};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: speed FOLDER TEXT...")?;

    let start = Instant::now();
    let folder = ModelFolder::open(folder)?;
    let opened = start.elapsed().as_secs_f64();
    let model = Model::load(&folder)?;
    println!(
        "{}: opened and hashed in {opened:.3} s, loaded in {:.3} s",
        folder.manifest.name,
        start.elapsed().as_secs_f64() - opened
    );

    let texts = arguments.map(std::fs::read_to_string).collect::<Result<Vec<_>, _>>()?;
    let lines: Vec<&str> =
        texts.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty()).collect();
    let inputs: Vec<Input> = lines.iter().map(|line| Input::whole(line)).collect();
    let tokenizer = match &model {
        Model::TokenClassifier(model) => model.tokenizer(),
        Model::SequenceClassifier(model) => model.tokenizer(),
        Model::Embedder(model) => model.tokenizer(),
    };
    let start = Instant::now();
    let mut pieces = 0;
    for line in &lines {
        pieces += tokenizer.encode(line)?.len() + 2;
    }
    let encoding = start.elapsed().as_secs_f64();
    println!(
        "{} lines, {pieces} pieces, {:.0} pieces/s to encode",
        lines.len(),
        pieces as f64 / encoding
    );

    for _ in 0..5 {
        let start = Instant::now();
        match &model {
            Model::TokenClassifier(model) => {
                model.classify(&inputs)?;
            }
            Model::Embedder(model) => {
                model.embed_units(&inputs)?;
            }
            Model::SequenceClassifier(model) => {
                let pairs: Vec<PairInput> =
                    inputs.iter().map(|&second| PairInput { first: "", second }).collect();
                model.classify_pairs(&pairs)?;
            }
        }
        println!("{:.0} pieces/s", pieces as f64 / start.elapsed().as_secs_f64());
    }
    Ok(())
}
