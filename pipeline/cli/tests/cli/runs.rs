//! The commands, with the fast pipeline.

use std::fs;
use std::path::PathBuf;

use crate::support::{Desk, repository};

/// Stages that need no large model, so that a test takes a second.
const FAST: &str = r#"
[[targets]]
id = "accords"
statement = "Muslim-majority states should join the Abraham Accords"
aliases = ["Abraham Accords", "the Accords"]

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

const NAMES: &str = "name\tlabel\tid\nKazakhstan\tLOC\tQ232\nAbraham Accords\tMISC\tQ98077416\n";

/// A folder with one article, the fast config and its names.
fn small() -> Desk {
    let article = "Kazakhstan joins the Abraham Accords.\n\nIt is a good step, the author says.\n";
    Desk::with(&[("articles/one.txt", article), ("names.tsv", NAMES), ("postil.toml", FAST)])
}

#[test]
fn a_second_run_does_nothing_and_says_so() {
    let desk = small();
    desk.postil("annotate articles").exits(0).says("1 article").says("duckdb -c").says("polars");
    desk.postil("verify").exits(0).says("hold");
    let before = desk.digest("output");
    desk.postil("annotate articles").exits(0).says("nothing to do: 1 article unchanged");
    assert_eq!(desk.digest("output"), before);
}

#[test]
fn only_what_changed_is_annotated_again() {
    let desk = small();
    desk.write("articles/two.txt", "Nothing of note.\n");
    desk.postil("annotate articles").exits(0).says("2 articles");
    desk.write("articles/two.txt", "Kazakhstan is of note.\n");
    desk.postil("annotate articles").exits(0).says("1 article, 1 unchanged");
    desk.postil("show two").exits(0).says("[Kazakhstan LOC] is of note.");

    let fresh = small();
    fresh.write("articles/two.txt", "Kazakhstan is of note.\n");
    fresh.postil("annotate articles").exits(0);
    assert_eq!(desk.digest("output"), fresh.digest("output"), "as if it had always been so");
}

#[test]
fn other_names_run_the_entities_again_and_leave_the_sentences() {
    let desk = small();
    desk.postil("annotate articles").exits(0);
    desk.write("names.tsv", format!("{NAMES}good step\tMISC\t\n"));
    let run = desk.postil("annotate articles");
    run.exits(0).says("only in part");
    let annotated = |stage: &str| {
        let line = run.out.lines().find(|line| line.starts_with(stage));
        line.map(|line| line.split_whitespace().nth(3).unwrap_or("-").to_owned())
    };
    assert_eq!(annotated("entities").as_deref(), Some("1"));
    assert!(matches!(annotated("sentences").as_deref(), None | Some("0")), "{}", run.out);
    desk.postil("show one").exits(0).says("[good step MISC]");
}

#[test]
fn show_prints_the_text_with_its_notes() {
    let desk = small();
    desk.postil("annotate articles").exits(0);
    desk.postil("show one --width 120")
        .exits(0)
        .says("[Kazakhstan LOC] joins the [Abraham Accords MISC].")
        .says("accords");
    desk.postil("show nine").exits(1).says("nine");
}

#[test]
fn bad_input_is_named_with_its_cure_and_leaves_nothing_behind() {
    let desk = small();
    desk.postil("annotate nowhere").exits(1).says("nowhere");
    assert!(!desk.path("output").exists(), "nothing was written");

    fs::create_dir(desk.path("empty")).unwrap();
    desk.postil("annotate empty").exits(1).says("empty").says("no article");
    assert!(!desk.path("output").exists(), "nothing was written");

    desk.write("theirs/thesis.doc", "mine");
    desk.postil("annotate articles -o theirs").exits(1).says("theirs");
    let left: Vec<_> = fs::read_dir(desk.path("theirs")).unwrap().collect();
    assert_eq!(left.len(), 1, "a foreign folder stays as it was");

    desk.write("file", "");
    desk.postil("annotate articles -o file").exits(1).says("file");
    desk.postil("annotate articles --encoding klingon").exits(1).says("klingon");
    desk.postil("annotate").exits(2).says("INPUT");
    desk.postil("status nowhere").exits(1).says("nowhere");
}

#[test]
fn one_bad_article_among_good_ones_becomes_a_dead_letter() {
    let desk = small();
    desk.write("articles/latin.txt", b"caf\xe9 in Kazakhstan");
    desk.write("articles/void.txt", "");
    desk.postil("annotate articles")
        .exits(3)
        .says("latin.txt")
        .says("--encoding")
        .says("void.txt")
        .says("empty");
    desk.postil("status").exits(0).says("dead_letters");
    desk.postil("show one").exits(0);
    desk.postil("annotate articles/latin.txt --encoding windows-1252 -o other")
        .exits(0)
        .says("1 article");
    desk.postil("show latin -o other").exits(0).says("café in [Kazakhstan LOC]");
}

#[test]
fn check_reports_every_problem_at_once() {
    let desk = small();
    desk.write(
        "bad.toml",
        r#"
        [[targets]]
        id = "a"
        statement = ""
        [[stages]]
        uses = "paragraphs.lines"
        [[stages]]
        uses = "entities.gazeteer"
        [[stages]]
        uses = "stance.linear"
        modle = "x"
        [[stages]]
        uses = "sentences.rules"
        "#,
    );
    desk.postil("check bad.toml")
        .exits(1)
        .says("statement")
        .says("did you mean `entities.gazetteer`?")
        .says("did you mean `model`?")
        .says("sentences");
    desk.postil("annotate articles -c bad.toml").exits(1).says("entities.gazetteer");
    desk.postil("annotate articles --use stance.liner").exits(1).says("stance.linear");
    desk.write("broken.toml", "[[stages]\nuses = 3");
    desk.postil("check broken.toml").exits(1).says("broken.toml:1");
    desk.postil("check").exits(0).says("no problems");
}

#[test]
fn a_fresh_config_checks_clean() {
    let desk = small();
    desk.postil("init fresh.toml").exits(0);
    desk.postil("check fresh.toml").exits(0).says("6 stages, 1 target, no problems");
    desk.postil("init fresh.toml").exits(1).says("there already");
}

#[test]
fn stages_are_listed_with_what_they_need_and_their_options() {
    let desk = small();
    desk.postil("stages").exits(0).says("stance.cross-encoder").says("paragraphs, sentences");
    desk.postil("stages stance.linear").exits(0).says("model = \"stance-linear\"");
    desk.postil("stages stance.liner").exits(1).says("did you mean `stance.linear`?");
    desk.postil("schema").exits(0).says("\"$schema\"");
    desk.postil("models --verify").exits(0).says("minilm-l6");
}

#[test]
fn a_damaged_or_missing_model_is_named() {
    let desk = small();
    let config = |model: &str| {
        FAST.replace("\"stance.linear\"", &format!("\"stance.linear\"\nmodel = \"{model}\""))
    };
    desk.write("missing.toml", config("stance-liner"));
    desk.postil("annotate articles -c missing.toml").exits(1).says("stance-liner");

    let source = repository().join("models/stance-linear");
    fs::create_dir(desk.path("mine")).unwrap();
    for entry in fs::read_dir(source).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), desk.path("mine").join(entry.file_name())).unwrap();
    }
    desk.write("mine.toml", config("./mine"));
    desk.postil("annotate articles -c mine.toml").exits(0);
    let weights = desk.path("mine/model.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&weights, bytes).unwrap();
    desk.postil("annotate articles -c mine.toml -o other")
        .exits(1)
        .says("model.safetensors")
        .says("sha256");
    assert!(!desk.path("other").exists(), "nothing was written");
}

#[test]
fn the_result_is_the_same_for_any_threads_batches_and_order() {
    let desk = small();
    let seeds = repository().join("seeds");
    let mut texts: Vec<PathBuf> = fs::read_dir(&seeds)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    texts.sort();
    assert_eq!(texts.len(), 5);
    for (number, path) in texts.iter().enumerate() {
        fs::copy(path, desk.path(&format!("articles/{number}.txt"))).unwrap();
    }
    desk.postil("annotate articles -o a -j 1 --batch-size 1").exits(0);
    desk.postil("annotate articles -o b -j 8 --batch-size 256").exits(0);
    let files: Vec<String> = (0..5).rev().map(|n| format!("articles/{n}.txt")).collect();
    let reversed = format!("annotate {} articles/one.txt -o c -j 2", files.join(" "));
    desk.postil(&reversed).exits(0);
    assert_eq!(desk.digest("a"), desk.digest("b"));
    assert_eq!(desk.digest("a"), desk.digest("c"));
}
