//! How good a pipeline is: reads gold annotations, and scores the layers that stages wrote against
//! them.
//!
//! It runs nothing and knows no stage: [`Gold::read`] turns a file into articles, the layers that the
//! file itself gives (its sentences, its paragraphs) and the right answers; whoever runs the pipeline
//! hands the layers back, and [`Gold::score`] counts. From the counts of each document come the
//! field's own measures ([`Measure`]), 95 % intervals by bootstrap ([`Report::summary`]), and the
//! difference of two pipelines on the same gold ([`Report::against`]).

mod bootstrap;
mod gold;
mod labels;
mod report;
mod score;
mod tags;

pub use bootstrap::{LEVEL, ROUNDS, SEED};
pub use gold::{Answers, Format, Gold, GoldArticle, GoldError, GoldStance, StanceOf};
pub use labels::{LabelMap, Labels};
pub use report::{Comparison, Counts, Estimate, Measure, Report, Row, Summary};
pub use score::{Difference, Scored};
pub use tags::{Chunk, Tag, chunks};
