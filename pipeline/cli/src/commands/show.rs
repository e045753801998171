//! `postil show`: the text with its entities marked, stances and repeats beside it.

use std::io::Write;

use postil_contract::{
    Article, DuplicatePair, Entity, HolderKind, LayerSet, Paragraph, ParagraphKind, Span, Stance,
    Unit,
};
use postil_runner::Dataset;

use super::summary::article_stances;
use super::{beginning, count};
use crate::args::Show;
use crate::{Exit, style};

/// Columns of the page where there is no terminal.
const DEFAULT_WIDTH: usize = 100;
/// The narrowest and the widest page.
const MIN_WIDTH: usize = 60;
const MAX_WIDTH: usize = 140;
/// Columns for the paragraph's number and for the notes.
const NUMBER_WIDTH: usize = 4;
const NOTE_WIDTH: usize = 34;
const RULE: &str = " │ ";

/// Prints the margin notes of one article.
pub fn run(args: &Show) -> anyhow::Result<Exit> {
    let dataset = Dataset::open(&args.output)?;
    let id = dataset.find(&args.article)?;
    let (article, layers) = dataset.article(&id)?;
    let pairs = dataset.pairs_of(&id)?;
    let width = args.width.unwrap_or_else(|| match console::Term::stdout().size_checked() {
        Some((_, columns)) => usize::from(columns),
        None => DEFAULT_WIDTH,
    });
    let page = Page {
        article: &article,
        layers: &layers,
        pairs: &pairs,
        text_width: width.clamp(MIN_WIDTH, MAX_WIDTH) - NUMBER_WIDTH - NOTE_WIDTH - 3,
        colours: console::colors_enabled(),
    };
    page.print(&mut std::io::stdout().lock())?;
    Ok(Exit::Done)
}

struct Page<'a> {
    article: &'a Article,
    layers: &'a LayerSet,
    pairs: &'a [DuplicatePair],
    text_width: usize,
    colours: bool,
}

impl Page<'_> {
    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let paragraphs = self.layers.paragraphs.as_deref().unwrap_or_default();
        let words: usize = paragraphs.iter().map(|p| p.n_words as usize).sum();
        writeln!(out, "{}", style::heading(&self.article.id))?;
        writeln!(
            out,
            "{}",
            style::faint(&format!(
                "{}, {}, {}, {}, {}",
                self.article.source,
                count(words, "word"),
                count(paragraphs.len(), "paragraph"),
                count(self.layers.sentences.as_ref().map_or(0, Vec::len), "sentence"),
                count(self.layers.entities.as_ref().map_or(0, Vec::len), "entity"),
            ))
        )?;
        for stance in article_stances(self.layers) {
            writeln!(
                out,
                "{:<14} {} {}  {}",
                stance.target_id,
                style::stance(stance.stance.as_str()),
                score(stance),
                style::faint(&stance.target)
            )?;
        }
        if paragraphs.is_empty() {
            // A run without the paragraphs stage still has a text to show.
            return writeln!(out, "\n{}", self.article.text);
        }
        for (idx, paragraph) in paragraphs.iter().enumerate() {
            writeln!(out)?;
            self.paragraph(out, idx, paragraph)?;
        }
        Ok(())
    }

    fn paragraph(
        &self,
        out: &mut impl Write,
        idx: usize,
        paragraph: &Paragraph,
    ) -> std::io::Result<()> {
        let text = self.marked(idx, paragraph.span);
        let text: Vec<String> = textwrap::wrap(&text, self.text_width)
            .into_iter()
            .map(std::borrow::Cow::into_owned)
            .collect();
        let notes: Vec<String> = self
            .notes(idx, paragraph)
            .iter()
            .flat_map(|note| {
                let options = textwrap::Options::new(NOTE_WIDTH).subsequent_indent("  ");
                textwrap::wrap(note, options)
                    .into_iter()
                    .map(std::borrow::Cow::into_owned)
                    .collect::<Vec<_>>()
            })
            .collect();
        for row in 0..text.len().max(notes.len()) {
            let number = if row == 0 { idx.to_string() } else { String::new() };
            let left = text.get(row).map_or("", String::as_str);
            let note = notes.get(row).map_or("", String::as_str);
            let gap = self.text_width.saturating_sub(console::measure_text_width(left));
            let line = format!(
                "{}{left}{}{}{note}",
                style::faint(&format!("{number:<NUMBER_WIDTH$}")),
                " ".repeat(gap),
                style::faint(RULE)
            );
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// The paragraph's text on one line, its entities marked.
    fn marked(&self, idx: usize, span: Span) -> String {
        let slice = |span: Span| span.slice(&self.article.text).unwrap_or_default();
        let entities = self.layers.entities.as_deref().unwrap_or_default();
        let mut text = String::new();
        let mut at = span.start;
        for entity in entities.iter().filter(|entity| entity.paragraph_idx as usize == idx) {
            if entity.span.start < at || !span.contains(entity.span) {
                continue;
            }
            text.push_str(slice(Span::new(at, entity.span.start)));
            text.push_str(&self.mark(entity, slice(entity.span)));
            at = entity.span.end;
        }
        text.push_str(slice(Span::new(at, span.end)));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn mark(&self, entity: &Entity, text: &str) -> String {
        if !self.colours {
            return format!("[{text} {}]", entity.label);
        }
        // Word by word, so that a line break inside a name does not colour the margin.
        let words: Vec<String> =
            text.split_whitespace().map(|word| style::entity(&entity.label, word)).collect();
        format!("{} {}", words.join(" "), style::faint(&entity.label))
    }

    fn notes(&self, idx: usize, paragraph: &Paragraph) -> Vec<String> {
        let mut notes = Vec::new();
        if paragraph.kind != ParagraphKind::Body {
            notes.push(style::faint(paragraph.kind.as_str()));
        }
        let stances = self.layers.stances.as_deref().unwrap_or_default();
        notes.extend(stances.iter().filter(|stance| self.is_of(stance, idx)).map(|stance| {
            let holder = match (&stance.holder_kind, &stance.holder) {
                (HolderKind::Entity, Some(holder)) => format!("{}: ", beginning(holder, 20)),
                _ => String::new(),
            };
            format!(
                "{holder}{} {} {}",
                style::stance(stance.stance.as_str()),
                stance.target_id,
                score(stance)
            )
        }));
        let is_here = |article_id: &str, paragraph_idx: u32| {
            article_id == self.article.id && paragraph_idx as usize == idx
        };
        for pair in self.pairs {
            let other = match () {
                () if is_here(&pair.a.article_id, pair.a.paragraph_idx) => &pair.b,
                () if is_here(&pair.b.article_id, pair.b.paragraph_idx) => &pair.a,
                () => continue,
            };
            let place = match other.article_id == self.article.id {
                true => format!("#{}", other.paragraph_idx),
                false => other.to_string(),
            };
            notes.push(format!("repeats {place} {}", style::faint(pair.kind.as_str())));
        }
        notes
    }

    /// Whether a stance is of paragraph `idx` or of a sentence in it.
    fn is_of(&self, stance: &Stance, idx: usize) -> bool {
        match (stance.unit, stance.unit_idx) {
            (Unit::Paragraph, Some(unit_idx)) => unit_idx as usize == idx,
            (Unit::Sentence, Some(unit_idx)) => self
                .layers
                .sentences
                .as_deref()
                .and_then(|sentences| sentences.get(unit_idx as usize))
                .is_some_and(|sentence| sentence.paragraph_idx as usize == idx),
            _ => false,
        }
    }
}

fn score(stance: &Stance) -> String {
    style::faint(&format!("{:.2}", stance.score))
}
