//! What the targets share.

use postil_contract::{
    Article, ArticleView, BuildContext, CodePoints, LayerSet, MapStage, Span, Stage, StageConfig,
    validate,
};
use std::sync::Arc;

/// A map stage with its default options.
pub fn stage<C: StageConfig>() -> Arc<dyn MapStage> {
    match C::default().build(&BuildContext::default()) {
        Ok(Stage::Map(stage)) => stage,
        _ => unreachable!("the stage is a map stage and needs no file"),
    }
}

/// Runs a stage over an article and checks what comes back: the contract, and of every span that it
/// cuts the same text by bytes (as we do) and by code points (as the tables' readers do).
pub fn run(stage: &dyn MapStage, article: &Article, layers: &LayerSet) -> LayerSet {
    let results = stage.annotate(&[ArticleView { article, layers }]);
    let [Ok(found)] = results.as_slice() else { panic!("no result for {:?}", article.text) };
    if let Err(violation) = validate::check(article, &stage.info().provides, layers, found) {
        panic!("{violation} in {:?}", article.text);
    }
    let points = CodePoints::new(&article.text);
    let paragraphs = found.paragraphs.iter().flatten().map(|paragraph| paragraph.span);
    let sentences = found.sentences.iter().flatten().map(|sentence| sentence.span);
    for span in paragraphs.chain(sentences) {
        same_by_code_points(&article.text, &points, span);
    }
    found.clone()
}

fn same_by_code_points(text: &str, points: &CodePoints<'_>, span: Span) {
    // Cutting by characters from the start of the text would take the square of its length.
    const LONG: usize = 1 << 14;
    if text.len() > LONG {
        return;
    }
    let (start, end) = points.span(span);
    let by_points: String = text.chars().skip(start).take(end - start).collect();
    assert_eq!(span.slice(text), Some(by_points.as_str()), "{span:?} in {text:?}");
}
