//! Tags of tokens, and the mentions that a row of them makes, as `conlleval` counts them.

/// A tag: where in a mention the token stands, and the mention's label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// One of `O`, `B`, `I`, `E`, `S`; `L` and `U` of BILOU, and `M`, are read as `E`, `S` and `I`.
    pub part: char,
    /// The label; empty for `O`.
    pub label: String,
}

impl Tag {
    /// Reads `O`, `B-PER`, `I-PER`, `E-PER`, ...; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "O" {
            return Some(Self { part: 'O', label: String::new() });
        }
        let (part, label) = text.split_once('-')?;
        let part = match part {
            "B" => 'B',
            "I" | "M" => 'I',
            "E" | "L" => 'E',
            "S" | "U" => 'S',
            _ => return None,
        };
        (!label.is_empty()).then(|| Self { part, label: label.to_owned() })
    }
}

/// A mention: tokens `start..end`, half open, and the label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chunk {
    /// The first token.
    pub start: usize,
    /// The token after the last.
    pub end: usize,
    /// The label.
    pub label: String,
}

/// The mentions of a sentence.
///
/// The rules are those of `conlleval` (CoNLL-2000), which read IOB1, IOB2 and IOBES alike: a mention
/// begins at `B` and `S`, at any other tag that follows `O`, `E` or `S`, and where the label changes;
/// it ends before the next mention or `O`.
#[must_use]
pub fn chunks(tags: &[Tag]) -> Vec<Chunk> {
    let mut all: Vec<Chunk> = Vec::new();
    let mut open = false;
    for (at, tag) in tags.iter().enumerate() {
        if tag.part == 'O' {
            open = false;
            continue;
        }
        match all.last_mut() {
            Some(last) if open && !matches!(tag.part, 'B' | 'S') && last.label == tag.label => {
                last.end = at + 1;
            }
            _ => all.push(Chunk { start: at, end: at + 1, label: tag.label.clone() }),
        }
        open = !matches!(tag.part, 'E' | 'S');
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tags: &str) -> Vec<(usize, usize, String)> {
        let tags: Vec<Tag> = tags.split(' ').map(|tag| Tag::parse(tag).unwrap()).collect();
        chunks(&tags).into_iter().map(|c| (c.start, c.end, c.label)).collect()
    }

    fn expected(chunks: &[(usize, usize, &str)]) -> Vec<(usize, usize, String)> {
        chunks.iter().map(|(start, end, label)| (*start, *end, (*label).to_owned())).collect()
    }

    #[test]
    fn iob2() {
        let found = of("B-PER I-PER O B-ORG B-ORG I-ORG");
        assert_eq!(found, expected(&[(0, 2, "PER"), (3, 4, "ORG"), (4, 6, "ORG")]));
    }

    #[test]
    fn iob1_where_b_stands_only_between_mentions_of_one_label() {
        let found = of("I-PER I-PER B-PER O I-ORG I-LOC");
        assert_eq!(found, expected(&[(0, 2, "PER"), (2, 3, "PER"), (4, 5, "ORG"), (5, 6, "LOC")]));
    }

    #[test]
    fn iobes_and_its_other_letters() {
        let expect = expected(&[(0, 3, "PER"), (3, 4, "LOC"), (4, 5, "LOC"), (6, 8, "ORG")]);
        assert_eq!(of("B-PER I-PER E-PER S-LOC S-LOC O B-ORG E-ORG"), expect);
        assert_eq!(of("B-PER I-PER L-PER U-LOC U-LOC O B-ORG L-ORG"), expect);
    }

    #[test]
    fn a_tag_that_continues_nothing_begins_a_mention() {
        assert_eq!(of("O I-PER"), expected(&[(1, 2, "PER")]));
        assert_eq!(of("E-PER I-PER"), expected(&[(0, 1, "PER"), (1, 2, "PER")]));
        assert_eq!(of("B-PER I-LOC"), expected(&[(0, 1, "PER"), (1, 2, "LOC")]));
    }

    #[test]
    fn what_is_no_tag() {
        for text in ["", "PER", "B-", "X-PER", "-X-", "o"] {
            assert_eq!(Tag::parse(text), None, "{text}");
        }
    }
}
