//! The layers: what stages read and write.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::corpus::Signature;
use crate::custom::CustomLayer;
use crate::span::Span;

/// The name of a kind of annotation. A stage declares the layers it needs and provides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// [`Paragraph`]s.
    Paragraphs,
    /// [`Sentence`]s.
    Sentences,
    /// [`Embeddings`]: never a table of its own.
    Embeddings,
    /// [`Entity`] mentions.
    Entities,
    /// [`Stance`]s.
    Stances,
    /// Duplicate pairs and clusters, from a corpus stage's [`Signature`]s.
    Duplicates,
    /// A stage author's own layer; its name becomes `output/<name>/`.
    Custom(String),
}

impl Layer {
    /// The layers Postil knows, in the order of the default pipeline.
    pub const BUILT_IN: [Self; 6] = [
        Self::Paragraphs,
        Self::Sentences,
        Self::Embeddings,
        Self::Entities,
        Self::Stances,
        Self::Duplicates,
    ];

    /// The layer's name in configs and tables.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Paragraphs => "paragraphs",
            Self::Sentences => "sentences",
            Self::Embeddings => "embeddings",
            Self::Entities => "entities",
            Self::Stances => "stances",
            Self::Duplicates => "duplicates",
            Self::Custom(name) => name,
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Layer {
    type Err = std::convert::Infallible;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(Self::BUILT_IN
            .into_iter()
            .find(|layer| layer.as_str() == name)
            .unwrap_or_else(|| Self::Custom(name.to_owned())))
    }
}

/// Defines an enum whose variants have one lower-case name each, used in tables and configs.
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name used in tables.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The value of a name, or `None` for an unknown one.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// What a paragraph is, judged from the article alone.
    ParagraphKind {
        /// The article's own title.
        Title = "title",
        /// A heading of a section.
        Heading = "heading",
        /// Running text.
        Body = "body",
        /// One item of a list, without its marker.
        ListItem = "list_item",
        /// A quotation standing alone.
        Quote = "quote",
        /// A question of an interview.
        Question = "question",
        /// What belongs to the page and not to the text: captions, share buttons, `Tags`.
        Boilerplate = "boilerplate",
    }
}

/// A paragraph. Indentation and list markers are not part of its span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Into the article's text.
    pub span: Span,
    /// What it is.
    pub kind: ParagraphKind,
    /// Words by Unicode's word boundaries.
    pub n_words: u32,
    /// Hash of the normalised text (letters and digits, case-folded): equal for equal words.
    pub fingerprint: i64,
}

impl Paragraph {
    /// Whether stages that judge the meaning read this paragraph (all but boilerplate).
    #[must_use]
    pub fn is_content(&self) -> bool {
        self.kind != ParagraphKind::Boilerplate
    }
}

/// A sentence of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Index into the paragraphs layer.
    pub paragraph_idx: u32,
    /// Into the article's text; inside the paragraph's span.
    pub span: Span,
}

/// Unit vectors of the paragraphs and sentences of an article, from one pass of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Embeddings {
    /// Numbers in a vector.
    pub dim: usize,
    /// Name of the model.
    pub model: String,
    /// One vector of `dim` for each paragraph, one after another; all zero where a paragraph was
    /// not embedded (boilerplate, or no word in it).
    pub paragraphs: Vec<f32>,
    /// The same for the sentences.
    pub sentences: Vec<f32>,
}

impl Embeddings {
    /// The vector of paragraph `idx`; `None` where there is none or it is all zero.
    #[must_use]
    pub fn paragraph(&self, idx: usize) -> Option<&[f32]> {
        vector(&self.paragraphs, self.dim, idx)
    }

    /// The vector of sentence `idx`; `None` where there is none or it is all zero.
    #[must_use]
    pub fn sentence(&self, idx: usize) -> Option<&[f32]> {
        vector(&self.sentences, self.dim, idx)
    }
}

fn vector(all: &[f32], dim: usize, idx: usize) -> Option<&[f32]> {
    let start = idx.checked_mul(dim)?;
    let row = all.get(start..start.checked_add(dim)?)?;
    row.iter().any(|value| *value != 0.0).then_some(row)
}

/// A mention of a name, a date, ...
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// Into the article's text; an exact slice, without a leading "the".
    pub span: Span,
    /// Index into the sentences layer, where the mention lies inside one.
    pub sentence_idx: Option<u32>,
    /// Index into the paragraphs layer.
    pub paragraph_idx: u32,
    /// The model's label: PER, ORG, LOC, NORP, EVENT, DATE, MISC, or its own.
    pub label: String,
    /// Probability of the label, 0 to 1.
    pub score: f32,
    /// The fullest name the article uses for it.
    pub canonical: String,
    /// An identifier from outside (a gazetteer's), if any.
    pub canonical_id: Option<String>,
    /// A normal form: an ISO 8601 date for dates.
    pub normalized: Option<String>,
    /// Name of the model.
    pub model: String,
}

vocabulary! {
    /// The part of an article that a stance is judged on.
    Unit {
        /// The whole article.
        Article = "article",
        /// A paragraph.
        Paragraph = "paragraph",
        /// A sentence.
        Sentence = "sentence",
    }
}

vocabulary! {
    /// Whose stance it is.
    HolderKind {
        /// The article's author.
        Author = "author",
        /// An entity whose view the text reports.
        Entity = "entity",
    }
}

vocabulary! {
    /// A stance towards a target.
    StanceLabel {
        /// For it.
        Favor = "favor",
        /// Against it.
        Against = "against",
        /// Speaks of it without taking a side.
        Neutral = "neutral",
        /// Does not speak of it.
        Unrelated = "unrelated",
        /// The classifier is not sure enough to say.
        Abstain = "abstain",
    }
}

/// The stance of a holder, in a unit of an article, towards a target.
///
/// For every article and every target of config or input there is exactly one with
/// `unit = article` and `holder_kind = author`; paragraphs that do not speak of a target have none.
#[derive(Debug, Clone, PartialEq)]
pub struct Stance {
    /// What it was judged on.
    pub unit: Unit,
    /// Index into the layer of the unit; `None` for the article.
    pub unit_idx: Option<u32>,
    /// Into the article's text: the unit's span.
    pub span: Span,
    /// The target's id.
    pub target_id: String,
    /// The target's statement.
    pub target: String,
    /// Where the target comes from.
    pub target_kind: crate::TargetKind,
    /// Whose stance it is.
    pub holder_kind: HolderKind,
    /// The holder's name; `None` for the author.
    pub holder: Option<String>,
    /// Index into the entities layer of a mention of the holder.
    pub holder_entity_idx: Option<u32>,
    /// The classifier's own label.
    pub label: String,
    /// The label in Postil's words.
    pub stance: StanceLabel,
    /// Probability of `stance` (for `abstain`, of the likeliest label), 0 to 1.
    pub score: f32,
    /// Probability of favor, where the classifier gives one.
    pub p_favor: Option<f32>,
    /// Probability of against, where the classifier gives one.
    pub p_against: Option<f32>,
    /// Probability of neutral, where the classifier gives one.
    pub p_neutral: Option<f32>,
    /// How much the unit speaks of the target, 0 to 1, where it was measured.
    pub relevance: Option<f32>,
    /// Name of the model.
    pub model: String,
}

/// The layers of one article: what a stage returns (its own), and what it reads (the earlier ones).
///
/// `None` means that no stage has written the layer; an empty list, that there is nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LayerSet {
    /// Sorted by position, without overlap.
    pub paragraphs: Option<Vec<Paragraph>>,
    /// Sorted by position, without overlap.
    pub sentences: Option<Vec<Sentence>>,
    /// Vectors for the above.
    pub embeddings: Option<Embeddings>,
    /// Sorted by position.
    pub entities: Option<Vec<Entity>>,
    /// Sorted as the stage likes, the same way each time.
    pub stances: Option<Vec<Stance>>,
    /// What a corpus stage made of the article. Only the runner writes it.
    pub signature: Option<Signature>,
    /// Layers of stage authors.
    pub custom: Vec<CustomLayer>,
    /// Code points of the text that the stage read, where it was not all of it (a stage that passes
    /// over boilerplate still counts it as read).
    pub chars_read: Option<usize>,
}

impl LayerSet {
    /// The layers present, in a fixed order.
    #[must_use]
    pub fn names(&self) -> Vec<Layer> {
        let mut names = Vec::new();
        let mut add = |present: bool, layer: Layer| {
            if present {
                names.push(layer);
            }
        };
        add(self.paragraphs.is_some(), Layer::Paragraphs);
        add(self.sentences.is_some(), Layer::Sentences);
        add(self.embeddings.is_some(), Layer::Embeddings);
        add(self.entities.is_some(), Layer::Entities);
        add(self.stances.is_some(), Layer::Stances);
        add(self.signature.is_some(), Layer::Duplicates);
        names.extend(self.custom.iter().map(|layer| Layer::Custom(layer.name.clone())));
        names
    }

    /// Rows of a layer: what the summary and the coverage count.
    #[must_use]
    pub fn rows(&self, layer: &Layer) -> usize {
        let len = match layer {
            Layer::Paragraphs => self.paragraphs.as_ref().map(Vec::len),
            Layer::Sentences => self.sentences.as_ref().map(Vec::len),
            Layer::Embeddings => {
                self.embeddings.as_ref().map(|e| e.paragraphs.len() / e.dim.max(1))
            }
            Layer::Entities => self.entities.as_ref().map(Vec::len),
            Layer::Stances => self.stances.as_ref().map(Vec::len),
            Layer::Duplicates => self.signature.as_ref().map(|s| s.paragraphs.len()),
            Layer::Custom(name) => {
                self.custom.iter().find(|layer| layer.name == *name).map(|layer| layer.rows.len())
            }
        };
        len.unwrap_or(0)
    }

    /// Takes over every layer present in `other`; `chars_read` stays.
    pub fn merge(&mut self, other: Self) {
        fn take<T>(into: &mut Option<T>, from: Option<T>) {
            if from.is_some() {
                *into = from;
            }
        }
        take(&mut self.paragraphs, other.paragraphs);
        take(&mut self.sentences, other.sentences);
        take(&mut self.embeddings, other.embeddings);
        take(&mut self.entities, other.entities);
        take(&mut self.stances, other.stances);
        take(&mut self.signature, other.signature);
        for layer in other.custom {
            self.custom.retain(|present| present.name != layer.name);
            self.custom.push(layer);
        }
    }
}
