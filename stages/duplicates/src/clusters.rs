//! Clusters of verified pairs, without chains.
//!
//! Equal texts are one thing and form a block. Every other member of a cluster is joined to the
//! cluster's centre by a verified pair of its own: a repeat of a repeat is not drawn in, so no chain
//! of pairs can tie half a corpus together (star clustering: Aslam, Pelekhov and Rus, 2004).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use postil_contract::{ClusterRole, ClusterRow, DuplicateKind, DuplicatePair, ParagraphKey};

/// The clusters of all pairs, sorted by key. A text that repeats in the same or nearly the same
/// words through at least `boilerplate_articles` articles is boilerplate (0: never).
pub(crate) fn of(pairs: &[DuplicatePair], boilerplate_articles: usize) -> Vec<ClusterRow> {
    let keys: BTreeSet<&ParagraphKey> = pairs.iter().flat_map(|pair| [&pair.a, &pair.b]).collect();
    let keys: Vec<&ParagraphKey> = keys.into_iter().collect();
    let index = |key: &ParagraphKey| keys.binary_search(&key).unwrap_or(0);

    let mut blocks = Blocks::new(keys.len());
    for pair in pairs.iter().filter(|pair| pair.kind == DuplicateKind::Exact) {
        blocks.join(index(&pair.a), index(&pair.b));
    }
    // Edges from a member to a possible centre, by block; a short text never draws in the long ones
    // that hold it.
    let mut near: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut loose: BTreeSet<(usize, usize)> = BTreeSet::new();
    for pair in pairs {
        let (a, b) = (blocks.root(index(&pair.a)), blocks.root(index(&pair.b)));
        if a == b {
            continue;
        }
        match pair.kind {
            DuplicateKind::Exact | DuplicateKind::Near => near.extend([(a, b), (b, a)]),
            DuplicateKind::Contained if pair.containment_a_in_b >= pair.containment_b_in_a => {
                loose.insert((a, b));
            }
            DuplicateKind::Contained => {
                loose.insert((b, a));
            }
            DuplicateKind::Paraphrase => loose.extend([(a, b), (b, a)]),
        }
    }
    let mut centre_of: BTreeMap<usize, usize> = BTreeMap::new();
    star(&near, &mut centre_of);
    let tight: BTreeSet<usize> = centre_of.keys().copied().collect();
    star(&loose, &mut centre_of);

    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for idx in 0..keys.len() {
        let root = blocks.root(idx);
        let centre = centre_of.get(&root).copied().unwrap_or(root);
        members.entry(centre).or_default().push(idx);
    }
    let mut rows = Vec::new();
    for (centre, members) in members.iter().filter(|(_, members)| members.len() > 1) {
        let is_tight = |idx: usize| {
            let root = blocks.root(idx);
            root == *centre || tight.contains(&root)
        };
        let articles: BTreeSet<&str> = members
            .iter()
            .filter(|idx| is_tight(**idx))
            .filter_map(|idx| keys.get(*idx).map(|key| key.article_id.as_str()))
            .collect();
        let standing = boilerplate_articles > 0 && articles.len() >= boilerplate_articles;
        let Some(first) = members.first().and_then(|idx| keys.get(*idx)) else { continue };
        for (place, idx) in members.iter().enumerate() {
            let Some(key) = keys.get(*idx) else { continue };
            rows.push(ClusterRow {
                key: (*key).clone(),
                cluster_id: first.to_string(),
                role: match place {
                    _ if standing && is_tight(*idx) => ClusterRole::Boilerplate,
                    0 => ClusterRole::Canonical,
                    _ => ClusterRole::Member,
                },
                size: u32::try_from(members.len()).unwrap_or(u32::MAX),
            });
        }
    }
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows
}

/// Makes the block with the most free neighbours a centre and gives it those, and so on; centres of
/// an earlier pass may take more.
fn star(edges: &BTreeSet<(usize, usize)>, centre_of: &mut BTreeMap<usize, usize>) {
    let mut members_of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut centres_for: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (member, centre) in edges {
        members_of.entry(*centre).or_default().push(*member);
        centres_for.entry(*member).or_default().push(*centre);
    }
    let mut free: BTreeMap<usize, usize> = members_of
        .iter()
        .map(|(centre, members)| {
            (*centre, members.iter().filter(|member| !centre_of.contains_key(member)).count())
        })
        .collect();
    let mut queue: BTreeSet<(Reverse<usize>, usize)> =
        free.iter().map(|(centre, count)| (Reverse(*count), *centre)).collect();
    while let Some((Reverse(count), centre)) = queue.pop_first() {
        if count == 0 || centre_of.get(&centre).is_some_and(|of| *of != centre) {
            continue;
        }
        let mut taken: Vec<usize> = members_of.get(&centre).cloned().unwrap_or_default();
        taken.retain(|member| !centre_of.contains_key(member));
        for member in &taken {
            centre_of.insert(*member, centre);
        }
        if centre_of.insert(centre, centre).is_none() {
            taken.push(centre);
        }
        for other in taken.iter().filter_map(|member| centres_for.get(member)).flatten() {
            if let Some(count) = free.get_mut(other)
                && queue.remove(&(Reverse(*count), *other))
            {
                *count = count.saturating_sub(1);
                queue.insert((Reverse(*count), *other));
            }
        }
    }
}

/// Sets of keys with equal text (union-find; the root is the smallest).
struct Blocks(Vec<usize>);

impl Blocks {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    fn root(&self, mut idx: usize) -> usize {
        while let Some(parent) = self.0.get(idx)
            && *parent != idx
        {
            idx = *parent;
        }
        idx
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let (small, great) = (a.min(b), a.max(b));
        if let Some(parent) = self.0.get_mut(great) {
            *parent = small;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> ParagraphKey {
        let (article, idx) = name.split_once('#').unwrap();
        ParagraphKey { article_id: article.to_owned(), paragraph_idx: idx.parse().unwrap() }
    }

    fn pair(a: &str, kind: DuplicateKind, b: &str) -> DuplicatePair {
        DuplicatePair {
            a: key(a),
            b: key(b),
            kind,
            jaccard: 0.0,
            containment_a_in_b: 1.0,
            containment_b_in_a: 0.1,
            cosine: None,
            aligned: Vec::new(),
            a_text: String::new(),
            b_text: String::new(),
        }
    }

    /// `member > cluster (role)` for each row.
    fn table(pairs: &[DuplicatePair], boilerplate: usize) -> Vec<String> {
        let rows = of(pairs, boilerplate);
        rows.iter().map(|r| format!("{} > {} {} {}", r.key, r.cluster_id, r.role, r.size)).collect()
    }

    use DuplicateKind::{Contained, Exact, Near, Paraphrase};

    #[test]
    fn equal_texts_are_one_cluster_whatever_the_pairs() {
        let pairs = [pair("a#0", Exact, "b#0"), pair("b#0", Exact, "c#0")];
        assert_eq!(
            table(&pairs, 0),
            ["a#0 > a#0 canonical 3", "b#0 > a#0 member 3", "c#0 > a#0 member 3"]
        );
    }

    #[test]
    fn a_chain_of_paraphrases_does_not_become_one_cluster() {
        let names = ["a#0", "b#0", "c#0", "d#0", "e#0", "f#0"];
        let pairs: Vec<_> = names.windows(2).map(|two| pair(two[0], Paraphrase, two[1])).collect();
        assert_eq!(
            table(&pairs, 0),
            [
                "a#0 > a#0 canonical 3",
                "b#0 > a#0 member 3",
                "c#0 > a#0 member 3",
                "d#0 > d#0 canonical 3",
                "e#0 > d#0 member 3",
                "f#0 > d#0 member 3",
            ]
        );
    }

    #[test]
    fn a_quotation_does_not_tie_together_the_texts_that_quote_it() {
        let pairs = [pair("a#0", Contained, "b#0"), pair("a#0", Contained, "c#0")];
        assert_eq!(table(&pairs, 0), ["a#0 > a#0 canonical 2", "b#0 > a#0 member 2"]);
    }

    #[test]
    fn what_stands_in_many_articles_is_boilerplate() {
        let pairs =
            [pair("a#9", Exact, "b#9"), pair("a#9", Near, "c#9"), pair("a#9", Paraphrase, "d#1")];
        assert_eq!(
            table(&pairs, 3),
            [
                "a#9 > a#9 boilerplate 4",
                "b#9 > a#9 boilerplate 4",
                "c#9 > a#9 boilerplate 4",
                "d#1 > a#9 member 4",
            ]
        );
        assert!(table(&pairs, 4).iter().all(|row| !row.contains("boilerplate")));
    }
}
