//! Both stages keep the contract.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use postil_contract::{
    Article, ArticleView, BuildContext, Layer, ModelLocator, Registry, Stage, StanceLabel, Target,
    TargetKind, Unit, conformance,
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

#[test]
fn texts_that_are_taken_to_speak_of_their_target_all_have_a_stance() {
    let stage = build("stance.linear", "assume_related = true");
    conformance::check(&stage, 100_000).unwrap();
    let mut article = Article::new("a", "Cows eat grass.\n\nThey sleep at night.");
    article.targets = vec![Target {
        id: "tax".to_owned(),
        statement: "The tax on sugar should rise".to_owned(),
        aliases: Vec::new(),
        kind: TargetKind::Input,
    }];
    let layers = conformance::plain_layers(&article, &[Layer::Paragraphs, Layer::Sentences]);
    let Stage::Map(stage) = stage else { panic!("expected a map stage") };
    let view = ArticleView { article: &article, layers: &layers };
    let mut stances = stage.annotate(&[view]).remove(0).unwrap().stances.unwrap();
    stances.retain(|row| row.target_id == "tax");
    let units: Vec<Unit> = stances.iter().map(|row| row.unit).collect();
    assert_eq!(units, [Unit::Article, Unit::Paragraph, Unit::Paragraph]);
    assert!(stances.iter().all(|row| row.stance != StanceLabel::Unrelated), "{stances:?}");
}
