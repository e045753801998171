//! How far a run is, how fast, and how long it will take.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use postil_runner::Event;

/// The time over which the speed is measured: long enough to hold several units, short enough to
/// follow a change from short articles to long ones.
const WINDOW: Duration = Duration::from_secs(60);
/// Steps in which the window moves on.
const STEP: Duration = Duration::from_secs(1);
/// No time left is told before so much time of annotating has gone by.
const LEAST: Duration = Duration::from_secs(3);

/// Adds up what a run tells.
pub struct Meter {
    started: Instant,
    articles: u64,
    unchanged: u64,
    failed: u64,
    words: u64,
    bytes: u64,
    total_bytes: u64,
    /// Bytes of articles that were annotated, unchanged ones not counted: those pass too fast to tell
    /// anything of the others.
    annotated_bytes: u64,
    first_article: Option<Instant>,
    /// Samples of (when, words, annotated bytes), oldest first.
    samples: VecDeque<(Instant, u64, u64)>,
    stage_seconds: BTreeMap<String, f64>,
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Articles annotated or failed.
    pub articles: u64,
    /// Articles about which there was nothing to do.
    pub unchanged: u64,
    /// Articles that failed.
    pub failed: u64,
    /// Words annotated.
    pub words: u64,
    /// Bytes of the inputs that are dealt with.
    pub bytes: u64,
    /// Bytes of all inputs.
    pub total_bytes: u64,
    /// Words annotated a second, over the last minute.
    pub words_per_second: f64,
    /// The stage that took most of the stages' time, and its share of it.
    pub slowest: Option<(String, f64)>,
    /// Since the start.
    pub elapsed: Duration,
    /// What the rest takes if all of it is to be annotated, at the speed of the last minute; without
    /// the comparison at the end. `None` as long as there is nothing to go by.
    pub left: Option<Duration>,
}

impl Meter {
    pub fn new(started: Instant) -> Self {
        Self {
            started,
            articles: 0,
            unchanged: 0,
            failed: 0,
            words: 0,
            bytes: 0,
            total_bytes: 0,
            annotated_bytes: 0,
            first_article: None,
            samples: VecDeque::new(),
            stage_seconds: BTreeMap::new(),
        }
    }

    pub fn elapsed(&self, now: Instant) -> Duration {
        now.duration_since(self.started)
    }

    pub fn event(&mut self, event: &Event<'_>, now: Instant) {
        match event {
            Event::Listed { bytes, .. } => self.total_bytes = *bytes,
            Event::Unchanged { bytes, .. } => {
                self.unchanged += 1;
                self.bytes += bytes;
            }
            Event::Article { bytes, words, failed, .. } => {
                self.articles += 1;
                self.failed += u64::from(failed.is_some());
                self.words += words;
                self.bytes += bytes;
                self.annotated_bytes += bytes;
                self.sample(now);
            }
            Event::Stage { layer, seconds, .. } => {
                // The work on the first batch began before it was told.
                self.first_article.get_or_insert(now - Duration::from_secs_f64(*seconds));
                match self.stage_seconds.get_mut(layer.as_str()) {
                    Some(sum) => *sum += seconds,
                    None => {
                        self.stage_seconds.insert(layer.as_str().to_owned(), *seconds);
                    }
                }
            }
            _ => {}
        }
    }

    fn sample(&mut self, now: Instant) {
        let first = *self.first_article.get_or_insert(now);
        if self.samples.is_empty() {
            self.samples.push_back((first, 0, 0));
        }
        if self.samples.back().is_some_and(|(at, _, _)| now.duration_since(*at) >= STEP) {
            self.samples.push_back((now, self.words, self.annotated_bytes));
        }
        while self.samples.get(1).is_some_and(|(at, _, _)| now.duration_since(*at) >= WINDOW) {
            self.samples.pop_front();
        }
    }

    pub fn reading(&self, now: Instant) -> Reading {
        let (mut words_per_second, mut left) = (0.0, None);
        if let Some((from, words, bytes)) = self.samples.front() {
            let time = now.duration_since(*from);
            let seconds = time.as_secs_f64().max(1e-3);
            words_per_second = (self.words - words) as f64 / seconds;
            let bytes_per_second = (self.annotated_bytes - bytes) as f64 / seconds;
            let rest = self.total_bytes.saturating_sub(self.bytes) as f64;
            let is_long_enough = self.first_article.is_some_and(|at| now - at >= LEAST);
            if is_long_enough && bytes_per_second > 0.0 {
                left = Duration::try_from_secs_f64(rest / bytes_per_second).ok();
            }
        }
        let all: f64 = self.stage_seconds.values().sum();
        let slowest = self.stage_seconds.iter().max_by(|a, b| a.1.total_cmp(b.1));
        Reading {
            articles: self.articles,
            unchanged: self.unchanged,
            failed: self.failed,
            words: self.words,
            bytes: self.bytes,
            total_bytes: self.total_bytes.max(self.bytes),
            words_per_second,
            slowest: slowest
                .filter(|_| all > 0.0)
                .map(|(stage, seconds)| (stage.clone(), seconds / all)),
            elapsed: self.elapsed(now),
            left,
        }
    }
}

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Counts stay counts, whatever happened to a thread that held them.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use postil_contract::Layer;

    fn article(bytes: u64) -> Event<'static> {
        Event::Article { id: "a", bytes, words: bytes / 5, failed: None }
    }

    #[test]
    fn the_time_left_follows_the_speed_of_annotating_and_not_that_of_passing_over() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut meter = Meter::new(start);
        meter.event(&Event::Listed { sources: 1, bytes: 100_000 }, at(0));
        // Half of it is unchanged and passes in no time.
        meter.event(&Event::Unchanged { id: "u", bytes: 50_000 }, at(0));
        assert_eq!(meter.reading(at(1)).left, None, "there is nothing to go by");
        let layer = Layer::Entities;
        meter.event(&Event::Stage { layer: &layer, articles: 1, seconds: 0.0 }, at(0));
        for second in 1..=10 {
            meter.event(&article(1_000), at(second));
        }
        let reading = meter.reading(at(10));
        // 40,000 bytes are left, at 1,000 a second.
        assert_eq!(reading.left.map(|left| left.as_secs()), Some(40));
        assert_eq!((reading.articles, reading.unchanged, reading.bytes), (10, 1, 60_000));
        assert_eq!(reading.words_per_second.round(), 200.0);
    }

    #[test]
    fn the_speed_is_that_of_the_last_minute() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut meter = Meter::new(start);
        meter.event(&Event::Listed { sources: 1, bytes: 10_000_000 }, at(0));
        for second in 0..100 {
            meter.event(&article(5_000), at(second));
        }
        for second in 100..200 {
            meter.event(&article(500), at(second));
        }
        let rate = meter.reading(at(199)).words_per_second;
        assert!((90.0..=110.0).contains(&rate), "{rate}");
    }

    #[test]
    fn the_slowest_stage_is_named_with_its_share() {
        let now = Instant::now();
        let mut meter = Meter::new(now);
        for (layer, seconds) in [(Layer::Sentences, 1.0), (Layer::Entities, 3.0)] {
            meter.event(&Event::Stage { layer: &layer, articles: 1, seconds }, now);
        }
        assert_eq!(meter.reading(now).slowest, Some(("entities".to_owned(), 0.75)));
    }
}
