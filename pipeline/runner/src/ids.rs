//! The ids of many articles in little memory.

use crate::error::Error;

/// Ids, sorted, each once: one text after another, and 8 bytes for each.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    text: String,
    articles: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Where the id ends in the text.
    end: u32,
    /// [`Ids::rows`], times two, and one more for a new article.
    rows: u32,
}

impl Ids {
    pub(crate) fn len(&self) -> usize {
        self.articles.len()
    }

    /// The id of a number; empty for one that there is not.
    pub(crate) fn get(&self, number: usize) -> &str {
        let end = |number: usize| self.articles.get(number).map(|article| article.end as usize);
        let start = number.checked_sub(1).and_then(end).unwrap_or(0);
        end(number).and_then(|end| self.text.get(start..end)).unwrap_or_default()
    }

    pub(crate) fn is_new(&self, number: usize) -> bool {
        self.articles.get(number).is_some_and(|article| article.rows & 1 == 1)
    }

    /// One more than the greatest index of a row of the article.
    pub(crate) fn rows(&self, number: usize) -> u32 {
        self.articles.get(number).map_or(0, |article| article.rows >> 1)
    }

    pub(crate) fn new_count(&self) -> usize {
        (0..self.len()).filter(|number| self.is_new(*number)).count()
    }

    /// The number of an id.
    pub(crate) fn number(&self, id: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle) < id {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low < self.len() && self.get(low) == id).then_some(low)
    }

    /// The number of an id that is mostly the one asked for before, or the one after that.
    pub(crate) fn number_after(&self, last: &mut Option<usize>, id: &str) -> Option<usize> {
        let is_it = |number: &usize| *number < self.len() && self.get(*number) == id;
        let near = last.and_then(|last| (last..last + 2).find(is_it));
        let found = near.or_else(|| self.number(id));
        *last = found.or(*last);
        found
    }
}

/// Collects ids in any order; rows of one article should come together.
#[derive(Debug, Default)]
pub(crate) struct IdsBuilder {
    ids: Ids,
    is_too_long: bool,
}

impl IdsBuilder {
    /// Adds an article, or says more of it. `rows` is one more than the index of one of its rows.
    pub(crate) fn push(&mut self, id: &str, rows: u32, new: bool) {
        let rows = (rows.min(u32::MAX >> 1) << 1) | u32::from(new);
        let at = self.ids.len();
        if at > 0 && self.ids.get(at - 1) == id {
            if let Some(last) = self.ids.articles.last_mut() {
                last.rows = last.rows.max(rows & !1) | (last.rows & 1) | (rows & 1);
            }
            return;
        }
        self.ids.text.push_str(id);
        match u32::try_from(self.ids.text.len()) {
            Ok(end) => self.ids.articles.push(Entry { end, rows }),
            Err(_) => self.is_too_long = true,
        }
    }

    pub(crate) fn build(self) -> Result<Ids, Error> {
        let Self { ids, is_too_long } = self;
        if is_too_long {
            return Err(Error::ManyIds);
        }
        if (1..ids.len()).all(|number| ids.get(number - 1) < ids.get(number)) {
            return Ok(ids);
        }
        let mut order: Vec<u32> = (0..u32::try_from(ids.len()).unwrap_or(u32::MAX)).collect();
        order.sort_unstable_by(|a, b| ids.get(*a as usize).cmp(ids.get(*b as usize)));
        let mut sorted = Self::default();
        sorted.ids.text.reserve_exact(ids.text.len());
        sorted.ids.articles.reserve_exact(ids.len());
        for number in order {
            let number = number as usize;
            sorted.push(ids.get(number), ids.rows(number), ids.is_new(number));
        }
        Ok(sorted.ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_sorted_and_are_found() {
        let mut builder = IdsBuilder::default();
        for (id, rows, new) in [("b", 1, true), ("b", 4, true), ("", 1, false), ("aé", 2, false)] {
            builder.push(id, rows, new);
        }
        builder.push("b", 3, false);
        let ids = builder.build().unwrap();
        let all: Vec<_> = (0..3).map(|n| (ids.get(n), ids.rows(n), ids.is_new(n))).collect();
        assert_eq!(all, [("", 1, false), ("aé", 2, false), ("b", 4, true)]);
        assert_eq!((ids.len(), ids.new_count(), ids.get(3)), (3, 1, ""));
        assert_eq!(
            ["", "aé", "b", "c"].map(|id| ids.number(id)),
            [Some(0), Some(1), Some(2), None]
        );
        let mut last = None;
        let found = ["", "", "aé", "x", "b", ""].map(|id| ids.number_after(&mut last, id));
        assert_eq!(found, [Some(0), Some(0), Some(1), None, Some(2), Some(0)]);
    }
}
