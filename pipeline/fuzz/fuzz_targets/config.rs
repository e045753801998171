//! Any text as `postil.toml`: an error of its syntax, or a config that can be checked.

#![no_main]

use libfuzzer_sys::fuzz_target;
use postil_contract::conformance::EchoConfig;
use postil_contract::{ModelLocator, Registry};
use postil_paragraphs::LinesConfig;
use postil_runner::Config;
use postil_sentences::RulesConfig;

fuzz_target!(|text: &str| {
    let Ok(mut config) = Config::parse(text, None) else { return };
    let registry = Registry::new().with::<LinesConfig>().with::<RulesConfig>().with::<EchoConfig>();
    config.stages_or(&["paragraphs.lines", "sentences.rules"]);
    let context = config.context(ModelLocator::new(Vec::new()));
    for problem in config.check(&registry, &context) {
        assert!(!problem.to_string().trim().is_empty());
    }
});
