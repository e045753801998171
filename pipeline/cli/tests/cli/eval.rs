//! `postil eval`: the real binary on small gold files.

use serde_json::Value;

use crate::support::{Desk, Run, repository};

/// Stages that need no large model.
const FAST: &str = r#"
[[stages]]
uses = "paragraphs.lines"
[[stages]]
uses = "sentences.rules"
[[stages]]
uses = "entities.gazetteer"
path = "names.tsv"
[[stages]]
uses = "stance.linear"
"#;

const NAMES: &str = "name\tlabel\tid\nKazakhstan\tLOC\t\nTokayev\tPER\t\nAbraham\tPER\t\n";

/// Two documents in the columns of Universal NER: four mentions, of which the names above give two
/// right, and one that is wrong.
const COLUMNS: &str = "\
# newdoc id = a
# text = Tokayev (of Kazakhstan) spoke.
1\tTokayev\tB-PER\t-\tx
2\t(\tO
3\tof\tO
4\tKazakhstan\tB-LOC
5\t)\tO
6\tspoke\tO
7\t.\tO

# newdoc id = b
# text = The Abraham Accords, says Reuters
1\tThe\tO
2\tAbraham\tB-MISC
3\tAccords\tI-MISC
4\t,\tO
5\tsays\tO
6\tReuters\tB-ORG
";

/// A folder with the fast config, its names and gold files.
fn desk(gold: &[(&str, &str)]) -> Desk {
    Desk::with(&[&[("postil.toml", FAST), ("names.tsv", NAMES)], gold].concat())
}

fn eval(desk: &Desk, args: &str) -> Run {
    desk.postil(&format!("eval {args}"))
}

/// Of a row: right, predicted, gold.
#[track_caller]
fn counts(result: &Value, name: &str) -> [u64; 3] {
    let rows = result["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["name"] == name);
    let row = row.unwrap_or_else(|| panic!("no row {name} in {rows:?}"));
    ["right", "predicted", "gold"].map(|key| row[key].as_u64().unwrap())
}

#[test]
fn entities_on_columns() {
    let desk = desk(&[("gold.iob2", COLUMNS)]);
    let result = &eval(&desk, "gold.iob2 --json").json()[0];
    assert_eq!(counts(result, "all"), [2, 3, 4]);
    assert_eq!(counts(result, "PER"), [1, 2, 1]);
    assert_eq!(counts(result, "MISC"), [0, 0, 1]);
    assert_eq!(result["unit"], "document");
    assert_eq!(result["units"], 2);
    assert_eq!(result["rows"][0]["measure"], "micro_f1");
    assert!((result["rows"][0]["value"].as_f64().unwrap() - 4.0 / 7.0).abs() < 1e-9);
    // The gold file gives paragraphs and sentences, so that one stage is left to run.
    assert_eq!(result["pipeline"].as_array().unwrap().len(), 1);
    assert_eq!(result["pipeline"][0]["stage"], "entities.gazetteer");

    let chosen = &eval(&desk, "gold.iob2 --json --labels PER,LOC --map MISC=PER").json()[0];
    assert_eq!(counts(chosen, "all"), [2, 3, 3]);
    let table = eval(&desk, "gold.iob2 --errors");
    assert!(table.out.contains("missed\tMISC\t"), "{}", table.out);
    assert!(table.out.contains("The [Abraham Accords], says"), "{}", table.out);
    assert!(table.out.contains("note: never predicted"), "{}", table.out);
}

#[test]
fn the_figures_are_the_same_for_any_number_of_threads() {
    let columns = COLUMNS.repeat(40);
    let desk = desk(&[("gold.iob2", &columns)]);
    let one = eval(&desk, "gold.iob2 --json -j 1 --against entities.case_sensitive=false");
    let three = eval(&desk, "gold.iob2 --json -j 3 --against entities.case_sensitive=false");
    assert_eq!(one.out, three.out);
    let row = &one.json()[0]["against"]["rows"][0];
    assert_eq!(row["difference"], 0.0);
    assert_eq!(row["p"], 1.0);
}

#[test]
fn a_pipeline_end_to_end() {
    let desk = desk(&[("gold.iob2", COLUMNS)]);
    let result = &eval(&desk, "gold.iob2 --json --end-to-end").json()[0];
    assert_eq!(counts(result, "all"), [2, 3, 4]);
    assert_eq!(result["pipeline"].as_array().unwrap().len(), 3);
}

#[test]
fn spans_in_code_points() {
    let line =
        r#"{"text": "é 👩 Tokayev left.", "spans": [{"start": 4, "end": 11, "label": "PER"}]}"#;
    let desk = desk(&[("gold.jsonl", line)]);
    assert_eq!(counts(&eval(&desk, "gold.jsonl --json").json()[0], "all"), [1, 1, 1]);
}

#[test]
fn sentences_and_the_golden_rules() {
    let word =
        |id: usize, form: &str, misc: &str| format!("{id}\t{form}\t_\t_\t_\t_\t_\t_\t_\t{misc}\n");
    let gold = [
        "# newpar\n",
        &word(1, "He", "_"),
        &word(2, "left", "SpaceAfter=No"),
        &word(3, ".", "_"),
        "\n",
        &word(1, "We", "_"),
        &word(2, "stayed", "_"),
    ]
    .concat();
    let desk = desk(&[("gold.conllu", &gold)]);
    let rules = repository().join("stages/sentences/tests/golden_rules_en.json");
    let run = eval(&desk, &format!("gold.conllu {} --json", rules.display()));
    let results = run.json();
    assert_eq!(counts(&results[0], "ends of sentences"), [2, 2, 2]);
    assert_eq!(counts(&results[1], "whole texts"), [48, 48, 48]);
}

#[test]
fn stances_of_texts_and_of_articles() {
    let pairs = r#"{"target": "The tax on sugar should rise", "text": "The tax on sugar is good and should rise.", "stance": "PRO"}
{"target": "The tax on sugar should rise", "text": "The tax on sugar is a bad, harmful idea.", "stance": "CON"}
"#;
    let desk = desk(&[("gold.jsonl", pairs)]);
    let result = &eval(&desk, "gold.jsonl --json").json()[0];
    assert_eq!(result["rows"][0]["measure"], "macro_f1");
    assert_eq!(counts(result, "favor")[2], 1);
    assert_eq!(counts(result, "all, accuracy")[2], 2);

    let seeds = repository().join("seeds/gold/stance.jsonl");
    let run = eval(&desk, &format!("{} --json --config postil.toml", seeds.display()));
    // The targets are those of the config, and this one has none: nothing is said of any.
    assert_eq!(counts(&run.json()[0], "articles")[2], 20);
}

#[test]
fn what_is_wrong_is_said_with_file_and_line() {
    let desk = desk(&[
        ("tags.conll", "Rome LOC\n"),
        ("broken.iob2", "In O\nRome B-LOC\nBonn city\n"),
        ("spans.jsonl", "{\"text\": \"Rome\", \"spans\": [[0, 9, \"LOC\"]]}\n"),
        ("empty.txt", "\n"),
    ]);
    eval(&desk, "broken.iob2").fails_with(
        "broken.iob2:3: expected a tag such as O, B-PER or I-PER in column 2, found `city`",
    );
    eval(&desk, "tags.conll").fails_with("name the format with --format");
    eval(&desk, "spans.jsonl")
        .fails_with("spans.jsonl:1: spans[0]: expected 0 <= start < end <= 4");
    eval(&desk, "empty.txt --format columns").fails_with("nothing to score");
    eval(&desk, "nothing.conllu").fails_with("could not read nothing.conllu");
    eval(&desk, "broken.iob2 --format column").fails_with("did you mean `columns`?");
    eval(&desk, "spans.jsonl --map PER").fails_with("--map: expected a pair of labels");
    desk.write("good.conll", "Rome B-LOC\n");
    eval(&desk, "good.conll --set entity.path=a.tsv").fails_with("did you mean `entities`?");
    eval(&desk, "good.conll --set entities.paht=a.tsv").fails_with("did you mean `path`?");
    eval(&desk, "good.conll --use entities.gazeteer")
        .fails_with("did you mean `entities.gazetteer`?");
}
