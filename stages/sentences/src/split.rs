//! The walk over a paragraph: finds candidates, asks rules and model, cuts.

use std::ops::Range;

use crate::chars::{is_closer, is_wide_stop};
use crate::context::{Context, Mark, Shape};
use crate::features;
use crate::lexicon::{Abbreviation, Lexicon};
use crate::lines::{Lines, is_line_end};
use crate::model::Model;
use crate::{lists, rules, second_look};

/// Log odds of the first look between which the second decides. Beyond them the first is hardly ever
/// wrong, and of all candidates in news about one in fifty lies between.
const DOUBT: Range<f32> = -2.5..2.5;

/// Log odds of the second look that a candidate must reach, by group. Tuned on UD English EWT dev and
/// kept-out news.
const THRESHOLDS: [f32; 4] = [-0.5, -0.25, 0.75, 2.0];

/// Splits paragraphs into sentences.
#[derive(Clone, Debug)]
pub struct Splitter {
    lexicon: Lexicon,
    first: Model,
    second: Model,
}

impl Default for Splitter {
    fn default() -> Self {
        Self::new(std::iter::empty::<&str>())
    }
}

/// What a byte is to the walk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    Plain,
    Space,
    Stop,
    Open,
    Close,
    Quote,
    /// First byte of a character that may be a space, a stop or a quote.
    Lead,
}

const CLASSES: [Byte; 256] = {
    let mut classes = [Byte::Plain; 256];
    classes[b' ' as usize] = Byte::Space;
    classes[b'\t' as usize] = Byte::Space;
    classes[b'\n' as usize] = Byte::Space;
    classes[0x0b] = Byte::Space;
    classes[0x0c] = Byte::Space;
    classes[b'\r' as usize] = Byte::Space;
    classes[b'.' as usize] = Byte::Stop;
    classes[b'!' as usize] = Byte::Stop;
    classes[b'?' as usize] = Byte::Stop;
    classes[b'(' as usize] = Byte::Open;
    classes[b')' as usize] = Byte::Close;
    classes[b'"' as usize] = Byte::Quote;
    classes[0xc2] = Byte::Lead;
    classes[0xe1] = Byte::Lead;
    classes[0xe2] = Byte::Lead;
    classes[0xe3] = Byte::Lead;
    classes[0xef] = Byte::Lead;
    classes
};

/// A candidate as the walk hands it over.
pub(crate) struct Candidate<'t> {
    pub(crate) context: Context<'t>,
    pub(crate) abbreviation: Option<Abbreviation>,
    /// Text since the last boundary.
    pub(crate) sentence: &'t str,
    /// Text from the candidate on.
    pub(crate) rest: &'t str,
    /// Offset of the candidate: end of the sentence, if it is one.
    pub(crate) at: usize,
}

impl Splitter {
    /// A splitter that also takes `abbreviations` for words whose full stop ends no sentence.
    pub fn new<S: AsRef<str>>(abbreviations: impl IntoIterator<Item = S>) -> Self {
        Self {
            lexicon: Lexicon::new(abbreviations),
            first: Model::first(),
            second: Model::second(),
        }
    }

    /// The sentences of `text`, one paragraph, as byte ranges in order.
    ///
    /// The ranges are not empty, do not overlap and lie on character boundaries; none begins or ends with white
    /// space, and nothing but white space lies outside them. A text of white space alone has none.
    pub fn split(&self, text: &str) -> Vec<Range<usize>> {
        self.walk(text, |candidate| self.decide(candidate))
    }

    fn decide(&self, candidate: &Candidate<'_>) -> bool {
        let context = &candidate.context;
        if !features::is_open(context) {
            return false;
        }
        if let Some(answer) =
            rules::verdict(context, candidate.abbreviation, candidate.sentence, candidate.rest)
        {
            return answer;
        }
        if rules::is_plain_end(context, candidate.abbreviation) {
            return true;
        }
        let mut sum = 0;
        features::each(context, candidate.abbreviation, |feature| {
            self.first.add(&mut sum, feature);
        });
        let score = self.first.log_odds(sum);
        if !DOUBT.contains(&score) {
            return score > 0.0;
        }
        let mut sum = 0;
        let mut add = |feature| self.second.add(&mut sum, feature);
        features::each(context, candidate.abbreviation, &mut add);
        second_look::each(context, candidate.sentence, candidate.rest, &mut add);
        self.second.log_odds(sum) > THRESHOLDS[features::group(context) as usize]
    }

    /// Walks over `text`, asks `decide` at every open candidate, and returns the sentences.
    pub(crate) fn walk<'t>(
        &self,
        text: &'t str,
        mut decide: impl FnMut(&Candidate<'t>) -> bool,
    ) -> Vec<Range<usize>> {
        let mut sentences = Vec::new();
        let end = text.trim_end().len();
        let Some(body) = text.get(..end) else { return sentences };
        let mut start = end - body.trim_start().len();
        if start >= end {
            return sentences;
        }
        let bytes = body.as_bytes();
        let items = lists::item_starts(body);
        let has_items = !items.is_empty();
        let mut items = items.iter().copied().peekable();
        let lines = body.contains(is_line_end).then(|| Lines::new(body));
        let (mut depth, mut quoted) = (0_i32, false);
        let mut at = start;
        while at < end {
            let Some(&byte) = bytes.get(at) else { break };
            let mut gap = None;
            match CLASSES[usize::from(byte)] {
                Byte::Plain => {
                    let run = bytes.get(at..).unwrap_or_default();
                    at +=
                        run.iter().take_while(|b| CLASSES[usize::from(**b)] == Byte::Plain).count();
                }
                Byte::Space => {
                    let single =
                        bytes.get(at + 1).is_some_and(|b| CLASSES[usize::from(*b)] == Byte::Plain);
                    let next = if single {
                        at + 1
                    } else {
                        end - body.get(at..).unwrap_or("").trim_start().len()
                    };
                    if single && lines.is_none() && !has_items && !is_worth_asking(bytes, at, next)
                    {
                        at = next;
                    } else {
                        gap = Some((at, next));
                    }
                }
                Byte::Stop => {
                    let stop = at;
                    let run = bytes.get(at..).unwrap_or_default();
                    at +=
                        run.iter().take_while(|b| CLASSES[usize::from(**b)] == Byte::Stop).count();
                    let follows = bytes.get(at).copied().unwrap_or(b' ');
                    let asked = matches!(bytes.get(at - 1), Some(b'?' | b'!'));
                    if follows.is_ascii_uppercase()
                        || (asked && follows.is_ascii_lowercase())
                        || !(follows.is_ascii_alphanumeric() || follows.is_ascii_whitespace())
                    {
                        let behind = rules::end_of_stop(body, at);
                        if rules::missing_space(body, stop, behind) {
                            sentences.push(start..behind);
                            (start, depth, quoted, at) = (behind, 0, false, behind);
                        }
                    }
                }
                Byte::Open => {
                    depth += 1;
                    at += 1;
                }
                Byte::Close => {
                    depth = (depth - 1).max(0);
                    at += 1;
                }
                Byte::Quote => {
                    quoted = !quoted;
                    at += 1;
                }
                Byte::Lead => {
                    let rest = body.get(at..).unwrap_or("");
                    let Some(c) = rest.chars().next() else { break };
                    if c.is_whitespace() {
                        gap = Some((at, end - rest.trim_start().len()));
                    } else if is_wide_stop(c) {
                        let behind = end
                            - rest
                                .trim_start_matches(is_wide_stop)
                                .trim_start_matches(is_closer)
                                .len();
                        if behind < end
                            && !body.get(behind..).unwrap_or("").starts_with(char::is_whitespace)
                        {
                            sentences.push(start..behind);
                            (start, depth, quoted) = (behind, 0, false);
                        }
                        at = behind;
                    } else {
                        quoted = match c {
                            '“' | '„' | '«' => true,
                            '”' | '»' => false,
                            _ => quoted,
                        };
                        at += c.len_utf8();
                    }
                }
            }
            let Some((gap_start, gap_end)) = gap else { continue };
            at = gap_end;
            while items.next_if(|&item| item < gap_end).is_some() {}
            let is_item = items.next_if_eq(&gap_end).is_some();
            let boundary = is_item
                || lines.as_ref().is_some_and(|lines| {
                    body.get(gap_start..gap_end).is_some_and(|gap| gap.contains(is_line_end))
                        && lines.is_meant(body, gap_start, gap_end)
                })
                || (is_worth_asking(bytes, gap_start, gap_end) && {
                    let mut context = Context::new(body, gap_start, gap_end);
                    context.since = gap_start - start;
                    context.depth = depth;
                    context.quoted = quoted;
                    let candidate = Candidate {
                        abbreviation: self.abbreviation(&context),
                        context,
                        sentence: body.get(start..gap_start).unwrap_or(""),
                        rest: body.get(gap_end..).unwrap_or(""),
                        at: gap_start,
                    };
                    decide(&candidate)
                });
            if boundary {
                sentences.push(start..gap_start);
                (start, depth, quoted) = (gap_end, 0, false);
            }
        }
        if start < end {
            sentences.push(start..end);
        }
        sentences
    }

    fn abbreviation(&self, context: &Context<'_>) -> Option<Abbreviation> {
        if context.mark != Mark::Period || context.left.core.len() > 24 {
            return None;
        }
        let name = context.left.core;
        let mut lower = [0_u8; 24];
        let found = if name.is_ascii() {
            // "anti-U.S." is known by its last part.
            let name = name.rsplit('-').next().unwrap_or(name).as_bytes();
            let lower = lower.get_mut(..name.len())?;
            lower.copy_from_slice(name);
            lower.make_ascii_lowercase();
            self.lexicon.get(std::str::from_utf8(lower).ok()?)
        } else {
            self.lexicon.get(&name.to_lowercase())
        };
        // A title or a shortened month is capitalised, but for the ones that never are.
        match found {
            Some(Abbreviation::Calendar) if context.left.shape == Shape::Lower => None,
            found => found,
        }
    }
}

/// The cheap test that spares most gaps the context: a lower-case letter follows a letter or digit.
#[inline]
fn is_worth_asking(bytes: &[u8], at: usize, next: usize) -> bool {
    let left = at.checked_sub(1).and_then(|i| bytes.get(i)).copied().unwrap_or(b' ');
    let right = bytes.get(next).copied().unwrap_or(b' ');
    !(left.is_ascii_alphanumeric() && right.is_ascii_lowercase())
}

/// Whether the rules leave a candidate to the model: what training needs to know.
pub(crate) fn is_left_to_model(candidate: &Candidate<'_>) -> bool {
    let context = &candidate.context;
    features::is_open(context)
        && rules::verdict(context, candidate.abbreviation, candidate.sentence, candidate.rest)
            .is_none()
}
