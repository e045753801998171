//! Weights on disk, as tensors of libtorch.

use std::collections::HashMap;
use std::path::Path;

use tch::nn::VarStore;
use tch::{Kind, Tensor};

/// What Hugging Face puts before the names of a network's own tensors, depending on what was saved:
/// the network alone, or with a head.
const PREFIXES: [&str; 9] = [
    "bert.",
    "roberta.",
    "distilbert.",
    "electra.",
    "albert.",
    "mobilebert.",
    "longformer.",
    "fnet.",
    "transformer.",
];

/// What follows the name of an int8 matrix in the name of its scales.
const SCALE: &str = "_scale";

/// The tensors of a checkpoint on a device, by name. They are read once; every replica of the network
/// reads the same memory.
pub(crate) struct Tensors(HashMap<String, Tensor>);

impl Tensors {
    /// Reads the weights of a checkpoint, in f32.
    ///
    /// The int8 weights of this repository's own models (`w = q * scale[row]`) are dequantised here, in
    /// memory: that takes less time than reading a file of four times the size, and leaves no second
    /// copy on the disk that could be of another version.
    pub(crate) fn read(path: &Path, device: tch::Device) -> Result<Self, String> {
        let safetensors = path.extension().is_some_and(|extension| extension == "safetensors");
        let named = match safetensors {
            true => Tensor::read_safetensors(path),
            false => Tensor::load_multi(path),
        };
        let named: HashMap<String, Tensor> =
            named.map_err(|error| first_line(path, &error))?.into_iter().collect();
        let mut tensors = HashMap::new();
        for (name, tensor) in &named {
            let mut values = tensor.to_device(device).to_kind(Kind::Float);
            if tensor.kind() == Kind::Int8 {
                let scale = named.get(&format!("{name}{SCALE}")).ok_or_else(|| {
                    format!("{}: the tensor {name} is int8 and has no scales", path.display())
                })?;
                let scale = scale.to_device(device).unsqueeze(-1);
                values = values.f_mul(&scale).map_err(|error| first_line(path, &error))?;
            }
            tensors.insert(name.clone(), values);
        }
        Ok(Self(tensors))
    }

    /// Lets every variable of a network be the tensor of its name. Variables with `unread` in their names
    /// may be missing: nothing depends on them.
    ///
    /// # Errors
    /// How many variables are missing, or the first that has another shape.
    pub(crate) fn share(
        &self,
        store: &VarStore,
        path: &Path,
        unread: Option<&str>,
    ) -> Result<(), String> {
        let mut missing = Vec::new();
        let mut variables = store.variables().into_iter().collect::<Vec<_>>();
        variables.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (name, mut variable) in variables {
            let Some(tensor) = self.find(&name) else {
                if !unread.is_some_and(|unread| name.contains(unread)) {
                    missing.push(name);
                }
                continue;
            };
            if tensor.size() != variable.size() {
                return Err(format!(
                    "{}: the tensor {name} has the shape {:?}, expected {:?}; config.json and the weights \
                     do not belong together",
                    path.display(),
                    tensor.size(),
                    variable.size()
                ));
            }
            tch::no_grad(|| variable.f_set_data(tensor))
                .map_err(|error| first_line(path, &error))?;
        }
        match missing.first() {
            None => Ok(()),
            Some(first) => Err(format!(
                "{}: {} tensors are missing, the first is {first}; the weights are of another model",
                path.display(),
                missing.len()
            )),
        }
    }

    /// The tensor of a variable, under any of the names that it goes by.
    fn find(&self, name: &str) -> Option<&Tensor> {
        let exact = |name: &str| {
            self.0.get(name).or_else(|| {
                // Old conversions call the weight and bias of a norm by the names of TensorFlow.
                let old = match name.strip_suffix("LayerNorm.weight") {
                    Some(stem) => Some(format!("{stem}LayerNorm.gamma")),
                    None => {
                        name.strip_suffix("LayerNorm.bias").map(|s| format!("{s}LayerNorm.beta"))
                    }
                };
                old.and_then(|old| self.0.get(&old))
            })
        };
        exact(name)
            .or_else(|| PREFIXES.iter().find_map(|prefix| exact(name.strip_prefix(prefix)?)))
            .or_else(|| PREFIXES.iter().find_map(|prefix| exact(&format!("{prefix}{name}"))))
    }
}

/// An error of libtorch without the stack trace of C++ behind its first line.
pub(crate) fn first_line(path: &Path, error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or("libtorch gave no reason");
    // Some name the file themselves.
    match line.contains(&*path.to_string_lossy()) {
        true => line.to_owned(),
        false => format!("{}: {line}", path.display()),
    }
}
