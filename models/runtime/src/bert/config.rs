//! `config.json`.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::error::LoadError;

/// The part of a Hugging Face `BertConfig` that inference reads.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct BertConfig {
    /// `bert`.
    pub model_type: String,
    /// Word pieces in the vocabulary.
    pub vocab_size: usize,
    /// Numbers in the vector of one piece.
    pub hidden_size: usize,
    /// Layers.
    pub num_hidden_layers: usize,
    /// Attention heads a layer.
    pub num_attention_heads: usize,
    /// Numbers between the two products of the feed-forward part.
    pub intermediate_size: usize,
    /// Function between them.
    #[serde(default)]
    pub hidden_act: Activation,
    /// Longest sequence in pieces.
    pub max_position_embeddings: usize,
    /// Token types.
    pub type_vocab_size: usize,
    /// Added to the variance in a layer norm.
    #[serde(default = "default_layer_norm_eps")]
    pub layer_norm_eps: f32,
    /// `absolute`.
    #[serde(default = "default_position_embedding_type")]
    pub position_embedding_type: String,
    /// Whether a piece may only look back.
    #[serde(default)]
    pub is_decoder: bool,
}

/// The function between the two products of the feed-forward part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Activation {
    /// GELU by the error function (Hendrycks & Gimpel 2016).
    #[default]
    #[serde(rename = "gelu")]
    Gelu,
    /// GELU by the hyperbolic tangent.
    #[serde(rename = "gelu_new", alias = "gelu_pytorch_tanh")]
    GeluTanh,
    /// max(x, 0).
    #[serde(rename = "relu")]
    Relu,
}

fn default_layer_norm_eps() -> f32 {
    1e-12
}

fn default_position_embedding_type() -> String {
    "absolute".to_owned()
}

impl BertConfig {
    /// Reads a `config.json`.
    ///
    /// # Errors
    /// When it does not describe a BERT encoder that runs here.
    pub fn read(path: &Path) -> Result<Self, LoadError> {
        let error = |reason: String| LoadError::Config { path: path.to_owned(), reason };
        let text = fs::read_to_string(path).map_err(|e| error(e.to_string()))?;
        let config: Self = serde_json::from_str(&text).map_err(|e| error(e.to_string()))?;
        config.check().map_err(error)?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        let expected = |key: &str, value: &dyn std::fmt::Display, wanted: &str| {
            Err(format!("{key} is {value}, expected {wanted}"))
        };
        if self.model_type != "bert" {
            return expected("model_type", &self.model_type, "bert");
        }
        if self.position_embedding_type != "absolute" {
            return expected("position_embedding_type", &self.position_embedding_type, "absolute");
        }
        if self.is_decoder {
            return expected("is_decoder", &true, "false");
        }
        for (key, value) in [
            ("vocab_size", self.vocab_size),
            ("hidden_size", self.hidden_size),
            ("num_attention_heads", self.num_attention_heads),
            ("intermediate_size", self.intermediate_size),
            ("max_position_embeddings", self.max_position_embeddings),
            ("type_vocab_size", self.type_vocab_size),
        ] {
            // The upper bound keeps sizes that multiply to nonsense out of the allocator.
            if !(1..=1 << 24).contains(&value) {
                return expected(key, &value, "1 to 16777216");
            }
        }
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            return expected(
                "hidden_size",
                &self.hidden_size,
                &format!("a multiple of num_attention_heads, {}", self.num_attention_heads),
            );
        }
        Ok(())
    }

    /// Numbers of one attention head.
    pub fn head_size(&self) -> usize {
        self.hidden_size / self.num_attention_heads
    }
}
