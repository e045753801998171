//! The commands, a module each.

pub mod annotate;
pub mod bench;
pub mod check;
pub mod compact;
pub mod eval;
pub mod init;
pub mod models;
pub mod retry;
pub mod schema;
pub mod show;
pub mod stages;
pub mod status;
mod summary;
pub mod verify;

use std::path::Path;

use postil_contract::{Problem, Registry};

/// What every command may use.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The stages.
    pub registry: &'a Registry,
    /// Those that run where no config says otherwise.
    pub default_pipeline: &'a [&'a str],
    /// `--models`.
    pub models: Option<&'a Path>,
}

/// An error with its causes, for a person; causes that repeat what was said are left out.
pub fn explain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text.push_str("\n  because: ");
            text.push_str(&cause);
        }
    }
    text
}

/// Problems of a config, a line each.
pub fn problems(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

/// `1 article`, `2 articles`.
pub fn count(n: usize, one: &str) -> String {
    match n {
        1 => format!("1 {one}"),
        n if one.ends_with('y') => format!("{n} {}ies", one.trim_end_matches('y')),
        n => format!("{n} {one}s"),
    }
}

/// The beginning of a text on one line, at most `width` columns, cut at a word.
pub fn beginning(text: &str, width: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if console::measure_text_width(&line) <= width {
        return line;
    }
    let mut short = String::new();
    for word in line.split(' ') {
        if console::measure_text_width(&short) + console::measure_text_width(word) + 2 > width {
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    if short.is_empty() {
        return console::truncate_str(&line, width, "…").into_owned();
    }
    short + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_words() {
        assert_eq!(beginning("one two\n three", 30), "one two three");
        assert_eq!(beginning("one two three", 9), "one two…");
        assert_eq!(beginning("unbreakable", 5), "unbr…");
    }

    #[test]
    fn plurals() {
        assert_eq!(count(1, "entity"), "1 entity");
        assert_eq!(count(2, "entity"), "2 entities");
        assert_eq!(count(0, "article"), "0 articles");
    }
}
