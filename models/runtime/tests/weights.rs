//! What the weights file may hold.
#![allow(clippy::expect_used, clippy::panic)]

use std::path::Path;

use postil_models::weights::Weights;
use safetensors::tensor::{Dtype, TensorView, serialize};

/// A weights file of a few tensors: name, type, shape, bytes.
fn file(tensors: &[(&str, Dtype, &[usize], Vec<u8>)]) -> Vec<u8> {
    let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
        (*name, TensorView::new(*dtype, shape.to_vec(), bytes).expect("a view"))
    });
    serialize(views, None).expect("a file")
}

fn f32s(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn int8s(values: &[i8]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

#[test]
fn int8_rows_are_multiplied_by_their_scales() {
    let bytes = file(&[
        ("m.weight", Dtype::I8, &[2, 3], int8s(&[127, 0, -127, 2, -4, 6])),
        ("m.weight_scale", Dtype::F32, &[2], f32s(&[0.5, 0.25])),
    ]);
    let weights = Weights::parse(Path::new("w"), &bytes).expect("weights");
    let expected = [63.5, 0.0, -63.5, 0.5, -1.0, 1.5];
    assert_eq!(weights.matrix("m.weight", 2, 3).expect("a matrix"), expected);

    let table = weights.table("m.weight", 2, 3).expect("a table");
    let mut sum = [1.0, 1.0, 1.0];
    assert!(table.add_row(1, &mut sum));
    assert_eq!(sum, [1.5, 0.0, 2.5]);
    assert!(!table.add_row(2, &mut sum));
    assert_eq!(table.len(), 2);

    let all: Vec<_> = weights.dequantized().map(|t| t.expect("a tensor")).collect();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].name.as_str(), &all[0].values[..]), ("m.weight", &expected[..]));
}

#[test]
fn plain_floats_prefixes_and_old_names_are_read() {
    let half = |x: f32| half::f16::from_f32(x).to_le_bytes().to_vec();
    let brain = |x: f32| half::bf16::from_f32(x).to_le_bytes().to_vec();
    let bytes = file(&[
        ("bert.a.weight", Dtype::F16, &[1, 2], [half(0.5), half(-2.0)].concat()),
        ("bert.b.LayerNorm.gamma", Dtype::F32, &[1], f32s(&[3.0])),
        ("c.bias", Dtype::BF16, &[1], brain(1.5)),
    ]);
    let weights = Weights::parse(Path::new("w"), &bytes).expect("weights");
    assert_eq!(weights.matrix("a.weight", 1, 2).expect("a matrix"), [0.5, -2.0]);
    assert_eq!(weights.vector("b.LayerNorm.weight", 1).expect("a vector"), [3.0]);
    assert_eq!(weights.vector("c.bias", 1).expect("a vector"), [1.5]);
    assert!(weights.contains("a.weight") && !weights.contains("d"));
}

#[test]
fn errors_name_the_tensor_and_what_was_expected() {
    let bytes = file(&[
        ("m.weight", Dtype::I8, &[1, 2], int8s(&[1, 2])),
        ("n", Dtype::I32, &[1], vec![0; 4]),
    ]);
    let weights = Weights::parse(Path::new("dir/w"), &bytes).expect("weights");
    let message = |result: Result<Vec<f32>, _>| -> String {
        let error: postil_models::LoadError = result.expect_err("a problem");
        error.to_string()
    };
    assert_eq!(
        message(weights.matrix("o", 1, 2)),
        "dir/w: the tensor o is missing; the weights are of another model"
    );
    assert!(message(weights.matrix("m.weight", 1, 2)).contains("m.weight_scale is missing"));
    assert!(
        message(weights.matrix("m.weight", 2, 1)).contains("has the shape [1, 2], expected [2, 1]")
    );
    assert!(message(weights.vector("n", 1)).contains("has the type I32, expected F32"));
}
