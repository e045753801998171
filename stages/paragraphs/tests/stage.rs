//! The stage keeps the contract.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use postil_contract::{BuildContext, Registry, conformance};
use postil_paragraphs::LinesConfig;

#[test]
fn the_stage_conforms() {
    let registry = Registry::new().with::<LinesConfig>();
    let factory = registry.get("paragraphs.lines").unwrap();
    for options in ["", "wrap = \"always\"", "wrap = \"never\""] {
        let stage = factory.build(&options.parse().unwrap(), &BuildContext::default()).unwrap();
        conformance::check(&stage, conformance::LARGE).unwrap();
    }
}

#[test]
fn a_wrong_option_is_refused() {
    let registry = Registry::new().with::<LinesConfig>();
    let factory = registry.get("paragraphs.lines").unwrap();
    let problems = factory
        .check(&"wrap = \"sometimes\"\nwarp = \"auto\"".parse().unwrap(), &BuildContext::default());
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("did you mean `wrap`?")), "{lines:?}");
}

#[test]
fn the_example_config_is_valid() {
    let example: toml::Table = include_str!("../example.toml").parse().unwrap();
    let stages = example["stages"].as_array().unwrap();
    let mut options = stages[0].as_table().unwrap().clone();
    let uses = options.remove("uses").unwrap();
    let registry = Registry::new().with::<LinesConfig>();
    let problems =
        registry.get(uses.as_str().unwrap()).unwrap().check(&options, &BuildContext::default());
    assert!(problems.is_empty(), "{problems:?}");
}
