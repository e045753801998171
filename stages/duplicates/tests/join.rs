//! Properties of the join: exactness, order, old and new, time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;
use std::time::Instant;

use postil_contract::{
    Article, Corpus, CorpusArticle, DuplicateKind, DuplicatePair, Stage, StageConfig, conformance,
};
use postil_duplicates::LexicalSemanticConfig;
use proptest::prelude::*;

/// A small generator, so that the texts are the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn words(&mut self, count: u64) -> Vec<String> {
        // Rank by the square of a uniform number: a few words are common, most are rare.
        (0..count).map(|_| format!("w{}", self.next(200) * self.next(200))).collect()
    }
}

fn lexical() -> LexicalSemanticConfig {
    LexicalSemanticConfig { paraphrase: false, ..LexicalSemanticConfig::default() }
}

fn articles(texts: &[Vec<String>]) -> Vec<(String, String)> {
    let name = |idx: usize| format!("a{idx:06}");
    texts.iter().enumerate().map(|(idx, p)| (name(idx), p.join("\n\n"))).collect()
}

/// Articles of ten paragraphs of 20 to 80 words; every hundredth paragraph copies an earlier one,
/// every hundredth changes a tenth of its words, every hundredth holds a quotation of twelve words.
fn synthetic(paragraphs: usize) -> Vec<(String, String)> {
    let mut random = Random(88_172_645_463_325_252);
    let mut all: Vec<Vec<String>> = Vec::new();
    for idx in 0..paragraphs {
        let count = 20 + random.next(60);
        let mut words = random.words(count);
        if idx > 0 && idx % 100 < 3 {
            let source = all[random.next(idx as u64) as usize].clone();
            match idx % 100 {
                0 => words = source,
                1 => {
                    words = source;
                    for place in (5..words.len()).step_by(10) {
                        words[place] = format!("changed{idx}x{place}");
                    }
                }
                _ => words = source[..12].to_vec(),
            }
        }
        all.push(words);
    }
    let texts: Vec<Vec<String>> =
        all.chunks(10).map(|ten| ten.iter().map(|words| words.join(" ") + ".").collect()).collect();
    articles(&texts)
}

fn key(pair: &DuplicatePair) -> String {
    format!("{} {} {}", pair.a, pair.kind, pair.b)
}

#[test]
fn conforms() {
    let stage = LexicalSemanticConfig::default().build(&Default::default()).unwrap();
    conformance::check(&stage, conformance::LARGE).unwrap();
    let stage = lexical().build(&Default::default()).unwrap();
    assert!(stage.info().needs.iter().all(|layer| layer.as_str() != "embeddings"));
    conformance::check(&stage, conformance::LARGE).unwrap();
    assert!(matches!(stage, Stage::Corpus(_)));
}

#[test]
fn the_pairs_are_those_of_comparing_everything_with_everything() {
    let stage = common::stage(&lexical());
    let corpus = common::corpus(stage.as_ref(), &synthetic(1_500), false);
    let found: BTreeSet<String> = stage.pairs(&corpus).unwrap().iter().map(key).collect();
    // In one article of all paragraphs, beyond the limit for all pairs, only bands find candidates;
    // in 375 articles of four every pair inside is compared. So compare each two articles alone.
    let (mut sure, mut expected) = (BTreeSet::new(), BTreeSet::new());
    for (idx, a) in corpus.articles.iter().enumerate() {
        for b in &corpus.articles[idx + 1..] {
            for (line, is_sure) in all_pairs(a, b) {
                sure.extend(is_sure.then(|| line.clone()));
                expected.insert(line);
            }
        }
    }
    let between: BTreeSet<String> = found
        .into_iter()
        .filter(|line| {
            let parts: Vec<&str> = line.split(' ').collect();
            parts[0].split('#').next() != parts[2].split('#').next()
        })
        .collect();
    assert!(between.len() > 30, "{}", between.len());
    assert!(between.is_subset(&expected), "{:?}", between.difference(&expected));
    // A contained pair that shares no eight words in a row may be missed.
    assert!(between.is_superset(&sure), "{:?}", sure.difference(&between));
    assert!(expected.len() - between.len() <= expected.len() / 40);
}

/// Exact and near pairs and contained ones between two articles, by sets of word triples, and whether
/// they are sure to be found.
fn all_pairs(a: &CorpusArticle, b: &CorpusArticle) -> Vec<(String, bool)> {
    fn runs(text: &str, size: usize) -> BTreeSet<Vec<&str>> {
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        words.windows(size).map(<[&str]>::to_vec).collect()
    }
    let mut found = Vec::new();
    for (i, x) in a.paragraphs.iter().enumerate() {
        let tx = runs(&x.text, 3);
        for (j, y) in b.paragraphs.iter().enumerate() {
            let ty = runs(&y.text, 3);
            let shared = tx.intersection(&ty).count();
            let jaccard = shared as f32 / (tx.len() + ty.len() - shared) as f32;
            let contained = shared as f32 / tx.len().min(ty.len()) as f32;
            let kind = match () {
                () if x.text == y.text => DuplicateKind::Exact,
                () if jaccard >= 0.6 => DuplicateKind::Near,
                () if contained >= 0.5 && shared >= 5 => DuplicateKind::Contained,
                () => continue,
            };
            let is_sure = kind != DuplicateKind::Contained
                || !runs(&x.text, 8).is_disjoint(&runs(&y.text, 8));
            found.push((format!("{}#{i} {kind} {}#{j}", a.id, b.id), is_sure));
        }
    }
    found
}

#[test]
fn twenty_thousand_paragraphs_join_in_seconds() {
    let stage = common::stage(&lexical());
    let corpus = common::corpus(stage.as_ref(), &synthetic(20_000), false);
    let started = Instant::now();
    let pairs = stage.pairs(&corpus).unwrap();
    let seconds = started.elapsed().as_secs_f64();
    assert!(seconds < 60.0, "{seconds} s for {} pairs", pairs.len());
    let count = |kind| pairs.iter().filter(|pair| pair.kind == kind).count();
    // Every planted copy is there: 199 of each sort, some of them copies of copies.
    assert!(count(DuplicateKind::Exact) >= 199, "{}", count(DuplicateKind::Exact));
    assert!(count(DuplicateKind::Near) + count(DuplicateKind::Contained) >= 390);
    println!("{} pairs in {seconds:.2} s", pairs.len());
}

#[test]
fn a_second_run_finds_what_the_first_could_not_and_no_more() {
    let stage = common::stage(&lexical());
    let mut corpus = common::corpus(stage.as_ref(), &synthetic(3_000), false);
    let at_once: BTreeSet<String> = stage.pairs(&corpus).unwrap().iter().map(key).collect();

    let later: Vec<CorpusArticle> = corpus.articles.split_off(200);
    let first: BTreeSet<String> = stage.pairs(&corpus).unwrap().iter().map(key).collect();
    corpus.articles.iter_mut().for_each(|article| article.new = false);
    assert_eq!(stage.pairs(&corpus).unwrap(), [], "nothing new");
    corpus.articles.extend(later);
    let second: BTreeSet<String> = stage.pairs(&corpus).unwrap().iter().map(key).collect();

    assert!(first.is_disjoint(&second), "a pair was written twice");
    assert_eq!(first.union(&second).cloned().collect::<BTreeSet<_>>(), at_once);
}

#[test]
fn neither_order_nor_threads_change_the_pairs() {
    let stage = common::stage(&LexicalSemanticConfig::default());
    let mut corpus = common::corpus(stage.as_ref(), &common::seeds(), true);
    let pairs = stage.pairs(&corpus).unwrap();
    assert!(!pairs.is_empty());
    assert!(pairs.iter().all(|pair| pair.a < pair.b));
    assert!(pairs.windows(2).all(|two| (&two[0].a, &two[0].b) < (&two[1].a, &two[1].b)));
    corpus.articles.reverse();
    assert_eq!(stage.pairs(&corpus).unwrap(), pairs);
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(one_thread.install(|| stage.pairs(&corpus)).unwrap(), pairs);
}

#[test]
fn many_copies_of_one_text_make_few_pairs_and_one_cluster() {
    let footer = "Subscribe to our newsletter for the best stories of the week in your inbox.";
    let mut random = Random(5);
    let texts: Vec<Vec<String>> =
        (0..300).map(|_| vec![random.words(30).join(" ") + ".", footer.to_owned()]).collect();
    let stage = common::stage(&lexical());
    let mut corpus = Corpus::default();
    for (id, text) in articles(&texts) {
        let article = Article::new(id, text.as_str());
        // Taken as body text, whatever the paragraphs stage makes of a newsletter.
        let mut paragraphs = postil_paragraphs::paragraphs(&text);
        for paragraph in &mut paragraphs {
            paragraph.kind = postil_contract::ParagraphKind::Body;
        }
        let layers = common::layers(&text, paragraphs);
        corpus.articles.push(common::corpus_article(stage.as_ref(), &article, layers, false));
    }
    let pairs = stage.pairs(&corpus).unwrap();
    assert_eq!(pairs.len(), 299);
    let rows = stage.clusters(&pairs);
    assert_eq!(rows.len(), 300);
    assert!(rows.iter().all(|row| row.role.as_str() == "boilerplate" && row.size == 300));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_text_goes_through(texts in proptest::collection::vec("(\\PC{0,80}\n){0,4}", 1..4)) {
        let stage = common::stage(&lexical());
        let texts: Vec<Vec<String>> = texts.into_iter().map(|text| vec![text]).collect();
        let corpus = common::corpus(stage.as_ref(), &articles(&texts), false);
        let pairs = stage.pairs(&corpus).unwrap();
        for pair in &pairs {
            prop_assert!((0.0..=1.0).contains(&pair.jaccard));
            prop_assert!(pair.a < pair.b);
        }
        prop_assert!(stage.clusters(&pairs).len() <= 2 * pairs.len());
    }
}

#[test]
fn the_example_config_holds_the_defaults() {
    let file: toml::Table = include_str!("../example.toml").parse().unwrap();
    let mut stage = file["stages"][0].as_table().unwrap().clone();
    assert_eq!(stage.remove("uses").unwrap().as_str(), Some("duplicates.lexical-semantic"));
    let config: LexicalSemanticConfig = stage.try_into().unwrap();
    assert_eq!(config, LexicalSemanticConfig::default());
}

#[test]
fn options_out_of_range_are_all_reported() {
    let config = LexicalSemanticConfig { min_words: 1, near: 1.5, ..Default::default() };
    let paths: Vec<String> =
        config.check(&Default::default()).into_iter().map(|problem| problem.path).collect();
    assert_eq!(paths, ["min_words", "near"]);
}
