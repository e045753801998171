//! Reads gold sentences: CoNLL-U with `# newpar`, or plain text (a sentence a line, an empty line after a paragraph).

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// A paragraph and where its sentences end.
pub struct Paragraph {
    /// The sentences joined as they stood.
    pub text: String,
    /// Byte offsets of the ends of sentences, white space before them left out.
    pub ends: BTreeSet<usize>,
}

/// The paragraphs of a `.conllu` file or of a plain one.
pub fn read(path: &Path) -> io::Result<Vec<Paragraph>> {
    let text = std::fs::read_to_string(path)?;
    let paragraphs = if path.extension().is_some_and(|extension| extension == "conllu") {
        conllu(&text)
    } else {
        plain(&text)
    };
    Ok(paragraphs.iter().map(|sentences| join(sentences)).collect())
}

fn join(sentences: &[String]) -> Paragraph {
    let mut text = String::new();
    let mut ends = BTreeSet::new();
    for sentence in sentences {
        text.push_str(sentence);
        ends.insert(text.trim_end().len());
    }
    Paragraph { text, ends }
}

fn plain(text: &str) -> Vec<Vec<String>> {
    let mut paragraphs = vec![Vec::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            paragraphs.push(Vec::new());
        } else if let Some(last) = paragraphs.last_mut() {
            last.push(format!("{} ", line.trim()));
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

fn conllu(text: &str) -> Vec<Vec<String>> {
    let mut paragraphs: Vec<Vec<String>> = Vec::new();
    let (mut sentence, mut opens, mut covered) = (String::new(), true, 0_usize);
    for line in text.lines().chain([""]) {
        if line.starts_with("# newpar") || line.starts_with("# newdoc") {
            opens = true;
        } else if line.starts_with('#') {
        } else if line.is_empty() {
            if !sentence.is_empty() {
                if opens || paragraphs.is_empty() {
                    paragraphs.push(Vec::new());
                }
                if let Some(last) = paragraphs.last_mut() {
                    last.push(std::mem::take(&mut sentence));
                }
            }
            (opens, covered) = (false, 0);
        } else {
            let columns: Vec<&str> = line.split('\t').collect();
            let (Some(id), Some(form)) = (columns.first(), columns.get(1)) else { continue };
            if id.contains('.') {
                continue;
            }
            if let Some((_, last)) = id.split_once('-') {
                covered = last.parse().unwrap_or(0);
            } else if id.parse::<usize>().is_ok_and(|id| id <= covered) {
                continue;
            }
            sentence.push_str(form);
            if !columns.get(9).is_some_and(|misc| misc.contains("SpaceAfter=No")) {
                sentence.push(' ');
            }
        }
    }
    paragraphs
}

/// The text around `at`, for reading.
#[allow(dead_code, reason = "each example uses its part of this module")]
pub fn around(text: &str, at: usize) -> (String, String) {
    let before: String = text[..at].chars().rev().take(60).collect();
    (before.chars().rev().collect(), text[at..].chars().take(60).collect())
}
