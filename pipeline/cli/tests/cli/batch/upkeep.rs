//! What is done to an output outside of a run: merging, trying again, looking.

use std::fs;

use super::desk::{article, desk};

#[test]
fn merging_leaves_the_rows_and_fewer_parts() {
    let desk = desk(60);
    desk.postil("annotate articles --commit-bytes 5000 -o tables").exits(0);
    let expected = desk.digest("tables");
    assert!(desk.parts("tables", "sentences").len() >= 10);
    desk.postil("status tables").exits(0).says("postil compact tables");
    desk.postil("compact tables").exits(0).says("sentences: ").says("into 1");
    for table in ["articles", "paragraphs", "sentences", "entities", "stances", "coverage"] {
        assert_eq!(desk.parts("tables", table).len(), 1, "{table}");
    }
    assert_eq!(desk.digest("tables"), expected);
    // `verify` also finds rows that are not sorted by their key.
    desk.postil("verify tables").exits(0);
    desk.postil("compact tables").exits(0).says("nothing to merge");
    desk.postil("annotate articles -o tables").exits(0).says("nothing to do: 60 articles");

    // A merged output goes on like any other.
    desk.write("articles/new.txt", article(1000));
    desk.write("articles/00007.txt", article(1001));
    desk.postil("annotate articles -o tables").exits(0).says("2 articles, 59 unchanged");
    desk.postil("annotate articles -o fresh").exits(0);
    assert_eq!(desk.digest("tables"), desk.digest("fresh"));
    desk.postil("compact nowhere").exits(1).says("nowhere");
}

#[test]
fn what_failed_is_tried_again_with_the_command_of_that_time() {
    let desk = desk(4);
    desk.write("articles/latin.txt", b"caf\xe9 in Kazakhstan");
    desk.write("articles/void.txt", "");
    desk.postil("annotate articles -o tables").exits(3);
    desk.postil("status tables").exits(0).says("2 dead letters (2 in reading)");
    // They stay what they are, and the exit code says that not all is done.
    desk.postil("annotate articles -o tables").exits(3).says("postil retry");

    desk.write("articles/void.txt", "Not void any more, says Iran.");
    // A new one is none of its business.
    desk.write("articles/new.txt", "Of no concern here.");
    let tried = desk.postil("retry tables");
    tried.exits(3).says("2 dead letters to be tried again").says("1 article,");
    desk.postil("show void -o tables").exits(0).says("[Iran LOC]");
    desk.postil("show new -o tables").exits(1);
    // With another option than at that time, and from another folder.
    fs::create_dir(desk.path("elsewhere")).unwrap();
    let mut retry = desk.command("retry ../tables -- --encoding windows-1252".split(' '));
    retry.current_dir(desk.path("elsewhere"));
    crate::support::run(retry).exits(0).says("1 article,");
    desk.postil("show latin -o tables").exits(0).says("café in [Kazakhstan LOC]");
    desk.postil("retry tables").exits(0).says("nothing has failed");
    desk.postil("verify tables").exits(0);
}

#[test]
fn status_lists_the_last_runs() {
    let desk = desk(3);
    desk.postil("annotate articles -o tables").exits(0);
    let status = desk.postil("status tables");
    status.exits(0).says("3 articles, 2 commits, the last one at 20").says("failed");
    assert!(!status.out.contains("in use"), "{}", status.out);
}
