//! Scores labelled pairs of target and text with the classifier of a stance stage alone.
//!
//! ```text
//! cargo run --release -p postil-stance --example score_stance -- FILE.jsonl [MODEL-FOLDER [OUT.jsonl]]
//! ```
//!
//! `OUT.jsonl` gets the probabilities `[against, favor, neutral, unrelated]` of each line, from which
//! `models/train/stance_eval.py table` makes the figures of a model's card.
//!
//! A line of the file is `{"target": ..., "text": ..., "label": ...}`; labels are favor (SUPPORT, PRO, 1),
//! against (UNDERMINE, CON, -1), neutral and unrelated. Only the classes that the file has are told
//! apart, as is usual for these sets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use postil_contract::StanceLabel;
use postil_stance::PairScorer;
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    target: String,
    text: String,
    label: serde_json::Value,
}

/// Pairs judged in one call.
const CHUNK: usize = 64;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let file = args.next().ok_or("expected a file of pairs: score FILE.jsonl [MODEL-FOLDER]")?;
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/stance-minilm-l6");
    let folder = args.next().map_or_else(|| PathBuf::from(default), PathBuf::from);
    let mut out = args.next().map(fs::File::create).transpose()?.map(BufWriter::new);
    let scorer = PairScorer::open(&folder)?;
    let lines: Vec<Line> =
        fs::read_to_string(&file)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let gold: Vec<StanceLabel> =
        lines.iter().map(|line| label(&line.label)).collect::<Result<_, _>>()?;
    let pairs: Vec<(String, String)> =
        lines.iter().map(|line| (tidy(&line.target), tidy(&line.text))).collect();
    let classes: Vec<StanceLabel> =
        [StanceLabel::Against, StanceLabel::Favor, StanceLabel::Neutral, StanceLabel::Unrelated]
            .into_iter()
            .filter(|class| gold.contains(class))
            .collect();

    let started = std::time::Instant::now();
    let mut confusion: BTreeMap<(StanceLabel, StanceLabel), usize> = BTreeMap::new();
    for (pairs, gold) in pairs.chunks(CHUNK).zip(gold.chunks(CHUNK)) {
        for (score, gold) in scorer.score(pairs)?.iter().zip(gold) {
            if let Some(out) = &mut out {
                let p = [score.against, score.favor, score.neutral, score.unrelated];
                writeln!(out, "{}", serde_json::to_string(&p)?)?;
            }
            *confusion.entry((*gold, score.best_of(&classes))).or_default() += 1;
        }
    }
    let seconds = started.elapsed().as_secs_f32();
    let count = |keep: &dyn Fn(StanceLabel, StanceLabel) -> bool| {
        confusion.iter().filter(|((g, o), _)| keep(*g, *o)).map(|(_, n)| *n as f32).sum::<f32>()
    };
    let mut sum = 0.0;
    for class in &classes {
        let right = count(&|gold, ours| gold == *class && ours == *class);
        let said = count(&|_, ours| ours == *class);
        let there = count(&|gold, _| gold == *class);
        let f1 = if right > 0.0 { 2.0 * right / (said + there) } else { 0.0 };
        println!(
            "{class:9} precision {:.3} recall {:.3} F1 {f1:.3} of {there}",
            right / said.max(1.0),
            right / there.max(1.0)
        );
        sum += f1;
    }
    println!(
        "macro F1 {:.4} of {} pairs, {:.0} pairs/s",
        sum / classes.len() as f32,
        pairs.len(),
        pairs.len() as f32 / seconds
    );
    Ok(())
}

/// White space in runs becomes one space.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn label(value: &serde_json::Value) -> Result<StanceLabel, String> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_lowercase);
    match text.as_str() {
        "favor" | "support" | "pro" | "1" => Ok(StanceLabel::Favor),
        "against" | "undermine" | "con" | "-1" => Ok(StanceLabel::Against),
        "neutral" => Ok(StanceLabel::Neutral),
        "unrelated" => Ok(StanceLabel::Unrelated),
        other => {
            Err(format!("unknown label `{other}`: expected favor, against, neutral or unrelated"))
        }
    }
}
