//! What is seen while a run works: a bar on a terminal, a line now and then otherwise, or JSON lines
//! for programs.

mod json;
mod meter;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use postil_runner::{Event, Progress};

use crate::style;
pub use json::JsonLines;
use meter::{Meter, Reading, lock};

/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// Time between two drawings of the bar.
const DRAW_EVERY: Duration = Duration::from_millis(100);

/// Draws a run on standard error.
pub struct Display {
    bar: ProgressBar,
    terminal: bool,
    meter: Mutex<Meter>,
    shown: Mutex<Instant>,
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
            meter: Mutex::new(Meter::new(Instant::now())),
            shown: Mutex::new(Instant::now()),
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

    /// Shows how far the run is, if it has not been shown a moment ago.
    fn show(&self) {
        let every = if self.terminal { DRAW_EVERY } else { LINE_EVERY };
        {
            let Ok(mut shown) = self.shown.try_lock() else { return };
            if shown.elapsed() < every {
                return;
            }
            *shown = Instant::now();
        }
        let reading = lock(&self.meter).reading(Instant::now());
        match self.terminal {
            true => {
                self.bar.set_position(reading.bytes);
                self.bar.set_message(words(&reading));
            }
            false => eprintln!(
                "{} of {}, {}",
                HumanBytes(reading.bytes),
                HumanBytes(reading.total_bytes),
                words(&reading)
            ),
        }
    }
}

/// `120 articles, 5400 words/s, slowest entities, 3 minutes left`.
fn words(reading: &Reading) -> String {
    let mut text = format!("{} articles", reading.articles);
    if reading.unchanged > 0 {
        text.push_str(&format!(" and {} unchanged", reading.unchanged));
    }
    if reading.failed > 0 {
        text.push_str(&format!(", {} failed", reading.failed));
    }
    text.push_str(&format!(", {:.0} words/s", reading.words_per_second));
    if let Some((stage, share)) = &reading.slowest {
        text.push_str(&format!(", slowest {stage} ({:.0} %)", 100.0 * share));
    }
    match reading.left {
        Some(left) => text.push_str(&format!(", about {} left", HumanDuration(left))),
        None => text.push_str(", time left not known yet"),
    }
    text
}

impl Progress for Display {
    fn event(&self, event: Event<'_>) {
        lock(&self.meter).event(&event, Instant::now());
        match event {
            Event::Listed { bytes, .. } => {
                self.bar.set_length(bytes);
                let template = "{bar:24} {bytes}/{total_bytes}  {msg}";
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
            Event::Reading { source, how } => {
                self.line(&style::faint(&format!("{source}: {how}")));
            }
            Event::Article { id, failed: Some(reason), .. } => {
                self.line(&format!("{} {id}: {reason}", style::warning("failed:")));
            }
            Event::Joining { articles, new } => {
                let text = format!("comparing {new} new articles with all {articles}");
                self.bar.set_message(text.clone());
                if !self.terminal && lock(&self.meter).elapsed(Instant::now()) >= LINE_EVERY {
                    eprintln!("{text}");
                }
                return;
            }
            Event::Warning(text) => {
                self.line(&format!("{} {text}", style::warning("warning:")));
            }
            Event::Unchanged { .. }
            | Event::Article { failed: None, .. }
            | Event::Stage { .. }
            | Event::Joined { .. }
            | Event::Committed { .. } => {}
        }
        self.show();
    }
}
