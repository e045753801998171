//! Any text: paragraphs that the contract allows, cut alike by bytes and by code points.

#![no_main]

use libfuzzer_sys::fuzz_target;
use postil_contract::{Article, LayerSet};
use postil_paragraphs::LinesConfig;

fuzz_target!(|text: &str| {
    let stage = postil_fuzz::stage::<LinesConfig>();
    postil_fuzz::run(stage.as_ref(), &Article::new("a", text), &LayerSet::default());
});
