//! What is seen while a run works: a bar on a terminal, a line now and then otherwise.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use postil_runner::{Event, Progress};

use crate::style;

/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Draws a run on standard error.
pub struct Display {
    bar: ProgressBar,
    terminal: bool,
    started: Instant,
    last_line: Mutex<Instant>,
    articles: AtomicU64,
    words: AtomicU64,
    bytes: AtomicU64,
    total_bytes: AtomicU64,
}

impl Display {
    /// A display that has not begun.
    pub fn new() -> Self {
        let terminal = console::user_attended_stderr();
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if !terminal {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self {
            bar,
            terminal,
            started: Instant::now(),
            last_line: Mutex::new(Instant::now()),
            articles: AtomicU64::new(0),
            words: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            total_bytes: AtomicU64::new(0),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, text: &str) {
        match self.terminal {
            true => self.bar.suspend(|| eprintln!("{text}")),
            false => eprintln!("{text}"),
        }
    }

    fn advance(&self, bytes: u64, articles: u64, words: u64) {
        let done = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let articles = self.articles.fetch_add(articles, Ordering::Relaxed) + articles;
        let words = self.words.fetch_add(words, Ordering::Relaxed) + words;
        self.bar.inc(bytes);
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = if seconds > 0.0 { words as f64 / seconds } else { 0.0 };
        self.bar.set_message(format!("{articles} articles, {rate:.0} words/s"));
        if self.terminal {
            return;
        }
        let Ok(mut last) = self.last_line.try_lock() else { return };
        if last.elapsed() >= LINE_EVERY {
            *last = Instant::now();
            let total = self.total_bytes.load(Ordering::Relaxed).max(done);
            eprintln!(
                "{articles} articles, {} of {}, {rate:.0} words/s, {}",
                HumanBytes(done),
                HumanBytes(total),
                HumanDuration(self.started.elapsed())
            );
        }
    }
}

impl Progress for Display {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Listed { bytes, .. } => {
                self.total_bytes.store(bytes, Ordering::Relaxed);
                self.bar.set_length(bytes);
                let template = "{bar:30} {bytes}/{total_bytes} {msg}, {eta} left";
                if let Ok(style) = ProgressStyle::with_template(template) {
                    self.bar.set_style(style);
                }
            }
            Event::Skipped { extension, files } => {
                let named = match extension {
                    "" => "without an extension".to_owned(),
                    extension => extension.to_owned(),
                };
                self.line(&style::faint(&format!(
                    "passed over {files} file{} {named}; name one directly to read it as text",
                    if files == 1 { "" } else { "s" }
                )));
            }
            Event::Reading { source, how } => self.line(&style::faint(&format!("{source}: {how}"))),
            Event::Unchanged { bytes, .. } => self.advance(bytes, 0, 0),
            Event::Article { id, bytes, words, failed } => {
                self.advance(bytes, 1, words);
                if let Some(reason) = failed {
                    self.line(&format!("{} {id}: {reason}", style::warning("failed:")));
                }
            }
            Event::Joining { articles, .. } => {
                self.bar.set_message(format!("comparing {articles} articles"));
            }
            Event::Stage { .. } | Event::Committed { .. } => {}
            Event::Warning(text) => self.line(&format!("{} {text}", style::warning("warning:"))),
        }
    }
}
