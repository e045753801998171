//! The stage keeps the contract.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use postil_contract::{BuildContext, Registry, conformance};
use postil_sentences::RulesConfig;

#[test]
fn the_stage_conforms() {
    let registry = Registry::new().with::<RulesConfig>();
    let factory = registry.get("sentences.rules").unwrap();
    let stage = factory.build(&toml::Table::new(), &BuildContext::default()).unwrap();
    conformance::check(&stage, conformance::LARGE).unwrap();
}

#[test]
fn wrong_options_are_refused() {
    let registry = Registry::new().with::<RulesConfig>();
    let factory = registry.get("sentences.rules").unwrap();
    let problems = |options: &str| -> Vec<String> {
        let problems = factory.check(&options.parse().unwrap(), &BuildContext::default());
        problems.iter().map(ToString::to_string).collect()
    };
    let lines = problems("abbreviations = [\"Abp.\", \"Mr. Dr.\", \".\"]");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("abbreviations[1]: expected one word"), "{lines:?}");
    let lines = problems("abreviations = []");
    assert!(lines[0].contains("did you mean `abbreviations`?"), "{lines:?}");
}

#[test]
fn the_example_config_is_valid() {
    let example: toml::Table = include_str!("../example.toml").parse().unwrap();
    let mut options = example["stages"].as_array().unwrap()[1].as_table().unwrap().clone();
    let uses = options.remove("uses").unwrap();
    let registry = Registry::new().with::<RulesConfig>();
    let problems =
        registry.get(uses.as_str().unwrap()).unwrap().check(&options, &BuildContext::default());
    assert!(problems.is_empty(), "{problems:?}");
}
