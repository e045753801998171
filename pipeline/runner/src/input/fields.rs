//! Which fields of a record are the text, the id, the title and the date.

use postil_contract::nearest;

/// Names of fields that hold the text, the best first; compared without regard to case, `_` and `-`.
const TEXTS: [&str; 13] = [
    "text",
    "body",
    "content",
    "fulltext",
    "articletext",
    "articlebody",
    "bodytext",
    "maintext",
    "plaintext",
    "rawtext",
    "article",
    "story",
    "document",
];
const IDS: [&str; 9] =
    ["id", "articleid", "docid", "documentid", "textid", "uuid", "guid", "url", "link"];
const TITLES: [&str; 4] = ["title", "headline", "heading", "subject"];
const DATES: [&str; 13] = [
    "publishedat",
    "published",
    "datepublished",
    "publisheddate",
    "publishdate",
    "publicationdate",
    "pubdate",
    "date",
    "publishedon",
    "datetime",
    "createdat",
    "timestamp",
    "time",
];
const LANGS: [&str; 3] = ["lang", "language", "languagecode"];

/// The names of the fields that records keep their article in, where a person told them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldNames {
    /// The text.
    pub text: Option<String>,
    /// The id.
    pub id: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// The date of publication.
    pub date: Option<String>,
}

impl FieldNames {
    /// Whether a field was told to be something.
    pub(super) fn is_told(&self, name: &str) -> bool {
        [&self.text, &self.id, &self.title, &self.date]
            .into_iter()
            .any(|told| told.as_deref() == Some(name))
    }
}

/// The fields of the records of one input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) text: String,
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) date: Option<String>,
    pub(super) lang: Option<String>,
}

impl Fields {
    /// Finds them among the names that an input has: those told, else the first that is known.
    ///
    /// # Errors
    /// Why there is no text, or no field that was told.
    pub(super) fn find(told: &FieldNames, names: &[&str]) -> Result<Self, String> {
        let with_text = |text: &str| {
            let mut fields = Self {
                text: text.to_owned(),
                id: told.id.clone(),
                title: told.title.clone(),
                date: told.date.clone(),
                lang: None,
            };
            fields.complete(names);
            fields
        };
        if let Some(text) = &told.text {
            return match names.contains(&text.as_str()) {
                true => Ok(with_text(text)),
                false => Err(missing("--text-field", text, names)),
            };
        }
        match guess(&TEXTS, names, "") {
            Some(text) => Ok(with_text(&text)),
            None if names.is_empty() => Err("there are no fields".to_owned()),
            None => Err(format!(
                "no \"text\", nor another field known to hold the text, among {}: name it with \
                 --text-field",
                listed(names)
            )),
        }
    }

    /// Finds those that were not found so far.
    pub(super) fn complete(&mut self, names: &[&str]) {
        let text = self.text.as_str();
        for (field, known) in [
            (&mut self.id, IDS.as_slice()),
            (&mut self.title, &TITLES),
            (&mut self.date, &DATES),
            (&mut self.lang, &LANGS),
        ] {
            if field.is_none() {
                *field = guess(known, names, text);
            }
        }
    }

    /// Finds them where every record has the same fields.
    ///
    /// # Errors
    /// As [`Fields::find`], and for every other field that was told and is not there.
    pub(super) fn find_all(told: &FieldNames, names: &[&str]) -> Result<Self, String> {
        for (option, name) in
            [("--id-field", &told.id), ("--title-field", &told.title), ("--date-field", &told.date)]
        {
            if let Some(name) = name.as_ref().filter(|name| !names.contains(&name.as_str())) {
                return Err(missing(option, name, names));
            }
        }
        Self::find(told, names)
    }

    /// Which they are, for people.
    pub(super) fn told(&self) -> String {
        let mut parts = vec![format!("text from \"{}\"", self.text)];
        let mut add = |what: &str, name: &Option<String>| {
            parts.extend(name.as_ref().map(|name| format!("{what} from \"{name}\"")));
        };
        add("id", &self.id);
        add("title", &self.title);
        add("date", &self.date);
        add("language", &self.lang);
        let id = if self.id.is_none() { ", id by a hash of the text" } else { "" };
        format!("{}{id}; all other fields go to metadata", parts.join(", "))
    }
}

fn guess(known: &[&str], names: &[&str], but: &str) -> Option<String> {
    let plain = |name: &str| -> String {
        let kept = name.trim().chars().filter(|c| !matches!(c, '_' | '-' | ' '));
        kept.flat_map(char::to_lowercase).collect()
    };
    known
        .iter()
        .find_map(|known| names.iter().find(|name| **name != but && plain(name) == *known))
        .map(|name| (*name).to_owned())
}

fn missing(option: &str, name: &str, names: &[&str]) -> String {
    let near = nearest(name, names.iter().copied());
    let near = near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
    format!("{option}: no field \"{name}\" among {}{near}", listed(names))
}

/// The names, the first of them where there are many.
fn listed(names: &[&str]) -> String {
    const MANY: usize = 12;
    let mut some: Vec<&str> = names.iter().copied().take(MANY).collect();
    if names.len() > MANY {
        some.push("...");
    }
    match some.is_empty() {
        true => "no fields".to_owned(),
        false => some.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_names_are_found_in_their_order_however_they_are_written() {
        let names = ["URL", "Full Text", "content", "Published-At", "headline", "desk"];
        let fields = Fields::find(&FieldNames::default(), &names).unwrap();
        assert_eq!(fields.text, "content");
        assert_eq!(fields.id.as_deref(), Some("URL"));
        assert_eq!(fields.title.as_deref(), Some("headline"));
        assert_eq!(fields.date.as_deref(), Some("Published-At"));
        assert!(fields.told().starts_with("text from \"content\", id from \"URL\", title from"));
    }

    #[test]
    fn what_is_told_counts_and_must_be_there() {
        let told = FieldNames { text: Some("story".to_owned()), ..FieldNames::default() };
        assert_eq!(Fields::find(&told, &["text", "story"]).unwrap().text, "story");
        let error = Fields::find(&told, &["text", "stroy"]).unwrap_err();
        assert!(error.contains("did you mean \"stroy\"?"), "{error}");
        let told = FieldNames { id: Some("nr".to_owned()), ..FieldNames::default() };
        assert!(Fields::find(&told, &["text"]).is_ok(), "one record may lack it");
        assert!(Fields::find_all(&told, &["text"]).unwrap_err().starts_with("--id-field"));
    }

    #[test]
    fn no_field_is_taken_for_the_text_by_chance() {
        let error = Fields::find(&FieldNames::default(), &["a", "b"]).unwrap_err();
        assert!(error.contains("among a, b: name it with --text-field"), "{error}");
    }
}
