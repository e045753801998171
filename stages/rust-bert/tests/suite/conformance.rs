//! The stages keep the contract.

use postil_contract::conformance;

use crate::support::{build, checkpoint, model};

/// Bytes of the large paragraph: libtorch reads some ten kilobytes a second, and several times over.
const LARGE: usize = 10_000;

#[test]
fn entities_conform() {
    conformance::check(&build("entities.rust-bert", ""), LARGE).unwrap();
}

#[test]
fn stances_conform() {
    conformance::check(&build("stance.rust-bert", ""), LARGE).unwrap();
}

#[test]
fn embeddings_conform() {
    conformance::check(&build("embeddings.rust-bert", ""), LARGE).unwrap();
}

#[test]
fn zero_shot_conforms() {
    let folder = checkpoint("roberta", "nli");
    conformance::check(&build("stance.zero-shot", &model(folder.path())), LARGE).unwrap();
}

/// Byte pairs, unigrams and word pieces on every odd text there is.
#[test]
fn entities_of_other_architectures_conform() {
    for family in ["roberta", "xlnet", "distilbert"] {
        let folder = checkpoint(family, "ner");
        let options = model(folder.path()) + "boilerplate = true\nguideline = false\n";
        conformance::check(&build("entities.rust-bert", &options), 100_000).unwrap();
    }
}
