//! Finds names, places, peoples, events and dates in articles.
//!
//! - [`TransformerConfig`] (`entities.transformer`): a token classifier reads the sentences in their context;
//!   rules bring its mentions to the guideline and into agreement over the article.
//! - [`GazetteerConfig`] (`entities.gazetteer`): the names of a list.
//!
//! Both give each mention its `canonical` name, the fullest one that the article uses; dates get
//! their ISO 8601 form.

mod acronyms;
mod canonical;
mod classifier;
mod clean;
mod consistency;
mod dates;
mod decode;
mod gazetteer;
mod kind;
mod passage;
mod places;
mod sentence;
mod tags;
mod transformer;
mod words;

pub use classifier::{ClassifierModel, WordClassifier};
pub use gazetteer::GazetteerConfig;
pub use passage::Context;
pub use transformer::{DEFAULT_MODEL, TransformerConfig};
