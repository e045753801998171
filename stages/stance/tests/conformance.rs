//! Both stages keep the contract.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use postil_contract::{
    BuildContext, ModelLocator, Registry, Stage, Target, TargetKind, conformance,
};
use postil_stance::{CrossEncoderConfig, LinearConfig};

fn context() -> BuildContext {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    BuildContext {
        models: ModelLocator::new(vec![models]),
        targets: vec![Target {
            id: "kazakhstan".to_owned(),
            statement: "Kazakhstan should sign the accord".to_owned(),
            aliases: Vec::new(),
            kind: TargetKind::Config,
        }],
        base_dir: Path::new(".").to_owned(),
    }
}

fn build(name: &str, options: &str) -> Stage {
    let registry = Registry::new().with::<CrossEncoderConfig>().with::<LinearConfig>();
    let factory = registry.get(name).unwrap();
    let stage = factory.build(&options.parse().unwrap(), &context()).unwrap();
    if options.is_empty() {
        assert_eq!(stage.info().needs, factory.describe().needs);
    }
    assert_eq!(stage.info().provides, factory.describe().provides);
    stage
}

/// The model reads some ten kilobytes a second in an unoptimised build, and several times over.
const SMALL: usize = 3_000;

#[test]
fn the_cross_encoder_conforms() {
    conformance::check(&build("stance.cross-encoder", ""), SMALL).unwrap();
}

#[test]
fn the_cross_encoder_conforms_by_sentences_and_with_entity_targets() {
    let options = "unit = \"sentence\"\nentity_targets_when = \"always\"\ngate = \"mentions\"";
    conformance::check(&build("stance.cross-encoder", options), SMALL).unwrap();
}

#[test]
fn the_linear_stage_conforms() {
    conformance::check(&build("stance.linear", ""), conformance::LARGE).unwrap();
}

#[test]
fn the_linear_stage_conforms_with_entities() {
    let options = "names = \"entities\"\nentity_targets = 3\nentity_targets_when = \"always\"";
    conformance::check(&build("stance.linear", options), 100_000).unwrap();
}
