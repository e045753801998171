//! Any text: sentences that the contract allows, inside its paragraphs.

#![no_main]

use libfuzzer_sys::fuzz_target;
use postil_contract::{Article, LayerSet};
use postil_paragraphs::LinesConfig;
use postil_sentences::RulesConfig;

fuzz_target!(|text: &str| {
    let article = Article::new("a", text);
    let paragraphs = postil_fuzz::stage::<LinesConfig>();
    let layers = postil_fuzz::run(paragraphs.as_ref(), &article, &LayerSet::default());
    let sentences = postil_fuzz::stage::<RulesConfig>();
    postil_fuzz::run(sentences.as_ref(), &article, &layers);
});
