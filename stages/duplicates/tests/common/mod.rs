//! Articles through the real paragraphs, sentences and embeddings, up to a corpus.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(dead_code, reason = "each test uses a part of it")]

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use postil_contract::{
    Article, ArticleView, BuildContext, Corpus, CorpusArticle, CorpusParagraph, CorpusSentence,
    CorpusStage, DuplicatePair, LayerSet, MapStage, ModelLocator, Paragraph, Sentence, Span, Stage,
    StageConfig,
};
use postil_duplicates::LexicalSemanticConfig;
use postil_embeddings::TransformerConfig;

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn stage(config: &LexicalSemanticConfig) -> Arc<dyn CorpusStage> {
    match config.clone().build(&BuildContext::default()).unwrap() {
        Stage::Corpus(stage) => stage,
        Stage::Map(_) => panic!("a corpus stage"),
    }
}

fn embedder() -> &'static dyn MapStage {
    static STAGE: LazyLock<Arc<dyn MapStage>> = LazyLock::new(|| {
        let models = ModelLocator::new(vec![root().join("models")]);
        let context = BuildContext { models, ..BuildContext::default() };
        match TransformerConfig::default().build(&context).unwrap() {
            Stage::Map(stage) => stage,
            Stage::Corpus(_) => panic!("a map stage"),
        }
    });
    STAGE.as_ref()
}

/// Paragraphs and sentences of a text.
pub fn layers(text: &str, paragraphs: Vec<Paragraph>) -> LayerSet {
    let mut sentences = Vec::new();
    for (paragraph_idx, paragraph) in (0..).zip(&paragraphs) {
        let start = paragraph.span.start;
        for range in postil_sentences::split(paragraph.span.slice(text).unwrap()) {
            let span = Span::from(range).shifted(start);
            sentences.push(Sentence { paragraph_idx, span });
        }
    }
    LayerSet { paragraphs: Some(paragraphs), sentences: Some(sentences), ..LayerSet::default() }
}

/// The article as the runner would hand it to the join.
pub fn corpus_article(
    stage: &dyn CorpusStage,
    article: &Article,
    mut layers: LayerSet,
    embed: bool,
) -> CorpusArticle {
    if embed {
        let view = ArticleView { article, layers: &layers };
        let embeddings = embedder().annotate(&[view]).remove(0).unwrap().embeddings;
        layers.embeddings = embeddings;
    }
    let view = ArticleView { article, layers: &layers };
    let signature = stage.signature(&view).unwrap();
    let paragraphs = (0..)
        .zip(view.paragraphs())
        .map(|(idx, paragraph)| CorpusParagraph {
            kind: paragraph.kind,
            text: view.slice(paragraph.span).to_owned(),
            fingerprint: paragraph.fingerprint,
            sentences: view
                .sentences_of(idx)
                .map(|(sentence_idx, sentence)| CorpusSentence {
                    sentence_idx,
                    start: sentence.span.start - paragraph.span.start,
                    end: sentence.span.end - paragraph.span.start,
                })
                .collect(),
        })
        .collect();
    CorpusArticle { id: article.id.clone(), new: true, signature, paragraphs }
}

/// A corpus of articles (id, text), all new.
pub fn corpus(stage: &dyn CorpusStage, articles: &[(String, String)], embed: bool) -> Corpus {
    let mut made: Vec<CorpusArticle> = articles
        .iter()
        .map(|(id, text)| {
            let article = Article::new(id.as_str(), text.as_str());
            let layers = layers(text, postil_paragraphs::paragraphs(text));
            corpus_article(stage, &article, layers, embed)
        })
        .collect();
    made.sort_by(|a, b| a.id.cmp(&b.id));
    Corpus { articles: made }
}

/// The five seed articles.
pub fn seeds() -> Vec<(String, String)> {
    let mut articles: Vec<(String, String)> = std::fs::read_dir(root().join("seeds"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (format!("seeds/{name}"), std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    articles.sort();
    articles
}

pub fn start(text: &str) -> String {
    text.split_whitespace().take(5).collect::<Vec<_>>().join(" ")
}

/// A pair as a line: kind, keys, and how both begin.
pub fn line(pair: &DuplicatePair) -> String {
    format!(
        "{:10} {} ~ {}  [{}] ~ [{}]",
        pair.kind.as_str(),
        pair.a,
        pair.b,
        start(&pair.a_text),
        start(&pair.b_text)
    )
}
