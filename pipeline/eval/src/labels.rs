//! Which labels are scored, and under which names.

use std::collections::BTreeMap;

/// New names of labels, for gold and predictions alike: `politician=PER`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelMap(BTreeMap<String, String>);

impl LabelMap {
    /// Reads pairs such as `politician=PER`; an empty right side leaves the label out.
    ///
    /// # Errors
    /// The first item that is no pair, or a label that is mapped twice.
    pub fn parse<S: AsRef<str>>(pairs: impl IntoIterator<Item = S>) -> Result<Self, String> {
        let mut map = BTreeMap::new();
        for pair in pairs {
            let pair = pair.as_ref();
            let Some((from, to)) = pair.split_once('=').filter(|(from, _)| !from.trim().is_empty())
            else {
                return Err(format!(
                    "expected a pair of labels such as politician=PER, found `{pair}`"
                ));
            };
            if map.insert(from.trim().to_owned(), to.trim().to_owned()).is_some() {
                return Err(format!("the label `{}` is mapped twice", from.trim()));
            }
        }
        Ok(Self(map))
    }

    /// The label under its new name; `None` where it is left out.
    #[must_use]
    pub fn get<'a>(&'a self, label: &'a str) -> Option<&'a str> {
        Some(self.0.get(label).map_or(label, String::as_str)).filter(|label| !label.is_empty())
    }
}

/// The labels of the mentions that are scored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    /// New names, applied first.
    pub map: LabelMap,
    /// The labels to score, after the map; those that occur in the gold file where it is empty.
    pub only: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_renames_leaves_out_and_keeps_the_rest() {
        let map = LabelMap::parse(["politician=PER", "misc="]).unwrap();
        assert_eq!(map.get("politician"), Some("PER"));
        assert_eq!(map.get("misc"), None);
        assert_eq!(map.get("LOC"), Some("LOC"));
        let error = LabelMap::parse(["politician"]).unwrap_err();
        assert!(error.contains("found `politician`"), "{error}");
        assert!(LabelMap::parse(["a=B", "a=C"]).unwrap_err().contains("twice"));
    }
}
