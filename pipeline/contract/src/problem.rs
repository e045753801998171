//! Problems of a config: all of them, each with its place and a cure.

use std::fmt;

/// One thing that is wrong with a config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key it is about: `stages[2].model`.
    pub path: String,
    /// What was expected and what stands there.
    pub message: String,
    /// What to do: "did you mean `stance.linear`?".
    pub help: Option<String>,
}

impl Problem {
    /// A problem at a key.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), help: None }
    }

    /// The same with a cure.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same under a longer path: `model` becomes `stages[2].model`.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        self.path = match self.path.is_empty() {
            true => prefix.to_owned(),
            false => format!("{prefix}.{}", self.path),
        };
        self
    }

    /// A name that is not among the valid ones; the nearest are named as the cure.
    pub fn unknown<'a>(
        path: impl Into<String>,
        what: &str,
        name: &str,
        valid: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let valid: Vec<&str> = valid.into_iter().collect();
        let help = match nearest(name, valid.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if valid.is_empty() => format!("there is no {what} at all"),
            None => format!("expected one of: {}", valid.join(", ")),
        };
        Self::new(path, format!("unknown {what} `{name}`")).help(help)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

/// The valid name most like `name`, if any is near enough to be a slip of the pen.
#[must_use]
pub fn nearest<'a>(name: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const NEAR_ENOUGH: f64 = 0.7;
    valid
        .into_iter()
        .map(|candidate| {
            // The last part counts too: `linear` is meant as `stance.linear`.
            let tail = candidate.rsplit('.').next().unwrap_or(candidate);
            let score = strsim::jaro_winkler(name, candidate).max(strsim::jaro_winkler(name, tail));
            (score, candidate)
        })
        .filter(|(score, _)| *score >= NEAR_ENOUGH)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_point_to_the_nearest_valid_one() {
        let valid = ["stance.cross-encoder", "stance.linear", "entities.gazetteer"];
        assert_eq!(nearest("stance.liner", valid), Some("stance.linear"));
        assert_eq!(nearest("gazeteer", valid), Some("entities.gazetteer"));
        assert_eq!(nearest("xyz", valid), None);
        let problem = Problem::unknown("stages[0].uses", "stage", "stance.liner", valid);
        assert_eq!(
            problem.to_string(),
            "stages[0].uses: unknown stage `stance.liner` (did you mean `stance.linear`?)"
        );
    }
}
