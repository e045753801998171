use postil_contract::{Article, Paragraph, ParagraphKind, Sentence, conformance, validate};

use super::*;

/// A built stage and the folder its list lies in.
fn stage(file: &str, list: &str, case_sensitive: bool) -> (Stage, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(file), list).unwrap();
    let context = BuildContext { base_dir: folder.path().to_owned(), ..BuildContext::default() };
    let config =
        GazetteerConfig { path: file.into(), case_sensitive, ..GazetteerConfig::default() };
    assert_eq!(config.check(&context), []);
    (config.build(&context).unwrap(), folder)
}

fn problems(file: &str, list: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(file), list).unwrap();
    let context = BuildContext { base_dir: folder.path().to_owned(), ..BuildContext::default() };
    let config = GazetteerConfig { path: file.into(), ..GazetteerConfig::default() };
    let shown = config.check(&context).iter().map(ToString::to_string).collect::<Vec<_>>();
    let prefix = format!("path: {}/", folder.path().display());
    shown.iter().map(|line| line.replace(&prefix, "")).collect()
}

/// The entities of a text of one paragraph and one sentence, as `label text`.
fn found(list: &str, case_sensitive: bool, text: &str) -> Vec<String> {
    let (stage, _folder) = stage("names.tsv", list, case_sensitive);
    let rows = annotate(&stage, text);
    rows.iter().map(|e| format!("{} {}", e.label, e.span.slice(text).unwrap())).collect()
}

fn annotate(stage: &Stage, text: &str) -> Vec<Entity> {
    let article = Article::new("test", text);
    let whole = Span::new(0, text.len());
    let layers = LayerSet {
        paragraphs: Some(vec![Paragraph {
            span: whole,
            kind: ParagraphKind::Body,
            n_words: 1,
            fingerprint: 0,
        }]),
        sentences: Some(vec![Sentence { paragraph_idx: 0, span: whole }]),
        ..LayerSet::default()
    };
    let Stage::Map(map) = stage else { panic!("a map stage") };
    let view = ArticleView { article: &article, layers: &layers };
    let returned = map.annotate(&[view]).remove(0).unwrap();
    validate::check(&article, &Layer::Entities, &layers, &returned).unwrap();
    returned.entities.unwrap()
}

#[test]
fn it_conforms() {
    let list = "name\tlabel\tid\nDonald Trump\tPER\tQ22686\nOslo\tLOC\tQ585\nthe plan\tMISC\t\n\
        accord\tMISC\t\n习近平\tPER\tQ15031\nZürich\tLOC\tQ72\nQuébec\tLOC\tQ176\n";
    for case_sensitive in [true, false] {
        let (stage, _folder) = stage("names.tsv", list, case_sensitive);
        conformance::check(&stage, conformance::LARGE).unwrap();
    }
}

#[test]
fn the_leftmost_and_longest_name_wins() {
    let list = "New York\tLOC\nNew York Times\tORG\nYork\tLOC\nNew\tMISC\nTimes Square\tLOC";
    assert_eq!(
        found(list, true, "The New York Times, New York, New Yorker, York and Times Square."),
        ["ORG New York Times", "LOC New York", "MISC New", "LOC York", "LOC Times Square"]
    );
}

#[test]
fn names_end_with_words_and_graphemes() {
    let list = "US\tLOC\nU.S.\tLOC\nIran\tLOC\nZu\tMISC\n北京\tLOC\nCafe\tORG\n5+1\tORG";
    assert_eq!(
        found(list, true, "US-led, U.S.A., U.S., Iranian, Iran’s, “Iran”, Zu\u{308}rich, (5+1)"),
        ["LOC US", "LOC U.S.", "LOC Iran", "LOC Iran", "ORG 5+1"]
    );
    assert_eq!(found(list, true, "主席在北京会见了 USA Cafe\u{301} éIran"), ["LOC 北京"]);
    assert_eq!(found(list, true, "🎉Iran🇮🇷 Iran\u{fe0f}"), ["LOC Iran"]);
}

#[test]
fn ways_of_writing_do_not_matter() {
    let list = "Donald Trump\tPER\nCôte d'Ivoire\tLOC\nÉlodie\tPER";
    assert_eq!(
        found(
            list,
            true,
            "Donald\r\n   Trump, Donald\u{a0}Trump, Côte d’Ivoire, E\u{301}lodie, donald trump"
        ),
        [
            "PER Donald\r\n   Trump",
            "PER Donald\u{a0}Trump",
            "LOC Côte d’Ivoire",
            "PER E\u{301}lodie"
        ]
    );
    assert_eq!(
        found(list, false, "DONALD TRUMP, donald trump, ÉLODIE, élodie"),
        ["PER DONALD TRUMP", "PER donald trump", "PER ÉLODIE", "PER élodie"]
    );
}

#[test]
fn one_id_has_one_canonical_name_the_longest_in_the_article() {
    let list =
        "Kassym-Jomart Tokayev\tPER\tQ1\nTokayev\tPER\tQ1\nthe Kazakh leader\tPER\tQ1\nAstana\tLOC";
    let (stage, _folder) = stage("names.tsv", list, true);
    let rows = annotate(&stage, "Tokayev (Kassym-Jomart Tokayev) is the Kazakh leader in Astana.");
    let names: Vec<_> =
        rows.iter().map(|e| (e.canonical.as_str(), e.canonical_id.as_deref())).collect();
    let tokayev = ("Kassym-Jomart Tokayev", Some("Q1"));
    assert_eq!(names, [tokayev, tokayev, tokayev, ("Astana", None)]);
    assert_eq!(rows[0].model, "gazetteer:names.tsv");
}

#[test]
fn all_three_formats_say_the_same() {
    let text = "Acme, Inc. and \"Acme\" in Oslo";
    let files = [
        (
            "names.tsv",
            "# our companies\nid\tname\tlabel\nQ1\tAcme, Inc.\tORG\nQ1\tAcme\tORG\n\tOslo\tLOC\n",
        ),
        ("names.csv", "\u{feff}\"Acme, Inc.\",ORG,Q1\r\nAcme,ORG,Q1\r\n\r\nOslo,LOC\r\n"),
        (
            "names.jsonl",
            "{\"name\": \"Acme, Inc.\", \"label\": \"ORG\", \"id\": \"Q1\", \"aliases\": [\"Acme\"]}\n\n{\"name\": \"Oslo\", \"label\": \"LOC\"}\n",
        ),
    ];
    let rows: Vec<Vec<_>> = files
        .iter()
        .map(|(file, list)| {
            let (stage, _folder) = stage(file, list, true);
            annotate(&stage, text).into_iter().map(|e| (e.span, e.label, e.canonical_id)).collect()
        })
        .collect();
    assert_eq!(rows[0].len(), 3);
    assert_eq!(rows[0], rows[1]);
    assert_eq!(rows[0], rows[2]);
}

#[test]
fn everything_wrong_with_a_list_is_told_with_its_line() {
    assert_eq!(
        problems(
            "names.tsv",
            "name\tlabel\tid\nGeorgia\tLOC\tQ230\nGeorgia\tPER\t\nGeorgia\tLOC\tQ230\n\tPER\t\nOslo\n!!\tMISC\nOslo\t\n"
                .as_bytes()
        ),
        [
            "names.tsv:5: expected a name, found an empty field",
            "names.tsv:6: expected name, label and id, found 1 field(s)",
            "names.tsv:7: `!!` has no letter and no digit",
            "names.tsv:8: expected a label, found an empty field",
            "names.tsv:3: `Georgia` is PER here and LOC Q230 in line 2; keep one of them",
        ]
        .map(|line| format!("path: {line}").replacen("path: ", "", 1))
    );
    assert_eq!(
        problems("names.tsv", b"Oslo\tLOC\nK\xf8ge\tLOC\n"),
        ["names.tsv:2: is not UTF-8; save the file as UTF-8"]
    );
    assert_eq!(
        problems("names.xlsx", b"x"),
        ["names.xlsx: expected a .tsv, .csv or .jsonl file, found the extension `xlsx`"]
    );
    assert_eq!(problems("names.csv", b""), ["names.csv: has no names"]);
    let json = problems("names.jsonl", b"{\"name\": \"Oslo\", \"lable\": \"LOC\"}\n");
    assert!(json[0].starts_with("names.jsonl:1: unknown field `lable`"), "{json:?}");
}

#[test]
fn a_missing_list_is_a_problem_with_a_cure() {
    let problems = GazetteerConfig::default().check(&BuildContext::default());
    let text = problems[0].to_string();
    assert!(text.starts_with("path: can't read the list of names names.tsv"), "{text}");
}

#[test]
fn the_hash_of_the_list_is_part_of_the_stage() {
    let hash = |list: &str| stage("names.tsv", list, true).0.info().config["sha256"].clone();
    assert_ne!(hash("Oslo\tLOC"), hash("Oslo\tORG"));
    assert_eq!(hash("Oslo\tLOC"), hash("Oslo\tLOC"));
}
