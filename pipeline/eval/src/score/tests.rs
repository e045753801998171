use postil_contract::{Article, TargetKind};

use super::*;
use crate::labels::LabelMap;

fn entity(start: usize, end: usize, label: &str) -> Entity {
    Entity {
        span: Span::new(start, end),
        sentence_idx: None,
        paragraph_idx: 0,
        label: label.to_owned(),
        score: 1.0,
        canonical: "x".to_owned(),
        canonical_id: None,
        normalized: None,
        model: "m".to_owned(),
    }
}

fn stance(unit: Unit, unit_idx: Option<u32>, target: &str, stance: StanceLabel) -> Stance {
    Stance {
        unit,
        unit_idx,
        span: Span::new(0, 1),
        target_id: target.to_owned(),
        target: target.to_owned(),
        target_kind: TargetKind::Input,
        holder_kind: HolderKind::Author,
        holder: None,
        holder_entity_idx: None,
        label: stance.to_string(),
        stance,
        score: 0.6,
        p_favor: None,
        p_against: None,
        p_neutral: None,
        relevance: None,
        model: "m".to_owned(),
    }
}

fn gold(format: Format, articles: Vec<(&str, Answers)>) -> Gold {
    let articles = articles
        .into_iter()
        .enumerate()
        .map(|(at, (text, answers))| GoldArticle {
            article: Article::new(format!("line {at}"), text),
            given: LayerSet::default(),
            answers,
        })
        .collect();
    Gold { format, articles, unit: "document", notes: Vec::new() }
}

fn mentions(all: &[(usize, usize, &str)]) -> Answers {
    Answers::Mentions(
        all.iter()
            .map(|(start, end, label)| (Span::new(*start, *end), (*label).to_owned()))
            .collect(),
    )
}

fn figures(scored: &Scored) -> Vec<(String, f64, usize, usize, usize)> {
    let rows = scored.report.summary().rows;
    rows.into_iter()
        .map(|row| {
            let value = (row.value * 1e4).round() / 1e4;
            (row.name, value, row.counts.right, row.counts.predicted, row.counts.gold)
        })
        .collect()
}

#[test]
fn a_mention_is_right_with_its_exact_span_and_label() {
    let gold = gold(
        Format::Spans,
        vec![
            ("Tokayev flew to New York", mentions(&[(0, 7, "PER"), (16, 24, "LOC")])),
            ("Rome", mentions(&[(0, 4, "LOC")])),
        ],
    );
    let layers = [
        LayerSet {
            entities: Some(vec![entity(0, 7, "PER"), entity(20, 24, "LOC"), entity(8, 12, "DATE")]),
            ..LayerSet::default()
        },
        LayerSet { entities: Some(vec![entity(0, 4, "ORG")]), ..LayerSet::default() },
    ];
    let scored = gold.score(&layers, &Labels::default());
    // One of two predictions with a label of the gold file, of three in it: 2 / 5.
    assert_eq!(
        figures(&scored),
        [
            ("all".to_owned(), 0.4, 1, 2, 3),
            ("LOC".to_owned(), 0.0, 0, 1, 2),
            ("PER".to_owned(), 1.0, 1, 1, 1),
        ]
    );
    let differences: Vec<String> = scored
        .differences
        .iter()
        .map(|d| format!("{} {} {}: {}", d.article, d.kind, d.what, d.context))
        .collect();
    assert_eq!(
        differences,
        [
            "line 0 missed LOC: Tokayev flew to [New York]",
            "line 0 wrong LOC: Tokayev flew to New [York]",
            "line 1 missed LOC: [Rome]",
        ]
    );
}

#[test]
fn labels_are_chosen_and_renamed() {
    let gold = gold(
        Format::Spans,
        vec![(
            "Ann of Rome",
            mentions(&[(0, 3, "politician"), (7, 11, "country"), (4, 6, "misc")]),
        )],
    );
    let layers = [LayerSet {
        entities: Some(vec![entity(0, 3, "PER"), entity(7, 11, "GPE")]),
        ..LayerSet::default()
    }];
    let labels = Labels {
        map: LabelMap::parse(["politician=PER", "country=LOC", "GPE=LOC"]).unwrap(),
        only: vec!["PER".to_owned(), "LOC".to_owned()],
    };
    assert_eq!(figures(&gold.score(&layers, &labels))[0], ("all".to_owned(), 1.0, 2, 2, 2));
    let scored = gold.score(&layers, &Labels::default());
    assert!(
        scored.report.notes[0].contains("gives none of the labels"),
        "{:?}",
        scored.report.notes
    );
}

#[test]
fn ends_of_sentences_and_whole_sentences() {
    let text = "One. Two. Three.";
    let all = |spans: &[(usize, usize)]| -> Vec<Span> {
        spans.iter().map(|(start, end)| Span::new(*start, *end)).collect()
    };
    let gold =
        gold(Format::Conllu, vec![(text, Answers::Sentences(all(&[(0, 4), (5, 9), (10, 16)])))]);
    let sentence = |span: Span| Sentence { paragraph_idx: 0, span };
    let layers = [LayerSet {
        sentences: Some(all(&[(0, 9), (10, 16)]).into_iter().map(sentence).collect()),
        ..LayerSet::default()
    }];
    let scored = gold.score(&layers, &Labels::default());
    assert_eq!(
        figures(&scored),
        [
            ("ends of sentences".to_owned(), 0.8, 2, 2, 3),
            ("whole sentences".to_owned(), 0.4, 1, 2, 3),
            ("whole documents".to_owned(), 0.0, 0, 1, 1),
        ]
    );
    assert_eq!(scored.differences[0].context, "One.‖ Two. Three.");
}

#[test]
fn texts_are_a_forced_choice_among_the_classes_of_the_file() {
    let answer = |stance| {
        let of = StanceOf::Text;
        Answers::Stances(vec![GoldStance { of, target_id: "gold".to_owned(), stance }])
    };
    let gold = gold(
        Format::Stance,
        vec![
            ("a", answer(StanceLabel::Favor)),
            ("b", answer(StanceLabel::Favor)),
            ("c", answer(StanceLabel::Against)),
            ("d", answer(StanceLabel::Against)),
        ],
    );
    let said = |favor: f32, against: f32, label: StanceLabel| LayerSet {
        stances: Some(vec![Stance {
            p_favor: Some(favor),
            p_against: Some(against),
            p_neutral: Some(1.0 - favor - against),
            ..stance(Unit::Paragraph, Some(0), "gold", label)
        }]),
        ..LayerSet::default()
    };
    let layers = [
        // Neutral by its own words, and of the two classes of the file favor.
        said(0.3, 0.1, StanceLabel::Neutral),
        said(0.2, 0.7, StanceLabel::Against),
        said(0.1, 0.2, StanceLabel::Abstain),
        LayerSet { stances: Some(Vec::new()), ..LayerSet::default() },
    ];
    let scored = gold.score(&layers, &Labels::default());
    assert_eq!(
        figures(&scored),
        [
            // (2/3 + 2/4) / 2
            ("all".to_owned(), 0.5833, 2, 3, 4),
            ("all, accuracy".to_owned(), 0.5, 2, 3, 4),
            ("favor".to_owned(), 0.6667, 1, 1, 2),
            ("against".to_owned(), 0.5, 1, 2, 2),
        ]
    );
    assert!(scored.report.notes[0].starts_with("1 of 4 texts"), "{:?}", scored.report.notes);
    assert_eq!(
        choose(None, &[StanceLabel::Favor, StanceLabel::Neutral]),
        Some(StanceLabel::Neutral)
    );
}

#[test]
fn articles_and_their_paragraphs() {
    let text = "The accord is good.\nNobody asked.";
    let answer = |of, stance| GoldStance { of, target_id: "t".to_owned(), stance };
    let gold = gold(
        Format::Articles,
        vec![(
            text,
            Answers::Stances(vec![
                answer(StanceOf::Article, StanceLabel::Favor),
                answer(StanceOf::Paragraph("The accord is".to_owned()), StanceLabel::Favor),
                answer(StanceOf::Paragraph("- Nobody asked.".to_owned()), StanceLabel::Unrelated),
                answer(StanceOf::Paragraph("Lost".to_owned()), StanceLabel::Against),
            ]),
        )],
    );
    let paragraph = |start, end| Paragraph {
        span: Span::new(start, end),
        kind: postil_contract::ParagraphKind::Body,
        n_words: 1,
        fingerprint: 0,
    };
    let layers = [LayerSet {
        paragraphs: Some(vec![paragraph(0, 19), paragraph(20, 33)]),
        stances: Some(vec![
            stance(Unit::Article, None, "t", StanceLabel::Neutral),
            stance(Unit::Paragraph, Some(0), "t", StanceLabel::Favor),
        ]),
        ..LayerSet::default()
    }];
    let scored = gold.score(&layers, &Labels::default());
    let figures = figures(&scored);
    assert_eq!(figures[0], ("articles".to_owned(), 0.0, 0, 1, 1));
    assert_eq!(figures[1], ("paragraphs".to_owned(), 0.6667, 2, 3, 3));
    assert!(scored.report.notes[0].starts_with("1 gold paragraphs"), "{:?}", scored.report.notes);
    assert_eq!(scored.differences[0].what, "t is favor, not neutral");
}
