//! The reading side of a run: articles come in, and what is left to do for each is decided.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::changes::Aside;
use crate::input::{self, BadInput};
use crate::pipeline::Pipeline;
use crate::plan::{Decision, Job, State};
use crate::progress::{Event, Progress};
use crate::report::{DeadLetter, Report};
use crate::run::Options;

/// Work for the stages, and what goes beside it into the same commit.
#[derive(Default)]
pub(crate) struct Load {
    pub(crate) jobs: Vec<Job>,
    pub(crate) aside: Aside,
    /// Whether there is nothing left to be read.
    pub(crate) is_last: bool,
}

impl Load {
    /// Takes over what was read after it.
    pub(crate) fn append(&mut self, mut next: Self) {
        self.jobs.append(&mut next.jobs);
        self.aside.append(&mut next.aside);
        self.is_last |= next.is_last;
    }
}

/// Reads articles and decides on each.
pub(crate) struct Intake<'a, I> {
    pub(crate) articles: I,
    pub(crate) state: State,
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) options: &'a Options,
    pub(crate) progress: &'a dyn Progress,
    /// Ends the run from outside.
    pub(crate) stop: &'a AtomicBool,
    /// Ends the run because of a failure that may not be passed over.
    pub(crate) halt: &'a AtomicBool,
    /// What was passed over.
    pub(crate) report: Report,
}

impl<I: Iterator<Item = Result<input::Input, BadInput>>> Intake<'_, I> {
    /// Reads articles until there is work on so many bytes of text, the time is over, or there is nothing
    /// left to read.
    pub(crate) fn fill(&mut self, bytes: u64, until: Instant) -> Load {
        let mut load = Load::default();
        let mut read_bytes = 0;
        let is_stopped = || self.stop.load(Ordering::Relaxed) || self.halt.load(Ordering::Relaxed);
        while read_bytes < bytes && !is_stopped() {
            // Articles may come slowly, as from the output of another program.
            let has_work = !load.jobs.is_empty() || !load.aside.is_empty();
            if has_work && Instant::now() >= until {
                break;
            }
            let Some(read) = self.articles.next() else {
                load.is_last = true;
                break;
            };
            match read {
                Err(bad) => self.bad_input(bad, &mut load.aside),
                Ok(read) => {
                    let Some(job) = self.decide(read, &mut load.aside) else { continue };
                    read_bytes += job.article.text.len() as u64;
                    load.jobs.push(job);
                }
            }
        }
        load
    }

    fn bad_input(&mut self, bad: BadInput, aside: &mut Aside) {
        let before = same_as_before(&self.state, &bad);
        let id = bad.article_id.as_deref().unwrap_or(&bad.source);
        let failed = Some(bad.error.as_str());
        self.progress.event(Event::Article { id, bytes: bad.bytes, words: 0, failed });
        self.failed();
        match before {
            true => count_bad(&mut self.report, &bad, true),
            false => aside.bad.push(bad),
        }
    }

    /// Where a failure is not to be passed over, it ends the run.
    fn failed(&self) {
        if self.options.strict {
            self.halt.store(true, Ordering::Relaxed);
        }
    }

    fn decide(&mut self, read: input::Input, aside: &mut Aside) -> Option<Job> {
        let input::Input { article, bytes } = read;
        let Options { force, retry_failed, only_failed, .. } = *self.options;
        if only_failed && !self.state.has_failed(&article) {
            self.progress.event(Event::Unchanged { id: &article.id, bytes });
            return None;
        }
        let (id, source) = (article.id.clone(), article.source.clone());
        let is_from_elsewhere = self.state.is_from_elsewhere(&article);
        match self.state.decide(self.pipeline, article, bytes, force, retry_failed) {
            Decision::Unchanged => {
                if self.state.is_read_again(&source) {
                    aside.cleared.push(source);
                }
                self.report.unchanged += 1;
                self.progress.event(Event::Unchanged { id: &id, bytes });
                None
            }
            Decision::FailedBefore(row) => {
                self.report.failed_before += 1;
                self.progress.event(Event::Unchanged { id: &id, bytes });
                self.report.letter(DeadLetter::of(&row, true));
                self.failed();
                None
            }
            Decision::Run(job) => {
                if job.whole && is_from_elsewhere {
                    self.progress.event(Event::Warning(&format!(
                        "article `{id}` was read from elsewhere before, now from {source}: it is replaced"
                    )));
                }
                Some(*job)
            }
        }
    }
}

/// Whether an input that is no article was found to be none before, for the same reason.
pub(crate) fn same_as_before(state: &State, bad: &BadInput) -> bool {
    state.dead_letter(&bad.source).is_some_and(|row| {
        row.stage.is_none() && row.error == bad.error && row.content_hash == bad.content_hash
    })
}

pub(crate) fn count_bad(report: &mut Report, bad: &BadInput, before: bool) {
    match before {
        true => report.failed_before += 1,
        false => report.failed += 1,
    }
    report.letter(DeadLetter {
        source: bad.source.clone(),
        article_id: bad.article_id.clone(),
        stage: None,
        error: bad.error.clone(),
        before,
    });
}
