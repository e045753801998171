//! What people name as inputs, and which articles come of it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::Compression;
use ::parquet::file::properties::WriterProperties;
use arrow::array::{
    ArrayRef, BinaryArray, Int64Array, ListArray, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use arrow::datatypes::Int32Type;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn ids(inputs: &[PathBuf], output: &Path) -> Vec<String> {
    let listing = list(inputs, output, None).unwrap();
    listing.sources.into_iter().filter_map(|source| source.id).collect()
}

fn read_with(path: &Path, reading: Reading) -> Vec<Read> {
    let listing = list(&[path.to_owned()], Path::new("out"), reading.format).unwrap();
    Articles::new(listing, reading, &()).collect()
}

fn read(path: &Path, encoding: Option<&'static Encoding>) -> Vec<Read> {
    read_with(path, Reading { encoding, ..Reading::default() })
}

/// What came of each: `id: text`, or `path:line: error` from the file's name on.
fn told(read: &[Read]) -> Vec<String> {
    let name = |source: &str| source.rsplit('/').next().unwrap_or_default().to_owned();
    read.iter()
        .map(|read| match read {
            Ok(Input { article, .. }) => format!("{}: {}", article.id, article.text),
            Err(bad) => format!("{}: {}", name(&bad.source), bad.error),
        })
        .collect()
}

fn error_of(path: &Path) -> String {
    read(path, None).remove(0).unwrap_err().error
}

#[test]
fn an_id_is_the_path_below_the_parent_of_the_input() {
    let root = folder(&[("seeds/b.txt", b"b"), ("seeds/a.md", b"a"), ("seeds/2025/c.txt", b"c")]);
    let seeds = root.path().join("seeds");
    assert_eq!(
        ids(std::slice::from_ref(&seeds), Path::new("out")),
        ["seeds/2025/c", "seeds/a", "seeds/b"]
    );
    // A file is what it is inside its folder, so that `seeds/*.txt` gives the same ids.
    assert_eq!(ids(&[seeds.join("b.txt")], Path::new("out")), ["seeds/b"]);
    assert_eq!(ids(&[seeds.join("b.txt"), seeds], Path::new("out")).len(), 3);
}

#[test]
fn the_extension_stays_where_two_would_be_the_same() {
    let root = folder(&[("in/a.txt", b"a"), ("in/a.md", b"b"), ("in/v1.2.txt", b"c")]);
    assert_eq!(
        ids(&[root.path().join("in")], Path::new("out")),
        ["in/a.md", "in/a.txt", "in/v1.2"]
    );
}

#[test]
fn what_is_no_article_is_passed_over() {
    let root = folder(&[
        ("in/a.txt", b"a"),
        ("in/.hidden.txt", b"x"),
        ("in/README.md", b"x"),
        ("in/LICENSE-MIT.txt", b"x"),
        ("in/gold/a.txt", b"x"),
        ("in/out/articles/a.txt", b"x"),
        ("in/drafts/a.txt", b"x"),
        ("in/postil.toml", b""),
        ("in/.postilignore", b"drafts/\n"),
        ("in/scan.pdf", b"x"),
        ("in/scan2.pdf", b"x"),
    ]);
    let listing = list(&[root.path().join("in")], &root.path().join("in/out"), None).unwrap();
    let found: Vec<_> = listing.sources.iter().filter_map(|source| source.id.as_deref()).collect();
    assert_eq!(found, ["in/a"]);
    assert_eq!(listing.skipped.into_iter().collect::<Vec<_>>(), [(".pdf".to_owned(), 2)]);
}

#[test]
fn a_file_named_directly_is_read_whatever_its_extension() {
    let root = folder(&[("in/notes.log", b"text")]);
    assert_eq!(ids(&[root.path().join("in/notes.log")], Path::new("out")), ["in/notes"]);
}

#[test]
fn a_missing_path_points_to_its_neighbour() {
    let root = folder(&[("seeds/a.txt", b"a")]);
    let error = list(&[root.path().join("sedes")], Path::new("out"), None).unwrap_err().to_string();
    assert!(error.contains("sedes") && error.contains("did you mean") && error.contains("seeds"));
}

#[test]
fn a_folder_without_articles_says_what_it_holds_instead() {
    let root = folder(&[("in/scan.pdf", b"x")]);
    let error = list(&[root.path().join("in")], Path::new("out"), None).unwrap_err().to_string();
    assert!(error.contains("(1 .pdf)"), "{error}");
    let root = folder(&[("in/README.md", b"x")]);
    let error = list(&[root.path().join("in")], Path::new("out"), None).unwrap_err().to_string();
    assert!(error.contains("no .txt, .md, .html, .jsonl, .csv, .tsv or .parquet file"), "{error}");
}

#[test]
fn two_files_of_one_id_are_refused() {
    let root = folder(&[("x/in/a.txt", b"1"), ("y/in/a.txt", b"2")]);
    let inputs = [root.path().join("x/in"), root.path().join("y/in")];
    let error = list(&inputs, Path::new("out"), None).unwrap_err().to_string();
    assert!(error.contains("would both be the article `in/a.txt`"), "{error}");
}

#[test]
fn bytes_that_are_not_utf8_are_named_with_their_place() {
    let root =
        folder(&[("a.txt", "Zürich\nna\u{ef}ve".as_bytes()), ("b.txt", b"one\ntwo caf\xe9\n")]);
    assert!(read(&root.path().join("a.txt"), None)[0].is_ok());
    assert!(
        error_of(&root.path().join("b.txt"))
            .starts_with("not UTF-8: byte 0xE9 at offset 11 (line 2, column 8);")
    );
    let latin = encoding("windows-1252").unwrap();
    let read = read(&root.path().join("b.txt"), Some(latin)).remove(0).unwrap();
    assert_eq!(read.article.text, "one\ntwo café\n");
    assert!(encoding("windows-9999").is_err());
}

#[test]
fn byte_order_marks_are_stripped_or_named() {
    let root = folder(&[
        ("a.txt", b"\xEF\xBB\xBFtext"),
        ("b.txt", b"\xFF\xFEt\0e\0x\0t\0"),
        ("c.txt", b"\xEF\xBB\xBF"),
    ]);
    assert_eq!(read(&root.path().join("a.txt"), None).remove(0).unwrap().article.text, "text");
    let utf16 = root.path().join("b.txt");
    let error = error_of(&utf16);
    assert!(error.contains("give --encoding utf-16le"), "{error}");
    let text = read(&utf16, Some(encoding("utf-16le").unwrap())).remove(0).unwrap().article.text;
    assert_eq!(text, "text");
    assert_eq!(error_of(&root.path().join("c.txt")), "file is empty");
}

#[test]
fn records_keep_what_they_bring() {
    let lines = concat!(
        r#"{"id": "n1", "text": "One.", "title": "T", "published_at": "2025-11-07", "desk": "world", "targets": ["The accord is good"]}"#,
        "\n\n",
        r#"{"id": 7, "text": "Two.", "published_at": "2025-11-07T10:00:00+02:00"}"#,
        "\n",
        r#"{"text": "Three.", "published_at": "03/04/2025"}"#,
        "\n",
        r#"{"id": "n1", "text": "Again."}"#,
        "\n",
        r#"{"id": "n4", "body": "x"}"#,
        "\n",
        r#"{"id": "n5", "#,
    );
    let root = folder(&[("news.jsonl", lines.as_bytes())]);
    let read = read(&root.path().join("news.jsonl"), None);
    let one = &read[0].as_ref().unwrap().article;
    assert_eq!((one.id.as_str(), one.title.as_deref()), ("n1", Some("T")));
    assert_eq!(one.published_at, Some(1_762_473_600_000_000));
    assert_eq!(one.metadata.as_deref(), Some(r#"{"desk":"world"}"#));
    assert_eq!(one.targets[0].kind, postil_contract::TargetKind::Input);
    assert!(one.source.ends_with("news.jsonl:1"));
    let two = &read[1].as_ref().unwrap().article;
    assert_eq!((two.id.as_str(), two.published_at), ("7", Some(1_762_502_400_000_000)));
    let three = &read[2].as_ref().unwrap().article;
    assert_eq!((three.id.clone(), three.published_at), (text_hash("Three."), None));
    assert_eq!(three.published_raw.as_deref(), Some("03/04/2025"));
    let errors: Vec<&str> =
        read[3..].iter().map(|read| read.as_ref().unwrap_err().error.as_str()).collect();
    assert!(errors[0].contains("`n1` was given to an earlier article"));
    assert_eq!(errors[1], "the record has no \"text\"", "the fields are those of the first record");
    assert!(errors[2].starts_with("not JSON"));
}

#[test]
fn a_pattern_is_its_folder_without_what_does_not_fit() {
    let root = folder(&[
        ("news/a.txt", b"a"),
        ("news/b.md", b"b"),
        ("news/2025/c.txt", b"c"),
        ("news/2025/x.log", b"x"),
        ("news/gold/d.txt", b"d"),
        ("news/one[1].txt", b"e"),
    ]);
    let ids = |pattern: &str| ids(&[root.path().join(pattern)], Path::new("out"));
    assert_eq!(ids("news/a*.txt"), ["news/a"], "as seeds/*.txt by a shell");
    assert_eq!(ids("news/**/*.txt"), ["news/2025/c", "news/a", "news/one[1]"]);
    assert_eq!(ids("news/*/*"), ["news/2025/c"], "what no reader knows is passed over");
    assert_eq!(ids("news/*/*.log"), ["news/2025/x"], "unless it is named");
    assert_eq!(ids("news/{a,b}.*"), ["news/a", "news/b"]);
    assert_eq!(ids("news/one[1].txt"), ["news/one[1]"], "a file of that name is no pattern");
    let error = |pattern: &str| {
        list(&[root.path().join(pattern)], Path::new("out"), None).unwrap_err().to_string()
    };
    assert!(error("news/*.pdf").contains("no file fits the pattern"), "{}", error("news/*.pdf"));
    assert!(error("news/[a.txt").contains("not a pattern"), "{}", error("news/[a.txt"));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn compressed_files_are_what_they_hold() {
    let lines = b"{\"id\": 1, \"text\": \"one\"}\n{\"id\": 2, \"text\": \"two\"}\n";
    let two_members = [gzip(&lines[..20]), gzip(&lines[20..])].concat();
    let root = folder(&[
        ("in/a.jsonl.gz", &two_members),
        ("in/b.jsonl.zst", &zstd::encode_all(&lines[..], 3).unwrap()),
        ("in/c.csv.gz", &gzip(b"id,text\n3,three\n")),
        ("in/d.txt.gz", &gzip(b"four")),
        ("in/cut.jsonl.gz", &two_members[..two_members.len() - 12]),
    ]);
    let read = |name: &str| told(&read(&root.path().join("in").join(name), None));
    assert_eq!(read("a.jsonl.gz"), ["1: one", "2: two"]);
    assert_eq!(read("b.jsonl.zst"), ["1: one", "2: two"]);
    assert_eq!(read("c.csv.gz"), ["3: three"]);
    assert_eq!(read("d.txt.gz"), ["in/d: four"]);
    let cut = read("cut.jsonl.gz");
    assert!(cut.last().unwrap().contains("the rest of the file is not read"), "{cut:?}");
}

#[test]
fn a_broken_line_is_named_and_the_rest_goes_on() {
    let root = folder(&[
        (
            "a.jsonl",
            b"\xEF\xBB\xBF{\"id\": 1, \"text\": \"one\"}\n{\"id\": 2\n\n{\"id\": 3, \"text\": \"caf\xe9\"}\n\
              [1]\n{\"id\": 4, \"text\": \"four\"}",
        ),
        (
            "a.csv",
            b"\xEF\xBB\xBFid,text\r\n1,one\r\n2\r\n\r\n3,caf\xe9\r\n4,\"fo\r\nur, \"\"4\"\"\"\r\n5,,\r\n6,six",
        ),
    ]);
    let lines = told(&read(&root.path().join("a.jsonl"), None));
    assert_eq!(lines[0], "1: one");
    assert!(lines[1].starts_with("a.jsonl:2: not JSON"), "{lines:?}");
    assert!(lines[2].starts_with("a.jsonl:4: not UTF-8: byte 0xE9 at offset 22"), "{lines:?}");
    assert!(lines[3].starts_with("a.jsonl:5: expected a JSON object"), "{lines:?}");
    assert_eq!(lines[4..], ["4: four"]);
    let rows = told(&read(&root.path().join("a.csv"), None));
    assert_eq!(rows[0], "1: one");
    assert!(
        rows[1].starts_with("a.csv:3: expected 2 fields, as in the header, found 1"),
        "{rows:?}"
    );
    assert!(rows[2].starts_with("a.csv:5: \"text\": not UTF-8"), "{rows:?}");
    assert_eq!(rows[3], "4: fo\r\nur, \"4\"");
    assert!(rows[4].starts_with("a.csv:8: expected 2 fields"), "{rows:?}");
    assert_eq!(rows[5..], ["6: six"]);
    let latin = told(&read(&root.path().join("a.csv"), Some(encoding("latin1").unwrap())));
    assert_eq!(latin[2], "3: café");
}

#[test]
fn csv_has_its_delimiter_guessed_and_its_other_columns_kept() {
    let root = folder(&[
        ("a.csv", "nr;Titel;Body;desk;desk\n7;\"Ein; Titel\";Text;world;2\n".as_bytes()),
        ("b.tsv", b"id\ttext\n8\tone, two\n"),
        ("c.csv", b"a,b\n1,2\n"),
        ("d.csv", b""),
    ]);
    let reading = Reading {
        fields: FieldNames {
            id: Some("nr".to_owned()),
            title: Some("Titel".to_owned()),
            ..FieldNames::default()
        },
        ..Reading::default()
    };
    let read = |name: &str, reading| read_with(&root.path().join(name), reading).remove(0);
    let one = read("a.csv", reading.clone()).unwrap().article;
    assert_eq!((one.id.as_str(), one.title.as_deref()), ("7", Some("Ein; Titel")));
    assert_eq!(one.metadata.as_deref(), Some(r#"{"desk":"world","desk 2":"2"}"#));
    assert_eq!(read("b.tsv", Reading::default()).unwrap().article.text, "one, two");
    let error = read("c.csv", Reading::default()).unwrap_err().error;
    assert!(error.contains("among a, b: name it with --text-field"), "{error}");
    let error = read("b.tsv", reading).unwrap_err().error;
    assert!(error.starts_with("--id-field: no field \"nr\" among id, text"), "{error}");
    assert_eq!(read("d.csv", Reading::default()).unwrap_err().error, "there is no header");
}

/// A Parquet file of these columns, three rows a row group.
fn parquet_file(path: &Path, columns: Vec<(&str, ArrayRef)>, compression: Compression) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_max_row_group_row_count(Some(3))
        .build();
    let file = fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn parquet_rows_are_articles_whatever_their_columns() {
    let root = folder(&[]);
    let at = TimestampMillisecondArray::from(vec![Some(1_762_473_600_000); 5]);
    let tags =
        ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), None]); 5]);
    let columns = || -> Vec<(&str, ArrayRef)> {
        let texts = vec![Some("one"), Some("two"), None, Some("four"), Some("five")];
        vec![
            ("nr", Arc::new(Int64Array::from(vec![1, 2, 3, 4, 5]))),
            ("content", Arc::new(StringArray::from(texts))),
            ("date", Arc::new(at.clone().with_timezone("Europe/Berlin"))),
            ("raw", Arc::new(BinaryArray::from(vec![b"text".as_slice(); 5]))),
            ("tags", Arc::new(tags.clone())),
        ]
    };
    let fields = FieldNames { id: Some("nr".to_owned()), ..FieldNames::default() };
    let reading = Reading { fields, ..Reading::default() };
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::LZ4_RAW,
        Compression::GZIP(Default::default()),
    ] {
        let path = root.path().join("a.parquet");
        parquet_file(&path, columns(), compression);
        let read = read_with(&path, reading.clone());
        assert_eq!(
            told(&read),
            [
                "1: one",
                "2: two",
                "a.parquet:3: \"content\": expected text, found null",
                "4: four",
                "5: five"
            ]
        );
        let one = &read[0].as_ref().unwrap().article;
        assert_eq!(one.published_at, Some(1_762_473_600_000_000));
        assert_eq!(one.metadata.as_deref(), Some(r#"{"raw":"text","tags":[1,null]}"#));
    }
    fs::write(root.path().join("b.parquet"), b"PAR1 and nothing else").unwrap();
    assert!(read_with(&root.path().join("b.parquet"), reading)[0].is_err());
}

/// Found by the fuzzer: the library panics on a page that names a dictionary which is not there.
#[test]
fn a_damaged_parquet_file_is_a_dead_letter_whatever_the_library_does() {
    let damaged = include_bytes!("../../tests/damaged.parquet");
    let read = articles_of(damaged.to_vec(), Format::Parquet, &Reading::default());
    let last = read.last().unwrap().as_ref().unwrap_err();
    assert!(last.contains("the rest of the file is not read"), "{last}");
}

#[test]
fn a_page_gives_its_main_text_title_and_date() {
    let page = format!(
        "<html lang=en><head><meta charset=windows-1252><title>Accord signed after a long night - The Paper</title>\
         <meta property='article:published_time' content='2025-11-07T10:00:00Z'></head><body>\
         <nav><a href=/>Home</a> <a href=/world>World</a></nav><article><h1>Accord signed</h1>{}\
         </article><footer>All rights reserved</footer></body></html>",
        "<p>The ministers met in Z\u{fc}rich, and signed the accord after a long night, they said.</p>"
            .repeat(9)
    );
    let (latin, _, _) = encoding("windows-1252").unwrap().encode(&page);
    let root =
        folder(&[("in/a.html", &latin), ("in/b.htm", b"<html><script>go()</script></html>")]);
    let one = read(&root.path().join("in/a.html"), None).remove(0).unwrap().article;
    assert_eq!(
        (one.id.as_str(), one.title.as_deref()),
        ("in/a", Some("Accord signed after a long night"))
    );
    assert_eq!(one.published_at, Some(1_762_509_600_000_000));
    assert_eq!(one.text.matches("The ministers met in Zürich").count(), 9);
    assert!(!one.text.contains("Home") && !one.text.contains("All rights"), "{}", one.text);
    assert_eq!(one.lang.as_deref(), Some("en"));
    let error = error_of(&root.path().join("in/b.htm"));
    assert!(error.starts_with("no main text found"), "{error}");
}

#[test]
fn what_is_too_long_is_refused_before_it_is_in_memory_and_the_rest_goes_on() {
    let long = "x".repeat(5000);
    let root = folder(&[
        ("a.txt", long.as_bytes()),
        ("b.txt.gz", &gzip(long.as_bytes())),
        (
            "c.jsonl",
            format!("{{\"id\": 1, \"text\": \"{long}\"}}\n{{\"id\": 2, \"text\": \"two\"}}")
                .as_bytes(),
        ),
        ("d.csv", format!("id,text\n1,{long}\n2,two\n3,\"open\n{long}").as_bytes()),
        ("e.jsonl", format!("{{\"id\": 1, \"text\": \"{}\"}}", "x".repeat(1001)).as_bytes()),
    ]);
    let reading = Reading { max_article_bytes: 1000, ..Reading::default() };
    let read = |name: &str| told(&read_with(&root.path().join(name), reading.clone()));
    let limit = "over the limit of 1000 bytes; raise it with --max-article-bytes";
    assert_eq!(read("a.txt"), [format!("a.txt: too long: 5000 bytes are {limit}")]);
    assert_eq!(read("b.txt.gz"), [format!("b.txt.gz: too long: it is {limit}")]);
    assert_eq!(
        read("c.jsonl"),
        [format!("c.jsonl:1: too long: 5021 bytes are {limit}"), "2: two".to_owned()]
    );
    let rows = read("d.csv");
    assert!(rows[0].starts_with("d.csv:2: too long: 500") && rows[0].ends_with(limit), "{rows:?}");
    assert_eq!(rows[1], "2: two");
    assert!(rows[2].starts_with("d.csv:4: too long"), "{rows:?}");
    assert_eq!(read("e.jsonl"), [format!("e.jsonl:1: too long: 1001 bytes are {limit}")]);
}

#[test]
fn a_file_without_any_text_is_given_up_early() {
    let root = folder(&[("a.jsonl", "{\"a\": 1}\n".repeat(1000).as_bytes())]);
    let read = told(&read(&root.path().join("a.jsonl"), None));
    assert_eq!(read.len(), 100);
    assert!(read[99].contains("the rest of the file is not read"), "{}", read[99]);
}

#[test]
fn the_language_is_the_one_told_or_the_records_own_or_the_one_found() {
    let german =
        "Die Minister trafen sich in Zürich und unterzeichneten nach langer Nacht das Abkommen.";
    let root = folder(&[(
        "a.jsonl",
        format!(
            "{{\"id\": 1, \"text\": \"{german}\"}}\n\
             {{\"id\": 2, \"text\": \"{german}\", \"lang\": \"de-CH\"}}\n\
             {{\"id\": 3, \"text\": \"{german}\", \"lang\": \"German\"}}\n\
             {{\"id\": 4, \"text\": \"Nein.\"}}"
        )
        .as_bytes(),
    )]);
    let langs = |reading: Reading| -> Vec<Option<String>> {
        let read = read_with(&root.path().join("a.jsonl"), reading);
        read.into_iter().map(|read| read.unwrap().article.lang).collect()
    };
    let some = |lang: &str| Some(lang.to_owned());
    assert_eq!(langs(Reading::default()), [some("de"), some("de-ch"), some("de"), None]);
    let told = Reading { lang: Some("en".to_owned()), ..Reading::default() };
    assert_eq!(langs(told), vec![some("en"); 4]);
    assert!(language("klingon language").is_err());
    assert_eq!(language("pt-BR").unwrap(), "pt-br");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any text comes out of any kind of file as it went in, byte for byte.
    #[test]
    fn a_text_is_the_same_through_every_reader(text in "\\PC*[a-z]\\PC*", id in "[a-z0-9 ]{1,9}[a-z]") {
        let record = serde_json::json!({ "id": id, "text": text });
        let quoted = text.replace('"', "\"\"");
        let root = folder(&[
            ("a.txt", text.as_bytes()),
            ("a.jsonl", format!("{record}\n").as_bytes()),
            ("a.csv", format!("id,text\r\n{id},\"{quoted}\"\r\n").as_bytes()),
            ("a.jsonl.gz", &gzip(record.to_string().as_bytes())),
        ]);
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("id", Arc::new(StringArray::from(vec![id.as_str()]))),
            ("text", Arc::new(StringArray::from(vec![text.as_str()]))),
        ];
        parquet_file(&root.path().join("a.parquet"), columns, Compression::SNAPPY);
        for name in ["a.txt", "a.jsonl", "a.csv", "a.jsonl.gz", "a.parquet"] {
            let read = read(&root.path().join(name), None).remove(0);
            let article = read.map_err(|bad| TestCaseError::fail(bad.error))?.article;
            prop_assert_eq!(&article.text, &text, "{}", name);
            if name != "a.txt" {
                prop_assert_eq!(&article.id, &id, "{}", name);
            }
        }
    }

    /// Any bytes in any reader: articles or reasons, never a panic.
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let names = ["a.txt", "a.html", "a.jsonl", "a.csv", "a.tsv", "a.parquet"];
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, bytes.as_slice())).collect();
        let root = folder(&files);
        for name in names {
            for read in read(&root.path().join(name), None) {
                if let Err(bad) = read {
                    prop_assert!(!bad.error.contains("panicked"), "{}: {}", name, bad.error);
                }
            }
        }
    }
}
