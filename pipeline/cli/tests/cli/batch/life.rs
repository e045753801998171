//! Only what is new; strictly or not; told to people and to programs.

use serde_json::Value;

use super::desk::{article, desk};

#[test]
fn a_swapped_stage_runs_alone_and_its_old_rows_are_gone_for_plain_globs() {
    let desk = desk(20);
    desk.postil("annotate articles --commit-bytes 10000 -o tables").exits(0);
    let config = std::fs::read_to_string(desk.path("postil.toml")).unwrap();
    let entities = desk.parts("tables", "entities");
    let rows = |table: &str| -> usize {
        // As a reader's glob sees them: every file there is.
        let table = postil_tables::TableId::from_name(table);
        let parts = desk.parts("tables", table.name());
        parts.iter().map(|p| postil_tables::parquet_io::rows(p).unwrap() as usize).sum()
    };
    let before = rows("stances");
    let other = config.replace("\"stance.linear\"", "\"stance.linear\"\nabstain = 0.9");
    desk.write("postil.toml", other);
    let run = desk.postil("annotate articles -o tables");
    run.exits(0).says("only in part");
    let worked = |stage: &str| {
        let line = run.out.lines().find(|line| line.starts_with(stage)).unwrap();
        line.split_whitespace().nth(3).unwrap().to_owned()
    };
    assert_eq!([worked("entities"), worked("sentences"), worked("stances")], ["0", "0", "20"]);
    assert_eq!(desk.parts("tables", "entities"), entities, "no file of the others was touched");
    desk.postil("verify tables").exits(0);
    desk.postil("annotate articles -o fresh").exits(0);
    assert_eq!(desk.digest("tables"), desk.digest("fresh"));
    assert!(before > 0 && rows("stances") > 0);
    let dataset = postil_runner::Dataset::open(&desk.path("tables")).unwrap();
    for table in dataset.tables() {
        assert_eq!(rows(table.name()) as u64, dataset.rows(&table), "{table}");
    }
}

#[test]
fn a_strict_run_stops_at_the_first_failure_and_keeps_what_is_done() {
    let desk = desk(30);
    desk.write("articles/00010.txt", "");
    let strict = desk.postil("annotate articles --strict -j 1 --commit-bytes 3000 -o tables");
    strict.exits(3).says("00010.txt").says("--strict");
    desk.postil("verify tables").exits(0);
    let dataset = postil_runner::Dataset::open(&desk.path("tables")).unwrap();
    let done = dataset.ids().unwrap().len();
    assert!((1..29).contains(&done), "expected some of the articles, found {done}");
    assert_eq!(dataset.dead_letters().unwrap().len(), 1);
    // It stands in the way until it is put right.
    desk.postil("annotate articles --strict -o tables").exits(3);
    desk.write("articles/00010.txt", article(10));
    desk.postil("annotate articles --strict -o tables").exits(0);
    desk.postil("annotate articles -o fresh").exits(0);
    assert_eq!(desk.digest("tables"), desk.digest("fresh"));
}

#[test]
fn a_dry_run_says_what_would_be_done_by_which_stage() {
    let desk = desk(5);
    desk.write("articles/void.txt", "");
    desk.postil("annotate articles --dry-run")
        .exits(3)
        .says("would annotate 5 articles")
        .says("entities.gazetteer")
        .says("void.txt: file is empty");
    assert!(!desk.path("output").exists());
    desk.postil("annotate articles").exits(3);
    desk.write("articles/00002.txt", "Another text.");
    desk.postil("annotate articles --dry-run").says("would annotate 1 article").says("leave 4");
}

#[test]
fn json_progress_is_json_alone_and_ends_with_the_report() {
    let desk = desk(5);
    desk.write("articles/void.txt", "");
    let run = desk.postil("annotate articles --json-progress");
    run.exits(3);
    let lines: Vec<Value> =
        run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events: Vec<&str> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events.first(), Some(&"listed"));
    assert!(events.contains(&"failed") && events.contains(&"committed"), "{events:?}");
    let done = lines.last().unwrap();
    assert_eq!(done["event"], "done");
    assert_eq!((&done["annotated"], &done["failed"]), (&5.into(), &1.into()));
    assert_eq!(done["exit_code"], 3);
    assert_eq!(done["stages"][0]["layer"], "paragraphs");
    assert_eq!(done.get("seconds_left"), None, "nothing is left to be estimated");
}
