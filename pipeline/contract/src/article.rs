//! The input: articles and the targets whose stance is asked for.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One input text, verbatim, with its metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The identity that stays when the text changes: a path below the input argument's parent
    /// (`seeds/001_4d27f343bf8ecd32`), a record's own id, or a hash of the text.
    pub id: String,
    /// Where it was read from, for people: a path, or `path:line` for a record.
    pub source: String,
    /// The title the input gave, if any.
    pub title: Option<String>,
    /// Time of publication in microseconds since 1970-01-01T00:00 UTC, where the input's is unambiguous.
    pub published_at: Option<i64>,
    /// The time of publication as the input wrote it.
    pub published_raw: Option<String>,
    /// BCP 47 language code, where known.
    pub lang: Option<String>,
    /// The text, byte for byte as decoded; every span points into it.
    pub text: String,
    /// All other fields of the input record, as one JSON object.
    pub metadata: Option<String>,
    /// Targets that the input record brought along.
    pub targets: Vec<Target>,
}

impl Article {
    /// An article of an id and a text, without metadata.
    #[must_use]
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            source: id.clone(),
            id,
            title: None,
            published_at: None,
            published_raw: None,
            lang: None,
            text: text.into(),
            metadata: None,
            targets: Vec::new(),
        }
    }

    /// The hash that tells that the article changed: of the text, and of the fields that a stage may
    /// read where there are any. For a plain text it is [`text_hash`] of the text.
    #[must_use]
    pub fn content_hash(&self) -> String {
        let Self {
            id: _,
            source: _,
            text: _,
            title,
            published_at,
            published_raw,
            lang,
            metadata,
            targets,
        } = self;
        let is_plain = title.is_none()
            && published_at.is_none()
            && published_raw.is_none()
            && lang.is_none()
            && metadata.is_none()
            && targets.is_empty();
        if is_plain {
            return text_hash(&self.text);
        }
        let fields =
            serde_json::json!([title, published_at, published_raw, lang, metadata, targets]);
        hash_of(&[self.text.as_bytes(), b"\0", fields.to_string().as_bytes()])
    }
}

/// The first 128 bits of the text's SHA-256, as 32 lower-case hexadecimal digits.
#[must_use]
pub fn text_hash(text: &str) -> String {
    hash_of(&[text.as_bytes()])
}

/// The hash of the pieces, one after another.
fn hash_of(pieces: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for piece in pieces {
        hash.update(piece);
    }
    let mut hex = String::with_capacity(32);
    for byte in hash.finalize().iter().take(16) {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Something a text can be for or against.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Short name, stable over runs: `accords`.
    pub id: String,
    /// What one can be for or against, best as a full claim: "Kazakhstan should join the Abraham
    /// Accords".
    pub statement: String,
    /// Words by which texts speak of it: "Abraham Accords", "the Accords".
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Where the target comes from.
    #[serde(skip, default)]
    pub kind: TargetKind,
}

/// Where a target comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// The config's `[[targets]]`.
    #[default]
    Config,
    /// The input record's `targets`.
    Input,
    /// One of the article's own main entities.
    Entity,
}

impl TargetKind {
    /// The name used in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Input => "input",
            Self::Entity => "entity",
        }
    }

    /// The kind of a name, or `None` for an unknown one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Config, Self::Input, Self::Entity].into_iter().find(|kind| kind.as_str() == name)
    }
}
