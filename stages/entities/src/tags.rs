//! The labels of a token classifier as tags: what each says about a word, and which may follow which.

/// What a tag says about its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Outside,
    Begin,
    Inside,
    End,
    Single,
    /// A tag without a prefix: neighbours of one kind are one mention.
    Plain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tag {
    part: Part,
    /// Index into the kinds; meaningless for `Outside`.
    kind: usize,
}

/// The tags of a model: BIO, BIOES (or BILOU), or plain labels, as its label names tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scheme {
    tags: Vec<Tag>,
    kinds: Vec<String>,
    /// For each tag, the tags that may stand before it.
    before: Vec<Vec<usize>>,
}

impl Scheme {
    /// Reads the scheme off the label names: `O`, `B-PER`, `I-PER`, ...
    pub(crate) fn new(labels: &[String]) -> Self {
        let mut kinds: Vec<String> = Vec::new();
        let tags: Vec<Tag> = labels
            .iter()
            .map(|label| {
                let (part, name) = parse(label);
                let kind = kinds.iter().position(|kind| kind == name).unwrap_or_else(|| {
                    if part != Part::Outside {
                        kinds.push(name.to_owned());
                    }
                    kinds.len().saturating_sub(1)
                });
                Tag { part, kind }
            })
            .collect();
        let mut scheme = Self { tags, kinds, before: Vec::new() };
        scheme.before = scheme
            .tags
            .iter()
            .map(|next| {
                let may = |last: &Tag| scheme.follows(*last, *next);
                (0..).zip(&scheme.tags).filter(|(_, last)| may(last)).map(|(at, _)| at).collect()
            })
            .collect();
        scheme
    }

    /// Number of tags.
    pub(crate) fn len(&self) -> usize {
        self.tags.len()
    }

    /// The kinds of mention, without prefixes, in the order in which the labels name them.
    pub(crate) fn kinds(&self) -> &[String] {
        &self.kinds
    }

    /// The kind of a tag; `None` for the one outside mentions.
    pub(crate) fn kind(&self, tag: usize) -> Option<usize> {
        self.tags.get(tag).filter(|tag| tag.part != Part::Outside).map(|tag| tag.kind)
    }

    /// The tags that may stand right before `tag`.
    pub(crate) fn before(&self, tag: usize) -> &[usize] {
        self.before.get(tag).map_or(&[], Vec::as_slice)
    }

    /// Whether a text may begin with `tag`.
    pub(crate) fn may_begin(&self, tag: usize) -> bool {
        self.tags.get(tag).is_some_and(|tag| match tag.part {
            Part::Inside | Part::End => !self.has(Part::Begin, tag.kind),
            _ => true,
        })
    }

    /// Whether a text may end with `tag`.
    pub(crate) fn may_end(&self, tag: usize) -> bool {
        self.tags.get(tag).is_some_and(|tag| self.closes(*tag))
    }

    /// Whether `tag` after `last` goes on with the mention of `last`.
    pub(crate) fn continues(&self, last: usize, tag: usize) -> bool {
        match (self.tags.get(last), self.tags.get(tag)) {
            (Some(last), Some(tag)) if last.kind == tag.kind => match tag.part {
                Part::Inside | Part::End => matches!(last.part, Part::Begin | Part::Inside),
                Part::Plain => last.part == Part::Plain,
                _ => false,
            },
            _ => false,
        }
    }

    fn has(&self, part: Part, kind: usize) -> bool {
        self.tags.contains(&Tag { part, kind })
    }

    /// Whether the mention may be over after this tag: always in BIO; not inside one in BIOES.
    fn closes(&self, tag: Tag) -> bool {
        match tag.part {
            Part::Begin | Part::Inside => !self.has(Part::End, tag.kind),
            _ => true,
        }
    }

    fn follows(&self, last: Tag, next: Tag) -> bool {
        let inside = last.kind == next.kind && matches!(last.part, Part::Begin | Part::Inside);
        match next.part {
            Part::Inside | Part::End => {
                inside || (!self.has(Part::Begin, next.kind) && self.closes(last))
            }
            _ => self.closes(last),
        }
    }
}

/// The prefix and the kind of a label's name.
fn parse(label: &str) -> (Part, &str) {
    if matches!(label, "O" | "o" | "OUT" | "") {
        return (Part::Outside, "");
    }
    let split = label.split_once(['-', '_']);
    match split {
        Some(("B", kind)) => (Part::Begin, kind),
        Some(("I" | "M", kind)) => (Part::Inside, kind),
        Some(("E" | "L", kind)) => (Part::End, kind),
        Some(("S" | "U", kind)) => (Part::Single, kind),
        _ => (Part::Plain, label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(labels: &str) -> Scheme {
        Scheme::new(&labels.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn bio_lets_inside_follow_only_its_own_kind() {
        let bio = scheme("O B-PER I-PER B-LOC I-LOC");
        assert_eq!(bio.kinds(), ["PER", "LOC"]);
        assert_eq!(bio.before(2), [1, 2]);
        assert_eq!(bio.before(1), [0, 1, 2, 3, 4]);
        assert!(!bio.may_begin(4) && bio.may_begin(3) && bio.may_end(3));
    }

    #[test]
    fn bioes_does_not_leave_a_mention_open() {
        let bioes = scheme("O B-PER I-PER E-PER S-PER");
        assert_eq!(bioes.before(0), [0, 3, 4]);
        assert!(!bioes.may_end(1) && bioes.may_end(4));
    }

    #[test]
    fn plain_labels_join_their_neighbours() {
        let plain = scheme("O person geo-loc");
        assert_eq!(plain.kinds(), ["person", "geo-loc"]);
        assert!(plain.continues(1, 1) && !plain.continues(1, 2));
    }

    #[test]
    fn a_kind_without_begin_may_begin_inside() {
        let old = scheme("O B-LOC I-LOC I-PER");
        assert!(old.may_begin(3) && !old.may_begin(2));
        assert_eq!(old.before(3), [0, 1, 2, 3]);
    }
}
