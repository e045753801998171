//! The models of the repository say the same on libtorch as in the built-in runtime.

use std::collections::BTreeMap;

use postil_contract::{Entity, Stage, Stance};

use crate::support::{annotate, build, seeds};

fn layers() -> (Stage, Stage) {
    (build("paragraphs.lines", ""), build("sentences.rules", ""))
}

#[test]
fn entities_are_those_of_the_built_in_stage() {
    let (paragraphs, sentences) = layers();
    let articles = seeds();
    let read = |uses: &str| -> Vec<Vec<Entity>> {
        let stage = build(uses, "");
        let layers = annotate(&[&paragraphs, &sentences, &stage], &articles);
        layers.into_iter().map(|layers| layers.entities.unwrap()).collect()
    };
    let (built_in, torch) = (read("entities.transformer"), read("entities.rust-bert"));
    let (mut same, mut all, mut apart) = (0, 0, 0.0_f32);
    for (built_in, torch) in built_in.iter().zip(&torch) {
        let by_place: BTreeMap<_, _> =
            torch.iter().map(|e| ((e.span.start, e.span.end, e.label.as_str()), e.score)).collect();
        let mut found = 0;
        for entity in built_in {
            let place = (entity.span.start, entity.span.end, entity.label.as_str());
            if let Some(score) = by_place.get(&place) {
                found += 1;
                apart = apart.max((score - entity.score).abs());
            }
        }
        same += found;
        // What only one of them finds counts once.
        all += built_in.len() + torch.len() - found;
    }
    let share = f64::from(same as u32) / f64::from(all as u32);
    println!(
        "entities: {same} of {all} are the same ({share:.4}); scores differ by {apart:.6} at most"
    );
    assert!(all > 100 && share >= 0.995, "{same} of {all}");
    assert!(apart < 0.02, "{apart}");
}

#[test]
fn stances_are_those_of_the_built_in_stage() {
    let (paragraphs, sentences) = layers();
    let embeddings = build("embeddings.transformer", "");
    let entities = build("entities.transformer", "");
    let articles = seeds();
    // `always`: more targets, and so more rows to compare.
    let options = "entity_targets_when = \"always\"";
    let read = |uses: &str| -> Vec<Stance> {
        let stage = build(uses, options);
        let stages = [&paragraphs, &sentences, &embeddings, &entities, &stage];
        annotate(&stages, &articles).into_iter().flat_map(|l| l.stances.unwrap()).collect()
    };
    let (built_in, torch) = (read("stance.cross-encoder"), read("stance.rust-bert"));
    assert_eq!(built_in.len(), torch.len());
    let mut apart = 0.0_f32;
    for (a, b) in built_in.iter().zip(&torch) {
        assert_eq!(
            (a.unit, a.span, &a.target_id, &a.holder),
            (b.unit, b.span, &b.target_id, &b.holder)
        );
        assert_eq!((&a.label, a.stance), (&b.label, b.stance));
        let probabilities = [
            (Some(a.score), Some(b.score)),
            (a.p_favor, b.p_favor),
            (a.p_against, b.p_against),
            (a.p_neutral, b.p_neutral),
        ];
        for pair in probabilities {
            match pair {
                (Some(a), Some(b)) => apart = apart.max((a - b).abs()),
                pair => assert_eq!(pair, (None, None)),
            }
        }
    }
    println!("stances: {} rows; probabilities differ by {apart:.6} at most", built_in.len());
    assert!(built_in.len() > 50, "{}", built_in.len());
    assert!(apart <= 0.02, "{apart}");
}

#[test]
fn vectors_are_those_of_the_built_in_stage() {
    let (paragraphs, sentences) = layers();
    let articles = seeds();
    let read = |uses: &str| {
        let stage = build(uses, "");
        let layers = annotate(&[&paragraphs, &sentences, &stage], &articles);
        layers.into_iter().map(|layers| layers.embeddings.unwrap()).collect::<Vec<_>>()
    };
    let mut least = 1.0_f32;
    for (a, b) in read("embeddings.transformer").iter().zip(&read("embeddings.rust-bert")) {
        assert_eq!((a.dim, &a.model), (b.dim, &b.model));
        let rows = a.paragraphs.chunks(a.dim).chain(a.sentences.chunks(a.dim));
        let others = b.paragraphs.chunks(b.dim).chain(b.sentences.chunks(b.dim));
        for (a, b) in rows.zip(others).filter(|(a, _)| a.iter().any(|x| *x != 0.0)) {
            least = least.min(a.iter().zip(b).map(|(a, b)| a * b).sum());
        }
    }
    println!("vectors: cosine {least:.6} at least");
    assert!(least > 0.9999, "{least}");
}
