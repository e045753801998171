//! Every kind of input, through the real binary, as a user meets it.

use crate::support::{Desk, Run};

/// Stages that need no large model. The last one knows English alone.
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

/// With the repeats, and the embeddings that they need.
const REPEATS: &str = r#"
[[targets]]
id = "accords"
statement = "Muslim-majority states should join the Abraham Accords"
aliases = ["Abraham Accords", "the Accords"]

[[stages]]
uses = "paragraphs.lines"
[[stages]]
uses = "sentences.rules"
[[stages]]
uses = "embeddings.transformer"
[[stages]]
uses = "stance.linear"
[[stages]]
uses = "duplicates.lexical-semantic"
"#;

const NAMES: &str = "name\tlabel\tid\nKazakhstan\tLOC\tQ232\nAbraham Accords\tMISC\tQ98077416\n";

const ENGLISH: &str =
    "Kazakhstan joins the Abraham Accords, and the author says that it is a good step for them.";
const GERMAN: &str = "Kasachstan tritt dem Abraham-Abkommen bei, und die Regierung in Astana nennt \
                      das einen guten Schritt für das ganze Land.";

/// A folder with the fast config and its names.
fn small() -> Desk {
    Desk::with(&[("names.tsv", NAMES), ("postil.toml", FAST)])
}

/// The rows of a run over these inputs.
fn rows_of(desk: &Desk, args: &[&str]) -> Run {
    desk.postil_with(&[&["annotate", "-o", "-"], args].concat())
}

#[test]
fn a_text_on_standard_input_gives_its_annotations_as_json_lines() {
    let desk = small();
    let run = desk.postil_reads(&["annotate", "-", "--output", "-"], ENGLISH.as_bytes());
    run.exits(0).says("stdin: read as one text");
    assert_eq!(run.column("articles", "text"), [ENGLISH]);
    assert_eq!(run.column("articles", "lang"), ["en"]);
    assert_eq!(run.column("entities", "text"), ["Kazakhstan", "Abraham Accords"]);
    for row in run.rows("entities").iter().chain(&run.rows("sentences")) {
        let at = |key: &str| usize::try_from(row[key].as_u64().unwrap()).unwrap();
        assert_eq!(ENGLISH[at("char_start")..at("char_end")], *row["text"].as_str().unwrap());
    }
    assert!(run.column("stances", "target_id").contains(&"accords".to_owned()));
    assert!(!desk.path("output").exists() && !desk.path("-").exists(), "nothing is left behind");

    let empty = desk.postil_reads(&["annotate", "-", "-o", "-"], b" \n");
    empty.exits(3).says("holds only white space");
    assert_eq!(empty.rows("dead_letters").len(), 1);
}

#[test]
fn json_lines_on_standard_input_are_articles() {
    let desk = small();
    let lines = format!(
        "{{\"id\": \"a\", \"text\": \"{ENGLISH}\"}}\n{{\"id\": \"b\", \"text\": \"Two.\"}}\n"
    );
    let run = desk.postil_reads(&["annotate", "-"], lines.as_bytes());
    run.exits(0).says("stdin: read as JSON lines").says("2 articles");
    desk.postil_with(&["show", "b"]).exits(0).says("Two.");
    // In the same folder again, and a third one.
    let more = format!("{lines}{{\"id\": \"c\", \"text\": \"Three.\"}}\n");
    desk.postil_reads(&["annotate", "-"], more.as_bytes()).exits(0).says("1 article, 2 unchanged");
    let run =
        desk.postil_reads(&["annotate", "-", "-o", "-", "--format", "text"], lines.as_bytes());
    assert_eq!(run.exits(0).column("articles", "text"), [lines]);
}

#[test]
fn every_kind_of_file_in_a_folder_is_read() {
    let desk = small();
    let page = format!(
        "<html><head><title>A step</title></head><body><nav><a href=/>Home</a></nav><article>{}</article></body></html>",
        format!("<p>{ENGLISH}</p>").repeat(6)
    );
    desk.write("news/a.txt", ENGLISH);
    desk.write("news/b.md", "# A step\n\nKazakhstan joins.\n");
    desk.write("news/c.html", page);
    desk.write("news/2025/d.jsonl", "{\"id\": \"d\", \"text\": \"Kazakhstan joins.\"}\n");
    desk.write("news/e.csv", "id,text\ne,Kazakhstan joins.\n");
    desk.write("news/f.tsv", "id\ttext\nf\tKazakhstan joins.\n");
    desk.write("news/g.pdf", "%PDF");
    let run = rows_of(&desk, &["news"]);
    run.exits(0).says("passed over 1 file .pdf").says("text from \"text\", id from \"id\"");
    assert_eq!(run.column("articles", "article_id"), ["d", "e", "f", "news/a", "news/b", "news/c"]);
    let names = run.rows("entities").into_iter().filter(|row| row["text"] == "Kazakhstan");
    assert_eq!(names.count(), 5 + 6, "one in each, six on the page");

    let run = rows_of(&desk, &["news/*.{csv,tsv}", "news/**/*.jsonl"]);
    assert_eq!(run.exits(0).column("articles", "article_id"), ["d", "e", "f"]);
    rows_of(&desk, &["news/*.doc"]).exits(1).says("no file fits the pattern");
}

#[test]
fn fields_are_guessed_or_told_and_the_others_kept() {
    let desk = small();
    desk.write("a.csv", format!("nr;story;when;desk\n7;\"{ENGLISH}\";03/04/2025;world\n"));
    rows_of(&desk, &["a.csv"]).exits(0).says("text from \"story\", id by a hash of the text");
    let run = rows_of(&desk, &["a.csv", "--id-field", "nr", "--date-field", "when"]);
    let row = &run.exits(0).rows("articles")[0];
    assert_eq!((&row["article_id"], &row["published_raw"]), (&"7".into(), &"03/04/2025".into()));
    assert_eq!(row["metadata"], r#"{"desk":"world"}"#);
    assert!(row.get("published_at").is_none(), "April or March");
    let run = rows_of(&desk, &["a.csv", "--date-field", "when", "--date-format", "%d/%m/%Y"]);
    assert_eq!(run.column("articles", "published_at"), ["2025-04-03T00:00:00"]);

    rows_of(&desk, &["a.csv", "--text-field", "stroy"]).exits(3).says("did you mean \"story\"?");
    rows_of(&desk, &["a.csv", "--date-format", "%Q"]).exits(1).says("no pattern of dates");
    rows_of(&desk, &["a.csv", "--format", "docx"]).exits(1).says("docx").says("jsonl");
    rows_of(&desk, &["a.csv", "--lang", "klingon language"]).exits(1).says("klingon");
}

#[test]
fn a_broken_line_is_a_dead_letter_with_its_line() {
    let desk = small();
    desk.write(
        "a.jsonl",
        b"{\"id\": 1, \"text\": \"One.\"}\n{\"id\": 2, \"text\n{\"id\": 3, \"text\": \"caf\xe9\"}\n{\"id\": 4, \"text\": \"Four.\"}\n",
    );
    let run = desk.postil_with(&["annotate", "a.jsonl"]);
    run.exits(3)
        .says("2 articles")
        .says("a.jsonl:2")
        .says("not JSON")
        .says("a.jsonl:3")
        .says("0xE9");
    // They failed before, and are not told as new.
    desk.postil_with(&["annotate", "a.jsonl"]).says("2 articles failed in an earlier run");
    desk.write("a.jsonl", "{\"id\": 1, \"text\": \"One.\"}\n{\"id\": 2, \"text\": \"Two.\"}\n");
    desk.postil_with(&["annotate", "a.jsonl"]).exits(0).says("1 article, 1 unchanged");
}

#[test]
fn an_article_in_another_language_has_sentences_and_repeats_and_no_stances() {
    let desk = small();
    desk.write("postil.toml", REPEATS);
    desk.write("in/de.txt", GERMAN);
    desk.write("in/again.txt", GERMAN);
    desk.write(
        "in/en.txt",
        format!(
            "{ENGLISH}\n\nIn Bonn hieß es: „Das ist ein guter Schritt.“ They said that it was good."
        ),
    );
    desk.write("in/short.txt", "Ja.");
    let run = rows_of(&desk, &["in"]);
    run.exits(0);
    assert_eq!(run.column("articles", "lang"), ["de", "de", "en", "null"]);
    let of = |table: &str, id: &str| {
        run.rows(table).into_iter().filter(|row| row["article_id"] == id).count()
    };
    assert_eq!((of("sentences", "in/de"), of("stances", "in/de")), (1, 0));
    assert!(of("stances", "in/en") > 1);
    assert!(of("stances", "in/short") > 0, "too short to be told apart, so it is tried");
    let pair = &run.rows("duplicates")[0];
    assert_eq!(
        (&pair["a_article_id"], &pair["b_article_id"]),
        (&"in/again".into(), &"in/de".into())
    );
    let status = |id: &str, stage: &str| {
        let rows = run.rows("coverage");
        let row = rows.iter().find(|row| row["article_id"] == id && row["stage"] == stage).unwrap();
        (row["status"].as_str().unwrap().to_owned(), row["chars_read"].as_u64().unwrap())
    };
    assert_eq!(status("in/de", "stances"), ("skipped_language".to_owned(), 0));
    assert_eq!(status("in/de", "sentences"), ("ok".to_owned(), GERMAN.chars().count() as u64));
    assert_eq!(status("in/en", "stances").0, "ok");

    let told = rows_of(&desk, &["in/de.txt", "--lang", "en"]);
    assert_eq!(told.exits(0).column("articles", "lang"), ["en"]);
    assert!(!told.rows("stances").is_empty());
}

#[test]
fn a_long_article_is_read_whole_and_one_over_the_limit_is_refused() {
    let desk = small();
    let long: String =
        (0..22_000).fold(String::new(), |text, n| text + &format!("{ENGLISH} {n}\n\n"));
    assert!(long.len() > 2_000_000);
    desk.write("in/long.txt", &long);
    let run = rows_of(&desk, &["in", "--stages", "sentences,entities"]);
    run.exits(0);
    assert_eq!(run.rows("paragraphs").len(), 22_000);
    assert_eq!(run.rows("entities").len(), 44_000);
    assert_eq!(run.column("coverage", "chars_read"), vec![long.chars().count().to_string(); 3]);
    rows_of(&desk, &["in", "--max-article-bytes", "1M"])
        .exits(3)
        .says("over the limit of 1000000 bytes; raise it with --max-article-bytes");
    rows_of(&desk, &["in", "--max-article-bytes", "big"]).exits(2).says("500K, 16M or 1G");
}
