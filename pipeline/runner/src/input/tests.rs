//! What people name as inputs, and which articles come of it.

use std::fs;
use std::path::PathBuf;

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
    let listing = list(inputs, output).unwrap();
    listing.sources.into_iter().filter_map(|source| source.id).collect()
}

fn read(path: &Path, encoding: Option<&'static Encoding>) -> Vec<Result<Input, BadInput>> {
    Articles::new(list(&[path.to_owned()], Path::new("out")).unwrap(), encoding).collect()
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
    let listing = list(&[root.path().join("in")], &root.path().join("in/out")).unwrap();
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
    let error = list(&[root.path().join("sedes")], Path::new("out")).unwrap_err().to_string();
    assert!(error.contains("sedes") && error.contains("did you mean") && error.contains("seeds"));
}

#[test]
fn a_folder_without_articles_says_what_it_holds_instead() {
    let root = folder(&[("in/scan.pdf", b"x")]);
    let error = list(&[root.path().join("in")], Path::new("out")).unwrap_err().to_string();
    assert!(error.contains("(1 .pdf)"), "{error}");
    let root = folder(&[("in/README.md", b"x")]);
    let error = list(&[root.path().join("in")], Path::new("out")).unwrap_err().to_string();
    assert!(error.contains("no .txt, .md or .jsonl file"), "{error}");
}

#[test]
fn two_files_of_one_id_are_refused() {
    let root = folder(&[("x/in/a.txt", b"1"), ("y/in/a.txt", b"2")]);
    let inputs = [root.path().join("x/in"), root.path().join("y/in")];
    let error = list(&inputs, Path::new("out")).unwrap_err().to_string();
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
    assert_eq!(errors[1], "the record has no \"text\"");
    assert!(errors[2].starts_with("not JSON"));
}
