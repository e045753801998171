//! The questions of an interview.

use postil_contract::ParagraphKind as Kind;

use super::Part;

/// Words of the longest question.
const LONGEST: usize = 60;

/// Questions that make an interview.
const FEWEST: usize = 3;

/// Questions that are looked at in one go; a longer interview is several.
const MOST: usize = 50;

/// Of the open paragraphs, one in this many is a question at least, where answers run over several paragraphs.
const SHARE: usize = 5;

/// Marks the questions that are known by their place among the answers.
pub(super) fn mark(parts: &mut [Part<'_>]) {
    alternating(parts);
    scattered(parts);
}

fn set(parts: &mut [Part<'_>], index: usize) {
    if let Some(part) = parts.get_mut(index) {
        part.kind = Kind::Question;
    }
}

/// Marks the questions that are known by their letter: "Q: ..." where there is an "A: ...".
pub(super) fn mark_lettered(parts: &mut [Part<'_>]) {
    let starts = |part: &Part<'_>, letter: char| {
        part.is_open()
            && part
                .text
                .strip_prefix(letter)
                .is_some_and(|rest| rest.starts_with(':') || rest.starts_with(". "))
    };
    if !parts.iter().any(|part| starts(part, 'A')) {
        return;
    }
    for part in parts {
        if starts(part, 'Q') {
            part.kind = Kind::Question;
        }
    }
}

fn asks(part: &Part<'_>) -> bool {
    part.is_open() && part.words <= LONGEST && part.text.contains(['?', '？', '؟'])
}

fn ends_asking(part: &Part<'_>) -> bool {
    asks(part) && crate::shape::last_mark(part.text).is_some_and(|c| matches!(c, '?' | '？' | '؟'))
}

/// Question, answer, question, answer: the question may be followed by a remark in its paragraph.
fn alternating(parts: &mut [Part<'_>]) {
    let mut start = 0;
    while start < parts.len() {
        let mut questions = Vec::new();
        let mut direct = 0;
        let mut at = start;
        while let (Some(question), Some(answer)) = (parts.get(at), parts.get(at + 1)) {
            if questions.len() == MOST
                || !asks(question)
                || !answer.is_open()
                || ends_asking(answer)
            {
                break;
            }
            questions.push(at);
            direct += usize::from(ends_asking(question));
            at += 2;
        }
        if questions.len() >= FEWEST && 2 * direct > questions.len() {
            questions.into_iter().for_each(|index| set(parts, index));
            start = at;
        } else {
            start += 1;
        }
    }
}

/// Questions with answers of several paragraphs: one paragraph in five asks, and never two in a row.
fn scattered(parts: &mut [Part<'_>]) {
    let questions: Vec<usize> = parts
        .iter()
        .enumerate()
        .filter(|(_, part)| ends_asking(part))
        .map(|(index, _)| index)
        .collect();
    let open = parts.iter().filter(|part| part.is_open() || part.kind == Kind::Question).count();
    let answered = |index: &usize| {
        parts.get(index + 1).is_some_and(|next| next.is_open() && !ends_asking(next))
    };
    if questions.len() >= FEWEST
        && questions.len() * SHARE >= open
        && questions.iter().all(answered)
    {
        questions.into_iter().for_each(|index| set(parts, index));
    }
}
