//! The main text of a web page.
//!
//! The extractor is `dom_smoothie`, a port of Mozilla's Readability (the reader view of Firefox). On
//! five pages made by hand for the purpose (`tests/pages`: a news page with cookie banner, related
//! links and comments; a blog with line breaks for paragraphs; a page laid out by tables; a short
//! item; a page of lists and a table), words found that belong to the text, words of the text that
//! were found, and its paragraphs that came out whole, beside two others:
//!
//! | extractor | precision | recall | paragraphs | milliseconds a page |
//! |---|---|---|---|---|
//! | `dom_smoothie` 0.19 | 0.93 to 1.00 | 1.00 | all | 0.2 to 0.4 |
//! | `legible` 0.5 | 0.95 to 1.00 | 0.93 to 1.00 | run together | 0.2 to 2.6 |
//! | `rs-trafilatura` 0.2 | 0.78 to 1.00 | 1.00 | most | 0.7 to 35 |
//!
//! What `dom_smoothie` has too much is a byline, the title or a footer. Its text is one paragraph a
//! line, with an empty line between two.

use dom_smoothie::{Config, Readability, TextMode};
use encoding_rs::Encoding;
use postil_contract::Article;
use serde_json::{Map, Value};

use super::dates::utc_micros;
use super::{Reading, guarded};

/// Bytes of a page within which it must name its encoding, as the HTML standard has it.
const PRESCAN: usize = 1024;
/// Open elements inside each other, at most. The extractor's time grows with the square of it: a sixth
/// of a second at a thousand, fourteen at ten thousand.
const MAX_DEPTH: usize = 1000;

/// The encoding that a page names in its head, where it is not UTF-8.
pub(super) fn named_encoding(page: &[u8]) -> Option<&'static Encoding> {
    if std::str::from_utf8(page).is_ok() {
        return None;
    }
    let head = page.get(..PRESCAN.min(page.len()))?.to_ascii_lowercase();
    let at = memchr::memmem::find(&head, b"charset=")? + b"charset=".len();
    let label: Vec<u8> = head
        .get(at..)?
        .iter()
        .copied()
        .skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'))
        .collect();
    Encoding::for_label(&label)
}

/// The article of a page: its main text, with the title, the date and what else its head says.
///
/// # Errors
/// Where no main text is found.
pub(super) fn article(page: &str, reading: &Reading) -> Result<Article, String> {
    if depth(page) > MAX_DEPTH {
        return Err(format!("not read: over {MAX_DEPTH} elements inside each other"));
    }
    let found = guarded(|| {
        let config = Config { text_mode: TextMode::Formatted, ..Config::default() };
        Readability::new(page, None, Some(config))?.parse()
    })?
    .map_err(|error| {
        format!("no main text found in the page ({error}); to take its source for a text, give --format text")
    })?;
    let text = found.text_content.trim();
    if text.is_empty() {
        return Err("no main text found in the page: it is empty".to_owned());
    }
    let mut article = Article::new("", text);
    let some = |value: Option<String>| value.filter(|value| !value.trim().is_empty());
    article.title = some(Some(found.title));
    article.published_raw = some(found.published_time);
    article.published_at = article
        .published_raw
        .as_deref()
        .and_then(|raw| utc_micros(raw, reading.date_format.as_ref()));
    let mut metadata = Map::new();
    for (name, value) in [
        ("byline", found.byline),
        ("site_name", found.site_name),
        ("excerpt", found.excerpt),
        ("url", found.url),
        ("lang", found.lang),
        ("modified_time", found.modified_time),
        ("image", found.image),
    ] {
        if let Some(value) = some(value) {
            metadata.insert(name.to_owned(), Value::String(value));
        }
    }
    article.metadata = (!metadata.is_empty()).then(|| Value::Object(metadata).to_string());
    Ok(article)
}

/// How deep the elements of a page may stand inside each other: of its tags, the most that are open
/// at once, where only those that HTML closes by itself are not counted.
fn depth(page: &str) -> usize {
    const CLOSED: [&str; 27] = [
        "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "hr", "img", "input", "li",
        "link", "meta", "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th",
        "thead", "tr", "wbr",
    ];
    const RAW: [&str; 4] = ["script", "style", "textarea", "title"];
    let (mut open, mut most) = (0_usize, 0_usize);
    let mut at = 0;
    while let Some(found) = page.get(at..).and_then(|rest| memchr::memchr(b'<', rest.as_bytes())) {
        at += found + 1;
        let tag = page.get(at..).unwrap_or_default();
        if tag.starts_with("!--") {
            at += memchr::memmem::find(tag.as_bytes(), b"-->").unwrap_or(tag.len());
        } else if tag.starts_with('/') {
            open = open.saturating_sub(1);
        } else if tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
            let name = tag.get(..end).unwrap_or_default();
            let is_one_of = |names: &[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(name));
            if is_one_of(&RAW) {
                // What stands in these is no markup, whatever it looks like.
                at += end_of_raw(tag, name).unwrap_or(tag.len());
            } else if !is_one_of(&CLOSED) {
                open += 1;
                most = most.max(open);
            }
        }
    }
    most
}

/// The place after `</name` of an element that holds raw text.
fn end_of_raw(tag: &str, name: &str) -> Option<usize> {
    memchr::memmem::find_iter(tag.as_bytes(), b"</").map(|at| at + 2).find_map(|at| {
        let close = tag.get(at..at + name.len())?;
        close.eq_ignore_ascii_case(name).then_some(at + name.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of the text that was meant, and paragraphs of it, that were found; and words found
    /// that were not meant.
    fn compare(meant: &str, found: &str) -> (usize, usize) {
        let mut left: Vec<&str> = meant.split_whitespace().collect();
        let mut extra = 0;
        for word in found.split_whitespace() {
            match left.iter().position(|left| *left == word) {
                Some(at) => drop(left.swap_remove(at)),
                None => extra += 1,
            }
        }
        (left.len(), extra)
    }

    #[test]
    fn the_pages_give_their_text_and_little_else() {
        let pages = [
            (
                "news",
                include_str!("../../tests/pages/news.html"),
                include_str!("../../tests/pages/news.txt"),
            ),
            (
                "blog",
                include_str!("../../tests/pages/blog.html"),
                include_str!("../../tests/pages/blog.txt"),
            ),
            (
                "tables",
                include_str!("../../tests/pages/tables.html"),
                include_str!("../../tests/pages/tables.txt"),
            ),
            (
                "short",
                include_str!("../../tests/pages/short.html"),
                include_str!("../../tests/pages/short.txt"),
            ),
            (
                "listed",
                include_str!("../../tests/pages/listed.html"),
                include_str!("../../tests/pages/listed.txt"),
            ),
        ];
        for (name, page, meant) in pages {
            let article = article(page, &Reading::default()).unwrap();
            let (missing, extra) = compare(meant, &article.text);
            assert_eq!(missing, 0, "{name}: {}", article.text);
            assert!(
                extra * 12 < meant.split_whitespace().count(),
                "{name}: {extra} words too many"
            );
            for paragraph in meant.lines().filter(|line| line.len() > 100) {
                assert!(article.text.contains(paragraph), "{name}: a paragraph is in pieces");
            }
            assert!(article.title.is_some(), "{name}");
        }
    }

    #[test]
    fn what_the_head_says_is_kept() {
        let article =
            article(include_str!("../../tests/pages/news.html"), &Reading::default()).unwrap();
        assert_eq!(article.published_at, Some(1_741_941_000_000_000));
        let metadata: Map<String, Value> =
            serde_json::from_str(&article.metadata.unwrap()).unwrap();
        assert_eq!(metadata.get("site_name").unwrap(), "The Northern Courier");
        assert_eq!(metadata.get("byline").unwrap(), "Ada Lindqvist");
    }

    #[test]
    fn depth_counts_what_is_open_and_no_scripts() {
        assert_eq!(depth("<div><p>a<p>b<br></div><div></div>"), 1);
        assert_eq!(depth("<div><ul><li>a<li>b<!-- <b><b><b> --></ul><i>x</i></div>"), 2);
        assert_eq!(depth("<script>if (a<b && c<d) {}</SCRIPT ><b>"), 1);
        assert_eq!(depth("<script>a<b"), 0);
        let deep = format!("<html>{}text", "<div>".repeat(20_000));
        let error = article(&deep, &Reading::default()).unwrap_err();
        assert!(error.contains("elements inside each other"), "{error}");
    }
}
