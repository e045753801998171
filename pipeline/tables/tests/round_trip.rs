//! What is written is what is read, and the file says how to read it.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, HashSet};

use postil_contract::{
    Aligned, Article, Column, ColumnType, CustomLayer, DuplicateKind, DuplicatePair, Entity,
    HolderKind, LayerSet, Paragraph, ParagraphKey, ParagraphKind, ParagraphSignature, Sentence,
    Signature, Span, Stance, StanceLabel, TargetKind, Unit, Value,
};
use postil_tables::digest::TableDigest;
use postil_tables::{
    ArticleRow, TableId, articles_to_batch, layers_to_batches, pairs_to_batch, parquet_io, read,
    without_articles,
};
use proptest::prelude::*;

/// An article whose every layer has a row, over a text of emoji and combining marks.
fn article(id: &str) -> (Article, LayerSet) {
    let text = "🎉 E\u{301}lodie said: 東京 is far.";
    let article = Article::new(id, text);
    let whole = Span::new(0, text.len());
    let name = text.find('E').unwrap();
    let layers = LayerSet {
        paragraphs: Some(vec![Paragraph {
            span: whole,
            kind: ParagraphKind::Title,
            n_words: 5,
            fingerprint: i64::MIN,
        }]),
        sentences: Some(vec![Sentence { paragraph_idx: 0, span: whole }]),
        entities: Some(vec![Entity {
            span: Span::new(name, name + "E\u{301}lodie".len()),
            sentence_idx: Some(0),
            paragraph_idx: 0,
            label: "PER".to_owned(),
            score: 0.75,
            canonical: "E\u{301}lodie".to_owned(),
            canonical_id: None,
            normalized: None,
            model: "m".to_owned(),
        }]),
        stances: Some(vec![Stance {
            unit: Unit::Article,
            unit_idx: None,
            span: whole,
            target_id: "t".to_owned(),
            target: "T should be".to_owned(),
            target_kind: TargetKind::Config,
            holder_kind: HolderKind::Author,
            holder: None,
            holder_entity_idx: None,
            label: "con".to_owned(),
            stance: StanceLabel::Against,
            score: 0.5,
            p_favor: Some(0.25),
            p_against: Some(0.5),
            p_neutral: None,
            relevance: Some(1.0),
            model: "m".to_owned(),
        }]),
        signature: Some(Signature {
            version: 2,
            model: Some("e".to_owned()),
            paragraphs: vec![
                ParagraphSignature {
                    paragraph_idx: 0,
                    bands: vec![i64::MAX, -1],
                    embedding: vec![0.5, -0.25],
                    sentence_codes: vec![127, -127],
                },
                ParagraphSignature { paragraph_idx: 0, ..ParagraphSignature::default() },
            ],
        }),
        ..LayerSet::default()
    };
    (article, layers)
}

#[test]
fn layers_come_back_from_a_file_as_they_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let (article, layers) = article("seeds/a");
    let batches = layers_to_batches(&[(&article, &layers)]).unwrap();
    let mut back = BTreeMap::new();
    for (table, batch) in batches {
        let path = folder.path().join(format!("{table}.parquet"));
        let written = parquet_io::write(&path, &table, &[batch]).unwrap();
        assert_eq!(written.rows, parquet_io::rows(&path).unwrap());
        assert_eq!(written.bytes, path.metadata().unwrap().len());
        assert_eq!(written.sha256, parquet_io::sha256(&path).unwrap());
        back.insert(table, parquet_io::read(&path).unwrap());
    }
    let read = read::layers(&[&article], &back).unwrap();
    assert_eq!(read["seeds/a"], layers);
}

#[test]
fn spans_in_tables_count_code_points() {
    let (article, layers) = article("a");
    let batches = layers_to_batches(&[(&article, &layers)]).unwrap();
    let batch = &batches[&TableId::Entities];
    let value = |column: &str| {
        use arrow::array::AsArray;
        let array = batch.column_by_name(column).unwrap();
        array.as_primitive::<arrow::datatypes::Int32Type>().value(0) as usize
    };
    let slice: String = article
        .text
        .chars()
        .skip(value("char_start"))
        .take(value("char_end") - value("char_start"))
        .collect();
    assert_eq!(slice, "E\u{301}lodie");
    assert_eq!(value("char_start"), 2);
}

#[test]
fn the_footer_says_what_the_offsets_are_and_how_rows_are_sorted() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let folder = tempfile::tempdir().unwrap();
    for table in TableId::BUILT_IN {
        let path = folder.path().join(format!("{table}.parquet"));
        parquet_io::write(&path, &table, &[]).unwrap();
        let (article, layers) = article("a");
        let batches = layers_to_batches(&[(&article, &layers)]).unwrap();
        if let Some(batch) = batches.get(&table) {
            parquet_io::write(&path, &table, std::slice::from_ref(batch)).unwrap();
        }
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        let metadata = reader.metadata().file_metadata();
        let footer: BTreeMap<_, _> = metadata
            .key_value_metadata()
            .unwrap()
            .iter()
            .map(|pair| (pair.key.as_str(), pair.value.clone().unwrap_or_default()))
            .collect();
        assert_eq!(footer["postil.schema_version"], "1");
        assert_eq!(footer["postil.offset_unit"], "unicode_code_point");
        assert_eq!(footer["postil.interval"], "half_open");
        for group in reader.metadata().row_groups() {
            assert_eq!(group.sorting_columns().unwrap().len(), table.key().len(), "{table}");
        }
    }
}

#[test]
fn rows_are_sorted_by_key_whatever_the_order_of_the_articles() {
    let (one, two) = (article("b"), article("a"));
    let forward = layers_to_batches(&[(&one.0, &one.1), (&two.0, &two.1)]).unwrap();
    let backward = layers_to_batches(&[(&two.0, &two.1), (&one.0, &one.1)]).unwrap();
    assert_eq!(forward, backward);
    let ids = read::text_column("entities", &forward[&TableId::Entities], "article_id").unwrap();
    assert_eq!(ids.iter().flatten().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn an_articles_title_is_the_one_its_paragraphs_tell() {
    let (article, layers) = article("a");
    let content_hash = &article.content_hash();
    let row = ArticleRow { article: &article, layers: &layers, content_hash, run_id: "r" };
    let batch = articles_to_batch(&[row]).unwrap();
    let back = read::articles(&[batch]).unwrap();
    assert_eq!(back[0].article.title.as_deref(), Some(article.text.as_str()));
    assert_eq!(back[0].text_hash, postil_contract::text_hash(&article.text));
}

#[test]
fn pairs_come_back_as_they_went_in() {
    let key = |id: &str| ParagraphKey { article_id: id.to_owned(), paragraph_idx: 3 };
    let pair = DuplicatePair {
        a: key("a"),
        b: key("b"),
        kind: DuplicateKind::Paraphrase,
        jaccard: 0.125,
        containment_a_in_b: 0.25,
        containment_b_in_a: 0.5,
        cosine: None,
        aligned: vec![Aligned { a_sentence_idx: 1, b_sentence_idx: 2, score: 0.75 }],
        a_text: "x".to_owned(),
        b_text: "y".to_owned(),
    };
    let none = DuplicatePair { aligned: Vec::new(), a: key("0"), ..pair.clone() };
    let batch = pairs_to_batch(&[pair.clone(), none.clone()]).unwrap();
    assert_eq!(read::pairs(std::slice::from_ref(&batch)).unwrap(), [none, pair]);
    let gone = HashSet::from(["0".to_owned()]);
    let left = without_articles(&TableId::Duplicates, &batch, &gone).unwrap().unwrap();
    assert_eq!(left.num_rows(), 1);
    let other = HashSet::from(["c".to_owned()]);
    assert_eq!(without_articles(&TableId::Duplicates, &batch, &other).unwrap(), None);
}

#[test]
fn a_layer_of_a_stage_author_becomes_a_table_with_their_columns() {
    let article = Article::new("a", "so so");
    let columns = [("tone", ColumnType::Label), ("weight", ColumnType::Float)];
    let layer = CustomLayer {
        name: "tones".to_owned(),
        columns: columns.map(|(name, kind)| Column { name: name.to_owned(), kind }).to_vec(),
        rows: vec![
            (Some(Span::new(0, 2)), vec![Value::Text("dry".to_owned()), Value::Float(0.5)]),
            (None, vec![Value::Null, Value::Null]),
        ],
    };
    let layers = LayerSet { custom: vec![layer], ..LayerSet::default() };
    let batches = layers_to_batches(&[(&article, &layers)]).unwrap();
    let batch = &batches[&TableId::Custom("tones".to_owned())];
    let schema = batch.schema();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(
        names,
        ["article_id", "tones_idx", "char_start", "char_end", "text", "tone", "weight"]
    );
    let text = read::text_column("tones", batch, "text").unwrap();
    assert_eq!(text.iter().collect::<Vec<_>>(), [Some("so"), None]);
}

#[test]
fn the_digest_knows_rows_and_not_their_order_or_run() {
    let (one, two) = (article("a"), article("b"));
    let digest = |articles: &[&(Article, LayerSet)], run_id: &str| {
        let mut digest = TableDigest::default();
        for (article, layers) in articles {
            let content_hash = &article.content_hash();
            let row = ArticleRow { article, layers, content_hash, run_id };
            digest.update(&TableId::Articles, &articles_to_batch(&[row]).unwrap()).unwrap();
        }
        digest.finish()
    };
    assert_eq!(digest(&[&one, &two], "r1"), digest(&[&two, &one], "r2"));
    assert_ne!(digest(&[&one, &two], "r1"), digest(&[&one], "r1"));
}

proptest! {
    /// Any text, any slice of it: code points in the table, the same bytes back.
    #[test]
    fn every_span_survives_the_table(text in "\\PC{1,200}", a in 0_usize..200, b in 0_usize..200) {
        let boundaries: Vec<usize> =
            text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (a, b) = (a % boundaries.len(), b % boundaries.len());
        prop_assume!(a != b);
        let span = Span::new(boundaries[a.min(b)], boundaries[a.max(b)]);
        let article = Article::new("a", text);
        let layers = LayerSet {
            paragraphs: Some(vec![Paragraph {
                span, kind: ParagraphKind::Body, n_words: 0, fingerprint: 0,
            }]),
            ..LayerSet::default()
        };
        let batches = layers_to_batches(&[(&article, &layers)]).unwrap();
        let batches = batches.into_iter().map(|(table, batch)| (table, vec![batch])).collect();
        let back = read::layers(&[&article], &batches).unwrap();
        prop_assert_eq!(&back["a"], &layers);
    }
}
