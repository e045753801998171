//! What a model's label means to the rules that follow the model.

/// The meaning of a label, whatever a model calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Person,
    Organisation,
    Place,
    /// A nationality, a religion, a political leaning.
    Group,
    Event,
    Date,
    /// Anything else: works, laws, products.
    Other,
}

impl Kind {
    /// The meaning of a label name of the usual tag sets (CoNLL, OntoNotes, GMB, WNUT).
    pub(crate) fn of(label: &str) -> Self {
        match label.to_ascii_lowercase().as_str() {
            "per" | "pers" | "person" | "people" | "politician" => Self::Person,
            "org" | "organization" | "organisation" | "corporation" | "company"
            | "politicalparty" => Self::Organisation,
            "loc" | "location" | "gpe" | "geo" | "geo-loc" | "place" | "country" | "city"
            | "fac" | "facility" => Self::Place,
            "norp" | "nationality" | "religion" | "ethnicity" => Self::Group,
            "event" | "eve" | "election" => Self::Event,
            "date" | "tim" => Self::Date,
            _ => Self::Other,
        }
    }

    /// Whether the mentions of it are names, which mean the same wherever they stand in an article.
    pub(crate) const fn is_name(self) -> bool {
        !matches!(self, Self::Date)
    }
}
