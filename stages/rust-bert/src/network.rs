//! The networks of rust-bert, each behind one interface: a sequence in, numbers out.

use postil_models::{Sequence, Task};
use rust_bert::albert::{
    AlbertConfig, AlbertForSequenceClassification, AlbertForTokenClassification, AlbertModel,
};
use rust_bert::bert::{
    BertConfig, BertEmbeddings, BertForSequenceClassification, BertForTokenClassification,
    BertModel,
};
use rust_bert::distilbert::{
    DistilBertConfig, DistilBertForTokenClassification, DistilBertModel, DistilBertModelClassifier,
};
use rust_bert::electra::{ElectraConfig, ElectraForTokenClassification};
use rust_bert::fnet::{FNetConfig, FNetForSequenceClassification, FNetForTokenClassification};
use rust_bert::longformer::{
    LongformerConfig, LongformerForSequenceClassification, LongformerForTokenClassification,
};
use rust_bert::mobilebert::{
    MobileBertConfig, MobileBertForSequenceClassification, MobileBertForTokenClassification,
};
use rust_bert::roberta::{
    RobertaConfig, RobertaEmbeddings, RobertaForSequenceClassification,
    RobertaForTokenClassification,
};
use rust_bert::t5::{T5Config, T5ForSentenceEmbeddings};
use rust_bert::xlnet::{XLNetConfig, XLNetForSequenceClassification, XLNetForTokenClassification};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tch::nn::VarStore;
use tch::{Kind, Tensor};

use crate::checkpoint::Checkpoint;
use crate::weights::Tensors;

/// The networks that rust-bert has for our tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the documentation")]
pub enum Architecture {
    Albert,
    Bert,
    DistilBert,
    Electra,
    FNet,
    Longformer,
    MobileBert,
    Roberta,
    T5,
    XlNet,
}

/// `model_type` of `config.json`, what runs it, and for which tasks: words, texts, vectors.
const ARCHITECTURES: [(&str, Architecture, [bool; 3]); 12] = [
    ("albert", Architecture::Albert, [true, true, true]),
    ("bert", Architecture::Bert, [true, true, true]),
    ("camembert", Architecture::Roberta, [true, true, true]),
    ("distilbert", Architecture::DistilBert, [true, true, true]),
    ("electra", Architecture::Electra, [true, false, false]),
    ("fnet", Architecture::FNet, [true, true, false]),
    ("longformer", Architecture::Longformer, [true, true, false]),
    ("mobilebert", Architecture::MobileBert, [true, true, false]),
    ("roberta", Architecture::Roberta, [true, true, true]),
    ("t5", Architecture::T5, [false, false, true]),
    ("xlm-roberta", Architecture::Roberta, [true, true, true]),
    ("xlnet", Architecture::XlNet, [true, true, false]),
];

/// Networks that rust-bert 0.23 has and that do not compute what the checkpoint was trained for, found by
/// comparing scores with transformers on the same weights. A wrong score is worse than none.
const WRONG: [(&str, &str); 4] = [
    ("bart", "its classifier's scores differ from transformers by 0.08"),
    ("deberta", "its attention differs, its scores from transformers by 0.01"),
    (
        "deberta-v2",
        "it leaves out a square root and a shift in its attention, its scores differ from transformers by 0.04",
    ),
    ("reformer", "it hashes at random, so that a text has other scores each time"),
];

impl Architecture {
    /// The architecture that `config.json` names, for a task.
    ///
    /// # Errors
    /// Where rust-bert has no such network for the task; the error lists those it has.
    pub fn new(model_type: &str, task: Task) -> Result<Self, String> {
        let place = match task {
            Task::TokenClassification => 0,
            Task::SequenceClassification => 1,
            Task::Embedding => 2,
        };
        let does = |tasks: &[bool; 3]| tasks.get(place).copied().unwrap_or(false);
        let found = ARCHITECTURES
            .iter()
            .find(|(name, _, tasks)| *name == model_type && does(tasks))
            .map(|(_, architecture, _)| *architecture);
        if let Some((_, why)) = WRONG.iter().find(|(name, _)| *name == model_type) {
            return Err(format!(
                "model_type is {model_type:?}, which rust-bert 0.23 does not compute rightly: {why}; use \
                 a model of another architecture, such as roberta"
            ));
        }
        found.ok_or_else(|| {
            let known: Vec<&str> = ARCHITECTURES
                .iter()
                .filter(|(_, _, tasks)| does(tasks))
                .map(|(name, _, _)| *name)
                .collect();
            format!(
                "model_type is {model_type:?}, expected for {task} one of: {}",
                known.join(", ")
            )
        })
    }

    /// Whether the first position is the one behind the padding's, as in RoBERTa.
    pub(crate) fn counts_positions_behind_padding(self) -> bool {
        matches!(self, Self::Roberta | Self::Longformer)
    }
}

/// Ids, mask and token types of one sequence, each `[1, pieces]`, to the network's numbers.
type Forward = Box<
    dyn Fn(&Tensor, &Tensor, Option<&Tensor>) -> Result<Tensor, rust_bert::RustBertError> + Send,
>;

/// A network with its weights on a device.
pub struct Network {
    forward: Forward,
    device: tch::Device,
    vocabulary: usize,
    token_types: usize,
    max_length: usize,
}

impl Network {
    /// Builds the network of a checkpoint on these tensors.
    pub(crate) fn new(
        checkpoint: &Checkpoint,
        tensors: &Tensors,
        device: tch::Device,
    ) -> Result<Self, String> {
        let mut store = VarStore::new(device);
        let config = &checkpoint.config;
        let task = checkpoint.manifest.task;
        let at_config =
            |reason: String| format!("{}: {reason}", checkpoint.path.join("config.json").display());
        let forward = forward(checkpoint.architecture, task, config, &store).map_err(at_config)?;
        store.freeze();
        // ALBERT's pooler is always built; only a classifier of texts reads it, and has it.
        let unread = (task != Task::SequenceClassification).then_some("pooler");
        tensors.share(&store, &checkpoint.weights, unread)?;
        Ok(Self {
            forward,
            device,
            vocabulary: checkpoint.number("vocab_size").unwrap_or(usize::MAX),
            token_types: checkpoint.number("type_vocab_size").unwrap_or(0),
            max_length: checkpoint.manifest.max_length,
        })
    }

    /// Reads one sequence: for words `[pieces, labels]`, for texts `[labels]`, for vectors
    /// `[pieces, hidden]`, row by row.
    ///
    /// One sequence a pass. libtorch chooses its kernels by the sizes of the whole batch, so that the
    /// last bits of a text's scores would depend on the others; and padding costs more than the passes
    /// save.
    ///
    /// # Errors
    /// Where the sequence is longer than the network reads, or an id lies outside its table: libtorch
    /// would end in a C++ exception.
    pub fn read(&self, sequence: &Sequence) -> Result<Vec<f32>, String> {
        if sequence.len() > self.max_length {
            let (found, most) = (sequence.len(), self.max_length);
            return Err(format!("a sequence has {found} pieces, expected at most {most}"));
        }
        let rows = |ids: &[u32]| {
            let ids: Vec<i64> = ids.iter().map(|&id| i64::from(id)).collect();
            Tensor::from_slice(&ids).unsqueeze(0).to_device(self.device)
        };
        let outside = |ids: &[u32], rows: usize| {
            ids.iter().copied().find(|&id| usize::try_from(id).unwrap_or(usize::MAX) >= rows)
        };
        if let Some(id) = outside(&sequence.ids, self.vocabulary) {
            return Err(format!(
                "the word piece {id} lies outside the table of {} rows; check that tokenizer.json and the \
                 weights belong together",
                self.vocabulary
            ));
        }
        // A network with one type, or without types, is given none, as its tokenizer's library does.
        let types = (self.token_types > 1).then_some(&sequence.token_types);
        if let Some(id) = types.and_then(|types| outside(types, self.token_types)) {
            return Err(format!(
                "the token type {id} lies outside the table of {} rows; check that tokenizer.json and the \
                 weights belong together",
                self.token_types
            ));
        }
        tch::no_grad(|| {
            let ids = rows(&sequence.ids);
            let types = types.map(|types| rows(types));
            let numbers = (self.forward)(&ids, &ids.ones_like(), types.as_ref())
                .map_err(|error| error.to_string())?;
            let numbers = numbers.to_device(tch::Device::Cpu).to_kind(Kind::Float);
            Vec::<f32>::try_from(numbers.contiguous().view(-1)).map_err(|error| error.to_string())
        })
    }
}

/// `config.json` as rust-bert's type, without its panic.
fn parse<C: DeserializeOwned>(config: &Value) -> Result<C, String> {
    serde_json::from_value(config.clone()).map_err(|error| error.to_string())
}

/// Builds a network; its variables are the store's.
fn forward(
    architecture: Architecture,
    task: Task,
    config: &Value,
    store: &VarStore,
) -> Result<Forward, String> {
    let root = store.root();
    // The networks differ in what they take and return.
    macro_rules! plain {
        ($network:ty, $config:ty) => {{
            let network = <$network>::new(&root, &parse::<$config>(config)?).map_err(words)?;
            Box::new(move |ids, mask, types| {
                Ok(network.forward_t(Some(ids), Some(mask), types, None, None, false).logits)
            })
        }};
    }
    macro_rules! distilbert {
        ($network:ty) => {{
            let config = parse::<DistilBertConfig>(config)?;
            let network = <$network>::new(&root, &config).map_err(words)?;
            Box::new(move |ids, mask, _| {
                Ok(network.forward_t(Some(ids), Some(mask), None, false)?.logits)
            })
        }};
    }
    macro_rules! mobilebert {
        ($network:ty) => {{
            let config = parse::<MobileBertConfig>(config)?;
            let network = <$network>::new(&root, &config).map_err(words)?;
            Box::new(move |ids, mask, types| {
                Ok(network.forward_t(Some(ids), types, None, None, Some(mask), false)?.logits)
            })
        }};
    }
    macro_rules! longformer {
        ($network:ty) => {{
            let config = parse::<LongformerConfig>(config)?;
            let network = <$network>::new(&root, &config).map_err(words)?;
            Box::new(move |ids, mask, types| {
                let read = network.forward_t(Some(ids), Some(mask), None, types, None, None, false);
                Ok(read?.logits)
            })
        }};
    }
    macro_rules! fnet {
        ($network:ty) => {{
            let network = <$network>::new(&root, &parse::<FNetConfig>(config)?).map_err(words)?;
            Box::new(move |ids, _, types| {
                Ok(network.forward_t(Some(ids), types, None, None, false)?.logits)
            })
        }};
    }
    macro_rules! xlnet {
        ($network:ty) => {{
            let network = <$network>::new(&root, &parse::<XLNetConfig>(config)?).map_err(words)?;
            Box::new(move |ids, mask, types| {
                let read =
                    network.forward_t(Some(ids), Some(mask), None, None, None, types, None, false);
                Ok(read.logits)
            })
        }};
    }
    use Architecture as A;
    use Task::{Embedding, SequenceClassification as Text, TokenClassification as Words};
    Ok(match (task, architecture) {
        (Words, A::Albert) => plain!(AlbertForTokenClassification, AlbertConfig),
        (Words, A::Bert) => plain!(BertForTokenClassification, BertConfig),
        (Words, A::DistilBert) => distilbert!(DistilBertForTokenClassification),
        (Words, A::Electra) => plain!(ElectraForTokenClassification, ElectraConfig),
        (Words, A::FNet) => fnet!(FNetForTokenClassification),
        (Words, A::Longformer) => longformer!(LongformerForTokenClassification),
        (Words, A::MobileBert) => mobilebert!(MobileBertForTokenClassification),
        (Words, A::Roberta) => plain!(RobertaForTokenClassification, RobertaConfig),
        (Words, A::XlNet) => xlnet!(XLNetForTokenClassification),

        (Text, A::Albert) => plain!(AlbertForSequenceClassification, AlbertConfig),
        (Text, A::Bert) => plain!(BertForSequenceClassification, BertConfig),
        (Text, A::DistilBert) => distilbert!(DistilBertModelClassifier),
        (Text, A::FNet) => fnet!(FNetForSequenceClassification),
        (Text, A::Longformer) => longformer!(LongformerForSequenceClassification),
        (Text, A::MobileBert) => mobilebert!(MobileBertForSequenceClassification),
        (Text, A::Roberta) => plain!(RobertaForSequenceClassification, RobertaConfig),
        (Text, A::XlNet) => xlnet!(XLNetForSequenceClassification),

        (Embedding, A::Albert) => {
            let network = AlbertModel::new(&root, &parse::<AlbertConfig>(config)?);
            Box::new(move |ids, mask, types| {
                Ok(network.forward_t(Some(ids), Some(mask), types, None, None, false)?.hidden_state)
            })
        }
        (Embedding, A::Bert) => {
            let config = parse::<BertConfig>(config)?;
            let network =
                BertModel::<BertEmbeddings>::new_with_optional_pooler(&root, &config, false);
            Box::new(move |ids, mask, types| {
                let read =
                    network.forward_t(Some(ids), Some(mask), types, None, None, None, None, false);
                Ok(read?.hidden_state)
            })
        }
        (Embedding, A::DistilBert) => {
            let network = DistilBertModel::new(&root, &parse::<DistilBertConfig>(config)?);
            Box::new(move |ids, mask, _| {
                Ok(network.forward_t(Some(ids), Some(mask), None, false)?.hidden_state)
            })
        }
        (Embedding, A::Roberta) => {
            let config = parse::<RobertaConfig>(config)?;
            let network =
                BertModel::<RobertaEmbeddings>::new_with_optional_pooler(&root, &config, false);
            Box::new(move |ids, mask, types| {
                let read =
                    network.forward_t(Some(ids), Some(mask), types, None, None, None, None, false);
                Ok(read?.hidden_state)
            })
        }
        (Embedding, A::T5) => {
            let network = T5ForSentenceEmbeddings::new(&root, &parse::<T5Config>(config)?);
            Box::new(move |ids, mask, _| Ok(network.forward(ids, mask)?.0))
        }
        (task, architecture) => {
            return Err(format!("rust-bert has no {architecture:?} for {task}"));
        }
    })
}

fn words(error: rust_bert::RustBertError) -> String {
    error.to_string()
}
